/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/meir.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* What the tests of the application share. */

/* A test waits this long for what has to happen; slow machines and sanitizers are why it is long. */
#define APP_PATIENCE_SEC 60

/* Runs the main loop until @condition holds; fails the test when it never does. */
#define app_wait_until(condition)                                                                            \
  G_STMT_START                                                                                               \
  {                                                                                                          \
    gint64 app_deadline = g_get_monotonic_time () + APP_PATIENCE_SEC * G_USEC_PER_SEC;                       \
    while (!(condition)) {                                                                                   \
      if (g_get_monotonic_time () > app_deadline)                                                            \
        g_error ("%s: waited in vain for: %s", G_STRLOC, #condition);                                        \
      app_iterate ();                                                                                        \
    }                                                                                                        \
  }                                                                                                          \
  G_STMT_END

/* Processor time that this thread has used: what the machine does besides does not count. Milliseconds. */
double app_cpu_msec (void);
/* One turn of the main loop, of at most some milliseconds. */
void app_iterate (void);
/* A fresh folder of the test program's own, (transfer full); see app_remove_folder (). */
char *app_make_folder (void);
/* Deletes a folder with all that is in it. */
void app_remove_folder (const char *folder);
/* Writes a file of @length bytes that depend on @name, and returns its path, (transfer full). */
char *app_make_file (const char *folder, const char *name, gsize length);
/* The .torrent of a file of @n_pieces pieces that nobody has. */
GBytes *app_torrent_bytes (const char *name, guint n_pieces);
MeirMetainfo *app_metainfo (const char *name, guint n_pieces);
/* A session on loopback whose state lies in @folder. */
MeirSession *app_session_new (const char *folder);
/* Closes it, waits, and drops the reference. */
void app_session_close (MeirSession *session);
/* Adds what app_metainfo () makes. (transfer none) */
MeirTorrent *app_add (MeirSession *session, const char *folder, const char *name, guint n_pieces);
/* The state of a torrent now. */
MeirTorrentState app_state (MeirTorrent *torrent);

G_END_DECLS
