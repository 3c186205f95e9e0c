/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tracker-client.h"

#include "wire/meir-tracker-udp.h"

/* Asks until there is an answer: datagrams may be lost even on the loopback. */
static gsize
ask (int fd, const guint8 *request, gsize length, guint8 reply[2048])
{
  struct timeval patience = { 1, 0 };

  setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  for (guint attempt = 0; attempt < PATIENCE_SEC; attempt++) {
    gssize n;

    client_send (fd, request, length);
    n = recv (fd, reply, 2048, 0);
    if (n > 0)
      return (gsize) n;
  }
  g_assert_not_reached ();
}

static guint64
get_connection_id (int fd)
{
  guint8 request[MEIR_TRACKER_UDP_REQUEST_MAX], reply[2048];
  guint64 id = 0;
  g_autofree char *refusal = NULL;
  gsize n = ask (fd, request, meir_tracker_udp_encode_connect (request, 5), reply);

  g_assert_cmpint (meir_tracker_udp_decode_connect_reply (reply, n, 5, &id, &refusal), ==,
                   MEIR_TRACKER_UDP_OK);
  return id;
}

static void
announce (int fd, guint64 id, guint16 port, guint8 family, MeirAnnounceReply *reply)
{
  MeirAnnounceRequest announce = { .left = 5, .num_want = -1, .port = port };
  guint8 request[MEIR_TRACKER_UDP_REQUEST_MAX + MEIR_TRACKER_UDP_URL_DATA_MAX], bytes[2048];
  g_autofree char *refusal = NULL;
  gsize n = ask (fd, request,
                 meir_tracker_udp_encode_announce (request, id, 7, &announce, "/a/path?with=options"), bytes);

  g_assert_cmpint (meir_tracker_udp_decode_announce_reply (bytes, n, 7, family, reply, &refusal), ==,
                   MEIR_TRACKER_UDP_OK);
}

/* The client's codec and the server's understand each other, over both families. */
static void
test_both_families (void)
{
  static const char *const addresses[] = { "127.0.0.1", "::1" };
  g_autoptr (MeirTracker) tracker = client_start_tracker (NULL, NULL, 0);
  MeirTrackerCounters counters;

  for (guint i = 0; i < 2; i++) {
    int fd = client_connect (SOCK_DGRAM, addresses[i], meir_tracker_get_udp_port (tracker));
    guint64 id = get_connection_id (fd);
    MeirAnnounceReply reply;

    announce (fd, id, 1000, i == 0 ? 4 : 6, &reply);
    announce (fd, id, 1001, i == 0 ? 4 : 6, &reply);
    g_assert_cmpuint (reply.n_peers, ==, 1);
    g_assert_cmpuint (reply.peers[0].port, ==, 1000);
    g_assert_true (meir_endpoint_is_loopback (&reply.peers[0]));
    g_assert_cmpuint (reply.incomplete, ==, 2 + 2 * i); /* one torrent, both families counted */
    close (fd);
  }
  meir_tracker_stop (tracker);
  meir_tracker_get_counters (tracker, &counters);
  g_assert_cmpuint (counters.peers, ==, 4);
  g_assert_cmpuint (counters.torrents, ==, 1);
  g_assert_cmpuint (counters.announces_udp, >=, 4);
  g_assert_cmpuint (counters.bytes_in, >, 0);
}

/* A computer with several addresses answers from the one that was asked: to a connected socket any other is
 * deaf. */
static void
test_reply_address (void)
{
  g_autoptr (MeirTracker) tracker = client_start_tracker (NULL, NULL, 0);
  int fd = client_connect (SOCK_DGRAM, "127.0.0.77", meir_tracker_get_udp_port (tracker));
  MeirAnnounceReply reply;

  announce (fd, get_connection_id (fd), 1000, 4, &reply);
  g_assert_cmpuint (reply.incomplete, ==, 1);
  close (fd);
}

/* More datagrams at once than one batch holds; each gets its own answer. */
static void
test_batches (void)
{
  g_autoptr (MeirTracker) tracker = client_start_tracker ("127.0.0.1", NULL, 0);
  int fd = client_connect (SOCK_DGRAM, "127.0.0.1", meir_tracker_get_udp_port (tracker));
  guint64 id = get_connection_id (fd);
  guint8 request[MEIR_TRACKER_UDP_REQUEST_MAX], bytes[2048];
  gboolean answered[300] = { FALSE };
  guint n_answered = 0;

  for (guint attempt = 0; attempt < PATIENCE_SEC && n_answered < 300; attempt++) {
    for (guint32 i = 0; i < 300; i++) {
      MeirAnnounceRequest announce = { .left = 5, .num_want = 0, .port = (guint16) (1000 + i) };

      if (!answered[i])
        client_send (fd, request, meir_tracker_udp_encode_announce (request, id, i, &announce, NULL));
    }
    while (recv (fd, bytes, sizeof bytes, 0) >= 20) {
      guint32 transaction = meir_load_u32 (bytes + 4);

      g_assert_cmpuint (transaction, <, 300);
      n_answered += !answered[transaction];
      answered[transaction] = TRUE;
    }
  }
  g_assert_cmpuint (n_answered, ==, 300);
  close (fd);
}

/* What is malformed, or unproven, is never answered; what is good and comes after it is. */
static void
test_silence (void)
{
  g_autoptr (MeirTracker) tracker = client_start_tracker ("127.0.0.1", NULL, 0);
  int fd = client_connect (SOCK_DGRAM, "127.0.0.1", meir_tracker_get_udp_port (tracker));
  guint64 id = get_connection_id (fd);
  guint8 junk[2048] = { 0 }, bytes[2048];
  MeirAnnounceReply reply;

  for (gsize length = 0; length < sizeof junk; length += 37) {
    meir_store_u64 (junk, id + 1);
    meir_store_u32 (junk + 8, length % 4);
    g_assert_cmpint (send (fd, junk, length, 0), ==, length);
  }
  announce (fd, id, 1000, 4, &reply);
  g_assert_cmpuint (reply.incomplete, ==, 1);
  g_assert_cmpint (recv (fd, bytes, sizeof bytes, MSG_DONTWAIT), <, 0);
  close (fd);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tracker/udp/both-families", test_both_families);
  g_test_add_func ("/tracker/udp/reply-address", test_reply_address);
  g_test_add_func ("/tracker/udp/batches", test_batches);
  g_test_add_func ("/tracker/udp/k02-k03-silence", test_silence);
  return g_test_run ();
}
