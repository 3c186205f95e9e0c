/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "harness.h"

#include "app-support.h"
#include "widget-support.h"

#include <glib/gstdio.h>
#include <string.h>

static Harness *the_harness;

static void
run_script (gconstpointer script)
{
  harness_run (the_harness, NULL, (void (*) (Harness *)) script);
}

void
harness_add_test (const char *path, void (*script) (Harness *harness))
{
  g_test_add_data_func (path, (gconstpointer) script, run_script);
}

void
harness_init (Harness *harness)
{
  g_autofree char *config = NULL;
  g_autofree char *dirs = NULL;

  the_harness = harness;
  harness->folder = app_make_folder ();
  harness->downloads = g_build_filename (harness->folder, "Downloads", NULL);
  harness->state = g_build_filename (harness->folder, "state", NULL);
  config = g_build_filename (harness->folder, "config", NULL);
  dirs = g_build_filename (config, "user-dirs.dirs", NULL);
  g_setenv ("HOME", harness->folder, TRUE);
  g_setenv ("XDG_STATE_HOME", harness->state, TRUE);
  g_setenv ("XDG_CONFIG_HOME", config, TRUE);
  g_assert_cmpint (g_mkdir (config, 0700), ==, 0);
  g_assert_cmpint (g_mkdir (harness->downloads, 0700), ==, 0);
  g_assert_true (g_file_set_contents (dirs, "XDG_DOWNLOAD_DIR=\"$HOME/Downloads\"\n", -1, NULL));
}

void
harness_clear (Harness *harness)
{
  app_remove_folder (harness->folder);
  g_free (harness->folder);
  g_free (harness->downloads);
  g_free (harness->state);
}

int
harness_main (Harness *harness, int argc, char **argv, void (*add_tests) (void))
{
  int result;

  meir_init ();
  harness_init (harness);
  g_test_init (&argc, &argv, NULL);
  gtk_init ();
  add_tests ();
  result = g_test_run ();
  harness_clear (harness);
  return result;
}

typedef struct {
  Harness *harness;
  void (*script) (Harness *harness);
  gint64 quit_at;
} Run;

static gboolean
on_started (gpointer user_data)
{
  Run *run = user_data;
  Harness *harness = run->harness;

  harness->window = MEIR_UI_WINDOW (meir_ui_application_present (harness->application));
  widget_settle (harness->window);
  app_wait_until (!meir_ui_application_is_restoring (harness->application));
  run->script (harness);
  run->quit_at = g_get_monotonic_time ();
  g_application_quit (G_APPLICATION (harness->application));
  return G_SOURCE_REMOVE;
}

static void
on_activate (GApplication *application, gpointer user_data)
{
  g_idle_add (on_started, user_data);
}

void
harness_run (Harness *harness, const char *argument, void (*script) (Harness *harness))
{
  Run run = { .harness = harness, .script = script };
  g_autofree char *owned = g_strdup (argument);
  char name[] = "meirtorrent";
  char *arguments[] = { name, owned, NULL };

  harness->application = meir_ui_application_new ();
  g_signal_connect_after (harness->application, "activate", G_CALLBACK (on_activate), &run);
  g_assert_cmpint (
      g_application_run (G_APPLICATION (harness->application), argument != NULL ? 2 : 1, arguments), ==, 0);
  g_assert_cmpint (run.quit_at, >, 0);
  harness->quit_usec = g_get_monotonic_time () - run.quit_at;
  /* Nobody else holds on to it: all its callbacks have come. */
  g_assert_finalize_object (harness->application);
  harness->application = NULL;
}

guint
harness_n_torrents (Harness *harness)
{
  return g_list_model_get_n_items (G_LIST_MODEL (meir_ui_application_get_session (harness->application)));
}

MeirTorrent *
harness_torrent (Harness *harness, guint index)
{
  GListModel *torrents = G_LIST_MODEL (meir_ui_application_get_session (harness->application));
  g_autoptr (MeirTorrent) torrent = g_list_model_get_item (torrents, index);

  g_assert_nonnull (torrent);
  return torrent; /* the session holds it */
}

static GtkWidget *
find_toast (GtkWidget *root)
{
  GtkWidget *found = strcmp (gtk_widget_get_css_name (root), "toast") == 0 ? root : NULL;

  for (GtkWidget *w = gtk_widget_get_first_child (root); w != NULL && found == NULL;
       w = gtk_widget_get_next_sibling (w))
    found = find_toast (w);
  return found;
}

GtkWidget *
harness_toast_widget (Harness *harness)
{
  GtkWidget *toast = find_toast (GTK_WIDGET (harness->window));

  g_assert_nonnull (toast);
  return toast;
}

const char *
harness_toast (Harness *harness)
{
  GtkWidget *toast = find_toast (GTK_WIDGET (harness->window));

  return toast != NULL ? gtk_label_get_text (widget_find_type (toast, GTK_TYPE_LABEL)) : "";
}

const char *
harness_page (Harness *harness)
{
  return gtk_stack_get_visible_child_name (widget_find (harness->window, "stack"));
}
