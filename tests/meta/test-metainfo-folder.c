/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "meta/meir-metainfo.h"

#include "torrent-text.h"

/* A torrent whose folder is called otherwise on disk. */

static MeirMetainfo *
make_beach (void)
{
  return parse_or_die (
      wrap_info ("8:announce9:http://a/7:comment2:hi", make_info ("5:filesl"
                                                                  "d6:lengthi3e4:pathl1:aee"
                                                                  "d6:lengthi4e4:pathl1:d3:\342\200\256ee"
                                                                  "d4:attr1:p6:lengthi1e4:pathl4:.pad1:1ee"
                                                                  "e4:name5:Beach",
                                                                  4, 2)));
}

static void
test_paths (void)
{
  g_autoptr (MeirMetainfo) beach = make_beach ();
  g_autoptr (GError) error = NULL;
  g_autoptr (MeirMetainfo) other = meir_metainfo_new_in_folder (beach, "Down\342\200\256loads", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (meir_metainfo_get_name (other), ==, "Down\342\200\256loads");
  g_assert_true (meir_metainfo_has_own_folder (other));
  g_assert_false (meir_metainfo_has_own_folder (beach));
  g_assert_cmpuint (meir_metainfo_get_n_files (other), ==, 3);
  g_assert_cmpstr (meir_metainfo_get_file (other, 0)->path, ==, "Down\342\200\256loads/a");
  g_assert_cmpstr (meir_metainfo_get_file (other, 0)->display_path, ==, "Down\357\277\275loads/a");
  g_assert_true (meir_metainfo_get_file (other, 0)->is_renamed);
  g_assert_cmpstr (meir_metainfo_get_file (other, 1)->path, ==, "Down\342\200\256loads/d/\342\200\256");
  g_assert_true (meir_metainfo_get_file (other, 2)->is_pad);
  for (guint i = 0; i < 3; i++) {
    g_assert_cmpuint (meir_metainfo_get_file (other, i)->offset, ==,
                      meir_metainfo_get_file (beach, i)->offset);
    g_assert_cmpuint (meir_metainfo_get_file (other, i)->length, ==,
                      meir_metainfo_get_file (beach, i)->length);
  }
  /* What it was made of is as it was. */
  g_assert_cmpstr (meir_metainfo_get_file (beach, 0)->path, ==, "Beach/a");
}

/* Everything that others see of it is the torrent's own. It outlives the one it was made of. */
static void
test_same_torrent (void)
{
  MeirMetainfo *beach = make_beach ();
  g_autoptr (GBytes) bytes = meir_metainfo_dup_torrent_bytes (beach);
  g_autoptr (GBytes) own = NULL;
  g_autoptr (MeirMetainfo) other = meir_metainfo_new_in_folder (beach, "elsewhere", NULL);
  MeirInfoHash info_hash = *meir_metainfo_get_info_hash (beach);

  meir_metainfo_unref (beach);
  own = meir_metainfo_dup_torrent_bytes (other);
  g_assert_true (g_bytes_equal (bytes, own));
  g_assert_true (meir_info_hash_equal (&info_hash, meir_metainfo_get_info_hash (other)));
  g_assert_cmpstr (meir_metainfo_get_display_name (other), ==, "Beach");
  g_assert_cmpstr (meir_metainfo_get_comment (other), ==, "hi");
  g_assert_cmpuint (meir_metainfo_get_tiers (other)->len, ==, 1);
  g_assert_cmpuint (meir_metainfo_get_total_length (other), ==, 8);
  g_assert_cmpuint (meir_metainfo_get_n_pieces (other), ==, 2);
  g_assert_cmpuint (meir_metainfo_get_piece_length (other), ==, 4);
  g_assert_cmpuint (meir_metainfo_get_piece_digest (other, 1)[0], ==, 1);
  g_assert_cmpuint (meir_metainfo_find_file (other, 3), ==, 1);
  g_assert_true (meir_metainfo_is_folder (other));
}

/* One made of an info dictionary, and one that is in a folder of its own already. */
static void
test_again (void)
{
  g_autoptr (GBytes) info = make_info ("5:filesld6:lengthi3e4:pathl1:aeee4:name1:n", 4, 1);
  g_autoptr (MeirMetainfo) fetched = meir_metainfo_new_from_info (info, NULL, NULL, NULL);
  g_autoptr (MeirMetainfo) once = meir_metainfo_new_in_folder (fetched, "once upon", NULL);
  g_autoptr (MeirMetainfo) twice = meir_metainfo_new_in_folder (once, "t", NULL);
  g_autoptr (GBytes) bytes = meir_metainfo_dup_torrent_bytes (twice);

  g_assert_cmpstr (meir_metainfo_get_file (twice, 0)->path, ==, "t/a");
  g_assert_cmpstr (meir_metainfo_get_display_name (twice), ==, "n");
  g_assert_nonnull (bytes);
}

/* Nothing leads out of the folder that the torrent lies in. */
static void
test_refused (void)
{
  g_autoptr (MeirMetainfo) beach = make_beach ();
  g_autoptr (MeirMetainfo) file = parse_or_die (wrap_info ("", make_info ("6:lengthi8e4:name1:a", 4, 2)));
  g_autofree char *long_name = g_strnfill (MEIR_NAME_MAX + 1, 'x');
  const char *const names[] = { "", ".", "..", "a/b", "/", "../a", long_name };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (meir_metainfo_new_in_folder (beach, names[i], &error));
    g_assert_error (error, MEIR_ERROR, MEIR_ERROR_INVALID);
  }
  for (guint i = 0; i < 2; i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (meir_metainfo_new_in_folder (file, i == 0 ? "folder" : "", &error));
    g_assert_error (error, MEIR_ERROR, MEIR_ERROR_INVALID);
    g_assert_nonnull (strstr (error->message, "one file"));
  }
}

/* A path that no system call takes is refused here as it is when it is read. */
static void
test_long_paths (void)
{
  g_autoptr (GString) fields = g_string_new ("5:filesld6:lengthi3e4:pathl");
  g_autofree char *component = g_strnfill (MEIR_NAME_MAX, 'c');
  g_autofree char *name = g_strnfill (MEIR_NAME_MAX, 'n');
  g_autoptr (MeirMetainfo) deep = NULL;
  g_autoptr (MeirMetainfo) fits = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 15; i++)
    g_string_append_printf (fields, "%u:%s", MEIR_NAME_MAX, component);
  g_string_append (fields, "200:");
  g_string_append_len (fields, component, 200);
  g_string_append (fields, "eee4:name1:n");
  deep = parse_or_die (wrap_info ("", make_info (fields->str, 4, 1)));
  fits = meir_metainfo_new_in_folder (deep, "short", &error);
  g_assert_no_error (error);
  g_assert_nonnull (fits);
  g_assert_null (meir_metainfo_new_in_folder (deep, name, &error));
  g_assert_error (error, MEIR_ERROR, MEIR_ERROR_INVALID);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/meta/metainfo-folder/paths", test_paths);
  g_test_add_func ("/meta/metainfo-folder/same-torrent", test_same_torrent);
  g_test_add_func ("/meta/metainfo-folder/again", test_again);
  g_test_add_func ("/meta/metainfo-folder/refused", test_refused);
  g_test_add_func ("/meta/metainfo-folder/long-paths", test_long_paths);
  return g_test_run ();
}
