/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tracker/meir-tracker-listen.h"

#include "base/meir-endpoint.h"
#include "base/meir-error.h"
#include "net/meir-socket.h"

#include <sys/socket.h>

static MeirTrackerConfig
get_config (const char *bind_address, int http_port, int udp_port)
{
  MeirTrackerConfig config;

  meir_tracker_config_init (&config);
  config.bind_address = bind_address;
  config.http_port = http_port;
  config.udp_port = udp_port;
  return config;
}

static void
expect_address (int fd, const char *address, guint16 port)
{
  MeirEndpoint endpoint;
  char text[MEIR_ENDPOINT_TEXT_MAX];
  g_autofree char *expected = g_strdup_printf ("%s:%u", address, port);

  g_assert_true (meir_socket_get_local (fd, &endpoint));
  g_assert_cmpstr (meir_endpoint_format (&endpoint, text), ==, expected);
}

static void
test_everywhere (void)
{
  MeirTrackerConfig config = get_config (NULL, 0, MEIR_TRACKER_PORT_SAME);
  MeirTrackerSockets sockets;
  g_autoptr (GError) error = NULL;

  meir_tracker_listen (&config, &sockets, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sockets.http_port, !=, 0);
  g_assert_cmpuint (sockets.udp_port, ==, sockets.http_port);
  g_assert_cmpuint (sockets.n_tcp, ==, sockets.n_udp);
  expect_address (sockets.tcp[0], "0.0.0.0", sockets.http_port);
  expect_address (sockets.udp[0], "0.0.0.0", sockets.http_port);
  if (sockets.n_tcp == 2) {
    expect_address (sockets.tcp[1], "[::]", sockets.http_port);
    expect_address (sockets.udp[1], "[::]", sockets.http_port);
  }
  meir_tracker_sockets_clear (&sockets);
  g_assert_cmpuint (sockets.n_tcp, ==, 0);
}

static void
test_one_address (void)
{
  MeirTrackerConfig config = get_config ("127.0.0.1", 0, 0);
  MeirTrackerSockets sockets;

  g_assert_true (meir_tracker_listen (&config, &sockets, NULL));
  g_assert_cmpuint (sockets.n_tcp, ==, 1);
  expect_address (sockets.tcp[0], "127.0.0.1", sockets.http_port);
  expect_address (sockets.udp[0], "127.0.0.1", sockets.udp_port);
  meir_tracker_sockets_clear (&sockets);
}

static void
test_one_protocol (void)
{
  MeirTrackerConfig config = get_config ("127.0.0.1", MEIR_TRACKER_PORT_OFF, MEIR_TRACKER_PORT_SAME);
  MeirTrackerSockets sockets;

  g_assert_true (meir_tracker_listen (&config, &sockets, NULL));
  g_assert_cmpuint (sockets.n_tcp, ==, 0);
  g_assert_cmpuint (sockets.http_port, ==, 0);
  g_assert_cmpuint (sockets.udp_port, !=, 0);
  meir_tracker_sockets_clear (&sockets);
  config = get_config ("127.0.0.1", 0, MEIR_TRACKER_PORT_OFF);
  g_assert_true (meir_tracker_listen (&config, &sockets, NULL));
  g_assert_cmpuint (sockets.n_udp, ==, 0);
  g_assert_cmpuint (sockets.udp_port, ==, 0);
  meir_tracker_sockets_clear (&sockets);
}

static void
expect_error (const MeirTrackerConfig *config, MeirError code, const char *part)
{
  MeirTrackerSockets sockets;
  g_autoptr (GError) error = NULL;

  g_assert_false (meir_tracker_listen (config, &sockets, &error));
  g_assert_error (error, MEIR_ERROR, (gint) code);
  g_assert_nonnull (strstr (error->message, part));
  g_assert_cmpuint (sockets.n_tcp + sockets.n_udp, ==, 0);
}

static void
test_busy (void)
{
  MeirTrackerConfig config = get_config ("127.0.0.1", 0, MEIR_TRACKER_PORT_SAME);
  MeirTrackerSockets sockets;
  g_autofree char *tcp = NULL, *udp = NULL;

  g_assert_true (meir_tracker_listen (&config, &sockets, NULL));
  tcp = g_strdup_printf ("TCP port %u is taken", sockets.http_port);
  udp = g_strdup_printf ("UDP port %u is taken", sockets.http_port);
  config.http_port = sockets.http_port;
  expect_error (&config, MEIR_ERROR_BUSY, tcp);
  config.http_port = MEIR_TRACKER_PORT_OFF;
  config.udp_port = sockets.http_port;
  expect_error (&config, MEIR_ERROR_BUSY, udp);
  meir_tracker_sockets_clear (&sockets);
}

static void
test_bad_address (void)
{
  MeirTrackerConfig config = get_config ("localhost", 0, 0);

  expect_error (&config, MEIR_ERROR_INVALID, "“localhost” is not an address");
  config.bind_address = "\x1b[31m";
  expect_error (&config, MEIR_ERROR_INVALID, "“\357\277\275[31m”");
  config.bind_address = "203.0.113.1";
  expect_error (&config, MEIR_ERROR_INVALID, "“203.0.113.1” is not an address of this computer");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tracker/listen/everywhere", test_everywhere);
  g_test_add_func ("/tracker/listen/one-address", test_one_address);
  g_test_add_func ("/tracker/listen/one-protocol", test_one_protocol);
  g_test_add_func ("/tracker/listen/busy", test_busy);
  g_test_add_func ("/tracker/listen/bad-address", test_bad_address);
  return g_test_run ();
}
