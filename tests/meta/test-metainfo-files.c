/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "meta/meir-metainfo.h"

#include "torrent-text.h"

/* One entry of `files`: each component a string of its own. */
static void
append_file (GString *fields, gint64 length, const char *attributes, const char *const *components)
{
  g_string_append (fields, "d");
  if (attributes != NULL)
    g_string_append_printf (fields, "4:attr%zu:%s", strlen (attributes), attributes);
  g_string_append_printf (fields, "6:lengthi%" G_GINT64_FORMAT "e4:pathl", length);
  for (; *components != NULL; components++)
    g_string_append_printf (fields, "%zu:%s", strlen (*components), *components);
  g_string_append (fields, "ee");
}

#define COMPONENTS(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* A folder "n" of files of one byte each, named by the NULL-terminated @paths, whose '/' part components. */
static GBytes *
folder_of (const char *const *paths)
{
  g_autoptr (GString) fields = g_string_new ("5:filesl");
  guint n = 0;

  for (; paths[n] != NULL; n++) {
    g_auto (GStrv) components = g_strsplit (paths[n], "/", -1);
    append_file (fields, 1, NULL, (const char *const *) components);
  }
  g_string_append (fields, "e4:name1:n");
  return wrap_info ("", make_info (fields->str, 4, (n + 3) / 4));
}

static void
test_single (void)
{
  g_autoptr (MeirMetainfo) metainfo =
      parse_or_die (wrap_info ("", make_info ("6:lengthi5e4:name5:a.txt", 4, 2)));
  const MeirMetainfoFile *file = meir_metainfo_get_file (metainfo, 0);

  g_assert_false (meir_metainfo_is_folder (metainfo));
  g_assert_cmpuint (meir_metainfo_get_n_files (metainfo), ==, 1);
  g_assert_cmpstr (file->path, ==, "a.txt");
  g_assert_true (file->display_path == file->path);
  g_assert_cmpuint (file->length, ==, 5);
  g_assert_false (file->is_pad || file->is_symlink || file->is_renamed);
}

static void
test_folder (void)
{
  g_autoptr (MeirMetainfo) metainfo = parse_or_die (wrap_info (
      "",
      make_info ("5:filesld6:lengthi3e4:pathl1:a1:beed6:lengthi0e4:pathl5:emptyeed6:lengthi2e4:pathl1:ceee"
                 "4:name3:top",
                 4, 2)));

  g_assert_true (meir_metainfo_is_folder (metainfo));
  g_assert_cmpstr (meir_metainfo_get_name (metainfo), ==, "top");
  g_assert_cmpuint (meir_metainfo_get_n_files (metainfo), ==, 3);
  g_assert_cmpstr (meir_metainfo_get_file (metainfo, 0)->path, ==, "top/a/b");
  g_assert_cmpstr (meir_metainfo_get_file (metainfo, 1)->path, ==, "top/empty");
  g_assert_cmpuint (meir_metainfo_get_file (metainfo, 1)->offset, ==, 3);
  g_assert_cmpuint (meir_metainfo_get_file (metainfo, 1)->length, ==, 0);
  g_assert_cmpuint (meir_metainfo_get_file (metainfo, 2)->offset, ==, 3);
  g_assert_cmpuint (meir_metainfo_get_total_length (metainfo), ==, 5);
}

static void
test_structure (void)
{
  assert_info_refused ("5:filesld6:lengthi5e4:pathl1:aeee6:lengthi5e4:name1:a", 2,
                       "both “length” and “files”");
  assert_info_refused ("4:name1:a", 2, "The field “info.length” is missing");
  assert_info_refused ("5:filesle4:name1:a", 0, "The field “info.files” is empty");
  assert_info_refused ("5:filesi5e4:name1:a", 0, "The field “info.files” is not a list");
  assert_info_refused ("5:filesde4:name1:a", 0, "The field “info.files” is not a list");
  assert_info_refused ("5:filesli5ee4:name1:a", 0, "The field “info.files[0]” is not a dictionary");
  assert_info_refused ("5:filesld4:pathl1:aeee4:name1:a", 2, "The field “info.files[0].length” is missing");
  assert_info_refused ("5:filesld6:lengthi5eee4:name1:a", 2, "The field “info.files[0]” has no path");
  assert_info_refused ("5:filesld6:lengthi5e4:path1:aee4:name1:a", 2,
                       "The field “info.files[0]” has no path");
  assert_info_refused ("5:filesld6:lengthi5e4:pathleee4:name1:a", 2,
                       "The field “info.files[0]” has an empty path");
  assert_info_refused ("5:filesld6:lengthi5e4:pathl1:ai5eeee4:name1:a", 2,
                       "something in it that is not a string");
  assert_info_refused ("6:lengthi5e", 2, "The field “info.name” is missing");
  assert_info_refused ("6:lengthi5e4:namei5e", 2, "The field “info.name” is missing, or is not a string");
}

static void
test_lengths (void)
{
  assert_info_refused ("6:lengthi-1e4:name1:a", 2, "The field “info.length” is -1");
  assert_info_refused ("6:lengthi-9223372036854775808e4:name1:a", 2,
                       "The field “info.length” is -9223372036854775808");
  assert_info_refused ("6:lengthi9223372036854775807e4:name1:a", 2,
                       "The field “info.length” is 9223372036854775807");
  assert_info_refused ("6:lengthi9223372036854775808e4:name1:a", 2, "This is not a .torrent file: ");
  assert_info_refused ("6:lengthi18446744073709551621e4:name1:a", 2, "This is not a .torrent file: ");
  assert_info_refused ("6:length1:54:name1:a", 2, "The field “info.length” is missing, or is not a number");
  assert_info_refused ("6:lengthi0e4:name1:a", 0, "describes no data");
  assert_info_refused ("5:filesld6:lengthi0e4:pathl1:aeee4:name1:n", 0, "describes no data");
  assert_info_refused ("5:filesld6:lengthi5e4:pathl1:aeed6:lengthi-5e4:pathl1:beee4:name1:n", 2,
                       "The field “info.files[1].length” is -5");
  /* Each of them is possible, their sum is not. */
  assert_info_refused ("5:filesld6:lengthi1152921504606846976e4:pathl1:aeed6:lengthi1e4:pathl1:beee4:name1:n",
                       2, "The field “info.files[1]” brings the length of all files above");
}

static void
assert_name_refused (const char *name, gsize length, const char *part)
{
  g_autoptr (GString) fields = g_string_new (NULL);

  g_string_append_printf (fields, "6:lengthi5e4:name%" G_GSIZE_FORMAT ":", length);
  g_string_append_len (fields, name, (gssize) length);
  assert_refused (wrap_info ("", make_info_sized (fields->str, fields->len, 4, 2)), part);

  g_string_assign (fields, "5:filesld6:lengthi5e4:pathl3:sub");
  g_string_append_printf (fields, "%" G_GSIZE_FORMAT ":", length);
  g_string_append_len (fields, name, (gssize) length);
  g_string_append (fields, "eee4:name1:n");
  assert_refused (wrap_info ("", make_info_sized (fields->str, fields->len, 4, 2)), part);
}

static void
test_dangerous_names (void)
{
  g_autofree char *long_name = g_strnfill (300, 'x');

  assert_name_refused ("..", 2, "which stands for another folder");
  assert_name_refused (".", 1, "which stands for another folder");
  assert_name_refused ("", 0, "has an empty name");
  assert_name_refused ("/etc/passwd", 11, "which would lead to another folder");
  assert_name_refused ("../x", 4, "which would lead to another folder");
  assert_name_refused ("x/", 2, "which would lead to another folder");
  assert_name_refused ("a\0b", 3, "which contains a NUL");
  assert_name_refused ("..\0", 3, "which contains a NUL");
  assert_name_refused (long_name, 300, "longer than 255 bytes");
  assert_name_refused (long_name, 256, "longer than 255 bytes");
}

static void
test_harmless_names (void)
{
  g_autofree char *longest = g_strnfill (255, 'x');
  const char *const names[] = { "...",      "..a", ".hidden", " ",      "-rf", "~",     "$(reboot)",
                                "a\\..\\b", "C:",  "con",     "日本語", "a b", longest, NULL };
  g_autoptr (MeirMetainfo) metainfo = parse_or_die (folder_of (names));

  for (guint i = 0; names[i] != NULL; i++) {
    g_autofree char *path = g_strconcat ("n/", names[i], NULL);
    const MeirMetainfoFile *file = meir_metainfo_get_file (metainfo, i);
    g_assert_cmpstr (file->path, ==, path);
    g_assert_cmpstr (file->display_path, ==, path);
    g_assert_false (file->is_renamed);
  }
}

static void
test_display_names (void)
{
  static const char *const names[] = { "\x1b[31mred", "photo\xe2\x80\xaegnp.exe", "new\nline", "bad\xff",
                                       NULL };
  static const char *const shown[] = { "n/\uFFFD[31mred", "n/photo\uFFFDgnp.exe", "n/new\uFFFDline",
                                       "n/bad\uFFFD" };
  g_autoptr (MeirMetainfo) metainfo = parse_or_die (folder_of (names));
  g_autoptr (MeirMetainfo) single =
      parse_or_die (wrap_info ("", make_info ("6:lengthi5e4:name3:a\rb", 4, 2)));

  for (guint i = 0; names[i] != NULL; i++) {
    const MeirMetainfoFile *file = meir_metainfo_get_file (metainfo, i);
    g_assert_true (g_str_has_suffix (file->path, names[i])); /* bytes stay as they are */
    g_assert_cmpstr (file->display_path, ==, shown[i]);
    g_assert_true (file->is_renamed);
  }
  g_assert_cmpstr (meir_metainfo_get_name (single), ==, "a\rb");
  g_assert_cmpstr (meir_metainfo_get_display_name (single), ==, "a\uFFFDb");
}

static void
test_utf8_keys (void)
{
  g_autoptr (MeirMetainfo) both = parse_or_die (wrap_info ("", make_info ("5:filesld6:lengthi5e4:pathl1:\xe4"
                                                                          "e10:path.utf-8l2:\xc3\xa4"
                                                                          "1:xeee4:name1:\xfc"
                                                                          "10:name.utf-82:\xc3\xbc",
                                                                          4, 2)));
  g_autoptr (MeirMetainfo) broken =
      parse_or_die (wrap_info ("", make_info ("5:filesld6:lengthi5e4:pathl1:ae10:path.utf-8l1:\xe4"
                                              "eee4:name1:n10:name.utf-8i1e",
                                              4, 2)));
  g_autoptr (MeirMetainfo) empty = parse_or_die (
      wrap_info ("", make_info ("5:filesld6:lengthi5e4:pathl1:ae10:path.utf-8leee4:name1:n", 4, 2)));

  g_assert_cmpstr (meir_metainfo_get_file (both, 0)->path, ==, "ü/ä/x");
  g_assert_cmpstr (meir_metainfo_get_file (broken, 0)->path, ==, "n/a");
  g_assert_cmpstr (meir_metainfo_get_file (empty, 0)->path, ==, "n/a");
  /* The key that is used is the one that is judged. */
  assert_info_refused ("5:filesld6:lengthi5e4:pathl1:ae10:path.utf-8l2:..eee4:name1:n", 2, "another folder");
  assert_info_refused ("6:lengthi5e4:name1:a10:name.utf-82:..", 2, "another folder");
}

static void
test_collisions (void)
{
  assert_refused (folder_of ((const char *const[]){ "a", "a", NULL }), "names “n/a” twice");
  assert_refused (folder_of ((const char *const[]){ "b/c", "x", "b/c", NULL }), "names “n/b/c” twice");
  assert_refused (folder_of ((const char *const[]){ "a", "a/b", NULL }),
                  "names “n/a” as a file, and as the folder of “n/a/b”");
  assert_refused (folder_of ((const char *const[]){ "a/b/c", "a-b", "a", "a.b", NULL }),
                  "names “n/a” as a file, and as the folder of “n/a/b/c”");
  assert_refused (folder_of ((const char *const[]){ "a/b/c", "a/b", NULL }), "as the folder of");
  /* 0x01 sorts before '/', yet makes another name. */
  assert_refused (folder_of ((const char *const[]){ "a", "a\x01", "a/b", NULL }), "as the folder of");
}

static void
test_no_collisions (void)
{
  const char *const paths[] = { "a/b", "a/c", "ab", "a-", "a.b/c", "a\x01/b", "A/b", "b", "aa/b", NULL };
  g_autoptr (MeirMetainfo) metainfo = parse_or_die (folder_of (paths));

  g_assert_cmpuint (meir_metainfo_get_n_files (metainfo), ==, 9);
  /* The order of the torrent stays. */
  g_assert_cmpstr (meir_metainfo_get_file (metainfo, 2)->path, ==, "n/ab");
}

static void
test_pads_and_links (void)
{
  g_autoptr (GString) fields = g_string_new ("5:filesl");
  g_autoptr (MeirMetainfo) metainfo = NULL;

  append_file (fields, 3, "x", COMPONENTS ("run"));
  append_file (fields, 1, "p", COMPONENTS (".pad", "1"));
  append_file (fields, 3, "h", COMPONENTS ("b"));
  append_file (fields, 1, "p", COMPONENTS (".pad", "1")); /* clients name pads alike */
  append_file (fields, 0, "l", COMPONENTS ("link"));
  g_string_append (fields, "d4:attr1:l4:pathl5:link2e12:symlink pathl2:..2:..6:passwdee"); /* no length */
  g_string_append (fields, "e4:name1:n");
  metainfo = parse_or_die (wrap_info ("", make_info (fields->str, 4, 2)));

  g_assert_cmpuint (meir_metainfo_get_n_files (metainfo), ==, 6);
  g_assert_false (meir_metainfo_get_file (metainfo, 0)->is_pad);
  g_assert_true (meir_metainfo_get_file (metainfo, 1)->is_pad);
  g_assert_false (meir_metainfo_get_file (metainfo, 2)->is_pad);
  g_assert_true (meir_metainfo_get_file (metainfo, 4)->is_symlink);
  g_assert_true (meir_metainfo_get_file (metainfo, 5)->is_symlink);
  g_assert_cmpuint (meir_metainfo_get_file (metainfo, 5)->length, ==, 0);
  g_assert_cmpuint (meir_metainfo_get_total_length (metainfo), ==, 8);
}

static void
test_hostile_links (void)
{
  assert_info_refused ("5:filesld4:attr1:l6:lengthi5e4:pathl1:aeee4:name1:n", 2,
                       "it has to be 0 for a symbolic link");
  assert_info_refused ("5:filesld4:attr1:l6:lengthi0e4:pathl1:aeed6:lengthi5e4:pathl1:a1:beee4:name1:n", 2,
                       "as the folder of");
  assert_info_refused ("5:filesld4:attr1:l4:pathl2:..eee4:name1:n", 0, "another folder");
  assert_info_refused ("5:filesld4:attr1:p6:lengthi5e4:pathl2:..eee4:name1:n", 2, "another folder");
}

static void
test_depth (void)
{
  g_autoptr (GString) path = g_string_new ("f");
  g_autoptr (MeirMetainfo) deepest = NULL;

  for (guint i = 2; i < MEIR_PATH_DEPTH_MAX; i++)
    g_string_prepend (path, "d/");
  deepest = parse_or_die (folder_of ((const char *const[]){ path->str, NULL }));
  g_assert_cmpuint (meir_metainfo_get_n_files (deepest), ==, 1);
  g_string_prepend (path, "d/");
  assert_refused (folder_of ((const char *const[]){ path->str, NULL }), "nested deeper than 64 folders");
}

static void
test_long_paths (void)
{
  g_autofree char *component = g_strnfill (250, 'x');
  g_autoptr (GString) path = g_string_new ("f");

  for (guint i = 0; i < 20; i++) {
    g_string_prepend_c (path, '/');
    g_string_prepend (path, component);
  }
  assert_refused (folder_of ((const char *const[]){ path->str, NULL }), "has a path longer than 4095 bytes");
}

/* A long name before very many short ones: a small file that would take a lot of memory. */
static void
test_names_bomb (void)
{
  g_autofree char *name = g_strnfill (255, 'x');
  g_autoptr (GString) fields = g_string_new ("5:filesl");

  for (guint i = 0; i < 300000; i++)
    g_string_append_printf (fields, "d6:lengthi1e4:pathl6:%06uee", i);
  g_string_append_printf (fields, "e4:name255:%s", name);
  assert_info_refused (fields->str, 0, "too many for a torrent of its size");
}

static void
test_too_many_files (void)
{
  g_autoptr (GString) fields = g_string_new ("5:filesl");

  for (guint i = 0; i <= MEIR_FILES_MAX; i++)
    g_string_append_printf (fields, "d6:lengthi1e4:pathl7:%07uee", i);
  g_string_append (fields, "e4:name1:n");
  assert_info_refused (fields->str, 0, "The field “info.files” lists more than 1000000 files");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/meta/metainfo-files/single", test_single);
  g_test_add_func ("/meta/metainfo-files/folder", test_folder);
  g_test_add_func ("/meta/metainfo-files/structure", test_structure);
  g_test_add_func ("/meta/metainfo-files/lengths", test_lengths);
  g_test_add_func ("/meta/metainfo-files/dangerous-names", test_dangerous_names);
  g_test_add_func ("/meta/metainfo-files/harmless-names", test_harmless_names);
  g_test_add_func ("/meta/metainfo-files/display-names", test_display_names);
  g_test_add_func ("/meta/metainfo-files/utf8-keys", test_utf8_keys);
  g_test_add_func ("/meta/metainfo-files/collisions", test_collisions);
  g_test_add_func ("/meta/metainfo-files/no-collisions", test_no_collisions);
  g_test_add_func ("/meta/metainfo-files/pads-and-links", test_pads_and_links);
  g_test_add_func ("/meta/metainfo-files/hostile-links", test_hostile_links);
  g_test_add_func ("/meta/metainfo-files/depth", test_depth);
  g_test_add_func ("/meta/metainfo-files/long-paths", test_long_paths);
  g_test_add_func ("/meta/metainfo-files/names-bomb", test_names_bomb);
  g_test_add_func ("/meta/metainfo-files/too-many-files", test_too_many_files);
  return g_test_run ();
}
