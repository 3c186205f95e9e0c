/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk/meir-create.h"

#include "base/meir-limits.h"
#include "create-folder.h"
#include "disk/meir-journal-state.h"
#include "meir-config.h"
#include "meta/meir-metainfo.h"

#include <fcntl.h>

/* Takes @options. */
static void
assert_refused (MeirCreateOptions *options, MeirError code, const char *part)
{
  g_auto (Creation) creation;

  creation_run (&creation, options);
  assert_error_names (creation.error, code, part);
}

/* Takes @options. */
static GBytes *
create_or_die (MeirCreateOptions *options)
{
  g_auto (Creation) creation;

  creation_run (&creation, options);
  g_assert_no_error (creation.error);
  return g_steal_pointer (&creation.torrent);
}

static MeirCreateOptions *
options_without_date (const char *path)
{
  MeirCreateOptions *options = meir_create_options_new (path);

  options->no_date = TRUE;
  return options;
}

static void
write_tree (const char *folder)
{
  write_text (folder, "tree/ä/last", "end");
  write_text (folder, "tree/a-b", "");
  write_pattern (folder, "tree/a/z", 40000, 7);
  write_text (folder, "tree/B", "hello");
}

/* The SHA-1 of the three pieces of that tree, 16 KiB each. */
static const char tree_digests[] = "bf71ca904da265c893d2835f4d62ea584da1f97a"
                                   "45e6f7685c79eba5e8efa4df2fcb347281886152"
                                   "9bfa85434741c83a4eded0b8d6e19410c2017cc3";

/* What has to come out, to the byte: made by hand from BEP 3, 12, 19 and 27. */
static GBytes *
make_golden (void)
{
  GString *golden = g_string_new (NULL);
  guint8 digests[3 * MEIR_SHA1_LENGTH];

  g_assert_true (meir_hex_decode (tree_digests, digests, sizeof digests));
  g_string_append (golden, "d8:announce27:http://one.example/announce"
                           "13:announce-listll27:http://one.example/announceel20:udp://two.example:80"
                           "21:https://tri.example/aee7:comment9:A comment");
  g_string_append_printf (golden, "10:created by%zu:MeirTorrent " MEIR_VERSION,
                          strlen ("MeirTorrent " MEIR_VERSION));
  g_string_append (golden, "13:creation datei1700000000e4:infod5:filesl"
                           "d6:lengthi5e4:pathl1:Beed6:lengthi40000e4:pathl1:a1:zeed6:lengthi0e4:pathl3:a-bee"
                           "d6:lengthi3e4:pathl2:ä4:lasteee4:name4:tree12:piece lengthi16384e6:pieces60:");
  g_string_append_len (golden, (const char *) digests, sizeof digests);
  g_string_append (golden, "7:privatei1e6:source3:SRCe8:url-list22:http://w.example/tree/e");
  return g_string_free_to_bytes (golden);
}

static void
test_golden (void)
{
  char *folder = make_folder ();
  g_autofree char *path = g_build_filename (folder, "tree", NULL);
  MeirCreateOptions *options = meir_create_options_new (path);
  g_autoptr (GBytes) golden = make_golden ();
  g_auto (Creation) creation;
  char hex[41];

  write_tree (folder);
  g_assert_true (meir_create_options_add_tier (options, "http://one.example/announce", NULL));
  g_assert_true (meir_create_options_add_tier (options, "udp://two.example:80, https://tri.example/a", NULL));
  g_assert_true (meir_create_options_add_web_seed (options, "http://w.example/tree/", NULL));
  g_assert_true (meir_create_options_set_piece_length (options, 16384, NULL));
  options->comment = g_strdup ("A comment");
  options->source = g_strdup ("SRC");
  options->is_private = TRUE;
  g_setenv ("SOURCE_DATE_EPOCH", "1700000000", TRUE);
  creation_run (&creation, options);
  g_unsetenv ("SOURCE_DATE_EPOCH");

  g_assert_no_error (creation.error);
  g_assert_cmpmem (g_bytes_get_data (creation.torrent, NULL), g_bytes_get_size (creation.torrent),
                   g_bytes_get_data (golden, NULL), g_bytes_get_size (golden));
  g_assert_cmpstr (meir_info_hash_to_hex (&creation.summary->info_hash, hex), ==,
                   "b25a8aeb406cd1fc313dd29dec0ec1769d484566");
  g_assert_cmpstr (creation.summary->name, ==, "tree");
  g_assert_cmpuint (creation.summary->n_files, ==, 4);
  g_assert_cmpuint (creation.summary->total_bytes, ==, 40008);
  g_assert_cmpuint (creation.summary->n_pieces, ==, 3);
  g_assert_cmpuint (creation.summary->piece_length, ==, 16384);
  g_assert_cmpstr (creation.summary->piece_length_reason, ==, "as asked for");
  remove_folder (folder);
}

static void
test_single_file (void)
{
  char *folder = make_folder ();
  g_autofree char *path = g_build_filename (folder, "f.txt", NULL);
  g_autoptr (GBytes) torrent = NULL;
  g_autofree char *expected = NULL;
  guint8 digest[MEIR_SHA1_LENGTH];
  g_autoptr (GByteArray) golden = g_byte_array_new ();

  write_text (folder, "f.txt", "abc");
  torrent = create_or_die (options_without_date (path));
  expected = g_strdup_printf ("d10:created by%zu:MeirTorrent " MEIR_VERSION "4:infod6:lengthi3e4:name5:f.txt"
                              "12:piece lengthi16384e6:pieces20:",
                              strlen ("MeirTorrent " MEIR_VERSION));
  g_assert_true (meir_hex_decode ("a9993e364706816aba3e25717850c26c9cd0d89d", digest, sizeof digest));
  g_byte_array_append (golden, (const guint8 *) expected, (guint) strlen (expected));
  g_byte_array_append (golden, digest, sizeof digest);
  g_byte_array_append (golden, (const guint8 *) "ee", 2);
  g_assert_cmpmem (g_bytes_get_data (torrent, NULL), g_bytes_get_size (torrent), golden->data, golden->len);
  remove_folder (folder);
}

/* Sets the time of @folder/@path to so many seconds ago. */
static gint64
make_older (const char *folder, const char *path, gint64 sec)
{
  g_autofree char *whole = g_build_filename (folder, path, NULL);
  gint64 then = g_get_real_time () / G_USEC_PER_SEC - sec;
  struct timespec times[2] = { { .tv_sec = then, .tv_nsec = 7 }, { .tv_sec = then, .tv_nsec = 7 } };

  g_assert_cmpint (utimensat (AT_FDCWD, whole, times, 0), ==, 0);
  return then * G_GINT64_CONSTANT (1000000000) + 7;
}

/* The summary tells the files as they were hashed, but for those whose times do not tell much: which were
 * written to just now, or are of the future. */
static void
test_files (void)
{
  char *folder = make_folder ();
  g_auto (Creation) creation = { NULL };
  const MeirJournalFile *file;
  g_autofree char *path = g_build_filename (folder, "t", NULL);
  gint64 a_nsec, b_nsec, c_nsec;
  gboolean was_quick;

  write_pattern (folder, "t/a", 20000, 1);
  write_pattern (folder, "t/b", 30000, 2);
  write_pattern (folder, "t/c", 40000, 3);
  write_pattern (folder, "t/d", 50000, 4);
  a_nsec = make_older (folder, "t/a", 3600);
  b_nsec = make_older (folder, "t/b", 0);
  c_nsec = make_older (folder, "t/c", 10);
  make_older (folder, "t/d", -3600);
  creation_run (&creation, options_without_date (path));
  g_assert_no_error (creation.error);
  was_quick = g_get_real_time () * 1000 - b_nsec < G_GINT64_CONSTANT (2000000000);
  g_assert_cmpuint (creation.summary->n_files, ==, 4);
  /* Two seconds on, nothing can hide any more behind the time that it has. */
  if (!was_quick && creation.summary->files->len == 3)
    g_array_remove_index (creation.summary->files, 1);
  g_assert_cmpuint (creation.summary->files->len, ==, 2);
  file = &g_array_index (creation.summary->files, MeirJournalFile, 0);
  g_assert_cmpuint (file[0].file, ==, 0);
  g_assert_cmpuint (file[0].length, ==, 20000);
  g_assert_cmpint (file[0].mtime_nsec, ==, a_nsec);
  g_assert_cmpuint (file[1].file, ==, 2);
  g_assert_cmpuint (file[1].length, ==, 40000);
  g_assert_cmpint (file[1].mtime_nsec, ==, c_nsec);
  remove_folder (folder);
}

/* The same tree, made in another place, in another order and with another number of threads. */
static void
test_reproducible (void)
{
  char *folder = make_folder ();
  char *other = make_folder ();
  g_autofree char *path = g_build_filename (folder, "tree", NULL);
  g_autofree char *other_path = g_build_filename (other, "tree", NULL);
  MeirCreateOptions *options = options_without_date (path);
  MeirCreateOptions *other_options = options_without_date (other_path);
  g_autoptr (GBytes) torrent = NULL;
  g_autoptr (GBytes) other_torrent = NULL;

  write_tree (folder);
  write_text (other, "tree/B", "hello");
  write_pattern (other, "tree/a/z", 40000, 7);
  write_text (other, "tree/a-b", "");
  write_text (other, "tree/ä/last", "end");
  options->threads = 1;
  other_options->threads = 7;
  torrent = create_or_die (options);
  other_torrent = create_or_die (other_options);
  g_assert_true (g_bytes_equal (torrent, other_torrent));
  remove_folder (folder);
  remove_folder (other);
}

static void
test_relative_path (void)
{
  char *folder = make_folder ();
  g_autofree char *before = g_get_current_dir ();
  g_auto (Creation) by_name;
  g_auto (Creation) by_dot;

  write_tree (folder);
  g_assert_cmpint (chdir (folder), ==, 0);
  creation_run (&by_name, meir_create_options_new ("tree"));
  g_assert_cmpint (chdir ("tree"), ==, 0);
  creation_run (&by_dot, meir_create_options_new ("."));
  g_assert_cmpint (chdir (before), ==, 0);
  g_assert_cmpstr (by_name.summary->name, ==, "tree");
  g_assert_cmpstr (by_dot.summary->name, ==, "tree");
  g_assert_true (meir_info_hash_equal (&by_name.summary->info_hash, &by_dot.summary->info_hash));
  remove_folder (folder);
}

static void
test_left_out (void)
{
  char *folder = make_folder ();
  g_autofree char *link_path = g_build_filename (folder, "link", NULL);
  MeirCreateOptions *options = meir_create_options_new (folder);
  g_auto (Creation) creation;

  write_text (folder, "f", "1");
  write_text (folder, ".hidden", "1");
  write_text (folder, "x.tmp", "1");
  g_assert_cmpint (symlink ("f", link_path), ==, 0);
  g_ptr_array_add (options->excludes, g_strdup ("*.tmp"));
  creation_run (&creation, options);
  g_assert_cmpuint (creation.summary->n_files, ==, 1);
  g_assert_cmpuint (creation.summary->n_hidden, ==, 1);
  g_assert_cmpuint (creation.summary->n_excluded, ==, 1);
  g_assert_cmpuint (creation.summary->n_skipped, ==, 1);
  g_assert_cmpstr (creation.summary->skipped->pdata[0], ==, "link (symbolic link)");
  remove_folder (folder);
}

static void
test_awkward_names (void)
{
  static const char *const names[] = { "\x01", " ", "-rf", "\\..\\x", "a\nb", "bad\xff", "~", "日本語" };
  char *folder = make_folder ();
  g_autoptr (GBytes) torrent = NULL;
  g_autoptr (MeirMetainfo) metainfo = NULL;
  g_autofree char *base = g_path_get_basename (folder);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    write_text (folder, names[i], "x");
  torrent = create_or_die (meir_create_options_new (folder));
  metainfo = meir_metainfo_parse (torrent, NULL);
  g_assert_cmpuint (meir_metainfo_get_n_files (metainfo), ==, G_N_ELEMENTS (names));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (base, names[i], NULL);
    gboolean found = FALSE;
    for (guint f = 0; f < meir_metainfo_get_n_files (metainfo); f++)
      found |= strcmp (meir_metainfo_get_file (metainfo, f)->path, path) == 0;
    g_assert_true (found);
  }
  remove_folder (folder);
}

static gint64
get_date (MeirCreateOptions *options)
{
  g_autoptr (GBytes) torrent = create_or_die (options);
  g_autoptr (MeirMetainfo) metainfo = meir_metainfo_parse (torrent, NULL);
  gint64 date = -1;

  meir_metainfo_get_creation_date (metainfo, &date);
  return date;
}

static void
test_dates (void)
{
  char *folder = make_folder ();
  gint64 before = g_get_real_time () / G_USEC_PER_SEC;
  gint64 now;
  static const char *const bad[] = { "", "abc", "-1", " 5", "5 ", "1e9", "99999999999999999999" };

  write_text (folder, "f", "x");
  g_unsetenv ("SOURCE_DATE_EPOCH");
  now = get_date (meir_create_options_new (folder));
  g_assert_cmpint (now, >=, before);
  g_assert_cmpint (now, <=, g_get_real_time () / G_USEC_PER_SEC);
  g_setenv ("SOURCE_DATE_EPOCH", "0", TRUE);
  g_assert_cmpint (get_date (meir_create_options_new (folder)), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_setenv ("SOURCE_DATE_EPOCH", bad[i], TRUE);
    assert_refused (meir_create_options_new (folder), MEIR_ERROR_INVALID, "SOURCE_DATE_EPOCH");
    /* Without a date it is not asked for one. */
    g_assert_cmpint (get_date (options_without_date (folder)), ==, -1);
  }
  g_unsetenv ("SOURCE_DATE_EPOCH");
  remove_folder (folder);
}

static void
test_automatic_piece_length (void)
{
  char *folder = make_folder ();
  g_autofree char *path = g_build_filename (folder, "f", NULL);
  g_auto (Creation) creation;

  write_sparse (folder, "f", (64 << 20) + 1);
  creation_run (&creation, meir_create_options_new (path));
  g_assert_cmpuint (creation.summary->piece_length, ==, 64 << 10);
  g_assert_cmpuint (creation.summary->n_pieces, ==, 1025);
  g_assert_nonnull (strstr (creation.summary->piece_length_reason, "enough pieces"));
  remove_folder (folder);
}

static void
test_bad_options (void)
{
  g_autoptr (MeirCreateOptions) options = meir_create_options_new ("/nowhere");
  static const char *const trackers[] = {
    "", ",", "http://a/,", "ftp://a/", "http://a/,nonsense", "udp://a", "http://a b/"
  };
  static const guint64 piece_lengths[] = { 1,
                                           16383,
                                           16385,
                                           8192,
                                           3 << 14,
                                           128 << 20,
                                           G_GUINT64_CONSTANT (1) << 32,
                                           (G_GUINT64_CONSTANT (1) << 32) + 16384,
                                           G_MAXUINT64 };

  for (guint i = 0; i < G_N_ELEMENTS (trackers); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_false (meir_create_options_add_tier (options, trackers[i], &error));
    g_assert_error (error, MEIR_ERROR, MEIR_ERROR_INVALID);
  }
  for (guint i = 0; i < G_N_ELEMENTS (piece_lengths); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_false (meir_create_options_set_piece_length (options, piece_lengths[i], &error));
    assert_error_names (error, MEIR_ERROR_INVALID, "is not a power of two from 16384 to 67108864");
  }
  {
    g_autoptr (GError) error = NULL;
    g_assert_false (meir_create_options_add_web_seed (options, "udp://a:80", &error));
    assert_error_names (error, MEIR_ERROR_INVALID, "udp://a:80");
  }
  g_assert_cmpuint (options->tiers->len, ==, 0);
  g_assert_cmpuint (options->web_seeds->len, ==, 0);
  g_assert_true (meir_create_options_set_piece_length (options, 0, NULL));
  g_assert_true (meir_create_options_set_piece_length (options, MEIR_PIECE_LENGTH_MAX, NULL));
}

static gboolean
contains (GBytes *bytes, const char *text)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);

  return g_strstr_len (data, (gssize) length, text) != NULL;
}

/* A name of the torrent's own is all that is different: the paths in it are what they are. */
static void
test_name (void)
{
  char *folder = make_folder ();
  MeirCreateOptions *options = meir_create_options_new (folder);
  g_autoptr (MeirMetainfo) metainfo = NULL;
  g_auto (Creation) creation;

  write_text (folder, "one", "1");
  write_text (folder, "sub/two", "2");
  options->no_date = TRUE;
  g_assert_true (meir_create_options_set_name (options, "Strand", NULL));
  g_assert_true (meir_create_options_set_name (options, "Strand \303\274 \\:*", NULL));
  creation_run (&creation, options);
  g_assert_cmpstr (creation.summary->name, ==, "Strand \303\274 \\:*");
  g_assert_true (contains (creation.torrent, "4:name13:Strand \303\274 \\:*12:piece length"));
  metainfo = meir_metainfo_parse (creation.torrent, NULL);
  g_assert_cmpuint (meir_metainfo_get_n_files (metainfo), ==, 2);
  g_assert_cmpstr (meir_metainfo_get_file (metainfo, 1)->path, ==, "Strand \303\274 \\:*/sub/two");
  remove_folder (folder);
}

static void
test_bad_names (void)
{
  g_autoptr (MeirCreateOptions) options = meir_create_options_new ("/nowhere");
  g_autofree char *longest = g_strnfill (MEIR_NAME_MAX, 'x');
  g_autofree char *too_long = g_strnfill (MEIR_NAME_MAX + 1, 'x');
  const char *const names[][2] = {
    { "", "needs a name" },
    { ".", "stands for another folder" },
    { "..", "stands for another folder" },
    { "a/b", "“a/b” has a “/” in it" },
    { "/", "has a “/” in it" },
    { "../..", "has a “/” in it" },
    { too_long, "longer than 255 bytes" },
    { "a\nb", "cannot be shown" },
    { "gnp.\342\200\256exe", "“gnp.\357\277\275exe” has characters in it that cannot be shown" },
    { "\xff", "cannot be shown" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_false (meir_create_options_set_name (options, names[i][0], &error));
    assert_error_names (error, MEIR_ERROR_INVALID, names[i][1]);
    g_assert_null (options->name);
  }
  g_assert_true (meir_create_options_set_name (options, longest, NULL));
  g_assert_cmpstr (options->name, ==, longest);
}

static void
test_bad_texts (void)
{
  char *folder = make_folder ();
  MeirCreateOptions *options = meir_create_options_new (folder);

  write_text (folder, "f", "x");
  options->comment = g_strdup ("\xff");
  assert_refused (options, MEIR_ERROR_INVALID, "comment");
  options = meir_create_options_new (folder);
  options->source = g_strnfill (100000, 'x');
  assert_refused (options, MEIR_ERROR_INVALID, "source");
  options = meir_create_options_new (folder);
  for (guint i = 0; i <= MEIR_TRACKERS_MAX; i++)
    g_assert_true (meir_create_options_add_tier (options, "http://a/", NULL));
  assert_refused (options, MEIR_ERROR_INVALID, "number of trackers is above 256");
  options = meir_create_options_new (folder);
  for (guint i = 0; i <= MEIR_WEB_SEEDS_MAX; i++)
    g_assert_true (meir_create_options_add_web_seed (options, "http://a/", NULL));
  assert_refused (options, MEIR_ERROR_INVALID, "number of web seeds is above 64");
  remove_folder (folder);
}

static void
test_refused_input (void)
{
  char *folder = make_folder ();
  g_autofree char *missing = g_build_filename (folder, "missing\n", NULL);
  g_autofree char *large = g_build_filename (folder, "large", NULL);
  MeirCreateOptions *options;

  assert_refused (meir_create_options_new (folder), MEIR_ERROR_INVALID, folder);
  assert_refused (meir_create_options_new (missing), MEIR_ERROR_NOT_FOUND, "missing\uFFFD");
  write_sparse (folder, "large", G_GINT64_CONSTANT (16384) * MEIR_PIECES_MAX + 1);
  options = meir_create_options_new (large);
  g_assert_true (meir_create_options_set_piece_length (options, 16384, NULL));
  assert_refused (options, MEIR_ERROR_INVALID, "choose a larger piece length");
  remove_folder (folder);
}

static void
test_cancelled (void)
{
  char *folder = make_folder ();
  g_autofree char *path = g_build_filename (folder, "large", NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  MeirCreateProgress progress = { 0 };
  guint64 done = 0, total = 0;
  g_auto (Creation) creation = { .loop = g_main_loop_new (NULL, FALSE) };

  write_sparse (folder, "large", G_GINT64_CONSTANT (8) << 30);
  meir_create_async (meir_create_options_new (path), &progress, cancellable, on_created, &creation);
  while (done == 0)
    meir_create_progress_get (&progress, &done, &total);
  g_cancellable_cancel (cancellable);
  g_main_loop_run (creation.loop);
  g_assert_error (creation.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  meir_create_progress_get (&progress, &done, &total);
  g_assert_cmpuint (total, ==, G_GINT64_CONSTANT (8) << 30);
  g_assert_cmpuint (done, <, total);
  remove_folder (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_unsetenv ("SOURCE_DATE_EPOCH");
  g_test_add_func ("/disk/create/golden", test_golden);
  g_test_add_func ("/disk/create/single-file", test_single_file);
  g_test_add_func ("/disk/create/files", test_files);
  g_test_add_func ("/disk/create/reproducible", test_reproducible);
  g_test_add_func ("/disk/create/relative-path", test_relative_path);
  g_test_add_func ("/disk/create/left-out", test_left_out);
  g_test_add_func ("/disk/create/awkward-names", test_awkward_names);
  g_test_add_func ("/disk/create/dates", test_dates);
  g_test_add_func ("/disk/create/automatic-piece-length", test_automatic_piece_length);
  g_test_add_func ("/disk/create/bad-options", test_bad_options);
  g_test_add_func ("/disk/create/name", test_name);
  g_test_add_func ("/disk/create/bad-names", test_bad_names);
  g_test_add_func ("/disk/create/bad-texts", test_bad_texts);
  g_test_add_func ("/disk/create/refused-input", test_refused_input);
  g_test_add_func ("/disk/create/cancelled", test_cancelled);
  return g_test_run ();
}
