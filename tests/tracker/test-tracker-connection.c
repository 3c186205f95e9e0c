/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tracker-client.h"

static int
dial (MeirTracker *tracker)
{
  return client_connect (SOCK_STREAM, "127.0.0.1", meir_tracker_get_http_port (tracker));
}

static void
test_keep_alive (void)
{
  g_autoptr (MeirTracker) tracker = client_start_tracker ("127.0.0.1", NULL, 0);
  int fd = dial (tracker);

  for (guint i = 0; i < 100; i++) {
    client_say (fd, ANNOUNCE "\r\n");
    g_assert_cmpuint (client_read_response (fd, NULL), ==, 200);
  }
  client_say (fd, ANNOUNCE "Connection: close\r\n\r\n");
  g_assert_cmpuint (client_read_response (fd, NULL), ==, 200);
  client_expect_end (fd);
  close (fd);
}

/* HTTP/1.0 closes after each answer. */
static void
test_http_1_0 (void)
{
  g_autoptr (MeirTracker) tracker = client_start_tracker ("127.0.0.1", NULL, 0);
  int fd = dial (tracker);

  client_say (fd, "GET /scrape?info_hash=aaaaaaaaaaaaaaaaaaaa HTTP/1.0\r\n\r\n");
  g_assert_cmpuint (client_read_response (fd, NULL), ==, 200);
  client_expect_end (fd);
  close (fd);
}

typedef struct {
  int fd;
  guint n;
} Pipeline;

static gpointer
pipeline_worker (gpointer data)
{
  Pipeline *pipeline = data;

  for (guint i = 0; i < pipeline->n; i++) {
    g_autofree char *request = g_strdup_printf (
        "GET /announce?info_hash=aaaaaaaaaaaaaaaaaaaa&peer_id=pppppppppppppppppppp&port=%u&left=5"
        "&numwant=0 HTTP/1.1\r\nHost: h\r\n\r\n",
        1 + i);

    client_say (pipeline->fd, request);
  }
  return NULL;
}

/* R05: ten thousand requests in one go are answered in order. Each makes one more leecher, so the count
 * tells. */
static void
test_pipeline (void)
{
  g_autoptr (MeirTracker) tracker = client_start_tracker ("127.0.0.1", NULL, 0);
  Pipeline pipeline = { dial (tracker), 10000 };
  GThread *thread = g_thread_new ("pipeline", pipeline_worker, &pipeline);

  for (guint i = 0; i < pipeline.n; i++) {
    g_autoptr (GString) body = g_string_new (NULL);
    g_autofree char *count = g_strdup_printf ("10:incompletei%ue", i + 1);

    g_assert_cmpuint (client_read_response (pipeline.fd, body), ==, 200);
    g_assert_nonnull (memmem (body->str, body->len, count, strlen (count)));
  }
  g_thread_join (thread);
  close (pipeline.fd);
}

/* R05: who sends and never reads is read no further once his answers pile up; he gets all of them if he reads
 * in the end. */
static void
test_unread_answers (void)
{
  g_autoptr (MeirTracker) tracker = client_start_tracker ("127.0.0.1", NULL, 0);
  int fd = dial (tracker), peer;
  guint sent = 0, answered = 0;
  const char *request = ANNOUNCE "X: y\r\n\r\n";
  gsize length = strlen (request), part = 0;

  /* Until nothing is taken for a while: the tracker has stopped reading, and every buffer between is full. */
  for (guint refused = 0; refused < 20;) {
    gssize n = send (fd, request + part, length - part, MSG_DONTWAIT | MSG_NOSIGNAL);

    if (n < 0) {
      g_assert_cmpint (errno, ==, EAGAIN);
      g_usleep (5000);
      refused++;
      continue;
    }
    refused = 0;
    part = (part + (gsize) n) % length;
    sent += part == 0;
  }
  /* Others do not notice. */
  peer = dial (tracker);
  client_say (peer, ANNOUNCE "\r\n");
  g_assert_cmpuint (client_read_response (peer, NULL), ==, 200);
  close (peer);
  shutdown (fd, SHUT_WR);
  while (client_read_response (fd, NULL) == 200)
    answered++;
  g_assert_cmpuint (answered, ==, sent);
  close (fd);
}

/* R03, R06, R07, R14: the reason comes through though the client is still sending, and then the connection
 * ends. */
static void
test_refused (void)
{
  static const struct {
    const char *request;
    guint status;
  } cases[] = {
    { "POST /announce HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n", 405 },
    { "GET /announce HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", 400 },
    { "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400 },
    { "\x16\x03\x01\x02\x01", 400 },
    { "GET /nothing HTTP/1.1\r\nHost: h\r\n\r\n", 404 },
    { "GET /announce HTTP/1.1\r\nHost: h\r\n\r\n", 400 },
  };
  g_autoptr (MeirTracker) tracker = client_start_tracker ("127.0.0.1", NULL, 0);
  g_autofree char *more = g_strnfill (100000, 'x');

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    int fd = dial (tracker);

    client_say (fd, cases[i].request);
    client_say (fd, more);
    g_assert_cmpuint (client_read_response (fd, NULL), ==, cases[i].status);
    client_expect_end (fd);
    close (fd);
  }
  for (guint i = 0; i < 2; i++) {
    int fd = dial (tracker);

    if (i == 1)
      client_say (fd, "GET / HTTP/1.1\r\nHost: h\r\nX: ");
    else
      client_say (fd, "GET /");
    client_say (fd, more);
    g_assert_cmpuint (client_read_response (fd, NULL), ==, i == 0 ? 414 : 431);
    client_expect_end (fd);
    close (fd);
  }
}

/* What was asked before something senseless is answered before it. */
static void
test_good_before_bad (void)
{
  g_autoptr (MeirTracker) tracker = client_start_tracker ("127.0.0.1", NULL, 0);
  int fd = dial (tracker);

  client_say (fd, ANNOUNCE "\r\n" ANNOUNCE "\r\n"
                           "BREW /coffee HTTP/1.1\r\n\r\n" ANNOUNCE "\r\n");
  g_assert_cmpuint (client_read_response (fd, NULL), ==, 200);
  g_assert_cmpuint (client_read_response (fd, NULL), ==, 200);
  g_assert_cmpuint (client_read_response (fd, NULL), ==, 405);
  g_assert_cmpuint (client_read_response (fd, NULL), ==, 0);
  close (fd);
}

/* A client that says no more still gets its answer. */
static void
test_half_closed (void)
{
  g_autoptr (MeirTracker) tracker = client_start_tracker ("127.0.0.1", NULL, 0);
  int fd = dial (tracker);

  client_say (fd, ANNOUNCE "\r\n");
  shutdown (fd, SHUT_WR);
  g_assert_cmpuint (client_read_response (fd, NULL), ==, 200);
  client_expect_end (fd);
  close (fd);
}

static void
test_reset (void)
{
  g_autoptr (MeirTracker) tracker = client_start_tracker ("127.0.0.1", NULL, 0);
  struct linger reset = { 1, 0 };
  int fd;

  for (guint i = 0; i < 200; i++) {
    fd = dial (tracker);
    setsockopt (fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    client_say (fd, i % 2 ? ANNOUNCE "\r\n" : "GET /ann");
    close (fd);
  }
  fd = dial (tracker);
  client_say (fd, ANNOUNCE "\r\n");
  g_assert_cmpuint (client_read_response (fd, NULL), ==, 200);
  close (fd);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tracker/connection/keep-alive", test_keep_alive);
  g_test_add_func ("/tracker/connection/http-1-0", test_http_1_0);
  g_test_add_func ("/tracker/connection/r05-pipeline", test_pipeline);
  g_test_add_func ("/tracker/connection/r05-unread-answers", test_unread_answers);
  g_test_add_func ("/tracker/connection/r03-r06-r07-r14-refused", test_refused);
  g_test_add_func ("/tracker/connection/good-before-bad", test_good_before_bad);
  g_test_add_func ("/tracker/connection/half-closed", test_half_closed);
  g_test_add_func ("/tracker/connection/reset", test_reset);
  return g_test_run ();
}
