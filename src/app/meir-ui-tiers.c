/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-tiers.h"

#include <glib/gi18n.h>
#include <string.h>

#define SHOWN_CHARS_MAX 80

static char *
refuse (GError **error, const char *text, const char *reason)
{
  g_autofree char *shown = meir_text_dup_safe (text, strlen (text), SHOWN_CHARS_MAX);

  g_set_error (error, MEIR_ERROR, MEIR_ERROR_INVALID, _ ("“%s” is no address of a tracker: %s"), shown,
               reason);
  return NULL;
}

char *
meir_ui_tiers_check (const char *text, GError **error)
{
  g_autofree char *address = g_strstrip (g_strdup (text));
  g_autoptr (GUri) uri = g_uri_parse (address, G_URI_FLAGS_PARSE_RELAXED, NULL);
  const char *scheme = uri != NULL ? g_uri_get_scheme (uri) : NULL;
  gboolean udp = g_strcmp0 (scheme, "udp") == 0;

  if (!udp && g_strcmp0 (scheme, "http") != 0 && g_strcmp0 (scheme, "https") != 0)
    return refuse (error, address, _ ("it begins with https://, http:// or udp://"));
  if (g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0')
    return refuse (error, address, _ ("it names no computer"));
  if (udp && g_uri_get_port (uri) <= 0) /* BEP 15 */
    return refuse (error, address, _ ("a udp:// address needs a port, as in udp://example.org:6969"));
  return g_steal_pointer (&address);
}

static void
free_tier (gpointer tier)
{
  g_strfreev (tier);
}

/* Tiers of GPtrArrays of addresses, which are easier to change. */
static GPtrArray *
open_tiers (GPtrArray *tiers)
{
  GPtrArray *open = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);

  for (guint t = 0; t < tiers->len; t++) {
    char **tier = g_ptr_array_index (tiers, t);
    GPtrArray *urls = g_ptr_array_new_with_free_func (g_free);

    for (guint i = 0; tier[i] != NULL; i++)
      g_ptr_array_add (urls, g_strdup (tier[i]));
    g_ptr_array_add (open, urls);
  }
  return open;
}

/* Without the empty ones. (transfer full): takes @open */
static GPtrArray *
close_tiers (GPtrArray *open)
{
  GPtrArray *tiers = g_ptr_array_new_with_free_func (free_tier);

  for (guint t = 0; t < open->len; t++) {
    GPtrArray *urls = g_ptr_array_index (open, t);
    char **tier;

    if (urls->len == 0)
      continue;
    tier = g_new0 (char *, urls->len + 1);
    for (guint i = 0; i < urls->len; i++)
      tier[i] = g_strdup (g_ptr_array_index (urls, i));
    g_ptr_array_add (tiers, tier);
  }
  g_ptr_array_unref (open);
  return tiers;
}

const char *
meir_ui_tiers_get (GPtrArray *tiers, MeirUiTierPlace place)
{
  char **tier = place.tier < tiers->len ? g_ptr_array_index (tiers, place.tier) : NULL;

  return tier != NULL && place.index < g_strv_length (tier) ? tier[place.index] : NULL;
}

gboolean
meir_ui_tiers_has (GPtrArray *tiers, const char *url)
{
  for (guint t = 0; t < tiers->len; t++)
    if (g_strv_contains (g_ptr_array_index (tiers, t), url))
      return TRUE;
  return FALSE;
}

GPtrArray *
meir_ui_tiers_add (GPtrArray *tiers, const char *url)
{
  GPtrArray *open = open_tiers (tiers);
  GPtrArray *urls = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (urls, g_strdup (url));
  g_ptr_array_add (open, urls);
  return close_tiers (open);
}

GPtrArray *
meir_ui_tiers_replace (GPtrArray *tiers, MeirUiTierPlace place, const char *url)
{
  GPtrArray *open = open_tiers (tiers);

  if (meir_ui_tiers_get (tiers, place) != NULL) {
    GPtrArray *urls = g_ptr_array_index (open, place.tier);

    g_ptr_array_remove_index (urls, place.index);
    if (url != NULL)
      g_ptr_array_insert (urls, (int) place.index, g_strdup (url));
  }
  return close_tiers (open);
}

/* Puts @url beyond the edge of its tier. FALSE when there is nothing beyond, and it is alone already. */
static gboolean
cross_edge (GPtrArray *open, MeirUiTierPlace place, gboolean down, gboolean alone, MeirUiTierPlace *moved)
{
  GPtrArray *from = g_ptr_array_index (open, place.tier);
  gboolean at_end = down ? place.tier + 1 == open->len : place.tier == 0;
  GPtrArray *to;
  guint index;

  if (at_end && alone)
    return FALSE;
  if (at_end) {
    to = g_ptr_array_new_with_free_func (g_free);
    g_ptr_array_insert (open, down ? (int) open->len : 0, to);
    moved->tier = down ? place.tier + 1 : 0;
  } else {
    to = g_ptr_array_index (open, down ? place.tier + 1 : place.tier - 1);
    /* A tier that is left empty goes away, and those after it move up. */
    moved->tier = down ? place.tier + !alone : place.tier - 1;
  }
  index = down ? 0 : to->len;
  moved->index = index;
  g_ptr_array_insert (to, (int) index, g_ptr_array_steal_index (from, place.index));
  return TRUE;
}

GPtrArray *
meir_ui_tiers_move (GPtrArray *tiers, MeirUiTierPlace place, gboolean down, MeirUiTierPlace *moved)
{
  GPtrArray *open = open_tiers (tiers);
  GPtrArray *urls;

  *moved = place;
  if (meir_ui_tiers_get (tiers, place) == NULL)
    return close_tiers (open);
  urls = g_ptr_array_index (open, place.tier);
  if (down ? place.index + 1 == urls->len : place.index == 0) {
    cross_edge (open, place, down, urls->len == 1, moved);
  } else {
    moved->index = down ? place.index + 1 : place.index - 1;
    g_ptr_array_insert (urls, (int) moved->index, g_ptr_array_steal_index (urls, place.index));
  }
  return close_tiers (open);
}

gboolean
meir_ui_tiers_equal (GPtrArray *one, GPtrArray *other)
{
  if (one->len != other->len)
    return FALSE;
  for (guint t = 0; t < one->len; t++)
    if (!g_strv_equal (g_ptr_array_index (one, t), g_ptr_array_index (other, t)))
      return FALSE;
  return TRUE;
}
