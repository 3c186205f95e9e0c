/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-activity.h"

#include "app-support.h"
#include "fake-snapshot.h"

/* What goes on, and the line about it. */

typedef struct {
  char *folder;
  MeirSession *session;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->folder = app_make_folder ();
  fixture->session = app_session_new (fixture->folder);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  fake_snapshot_clear ();
  app_session_close (fixture->session);
  app_remove_folder (fixture->folder);
  g_free (fixture->folder);
}

static void
add (Fixture *fixture, const char *name, const MeirTorrentSnapshot *state)
{
  app_add (fixture->session, fixture->folder, name, 2);
  fake_snapshot_set (name, state, NULL);
}

static void
test_nothing (Fixture *fixture, gconstpointer unused)
{
  MeirUiActivity activity = { .n_active = 7 };
  g_autofree char *text = NULL;

  meir_ui_activity_measure (NULL, TRUE, &activity);
  g_assert_cmpuint (activity.n_active, ==, 0);
  meir_ui_activity_measure (G_LIST_MODEL (fixture->session), TRUE, &activity);
  g_assert_cmpuint (activity.n_active, ==, 0);
  text = meir_ui_activity_dup_text (&activity);
  g_assert_cmpstr (text, ==, "Waiting");
}

/* A torrent that rests, or cannot go on, keeps nobody up; nor does one that waits for somebody to come. */
static void
test_measure (Fixture *fixture, gconstpointer unused)
{
  MeirUiActivity activity;
  g_autofree char *text = NULL;

  add (fixture, "paused", &(MeirTorrentSnapshot){ .state = MEIR_TORRENT_PAUSED });
  add (fixture, "full", &(MeirTorrentSnapshot){ .state = MEIR_TORRENT_DISK_FULL });
  add (fixture, "failed", &(MeirTorrentSnapshot){ .state = MEIR_TORRENT_FAILED });
  meir_ui_activity_measure (G_LIST_MODEL (fixture->session), FALSE, &activity);
  g_assert_cmpuint (activity.n_active, ==, 0);

  add (fixture, "alone", &(MeirTorrentSnapshot){ .state = MEIR_TORRENT_DOWNLOADING });
  meir_ui_activity_measure (G_LIST_MODEL (fixture->session), FALSE, &activity);
  g_assert_cmpuint (activity.n_active, ==, 1);
  g_assert_cmpuint (activity.n_downloading, ==, 0);

  add (fixture, "coming",
       &(MeirTorrentSnapshot){ .state = MEIR_TORRENT_DOWNLOADING, .n_peers = 3, .down_per_sec = 12000000 });
  add (fixture, "given",
       &(MeirTorrentSnapshot){ .state = MEIR_TORRENT_SEEDING, .finished = TRUE, .up_per_sec = 500000 });
  add (fixture, "queued", &(MeirTorrentSnapshot){ .state = MEIR_TORRENT_QUEUED });
  meir_ui_activity_measure (G_LIST_MODEL (fixture->session), TRUE, &activity);
  g_assert_cmpuint (activity.n_active, ==, 4);
  g_assert_cmpuint (activity.n_downloading, ==, 1);
  g_assert_cmpuint (activity.n_left, ==, 3);
  g_assert_cmpuint (activity.n_sharing, ==, 1);
  g_assert_cmpuint (activity.down_per_sec, ==, 12000000);
  g_assert_cmpuint (activity.up_per_sec, ==, 500000);
  text = meir_ui_activity_dup_text (&activity);
  g_assert_cmpstr (text, ==, "↓ 12.0\u00a0MB/s, 3 left");
}

/* In parts it comes to the same; one that has begun is forgotten when there is no engine any more. */
static void
test_some (Fixture *fixture, gconstpointer unused)
{
  GListModel *torrents = G_LIST_MODEL (fixture->session);
  MeirUiActivity activity = { .n_active = 7 };
  guint next = 0;

  for (guint i = 0; i < 5; i++) {
    g_autofree char *name = g_strdup_printf ("given %u", i);

    add (fixture, name,
         &(MeirTorrentSnapshot){ .state = MEIR_TORRENT_SEEDING, .finished = TRUE, .up_per_sec = 10 });
  }
  g_assert_false (meir_ui_activity_measure_some (torrents, TRUE, 2, &next, &activity));
  g_assert_cmpuint (next, ==, 2);
  g_assert_cmpuint (activity.n_sharing, ==, 2);
  g_assert_false (meir_ui_activity_measure_some (torrents, TRUE, 2, &next, &activity));
  g_assert_true (meir_ui_activity_measure_some (torrents, TRUE, 2, &next, &activity));
  g_assert_cmpuint (activity.n_sharing, ==, 5);
  g_assert_cmpuint (activity.up_per_sec, ==, 50);
  next = 2;
  g_assert_true (meir_ui_activity_measure_some (NULL, TRUE, 2, &next, &activity));
  g_assert_cmpuint (activity.n_active, ==, 0);
}

static void
test_sharing (Fixture *fixture, gconstpointer unused)
{
  MeirUiActivity activity = { .n_active = 2, .n_sharing = 2, .up_per_sec = 1100000 };
  g_autofree char *text = meir_ui_activity_dup_text (&activity);

  g_assert_cmpstr (text, ==, "↑ 1.1\u00a0MB/s, sharing 2");
}

int
main (int argc, char **argv)
{
  meir_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/app/activity/nothing", Fixture, NULL, set_up, test_nothing, tear_down);
  g_test_add ("/app/activity/measure", Fixture, NULL, set_up, test_measure, tear_down);
  g_test_add ("/app/activity/some", Fixture, NULL, set_up, test_some, tear_down);
  g_test_add ("/app/activity/sharing", Fixture, NULL, set_up, test_sharing, tear_down);
  return g_test_run ();
}
