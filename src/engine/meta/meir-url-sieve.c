/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "meta/meir-url-sieve.h"

#include <string.h>

void
meir_url_sieve_init (MeirUrlSieve *sieve, guint n_max, gboolean allow_udp)
{
  *sieve = (MeirUrlSieve){
    .seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
    .n_max = n_max,
    .allow_udp = allow_udp,
  };
}

void
meir_url_sieve_clear (MeirUrlSieve *sieve)
{
  g_clear_pointer (&sieve->seen, g_hash_table_unref);
}

static char *
canonicalise (const void *bytes, gsize length, gboolean allow_udp)
{
  g_autofree char *text = NULL;
  g_autoptr (MeirUrl) url = NULL;

  if (length > MEIR_URL_LENGTH_MAX || memchr (bytes, '\0', length) != NULL)
    return NULL;
  text = g_strndup (bytes, length);
  url = allow_udp ? meir_url_parse (text, NULL) : meir_url_parse_web (text, NULL);
  if (url == NULL)
    return NULL;
  return meir_url_to_string (url);
}

char *
meir_url_sieve_take (MeirUrlSieve *sieve, const void *bytes, gsize length)
{
  char *text;

  if (length == 0)
    return NULL;
  /* Once full nothing more is looked at, however long the list goes on. */
  if (g_hash_table_size (sieve->seen) < sieve->n_max) {
    text = canonicalise (bytes, length, sieve->allow_udp);
    if (text != NULL && g_hash_table_add (sieve->seen, text))
      return g_strdup (text);
  }
  sieve->n_dropped++;
  return NULL;
}
