/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "discover/meir-announce-record.h"

#include "base/meir-error.h"

#include <string.h>

#define NOW (1000 * G_USEC_PER_SEC)

typedef MeirAnnounceRecord Record;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Record, meir_announce_record_free)

static MeirPrng prng;

static Record *
record_new (const char *url)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  return meir_announce_record_new (NULL, url, 0, seen);
}

static gboolean
answer (Record *record, const MeirAnnounceReply *reply, const GError *error)
{
  meir_announce_record_on_sent (record, MEIR_ANNOUNCE_EVENT_STARTED, NOW);
  g_assert_cmpint (record->state, ==, MEIR_TRACKER_ANNOUNCING);
  return meir_announce_record_on_answer (record, reply, error, 15000, NOW, &prng);
}

static void
test_new (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (Record) first = meir_announce_record_new (NULL, "http://t.example/announce", 3, seen);
  g_autoptr (Record) same = meir_announce_record_new (NULL, "HTTP://t.example:80/announce#x", 4, seen);
  g_autoptr (Record) bad = meir_announce_record_new (NULL, "http://t.example/ \x1b[2J", 5, seen);

  g_assert_cmpint (first->state, ==, MEIR_TRACKER_IDLE);
  g_assert_cmpuint (first->tier, ==, 3);
  g_assert_cmpstr (first->message, ==, "Not asked yet");
  g_assert_null (first->error);
  g_assert_cmpint (first->seeds, ==, -1);
  g_assert_cmpint (same->state, ==, MEIR_TRACKER_DISABLED);
  g_assert_nonnull (strstr (same->error, "twice"));
  g_assert_cmpint (bad->state, ==, MEIR_TRACKER_DISABLED);
  g_assert_null (bad->url);
  g_assert_null (strchr (bad->shown, '\x1b'));
  g_assert_null (strchr (bad->error, '\x1b'));
}

/* One event an announce: what happened goes before what is. */
static void
test_next_event (void)
{
  g_autoptr (Record) record = record_new ("http://t.example/announce");

  g_assert_cmpint (meir_announce_record_next_event (record, TRUE, TRUE), ==, MEIR_ANNOUNCE_EVENT_STARTED);
  record->knows_us = TRUE;
  g_assert_cmpint (meir_announce_record_next_event (record, TRUE, TRUE), ==, MEIR_ANNOUNCE_EVENT_COMPLETED);
  g_assert_cmpint (meir_announce_record_next_event (record, FALSE, TRUE), ==, MEIR_ANNOUNCE_EVENT_PAUSED);
  g_assert_cmpint (meir_announce_record_next_event (record, FALSE, FALSE), ==, MEIR_ANNOUNCE_EVENT_NONE);
}

static void
test_reply (void)
{
  g_autoptr (Record) record = record_new ("http://t.example/announce");
  g_autoptr (MeirTrackerStatus) status = NULL;
  MeirAnnounceReply reply;

  meir_announce_reply_init (&reply);
  reply.complete = 5;
  reply.n_peers = 1;
  memset (reply.tracker_id, 'x', sizeof reply.tracker_id);
  reply.tracker_id_length = sizeof reply.tracker_id;
  g_assert_true (answer (record, &reply, NULL));
  g_assert_cmpint (record->state, ==, MEIR_TRACKER_OK);
  g_assert_true (record->knows_us);
  g_assert_cmpstr (record->message, ==, "It works, and named 1 peer");
  g_assert_cmpint (record->seeds, ==, 5);
  g_assert_cmpint (record->leechers, ==, -1);
  g_assert_cmpmem (record->tracker_id, record->tracker_id_length, reply.tracker_id, sizeof reply.tracker_id);

  /* An answer without a tracker id leaves the one given before. */
  reply.tracker_id_length = 0;
  g_assert_true (answer (record, &reply, NULL));
  g_assert_cmpuint (record->tracker_id_length, ==, sizeof reply.tracker_id);
  status = meir_announce_record_dup_status (record, TRUE);
  g_assert_cmpint (status->next_announce_usec, >, NOW);
}

static void
test_failure (void)
{
  g_autoptr (Record) record = record_new ("http://t.example/announce");
  g_autoptr (GError) error = g_error_new_literal (MEIR_ERROR, MEIR_ERROR_NETWORK, "No way there.");
  g_autoptr (MeirTrackerStatus) planned = NULL;
  g_autoptr (MeirTrackerStatus) unplanned = NULL;
  g_auto (MeirAnnounceReply) reply;

  meir_announce_reply_init (&reply);
  g_assert_false (answer (record, NULL, error));
  g_assert_cmpint (record->state, ==, MEIR_TRACKER_FAILED);
  g_assert_cmpstr (record->message, ==, "No way there.");
  planned = meir_announce_record_dup_status (record, TRUE);
  unplanned = meir_announce_record_dup_status (record, FALSE);
  g_assert_cmpstr (planned->error, ==, "No way there.");
  g_assert_cmpint (planned->next_announce_usec, ==, record->plan.due_usec);
  g_assert_cmpint (unplanned->next_announce_usec, ==, 0);
  g_assert_false (record->knows_us);

  g_assert_true (answer (record, &reply, NULL));
  g_assert_null (record->error);
  /* A failure later on does not make it forget us, but "never" does. */
  g_assert_false (answer (record, NULL, error));
  g_assert_true (record->knows_us);
  reply.failure = g_strdup ("go away");
  reply.retry_sec = MEIR_RETRY_NEVER;
  g_assert_false (answer (record, &reply, NULL));
  g_assert_cmpint (record->state, ==, MEIR_TRACKER_DISABLED);
  g_assert_cmpstr (record->error, ==, "The tracker “t.example:80” refused: go away");
  g_assert_false (record->knows_us);
  meir_announce_record_rest (record);
  g_assert_cmpint (record->state, ==, MEIR_TRACKER_DISABLED);
}

static void
test_rest (void)
{
  g_autoptr (Record) record = record_new ("http://t.example/announce");
  MeirAnnounceReply reply;

  meir_announce_reply_init (&reply);
  reply.complete = 5;
  g_assert_true (answer (record, &reply, NULL));
  meir_announce_record_rest (record);
  g_assert_cmpint (record->state, ==, MEIR_TRACKER_IDLE);
  g_assert_false (record->knows_us);
  g_assert_cmpint (record->plan.due_usec, ==, 0);
  g_assert_cmpint (record->seeds, ==, 5);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  meir_prng_init (&prng, 1);
  g_test_add_func ("/announce-record/new", test_new);
  g_test_add_func ("/announce-record/next-event", test_next_event);
  g_test_add_func ("/announce-record/reply", test_reply);
  g_test_add_func ("/announce-record/failure", test_failure);
  g_test_add_func ("/announce-record/rest", test_rest);
  return g_test_run ();
}
