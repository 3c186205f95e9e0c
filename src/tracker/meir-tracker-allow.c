/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tracker/meir-tracker-allow.h"

struct _MeirTrackerAllow {
  GMutex lock;
  /* guarded by lock */
  GHashTable *list; /* set of MeirInfoHash; NULL: any */
  GArray *removed;  /* of MeirInfoHash */
  gboolean replaced;
};

static GHashTable *
make_list (const MeirInfoHash *allowed, gsize n_allowed)
{
  GHashTable *list;

  if (allowed == NULL)
    return NULL;
  list = g_hash_table_new_full (meir_info_hash_hash, meir_info_hash_equal, g_free, NULL);
  for (gsize i = 0; i < n_allowed; i++)
    g_hash_table_add (list, g_memdup2 (&allowed[i], sizeof allowed[i]));
  return list;
}

MeirTrackerAllow *
meir_tracker_allow_new (const MeirInfoHash *allowed, gsize n_allowed)
{
  MeirTrackerAllow *allow = g_new0 (MeirTrackerAllow, 1);

  g_mutex_init (&allow->lock);
  allow->list = make_list (allowed, n_allowed);
  allow->removed = g_array_new (FALSE, FALSE, sizeof (MeirInfoHash));
  return allow;
}

void
meir_tracker_allow_free (MeirTrackerAllow *allow)
{
  g_clear_pointer (&allow->list, g_hash_table_unref);
  g_array_unref (allow->removed);
  g_mutex_clear (&allow->lock);
  g_free (allow);
}

void
meir_tracker_allow_set (MeirTrackerAllow *allow, const MeirInfoHash *allowed, gsize n_allowed)
{
  GHashTable *list = make_list (allowed, n_allowed), *old;

  g_mutex_lock (&allow->lock);
  old = allow->list;
  allow->list = list;
  allow->replaced = TRUE;
  g_mutex_unlock (&allow->lock);
  g_clear_pointer (&old, g_hash_table_unref);
}

void
meir_tracker_allow_add (MeirTrackerAllow *allow, const MeirInfoHash *info_hash)
{
  g_mutex_lock (&allow->lock);
  if (allow->list != NULL)
    g_hash_table_add (allow->list, g_memdup2 (info_hash, sizeof *info_hash));
  g_mutex_unlock (&allow->lock);
}

void
meir_tracker_allow_remove (MeirTrackerAllow *allow, const MeirInfoHash *info_hash)
{
  g_mutex_lock (&allow->lock);
  if (allow->list != NULL && g_hash_table_remove (allow->list, info_hash))
    g_array_append_val (allow->removed, *info_hash);
  g_mutex_unlock (&allow->lock);
}

gboolean
meir_tracker_allow_has (MeirTrackerAllow *allow, const MeirInfoHash *info_hash)
{
  gboolean has;

  g_mutex_lock (&allow->lock);
  has = allow->list == NULL || g_hash_table_contains (allow->list, info_hash);
  g_mutex_unlock (&allow->lock);
  return has;
}

gboolean
meir_tracker_allow_take_removed (MeirTrackerAllow *allow, GArray *removed)
{
  gboolean replaced;

  g_array_set_size (removed, 0);
  g_mutex_lock (&allow->lock);
  replaced = allow->replaced;
  allow->replaced = FALSE;
  if (allow->removed->len > 0)
    g_array_append_vals (removed, allow->removed->data, allow->removed->len);
  g_array_set_size (allow->removed, 0);
  g_mutex_unlock (&allow->lock);
  return !replaced;
}
