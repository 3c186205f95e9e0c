/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "discover/meir-udp-announce.h"

#include "base/meir-error.h"
#include "tracker-fixture.h"
#include "wire/meir-tracker-udp.h"

#include <string.h>

typedef struct {
  World *world;
  MeirTrackerSetup setup;
  MeirUdpChannel *channel;
  MeirAnnounceRequest request;
  gboolean done;
  MeirAnnounceReply reply;
  char *failure;
  GError *error;
} Try;

static void
try_init (Try *try)
{
  static const MeirEndpoint anywhere;

  *try = (Try){ .world = world_new () };
  try->setup.loop = try->world->loop;
  try->setup.names = try->world->names;
  try->setup.deadlines =
      (MeirTrackerDeadlines){ .udp_wait_msec = 5000, .udp_next_address_msec = 5000, .udp_repetitions = 2 };
  try->channel = meir_udp_channel_new (try->world->loop, &anywhere);
  memset (try->request.info_hash.bytes, 'h', sizeof try->request.info_hash.bytes);
  memset (try->request.peer_id, 'p', sizeof try->request.peer_id);
  try->request.uploaded = 1;
  try->request.downloaded = 2;
  try->request.left = 3;
  try->request.num_want = 50;
  try->request.port = 6881;
  try->request.event = MEIR_ANNOUNCE_EVENT_STARTED;
}

static void
forget (Try *try)
{
  try->done = FALSE;
  g_clear_error (&try->error);
  g_clear_pointer (&try->failure, g_free);
}

static void
try_clear (Try *try)
{
  forget (try);
  meir_udp_channel_free (try->channel);
  world_free (try->world);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Try, try_clear)

static void
answered_cb (gpointer user_data, const MeirAnnounceReply *reply, const GError *error)
{
  Try *try = user_data;

  g_assert_false (try->done);
  g_assert_true ((reply == NULL) != (error == NULL));
  try->done = TRUE;
  if (error != NULL) {
    try->error = g_error_copy (error);
    return;
  }
  try->reply = *reply;
  try->failure = g_strdup (reply->failure);
}

static MeirUdpAnnounce *
begin (Try *try, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MeirAnnounceUrl) url = meir_announce_url_parse (text, &error);

  g_assert_no_error (error);
  forget (try);
  return meir_udp_announce_start (&try->setup, try->channel, url, &try->request, answered_cb, try);
}

static void
run (Try *try, const char *text)
{
  begin (try, text);
  world_run_until (try->world, &try->done);
}

static void
test_good (void)
{
  g_auto (Try) try;
  g_autoptr (UdpFixture) tracker = NULL;
  g_autofree char *url = NULL;

  try_init (&try);
  tracker = udp_fixture_new (NULL, NULL);
  url = udp_fixture_dup_url (tracker);
  run (&try, url);
  g_assert_no_error (try.error);
  g_assert_null (try.failure);
  g_assert_cmpuint (try.reply.n_peers, ==, 1);
  g_assert_cmpuint (try.reply.peers[0].port, ==, 5);
  g_assert_cmpuint (try.reply.complete, ==, 7);
  g_assert_cmpuint (try.reply.incomplete, ==, 8);
  g_assert_cmpmem (tracker->last.info_hash.bytes, 20, try.request.info_hash.bytes, 20);
  g_assert_cmpmem (tracker->last.peer_id, 20, try.request.peer_id, 20);
  g_assert_cmpuint (tracker->last.uploaded, ==, 1);
  g_assert_cmpuint (tracker->last.downloaded, ==, 2);
  g_assert_cmpuint (tracker->last.left, ==, 3);
  g_assert_cmpint (tracker->last.event, ==, MEIR_ANNOUNCE_EVENT_STARTED);
  g_assert_cmpuint (tracker->last.port, ==, 6881);
  g_assert_cmpstr (tracker->last_options, ==, "");
  /* The connection id holds for a minute: no second connect. */
  run (&try, url);
  g_assert_no_error (try.error);
  g_assert_cmpuint (tracker->n_connects, ==, 1);
  g_assert_cmpuint (tracker->n_announces, ==, 2);
}

/* BEP 41: a passkey in the path or query goes along. */
static void
test_url_data (void)
{
  g_auto (Try) try;
  g_autoptr (UdpFixture) tracker = NULL;
  g_autofree char *url = NULL;

  try_init (&try);
  tracker = udp_fixture_new (NULL, NULL);
  url = g_strdup_printf ("udp://127.0.0.1:%u/announce?passkey=x", tracker->port);
  run (&try, url);
  g_assert_no_error (try.error);
  g_assert_cmpstr (tracker->last_options, ==, "\x02\x13/announce?passkey=x");
}

/* What a tracker of the next tests sends in answer to an announce, in order; then the true answer. */
static void
junk_script (UdpFixture *fixture, const guint8 *bytes, gsize length, GSocketAddress *from)
{
  guint8 reply[32] = { 0 };

  /* J01: a transaction id off by one. */
  reply[3] = MEIR_TRACKER_UDP_ANNOUNCE;
  memcpy (reply + 4, bytes + 12, 4);
  reply[7] ^= 1;
  udp_fixture_send (fixture, from, reply, 26);
  reply[7] ^= 1;
  /* J04: cut off within the fixed part. */
  udp_fixture_send (fixture, from, reply, 19);
  udp_fixture_send (fixture, from, reply, 8);
  /* J06: the action of another question. */
  reply[3] = MEIR_TRACKER_UDP_CONNECT;
  udp_fixture_send (fixture, from, reply, 20);
  reply[3] = MEIR_TRACKER_UDP_SCRAPE;
  udp_fixture_send (fixture, from, reply, 20);
  reply[0] = 0xff;
  udp_fixture_send (fixture, from, reply, 20);
  udp_fixture_answer (fixture, bytes, from);
}

static void
test_junk (void)
{
  g_auto (Try) try;
  g_autoptr (UdpFixture) tracker = NULL;
  g_autofree char *url = NULL;

  try_init (&try);
  tracker = udp_fixture_new (junk_script, NULL);
  url = udp_fixture_dup_url (tracker);
  run (&try, url);
  g_assert_no_error (try.error);
  g_assert_cmpuint (try.reply.n_peers, ==, 1);
  g_assert_cmpuint (try.reply.complete, ==, 7);
  g_assert_cmpuint (tracker->n_announces, ==, 1);
}

/* J04, J07, J08: half a peer at the end, thousands of peers, mad intervals. */
static void
odd_script (UdpFixture *fixture, const guint8 *bytes, gsize length, GSocketAddress *from)
{
  guint8 reply[20 + 6 * 1000 + 5];
  gsize reply_length = GPOINTER_TO_SIZE (fixture->data);

  memset (reply, 1, sizeof reply);
  memset (reply, 0, 8);
  memset (reply + 8, 0xff, 4);
  reply[3] = MEIR_TRACKER_UDP_ANNOUNCE;
  memcpy (reply + 4, bytes + 12, 4);
  for (guint i = 0; i < 1000; i++)
    reply[20 + 6 * i + 3] = (guint8) i;
  udp_fixture_send (fixture, from, reply, reply_length);
}

static void
test_odd_replies (void)
{
  g_auto (Try) try;
  g_autoptr (UdpFixture) tracker = NULL;
  g_autofree char *url = NULL;

  try_init (&try);
  tracker = udp_fixture_new (odd_script, GSIZE_TO_POINTER (20 + 6 + 5));
  url = udp_fixture_dup_url (tracker);
  run (&try, url);
  g_assert_no_error (try.error);
  g_assert_cmpuint (try.reply.n_peers, ==, 1);
  g_assert_cmpuint (try.reply.interval_sec, >=, MEIR_ANNOUNCE_INTERVAL_MIN_SEC);
  g_assert_cmpuint (try.reply.interval_sec, <=, MEIR_ANNOUNCE_INTERVAL_MAX_SEC);
  tracker->data = GSIZE_TO_POINTER (20 + 6000 + 5);
  run (&try, url);
  g_assert_no_error (try.error);
  g_assert_cmpuint (try.reply.n_peers, ==, MEIR_TRACKER_PEERS_MAX);
}

/* J05: the tracker's words, short and harmless; an id that was fresh is not to blame. */
static void
refuse_script (UdpFixture *fixture, const guint8 *bytes, gsize length, GSocketAddress *from)
{
  guint8 reply[60000];

  memset (reply, 'x', sizeof reply);
  memset (reply, 0, 8);
  reply[3] = MEIR_TRACKER_UDP_ERROR;
  memcpy (reply + 4, bytes + 12, 4);
  memcpy (reply + 8, "no\x1b[2J\n", 7);
  udp_fixture_send (fixture, from, reply, sizeof reply);
}

static void
test_refused (void)
{
  g_auto (Try) try;
  g_autoptr (UdpFixture) tracker = NULL;
  g_autofree char *url = NULL;

  try_init (&try);
  tracker = udp_fixture_new (refuse_script, NULL);
  url = udp_fixture_dup_url (tracker);
  run (&try, url);
  g_assert_no_error (try.error);
  g_assert_nonnull (try.failure);
  g_assert_cmpint (g_utf8_strlen (try.failure, -1), <=, MEIR_TRACKER_TEXT_MAX);
  g_assert_null (strpbrk (try.failure, "\x1b\n"));
  g_assert_cmpuint (tracker->n_announces, ==, 1);
  g_assert_cmpuint (tracker->n_connects, ==, 1);
}

/* A tracker that was started anew refuses the id it gave before: one new connect, then it works (J09). */
static void
restarted_script (UdpFixture *fixture, const guint8 *bytes, gsize length, GSocketAddress *from)
{
  MeirTrackerUdpRequest request;
  guint8 packet[64];

  g_assert_true (meir_tracker_udp_decode_request (bytes, length, &request));
  if (request.connection_id == fixture->connection_id)
    udp_fixture_answer (fixture, bytes, from);
  else
    udp_fixture_send (
        fixture, from, packet,
        meir_tracker_udp_encode_error (packet, sizeof packet, request.transaction_id, "who are you?"));
}

static void
test_restarted_tracker (void)
{
  g_auto (Try) try;
  g_autoptr (UdpFixture) tracker = NULL;
  g_autofree char *url = NULL;

  try_init (&try);
  tracker = udp_fixture_new (restarted_script, NULL);
  url = udp_fixture_dup_url (tracker);
  run (&try, url);
  g_assert_cmpuint (tracker->n_connects, ==, 1);
  tracker->connection_id++;
  run (&try, url);
  g_assert_no_error (try.error);
  g_assert_null (try.failure);
  g_assert_cmpuint (tracker->n_connects, ==, 2);
  g_assert_cmpuint (tracker->n_announces, ==, 3);
}

/* Lost packets are sent again; an announce without answer begins with a connect again. */
static void
test_repetitions (void)
{
  g_auto (Try) try;
  g_autoptr (UdpFixture) tracker = NULL;
  g_autofree char *url = NULL;

  try_init (&try);
  try.setup.deadlines.udp_wait_msec = 30;
  tracker = udp_fixture_new (NULL, NULL);
  url = udp_fixture_dup_url (tracker);
  tracker->n_connects_ignored = 1;
  tracker->n_announces_ignored = 1;
  run (&try, url);
  g_assert_no_error (try.error);
  g_assert_cmpuint (tracker->n_connects, ==, 3);
  g_assert_cmpuint (tracker->n_announces, ==, 2);
}

/* J10: silence ends after the packets agreed on, with waits that double. */
static void
test_silence (void)
{
  g_auto (Try) try;
  g_autoptr (UdpFixture) tracker = NULL;
  g_autofree char *url = NULL;
  gint64 began;

  try_init (&try);
  try.setup.deadlines.udp_wait_msec = 20;
  tracker = udp_fixture_new (NULL, NULL);
  url = udp_fixture_dup_url (tracker);
  tracker->n_connects_ignored = G_MAXUINT;
  began = g_get_monotonic_time ();
  run (&try, url);
  g_assert_cmpint (g_get_monotonic_time () - began, >=, (20 + 40 + 80) * 1000);
  g_assert_error (try.error, MEIR_ERROR, MEIR_ERROR_TIMED_OUT);
  g_assert_nonnull (strstr (try.error->message, "does not answer"));
  g_assert_cmpuint (tracker->n_connects, ==, 3);
}

/* Answers to connect but never to announce: no endless round of connects. */
static void
test_half_silence (void)
{
  g_auto (Try) try;
  g_autoptr (UdpFixture) tracker = NULL;
  g_autofree char *url = NULL;

  try_init (&try);
  try.setup.deadlines.udp_wait_msec = 10;
  tracker = udp_fixture_new (NULL, NULL);
  url = udp_fixture_dup_url (tracker);
  tracker->n_announces_ignored = G_MAXUINT;
  run (&try, url);
  g_assert_error (try.error, MEIR_ERROR, MEIR_ERROR_TIMED_OUT);
  g_assert_cmpuint (tracker->n_connects, ==, 3);
  g_assert_cmpuint (tracker->n_announces, ==, 3);
}

/* Of several addresses, those that are silent or out of reach only cost time. */
static void
test_addresses (void)
{
  g_auto (Try) try;
  g_autoptr (UdpFixture) tracker = NULL;
  g_autofree char *url = NULL;

  try_init (&try);
  try.setup.deadlines.udp_next_address_msec = 20;
  tracker = udp_fixture_new (NULL, NULL);
  url = g_strdup_printf ("udp://many.test:%u/announce", tracker->port);
  names_install ();
  names_set ("many.test", "127.9.9.1 127.9.9.2 127.0.0.1");
  run (&try, url);
  g_assert_no_error (try.error);
  g_assert_cmpuint (try.reply.n_peers, ==, 1);

  /* J12 */
  names_set ("many.test", "224.0.0.1 ff02::1");
  run (&try, url);
  g_assert_error (try.error, MEIR_ERROR, MEIR_ERROR_INVALID);
  run (&try, "udp://nowhere.test:80");
  g_assert_error (try.error, MEIR_ERROR, MEIR_ERROR_NETWORK);
  names_uninstall ();
}

static void
test_unreachable (void)
{
  g_auto (Try) try;
  g_autoptr (UdpFixture) tracker = NULL;
  g_autofree char *url = NULL;

  try_init (&try);
  try.setup.deadlines.udp_wait_msec = 300;
  try.setup.deadlines.udp_next_address_msec = 20;
  g_assert_true (meir_endpoint_parse (&try.setup.local, "127.0.0.1:1", NULL));
  try.setup.local.port = 0;
  meir_udp_channel_free (try.channel);
  try.channel = meir_udp_channel_new (try.world->loop, &try.setup.local);
  tracker = udp_fixture_new (NULL, NULL);
  url = g_strdup_printf ("udp://many.test:%u", tracker->port);
  names_install ();
  names_set ("many.test", "192.0.2.1 127.0.0.1");
  run (&try, url);
  g_assert_no_error (try.error);
  names_set ("many.test", "192.0.2.1");
  run (&try, url);
  g_assert_nonnull (try.error);
  g_assert_true (try.error->domain == MEIR_ERROR);
  names_uninstall ();
}

/* A goodbye is repeated within its second and a half, whatever the patience otherwise. */
static void
test_goodbye (void)
{
  g_auto (Try) try;
  g_autoptr (UdpFixture) tracker = NULL;
  g_autofree char *url = NULL;

  try_init (&try);
  try.setup.deadlines.udp_wait_msec = 60000;
  tracker = udp_fixture_new (NULL, NULL);
  url = udp_fixture_dup_url (tracker);
  tracker->n_connects_ignored = 1;
  try.request.event = MEIR_ANNOUNCE_EVENT_STOPPED;
  run (&try, url);
  g_assert_no_error (try.error);
  g_assert_cmpint (tracker->last.event, ==, MEIR_ANNOUNCE_EVENT_STOPPED);
}

static void
test_cancel (void)
{
  g_auto (Try) try;
  g_autoptr (UdpFixture) tracker = NULL;
  g_autofree char *url = NULL;
  MeirUdpAnnounce *announce;

  try_init (&try);
  tracker = udp_fixture_new (NULL, NULL);
  url = udp_fixture_dup_url (tracker);
  meir_udp_announce_cancel (begin (&try, url));
  tracker->n_connects_ignored = 1;
  announce = begin (&try, url);
  world_run_until_count (try.world, &tracker->n_connects, 1);
  meir_udp_announce_cancel (announce);
  tracker->n_announces_ignored = 1;
  announce = begin (&try, url);
  world_run_until_count (try.world, &tracker->n_announces, 1);
  meir_udp_announce_cancel (announce);
  world_run_msec (try.world, 30);
  g_assert_false (try.done);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/udp-announce/good", test_good);
  g_test_add_func ("/udp-announce/url-data", test_url_data);
  g_test_add_func ("/udp-announce/junk", test_junk);
  g_test_add_func ("/udp-announce/odd-replies", test_odd_replies);
  g_test_add_func ("/udp-announce/refused", test_refused);
  g_test_add_func ("/udp-announce/restarted-tracker", test_restarted_tracker);
  g_test_add_func ("/udp-announce/repetitions", test_repetitions);
  g_test_add_func ("/udp-announce/silence", test_silence);
  g_test_add_func ("/udp-announce/half-silence", test_half_silence);
  g_test_add_func ("/udp-announce/addresses", test_addresses);
  g_test_add_func ("/udp-announce/unreachable", test_unreachable);
  g_test_add_func ("/udp-announce/goodbye", test_goodbye);
  g_test_add_func ("/udp-announce/cancel", test_cancel);
  return g_test_run ();
}
