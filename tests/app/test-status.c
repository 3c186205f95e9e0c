/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-status.h"

#include <string.h>

/* What snapshots say in words. */

static void
assert_sentence (const MeirTorrentSnapshot *snapshot, const char *expected)
{
  g_autofree char *sentence = meir_ui_status_dup_sentence (snapshot);

  g_assert_cmpstr (sentence, ==, expected);
}

static void
assert_size (const MeirTorrentSnapshot *snapshot, const char *expected)
{
  g_autofree char *size = meir_ui_status_dup_size (snapshot);
  g_auto (GStrv) parts = g_strsplit (size, "\302\240", -1);
  g_autofree char *plain = g_strjoinv (" ", parts);

  g_assert_cmpstr (plain, ==, expected);
}

static void
assert_duration (gint64 seconds, const char *expected)
{
  g_autofree char *duration = meir_ui_status_dup_duration (seconds);

  g_assert_cmpstr (duration, ==, expected);
}

static void
test_metadata (void)
{
  MeirTorrentSnapshot snapshot = { .state = MEIR_TORRENT_METADATA };

  assert_sentence (&snapshot, "Nobody found yet");
  snapshot.n_peers = 1;
  assert_sentence (&snapshot, "Getting the file list from 1 person");
  snapshot.n_peers = 3;
  assert_sentence (&snapshot, "Getting the file list from 3 people");
}

static void
test_downloading (void)
{
  MeirTorrentSnapshot snapshot = { .state = MEIR_TORRENT_DOWNLOADING, .left_sec = -1 };

  assert_sentence (&snapshot, "Nobody found yet");
  snapshot.n_peers = 1;
  assert_sentence (&snapshot, "Waiting for a turn from 1 person");
  snapshot.n_peers = 38;
  assert_sentence (&snapshot, "Waiting for a turn from 38 people");
  snapshot.n_sending = 14;
  assert_sentence (&snapshot, "Downloading from 14 of 38 people");
  snapshot.left_sec = 239;
  assert_sentence (&snapshot, "Downloading from 14 of 38 people · 4 minutes left");
  snapshot.n_peers = snapshot.n_sending = 1;
  snapshot.left_sec = 0;
  assert_sentence (&snapshot, "Downloading from 1 of 1 person · 0 seconds left");
}

static void
test_seeding (void)
{
  MeirTorrentSnapshot snapshot = { .state = MEIR_TORRENT_SEEDING, .complete = TRUE, .n_peers = 5 };

  assert_sentence (&snapshot, "Complete · nobody is asking for it now");
  snapshot.n_interested = 3;
  snapshot.total_bytes = 1000;
  snapshot.uploaded = 2400;
  assert_sentence (&snapshot, "Sharing with 3 people · given away 2.4 times its size");
  /* Nothing in it: there is no number of times. */
  snapshot.n_interested = 1;
  snapshot.total_bytes = 0;
  assert_sentence (&snapshot, "Sharing with 1 person · given away 0.0 times its size");
}

static void
test_trouble (void)
{
  char reason[] = "Cannot write /films/a.mkv: Read-only file system";
  MeirTorrentSnapshot snapshot = { .state = MEIR_TORRENT_FAILED, .error = reason };

  assert_sentence (&snapshot, reason);
  snapshot.state = MEIR_TORRENT_DISK_FULL;
  assert_sentence (&snapshot, reason);
  snapshot.space_needed_bytes = 2100000000;
  assert_sentence (&snapshot, "Disk full: needs 2.1\302\240GB more");
  /* Whatever the engine leaves out, a row never says "(null)". */
  snapshot = (MeirTorrentSnapshot){ .state = MEIR_TORRENT_FAILED };
  assert_sentence (&snapshot, "This cannot go on");
  snapshot.state = MEIR_TORRENT_DISK_FULL;
  assert_sentence (&snapshot, "This cannot go on");
}

static void
test_others (void)
{
  MeirTorrentSnapshot snapshot = { .state = MEIR_TORRENT_CHECKING, .check_progress = 0.617 };

  assert_sentence (&snapshot, "Checking files on disk · 61 %");
  snapshot.state = MEIR_TORRENT_LOADING;
  assert_sentence (&snapshot, "Looking at what is there");
  snapshot.state = MEIR_TORRENT_PAUSED;
  assert_sentence (&snapshot, "Paused");
  snapshot.state = MEIR_TORRENT_STOPPED;
  assert_sentence (&snapshot, "Stopped");
}

/* A state that is added later gets a sentence of its own, or this fails. */
static void
test_every_state_differs (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  char reason[] = "reason";

  for (int state = MEIR_TORRENT_LOADING; state <= MEIR_TORRENT_STOPPED; state++) {
    MeirTorrentSnapshot snapshot = {
      .state = (MeirTorrentState) state,
      .error = reason,
      .space_needed_bytes = state == MEIR_TORRENT_DISK_FULL,
      .n_peers = state == MEIR_TORRENT_METADATA,
    };
    char *sentence = meir_ui_status_dup_sentence (&snapshot);

    g_assert_nonnull (sentence);
    g_assert_cmpstr (sentence, !=, "");
    g_assert_true (g_hash_table_add (seen, sentence));
  }
}

static void
test_size (void)
{
  MeirTorrentSnapshot snapshot = { .total_bytes = 3900000000, .left_bytes = 2000000000 };

  /* Nothing is known of a magnet link's size. */
  assert_size (&snapshot, "");
  snapshot.has_metainfo = TRUE;
  assert_size (&snapshot, "1.9 GB of 3.9 GB");
  snapshot.down_per_sec = 12400000;
  snapshot.up_per_sec = 7;
  assert_size (&snapshot, "1.9 GB of 3.9 GB · 12.4 MB/s");
  snapshot.left_bytes = 0;
  snapshot.complete = TRUE;
  snapshot.up_per_sec = 0;
  assert_size (&snapshot, "3.9 GB");
  snapshot.up_per_sec = 1100000;
  assert_size (&snapshot, "3.9 GB · 1.1 MB/s");
  snapshot.total_bytes = G_MAXUINT64;
  snapshot.up_per_sec = 0;
  assert_size (&snapshot, "18.4 EB");
}

static void
test_duration (void)
{
  assert_duration (0, "0 seconds");
  assert_duration (1, "1 second");
  assert_duration (59, "59 seconds");
  assert_duration (60, "1 minute");
  assert_duration (89, "1 minute");
  assert_duration (90, "2 minutes");
  assert_duration (59 * 60, "59 minutes");
  assert_duration (59 * 60 + 40, "1 hour");
  assert_duration (3600 * 3 / 2, "2 hours");
  assert_duration (47 * 3600, "47 hours");
  assert_duration (48 * 3600, "2 days");
  assert_duration (G_GINT64_CONSTANT (86400) * 400, "400 days");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/status/metadata", test_metadata);
  g_test_add_func ("/app/status/downloading", test_downloading);
  g_test_add_func ("/app/status/seeding", test_seeding);
  g_test_add_func ("/app/status/trouble", test_trouble);
  g_test_add_func ("/app/status/others", test_others);
  g_test_add_func ("/app/status/every-state-differs", test_every_state_differs);
  g_test_add_func ("/app/status/size", test_size);
  g_test_add_func ("/app/status/duration", test_duration);
  return g_test_run ();
}
