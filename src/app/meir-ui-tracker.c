/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-tracker.h"

#include "app/meir-ui-link.h"
#include "session/meir.h"
#include "tracker/meir-tracker.h"

struct _MeirUiTracker {
  GObject parent_instance;

  MeirTracker *tracker; /* NULL while it is off */
  GHashTable *allowed;  /* MeirInfoHash: a set */
  char *address;
  char *problem;
};

G_DEFINE_FINAL_TYPE (MeirUiTracker, meir_ui_tracker, G_TYPE_OBJECT)

enum {
  PROP_ACTIVE = 1,
  PROP_ADDRESS,
  PROP_PROBLEM,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

/* Never NULL: to the tracker that would mean any torrent, where none is meant. */
static MeirInfoHash *
dup_allowed (MeirUiTracker *self)
{
  MeirInfoHash *allowed = g_new0 (MeirInfoHash, g_hash_table_size (self->allowed) + 1);
  GHashTableIter iter;
  gpointer info_hash;
  guint n = 0;

  g_hash_table_iter_init (&iter, self->allowed);
  while (g_hash_table_iter_next (&iter, &info_hash, NULL))
    allowed[n++] = *(MeirInfoHash *) info_hash;
  return allowed;
}

static void
start (MeirUiTracker *self)
{
  g_autofree MeirInfoHash *allowed = NULL;
  g_autofree char *host = meir_ui_link_dup_local_host ();
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) urls = NULL;
  MeirTrackerConfig config;

  meir_tracker_config_init (&config);
  allowed = dup_allowed (self);
  config.allowed = allowed;
  config.n_allowed = g_hash_table_size (self->allowed);
  self->tracker = meir_tracker_new (&config, &error);
  if (self->tracker == NULL) {
    self->problem = g_strdup (error->message);
    return;
  }
  urls = meir_tracker_dup_announce_urls (self->tracker, host);
  self->address = g_strdup (urls[0]);
}

static void
set_active (MeirUiTracker *self, gboolean active)
{
  if (active == (self->tracker != NULL))
    return;
  g_clear_pointer (&self->tracker, meir_tracker_free);
  g_clear_pointer (&self->address, g_free);
  g_clear_pointer (&self->problem, g_free);
  if (active)
    start (self);
  for (guint i = PROP_ACTIVE; i < N_PROPS; i++)
    g_object_notify_by_pspec (G_OBJECT (self), properties[i]);
}

static void
meir_ui_tracker_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MeirUiTracker *self = MEIR_UI_TRACKER (object);

  switch (id) {
  case PROP_ACTIVE:
    g_value_set_boolean (value, self->tracker != NULL);
    break;
  case PROP_ADDRESS:
    g_value_set_string (value, self->address);
    break;
  case PROP_PROBLEM:
    g_value_set_string (value, self->problem);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
meir_ui_tracker_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_ACTIVE)
    set_active (MEIR_UI_TRACKER (object), g_value_get_boolean (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
meir_ui_tracker_finalize (GObject *object)
{
  MeirUiTracker *self = MEIR_UI_TRACKER (object);

  g_clear_pointer (&self->tracker, meir_tracker_free);
  g_hash_table_unref (self->allowed);
  g_free (self->address);
  g_free (self->problem);
  G_OBJECT_CLASS (meir_ui_tracker_parent_class)->finalize (object);
}

static void
meir_ui_tracker_class_init (MeirUiTrackerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = meir_ui_tracker_get_property;
  object_class->set_property = meir_ui_tracker_set_property;
  object_class->finalize = meir_ui_tracker_finalize;
  properties[PROP_ACTIVE] = g_param_spec_boolean (
      "active", NULL, NULL, FALSE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_ADDRESS] =
      g_param_spec_string ("address", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_PROBLEM] =
      g_param_spec_string ("problem", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
meir_ui_tracker_init (MeirUiTracker *self)
{
  self->allowed = g_hash_table_new_full (meir_info_hash_hash, meir_info_hash_equal, g_free, NULL);
}

MeirUiTracker *
meir_ui_tracker_new (void)
{
  return g_object_new (MEIR_UI_TYPE_TRACKER, NULL);
}

gboolean
meir_ui_tracker_get_active (MeirUiTracker *tracker)
{
  return tracker->tracker != NULL;
}

const char *
meir_ui_tracker_get_address (MeirUiTracker *tracker)
{
  return tracker->address;
}

void
meir_ui_tracker_allow (MeirUiTracker *tracker, const MeirInfoHash *info_hash)
{
  g_hash_table_add (tracker->allowed, g_memdup2 (info_hash, sizeof *info_hash));
  if (tracker->tracker != NULL)
    meir_tracker_allow (tracker->tracker, info_hash);
}

void
meir_ui_tracker_disallow (MeirUiTracker *tracker, const MeirInfoHash *info_hash)
{
  g_hash_table_remove (tracker->allowed, info_hash);
  if (tracker->tracker != NULL)
    meir_tracker_disallow (tracker->tracker, info_hash);
}
