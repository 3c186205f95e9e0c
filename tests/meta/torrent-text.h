/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Small torrents written by hand, for the tests of meta/: fields are bencoded text, digests are filled in. */

#include "base/meir-error.h"
#include "meta/meir-metainfo.h"

#include <string.h>

/* Bytes of a literal, NULs inside included. */
#define BYTES(literal) g_bytes_new_static ((literal), sizeof (literal) - 1)

/* "key and value" of n digests: the digest of piece i is 20 bytes of value i. */
static inline void
append_pieces (GString *info, guint n_pieces)
{
  g_string_append_printf (info, "6:pieces%u:", n_pieces * MEIR_SHA1_LENGTH);
  for (guint i = 0; i < n_pieces * MEIR_SHA1_LENGTH; i++)
    g_string_append_c (info, (char) (i / MEIR_SHA1_LENGTH));
}

/* An info dictionary with @fields before a piece length and @n_pieces digests. */
static inline GBytes *
make_info_sized (const char *fields, gsize length, gint64 piece_length, guint n_pieces)
{
  GString *info = g_string_new ("d");

  g_string_append_len (info, fields, (gssize) length);
  g_string_append_printf (info, "12:piece lengthi%" G_GINT64_FORMAT "e", piece_length);
  append_pieces (info, n_pieces);
  g_string_append_c (info, 'e');
  return g_string_free_to_bytes (info);
}

static inline GBytes *
make_info (const char *fields, gint64 piece_length, guint n_pieces)
{
  return make_info_sized (fields, strlen (fields), piece_length, n_pieces);
}

/* A .torrent file: @outer fields, then @info, which is freed. */
static inline GBytes *
wrap_info (const char *outer, GBytes *info)
{
  GString *torrent = g_string_new ("d");
  gsize length;
  const char *bytes = g_bytes_get_data (info, &length);

  g_string_append (torrent, outer);
  g_string_append (torrent, "4:info");
  g_string_append_len (torrent, bytes, (gssize) length);
  g_string_append_c (torrent, 'e');
  g_bytes_unref (info);
  return g_string_free_to_bytes (torrent);
}

static inline MeirMetainfo *
parse_or_die (GBytes *torrent)
{
  g_autoptr (GError) error = NULL;
  MeirMetainfo *metainfo = meir_metainfo_parse (torrent, &error);

  g_assert_no_error (error);
  g_assert_nonnull (metainfo);
  g_bytes_unref (torrent);
  return metainfo;
}

/* What every message for people must be: one line, one sentence, printable. */
static inline void
assert_sentence (const GError *error, const char *part)
{
  g_assert_error (error, MEIR_ERROR, MEIR_ERROR_INVALID);
  if (strstr (error->message, part) == NULL)
    g_error ("expected “%s” in “%s”", part, error->message);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_true (g_str_has_prefix (error->message, "The ") || g_str_has_prefix (error->message, "This "));
  g_assert_false (g_str_has_suffix (error->message, "."));
  for (const char *c = error->message; *c != '\0'; c++)
    g_assert_false (g_ascii_iscntrl (*c));
}

/* @torrent is refused with a sentence that contains @part. Frees @torrent. */
static inline void
assert_refused (GBytes *torrent, const char *part)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MeirMetainfo) metainfo = meir_metainfo_parse (torrent, &error);

  g_assert_null (metainfo);
  assert_sentence (error, part);
  g_bytes_unref (torrent);
}

/* The same with nothing but an info dictionary of @fields, pieces of 4 bytes and @n_pieces digests. */
static inline void
assert_info_refused (const char *fields, guint n_pieces, const char *part)
{
  assert_refused (wrap_info ("", make_info (fields, 4, n_pieces)), part);
}
