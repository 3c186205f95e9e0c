/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tracker-client.h"

static int
dial (MeirTracker *tracker)
{
  return client_connect (SOCK_STREAM, "127.0.0.1", meir_tracker_get_http_port (tracker));
}

static void
announce_honestly (MeirTracker *tracker)
{
  int fd = dial (tracker);

  client_say (fd, ANNOUNCE "Connection: close\r\n\r\n");
  g_assert_cmpuint (client_read_response (fd, NULL), ==, 200);
  client_expect_end (fd);
  close (fd);
}

static void
test_both_families (void)
{
  static const char *const addresses[] = { "127.0.0.1", "::1" };
  g_autoptr (MeirTracker) tracker = client_start_tracker (NULL, NULL, 0);

  for (guint i = 0; i < 2; i++) {
    int fd = client_connect (SOCK_STREAM, addresses[i], meir_tracker_get_http_port (tracker));
    g_autoptr (GString) body = g_string_new (NULL);

    client_say (fd, ANNOUNCE "\r\n");
    g_assert_cmpuint (client_read_response (fd, body), ==, 200);
    g_assert_nonnull (strstr (body->str, i == 0 ? "11:external ip4:\x7f" : "11:external ip16:"));
    close (fd);
  }
}

/* R04: as many half requests as the system allows, at most 2000: all are closed, and meanwhile an honest
 * client is served as if they were not there. */
static void
test_slow_loris (void)
{
  static const char *const halves[] = { "G", "GET /announce?info_hash=", ANNOUNCE, "" };
  guint n = MIN (2000, (client_raise_descriptors (8192) - 600) / 2);
  g_autoptr (MeirTracker) tracker = client_start_tracker ("127.0.0.1", NULL, 0);
  g_autofree int *fds = g_new (int, n);
  MeirTrackerCounters counters;

  for (guint i = 0; i < n; i++) {
    fds[i] = dial (tracker);
    client_say (fds[i], halves[i % G_N_ELEMENTS (halves)]);
    if (i % 100 == 0)
      announce_honestly (tracker);
  }
  announce_honestly (tracker);
  for (guint i = 0; i < n; i++) {
    client_expect_end (fds[i]);
    close (fds[i]);
    if (i % 100 == 0)
      announce_honestly (tracker);
  }
  meir_tracker_stop (tracker);
  meir_tracker_get_counters (tracker, &counters);
  g_assert_cmpuint (counters.announces_http, ==, 2 * ((n + 99) / 100) + 1);
}

/* A request that comes a byte at a time is as good as any, as long as it comes to an end in time. */
static void
test_drip (void)
{
  static const char request[] = ANNOUNCE "\r\n";
  g_autoptr (MeirTracker) tracker = client_start_tracker ("127.0.0.1", NULL, 0);
  int fd = dial (tracker);

  for (guint round = 0; round < 3; round++) {
    for (gsize i = 0; i < sizeof request - 1; i++)
      client_send (fd, request + i, 1);
    g_assert_cmpuint (client_read_response (fd, NULL), ==, 200);
  }
  close (fd);
}

/* More connections than allowed: the longest idle one goes, never the newest. */
static void
test_eviction (void)
{
  const guint most = 20;
  g_autoptr (MeirTracker) tracker = client_start_tracker ("127.0.0.1", NULL, most);
  MeirTrackerCounters counters;
  int fds[60];

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++) {
    fds[i] = dial (tracker);
    client_say (fds[i], ANNOUNCE "\r\n");
    g_assert_cmpuint (client_read_response (fds[i], NULL), ==, 200);
    meir_tracker_get_counters (tracker, &counters);
    g_assert_cmpuint (counters.connections, <=, most);
  }
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++) {
    if (i < G_N_ELEMENTS (fds) - most) {
      client_expect_end (fds[i]);
    } else {
      client_say (fds[i], ANNOUNCE "\r\n");
      g_assert_cmpuint (client_read_response (fds[i], NULL), ==, 200);
    }
    close (fds[i]);
  }
}

/* Out of descriptors the tracker gives up old connections for new ones, and never spins or stops. */
static void
test_no_descriptors (void)
{
  g_autoptr (MeirTracker) tracker = client_start_tracker ("127.0.0.1", NULL, 0);
  struct rlimit before, limit;
  int fds[40], spare[64];
  guint n_spare = 0;

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++) {
    fds[i] = dial (tracker);
    client_say (fds[i], ANNOUNCE "\r\n");
    g_assert_cmpuint (client_read_response (fds[i], NULL), ==, 200);
  }
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &before), ==, 0);
  limit = before;
  limit.rlim_cur = (rlim_t) fds[G_N_ELEMENTS (fds) - 1] + 3;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  while (n_spare < G_N_ELEMENTS (spare) && (spare[n_spare] = dup (0)) >= 0)
    n_spare++;
  g_assert_cmpuint (n_spare, >, 0);
  close (spare[--n_spare]); /* one for us, none for the tracker */
  for (guint i = 0; i < 10; i++)
    announce_honestly (tracker);
  setrlimit (RLIMIT_NOFILE, &before);
  while (n_spare > 0)
    close (spare[--n_spare]);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
}

/* With nothing to give up, who comes waits in the queue until there is a descriptor again. */
static void
test_no_descriptors_at_all (void)
{
  g_autoptr (MeirTracker) tracker = client_start_tracker ("127.0.0.1", NULL, 0);
  struct rlimit before, limit;
  int fd = dial (tracker), spare[8];
  guint n_spare = 0;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &before), ==, 0);
  limit = before;
  limit.rlim_cur = (rlim_t) fd + 3;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  while (n_spare < G_N_ELEMENTS (spare) && (spare[n_spare] = dup (0)) >= 0)
    n_spare++;
  g_assert_cmpuint (n_spare, <, G_N_ELEMENTS (spare));
  client_say (fd, ANNOUNCE "\r\n");
  g_usleep (50000); /* long enough to be tried in vain */
  g_assert_cmpint (recv (fd, (char[1]){ 0 }, 1, MSG_DONTWAIT), <, 0);
  setrlimit (RLIMIT_NOFILE, &before);
  while (n_spare > 0)
    close (spare[--n_spare]);
  g_assert_cmpuint (client_read_response (fd, NULL), ==, 200);
  close (fd);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tracker/http/both-families", test_both_families);
  g_test_add_func ("/tracker/http/r04-slow-loris", test_slow_loris);
  g_test_add_func ("/tracker/http/drip", test_drip);
  g_test_add_func ("/tracker/http/eviction", test_eviction);
  g_test_add_func ("/tracker/http/no-descriptors", test_no_descriptors);
  g_test_add_func ("/tracker/http/no-descriptors-at-all", test_no_descriptors_at_all);
  return g_test_run ();
}
