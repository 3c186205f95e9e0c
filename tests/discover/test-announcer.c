/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "discover/meir-announcer.h"

#include "torrent-fixture.h"

#include <string.h>

/* A torrent's life: started, completed once, stopped, with the figures of each moment. */
static void
test_life (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (HttpFixture) tracker = http_fixture_new (tracker_answer_peers, NULL, NULL);
  g_autofree char *url = http_fixture_dup_url (tracker, "/announce");
  g_autoptr (Torrent) torrent = torrent_new (world, NULL, (const char *const[]){ url, NULL });
  g_autoptr (MeirTrackerStatus) before = torrent_dup_status (torrent, 0);
  g_autoptr (MeirTrackerStatus) working = NULL;
  g_autoptr (MeirTrackerStatus) after = NULL;

  g_assert_cmpint (before->state, ==, MEIR_TRACKER_IDLE);
  g_assert_cmpint (before->seeds, ==, -1);
  world_run_msec (world, 20);
  g_assert_cmpuint (tracker->n_connections, ==, 0);

  torrent_start (torrent);
  torrent_run_until_state (torrent, 0, MEIR_TRACKER_OK);
  g_assert_cmpstr (torrent->peers->str, ==, "1.2.3.4:6881 1.2.3.5:6881 ");
  g_assert_cmpstr (torrent->peers_from, ==, url);
  working = torrent_dup_status (torrent, 0);
  g_assert_cmpstr (working->url, ==, url);
  g_assert_cmpstr (working->message, ==, "It works, and named 2 peers");
  g_assert_null (working->error);
  g_assert_cmpint (working->seeds, ==, 3);
  g_assert_cmpint (working->leechers, ==, 4);
  g_assert_cmpint (working->completed, ==, 9);
  g_assert_cmpint (working->next_announce_usec, >, g_get_monotonic_time () + 1700 * G_USEC_PER_SEC);
  g_assert_true (tracker_heard (tracker, 0, "uploaded=11&downloaded=22&left=33"));
  g_assert_true (tracker_heard (tracker, 0, "info_hash=infoinfoinfoinfoinfo"));
  g_assert_true (tracker_heard (tracker, 0, "peer_id=peerpeerpeerpeerpeer"));
  g_assert_true (tracker_heard (tracker, 0, "port=6881"));
  g_assert_true (tracker_heard (tracker, 0, "numwant=40"));

  torrent_complete (torrent);
  torrent_complete (torrent);
  world_run_until_count (world, &tracker->n_requests, 2);
  torrent_run_until_state (torrent, 0, MEIR_TRACKER_OK);
  torrent_complete (torrent);
  world_run_msec (world, 30);
  tracker_assert_events (tracker, "started completed");
  g_assert_true (tracker_heard (tracker, 1, "left=0"));

  torrent_stop (torrent);
  world_run_until_count (world, &torrent->n_stops, 1);
  tracker_assert_events (tracker, "started completed stopped");
  g_assert_true (tracker_heard (tracker, 2, "numwant=0"));
  after = torrent_dup_status (torrent, 0);
  g_assert_cmpint (after->state, ==, MEIR_TRACKER_IDLE);
  g_assert_cmpint (after->next_announce_usec, ==, 0);
  world_run_msec (world, 20);
  g_assert_cmpuint (torrent->n_stops, ==, 1);

  /* Started anew, it is complete already, and tracker_heard so no more. */
  torrent_start (torrent);
  torrent_run_until_state (torrent, 0, MEIR_TRACKER_OK);
  world_run_msec (world, 20);
  tracker_assert_events (tracker, "started completed stopped started");
}

/* A download that ends while "started" is under way still ends in one "completed". */
static void
test_early_completion (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (HttpFixture) first = http_fixture_new (tracker_answer_peers, NULL, NULL);
  g_autoptr (HttpFixture) second = http_fixture_new (tracker_answer_peers, NULL, NULL);
  g_autofree char *first_url = http_fixture_dup_url (first, "/announce");
  g_autofree char *second_url = http_fixture_dup_url (second, "/announce");
  g_autoptr (Torrent) torrent =
      torrent_new (world, NULL, (const char *const[]){ first_url, second_url, NULL });

  torrent_start (torrent);
  torrent_complete (torrent);
  world_run_until_count (world, &first->n_requests, 2);
  world_run_until_count (world, &second->n_requests, 2);
  torrent_run_until_state (torrent, 0, MEIR_TRACKER_OK);
  torrent_run_until_state (torrent, 1, MEIR_TRACKER_OK);
  world_run_msec (world, 30);
  /* BEP 12 as practised: every tier has its swarm, and every one is told. */
  tracker_assert_events (first, "started completed");
  tracker_assert_events (second, "started completed");
}

/* BEP 12: the trackers of a tier in turn; the one that works is asked first from then on. */
static void
test_tier_order (void)
{
  g_autoptr (World) world = world_new ();
  HttpFixture *trackers[4];
  g_autoptr (GString) tier = g_string_new (NULL);
  guint n_asked = 0, n_failed = 0;
  Torrent *torrent;

  for (guint i = 0; i < 4; i++) {
    g_autofree char *url = NULL;
    trackers[i] = http_fixture_new (i == 2 ? tracker_answer_peers : tracker_refuse, NULL, NULL);
    url = http_fixture_dup_url (trackers[i], "/announce");
    g_string_append_printf (tier, "%s%s", i > 0 ? " " : "", url);
  }
  torrent = torrent_new (world, NULL, (const char *const[]){ tier->str, NULL });
  torrent_start (torrent);
  torrent_run_until_state (torrent, 2, MEIR_TRACKER_OK);
  for (guint i = 0; i < 4; i++) {
    g_assert_cmpuint (trackers[i]->n_requests, <=, 1);
    n_asked += trackers[i]->n_requests;
    if (i != 2 && trackers[i]->n_requests == 1) {
      g_autoptr (MeirTrackerStatus) status = torrent_dup_status (torrent, i);
      g_assert_cmpint (status->state, ==, MEIR_TRACKER_FAILED);
      g_assert_nonnull (strstr (status->message, "” refused: not registered"));
      g_assert_cmpstr (status->message, ==, status->error);
      g_assert_cmpint (status->next_announce_usec, ==, 0);
      n_failed++;
    }
  }
  torrent_complete (torrent);
  world_run_until_count (world, &trackers[2]->n_requests, 2);
  world_run_msec (world, 20);
  for (guint i = 0; i < 4; i++)
    n_asked -= MIN (trackers[i]->n_requests, 1);
  g_assert_cmpuint (n_asked, ==, 0);

  /* Also when the torrent is stopped and started again. */
  torrent_stop (torrent);
  world_run_until_count (world, &torrent->n_stops, 1);
  torrent_start (torrent);
  torrent_run_until_state (torrent, 2, MEIR_TRACKER_OK);
  tracker_assert_events (trackers[2], "started completed stopped started");
  for (guint i = 0; i < 4; i++)
    n_asked += i != 2 ? trackers[i]->n_requests : 0;
  g_assert_cmpuint (n_asked, ==, n_failed);
  torrent_free (torrent);
  for (guint i = 0; i < 4; i++)
    http_fixture_free (trackers[i]);
}

/* BEP 12: shuffled, so that not every client asks the same one first. */
static void
test_shuffle (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (HttpFixture) a = http_fixture_new (tracker_answer_peers, NULL, NULL);
  g_autoptr (HttpFixture) b = http_fixture_new (tracker_answer_peers, NULL, NULL);
  g_autofree char *a_url = http_fixture_dup_url (a, "/announce");
  g_autofree char *b_url = http_fixture_dup_url (b, "/announce");
  g_autofree char *tier = g_strconcat (a_url, " ", b_url, NULL);

  for (guint i = 0; i < 100 && (a->n_requests == 0 || b->n_requests == 0); i++) {
    g_autoptr (Torrent) torrent = torrent_new (world, NULL, (const char *const[]){ tier, NULL });
    torrent_start (torrent);
    world_run_until_count (world, &torrent->n_peers_calls, 1);
  }
  g_assert_cmpuint (a->n_requests, >, 0);
  g_assert_cmpuint (b->n_requests, >, 0);
}

static void
silent_script (HttpFixture *fixture, const char *target, Answer *answer)
{
}

/* H29: a silent tracker does not hold up the others of its tier. */
static void
test_patience (void)
{
  MeirTrackerDeadlines deadlines = MEIR_TRACKER_DEADLINES_DEFAULT;
  g_autoptr (World) world = world_new ();
  g_autoptr (HttpFixture) silent = http_fixture_new (silent_script, NULL, NULL);
  g_autoptr (HttpFixture) mute = http_fixture_new (silent_script, NULL, NULL);
  g_autoptr (HttpFixture) good = http_fixture_new (tracker_answer_peers, NULL, NULL);
  g_autofree char *silent_url = http_fixture_dup_url (silent, "/announce");
  g_autofree char *mute_url = http_fixture_dup_url (mute, "/announce");
  g_autofree char *good_url = http_fixture_dup_url (good, "/announce");
  g_autofree char *tier = g_strjoin (" ", silent_url, mute_url, good_url, NULL);
  g_autoptr (HttpFixture) quick = http_fixture_new (tracker_answer_peers, NULL, NULL);
  g_autofree char *quick_url = http_fixture_dup_url (quick, "/announce");

  deadlines.tier_patience_msec = 100;
  deadlines.http_first_byte_msec = deadlines.http_total_msec = 600000;
  /* Several times, for the order is shuffled. */
  for (guint i = 0; i < 4; i++) {
    g_autoptr (Torrent) torrent =
        torrent_new (world, &deadlines, (const char *const[]){ tier, quick_url, NULL });

    torrent_start (torrent);
    torrent_run_until_state (torrent, 3, MEIR_TRACKER_OK);
    torrent_run_until_state (torrent, 2, MEIR_TRACKER_OK);
    g_assert_cmpuint (torrent->n_peers_calls, ==, 2);
  }
}

/* Failed trackers are asked again, and a tracker that comes back works again. */
static void
comeback_script (HttpFixture *fixture, const char *target, Answer *answer)
{
  if (fixture->n_requests < 4)
    answer_raw (answer, "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n");
  else
    tracker_answer_peers (fixture, target, answer);
}

static void
test_retry (void)
{
  MeirTrackerDeadlines deadlines = MEIR_TRACKER_DEADLINES_DEFAULT;
  g_autoptr (World) world = world_new ();
  g_autoptr (HttpFixture) tracker = http_fixture_new (comeback_script, NULL, NULL);
  g_autofree char *url = http_fixture_dup_url (tracker, "/announce");
  g_autoptr (Torrent) torrent = NULL;
  g_autoptr (MeirTrackerStatus) failed = NULL;
  g_autoptr (MeirTrackerStatus) working = NULL;

  deadlines.retry_msec = 20;
  torrent = torrent_new (world, &deadlines, (const char *const[]){ url, NULL });
  torrent_start (torrent);
  torrent_run_until_state (torrent, 0, MEIR_TRACKER_FAILED);
  failed = torrent_dup_status (torrent, 0);
  g_assert_nonnull (strstr (failed->error, "500"));
  g_assert_cmpint (failed->next_announce_usec, >, 0);
  torrent_run_until_state (torrent, 0, MEIR_TRACKER_OK);
  g_assert_cmpuint (tracker->n_requests, ==, 4);
  tracker_assert_events (tracker, "started started started started");
  working = torrent_dup_status (torrent, 0);
  g_assert_null (working->error);
}

/* H08: "never" and 410 are believed, and shown. */
static void
never_script (HttpFixture *fixture, const char *target, Answer *answer)
{
  answer_raw (answer, fixture->data);
}

static void
test_disabled (void)
{
  static const char *const answers[] = {
    "HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 200 OK\r\n\r\nd14:failure reason3:no\n8:retry in5:nevere",
  };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++) {
    MeirTrackerDeadlines deadlines = MEIR_TRACKER_DEADLINES_DEFAULT;
    g_autoptr (World) world = world_new ();
    g_autoptr (HttpFixture) tracker = http_fixture_new (never_script, (gpointer) answers[i], NULL);
    g_autofree char *url = http_fixture_dup_url (tracker, "/announce");
    g_autoptr (Torrent) torrent = NULL;
    g_autoptr (MeirTrackerStatus) status = NULL;
    MeirAnnouncerSummary summary;

    deadlines.retry_msec = 1;
    torrent = torrent_new (world, &deadlines, (const char *const[]){ url, NULL });
    torrent_start (torrent);
    torrent_run_until_state (torrent, 0, MEIR_TRACKER_DISABLED);
    meir_announcer_force (torrent->announcer);
    torrent_complete (torrent);
    world_run_msec (world, 30);
    g_assert_cmpuint (tracker->n_requests, ==, 1);
    status = torrent_dup_status (torrent, 0);
    g_assert_nonnull (status->error);
    g_assert_cmpint (status->next_announce_usec, ==, 0);
    meir_announcer_get_summary (torrent->announcer, &summary);
    g_assert_cmpstr (summary.error, ==, status->error);
    g_assert_cmpstr (summary.refusal, ==, i == 0 ? "It is gone for good (410 Gone)" : "no\357\277\275");
    torrent_stop (torrent);
    world_run_until_count (world, &torrent->n_stops, 1);
    g_assert_cmpuint (tracker->n_requests, ==, 1);
    g_assert_cmpint (torrent_get_state (torrent, 0), ==, MEIR_TRACKER_DISABLED);
  }
}

static void
test_unusable (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (HttpFixture) tracker = http_fixture_new (tracker_answer_peers, NULL, NULL);
  g_autofree char *url = http_fixture_dup_url (tracker, "/announce");
  g_autofree char *first = g_strjoin (" ", "wss://t.example/", url, "http://me:secret@\x1b[2J/", NULL);
  g_autoptr (Torrent) torrent = torrent_new (world, NULL, (const char *const[]){ first, "", url, NULL });
  g_autoptr (GPtrArray) all = NULL;

  torrent_start (torrent);
  torrent_run_until_state (torrent, 1, MEIR_TRACKER_OK);
  world_run_msec (world, 20);
  g_assert_cmpuint (tracker->n_requests, ==, 1);
  all = meir_announcer_dup_status (torrent->announcer);
  g_assert_cmpuint (all->len, ==, 4);
  for (guint i = 0; i < all->len; i++) {
    const MeirTrackerStatus *status = all->pdata[i];
    g_assert_cmpint (status->state, ==, i == 1 ? MEIR_TRACKER_OK : MEIR_TRACKER_DISABLED);
    g_assert_cmpuint (status->tier, ==, i < 3 ? 0 : 2);
    g_assert_null (strpbrk (status->url, "\x1b\n"));
    g_assert_null (strstr (status->url, "secret"));
    g_assert_null (strpbrk (status->message, "\x1b\n"));
  }
  g_assert_nonnull (strstr (((MeirTrackerStatus *) all->pdata[3])->message, "twice"));
}

/* H12: not ourselves, nobody twice, nobody who cannot be. */
static void
test_peers (void)
{
  static const char body[] = "d11:external ip4:\x05\x06\x07\x08"
                             "8:intervali1800e5:peers42:"
                             "\x01\x02\x03\x04\x1a\xe1"
                             "\x05\x06\x07\x08\x1a\xe1"
                             "\x01\x02\x03\x04\x1a\xe1"
                             "\x05\x06\x07\x08\x1a\xe2"
                             "\xff\xff\xff\xff\x1a\xe1"
                             "\xe0\x01\x01\x01\x1a\xe1"
                             "\x01\x02\x03\x04\x1a\xe2"
                             "e";
  g_autoptr (World) world = world_new ();
  g_autoptr (HttpFixture) tracker = http_fixture_new (tracker_answer_peers, (gpointer) body, NULL);
  g_autofree char *url = http_fixture_dup_url (tracker, "/announce");
  g_autoptr (Torrent) torrent = torrent_new (world, NULL, (const char *const[]){ url, NULL });

  torrent_start (torrent);
  torrent_run_until_state (torrent, 0, MEIR_TRACKER_OK);
  g_assert_cmpstr (torrent->peers->str, ==, "1.2.3.4:6881 5.6.7.8:6882 1.2.3.4:6882 ");
}

/* BEP 3: the tracker id goes back; a warning is shown. */
static void
test_tracker_id (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (HttpFixture) tracker = http_fixture_new (
      tracker_answer_peers,
      (gpointer) "d8:intervali1800e5:peers0:10:tracker id4:a&=b15:warning message8:be\nawaree", NULL);
  g_autofree char *url = http_fixture_dup_url (tracker, "/announce");
  g_autoptr (Torrent) torrent = torrent_new (world, NULL, (const char *const[]){ url, NULL });
  g_autoptr (MeirTrackerStatus) status = NULL;

  torrent_start (torrent);
  torrent_run_until_state (torrent, 0, MEIR_TRACKER_OK);
  g_assert_false (tracker_heard (tracker, 0, "trackerid"));
  status = torrent_dup_status (torrent, 0);
  g_assert_nonnull (strstr (status->message, "warns: be"));
  g_assert_null (strchr (status->message, '\n'));
  torrent_complete (torrent);
  world_run_until_count (world, &tracker->n_requests, 2);
  g_assert_true (tracker_heard (tracker, 1, "trackerid=a%26%3Db"));
  g_assert_cmpuint (torrent->n_peers_calls, ==, 0);
}

/* "Ask now" is not asked sooner than the tracker allows. */
static void
test_force (void)
{
  MeirTrackerDeadlines deadlines = MEIR_TRACKER_DEADLINES_DEFAULT;
  g_autoptr (World) world = world_new ();
  g_autoptr (HttpFixture) good = http_fixture_new (tracker_answer_peers, NULL, NULL);
  g_autoptr (HttpFixture) bad = http_fixture_new (tracker_refuse, NULL, NULL);
  g_autofree char *good_url = http_fixture_dup_url (good, "/announce");
  g_autofree char *bad_url = http_fixture_dup_url (bad, "/announce");
  g_autoptr (Torrent) torrent = NULL;
  g_autoptr (MeirTrackerStatus) before = NULL;
  g_autoptr (MeirTrackerStatus) after = NULL;
  gint64 now_usec;

  torrent = torrent_new (world, &deadlines, (const char *const[]){ good_url, bad_url, NULL });
  torrent_start (torrent);
  torrent_run_until_state (torrent, 0, MEIR_TRACKER_OK);
  torrent_run_until_state (torrent, 1, MEIR_TRACKER_FAILED);
  before = torrent_dup_status (torrent, 0);
  meir_announcer_force (torrent->announcer);
  world_run_msec (world, 30);
  after = torrent_dup_status (torrent, 0);
  now_usec = g_get_monotonic_time ();
  g_assert_cmpint (after->next_announce_usec, <, before->next_announce_usec);
  g_assert_cmpint (after->next_announce_usec, >, now_usec + 30 * G_USEC_PER_SEC);
  g_assert_cmpint (after->next_announce_usec, <=, now_usec + 60 * G_USEC_PER_SEC);
  g_assert_cmpuint (good->n_requests, ==, 1);
  g_assert_cmpuint (bad->n_requests, ==, 1);
}

static void
test_udp (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (UdpFixture) tracker = udp_fixture_new (NULL, NULL);
  g_autofree char *url = udp_fixture_dup_url (tracker);
  g_autoptr (Torrent) torrent = torrent_new (world, NULL, (const char *const[]){ url, NULL });

  torrent_start (torrent);
  torrent_run_until_state (torrent, 0, MEIR_TRACKER_OK);
  g_assert_cmpstr (torrent->peers->str, ==, "1.2.3.4:5 ");
  g_assert_cmpint (tracker->last.event, ==, MEIR_ANNOUNCE_EVENT_STARTED);
  g_assert_cmpint (tracker->last.num_want, ==, 40);
  /* J10: with a tracker gone silent the goodbye ends in time all the same. */
  tracker->n_announces_ignored = G_MAXUINT;
  tracker->n_connects_ignored = G_MAXUINT;
  torrent_stop (torrent);
  world_run_until_count (world, &torrent->n_stops, 1);
  g_assert_cmpint (tracker->last.event, ==, MEIR_ANNOUNCE_EVENT_STOPPED);
  g_assert_cmpint (tracker->last.num_want, ==, 0);
}

static void
test_no_trackers (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Torrent) torrent = torrent_new (world, NULL, (const char *const[]){ NULL });
  g_autoptr (GPtrArray) all = meir_announcer_dup_status (torrent->announcer);

  g_assert_cmpuint (all->len, ==, 0);
  torrent_start (torrent);
  torrent_complete (torrent);
  meir_announcer_force (torrent->announcer);
  world_run_msec (world, 10);
  torrent_stop (torrent);
  world_run_until_count (world, &torrent->n_stops, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/announcer/life", test_life);
  g_test_add_func ("/announcer/early-completion", test_early_completion);
  g_test_add_func ("/announcer/tier-order", test_tier_order);
  g_test_add_func ("/announcer/shuffle", test_shuffle);
  g_test_add_func ("/announcer/patience", test_patience);
  g_test_add_func ("/announcer/retry", test_retry);
  g_test_add_func ("/announcer/disabled", test_disabled);
  g_test_add_func ("/announcer/unusable", test_unusable);
  g_test_add_func ("/announcer/peers", test_peers);
  g_test_add_func ("/announcer/tracker-id", test_tracker_id);
  g_test_add_func ("/announcer/force", test_force);
  g_test_add_func ("/announcer/udp", test_udp);
  g_test_add_func ("/announcer/no-trackers", test_no_trackers);
  return g_test_run ();
}
