/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/meir-greeting.h"

#include "base/meir-error.h"
#include "net-support.h"
#include "net/meir-tls-priority.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static MeirLoop *loop;

static int
connect_6 (guint16 port)
{
  struct sockaddr_in6 address = {
    .sin6_family = AF_INET6,
    .sin6_addr = IN6ADDR_LOOPBACK_INIT,
    .sin6_port = htons (port),
  };
  int fd = socket (AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);

  if (fd >= 0 && connect (fd, (struct sockaddr *) &address, sizeof address) < 0) {
    close (fd);
    return -1;
  }
  return fd;
}

static gboolean
has_ipv6 (void)
{
  struct sockaddr_in6 address = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
  int fd = socket (AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  gboolean has = fd >= 0 && bind (fd, (struct sockaddr *) &address, sizeof address) == 0;

  if (fd >= 0)
    close (fd);
  return has;
}

static void
test_both_families (void)
{
  Door door;
  int fd;

  door_init (&door, loop, 'A');
  g_assert_true (meir_greeter_listen (door.greeter, NULL, 0, NULL));
  door.port = meir_greeter_get_port (door.greeter);
  fd = net_connect (door.port);
  net_run_until (door.n_admitted == 1);
  close (fd);
  if (has_ipv6 ()) {
    fd = connect_6 (door.port);
    g_assert_cmpint (fd, >=, 0);
    net_run_until (door.n_admitted == 2);
    close (fd);
  }
  door_clear (&door);
}

static void
test_ipv6_peer (void)
{
  Door doors[2];
  MeirEndpoint endpoint = { .bytes = { [15] = 1 }, .family = 6 };

  if (!has_ipv6 ()) {
    g_test_message ("this system has no IPv6");
    return;
  }
  for (guint i = 0; i < 2; i++) {
    door_init (&doors[i], loop, i == 0 ? 'A' : 'B');
    door_add (&doors[i], 1, TRUE);
    g_assert_true (meir_greeter_listen (doors[i].greeter, "::1", 0, NULL));
    doors[i].port = meir_greeter_get_port (doors[i].greeter);
  }
  endpoint.port = doors[1].port;
  door_dial_endpoint (&doors[0], &endpoint, 0, TRUE);
  doors_assert_met (&doors[0], &doors[1], TRUE);
  g_assert_cmpuint (doors[1].incoming.endpoint.family, ==, 6);
  door_clear (&doors[0]);
  door_clear (&doors[1]);
}

static void
test_port_busy (void)
{
  Door doors[2];
  g_autoptr (GError) error = NULL;
  g_autofree char *port = NULL;
  guint16 before;

  door_init (&doors[0], loop, 'A');
  door_init (&doors[1], loop, 'B');
  before = doors[1].port;
  port = g_strdup_printf ("%u", doors[0].port);
  g_assert_false (meir_greeter_listen (doors[1].greeter, "127.0.0.1", doors[0].port, &error));
  g_assert_error (error, MEIR_ERROR, MEIR_ERROR_BUSY);
  g_assert_nonnull (strstr (error->message, port));
  g_clear_error (&error);
  /* Taken on one of the addresses is taken. */
  g_assert_false (meir_greeter_listen (doors[1].greeter, NULL, doors[0].port, &error));
  g_assert_error (error, MEIR_ERROR, MEIR_ERROR_BUSY);
  g_assert_nonnull (strstr (error->message, port));
  g_clear_error (&error);

  /* What was there before still is. */
  g_assert_cmpuint (meir_greeter_get_port (doors[1].greeter), ==, before);
  close (net_connect (before));
  net_run_until (doors[1].n_admitted == 1);

  /* Free again, and another takes it at once. */
  door_clear (&doors[0]);
  g_assert_true (meir_greeter_listen (doors[1].greeter, "127.0.0.1", (guint16) atoi (port), &error));
  door_clear (&doors[1]);
}

static void
test_wrong_addresses (void)
{
  static const char *const wrong[] = { "", "localhost", "127.0.0.1:80", "1.2.3", "::g", "203.0.113.1" };
  Door door;

  door_init (&door, loop, 'A');
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_false (meir_greeter_listen (door.greeter, wrong[i], 0, &error));
    g_assert_error (error, MEIR_ERROR, MEIR_ERROR_INVALID);
  }
  door_clear (&door);
}

#define SPARE 64

/* No descriptors left: the door waits instead of turning in circles, and opens when there are some again. */
static void
test_no_descriptors (void)
{
  struct rlimit before, tight;
  int taken[SPARE];
  guint n_taken = 0;
  guint8 bytes[MEIR_HANDSHAKE_LENGTH];
  clock_t cpu;
  Door door;
  int fd;

  door_init (&door, loop, 'A');
  door_add (&door, 1, TRUE);
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &before), ==, 0);
  fd = net_connect (door.port);
  tight = (struct rlimit){ .rlim_cur = (rlim_t) fd + SPARE / 2, .rlim_max = before.rlim_max };
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &tight), ==, 0);
  while ((taken[n_taken] = dup (fd)) >= 0)
    g_assert_cmpuint (++n_taken, <, SPARE);
  cpu = clock ();
  net_run_for (300);
  cpu = clock () - cpu;
  g_assert_cmpuint (door.n_admitted, ==, 0);
  g_assert_cmpint (cpu, <, CLOCKS_PER_SEC / 10);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &before), ==, 0);

  door.torrents[1] = door.torrents[0];
  memset (door.torrents[1].peer_id, 'R', MEIR_PEER_ID_LENGTH);
  meir_handshake_encode (&door.torrents[1], bytes);
  net_send (fd, bytes, sizeof bytes);
  net_run_until (door.n_incoming == 1);
  while (n_taken > 0)
    close (taken[--n_taken]);
  close (fd);
  door_clear (&door);
}

static void
test_free_empty (void)
{
  Door door;

  door_init (&door, loop, 'A');
  door_clear (&door);
  meir_greeter_free (NULL);
}

/* All kinds of connections on one port, one after the other. */
static void
test_mixed (void)
{
  Door doors[2];

  for (guint i = 0; i < 2; i++) {
    door_init (&doors[i], loop, i == 0 ? 'A' : 'B');
    door_add (&doors[i], 1, TRUE);
  }
  for (guint i = 0; i < 300; i++) {
    doors[0].n_dialled = doors[1].n_incoming = 0;
    if (i % 3 == 0) {
      int fd = net_connect (doors[1].port);

      net_send (fd, "GET / HTTP/1.0\r\n", 16);
      net_assert_closed_silently (fd);
    } else {
      door_dial (&doors[0], doors[1].port, 0, i % 3 == 1);
      net_run_until (doors[0].n_dialled == 1 && doors[1].n_incoming == 1);
      g_assert_no_error (doors[0].error);
      g_assert_cmpint (doors[1].incoming.encrypted, ==, i % 3 == 1);
    }
  }
  door_clear (&doors[0]);
  door_clear (&doors[1]);
}

int
main (int argc, char *argv[])
{
  int result;

  meir_tls_init_priority ();
  g_test_init (&argc, &argv, NULL);
  loop = meir_loop_new (NULL);
  /* First: threads of GIO, once there are any, close descriptors at moments of their own. */
  g_test_add_func ("/greeter/no-descriptors", test_no_descriptors);
  g_test_add_func ("/greeter/both-families", test_both_families);
  g_test_add_func ("/greeter/ipv6-peer", test_ipv6_peer);
  g_test_add_func ("/greeter/port-busy", test_port_busy);
  g_test_add_func ("/greeter/wrong-addresses", test_wrong_addresses);
  g_test_add_func ("/greeter/free-empty", test_free_empty);
  g_test_add_func ("/greeter/mixed", test_mixed);
  result = g_test_run ();
  meir_loop_free (loop);
  return result;
}
