/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-application.h"

#include "app/meir-ui-share-dialog.h"

#include "app-support.h"
#include "dialog-support.h"
#include "harness.h"
#include "widget-support.h"

#include <string.h>

/* What becomes of what was added or shared: in the list, in the details, and the next time. */

#define LINK "magnet:?xt=urn:btih:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb&dn=Lonely"

static Harness harness;

static void
share (const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  GSList files = { .data = file };

  meir_ui_share_dialog_present (harness.application, &files);
  dialog_press (dialog_wait (MEIR_UI_TYPE_SHARE_DIALOG), "_Share");
}

static void
remove_all (void)
{
  while (harness_n_torrents (&harness) > 0)
    meir_ui_application_remove (harness.application, harness_torrent (&harness, 0));
}

/* Who said that it shall not start right away finds it so the next time too. */
static void
script_add_paused (Harness *unused)
{
  g_autoptr (MeirMagnet) magnet = meir_magnet_parse (LINK, NULL);
  MeirAddOptions options = { .magnet = magnet, .folder = harness.downloads, .paused = TRUE };
  MeirTorrent *torrent = meir_ui_application_add (harness.application, &options, LINK, NULL);

  g_assert_nonnull (torrent);
  app_wait_until (app_state (torrent) == MEIR_TORRENT_PAUSED);
}

static void
script_still_paused (Harness *unused)
{
  MeirUiLibrary *library = meir_ui_application_get_library (harness.application);

  g_assert_cmpuint (harness_n_torrents (&harness), ==, 1);
  g_assert_true (meir_ui_library_is_paused (library, harness_torrent (&harness, 0)));
  app_wait_until (app_state (harness_torrent (&harness, 0)) == MEIR_TORRENT_PAUSED);
  remove_all ();
}

static void
test_paused (void)
{
  harness_run (&harness, NULL, script_add_paused);
  harness_run (&harness, NULL, script_still_paused);
}

static void
on_dismissed (AdwToast *toast, guint *n)
{
  ++*n;
}

/* That it is ready holds up nothing that is said after it: neither that something is wrong, nor the way back.
 */
static void
script_ready_gives_way (Harness *unused)
{
  g_autofree char *song = app_make_file (harness.folder, "song.ogg", 5000);
  g_autoptr (AdwToast) toast = NULL;
  guint n_dismissed = 0;

  share (song);
  app_wait_until (strstr (harness_toast (&harness), "is ready") != NULL);
  /* As soon as it has come to rest it can go. */
  app_wait_until (gtk_widget_get_can_target (harness_toast_widget (&harness)));
  g_object_get (harness_toast_widget (&harness), "toast", &toast, NULL);
  g_signal_connect (toast, "dismissed", G_CALLBACK (on_dismissed), &n_dismissed);
  meir_ui_application_tell (harness.application, "Something is wrong");
  g_assert_cmpuint (n_dismissed, ==, 1);
  app_wait_until (strcmp (harness_toast (&harness), "Something is wrong") == 0);
  g_signal_handlers_disconnect_by_data (toast, &n_dismissed);
  remove_all ();
}

static void
add_tests (void)
{
  g_test_add_func ("/app/application/paused", test_paused);
  harness_add_test ("/app/application/ready-gives-way", script_ready_gives_way);
}

int
main (int argc, char **argv)
{
  return harness_main (&harness, argc, argv, add_tests);
}
