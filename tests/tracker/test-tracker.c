/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tracker-client.h"

#include "base/meir-error.h"

static void
test_start_stop (void)
{
  for (guint i = 0; i < 100; i++) {
    g_autoptr (MeirTracker) tracker = client_start_tracker (i % 2 ? "127.0.0.1" : NULL, NULL, 0);

    if (i % 5 == 0) {
      int fd = client_connect (SOCK_STREAM, "127.0.0.1", meir_tracker_get_http_port (tracker));

      client_say (fd, ANNOUNCE "\r\n");
      g_assert_cmpuint (client_read_response (fd, NULL), ==, 200);
      if (i % 10 == 0)
        meir_tracker_stop (tracker);
      meir_tracker_stop (tracker);
      client_expect_end (fd);
      close (fd);
    }
  }
}

/* A port is free again the moment a tracker has stopped. */
static void
test_port_again (void)
{
  MeirTrackerConfig config;
  g_autoptr (GError) error = NULL;
  g_autoptr (MeirTracker) first = client_start_tracker ("127.0.0.1", NULL, 0), second = NULL, third = NULL;
  int fd;

  meir_tracker_config_init (&config);
  config.bind_address = "127.0.0.1";
  config.http_port = meir_tracker_get_http_port (first);
  second = meir_tracker_new (&config, &error);
  g_assert_null (second);
  g_assert_error (error, MEIR_ERROR, MEIR_ERROR_BUSY);
  g_clear_error (&error);
  fd = client_connect (SOCK_STREAM, "127.0.0.1", meir_tracker_get_http_port (first));
  client_say (fd, ANNOUNCE "Connection: close\r\n\r\n");
  client_expect_end (fd);
  close (fd);
  meir_tracker_stop (first);
  third = meir_tracker_new (&config, &error);
  g_assert_no_error (error);
}

static void
test_bad_config (void)
{
  static const MeirTrackerConfig good = { .http_port = 0,
                                          .udp_port = 0,
                                          .interval_sec = 1800,
                                          .min_interval_sec = 60,
                                          .max_torrents = 10,
                                          .max_peers_per_torrent = 10,
                                          .max_memory_bytes = 1 << 20,
                                          .max_connections = 10 };
  MeirTrackerConfig cases[] = { good, good, good, good, good, good, good, good, good, good, good };

  cases[0].http_port = 70000;
  cases[1].udp_port = -3;
  cases[2].http_port = cases[2].udp_port = MEIR_TRACKER_PORT_OFF;
  cases[3].interval_sec = 59;
  cases[4].interval_sec = 100000;
  cases[5].min_interval_sec = 1801;
  cases[6].max_torrents = 0;
  cases[7].https = MEIR_TRACKER_HTTPS_AUTO;
  cases[8].https = MEIR_TRACKER_HTTPS_FILES;
  cases[9].bind_address = "nowhere";
  cases[10].max_memory_bytes = 1000;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (MeirTracker) tracker = meir_tracker_new (&cases[i], &error);

    g_assert_null (tracker);
    g_assert_error (error, MEIR_ERROR, MEIR_ERROR_INVALID);
    g_assert_false (g_str_has_suffix (error->message, "\n"));
  }
}

static void
test_urls (void)
{
  g_autoptr (MeirTracker) tracker = client_start_tracker ("127.0.0.1", NULL, 0);
  guint port = meir_tracker_get_http_port (tracker);
  g_auto (GStrv) name = meir_tracker_dup_announce_urls (tracker, "tracker.example");
  g_auto (GStrv) address = meir_tracker_dup_announce_urls (tracker, "2001:db8::1");
  g_autofree char *http = g_strdup_printf ("http://tracker.example:%u/announce", port);
  g_autofree char *udp = g_strdup_printf ("udp://tracker.example:%u/announce", port);
  g_autofree char *http_6 = g_strdup_printf ("http://[2001:db8::1]:%u/announce", port);
  g_autofree char *fingerprint = meir_tracker_dup_fingerprint (tracker);
  const char *const expected[] = { http, udp, NULL };

  g_assert_cmpstrv (name, expected);
  g_assert_cmpstr (address[0], ==, http_6);
  g_assert_null (fingerprint);
  g_assert_false (meir_tracker_is_https (tracker));
  g_assert_cmpuint (meir_tracker_get_udp_port (tracker), ==, port);
}

static gboolean
is_tracked (MeirTracker *tracker, char letter)
{
  g_autofree char *hash = g_strnfill (20, letter);
  g_autofree char *request = g_strdup_printf (
      "GET /announce?info_hash=%s&peer_id=pppppppppppppppppppp&port=1&left=5 HTTP/1.1\r\nHost: h\r\n\r\n",
      hash);
  g_autoptr (GString) body = g_string_new (NULL);
  int fd = client_connect (SOCK_STREAM, "127.0.0.1", meir_tracker_get_http_port (tracker));

  client_say (fd, request);
  g_assert_cmpuint (client_read_response (fd, body), ==, 200);
  close (fd);
  return !g_str_has_prefix (body->str, "d14:failure reason40:This tracker does not serve this torrent");
}

/* The figures are those of a moment ago, so they are waited for. */
static void
wait_for_torrents (MeirTracker *tracker, guint64 n)
{
  MeirTrackerCounters counters = { .torrents = G_MAXUINT64 };

  for (guint i = 0; i < PATIENCE_SEC * 1000 && counters.torrents != n; i++) {
    meir_tracker_get_counters (tracker, &counters);
    if (counters.torrents != n)
      g_usleep (1000);
  }
  g_assert_cmpuint (counters.torrents, ==, n);
}

static MeirInfoHash
letters (char letter)
{
  MeirInfoHash info_hash;

  memset (info_hash.bytes, letter, sizeof info_hash.bytes);
  return info_hash;
}

/* "Only what I share", changed while it runs. */
static void
test_allowed (void)
{
  MeirInfoHash a = letters ('a'), b = letters ('b'), c = letters ('c');
  MeirTrackerConfig config;
  g_autoptr (MeirTracker) tracker = NULL;

  meir_tracker_config_init (&config);
  config.bind_address = "127.0.0.1";
  config.http_port = 0;
  config.allowed = &a;
  config.n_allowed = 1;
  tracker = meir_tracker_new (&config, NULL);
  g_assert_true (is_tracked (tracker, 'a'));
  g_assert_false (is_tracked (tracker, 'b'));
  meir_tracker_allow (tracker, &b);
  g_assert_true (is_tracked (tracker, 'b'));
  wait_for_torrents (tracker, 2);
  meir_tracker_disallow (tracker, &a);
  wait_for_torrents (tracker, 1);
  g_assert_false (is_tracked (tracker, 'a'));
  meir_tracker_set_allowed (tracker, &c, 1);
  wait_for_torrents (tracker, 0);
  g_assert_false (is_tracked (tracker, 'b'));
  g_assert_true (is_tracked (tracker, 'c'));
  meir_tracker_set_allowed (tracker, NULL, 0);
  g_assert_true (is_tracked (tracker, 'x'));
  meir_tracker_set_allowed (tracker, &c, 0);
  wait_for_torrents (tracker, 0);
  g_assert_false (is_tracked (tracker, 'c'));
}

static void
test_counters (void)
{
  g_autoptr (MeirTracker) tracker = client_start_tracker ("127.0.0.1", NULL, 0);
  MeirTrackerCounters counters;
  int fd = client_connect (SOCK_STREAM, "127.0.0.1", meir_tracker_get_http_port (tracker));
  const char *bad = "GET /announce HTTP/1.1\r\nHost: h\r\n\r\n";
  const char *scrape = "GET /scrape?info_hash=aaaaaaaaaaaaaaaaaaaa HTTP/1.1\r\nHost: h\r\n\r\n";

  client_say (fd, ANNOUNCE "\r\n");
  client_read_response (fd, NULL);
  client_say (fd, scrape);
  client_read_response (fd, NULL);
  client_say (fd, bad);
  client_read_response (fd, NULL);
  client_expect_end (fd);
  close (fd);
  meir_tracker_stop (tracker);
  meir_tracker_get_counters (tracker, &counters);
  g_assert_cmpuint (counters.announces_http, ==, 1);
  g_assert_cmpuint (counters.announces_udp, ==, 0);
  g_assert_cmpuint (counters.scrapes, ==, 1);
  g_assert_cmpuint (counters.errors, ==, 1);
  g_assert_cmpuint (counters.torrents, ==, 1);
  g_assert_cmpuint (counters.peers, ==, 1);
  g_assert_cmpuint (counters.seeds, ==, 0);
  g_assert_cmpuint (counters.connections, ==, 0);
  g_assert_cmpuint (counters.memory_bytes, >, 0);
  g_assert_cmpuint (counters.bytes_in, ==, strlen (ANNOUNCE "\r\n") + strlen (scrape) + strlen (bad));
  g_assert_cmpuint (counters.bytes_out, >, 300);
  g_assert_cmpint (counters.uptime_usec, >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tracker/start-stop", test_start_stop);
  g_test_add_func ("/tracker/port-again", test_port_again);
  g_test_add_func ("/tracker/bad-config", test_bad_config);
  g_test_add_func ("/tracker/urls", test_urls);
  g_test_add_func ("/tracker/allowed", test_allowed);
  g_test_add_func ("/tracker/counters", test_counters);
  return g_test_run ();
}
