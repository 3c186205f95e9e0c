/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-intake.h"

#include "app/meir-ui-add-dialog.h"
#include "app/meir-ui-settings.h"

#include "app-support.h"
#include "dialog-support.h"
#include "widget-support.h"

#include <string.h>

/* What comes in together: one question for all of it, or none. */

#define HASH "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static Harness harness;

static void
take_text (const char *text)
{
  g_autoptr (MeirUiIntake) intake = meir_ui_intake_new (harness.application);

  meir_ui_intake_take_text (intake, text);
}

static void
set_asking (gboolean ask)
{
  g_settings_set_boolean (meir_ui_settings_get (), "ask-where", ask);
}

static void
remove_all (void)
{
  while (harness_n_torrents (&harness) > 0)
    meir_ui_application_remove (harness.application, harness_torrent (&harness, 0));
}

/* Three lines, one of them nonsense: one dialog for two, one message for the third. */
static void
script_lines (Harness *unused)
{
  gpointer dialog;

  take_text ("magnet:?xt=urn:btih:" HASH "\r\n\n" HASH "0\n" /* a digit too many */
             "https://127.0.0.1:1/a.torrent\n");
  dialog = dialog_wait (MEIR_UI_TYPE_ADD_DIALOG);
  g_assert_cmpstr (gtk_window_get_title (dialog), ==, "Add Torrents");
  app_wait_until (strcmp (harness_toast (&harness),
                          "1 of them could not be added: This is no magnet link, and "
                          "no address of a torrent") == 0);
  gtk_window_close (dialog);
  app_wait_until (dialog_find (MEIR_UI_TYPE_ADD_DIALOG) == NULL);
  g_assert_cmpuint (harness_n_torrents (&harness), ==, 0);
}

/* Who does not want to be asked is not asked, but told what goes wrong. */
static void
script_silent (Harness *unused)
{
  g_autoptr (GBytes) torrent = app_torrent_bytes ("web", 3);
  g_autofree char *page_address = NULL;
  g_autoptr (SoupServer) pages = dialog_serve ("/page", "<html>", &page_address);

  set_asking (FALSE);
  take_text (HASH);
  g_assert_cmpuint (harness_n_torrents (&harness), ==, 1);
  g_assert_cmpstr (meir_torrent_get_folder (harness_torrent (&harness, 0)), ==, harness.downloads);
  take_text (HASH);
  app_wait_until (strstr (harness_toast (&harness), "already") != NULL);
  take_text (page_address);
  g_assert_null (dialog_find (MEIR_UI_TYPE_ADD_DIALOG));
  app_wait_until (strstr (harness_toast (&harness), "web page") != NULL);
  g_assert_cmpuint (harness_n_torrents (&harness), ==, 1);
  set_asking (TRUE);
  remove_all ();
}

/* An address is as good as what it leads to. */
static void
script_address (Harness *unused)
{
  g_autofree char *address = NULL;
  g_autoptr (SoupServer) server = dialog_serve ("/a",
                                                "d4:infod6:lengthi1e4:name1:a12:piece lengthi16384e6:"
                                                "pieces20:aaaaaaaaaaaaaaaaaaaaee",
                                                &address);

  set_asking (FALSE);
  take_text (address);
  app_wait_until (harness_n_torrents (&harness) == 1);
  set_asking (TRUE);
  remove_all ();
}

static void
script_quit (Harness *unused)
{
  set_asking (FALSE);
  take_text ("http://127.0.0.1:1/a.torrent");
  set_asking (TRUE);
}

static void
test_kinds (void)
{
  static const struct {
    const char *uri;
    gboolean download;
  } cases[] = {
    { "file:///home/a/b.torrent", TRUE },  { "file:///home/a/b.TORRENT", TRUE },
    { "file:///home/a/torrent", FALSE },   { "file:///home/a/b.torrent.part", FALSE },
    { "magnet:?xt=urn:btih:" HASH, TRUE }, { "https://example.org/b", TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GFile) file = g_file_new_for_uri (cases[i].uri);

    g_assert_cmpint (meir_ui_intake_is_download (file), ==, cases[i].download);
  }
}

static void
add_tests (void)
{
  g_test_add_func ("/app/intake/kinds", test_kinds);
  harness_add_test ("/app/intake/lines", script_lines);
  harness_add_test ("/app/intake/silent", script_silent);
  harness_add_test ("/app/intake/address", script_address);
  harness_add_test ("/app/intake/quit", script_quit);
}

int
main (int argc, char **argv)
{
  return harness_main (&harness, argc, argv, add_tests);
}
