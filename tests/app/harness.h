/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/meir-ui-application.h"
#include "app/meir-ui-window.h"

G_BEGIN_DECLS

/**
 * Harness:
 *
 * The whole application inside a test, with folders of its own.
 */
typedef struct {
  char *folder;    /* of everything below */
  char *downloads; /* where the application puts what it downloads */
  char *state;     /* XDG_STATE_HOME */
  MeirUiApplication *application;
  MeirUiWindow *window;
  gint64 quit_usec; /* how long the last quitting took */
} Harness;

/* Before anything of GLib asks for the user's folders, once a program. */
void harness_init (Harness *harness);
void harness_clear (Harness *harness);
/* Starts the application with @argument (nullable), runs @script in its main loop, and quits. */
void harness_run (Harness *harness, const char *argument, void (*script) (Harness *harness));

/* Adds a test that starts the application, runs @script in its main loop, and quits. */
void harness_add_test (const char *path, void (*script) (Harness *harness));

/* All of main (): prepares, has @add_tests add them, runs them and cleans up. */
int harness_main (Harness *harness, int argc, char **argv, void (*add_tests) (void));

/* The rows' torrents. */
guint harness_n_torrents (Harness *harness);
MeirTorrent *harness_torrent (Harness *harness, guint index); /* (transfer none) */
/* The toast that is shown. */
GtkWidget *harness_toast_widget (Harness *harness);
/* The text of the toast that is shown, "" when there is none. */
const char *harness_toast (Harness *harness);
/* The page that is shown. */
const char *harness_page (Harness *harness);

G_END_DECLS
