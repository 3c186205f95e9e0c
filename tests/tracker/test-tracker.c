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

/* Where everybody comes from, as the tracker sees it; NULL: from where they do. */
static const char *apparent_source;

static void
disguise (struct sockaddr_storage *address, socklen_t *length)
{
  const char *source = g_atomic_pointer_get (&apparent_source);
  MeirEndpoint endpoint;

  if (source != NULL && meir_endpoint_parse (&endpoint, source, NULL))
    *length = meir_endpoint_to_sockaddr (&endpoint, address);
}

int __real_accept4 (int fd, struct sockaddr *address, socklen_t *length, int flags);
int __wrap_accept4 (int fd, struct sockaddr *address, socklen_t *length, int flags);

int
__wrap_accept4 (int fd, struct sockaddr *address, socklen_t *length, int flags)
{
  struct sockaddr_storage storage = { 0 };
  socklen_t got = sizeof storage;
  int accepted = __real_accept4 (fd, (struct sockaddr *) &storage, &got, flags);

  if (accepted >= 0) {
    disguise (&storage, &got);
    memcpy (address, &storage, MIN (got, *length));
    *length = got;
  }
  return accepted;
}

int __real_recvmmsg (int fd, struct mmsghdr *messages, unsigned int n, int flags, struct timespec *timeout);
int __wrap_recvmmsg (int fd, struct mmsghdr *messages, unsigned int n, int flags, struct timespec *timeout);

int
__wrap_recvmmsg (int fd, struct mmsghdr *messages, unsigned int n, int flags, struct timespec *timeout)
{
  int received = __real_recvmmsg (fd, messages, n, flags, timeout);

  for (int i = 0; i < received; i++) {
    struct sockaddr_storage storage = { 0 };
    socklen_t length = messages[i].msg_hdr.msg_namelen;

    memcpy (&storage, messages[i].msg_hdr.msg_name, length);
    disguise (&storage, &length);
    memcpy (messages[i].msg_hdr.msg_name, &storage, length);
    messages[i].msg_hdr.msg_namelen = length;
  }
  return received;
}

static guint64
wait_for_errors (MeirTracker *tracker, guint64 n)
{
  MeirTrackerCounters counters = { 0 };

  for (guint i = 0; i < PATIENCE_SEC * 1000 && counters.errors < n; i++) {
    meir_tracker_get_counters (tracker, &counters);
    g_usleep (1000);
  }
  return counters.errors;
}

/* A whole announce, or a connection that ends without a word. */
static gboolean
is_answered (MeirTracker *tracker)
{
  int fd = client_connect (SOCK_STREAM, "127.0.0.1", meir_tracker_get_http_port (tracker));
  /* What is not read is thrown away, and then sending may fail, too. */
  gboolean sent = send (fd, ANNOUNCE "\r\n", strlen (ANNOUNCE "\r\n"), MSG_NOSIGNAL) > 0;
  gboolean answered = sent && client_read_response (fd, NULL) == 200;

  close (fd);
  return answered;
}

static void
send_udp_connect (MeirTracker *tracker)
{
  static const guint8 request[16] = { 0, 0, 4, 0x17, 0x27, 0x10, 0x19, 0x80, 0, 0, 0, 0, 1, 2, 3, 4 };
  int fd = client_connect (SOCK_DGRAM, "127.0.0.1", meir_tracker_get_udp_port (tracker));

  client_send (fd, request, sizeof request);
  close (fd);
}

static void
come_from (const char *source)
{
  g_atomic_pointer_set (&apparent_source, source);
}

/* Strangers find a closed door, neighbours an open one; which it is changes while it runs. */
static void
test_audience (void)
{
  static const char *const strangers[] = { "203.0.113.5:999", "[2001:db8::5]:999" };
  static const char *const neighbours[] = { "192.168.7.7:999", "[fe80::7]:999", "[::1]:999" };
  MeirTrackerConfig config;
  MeirTrackerCounters counters;
  g_autoptr (MeirTracker) tracker = NULL;
  guint64 errors = 0;
  int open_fd;

  meir_tracker_config_init (&config);
  config.bind_address = "127.0.0.1";
  config.http_port = 0;
  g_assert_cmpint (config.audience, ==, MEIR_TRACKER_ANYONE);
  config.audience = MEIR_TRACKER_NEIGHBOURS;
  tracker = meir_tracker_new (&config, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (neighbours); i++) {
    come_from (neighbours[i]);
    g_assert_true (is_answered (tracker));
  }
  for (guint i = 0; i < G_N_ELEMENTS (strangers); i++) {
    come_from (strangers[i]);
    g_assert_false (is_answered (tracker));
    g_assert_cmpuint (wait_for_errors (tracker, ++errors), ==, errors);
    send_udp_connect (tracker);
    g_assert_cmpuint (wait_for_errors (tracker, ++errors), ==, errors);
  }
  meir_tracker_get_counters (tracker, &counters);
  g_assert_cmpuint (counters.bytes_out, <, 1000);
  g_assert_cmpuint (counters.announces_http, ==, G_N_ELEMENTS (neighbours));

  meir_tracker_set_audience (tracker, MEIR_TRACKER_ANYONE);
  while (!is_answered (tracker))
    g_usleep (1000);
  /* A stranger's open connection ends when the door is shut; a neighbour's goes on. */
  come_from (strangers[0]);
  open_fd = client_connect (SOCK_STREAM, "127.0.0.1", meir_tracker_get_http_port (tracker));
  client_say (open_fd, ANNOUNCE "\r\n");
  g_assert_cmpuint (client_read_response (open_fd, NULL), ==, 200);
  meir_tracker_set_audience (tracker, MEIR_TRACKER_NEIGHBOURS);
  client_expect_end (open_fd);
  close (open_fd);
  g_assert_false (is_answered (tracker));
  come_from (NULL);
  g_assert_true (is_answered (tracker));
}

static void
announce_as (MeirTracker *tracker, char letter, guint port, guint left)
{
  g_autofree char *hash = g_strnfill (20, letter);
  g_autofree char *request = g_strdup_printf (
      "GET /announce?info_hash=%s&peer_id=pppppppppppppppp%04u&port=%u&left=%u%s HTTP/1.1\r\n"
      "Host: h\r\n\r\n",
      hash, port, port, left, left == 0 ? "&event=completed" : "");
  int fd = client_connect (SOCK_STREAM, "127.0.0.1", meir_tracker_get_http_port (tracker));

  client_say (fd, request);
  g_assert_cmpuint (client_read_response (fd, NULL), ==, 200);
  close (fd);
}

/* The list is that of a moment ago, and is made again because it is asked for. */
static void
test_list (void)
{
  g_autoptr (MeirTracker) tracker = client_start_tracker ("127.0.0.1", NULL, 0);
  g_autoptr (GArray) list = meir_tracker_ref_torrents (tracker);
  const MeirTrackerListed *first;
  MeirInfoHash b = letters ('b');

  g_assert_cmpuint (list->len, ==, 0);
  announce_as (tracker, 'a', 1000, 5);
  announce_as (tracker, 'b', 1001, 5);
  announce_as (tracker, 'b', 1002, 5);
  announce_as (tracker, 'b', 1002, 0);
  for (guint i = 0; i < PATIENCE_SEC * 100 && list->len < 2; i++) {
    g_usleep (10000);
    g_array_unref (list);
    list = meir_tracker_ref_torrents (tracker);
  }
  g_assert_cmpuint (list->len, ==, 2);
  first = &g_array_index (list, MeirTrackerListed, 0);
  g_assert_true (meir_info_hash_equal (&first->info_hash, &b));
  g_assert_cmpuint (first->seeds, ==, 1);
  g_assert_cmpuint (first->leechers, ==, 1);
  g_assert_cmpuint (first->downloaded, ==, 1);
  /* It can be asked for after the end, too. */
  meir_tracker_stop (tracker);
  g_array_unref (list);
  list = meir_tracker_ref_torrents (tracker);
  g_assert_cmpuint (list->len, ==, 2);
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
  g_test_add_func ("/tracker/audience", test_audience);
  g_test_add_func ("/tracker/list", test_list);
  g_test_add_func ("/tracker/counters", test_counters);
  return g_test_run ();
}
