/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "page-support.h"

#include "app-support.h"
#include "details-support.h"
#include "fake-snapshot.h"
#include "widget-support.h"

#include <adwaita.h>

void
page_fixture_set_up (PageFixture *fixture, gpointer page)
{
  fixture->folder = app_make_folder ();
  fixture->session = app_session_new (fixture->folder);
  fixture->torrent = details_add (fixture->session, fixture->folder);
  fixture->window = gtk_window_new ();
  fixture->page = page;
  gtk_window_set_child (GTK_WINDOW (fixture->window), page);
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 900, 700);
  gtk_window_present (GTK_WINDOW (fixture->window));
}

void
page_fixture_tear_down (PageFixture *fixture, gconstpointer user_data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  app_session_close (fixture->session);
  fake_snapshot_clear ();
  app_remove_folder (fixture->folder);
  g_free (fixture->folder);
}

MeirTorrentSnapshot *
page_fixture_snapshot (PageFixture *fixture)
{
  return meir_torrent_ref_snapshot (fixture->torrent, MEIR_SNAPSHOT_NUMBERS);
}

int
page_run (int argc, char **argv, void (*add_tests) (void))
{
  meir_init ();
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  widget_use_style ();
  add_tests ();
  return g_test_run ();
}
