/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "meta/meir-metainfo-private.h"

#include "base/meir-error.h"
#include "base/meir-text.h"
#include "meir-config.h"
#include "meta/meir-url-sieve.h"

#include <glib/gi18n-lib.h>
#include <stdint.h>
#include <string.h>

/* Longest texts kept for display, characters. */
#define COMMENT_CHARS_MAX 4000u
#define LABEL_CHARS_MAX   200u
/* What a GDateTime can hold: the years 1 to 9999, seconds since 1970. */
#define DATE_MIN G_GINT64_CONSTANT (-62135596800)
#define DATE_MAX G_GINT64_CONSTANT (253402300799)

gboolean
meir_metainfo_refuse (GError **error, const char *format, ...)
{
  g_autofree char *sentence = NULL;
  va_list arguments;

  va_start (arguments, format);
  sentence = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error_literal (error, MEIR_ERROR, MEIR_ERROR_INVALID, sentence);
  return FALSE;
}

static gboolean
parse_version (MeirMetainfo *metainfo, MeirBencodeNode info, GError **error)
{
  MeirBencodeNode version = meir_bencode_node_lookup (info, "meta version");
  gboolean has_tree = meir_bencode_node_exists (meir_bencode_node_lookup (info, "file tree"));
  gboolean has_pieces = meir_bencode_node_exists (meir_bencode_node_lookup (info, "pieces"));
  gint64 number = 1;

  if (meir_bencode_node_exists (version) && !meir_bencode_node_int (version, &number))
    return meir_metainfo_refuse (error, _ ("The field “%s” is not a number"), "info.meta version");
  if (number < 1 || number > 2)
    return meir_metainfo_refuse (error, _ ("The field “%s” is %jd; versions 1 and 2 are known"),
                                 "info.meta version", (intmax_t) number);
  /* BEP 52: without the version 1 half there are no SHA-1 digests to check pieces against. */
  if ((number == 2 || has_tree) && !has_pieces)
    return meir_metainfo_refuse (error, _ ("The torrent is of version 2 only (BEP 52), which cannot be used "
                                           "yet; ask for one of version 1, or a hybrid"));
  metainfo->is_hybrid = number == 2 && has_tree;
  return TRUE;
}

static gboolean
parse_pieces (MeirMetainfo *metainfo, MeirBencodeNode info, GError **error)
{
  gsize length;
  guint64 needed;

  metainfo->digests = meir_bencode_node_lookup_string (info, "pieces", &length);
  if (metainfo->digests == NULL)
    return meir_metainfo_refuse (error, _ ("The field “%s” is missing, or is not a string"), "info.pieces");
  if (length % MEIR_SHA1_LENGTH != 0)
    return meir_metainfo_refuse (
        error, _ ("The length of the field “%s” is %zu bytes; it has to be a multiple of %u"), "info.pieces",
        length, MEIR_SHA1_LENGTH);
  needed = (metainfo->total_length + metainfo->piece_length - 1) / metainfo->piece_length;
  if (length / MEIR_SHA1_LENGTH != needed)
    return meir_metainfo_refuse (
        error,
        _ ("The number of pieces in the field “%s” is %zu; for the length of the files it has to be %ju"),
        "info.pieces", length / MEIR_SHA1_LENGTH, (uintmax_t) needed);
  if (needed > MEIR_PIECES_MAX)
    return meir_metainfo_refuse (error, _ ("The number of pieces in the field “%s” is above %u"),
                                 "info.pieces", MEIR_PIECES_MAX);
  metainfo->n_pieces = (guint32) needed;
  return TRUE;
}

static gboolean
parse_piece_length (MeirMetainfo *metainfo, MeirBencodeNode info, GError **error)
{
  gint64 length;

  if (!meir_bencode_node_lookup_int (info, "piece length", &length))
    return meir_metainfo_refuse (error, _ ("The field “%s” is missing, or is not a number"),
                                 "info.piece length");
  if (length < 1 || length > (gint64) MEIR_PIECE_LENGTH_ACCEPT_MAX)
    return meir_metainfo_refuse (error, _ ("The field “%s” is %jd; it has to be from 1 to %u"),
                                 "info.piece length", (intmax_t) length, MEIR_PIECE_LENGTH_ACCEPT_MAX);
  metainfo->piece_length = (guint32) length;
  return TRUE;
}

/* A text of @dict made safe, or NULL; the same key with ".utf-8" comes first where a foreign client wrote
 * one. */
static char *
dup_text (MeirBencodeNode dict, const char *key, gsize max_chars)
{
  g_autofree char *utf8_key = g_strconcat (key, ".utf-8", NULL);
  gsize length;
  const guint8 *text = meir_bencode_node_lookup_string (dict, utf8_key, &length);

  if (text == NULL)
    text = meir_bencode_node_lookup_string (dict, key, &length);
  return text != NULL && length > 0 ? meir_text_dup_safe (text, length, max_chars) : NULL;
}

static gboolean
parse_info (MeirMetainfo *metainfo, MeirBencodeNode info, GError **error)
{
  MeirBencodeNode private_flag;
  gint64 private_value = 1;
  gsize length;
  const guint8 *bytes;

  if (!meir_bencode_node_exists (info))
    return meir_metainfo_refuse (error, _ ("The field “%s” is missing"), "info");
  if (meir_bencode_node_type (info) != MEIR_BENCODE_DICT)
    return meir_metainfo_refuse (error, _ ("The field “%s” is not a dictionary"), "info");
  bytes = meir_bencode_node_span (info, &length);
  meir_sha1 (bytes, length, metainfo->info_hash.bytes);
  if (!parse_version (metainfo, info, error) || !parse_piece_length (metainfo, info, error) ||
      !meir_metainfo_parse_files (metainfo, info, error) || !parse_pieces (metainfo, info, error))
    return FALSE;

  /* BEP 27 knows 1 alone. Whatever else is not the number 0 is taken for it: the error then leaks nothing. */
  private_flag = meir_bencode_node_lookup (info, "private");
  if (meir_bencode_node_exists (private_flag)) {
    meir_bencode_node_int (private_flag, &private_value);
    metainfo->is_private = private_value != 0;
  }
  metainfo->source = dup_text (info, "source", LABEL_CHARS_MAX);
  return TRUE;
}

/* The address in @node where it is a usable one. */
static char *
take_url (MeirUrlSieve *sieve, MeirBencodeNode node)
{
  gsize length;
  const guint8 *text = meir_bencode_node_string (node, &length);

  if (text != NULL)
    return meir_url_sieve_take (sieve, text, length);
  if (meir_bencode_node_exists (node))
    sieve->n_dropped++;
  return NULL;
}

static void
add_tier (MeirMetainfo *metainfo, GStrvBuilder *builder)
{
  g_auto (GStrv) tier = g_strv_builder_end (builder);

  if (tier[0] != NULL)
    g_ptr_array_add (metainfo->tiers, g_steal_pointer (&tier));
}

/* Adds what is usable of @list, or of the single string @list, as one tier. */
static void
parse_tier (MeirMetainfo *metainfo, MeirUrlSieve *sieve, MeirBencodeNode list)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  MeirBencodeIter iter;
  MeirBencodeNode item = list;
  gboolean is_list = meir_bencode_node_type (list) == MEIR_BENCODE_LIST;

  meir_bencode_iter_init (&iter, list);
  while (!is_list || meir_bencode_iter_next (&iter, &item)) {
    g_autofree char *url = take_url (sieve, item);
    if (url != NULL)
      g_strv_builder_add (builder, url);
    if (!is_list)
      break;
  }
  add_tier (metainfo, builder);
}

static void
parse_trackers (MeirMetainfo *metainfo, MeirBencodeNode root)
{
  g_auto (MeirUrlSieve) sieve;
  MeirBencodeIter iter;
  MeirBencodeNode tier;

  meir_url_sieve_init (&sieve, MEIR_TRACKERS_MAX, TRUE);
  meir_bencode_iter_init (&iter, meir_bencode_node_lookup (root, "announce-list"));
  while (meir_bencode_iter_next (&iter, &tier))
    parse_tier (metainfo, &sieve, tier);
  /* BEP 12: with a list, `announce` is not looked at. */
  if (metainfo->tiers->len == 0)
    parse_tier (metainfo, &sieve, meir_bencode_node_lookup (root, "announce"));
  metainfo->n_dropped_urls += sieve.n_dropped;
}

/* BEP 19: `url-list` is one string, or a list of them. */
static void
parse_web_seeds (MeirMetainfo *metainfo, MeirBencodeNode root)
{
  MeirBencodeNode list = meir_bencode_node_lookup (root, "url-list");
  g_auto (MeirUrlSieve) sieve;
  MeirBencodeIter iter;
  MeirBencodeNode item = list;
  gboolean is_list = meir_bencode_node_type (list) == MEIR_BENCODE_LIST;

  meir_url_sieve_init (&sieve, MEIR_WEB_SEEDS_MAX, FALSE);
  meir_bencode_iter_init (&iter, list);
  while (!is_list || meir_bencode_iter_next (&iter, &item)) {
    char *url = take_url (&sieve, item);
    if (url != NULL)
      g_ptr_array_add (metainfo->web_seeds, url);
    if (!is_list)
      break;
  }
  metainfo->n_dropped_urls += sieve.n_dropped;
}

static void
parse_labels (MeirMetainfo *metainfo, MeirBencodeNode root)
{
  gint64 date;

  metainfo->comment = dup_text (root, "comment", COMMENT_CHARS_MAX);
  metainfo->created_by = dup_text (root, "created by", LABEL_CHARS_MAX);
  if (meir_bencode_node_lookup_int (root, "creation date", &date) && date >= DATE_MIN && date <= DATE_MAX) {
    metainfo->creation_date = date;
    metainfo->has_creation_date = TRUE;
  }
}

/* Parses @bytes, those of a whole file or of an info dictionary alone, strictly into a dictionary, or says
 * why not. */
static MeirBencode *
parse_dictionary (GBytes *bytes, gboolean is_file, GError **error)
{
  g_autoptr (MeirBencode) document = NULL;
  g_autoptr (GError) parse_error = NULL;
  gsize length;
  const void *data = g_bytes_get_data (bytes, &length);
  const char *reason = NULL;

  if (length == 0) {
    reason = _ ("It is empty");
  } else if (length > MEIR_METAINFO_FILE_MAX) {
    reason = _ ("It is larger than 256 MiB");
  } else {
    document =
        meir_bencode_parse (data, length, MEIR_BENCODE_STRICT, MEIR_BENCODE_DEPTH_FILE, NULL, &parse_error);
    if (document == NULL)
      reason = parse_error->message;
    else if (meir_bencode_node_type (meir_bencode_get_root (document)) != MEIR_BENCODE_DICT)
      reason = _ ("It is not a dictionary");
  }
  if (reason == NULL)
    return g_steal_pointer (&document);
  if (is_file)
    meir_metainfo_refuse (error, _ ("This is not a .torrent file: %s"), reason);
  else
    meir_metainfo_refuse (error, _ ("This is not the description of a torrent: %s"), reason);
  return NULL;
}

MeirMetainfo *
meir_metainfo_parse (GBytes *file, GError **error)
{
  g_autoptr (MeirBencode) document = parse_dictionary (file, TRUE, error);
  g_autoptr (MeirMetainfo) metainfo = NULL;
  MeirBencodeNode root, info;
  gsize length;

  if (document == NULL)
    return NULL;
  root = meir_bencode_get_root (document);
  info = meir_bencode_node_lookup (root, "info");
  metainfo = meir_metainfo_new_empty ();
  if (!parse_info (metainfo, info, error))
    return NULL;
  parse_trackers (metainfo, root);
  parse_web_seeds (metainfo, root);
  parse_labels (metainfo, root);
  metainfo->torrent_bytes = g_bytes_ref (file);
  meir_bencode_node_span (info, &length);
  metainfo->info_bytes = g_bytes_new_from_bytes (file, meir_bencode_node_offset (info), length);
  return g_steal_pointer (&metainfo);
}

static void
copy_tiers (MeirMetainfo *metainfo, GPtrArray *tiers)
{
  g_auto (MeirUrlSieve) sieve;

  meir_url_sieve_init (&sieve, MEIR_TRACKERS_MAX, TRUE);
  for (guint i = 0; tiers != NULL && i < tiers->len; i++) {
    g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
    const char *const *urls = tiers->pdata[i];

    for (; *urls != NULL; urls++) {
      g_autofree char *url = meir_url_sieve_take (&sieve, *urls, strlen (*urls));
      if (url != NULL)
        g_strv_builder_add (builder, url);
    }
    add_tier (metainfo, builder);
  }
  metainfo->n_dropped_urls += sieve.n_dropped;
}

static void
copy_web_seeds (MeirMetainfo *metainfo, GPtrArray *web_seeds)
{
  g_auto (MeirUrlSieve) sieve;

  meir_url_sieve_init (&sieve, MEIR_WEB_SEEDS_MAX, FALSE);
  for (guint i = 0; web_seeds != NULL && i < web_seeds->len; i++) {
    const char *text = web_seeds->pdata[i];
    char *url = meir_url_sieve_take (&sieve, text, strlen (text));
    if (url != NULL)
      g_ptr_array_add (metainfo->web_seeds, url);
  }
  metainfo->n_dropped_urls += sieve.n_dropped;
}

MeirMetainfo *
meir_metainfo_new_from_info (GBytes *info, GPtrArray *tiers, GPtrArray *web_seeds, GError **error)
{
  g_autoptr (MeirBencode) document = parse_dictionary (info, FALSE, error);
  g_autoptr (MeirMetainfo) metainfo = NULL;

  if (document == NULL)
    return NULL;
  metainfo = meir_metainfo_new_empty ();
  if (!parse_info (metainfo, meir_bencode_get_root (document), error))
    return NULL;
  copy_tiers (metainfo, tiers);
  copy_web_seeds (metainfo, web_seeds);
  metainfo->info_bytes = g_bytes_ref (info);
  return g_steal_pointer (&metainfo);
}
