/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "discover/meir-udp-channel.h"

#include "base/meir-byte-cursor.h"
#include "base/meir-error.h"
#include "tracker-fixture.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const MeirEndpoint anywhere;

/* A socket of ours on loopback, and its endpoint. */
static int
open_peer (guint8 family, MeirEndpoint *endpoint)
{
  struct sockaddr_storage address;
  socklen_t length;
  int fd = socket (family == 4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  g_assert_true (meir_endpoint_parse (endpoint, family == 4 ? "127.0.0.1:1" : "[::1]:1", NULL));
  endpoint->port = 0;
  length = meir_endpoint_to_sockaddr (endpoint, &address);
  if (fd < 0)
    return -1;
  if (bind (fd, (struct sockaddr *) &address, length) < 0) {
    close (fd);
    return -1;
  }
  g_assert_cmpint (getsockname (fd, (struct sockaddr *) &address, &length), ==, 0);
  g_assert_true (meir_endpoint_from_sockaddr (endpoint, (struct sockaddr *) &address, length));
  return fd;
}

typedef struct {
  MeirUdpWait wait;
  guint n_datagrams;
  gsize last_length;
} Waiter;

static void
datagram_cb (MeirUdpWait *wait, const guint8 *bytes, gsize length)
{
  Waiter *waiter = (Waiter *) wait;

  waiter->n_datagrams++;
  waiter->last_length = length;
}

/* Sends 16 zero bytes through @channel to @fd; returns where they came from. */
static socklen_t
greet (MeirUdpChannel *channel, Waiter *waiter, int fd, struct sockaddr_storage *from)
{
  static const guint8 zeros[16];
  guint8 got[32];
  socklen_t length = sizeof *from;

  g_assert_true (meir_udp_channel_send (channel, &waiter->wait, zeros, sizeof zeros, NULL));
  g_assert_cmpint (recvfrom (fd, got, sizeof got, 0, (struct sockaddr *) from, &length), ==, 16);
  return length;
}

static void
answer (int fd, const struct sockaddr_storage *to, socklen_t to_length, guint32 transaction_id, gsize length)
{
  static guint8 bytes[65536];

  memset (bytes, 0, sizeof bytes);
  meir_store_u32 (bytes + 4, transaction_id);
  g_assert_cmpint (sendto (fd, bytes, length, 0, (const struct sockaddr *) to, to_length), ==,
                   (gssize) length);
}

static void
check_family (guint8 family)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (MeirUdpChannel) channel = meir_udp_channel_new (world->loop, &anywhere);
  MeirEndpoint endpoint, other_endpoint;
  struct sockaddr_storage from;
  socklen_t from_length;
  Waiter waiter = { 0 };
  int fd = open_peer (family, &endpoint);
  int other = open_peer (family, &other_endpoint);

  if (fd < 0) {
    g_test_skip ("no loopback address of this family");
    return;
  }
  meir_udp_channel_wait (channel, &waiter.wait, &endpoint, datagram_cb);
  from_length = greet (channel, &waiter, fd, &from);
  /* J01, J02, J03: other transaction, other sender, too short to have one. */
  answer (fd, &from, from_length, waiter.wait.transaction_id + 1, 16);
  answer (other, &from, from_length, waiter.wait.transaction_id, 16);
  answer (fd, &from, from_length, waiter.wait.transaction_id, 7);
  answer (fd, &from, from_length, waiter.wait.transaction_id, 0);
  answer (fd, &from, from_length, waiter.wait.transaction_id, 16);
  world_run_until_count (world, &waiter.n_datagrams, 1);
  g_assert_cmpuint (waiter.last_length, ==, 16);
  /* J07: a huge datagram is cut, not refused. */
  answer (fd, &from, from_length, waiter.wait.transaction_id, 60000);
  world_run_until_count (world, &waiter.n_datagrams, 2);
  g_assert_cmpuint (waiter.last_length, <, 60000);
  g_assert_cmpuint (waiter.last_length, >=, 3620);

  meir_udp_channel_end_wait (channel, &waiter.wait);
  answer (fd, &from, from_length, waiter.wait.transaction_id, 16);
  world_run_msec (world, 20);
  g_assert_cmpuint (waiter.n_datagrams, ==, 2);
  meir_udp_channel_end_wait (channel, &waiter.wait);
  close (fd);
  close (other);
}

static void
test_ipv4 (void)
{
  check_family (4);
}

static void
test_ipv6 (void)
{
  check_family (6);
}

/* Every wait has a transaction id of its own, new each time. */
static void
test_transactions (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (MeirUdpChannel) channel = meir_udp_channel_new (world->loop, &anywhere);
  g_autoptr (GHashTable) ids = g_hash_table_new (NULL, NULL);
  static Waiter waiters[300];
  MeirEndpoint endpoint;

  g_assert_true (meir_endpoint_parse (&endpoint, "127.0.0.1:9", NULL));
  for (guint i = 0; i < G_N_ELEMENTS (waiters); i++) {
    for (guint again = 0; again < 3; again++) {
      meir_udp_channel_wait (channel, &waiters[i].wait, &endpoint, datagram_cb);
      g_assert_true (g_hash_table_add (ids, GUINT_TO_POINTER (waiters[i].wait.transaction_id)));
    }
  }
  for (guint i = 0; i < G_N_ELEMENTS (waiters); i++)
    meir_udp_channel_end_wait (channel, &waiters[i].wait);
}

/* J11: a flood neither reaches a waiter nor drowns its answer. */
static void
test_flood (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (MeirUdpChannel) channel = meir_udp_channel_new (world->loop, &anywhere);
  MeirEndpoint endpoint, other_endpoint;
  struct sockaddr_storage from;
  socklen_t from_length;
  Waiter waiter = { 0 };
  int fd = open_peer (4, &endpoint);
  int other = open_peer (4, &other_endpoint);

  meir_udp_channel_wait (channel, &waiter.wait, &endpoint, datagram_cb);
  from_length = greet (channel, &waiter, fd, &from);
  for (guint round = 0; round < 100; round++) {
    for (guint i = 0; i < 50; i++)
      answer (other, &from, from_length, waiter.wait.transaction_id, 16);
    for (guint i = 0; i < 50; i++)
      answer (fd, &from, from_length, waiter.wait.transaction_id + 1 + i, 16);
    world_run_msec (world, 1);
  }
  g_assert_cmpuint (waiter.n_datagrams, ==, 0);
  world_run_msec (world, 20);
  answer (fd, &from, from_length, waiter.wait.transaction_id, 16);
  world_run_until_count (world, &waiter.n_datagrams, 1);
  meir_udp_channel_end_wait (channel, &waiter.wait);
  close (fd);
  close (other);
}

static void
test_connections (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (MeirUdpChannel) channel = meir_udp_channel_new (world->loop, &anywhere);
  MeirEndpoint endpoint;
  guint64 id = 0;

  g_assert_true (meir_endpoint_parse (&endpoint, "127.0.0.1:1", NULL));
  g_assert_false (meir_udp_channel_find_connection (channel, &endpoint, &id));
  for (guint port = 1; port <= 1000; port++) {
    endpoint.port = (guint16) port;
    meir_udp_channel_keep_connection (channel, &endpoint, port);
    meir_udp_channel_keep_connection (channel, &endpoint, port + 5);
  }
  for (guint port = 1; port <= 1000; port++) {
    endpoint.port = (guint16) port;
    g_assert_true (meir_udp_channel_find_connection (channel, &endpoint, &id));
    g_assert_cmpuint (id, ==, port + 5);
  }
  meir_udp_channel_drop_connection (channel, &endpoint);
  g_assert_false (meir_udp_channel_find_connection (channel, &endpoint, &id));
}

/* Bound to loopback, the kernel refuses the way out before anything is sent. */
static void
test_unreachable (void)
{
  g_autoptr (World) world = world_new ();
  MeirEndpoint local, endpoint;
  g_autoptr (MeirUdpChannel) channel = NULL;
  g_autoptr (GError) error = NULL;
  Waiter waiter = { 0 };

  g_assert_true (meir_endpoint_parse (&local, "127.0.0.1:1", NULL));
  local.port = 0;
  channel = meir_udp_channel_new (world->loop, &local);
  g_assert_true (meir_endpoint_parse (&endpoint, "192.0.2.1:80", NULL));
  meir_udp_channel_wait (channel, &waiter.wait, &endpoint, datagram_cb);
  g_assert_false (meir_udp_channel_send (channel, &waiter.wait, (const guint8 *) "x", 1, &error));
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, "192.0.2.1:80"));
  meir_udp_channel_end_wait (channel, &waiter.wait);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/udp-channel/ipv4", test_ipv4);
  g_test_add_func ("/udp-channel/ipv6", test_ipv6);
  g_test_add_func ("/udp-channel/transactions", test_transactions);
  g_test_add_func ("/udp-channel/flood", test_flood);
  g_test_add_func ("/udp-channel/connections", test_connections);
  g_test_add_func ("/udp-channel/unreachable", test_unreachable);
  return g_test_run ();
}
