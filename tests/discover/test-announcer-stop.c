/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "discover/meir-announcer.h"

#include "torrent-fixture.h"

#include <string.h>

/* Goodbyes go to whoever knows us, and a tracker that does not answer costs a second and a half. */
static void
goodbye_script (HttpFixture *fixture, const char *target, Answer *answer)
{
  if (strstr (target, "event=stopped") == NULL)
    tracker_answer_peers (fixture, target, answer);
}

static void
test_stop_deadline (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (HttpFixture) tracker = http_fixture_new (goodbye_script, NULL, NULL);
  g_autoptr (HttpFixture) stranger = http_fixture_new (tracker_refuse, NULL, NULL);
  g_autofree char *url = http_fixture_dup_url (tracker, "/announce");
  g_autofree char *stranger_url = http_fixture_dup_url (stranger, "/announce");
  g_autoptr (Torrent) torrent = torrent_new (world, NULL, (const char *const[]){ url, stranger_url, NULL });
  gint64 began_usec;

  torrent_start (torrent);
  torrent_run_until_state (torrent, 0, MEIR_TRACKER_OK);
  torrent_run_until_state (torrent, 1, MEIR_TRACKER_FAILED);
  began_usec = g_get_monotonic_time ();
  torrent_stop (torrent);
  world_run_until_count (world, &torrent->n_stops, 1);
  g_assert_cmpint (g_get_monotonic_time () - began_usec, >=,
                   (gint64) MEIR_ANNOUNCER_STOP_MSEC * 1000 - 100000);
  tracker_assert_events (tracker, "started stopped");
  tracker_assert_events (stranger, "started");
}

/* A tracker whose answer is still to come may know us already. */
static void
started_silence_script (HttpFixture *fixture, const char *target, Answer *answer)
{
  if (strstr (target, "event=stopped") != NULL)
    tracker_answer_peers (fixture, target, answer);
}

static void
test_stop_while_announcing (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (HttpFixture) tracker = http_fixture_new (started_silence_script, NULL, NULL);
  g_autofree char *url = http_fixture_dup_url (tracker, "/announce");
  g_autoptr (Torrent) torrent = torrent_new (world, NULL, (const char *const[]){ url, NULL });

  torrent_start (torrent);
  world_run_until_count (world, &tracker->n_requests, 1);
  torrent_stop (torrent);
  world_run_until_count (world, &torrent->n_stops, 1);
  tracker_assert_events (tracker, "started stopped");
  g_assert_cmpuint (torrent->n_peers_calls, ==, 0);
}

static void
free_on_stop_cb (MeirAnnouncer *announcer, gpointer user_data)
{
  Torrent *torrent = user_data;

  g_clear_pointer (&torrent->announcer, meir_announcer_free);
  torrent->n_stops++;
}

/* Stopped before it began, twice, with a start in between, and freed from within. */
static void
test_stop_corners (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (HttpFixture) tracker = http_fixture_new (tracker_answer_peers, NULL, NULL);
  g_autofree char *url = http_fixture_dup_url (tracker, "/announce");
  g_autoptr (Torrent) torrent = torrent_new (world, NULL, (const char *const[]){ url, NULL });

  torrent_stop (torrent);
  g_assert_cmpuint (torrent->n_stops, ==, 0);
  world_run_until_count (world, &torrent->n_stops, 1);
  g_assert_cmpuint (tracker->n_connections, ==, 0);

  torrent_start (torrent);
  torrent_run_until_state (torrent, 0, MEIR_TRACKER_OK);
  torrent_stop (torrent);
  torrent_stop (torrent);
  torrent_start (torrent);
  world_run_until_count (world, &torrent->n_stops, 2);
  world_run_until_count (world, &tracker->n_requests, 3);
  torrent_run_until_state (torrent, 0, MEIR_TRACKER_OK);
  tracker_assert_events (tracker, "started stopped started");
  g_assert_cmpuint (torrent->n_stops, ==, 2);

  meir_announcer_stop (torrent->announcer, free_on_stop_cb, torrent);
  world_run_until_count (world, &torrent->n_stops, 3);
  g_assert_null (torrent->announcer);
  tracker_assert_events (tracker, "started stopped started stopped");
}

/* While it rests nothing is said, and afterwards nothing of that; who leaves meanwhile says goodbye. */
static void
test_rest (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (HttpFixture) tracker = http_fixture_new (tracker_answer_peers, NULL, NULL);
  g_autoptr (HttpFixture) dropped = http_fixture_new (tracker_answer_peers, NULL, NULL);
  g_autofree char *url = http_fixture_dup_url (tracker, "/announce");
  g_autofree char *dropped_url = http_fixture_dup_url (dropped, "/announce");
  g_autoptr (Torrent) torrent = torrent_new (world, NULL, (const char *const[]){ url, dropped_url, NULL });
  g_autoptr (GPtrArray) tiers = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);

  torrent_start (torrent);
  torrent_run_until_state (torrent, 0, MEIR_TRACKER_OK);
  torrent_run_until_state (torrent, 1, MEIR_TRACKER_OK);
  meir_announcer_rest (torrent->announcer);
  torrent_complete (torrent);
  world_run_msec (world, 30);
  tracker_assert_events (tracker, "started");
  g_ptr_array_add (tiers, g_strsplit (url, " ", -1));
  meir_announcer_set_tiers (torrent->announcer, tiers);
  world_run_until_count (world, &dropped->n_requests, 2);
  tracker_assert_events (dropped, "started stopped");
  torrent_start (torrent);
  world_run_until_count (world, &tracker->n_requests, 2);
  tracker_assert_events (tracker, "started completed");
  torrent_run_until_state (torrent, 0, MEIR_TRACKER_OK);

  meir_announcer_rest (torrent->announcer);
  torrent_stop (torrent);
  world_run_until_count (world, &torrent->n_stops, 1);
  tracker_assert_events (tracker, "started completed stopped");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/announcer-stop/stop-deadline", test_stop_deadline);
  g_test_add_func ("/announcer-stop/stop-while-announcing", test_stop_while_announcing);
  g_test_add_func ("/announcer-stop/stop-corners", test_stop_corners);
  g_test_add_func ("/announcer-stop/rest", test_rest);
  return g_test_run ();
}
