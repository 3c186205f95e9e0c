/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/meir.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A page of the details in a window of its own, with the torrent of details-support.h. */

typedef struct {
  char *folder;
  MeirSession *session;
  MeirTorrent *torrent; /* the session's */
  GtkWidget *window;
  gpointer page; /* the window's */
} PageFixture;

void page_fixture_set_up (PageFixture *fixture, gpointer page);
/* For g_test_add (). */
void page_fixture_tear_down (PageFixture *fixture, gconstpointer user_data);
/* What the engine, or the fake, says of it now. (transfer full) */
MeirTorrentSnapshot *page_fixture_snapshot (PageFixture *fixture);
/* Sets up adwaita and the application's style, runs the tests. */
int page_run (int argc, char **argv, void (*add_tests) (void));

G_END_DECLS
