/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-drop-view.h"

#include "app-support.h"
#include "dialog-support.h"
#include "widget-support.h"

#include <glib/gstdio.h>
#include <string.h>

/* What the window says before something is let go over it. */

static Harness harness;

static void
set_paths (GValue *value, const char *const *paths)
{
  GSList *files = NULL;

  for (guint i = 0; paths[i] != NULL; i++)
    files = g_slist_append (files, g_file_new_for_path (paths[i]));
  g_value_init (value, GDK_TYPE_FILE_LIST);
  g_value_take_boxed (value, gdk_file_list_new_from_list (files));
  g_slist_free_full (files, g_object_unref);
}

static void
assert_files (MeirUiDropView *view, const char *const *paths, const char *title, const char *text)
{
  g_auto (GValue) value = G_VALUE_INIT;

  set_paths (&value, paths);
  meir_ui_drop_view_set_value (view, &value);
  g_assert_cmpstr (meir_ui_drop_view_get_title (view), ==, title);
  app_wait_until (strcmp (meir_ui_drop_view_get_text (view), text) == 0);
}

static void
assert_text (MeirUiDropView *view, const char *dropped, const char *title)
{
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (&value, G_TYPE_STRING);
  g_value_set_string (&value, dropped);
  meir_ui_drop_view_set_value (view, &value);
  g_assert_cmpstr (meir_ui_drop_view_get_title (view), ==, title);
}

static void
test_files (void)
{
  g_autofree char *folder = app_make_folder ();
  g_autofree char *trip = g_build_filename (folder, "Summer Trip", NULL);
  g_autofree char *one = NULL;
  g_autofree char *two = NULL;
  g_autoptr (GtkWidget) owned = g_object_ref_sink (meir_ui_drop_view_new ());
  MeirUiDropView *view = MEIR_UI_DROP_VIEW (owned);

  g_assert_cmpint (g_mkdir (trip, 0700), ==, 0);
  one = app_make_file (trip, "one.jpg", 1000);
  two = app_make_file (trip, "two.jpg", 2000);
  g_assert_cmpstr (meir_ui_drop_view_get_title (view), ==, "Drop to Download or Share");
  assert_files (view, (const char *[]){ trip, NULL }, "Drop to Share “\342\201\250Summer Trip\342\201\251”",
                "A torrent will be made from this folder · 2 files, 3.0\302\240kB");
  assert_files (view, (const char *[]){ one, NULL }, "Drop to Share “\342\201\250one.jpg\342\201\251”",
                "A torrent will be made from this file · 1.0\302\240kB");
  assert_files (view, (const char *[]){ one, two, NULL }, "Drop to Share 2 Things",
                "One torrent will be made of them, or one of each");
  assert_files (view, (const char *[]){ one, trip, NULL }, "Drop to Share 2 Things",
                "A torrent will be made of each");
  assert_files (view, (const char *[]){ "/a/Film.torrent", NULL },
                "Drop to Download “\342\201\250Film\342\201\251”", "");
  assert_files (view, (const char *[]){ "/a.torrent", "/b.torrent", "/c.torrent", NULL },
                "Drop to Download 3 Torrents", "");
  assert_files (view, (const char *[]){ "/a.torrent", one, two, NULL },
                "Drop to Download 1 Torrent and Share 2 Things", "One after the other");
  /* A portal that refuses leaves an empty list. */
  assert_files (view, (const char *[]){ NULL }, "This Cannot Be Reached From Here",
                "Let it go to choose the files instead");
  /* What is dragged away while it is counted has nothing more to say. */
  assert_files (view, (const char *[]){ "/nowhere", NULL }, "Drop to Share “\342\201\250nowhere\342\201\251”",
                "A torrent will be made from it");
  meir_ui_drop_view_set_value (view, NULL);
  g_assert_cmpstr (meir_ui_drop_view_get_text (view), ==, "");
  app_remove_folder (folder);
}

static void
test_text (void)
{
  g_autoptr (GtkWidget) owned = g_object_ref_sink (meir_ui_drop_view_new ());
  MeirUiDropView *view = MEIR_UI_DROP_VIEW (owned);
  const char *hash = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
  g_autofree char *both = g_strdup_printf ("%s\r\nhttps://example.org/a.torrent\nwords", hash);

  assert_text (view, hash, "Drop to Download 1 Torrent");
  assert_text (view, both, "Drop to Download 2 Torrents");
  assert_text (view, "words\n", "This Is No Link");
  assert_text (view, "", "This Is No Link");
}

/* Over the whole window, for as long as something is dragged over it; the names of others stay as they are.
 */
static void
script_window (Harness *unused)
{
  MeirUiDropView *view = widget_find_type (harness.window, MEIR_UI_TYPE_DROP_VIEW);
  g_autofree char *trip = g_build_filename (harness.folder, "Summer Trip", NULL);
  g_autofree char *hostile = g_build_filename (harness.folder, "Summer\342\200\256Trip", NULL);
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (GTK_WIDGET (harness.window));
  GtkEventController *target = NULL;
  g_auto (GValue) value = G_VALUE_INIT;
  g_auto (GValue) hostile_value = G_VALUE_INIT;
  GdkDragAction action = 0;

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++) {
    g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

    if (GTK_IS_DROP_TARGET (controller))
      target = controller;
  }
  g_assert_nonnull (target);
  g_assert_true (gtk_drop_target_get_preload (GTK_DROP_TARGET (target)));
  g_assert_false (gtk_widget_get_mapped (GTK_WIDGET (view)));
  g_signal_emit_by_name (target, "enter", 10.0, 10.0, &action);
  g_assert_cmpint (action, ==, GDK_ACTION_COPY);
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (view)));
  g_assert_cmpint (g_mkdir (trip, 0700), ==, 0);
  g_free (app_make_file (trip, "one.jpg", 1800000));
  set_paths (&hostile_value, (const char *[]){ hostile, NULL });
  meir_ui_drop_view_set_value (view, &hostile_value);
  g_assert_nonnull (strstr (meir_ui_drop_view_get_title (view), "Summer\357\277\275Trip"));
  set_paths (&value, (const char *[]){ trip, NULL });
  meir_ui_drop_view_set_value (view, &value);
  app_wait_until (strstr (meir_ui_drop_view_get_text (view), "1 file, 1.8\302\240MB") != NULL);
  dialog_shoot (harness.window, "drop");
  g_signal_emit_by_name (target, "leave");
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (view)));
}

static void
add_tests (void)
{
  g_test_add_func ("/app/drop-view/files", test_files);
  g_test_add_func ("/app/drop-view/text", test_text);
  harness_add_test ("/app/drop-view/window", script_window);
}

int
main (int argc, char **argv)
{
  return harness_main (&harness, argc, argv, add_tests);
}
