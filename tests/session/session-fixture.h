/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/meir.h"

G_BEGIN_DECLS

/* A scratch folder with sessions in it, each with a state folder and a data folder of its own, all on
 * 127.0.0.1. */
typedef struct {
  char *root;
  GPtrArray *sessions;
  guint n_events[MEIR_EVENT_WARNING + 1];
  GString *log; /* the texts of all events */
} SessionFixture;

SessionFixture *session_fixture_new (void);
/* Closes every session and deletes the folder. */
void session_fixture_free (SessionFixture *fixture);

/* Data below ROOT/NAME/: random bytes from @seed. */
char *session_fixture_folder (SessionFixture *fixture, const char *name);
void session_fixture_write (const char *folder, const char *path, gsize length, guint32 seed);
void session_fixture_flip (const char *folder, const char *path, gsize offset);
void session_fixture_assert_same (const char *folder_a, const char *folder_b, const char *path);
/* The torrent of @path below @folder. */
MeirMetainfo *session_fixture_create (const char *folder, const char *path, guint32 piece_length);

MeirSession *session_fixture_session (SessionFixture *fixture, const char *name, MeirTlsPolicy tls);
void session_fixture_close (SessionFixture *fixture, MeirSession *session);
MeirTorrent *session_fixture_add (MeirSession *session, MeirMetainfo *metainfo, const char *folder,
                                  MeirSession *peer);

/* Runs the main loop until the torrent is in @state; a minute without it fails the test. */
void session_wait_state (MeirTorrent *torrent, MeirTorrentState state);
/* The same until @done says so. */
void session_wait (gboolean (*done) (gpointer data), gpointer data);
/* Runs the main loop for a while: for what must not happen. */
void session_run_for (guint milliseconds);
MeirTorrentSnapshot *session_snapshot (MeirTorrent *torrent);
/* One that was surely taken after this call: nobody may have been looking before. */
MeirTorrentSnapshot *session_fresh_snapshot (MeirTorrent *torrent);

G_END_DECLS
