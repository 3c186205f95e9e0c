/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-status.h"

#include <string.h>

/* What snapshots say in words: every row of the table. */

typedef struct {
  MeirUiStatusKind kind;
  MeirUiButton button;
  MeirUiGroup group;
  MeirTorrentSnapshot snapshot;
  const char *sentence;
  gboolean offline, slowed;
} Row;

#define DOWNLOADING                                                                                          \
  .state = MEIR_TORRENT_DOWNLOADING, .has_metainfo = TRUE, .n_pieces = 100, .n_have = 60,                    \
  .total_bytes = 1000000, .left_bytes = 400000, .wanted_bytes = 1000000, .wanted_left_bytes = 400000
#define SEEDING                                                                                              \
  .state = MEIR_TORRENT_SEEDING, .has_metainfo = TRUE, .complete = TRUE, .finished = TRUE,                   \
  .total_bytes = 1000000, .wanted_bytes = 1000000

static char address[] = "10.0.0.7";
static char refusal[] = "not registered";
static char silence[] = "The tracker “tracker.example.org” does not answer";
static char trouble[] = "Cannot read film.mkv: Input/output error";

/* Every kind has at least one; test_complete () counts them. */
static const Row rows[] = {
  { MEIR_UI_STATUS_LOADING,
    MEIR_UI_BUTTON_NONE,
    MEIR_UI_GROUP_OTHER,
    { .state = MEIR_TORRENT_LOADING },
    "Looking at what is there" },
  { MEIR_UI_STATUS_METADATA,
    MEIR_UI_BUTTON_NONE,
    MEIR_UI_GROUP_DOWNLOADING,
    { .state = MEIR_TORRENT_METADATA, .n_peers = 1, .next_announce_sec = 40 },
    "Getting the file list from 1 person" },
  { MEIR_UI_STATUS_METADATA,
    MEIR_UI_BUTTON_NONE,
    MEIR_UI_GROUP_DOWNLOADING,
    { .state = MEIR_TORRENT_METADATA, .n_peers = 3, .next_announce_sec = 40 },
    "Getting the file list from 3 people" },
  { MEIR_UI_STATUS_NOBODY,
    MEIR_UI_BUTTON_NONE,
    MEIR_UI_GROUP_DOWNLOADING,
    { .state = MEIR_TORRENT_METADATA, .next_announce_sec = -1 },
    "Nobody found yet" },
  { MEIR_UI_STATUS_NOBODY,
    MEIR_UI_BUTTON_ASK_NOW,
    MEIR_UI_GROUP_DOWNLOADING,
    { DOWNLOADING, .n_trackers = 1, .next_announce_sec = -1 },
    "Nobody found yet · asked 1 tracker" },
  { MEIR_UI_STATUS_NOBODY,
    MEIR_UI_BUTTON_ASK_NOW,
    MEIR_UI_GROUP_DOWNLOADING,
    { DOWNLOADING, .n_trackers = 2, .next_announce_sec = 40 },
    "Nobody found yet · asked 2 trackers · next try in 40 seconds" },
  { MEIR_UI_STATUS_DOWNLOADING,
    MEIR_UI_BUTTON_PAUSE,
    MEIR_UI_GROUP_DOWNLOADING,
    { DOWNLOADING, .n_peers = 38, .n_sending = 14, .left_sec = 239 },
    "Downloading from 14 of 38 people · 4 minutes left" },
  { MEIR_UI_STATUS_DOWNLOADING,
    MEIR_UI_BUTTON_PAUSE,
    MEIR_UI_GROUP_DOWNLOADING,
    { DOWNLOADING, .n_peers = 1, .n_sending = 1, .left_sec = -1 },
    "Downloading from 1 of 1 person" },
  { MEIR_UI_STATUS_CHOKED,
    MEIR_UI_BUTTON_NONE,
    MEIR_UI_GROUP_DOWNLOADING,
    { DOWNLOADING, .n_peers = 5, .n_unavailable = 39 },
    "Waiting for a turn from 5 people" },
  { MEIR_UI_STATUS_CHOKED,
    MEIR_UI_BUTTON_NONE,
    MEIR_UI_GROUP_DOWNLOADING,
    { DOWNLOADING, .n_peers = 1 },
    "Waiting for a turn from 1 person" },
  { MEIR_UI_STATUS_UNAVAILABLE,
    MEIR_UI_BUTTON_NONE,
    MEIR_UI_GROUP_DOWNLOADING,
    { DOWNLOADING, .n_peers = 5, .n_unavailable = 40, .best_progress = 0.996 },
    "5 people connected, none has the missing 40 pieces (99 % is the most anyone has)" },
  { MEIR_UI_STATUS_UNAVAILABLE,
    MEIR_UI_BUTTON_NONE,
    MEIR_UI_GROUP_DOWNLOADING,
    { .state = MEIR_TORRENT_DOWNLOADING,
      .n_pieces = 4,
      .n_have = 3,
      .total_bytes = 4,
      .wanted_left_bytes = 1,
      .n_peers = 1,
      .n_unavailable = 1,
      .n_sending = 1,
      .best_progress = 0.75 },
    "1 person connected, none has the missing piece (75 % is the most anyone has)" },
  { MEIR_UI_STATUS_BAD_DATA,
    MEIR_UI_BUTTON_NONE,
    MEIR_UI_GROUP_DOWNLOADING,
    { DOWNLOADING, .n_peers = 2, .n_sending = 1, .n_bad_pieces_waiting = 4, .bad_peer = address },
    "4 pieces from 10.0.0.7 failed the check and are fetched again" },
  { MEIR_UI_STATUS_BAD_DATA,
    MEIR_UI_BUTTON_NONE,
    MEIR_UI_GROUP_DOWNLOADING,
    { DOWNLOADING, .n_peers = 2, .n_bad_pieces_waiting = 1 },
    "1 piece failed the check and is fetched again" },
  { MEIR_UI_STATUS_METERED,
    MEIR_UI_BUTTON_USE_ANYWAY,
    MEIR_UI_GROUP_DOWNLOADING,
    { DOWNLOADING, .n_peers = 5, .n_sending = 2 },
    "Slowed down on a metered network",
    .slowed = TRUE },
  { MEIR_UI_STATUS_OFFLINE,
    MEIR_UI_BUTTON_NONE,
    MEIR_UI_GROUP_DOWNLOADING,
    { DOWNLOADING, .tracker_error = silence },
    "No network",
    .offline = TRUE },
  { MEIR_UI_STATUS_OFFLINE,
    MEIR_UI_BUTTON_NONE,
    MEIR_UI_GROUP_SHARING,
    { SEEDING },
    "No network",
    .offline = TRUE },
  /* Whoever is connected proves that there is one. */
  { MEIR_UI_STATUS_DOWNLOADING,
    MEIR_UI_BUTTON_PAUSE,
    MEIR_UI_GROUP_DOWNLOADING,
    { DOWNLOADING, .n_peers = 2, .n_sending = 2, .left_sec = -1 },
    "Downloading from 2 of 2 people",
    .offline = TRUE },
  { MEIR_UI_STATUS_TRACKER_REFUSED,
    MEIR_UI_BUTTON_DETAILS,
    MEIR_UI_GROUP_DOWNLOADING,
    { DOWNLOADING, .tracker_error = silence, .tracker_refusal = refusal, .next_announce_sec = 120 },
    "Tracker says “\342\201\250not registered\342\201\251” · next try in 2 minutes" },
  { MEIR_UI_STATUS_TRACKER_REFUSED,
    MEIR_UI_BUTTON_DETAILS,
    MEIR_UI_GROUP_SHARING,
    { SEEDING, .tracker_error = silence, .tracker_refusal = refusal, .next_announce_sec = -1 },
    "Tracker says “\342\201\250not registered\342\201\251”" },
  { MEIR_UI_STATUS_TRACKER_FAILED,
    MEIR_UI_BUTTON_DETAILS,
    MEIR_UI_GROUP_DOWNLOADING,
    { DOWNLOADING, .tracker_error = silence, .next_announce_sec = 120 },
    "The tracker “tracker.example.org” does not answer · next try in 2 minutes" },
  { MEIR_UI_STATUS_TRACKER_FAILED,
    MEIR_UI_BUTTON_DETAILS,
    MEIR_UI_GROUP_SHARING,
    { SEEDING, .tracker_error = silence, .next_announce_sec = -1 },
    "The tracker “tracker.example.org” does not answer" },
  { MEIR_UI_STATUS_QUEUED,
    MEIR_UI_BUTTON_START_NOW,
    MEIR_UI_GROUP_OTHER,
    { .state = MEIR_TORRENT_QUEUED, .queue_position = 3 },
    "Waiting for its turn (3rd)" },
  { MEIR_UI_STATUS_CHECK_QUEUED,
    MEIR_UI_BUTTON_PAUSE,
    MEIR_UI_GROUP_OTHER,
    { .state = MEIR_TORRENT_QUEUED },
    "Waiting to be checked" },
  { MEIR_UI_STATUS_CHECKING,
    MEIR_UI_BUTTON_PAUSE,
    MEIR_UI_GROUP_OTHER,
    { .state = MEIR_TORRENT_CHECKING, .check_progress = 0.619, .check_left_sec = 20 },
    "Checking files on disk · 61 % · 20 seconds left" },
  { MEIR_UI_STATUS_MOVING,
    MEIR_UI_BUTTON_CANCEL_MOVE,
    MEIR_UI_GROUP_OTHER,
    { .state = MEIR_TORRENT_MOVING, .check_progress = 0.5, .check_left_sec = -1 },
    "Moving to another folder · 50 %" },
  { MEIR_UI_STATUS_SHARING,
    MEIR_UI_BUTTON_PAUSE,
    MEIR_UI_GROUP_SHARING,
    { SEEDING, .n_peers = 9, .n_interested = 3, .total_uploaded = 2400000 },
    "Sharing with 3 people · given away 2.4 times its size" },
  { MEIR_UI_STATUS_SHARING,
    MEIR_UI_BUTTON_PAUSE,
    MEIR_UI_GROUP_SHARING,
    { .state = MEIR_TORRENT_SEEDING, .n_interested = 1, .total_uploaded = 5 },
    "Sharing with 1 person · given away 0.0 times its size" },
  { MEIR_UI_STATUS_COMPLETE,
    MEIR_UI_BUTTON_NONE,
    MEIR_UI_GROUP_SHARING,
    { SEEDING, .n_peers = 9 },
    "Complete · nobody is asking for it now" },
  { MEIR_UI_STATUS_FINISHED,
    MEIR_UI_BUTTON_NONE,
    MEIR_UI_GROUP_SHARING,
    { .state = MEIR_TORRENT_SEEDING, .finished = TRUE },
    "All that you chose is here · nobody is asking for it now" },
  { MEIR_UI_STATUS_PAUSED,
    MEIR_UI_BUTTON_RESUME,
    MEIR_UI_GROUP_OTHER,
    { .state = MEIR_TORRENT_PAUSED },
    "Paused" },
  { MEIR_UI_STATUS_STOPPED_BY_RULE,
    MEIR_UI_BUTTON_RESUME,
    MEIR_UI_GROUP_OTHER,
    { .state = MEIR_TORRENT_PAUSED, .stopped_by_rule = TRUE, .wanted_bytes = 10, .total_uploaded = 20 },
    "Stopped by your rule · given away 2.0 times its size" },
  { MEIR_UI_STATUS_DISK_FULL,
    MEIR_UI_BUTTON_FREE_UP,
    MEIR_UI_GROUP_ATTENTION,
    { .state = MEIR_TORRENT_DISK_FULL, .space_needed_bytes = 2100000000 },
    "Disk full: needs 2.1\302\240GB more in \342\201\250Films\342\201\251" },
  { MEIR_UI_STATUS_DISK_FULL,
    MEIR_UI_BUTTON_FREE_UP,
    MEIR_UI_GROUP_ATTENTION,
    { .state = MEIR_TORRENT_DISK_FULL },
    "Disk full" },
  { MEIR_UI_STATUS_READ_ONLY,
    MEIR_UI_BUTTON_CHANGE_FOLDER,
    MEIR_UI_GROUP_ATTENTION,
    { .state = MEIR_TORRENT_FAILED, .error_code = MEIR_ERROR_READ_ONLY },
    "The disk of the folder “\342\201\250Films\342\201\251” cannot be written to" },
  { MEIR_UI_STATUS_NO_PERMISSION,
    MEIR_UI_BUTTON_CHANGE_FOLDER,
    MEIR_UI_GROUP_ATTENTION,
    { .state = MEIR_TORRENT_FAILED, .error_code = MEIR_ERROR_PERMISSION },
    "The folder “\342\201\250Films\342\201\251” may not be written to" },
  { MEIR_UI_STATUS_FOLDER_GONE,
    MEIR_UI_BUTTON_CHOOSE_AGAIN,
    MEIR_UI_GROUP_ATTENTION,
    { .state = MEIR_TORRENT_FAILED, .error_code = MEIR_ERROR_NOT_FOUND },
    "The folder “\342\201\250Films\342\201\251” cannot be reached" },
  { MEIR_UI_STATUS_FAILED,
    MEIR_UI_BUTTON_TRY_AGAIN,
    MEIR_UI_GROUP_ATTENTION,
    { .state = MEIR_TORRENT_FAILED, .error_code = MEIR_ERROR_IO, .error = trouble },
    "Cannot read film.mkv: Input/output error" },
};

static void
test_rows (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    const MeirUiEnvironment environment = { rows[i].offline, rows[i].slowed, "Films" };
    g_autofree char *sentence = NULL;
    MeirUiStatus status;

    meir_ui_status_read (&status, &rows[i].snapshot, &environment);
    sentence = meir_ui_status_dup_sentence (&status);
    g_assert_cmpstr (sentence, ==, rows[i].sentence);
    g_assert_cmpint (status.kind, ==, rows[i].kind);
    g_assert_cmpint (meir_ui_status_get_button (&status), ==, rows[i].button);
    g_assert_cmpint (meir_ui_status_get_group (&status), ==, rows[i].group);
  }
}

/* No row of the table is without a snapshot that leads to it, and none says what tells people nothing. */
static void
test_complete (void)
{
  gboolean reached[MEIR_UI_N_STATUSES] = { FALSE };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    reached[rows[i].kind] = TRUE;
    g_assert_null (strstr (rows[i].sentence, "talled"));
  }
  for (guint kind = 0; kind < MEIR_UI_N_STATUSES; kind++)
    g_assert_true (reached[kind]);
}

static void
test_turns (void)
{
  const struct {
    guint turn;
    const char *sentence;
  } turns[] = {
    { 1, "Waiting for its turn (1st)" },     { 2, "Waiting for its turn (2nd)" },
    { 4, "Waiting for its turn (4th)" },     { 11, "Waiting for its turn (11th)" },
    { 12, "Waiting for its turn (12th)" },   { 13, "Waiting for its turn (13th)" },
    { 21, "Waiting for its turn (21st)" },   { 102, "Waiting for its turn (102nd)" },
    { 111, "Waiting for its turn (111th)" }, { 1003, "Waiting for its turn (1003rd)" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (turns); i++) {
    const MeirUiStatus status = { .kind = MEIR_UI_STATUS_QUEUED, .count = turns[i].turn };
    g_autofree char *sentence = meir_ui_status_dup_sentence (&status);

    g_assert_cmpstr (sentence, ==, turns[i].sentence);
  }
}

/* A button has a name, and an action unless it is none. */
static void
test_buttons (void)
{
  g_assert_cmpstr (meir_ui_button_get_label (MEIR_UI_BUTTON_NONE), ==, "");
  g_assert_null (meir_ui_button_get_action (MEIR_UI_BUTTON_NONE));
  for (MeirUiButton button = MEIR_UI_BUTTON_PAUSE; button < MEIR_UI_N_BUTTONS; button++) {
    g_assert_cmpstr (meir_ui_button_get_label (button), !=, "");
    g_assert_nonnull (strchr (meir_ui_button_get_action (button), '.'));
  }
  g_assert_cmpstr (meir_ui_button_get_icon (MEIR_UI_BUTTON_PAUSE), ==, "meir-pause-symbolic");
  g_assert_null (meir_ui_button_get_icon (MEIR_UI_BUTTON_FREE_UP));
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
test_size (void)
{
  MeirTorrentSnapshot snapshot = { .state = MEIR_TORRENT_METADATA, .down_per_sec = 5000 };

  assert_size (&snapshot, "");
  snapshot = (MeirTorrentSnapshot){ DOWNLOADING };
  assert_size (&snapshot, "600.0 kB of 1.0 MB");
  snapshot.down_per_sec = 12400000;
  snapshot.up_per_sec = 1;
  assert_size (&snapshot, "600.0 kB of 1.0 MB · 12.4 MB/s");
  /* What was not chosen does not count. */
  snapshot.wanted_bytes = 700000;
  snapshot.wanted_left_bytes = 100000;
  assert_size (&snapshot, "600.0 kB of 700.0 kB · 12.4 MB/s");
  snapshot = (MeirTorrentSnapshot){ SEEDING, .up_per_sec = 1100000 };
  assert_size (&snapshot, "1.0 MB · 1.1 MB/s");
}

static void
assert_duration (gint64 seconds, const char *expected)
{
  g_autofree char *duration = meir_ui_status_dup_duration (seconds);

  g_assert_cmpstr (duration, ==, expected);
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
  assert_duration (3569, "59 minutes");
  assert_duration (3570, "1 hour");
  assert_duration (172799, "2 days");
  assert_duration (G_MAXINT32, "24855 days");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/status/rows", test_rows);
  g_test_add_func ("/app/status/complete", test_complete);
  g_test_add_func ("/app/status/turns", test_turns);
  g_test_add_func ("/app/status/buttons", test_buttons);
  g_test_add_func ("/app/status/size", test_size);
  g_test_add_func ("/app/status/duration", test_duration);
  return g_test_run ();
}
