/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "meta/meir-metainfo.h"

#include "torrent-text.h"

#define ONE_FILE "6:lengthi5e4:name1:a"

static GBytes *
one_file_torrent (const char *outer)
{
  return wrap_info (outer, make_info (ONE_FILE, 4, 2));
}

static void
test_minimal (void)
{
  GBytes *info = make_info (ONE_FILE, 4, 2);
  guint8 digest[MEIR_SHA1_LENGTH];
  gsize length;
  const void *bytes = g_bytes_get_data (info, &length);
  g_autoptr (MeirMetainfo) metainfo = NULL;

  meir_sha1 (bytes, length, digest);
  metainfo = parse_or_die (wrap_info ("", info));
  g_assert_cmpmem (meir_metainfo_get_info_hash (metainfo)->bytes, MEIR_SHA1_LENGTH, digest, MEIR_SHA1_LENGTH);
  g_assert_cmpuint (meir_metainfo_get_piece_length (metainfo), ==, 4);
  g_assert_cmpuint (meir_metainfo_get_n_pieces (metainfo), ==, 2);
  g_assert_cmpuint (meir_metainfo_get_total_length (metainfo), ==, 5);
  g_assert_false (meir_metainfo_is_private (metainfo));
  g_assert_false (meir_metainfo_is_hybrid (metainfo));
  g_assert_cmpuint (meir_metainfo_get_tiers (metainfo)->len, ==, 0);
  g_assert_cmpuint (meir_metainfo_get_web_seeds (metainfo)->len, ==, 0);
  g_assert_null (meir_metainfo_get_comment (metainfo));
  g_assert_null (meir_metainfo_get_created_by (metainfo));
  g_assert_null (meir_metainfo_get_source (metainfo));
  g_assert_false (meir_metainfo_get_creation_date (metainfo, &(gint64){ 0 }));
}

static void
test_not_a_torrent (void)
{
  assert_refused (BYTES (""), "file: It is empty");
  assert_refused (BYTES ("<html>not found</html>"), "This is not a .torrent file: ");
  assert_refused (BYTES ("\x7f"
                         "ELF\0\0\0"),
                  "This is not a .torrent file: ");
  assert_refused (BYTES ("i5e"), "It is not a dictionary");
  assert_refused (BYTES ("le"), "It is not a dictionary");
  assert_refused (BYTES ("4:spam"), "It is not a dictionary");
  assert_refused (BYTES ("de"), "The field “info” is missing");
  assert_refused (BYTES ("d4:infoi1ee"), "The field “info” is not a dictionary");
  assert_refused (BYTES ("d4:infolee"), "The field “info” is not a dictionary");
  assert_refused (BYTES ("d4:infodee"), "“info.piece length” is missing");
  assert_refused (BYTES ("d4:info"), "This is not a .torrent file: ");
  assert_refused (BYTES ("d4:infodeextra"), "This is not a .torrent file: ");
}

/* Every prefix of a torrent is refused; none crashes. */
static void
test_truncated (void)
{
  g_autoptr (GBytes) whole = one_file_torrent ("8:announce8:http://a7:comment2:hi");
  gsize length = g_bytes_get_size (whole);

  for (gsize n = 0; n < length; n++) {
    g_autoptr (GBytes) part = g_bytes_new_from_bytes (whole, 0, n);
    g_autoptr (GError) error = NULL;
    g_assert_null (meir_metainfo_parse (part, &error));
    assert_sentence (error, "This is not a .torrent file: ");
  }
}

/* Every byte of a torrent changed in turn: refused or not, what comes back holds together. */
static void
test_mutated (void)
{
  g_autoptr (GBytes) whole =
      wrap_info ("8:announce8:http://a", make_info ("5:filesld6:lengthi3e4:pathl1:aeed6:lengthi2e"
                                                    "4:pathl1:beee4:name1:n",
                                                    4, 2));
  gsize length;
  const guint8 *bytes = g_bytes_get_data (whole, &length);

  for (gsize i = 0; i < length; i++) {
    static const guint8 values[] = { 0, '-', '0', '9', ':', 'd', 'e', 'i', 'l', 0xff };
    for (guint j = 0; j < G_N_ELEMENTS (values); j++) {
      g_autofree guint8 *copy = g_memdup2 (bytes, length);
      g_autoptr (GBytes) torrent = NULL;
      g_autoptr (MeirMetainfo) metainfo = NULL;
      g_autoptr (GError) error = NULL;
      guint64 sum = 0;

      copy[i] = values[j];
      torrent = g_bytes_new (copy, length);
      metainfo = meir_metainfo_parse (torrent, &error);
      g_assert_true ((metainfo == NULL) == (error != NULL));
      for (guint f = 0; metainfo != NULL && f < meir_metainfo_get_n_files (metainfo); f++)
        sum += meir_metainfo_get_file (metainfo, f)->length;
      if (metainfo != NULL)
        g_assert_cmpuint (sum, ==, meir_metainfo_get_total_length (metainfo));
    }
  }
}

static void
test_nesting_bomb (void)
{
  g_autoptr (GString) bomb = g_string_new ("d4:info");

  for (guint i = 0; i < 10000; i++)
    g_string_append_c (bomb, 'l');
  for (guint i = 0; i < 10000; i++)
    g_string_append_c (bomb, 'e');
  g_string_append_c (bomb, 'e');
  assert_refused (g_bytes_new (bomb->str, bomb->len), "This is not a .torrent file: ");
}

static void
assert_piece_length_refused (gint64 piece_length)
{
  assert_refused (wrap_info ("", make_info (ONE_FILE, piece_length, 2)), "The field “info.piece length” is ");
}

static void
test_piece_length (void)
{
  g_autoptr (MeirMetainfo) odd = parse_or_die (wrap_info ("", make_info ("6:lengthi100e4:name1:a", 33, 4)));
  g_autoptr (MeirMetainfo) one = parse_or_die (wrap_info ("", make_info ("6:lengthi3e4:name1:a", 1, 3)));
  g_autoptr (MeirMetainfo) largest =
      parse_or_die (wrap_info ("", make_info (ONE_FILE, MEIR_PIECE_LENGTH_ACCEPT_MAX, 1)));

  g_assert_cmpuint (meir_metainfo_get_piece_size (odd, 3), ==, 1);
  g_assert_cmpuint (meir_metainfo_get_n_pieces (one), ==, 3);
  g_assert_cmpuint (meir_metainfo_get_piece_size (largest, 0), ==, 5);
  assert_piece_length_refused (0);
  assert_piece_length_refused (-1);
  assert_piece_length_refused (G_MININT64);
  assert_piece_length_refused (G_MAXINT64);
  assert_piece_length_refused ((gint64) MEIR_PIECE_LENGTH_ACCEPT_MAX + 1);
  assert_refused (BYTES ("d4:infod6:lengthi5e4:name1:a12:piece length1:46:pieces0:ee"),
                  "The field “info.piece length” is missing, or is not a number");
  assert_refused (BYTES ("d4:infod6:lengthi5e4:name1:a6:pieces0:ee"), "“info.piece length” is missing");
  assert_refused (BYTES ("d4:infod6:lengthi5e4:name1:a12:piece lengthi9223372036854775808e6:pieces0:ee"),
                  "This is not a .torrent file: ");
}

static void
test_pieces (void)
{
  assert_info_refused (ONE_FILE, 1,
                       "pieces in the field “info.pieces” is 1; for the length of the files it has to be 2");
  assert_info_refused (ONE_FILE, 3,
                       "pieces in the field “info.pieces” is 3; for the length of the files it has to be 2");
  assert_info_refused (ONE_FILE, 0,
                       "pieces in the field “info.pieces” is 0; for the length of the files it has to be 2");
  assert_refused (BYTES ("d4:infod6:lengthi5e4:name1:a12:piece lengthi4e6:pieces21:aaaaaaaaaaaaaaaaaaaaaee"),
                  "length of the field “info.pieces” is 21 bytes; it has to be a multiple of 20");
  assert_refused (BYTES ("d4:infod6:lengthi5e4:name1:a12:piece lengthi4eee"), "“info.pieces” is missing");
  assert_refused (BYTES ("d4:infod6:lengthi5e4:name1:a12:piece lengthi4e6:piecesi5eee"),
                  "“info.pieces” is missing, or is not a string");
  /* 16 TiB in pieces of one byte, with the digests of none. */
  assert_refused (wrap_info ("", make_info ("6:lengthi17592186044416e4:name1:a", 1, 0)),
                  "it has to be 17592186044416");
  /* A key that comes twice would mean something else to every client. */
  assert_refused (BYTES ("d4:infod6:lengthi1e4:name1:a12:piece lengthi4e6:pieces20:aaaaaaaaaaaaaaaaaaaa"
                         "6:pieces20:bbbbbbbbbbbbbbbbbbbbee"),
                  "This is not a .torrent file: ");
}

static void
test_version_2 (void)
{
  g_autoptr (MeirMetainfo) hybrid = parse_or_die (
      wrap_info ("", make_info ("9:file treed1:ad0:d6:lengthi5eeee12:meta versioni2e" ONE_FILE, 4, 2)));
  g_autoptr (MeirMetainfo) version_1 =
      parse_or_die (wrap_info ("", make_info ("12:meta versioni1e" ONE_FILE, 4, 2)));

  g_assert_true (meir_metainfo_is_hybrid (hybrid));
  g_assert_false (meir_metainfo_is_hybrid (version_1));
  assert_refused (BYTES ("d4:infod9:file treed1:ad0:d6:lengthi5eeee12:meta versioni2e4:name1:a"
                         "12:piece lengthi16384eee"),
                  "version 2 only (BEP 52), which cannot be used yet");
  assert_refused (BYTES ("d4:infod9:file treed1:ad0:d6:lengthi5eeee4:name1:a12:piece lengthi16384eee"),
                  "version 2 only");
  assert_info_refused ("12:meta versioni3e" ONE_FILE, 2, "“info.meta version” is 3");
  assert_info_refused ("12:meta versioni-1e" ONE_FILE, 2, "“info.meta version” is -1");
  assert_info_refused ("12:meta version1:2" ONE_FILE, 2, "“info.meta version” is not a number");
}

static gboolean
is_private (const char *value)
{
  g_autofree char *fields = g_strconcat (ONE_FILE "7:private", value, NULL);
  g_autoptr (MeirMetainfo) metainfo = parse_or_die (wrap_info ("", make_info (fields, 4, 2)));

  return meir_metainfo_is_private (metainfo);
}

static void
test_private (void)
{
  g_assert_true (is_private ("i1e"));
  g_assert_true (is_private ("i2e"));
  g_assert_true (is_private ("1:1"));
  g_assert_true (is_private ("le"));
  g_assert_false (is_private ("i0e"));
}

static const char *
nth_url (MeirMetainfo *metainfo, guint tier, guint url)
{
  return ((char **) meir_metainfo_get_tiers (metainfo)->pdata[tier])[url];
}

static void
test_trackers (void)
{
  g_autoptr (MeirMetainfo) one = parse_or_die (one_file_torrent ("8:announce12:http://one/a"));
  g_autoptr (MeirMetainfo) tiers = parse_or_die (one_file_torrent (
      "8:announce12:http://one/a13:announce-listll12:http://two/a12:http://tri/ael14:udp://four:800ee"));
  g_autoptr (MeirMetainfo) flat =
      parse_or_die (one_file_torrent ("13:announce-listl12:http://two/a12:http://tri/ae"));
  g_autoptr (MeirMetainfo) unusable =
      parse_or_die (one_file_torrent ("8:announce12:http://one/a13:announce-listll3:foo0:i5eelel0:ee"));

  g_assert_cmpuint (meir_metainfo_get_tiers (one)->len, ==, 1);
  g_assert_cmpstr (nth_url (one, 0, 0), ==, "http://one/a");

  /* BEP 12: the list, and not `announce`. */
  g_assert_cmpuint (meir_metainfo_get_tiers (tiers)->len, ==, 2);
  g_assert_cmpstr (nth_url (tiers, 0, 0), ==, "http://two/a");
  g_assert_cmpstr (nth_url (tiers, 0, 1), ==, "http://tri/a");
  g_assert_null (nth_url (tiers, 0, 2));
  g_assert_cmpstr (nth_url (tiers, 1, 0), ==, "udp://four:800");
  g_assert_cmpuint (meir_metainfo_get_n_dropped_urls (tiers), ==, 0);

  g_assert_cmpuint (meir_metainfo_get_tiers (flat)->len, ==, 2);
  g_assert_cmpstr (nth_url (unusable, 0, 0), ==, "http://one/a");
  g_assert_cmpuint (meir_metainfo_get_n_dropped_urls (unusable), ==, 2);
}

static void
test_hostile_trackers (void)
{
  g_autoptr (GString) outer = g_string_new ("13:announce-listl");
  g_autoptr (MeirMetainfo) many = NULL;
  g_autoptr (MeirMetainfo) foreign = parse_or_die (
      one_file_torrent ("8:announce18:file:///etc/passwd13:announce-listi7e8:url-listd1:a1:be"));
  g_autoptr (MeirMetainfo) smuggling =
      parse_or_die (one_file_torrent ("8:announce19:http://host/\r\nX: y/8:url-list14:udp://host:800"));

  for (guint i = 0; i < 1000; i++)
    g_string_append_printf (outer, "l12:http://t%04ue", i);
  g_string_append_c (outer, 'e');
  many = parse_or_die (one_file_torrent (outer->str));
  g_assert_cmpuint (meir_metainfo_get_tiers (many)->len, ==, MEIR_TRACKERS_MAX);
  g_assert_cmpuint (meir_metainfo_get_n_dropped_urls (many), ==, 1000 - MEIR_TRACKERS_MAX);

  g_assert_cmpuint (meir_metainfo_get_tiers (foreign)->len, ==, 0);
  g_assert_cmpuint (meir_metainfo_get_n_dropped_urls (foreign), ==, 2);
  g_assert_cmpuint (meir_metainfo_get_tiers (smuggling)->len, ==, 0);
  g_assert_cmpuint (meir_metainfo_get_web_seeds (smuggling)->len, ==, 0);
}

static void
test_web_seeds (void)
{
  g_autoptr (MeirMetainfo) one = parse_or_die (one_file_torrent ("8:url-list9:http://w/"));
  g_autoptr (MeirMetainfo) empty = parse_or_die (one_file_torrent ("8:url-list0:"));
  g_autoptr (GString) outer = g_string_new ("8:url-listl");
  g_autoptr (MeirMetainfo) many = NULL;

  g_assert_cmpuint (meir_metainfo_get_web_seeds (one)->len, ==, 1);
  g_assert_cmpstr (meir_metainfo_get_web_seeds (one)->pdata[0], ==, "http://w/");
  g_assert_cmpuint (meir_metainfo_get_web_seeds (empty)->len, ==, 0);
  g_assert_cmpuint (meir_metainfo_get_n_dropped_urls (empty), ==, 0);
  for (guint i = 0; i < 1000; i++)
    g_string_append_printf (outer, "12:http://w%04u", i);
  g_string_append_c (outer, 'e');
  many = parse_or_die (one_file_torrent (outer->str));
  g_assert_cmpuint (meir_metainfo_get_web_seeds (many)->len, ==, MEIR_WEB_SEEDS_MAX);
}

static void
test_labels (void)
{
  g_autoptr (MeirMetainfo) metainfo =
      parse_or_die (wrap_info ("7:comment6:\x1b[31mx10:created by3:me\n13:creation datei1700000000e",
                               make_info (ONE_FILE "6:source3:s\xff.", 4, 2)));
  g_autoptr (MeirMetainfo) utf8 = parse_or_die (one_file_torrent ("7:comment2:\xc3\x28"
                                                                  "13:comment.utf-82:\xc3\xa4"));
  g_autoptr (MeirMetainfo) wrong_types =
      parse_or_die (one_file_torrent ("7:commenti5e10:created byle13:creation date4:2024"));
  gint64 date = 0;

  g_assert_cmpstr (meir_metainfo_get_comment (metainfo), ==, "\uFFFD[31mx");
  g_assert_cmpstr (meir_metainfo_get_created_by (metainfo), ==, "me\uFFFD");
  g_assert_cmpstr (meir_metainfo_get_source (metainfo), ==, "s\uFFFD.");
  g_assert_true (meir_metainfo_get_creation_date (metainfo, &date));
  g_assert_cmpint (date, ==, 1700000000);
  g_assert_cmpstr (meir_metainfo_get_comment (utf8), ==, "ä");
  g_assert_null (meir_metainfo_get_comment (wrong_types));
  g_assert_null (meir_metainfo_get_created_by (wrong_types));
  g_assert_false (meir_metainfo_get_creation_date (wrong_types, &date));
}

/* A date is either absent or one that GDateTime can hold. */
static void
test_dates (void)
{
  static const gint64 dates[] = { G_MININT64, -62135596801, -62135596800, -1,
                                  0,          253402300799, 253402300800, G_MAXINT64 };
  static const gboolean known[] = { FALSE, FALSE, TRUE, TRUE, TRUE, TRUE, FALSE, FALSE };

  for (guint i = 0; i < G_N_ELEMENTS (dates); i++) {
    g_autofree char *outer = g_strdup_printf ("13:creation datei%" G_GINT64_FORMAT "e", dates[i]);
    g_autoptr (MeirMetainfo) metainfo = parse_or_die (one_file_torrent (outer));
    gint64 date;

    g_assert_cmpint (meir_metainfo_get_creation_date (metainfo, &date), ==, known[i]);
    if (known[i]) {
      g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (date);
      g_assert_nonnull (time);
    }
  }
}

static void
test_long_comment (void)
{
  g_autoptr (GString) outer = g_string_new ("7:comment1000000:");
  g_autoptr (MeirMetainfo) metainfo = NULL;

  for (guint i = 0; i < 1000000; i++)
    g_string_append_c (outer, 'c');
  metainfo = parse_or_die (one_file_torrent (outer->str));
  g_assert_cmpint (g_utf8_strlen (meir_metainfo_get_comment (metainfo), -1), <=, 4000);
}

/* Foreign torrents exist whose keys are out of order: the info-hash is that of the bytes as they stand. */
static void
test_unsorted_keys (void)
{
  g_autoptr (MeirMetainfo) metainfo =
      parse_or_die (wrap_info ("7:comment1:x", make_info ("4:name1:a6:lengthi5e", 4, 2)));
  g_autoptr (GBytes) info = make_info ("4:name1:a6:lengthi5e", 4, 2);
  guint8 digest[MEIR_SHA1_LENGTH];

  meir_sha1 (g_bytes_get_data (info, NULL), g_bytes_get_size (info), digest);
  g_assert_cmpmem (meir_metainfo_get_info_hash (metainfo)->bytes, MEIR_SHA1_LENGTH, digest, MEIR_SHA1_LENGTH);
}

static void
test_from_info (void)
{
  g_autoptr (GBytes) info = make_info (ONE_FILE, 4, 2);
  g_autoptr (GBytes) hostile = make_info ("6:lengthi5e4:name2:..", 4, 2);
  g_autoptr (GBytes) empty = g_bytes_new (NULL, 0);
  g_autoptr (GPtrArray) tiers = g_ptr_array_new ();
  g_autoptr (GPtrArray) web_seeds = g_ptr_array_new ();
  const char *first[] = { "http://a/", "bad", "http://b/", NULL };
  const char *second[] = { "bad", NULL };
  const char *third[] = { "udp://c:1", "http://a/", NULL };
  g_autoptr (MeirMetainfo) metainfo = NULL;
  g_autoptr (MeirMetainfo) bare = meir_metainfo_new_from_info (info, NULL, NULL, NULL);
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (tiers, first);
  g_ptr_array_add (tiers, second);
  g_ptr_array_add (tiers, third);
  g_ptr_array_add (web_seeds, (gpointer) "http://w/");
  g_ptr_array_add (web_seeds, (gpointer) "udp://w:1");
  metainfo = meir_metainfo_new_from_info (info, tiers, web_seeds, NULL);
  g_assert_cmpuint (meir_metainfo_get_tiers (metainfo)->len, ==, 2);
  g_assert_cmpstr (nth_url (metainfo, 0, 1), ==, "http://b/");
  g_assert_cmpstr (nth_url (metainfo, 1, 0), ==, "udp://c:1");
  g_assert_cmpuint (meir_metainfo_get_web_seeds (metainfo)->len, ==, 1);
  g_assert_cmpuint (meir_metainfo_get_n_dropped_urls (metainfo), ==, 4);
  g_assert_true (
      meir_info_hash_equal (meir_metainfo_get_info_hash (metainfo), meir_metainfo_get_info_hash (bare)));

  /* The same verdicts as for a file. */
  g_assert_null (meir_metainfo_new_from_info (hostile, NULL, NULL, &error));
  assert_sentence (error, "“info.name”");
  g_clear_error (&error);
  g_assert_null (meir_metainfo_new_from_info (empty, NULL, NULL, &error));
  assert_sentence (error, "This is not the description of a torrent: It is empty");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/meta/metainfo-parse/minimal", test_minimal);
  g_test_add_func ("/meta/metainfo-parse/not-a-torrent", test_not_a_torrent);
  g_test_add_func ("/meta/metainfo-parse/truncated", test_truncated);
  g_test_add_func ("/meta/metainfo-parse/mutated", test_mutated);
  g_test_add_func ("/meta/metainfo-parse/nesting-bomb", test_nesting_bomb);
  g_test_add_func ("/meta/metainfo-parse/piece-length", test_piece_length);
  g_test_add_func ("/meta/metainfo-parse/pieces", test_pieces);
  g_test_add_func ("/meta/metainfo-parse/version-2", test_version_2);
  g_test_add_func ("/meta/metainfo-parse/private", test_private);
  g_test_add_func ("/meta/metainfo-parse/trackers", test_trackers);
  g_test_add_func ("/meta/metainfo-parse/hostile-trackers", test_hostile_trackers);
  g_test_add_func ("/meta/metainfo-parse/web-seeds", test_web_seeds);
  g_test_add_func ("/meta/metainfo-parse/labels", test_labels);
  g_test_add_func ("/meta/metainfo-parse/dates", test_dates);
  g_test_add_func ("/meta/metainfo-parse/long-comment", test_long_comment);
  g_test_add_func ("/meta/metainfo-parse/unsorted-keys", test_unsorted_keys);
  g_test_add_func ("/meta/metainfo-parse/from-info", test_from_info);
  return g_test_run ();
}
