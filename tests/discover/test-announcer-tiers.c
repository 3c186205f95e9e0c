/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "discover/meir-announcer.h"

#include "torrent-fixture.h"

#include <string.h>

/* The list of trackers replaced while the announcer runs. */

typedef struct {
  World *world;
  HttpFixture *trackers[3];
  char *urls[3];
  Torrent *torrent;
} Case;

static void
case_init (Case *c, const char *first)
{
  *c = (Case){ .world = world_new () };
  for (guint i = 0; i < G_N_ELEMENTS (c->trackers); i++) {
    c->trackers[i] = http_fixture_new (tracker_answer_peers, NULL, NULL);
    c->urls[i] = http_fixture_dup_url (c->trackers[i], "/announce");
  }
  c->torrent =
      torrent_new (c->world, NULL, (const char *const[]){ first != NULL ? first : c->urls[0], NULL });
}

static void
case_clear (Case *c)
{
  torrent_free (c->torrent);
  for (guint i = 0; i < G_N_ELEMENTS (c->trackers); i++) {
    http_fixture_free (c->trackers[i]);
    g_free (c->urls[i]);
  }
  world_free (c->world);
}

/* Each argument is a tier, its addresses separated by spaces. */
static void
set_tiers (Case *c, const char *const *tiers)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);

  for (guint i = 0; tiers[i] != NULL; i++)
    g_ptr_array_add (list, g_strsplit (tiers[i], " ", -1));
  c->torrent->inside = TRUE;
  meir_announcer_set_tiers (c->torrent->announcer, list);
  c->torrent->inside = FALSE;
}

static void
test_replace (void)
{
  Case c;

  case_init (&c, NULL);
  torrent_start (c.torrent);
  torrent_run_until_state (c.torrent, 0, MEIR_TRACKER_OK);
  set_tiers (&c, (const char *const[]){ c.urls[1], NULL });
  world_run_until_count (c.world, &c.trackers[0]->n_requests, 2);
  torrent_run_until_state (c.torrent, 0, MEIR_TRACKER_OK);
  tracker_assert_events (c.trackers[0], "started stopped");
  tracker_assert_events (c.trackers[1], "started");
  torrent_stop (c.torrent);
  world_run_until_count (c.world, &c.torrent->n_stops, 1);
  tracker_assert_events (c.trackers[0], "started stopped");
  tracker_assert_events (c.trackers[1], "started stopped");
  case_clear (&c);
}

/* Who stays is not disturbed, wherever in the list it goes, and its numbers stay. */
static void
test_keep (void)
{
  g_autoptr (MeirTrackerStatus) before = NULL;
  g_autoptr (MeirTrackerStatus) after = NULL;
  Case c;

  case_init (&c, NULL);
  torrent_start (c.torrent);
  torrent_run_until_state (c.torrent, 0, MEIR_TRACKER_OK);
  before = torrent_dup_status (c.torrent, 0);
  set_tiers (&c, (const char *const[]){ c.urls[1], c.urls[0], NULL });
  torrent_run_until_state (c.torrent, 0, MEIR_TRACKER_OK);
  after = torrent_dup_status (c.torrent, 1);
  g_assert_cmpstr (after->url, ==, before->url);
  g_assert_cmpuint (after->tier, ==, 1);
  g_assert_cmpint (after->state, ==, MEIR_TRACKER_OK);
  g_assert_cmpint (after->next_announce_usec, ==, before->next_announce_usec);
  world_run_msec (c.world, 100);
  tracker_assert_events (c.trackers[0], "started");
  tracker_assert_events (c.trackers[1], "started");

  /* Into the tier of another that works: one of a tier is enough, and neither is bothered. */
  set_tiers (&c, (const char *const[]){ c.urls[0], NULL });
  world_run_until_count (c.world, &c.trackers[1]->n_requests, 2);
  tracker_assert_events (c.trackers[0], "started");
  tracker_assert_events (c.trackers[1], "started stopped");
  case_clear (&c);
}

static void
test_empty_and_back (void)
{
  MeirAnnouncerSummary summary;
  Case c;

  case_init (&c, NULL);
  torrent_start (c.torrent);
  torrent_run_until_state (c.torrent, 0, MEIR_TRACKER_OK);
  set_tiers (&c, (const char *const[]){ NULL });
  world_run_until_count (c.world, &c.trackers[0]->n_requests, 2);
  meir_announcer_get_summary (c.torrent->announcer, &summary);
  g_assert_cmpuint (summary.n_trackers, ==, 0);
  g_assert_cmpint (summary.next_announce_usec, ==, 0);
  set_tiers (&c, (const char *const[]){ c.urls[0], NULL });
  world_run_until_count (c.world, &c.trackers[0]->n_requests, 3);
  tracker_assert_events (c.trackers[0], "started stopped started");
  case_clear (&c);
}

static void
silent_script (HttpFixture *fixture, const char *target, Answer *answer)
{
}

/* Taken out while it has not answered: it may know us. Taken out twice, and freed in the middle. */
static void
test_leave_while_announcing (void)
{
  Case c;

  case_init (&c, NULL);
  c.trackers[0]->script = silent_script;
  torrent_start (c.torrent);
  world_run_until_count (c.world, &c.trackers[0]->n_requests, 1);
  set_tiers (&c, (const char *const[]){ c.urls[1], NULL });
  set_tiers (&c, (const char *const[]){ c.urls[2], NULL });
  world_run_until_count (c.world, &c.trackers[0]->n_requests, 2);
  tracker_assert_events (c.trackers[0], "started stopped");
  torrent_run_until_state (c.torrent, 0, MEIR_TRACKER_OK);
  tracker_assert_events (c.trackers[1], "");
  tracker_assert_events (c.trackers[2], "started");
  case_clear (&c); /* the goodbye has not been answered */
}

/* In the middle of a goodbye: those that are told are told once. */
static void
test_while_stopping (void)
{
  Case c;

  case_init (&c, NULL);
  torrent_start (c.torrent);
  torrent_run_until_state (c.torrent, 0, MEIR_TRACKER_OK);
  torrent_stop (c.torrent);
  set_tiers (&c, (const char *const[]){ c.urls[1], NULL });
  world_run_until_count (c.world, &c.torrent->n_stops, 1);
  tracker_assert_events (c.trackers[0], "started stopped");
  tracker_assert_events (c.trackers[1], "");

  c.trackers[1]->script = silent_script;
  torrent_start (c.torrent);
  world_run_until_count (c.world, &c.trackers[1]->n_requests, 1);
  torrent_stop (c.torrent);
  world_run_until_count (c.world, &c.trackers[1]->n_requests, 2);
  set_tiers (&c, (const char *const[]){ c.urls[2], NULL });
  world_run_until_count (c.world, &c.torrent->n_stops, 2);
  tracker_assert_events (c.trackers[1], "started stopped");
  tracker_assert_events (c.trackers[2], "");
  case_clear (&c);
}

static void
test_while_resting (void)
{
  Case c;

  case_init (&c, NULL);
  set_tiers (&c, (const char *const[]){ c.urls[1], c.urls[2], NULL });
  world_run_msec (c.world, 50);
  for (guint i = 0; i < 3; i++)
    tracker_assert_events (c.trackers[i], "");
  torrent_start (c.torrent);
  torrent_run_until_state (c.torrent, 0, MEIR_TRACKER_OK);
  torrent_run_until_state (c.torrent, 1, MEIR_TRACKER_OK);
  tracker_assert_events (c.trackers[0], "");
  case_clear (&c);
}

/* "completed" is for who was there then: a tracker that comes later is told that nothing is left. */
static void
test_after_completion (void)
{
  Case c;

  case_init (&c, NULL);
  torrent_start (c.torrent);
  torrent_run_until_state (c.torrent, 0, MEIR_TRACKER_OK);
  torrent_complete (c.torrent);
  world_run_until_count (c.world, &c.trackers[0]->n_requests, 2);
  torrent_run_until_state (c.torrent, 0, MEIR_TRACKER_OK);
  set_tiers (&c, (const char *const[]){ c.urls[0], c.urls[1], NULL });
  torrent_run_until_state (c.torrent, 1, MEIR_TRACKER_OK);
  world_run_msec (c.world, 50);
  tracker_assert_events (c.trackers[0], "started completed");
  tracker_assert_events (c.trackers[1], "started");
  g_assert_true (tracker_heard (c.trackers[1], 0, "left=0"));
  case_clear (&c);
}

static void
test_unusable (void)
{
  MeirAnnouncerSummary summary;
  Case c;

  case_init (&c, "nonsense");
  torrent_start (c.torrent);
  g_assert_cmpint (torrent_get_state (c.torrent, 0), ==, MEIR_TRACKER_DISABLED);
  meir_announcer_get_summary (c.torrent->announcer, &summary);
  g_assert_cmpuint (summary.n_trackers, ==, 1);
  g_assert_cmpuint (summary.n_failed, ==, 1);
  g_assert_nonnull (summary.error);
  g_assert_null (summary.refusal); /* it never answered */
  {
    g_autofree char *twice = g_strconcat (c.urls[0], " ", c.urls[0], NULL);

    set_tiers (&c, (const char *const[]){ "nonsense", twice, c.urls[0], NULL });
  }
  torrent_run_until_state (c.torrent, 1, MEIR_TRACKER_OK);
  g_assert_cmpint (torrent_get_state (c.torrent, 2), ==, MEIR_TRACKER_DISABLED);
  g_assert_cmpint (torrent_get_state (c.torrent, 3), ==, MEIR_TRACKER_DISABLED);
  meir_announcer_get_summary (c.torrent->announcer, &summary);
  g_assert_cmpuint (summary.n_trackers, ==, 2); /* doubles are not counted */
  g_assert_cmpuint (summary.n_working, ==, 1);
  g_assert_cmpuint (summary.n_failed, ==, 1);
  g_assert_cmpint (summary.next_announce_usec, >, 0);
  tracker_assert_events (c.trackers[0], "started");
  case_clear (&c);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/announcer-tiers/replace", test_replace);
  g_test_add_func ("/announcer-tiers/keep", test_keep);
  g_test_add_func ("/announcer-tiers/empty-and-back", test_empty_and_back);
  g_test_add_func ("/announcer-tiers/leave-while-announcing", test_leave_while_announcing);
  g_test_add_func ("/announcer-tiers/while-stopping", test_while_stopping);
  g_test_add_func ("/announcer-tiers/while-resting", test_while_resting);
  g_test_add_func ("/announcer-tiers/after-completion", test_after_completion);
  g_test_add_func ("/announcer-tiers/unusable", test_unusable);
  return g_test_run ();
}
