/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-content.h"

#include <gio/gio.h>
#include <string.h>

/* What names say of what is in a torrent. */

static void
test_names (void)
{
  const struct {
    const char *name;
    MeirUiContent content;
  } cases[] = {
    { "debian-12.7.0-amd64-DVD-1.iso", MEIR_UI_CONTENT_DISC },
    { "IMG_0001.JPG", MEIR_UI_CONTENT_PICTURES },
    { "Films/a.b.c.mKv", MEIR_UI_CONTENT_VIDEO },
    { "song.flac", MEIR_UI_CONTENT_MUSIC },
    { "book.epub", MEIR_UI_CONTENT_DOCUMENT },
    { "backup.tar.gz", MEIR_UI_CONTENT_ARCHIVE },
    /* No ending, or none that we know. */
    { "", MEIR_UI_CONTENT_FILE },
    { "README", MEIR_UI_CONTENT_FILE },
    { "a.", MEIR_UI_CONTENT_FILE },
    { "a.xyzzy", MEIR_UI_CONTENT_FILE },
    { "folder.mkv/readme", MEIR_UI_CONTENT_FILE },
    /* Parts of the table are no endings. */
    { "a.mp", MEIR_UI_CONTENT_FILE },
    { "a. ", MEIR_UI_CONTENT_FILE },
    { "a.mkv .mp4", MEIR_UI_CONTENT_VIDEO },
    { "a.mkv mp4", MEIR_UI_CONTENT_FILE },
    { "a.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", MEIR_UI_CONTENT_FILE },
    { "a.\377\376", MEIR_UI_CONTENT_FILE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_test_message ("%s", cases[i].name);
    g_assert_cmpint (meir_ui_content_of_name (cases[i].name), ==, cases[i].content);
  }
}

/* @files: "length name" each */
static MeirMetainfo *
make_folder (const char *const *files)
{
  GString *text = g_string_new ("d4:infod5:filesl");
  g_autoptr (GBytes) bytes = NULL;
  guint64 total = 0;
  MeirMetainfo *metainfo;

  for (guint i = 0; files[i] != NULL; i++) {
    char *name;
    guint64 length = g_ascii_strtoull (files[i], &name, 10);

    name++;
    g_string_append_printf (text, "d6:lengthi%" G_GUINT64_FORMAT "e4:pathl%zu:%see", length, strlen (name),
                            name);
    total += length;
  }
  g_assert_cmpuint (total, <=, 16384);
  g_string_append (text, "e4:name3:all12:piece lengthi16384e6:pieces20:xxxxxxxxxxxxxxxxxxxxee");
  bytes = g_string_free_to_bytes (text);
  metainfo = meir_metainfo_parse (bytes, NULL);
  g_assert_nonnull (metainfo);
  return metainfo;
}

static void
assert_folder (MeirUiContent expected, const char *const *files)
{
  g_autoptr (MeirMetainfo) metainfo = make_folder (files);

  g_assert_cmpint (meir_ui_content_of_metainfo (metainfo), ==, expected);
}

/* What most of the bytes are, not most of the files. */
static void
test_folders (void)
{
  assert_folder (MEIR_UI_CONTENT_VIDEO, (const char *const[]){ "9000 a.mkv", "10 a.txt", "10 b.txt", NULL });
  assert_folder (MEIR_UI_CONTENT_PICTURES, (const char *const[]){ "10 a.jpg", "10 b.png", "5 c.txt", NULL });
  assert_folder (MEIR_UI_CONTENT_FOLDER, (const char *const[]){ "10 a.jpg", "10 b.mkv", NULL });
  assert_folder (MEIR_UI_CONTENT_FOLDER, (const char *const[]){ "10 a", "10 b", NULL });
}

static void
test_file (void)
{
  const char *text =
      "d4:infod6:lengthi5e4:name5:a.iso12:piece lengthi16384e6:pieces20:xxxxxxxxxxxxxxxxxxxxee";
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));
  g_autoptr (MeirMetainfo) metainfo = meir_metainfo_parse (bytes, NULL);

  g_assert_cmpint (meir_ui_content_of_metainfo (metainfo), ==, MEIR_UI_CONTENT_DISC);
}

/* Each has a picture in the program. */
static void
test_icons (void)
{
  for (MeirUiContent content = 0; content < MEIR_UI_N_CONTENTS; content++) {
    g_autofree char *path =
        g_strdup_printf ("/io/github/meirtorrent/MeirTorrent/icons/scalable/actions/%s.svg",
                         meir_ui_content_get_icon (content));

    g_assert_true (g_resources_get_info (path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL, NULL, NULL));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/content/names", test_names);
  g_test_add_func ("/app/content/folders", test_folders);
  g_test_add_func ("/app/content/file", test_file);
  g_test_add_func ("/app/content/icons", test_icons);
  return g_test_run ();
}
