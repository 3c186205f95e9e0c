/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "meta/meir-metainfo.h"

#include "torrent-text.h"

/* Lengths 3, 0, 0, 5, 1, 0, 4, 0 in pieces of 4 bytes. */
static const guint64 lengths[] = { 3, 0, 0, 5, 1, 0, 4, 0 };

static MeirMetainfo *
make_folder (void)
{
  g_autoptr (GString) fields = g_string_new ("5:filesl");

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    g_string_append_printf (fields, "d6:lengthi%" G_GUINT64_FORMAT "e4:pathl1:%uee", lengths[i], i);
  g_string_append (fields, "e4:name1:n");
  return parse_or_die (wrap_info ("", make_info (fields->str, 4, 4)));
}

static void
test_pieces (void)
{
  g_autoptr (MeirMetainfo) metainfo = make_folder ();
  g_autoptr (MeirMetainfo) exact = parse_or_die (wrap_info ("", make_info ("6:lengthi8e4:name1:a", 4, 2)));

  g_assert_cmpuint (meir_metainfo_get_total_length (metainfo), ==, 13);
  g_assert_cmpuint (meir_metainfo_get_n_pieces (metainfo), ==, 4);
  g_assert_cmpuint (meir_metainfo_get_piece_size (metainfo, 0), ==, 4);
  g_assert_cmpuint (meir_metainfo_get_piece_size (metainfo, 2), ==, 4);
  g_assert_cmpuint (meir_metainfo_get_piece_size (metainfo, 3), ==, 1);
  g_assert_cmpuint (meir_metainfo_get_piece_size (exact, 1), ==, 4);
}

/* Digests are looked at in the bytes that were parsed, not copied. */
static void
test_digests (void)
{
  GBytes *torrent = wrap_info ("", make_info ("6:lengthi9e4:name1:a", 4, 3));
  gsize length;
  const guint8 *start = g_bytes_get_data (torrent, &length);
  g_autoptr (MeirMetainfo) metainfo = parse_or_die (torrent);

  for (guint32 piece = 0; piece < 3; piece++) {
    const guint8 *digest = meir_metainfo_get_piece_digest (metainfo, piece);
    g_assert_true (digest >= start && digest + MEIR_SHA1_LENGTH <= start + length);
    for (guint i = 0; i < MEIR_SHA1_LENGTH; i++)
      g_assert_cmpuint (digest[i], ==, piece);
  }
}

static void
test_find_file (void)
{
  static const guint expected[] = { 0, 0, 0, 3, 3, 3, 3, 3, 4, 6, 6, 6, 6 };
  g_autoptr (MeirMetainfo) metainfo = make_folder ();

  for (guint64 offset = 0; offset < G_N_ELEMENTS (expected); offset++)
    g_assert_cmpuint (meir_metainfo_find_file (metainfo, offset), ==, expected[offset]);
}

static void
test_leading_empty_file (void)
{
  g_autoptr (MeirMetainfo) metainfo = parse_or_die (
      wrap_info ("", make_info ("5:filesld6:lengthi0e4:pathl1:aeed6:lengthi2e4:pathl1:beee4:name1:n", 4, 1)));

  g_assert_cmpuint (meir_metainfo_find_file (metainfo, 0), ==, 1);
}

/* Every range of the torrent, against a walk byte by byte. */
static void
test_map (void)
{
  g_autoptr (MeirMetainfo) metainfo = make_folder ();
  guint64 total = meir_metainfo_get_total_length (metainfo);

  for (guint64 offset = 0; offset <= total; offset++) {
    for (guint64 length = 0; length <= total - offset; length++) {
      MeirFileSpanIter iter;
      MeirFileSpan span;
      guint64 at = offset;

      meir_metainfo_map (metainfo, offset, length, &iter);
      while (meir_file_span_iter_next (&iter, &span)) {
        const MeirMetainfoFile *file = meir_metainfo_get_file (metainfo, span.file);
        g_assert_cmpuint (span.length, >, 0);
        g_assert_cmpuint (span.file, ==, meir_metainfo_find_file (metainfo, at));
        g_assert_cmpuint (file->offset + span.offset, ==, at);
        g_assert_cmpuint (span.offset + span.length, <=, file->length);
        at += span.length;
      }
      g_assert_cmpuint (at, ==, offset + length);
    }
  }
}

static void
test_map_of_large_file (void)
{
  const guint64 tib = G_GUINT64_CONSTANT (1) << 40;
  g_autofree char *fields = g_strdup_printf (
      "5:filesld6:lengthi%" G_GUINT64_FORMAT "e4:pathl1:aeed6:lengthi1e4:pathl1:beee4:name1:n", tib);
  g_autoptr (MeirMetainfo) metainfo = parse_or_die (wrap_info ("", make_info (fields, 256 << 20, 4097)));
  MeirFileSpanIter iter;
  MeirFileSpan span;

  meir_metainfo_map (metainfo, tib - 10, 11, &iter);
  g_assert_true (meir_file_span_iter_next (&iter, &span));
  g_assert_cmpuint (span.offset, ==, tib - 10);
  g_assert_cmpuint (span.length, ==, 10);
  g_assert_true (meir_file_span_iter_next (&iter, &span));
  g_assert_cmpuint (span.file, ==, 1);
  g_assert_cmpuint (span.length, ==, 1);
  g_assert_false (meir_file_span_iter_next (&iter, &span));
}

static void
test_info_bytes (void)
{
  g_autoptr (GBytes) info = make_info ("6:lengthi5e4:name1:a", 4, 2);
  g_autoptr (MeirMetainfo) metainfo = parse_or_die (wrap_info ("8:announce8:http://a", g_bytes_ref (info)));

  g_assert_true (g_bytes_equal (meir_metainfo_get_info_bytes (metainfo), info));
}

static void
test_torrent_bytes_unchanged (void)
{
  GBytes *torrent = wrap_info ("7:unknownl1:x1:ye", make_info ("4:name1:a6:lengthi5e", 4, 2));
  g_autoptr (GBytes) kept = g_bytes_ref (torrent);
  g_autoptr (MeirMetainfo) metainfo = parse_or_die (torrent);
  g_autoptr (GBytes) again = meir_metainfo_dup_torrent_bytes (metainfo);

  g_assert_true (g_bytes_equal (again, kept));
}

/* From the swarm come an info dictionary and the magnet's trackers: the file made of them leads to the same
 * torrent. */
static void
test_torrent_bytes_made (void)
{
  g_autoptr (GBytes) info = make_info ("6:lengthi5e4:name1:a", 4, 2);
  g_autoptr (GPtrArray) tiers = g_ptr_array_new ();
  g_autoptr (GPtrArray) web_seeds = g_ptr_array_new ();
  const char *first[] = { "http://a/", "http://b/", NULL };
  const char *second[] = { "udp://c:1", NULL };
  g_autoptr (MeirMetainfo) metainfo = NULL;
  g_autoptr (MeirMetainfo) again = NULL;
  g_autoptr (GBytes) torrent = NULL;

  g_ptr_array_add (tiers, first);
  g_ptr_array_add (tiers, second);
  g_ptr_array_add (web_seeds, (gpointer) "http://w/");
  metainfo = meir_metainfo_new_from_info (info, tiers, web_seeds, NULL);
  torrent = meir_metainfo_dup_torrent_bytes (metainfo);
  again = meir_metainfo_parse (torrent, NULL);
  g_assert_true (
      meir_info_hash_equal (meir_metainfo_get_info_hash (again), meir_metainfo_get_info_hash (metainfo)));
  g_assert_cmpuint (meir_metainfo_get_tiers (again)->len, ==, 2);
  g_assert_cmpstr (((char **) meir_metainfo_get_tiers (again)->pdata[0])[1], ==, "http://b/");
  g_assert_cmpstr (meir_metainfo_get_web_seeds (again)->pdata[0], ==, "http://w/");
}

static gpointer
ref_and_unref (gpointer data)
{
  MeirMetainfo *metainfo = data;

  for (guint i = 0; i < 10000; i++) {
    meir_metainfo_ref (metainfo);
    g_assert_cmpuint (meir_metainfo_get_n_pieces (metainfo), ==, 4);
    meir_metainfo_unref (metainfo);
  }
  meir_metainfo_unref (metainfo);
  return NULL;
}

static void
test_references (void)
{
  MeirMetainfo *metainfo = make_folder ();
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("references", ref_and_unref, meir_metainfo_ref (metainfo));
  meir_metainfo_unref (metainfo);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/meta/metainfo/pieces", test_pieces);
  g_test_add_func ("/meta/metainfo/digests", test_digests);
  g_test_add_func ("/meta/metainfo/find-file", test_find_file);
  g_test_add_func ("/meta/metainfo/leading-empty-file", test_leading_empty_file);
  g_test_add_func ("/meta/metainfo/map", test_map);
  g_test_add_func ("/meta/metainfo/map-of-large-file", test_map_of_large_file);
  g_test_add_func ("/meta/metainfo/info-bytes", test_info_bytes);
  g_test_add_func ("/meta/metainfo/torrent-bytes-unchanged", test_torrent_bytes_unchanged);
  g_test_add_func ("/meta/metainfo/torrent-bytes-made", test_torrent_bytes_made);
  g_test_add_func ("/meta/metainfo/references", test_references);
  return g_test_run ();
}
