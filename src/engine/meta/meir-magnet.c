/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "meta/meir-magnet.h"

#include "base/meir-error.h"
#include "base/meir-text.h"
#include "meir-config.h"
#include "meta/meir-url-sieve.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAGNET_PREFIX "magnet:"
/* Longest name kept and longest fault shown, characters. */
#define NAME_CHARS_MAX  500u
#define SHOWN_CHARS_MAX 100u

/* The reading of one link. */
typedef struct {
  MeirMagnet *magnet;
  MeirUrlSieve trackers;
  MeirUrlSieve web_seeds;
  gboolean has_info_hash;
  gboolean has_version_2_hash;
} Reading;

static void
reading_clear (Reading *reading)
{
  meir_url_sieve_clear (&reading->trackers);
  meir_url_sieve_clear (&reading->web_seeds);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reading, reading_clear)

static MeirMagnet *
magnet_new (void)
{
  MeirMagnet *magnet = g_new0 (MeirMagnet, 1);

  magnet->trackers = g_ptr_array_new_with_free_func (g_free);
  magnet->peers = g_array_new (FALSE, FALSE, sizeof (MeirEndpoint));
  magnet->web_seeds = g_ptr_array_new_with_free_func (g_free);
  return magnet;
}

void
meir_magnet_free (MeirMagnet *magnet)
{
  g_free (magnet->display_name);
  g_ptr_array_unref (magnet->trackers);
  g_array_unref (magnet->peers);
  g_ptr_array_unref (magnet->web_seeds);
  g_free (magnet);
}

gboolean
meir_magnet_is_link (const char *text)
{
  while (g_ascii_isspace (*text))
    text++;
  return g_ascii_strncasecmp (text, MAGNET_PREFIX, strlen (MAGNET_PREFIX)) == 0;
}

/* Decodes %XX, and '+' where it stands for a space; a '%' that begins no such pair is FALSE in @well_formed,
 * and stays. */
static GString *
decode (const char *value, gsize length, gboolean plus_is_space, gboolean *well_formed)
{
  GString *decoded = g_string_sized_new (length);

  *well_formed = TRUE;
  for (gsize i = 0; i < length; i++) {
    if (value[i] == '%' && i + 2 < length && g_ascii_isxdigit (value[i + 1]) &&
        g_ascii_isxdigit (value[i + 2])) {
      g_string_append_c (
          decoded, (char) (g_ascii_xdigit_value (value[i + 1]) << 4 | g_ascii_xdigit_value (value[i + 2])));
      i += 2;
    } else if (value[i] == '+' && plus_is_space) {
      g_string_append_c (decoded, ' ');
    } else {
      if (value[i] == '%')
        *well_formed = FALSE;
      g_string_append_c (decoded, value[i]);
    }
  }
  return decoded;
}

/* BEP 9: the info-hash, in hex or base32, behind "urn:btih:". */
static gboolean
take_topic (Reading *reading, const GString *topic, GError **error)
{
  static const char btih[] = "urn:btih:", btmh[] = "urn:btmh:";
  const char *hash = topic->str + strlen (btih);
  g_autofree char *shown = NULL;

  if (g_ascii_strncasecmp (topic->str, btmh, strlen (btmh)) == 0)
    reading->has_version_2_hash = TRUE;
  if (g_ascii_strncasecmp (topic->str, btih, strlen (btih)) != 0 || reading->has_info_hash)
    return TRUE;
  reading->has_info_hash =
      strlen (topic->str) == topic->len && meir_info_hash_parse (&reading->magnet->info_hash, hash);
  if (reading->has_info_hash)
    return TRUE;
  shown = meir_text_dup_safe (hash, topic->len - strlen (btih), SHOWN_CHARS_MAX);
  g_set_error (
      error, MEIR_ERROR, MEIR_ERROR_INVALID,
      _ ("The info-hash “%s” of the magnet link is not 40 hexadecimal digits or 32 characters of base32"),
      shown);
  return FALSE;
}

static void
take_url (MeirUrlSieve *sieve, GPtrArray *list, const GString *text, gboolean well_formed)
{
  char *url = well_formed ? meir_url_sieve_take (sieve, text->str, text->len) : NULL;

  if (url != NULL)
    g_ptr_array_add (list, url);
  else if (!well_formed)
    sieve->n_dropped++;
}

static void
take_peer (MeirMagnet *magnet, const GString *text)
{
  MeirEndpoint endpoint;
  gboolean good = magnet->peers->len < MEIR_MAGNET_LIST_MAX && strlen (text->str) == text->len &&
                  meir_endpoint_parse (&endpoint, text->str, NULL) && meir_endpoint_is_usable (&endpoint);

  for (guint i = 0; good && i < magnet->peers->len; i++)
    good = !meir_endpoint_equal (&endpoint, &g_array_index (magnet->peers, MeirEndpoint, i));
  if (good)
    g_array_append_val (magnet->peers, endpoint);
  else
    magnet->n_dropped++;
}

/* "tr.1" is "tr": links number keys that come more than once. */
static gboolean
is_key (const char *part, gsize length, const char *key)
{
  gsize key_length = strlen (key);

  if (length < key_length || g_ascii_strncasecmp (part, key, key_length) != 0)
    return FALSE;
  if (length == key_length)
    return TRUE;
  if (part[key_length] != '.' || length == key_length + 1)
    return FALSE;
  for (gsize i = key_length + 1; i < length; i++) {
    if (!g_ascii_isdigit (part[i]))
      return FALSE;
  }
  return TRUE;
}

static gboolean
take_part (Reading *reading, const char *part, gsize length, GError **error)
{
  MeirMagnet *magnet = reading->magnet;
  const char *equals = memchr (part, '=', length);
  gsize key_length = equals != NULL ? (gsize) (equals - part) : length;
  gboolean is_name = is_key (part, key_length, "dn");
  g_autoptr (GString) value = NULL;
  gboolean well_formed;

  if (equals == NULL)
    return TRUE;
  value = decode (equals + 1, length - key_length - 1, is_name, &well_formed);
  if (is_key (part, key_length, "xt"))
    return take_topic (reading, value, error);
  if (is_key (part, key_length, "tr")) {
    take_url (&reading->trackers, magnet->trackers, value, well_formed);
  } else if (is_key (part, key_length, "ws")) {
    take_url (&reading->web_seeds, magnet->web_seeds, value, well_formed);
  } else if (is_key (part, key_length, "x.pe")) {
    take_peer (magnet, value);
  } else if (is_name && magnet->display_name == NULL && value->len > 0) {
    magnet->display_name = meir_text_dup_safe (value->str, value->len, NAME_CHARS_MAX);
  } else if (is_key (part, key_length, "xl")) {
    guint64 bytes;
    if (g_ascii_string_to_unsigned (value->str, 10, 0, MEIR_TOTAL_LENGTH_MAX, &bytes, NULL))
      magnet->length = bytes;
  }
  return TRUE;
}

static gboolean
has_control_characters (const char *text, gsize length)
{
  for (gsize i = 0; i < length; i++) {
    if (g_ascii_iscntrl (text[i]))
      return TRUE;
  }
  return FALSE;
}

/* What no part can make good. */
static gboolean
check_link (const char *text, gsize length, GError **error)
{
  const char *reason = NULL;

  if (length > MEIR_MAGNET_LENGTH_MAX)
    reason = _ ("The magnet link is longer than 64 KiB");
  else if (has_control_characters (text, length))
    reason = _ ("The magnet link contains a control character");
  else if (!meir_magnet_is_link (text) || text[strlen (MAGNET_PREFIX)] != '?')
    reason = _ ("This is not a magnet link: it does not begin with “magnet:?”");
  if (reason == NULL)
    return TRUE;
  g_set_error_literal (error, MEIR_ERROR, MEIR_ERROR_INVALID, reason);
  return FALSE;
}

static gboolean
check_topic (const Reading *reading, GError **error)
{
  const char *reason = NULL;

  if (reading->has_info_hash)
    return TRUE;
  if (reading->has_version_2_hash)
    reason = _ ("The magnet link is for a torrent of version 2 only (xt=urn:btmh), which cannot be used yet");
  else
    reason = _ ("The magnet link has no xt=urn:btih: part, so it does not say which torrent it is for");
  g_set_error_literal (error, MEIR_ERROR, MEIR_ERROR_INVALID, reason);
  return FALSE;
}

MeirMagnet *
meir_magnet_parse (const char *text, GError **error)
{
  g_autoptr (MeirMagnet) magnet = NULL;
  g_auto (Reading) reading = { NULL };
  gsize length;
  const char *end;

  /* Copied from a page or a terminal, a link often brings white space along. */
  while (g_ascii_isspace (*text))
    text++;
  length = strlen (text);
  while (length > 0 && g_ascii_isspace (text[length - 1]))
    length--;
  if (!check_link (text, length, error))
    return NULL;

  magnet = magnet_new ();
  reading.magnet = magnet;
  meir_url_sieve_init (&reading.trackers, MEIR_MAGNET_LIST_MAX, TRUE);
  meir_url_sieve_init (&reading.web_seeds, MEIR_MAGNET_LIST_MAX, FALSE);
  end = text + length;
  for (const char *part = text + strlen (MAGNET_PREFIX "?"); part < end;) {
    const char *ampersand = memchr (part, '&', (gsize) (end - part));
    const char *stop = ampersand != NULL ? ampersand : end;
    if (!take_part (&reading, part, (gsize) (stop - part), error))
      return NULL;
    part = stop + 1;
  }
  if (!check_topic (&reading, error))
    return NULL;
  magnet->n_dropped += reading.trackers.n_dropped + reading.web_seeds.n_dropped;
  return g_steal_pointer (&magnet);
}

MeirMagnet *
meir_magnet_new_from_metainfo (MeirMetainfo *metainfo)
{
  MeirMagnet *magnet = magnet_new ();
  GPtrArray *tiers = meir_metainfo_get_tiers (metainfo);
  GPtrArray *web_seeds = meir_metainfo_get_web_seeds (metainfo);

  magnet->info_hash = *meir_metainfo_get_info_hash (metainfo);
  magnet->display_name = g_strdup (meir_metainfo_get_display_name (metainfo));
  magnet->length = meir_metainfo_get_total_length (metainfo);
  for (guint i = 0; i < tiers->len; i++) {
    for (char **url = tiers->pdata[i]; *url != NULL; url++) {
      if (magnet->trackers->len < MEIR_MAGNET_LIST_MAX)
        g_ptr_array_add (magnet->trackers, g_strdup (*url));
      else
        magnet->n_dropped++;
    }
  }
  G_STATIC_ASSERT (MEIR_WEB_SEEDS_MAX <= MEIR_MAGNET_LIST_MAX);
  for (guint i = 0; i < web_seeds->len; i++)
    g_ptr_array_add (magnet->web_seeds, g_strdup (web_seeds->pdata[i]));
  return magnet;
}

static void
append_part (GString *text, const char *key, const char *value, const char *allowed)
{
  g_autofree char *escaped = g_uri_escape_string (value, allowed, FALSE);

  g_string_append_printf (text, "&%s=%s", key, escaped);
}

char *
meir_magnet_to_string (const MeirMagnet *magnet)
{
  GString *text = g_string_new (MAGNET_PREFIX "?xt=urn:btih:");
  char hex[2 * MEIR_SHA1_LENGTH + 1];

  g_string_append (text, meir_info_hash_to_hex (&magnet->info_hash, hex));
  if (magnet->display_name != NULL)
    append_part (text, "dn", magnet->display_name, NULL);
  if (magnet->length > 0)
    g_string_append_printf (text, "&xl=%" G_GUINT64_FORMAT, magnet->length);
  for (guint i = 0; i < magnet->trackers->len; i++)
    append_part (text, "tr", magnet->trackers->pdata[i], NULL);
  for (guint i = 0; i < magnet->web_seeds->len; i++)
    append_part (text, "ws", magnet->web_seeds->pdata[i], NULL);
  for (guint i = 0; i < magnet->peers->len; i++) {
    char peer[MEIR_ENDPOINT_TEXT_MAX];
    append_part (text, "x.pe", meir_endpoint_format (&g_array_index (magnet->peers, MeirEndpoint, i), peer),
                 ":");
  }
  return g_string_free (text, FALSE);
}

GPtrArray *
meir_magnet_dup_tiers (const MeirMagnet *magnet)
{
  GPtrArray *tiers = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);

  for (guint i = 0; i < magnet->trackers->len; i++) {
    const char *const tier[] = { magnet->trackers->pdata[i], NULL };
    g_ptr_array_add (tiers, g_strdupv ((char **) tier));
  }
  return tiers;
}
