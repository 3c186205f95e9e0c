/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "discover/meir-http-announce.h"

#include "base/meir-error.h"
#include "base/meir-limits.h"
#include "tracker-fixture.h"

#include <string.h>

#define GOOD_BODY                                                                                            \
  "d8:completei3e10:incompletei4e8:intervali1800e5:peers6:\x01\x02\x03\x04\x1a\xe1"                          \
  "e"

typedef struct {
  World *world;
  MeirTrackerSetup setup;
  gboolean done;
  char *failure;
  guint32 retry_sec;
  guint32 n_peers;
  guint32 complete;
  GError *error;
} Try;

static void
try_init (Try *try, World *world)
{
  *try = (Try){ .world = world, .setup = { .loop = world->loop, .names = world->names } };
  try->setup.deadlines = (MeirTrackerDeadlines){ .http_first_byte_msec = 20000, .http_total_msec = 25000 };
}

static void
try_clear (Try *try)
{
  g_clear_error (&try->error);
  g_clear_pointer (&try->failure, g_free);
  try->done = FALSE;
}

static void
answered_cb (gpointer user_data, const MeirAnnounceReply *reply, const GError *error)
{
  Try *try = user_data;

  g_assert_false (try->done);
  g_assert_true ((reply == NULL) != (error == NULL));
  try->done = TRUE;
  if (reply != NULL) {
    try->failure = g_strdup (reply->failure);
    try->retry_sec = reply->retry_sec;
    try->n_peers = reply->n_peers;
    try->complete = reply->complete;
  } else {
    try->error = g_error_copy (error);
  }
}

static MeirHttpAnnounce *
begin (Try *try, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MeirAnnounceUrl) url = meir_announce_url_parse (text, &error);
  g_autofree char *request = g_strconcat (text, "?info_hash=%01~aB%ff%2f", NULL);

  g_assert_no_error (error);
  try_clear (try);
  return meir_http_announce_start (&try->setup, url, request, answered_cb, try);
}

static void
run (Try *try, const char *text)
{
  begin (try, text);
  world_run_until (try->world, &try->done);
}

static void
assert_failed (Try *try, MeirError code, const char *words)
{
  g_assert_error (try->error, MEIR_ERROR, (gint) code);
  if (strstr (try->error->message, words) == NULL)
    g_error ("“%s” does not say “%s”", try->error->message, words);
  g_assert_null (strpbrk (try->error->message, "\x1b\n\r"));
  g_assert_cmpint (g_utf8_strlen (try->error->message, -1), <, 700);
}

static void
good_script (HttpFixture *fixture, const char *target, Answer *answer)
{
  answer_ok_bytes (answer, "", GOOD_BODY, sizeof GOOD_BODY - 1);
}

/* The request reaches the tracker byte for byte, and says nothing about us but our name and version. */
static void
test_good (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (HttpFixture) tracker = http_fixture_new (good_script, NULL, NULL);
  g_autofree char *url = http_fixture_dup_url (tracker, "/announce");
  const char *request;
  Try try;

  try_init (&try, world);
  run (&try, url);
  g_assert_no_error (try.error);
  g_assert_null (try.failure);
  g_assert_cmpuint (try.n_peers, ==, 1);
  g_assert_cmpuint (try.complete, ==, 3);
  request = tracker->requests->pdata[0];
  g_assert_true (g_str_has_prefix (request, "GET /announce?info_hash=%01~aB%ff%2f HTTP/1.1\r\n"));
  g_assert_nonnull (strstr (request, "\r\nUser-Agent: MeirTorrent/"));
  g_assert_nonnull (strstr (request, "\r\nAccept-Encoding: gzip\r\n"));
  g_assert_null (strstr (request, "Cookie"));
  g_assert_null (strstr (request, "Referer"));
  g_assert_null (strstr (request, "Accept-Language"));
  try_clear (&try);
}

typedef struct {
  const char *id;
  const char *raw;
  MeirError code;
  const char *words;
} HostileCase;

static const HostileCase hostile_cases[] = {
  { "H01 empty", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", MEIR_ERROR_PROTOCOL, "empty" },
  { "H02 html", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>\x1b[2J<b>Welcome",
    MEIR_ERROR_PROTOCOL, "Welcome" },
  { "H03 truncated", "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nd8:intervali1800e", MEIR_ERROR_PROTOCOL,
    "" },
  { "H03 truncated bencode", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nd8:in", MEIR_ERROR_PROTOCOL, "" },
  { "H18 corrupt gzip",
    "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 20\r\n\r\n\x1f\x8b\x08-broken-broken-bro",
    MEIR_ERROR_PROTOCOL, "" },
  { "H18 gzip that is none", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 8\r\n\r\nnot gzip",
    MEIR_ERROR_PROTOCOL, "" },
  { "H19 negative chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nd8:ine\r\n0\r\n\r\n",
    MEIR_ERROR_PROTOCOL, "" },
  { "H19 overflowing chunk",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff0\r\nd8:ine\r\n0\r\n\r\n",
    MEIR_ERROR_PROTOCOL, "" },
  { "H20 lengths that differ",
    "HTTP/1.1 200 OK\r\nContent-Length: 17\r\nContent-Length: 18\r\n\r\nd8:intervali1800ee",
    MEIR_ERROR_PROTOCOL, "length" },
  { "H20 length promised too long", "HTTP/1.1 200 OK\r\nContent-Length: 19\r\n\r\nd8:intervali1800ee",
    MEIR_ERROR_PROTOCOL, "announced 19" },
  { "H20 length promised too short", "HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\nd8:intervali1800ee!",
    MEIR_ERROR_PROTOCOL, "" },
  { "H20 length 2^63", "HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775808\r\n\r\nd8:in",
    MEIR_ERROR_PROTOCOL, "" },
  { "H20 two lengths",
    "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 2\r\n\r\nd8:", MEIR_ERROR_PROTOCOL, "" },
  { "H20 length too short", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nd8:intervali1800ee",
    MEIR_ERROR_PROTOCOL, "" },
  { "H22 status 999", "HTTP/1.1 999 Magic\r\nContent-Length: 0\r\n\r\n", MEIR_ERROR_PROTOCOL, "" },
  { "H22 status -1", "HTTP/1.1 -1 Bad\r\nContent-Length: 0\r\n\r\n", MEIR_ERROR_PROTOCOL, "" },
  { "H22 HTTP/0.9", "d8:intervali1800e5:peers0:e", MEIR_ERROR_PROTOCOL, "" },
  { "closes at once", "", MEIR_ERROR_PROTOCOL, "broke off" },
  { "404", "HTTP/1.1 404 \x1b[2JEvil\r\nContent-Length: 0\r\n\r\n", MEIR_ERROR_PROTOCOL, "404 Not Found" },
  { "H30 asks for a password",
    "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n",
    MEIR_ERROR_PROTOCOL, "401" },
  { "redirect to nowhere", "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", MEIR_ERROR_PROTOCOL, "302" },
  { "H24 to file", "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n",
    MEIR_ERROR_PROTOCOL, "not a web address" },
  { "H24 to ftp", "HTTP/1.1 302 Found\r\nLocation: ftp://127.0.0.1/announce\r\nContent-Length: 0\r\n\r\n",
    MEIR_ERROR_PROTOCOL, "not a web address" },
  { "H24 to udp", "HTTP/1.1 302 Found\r\nLocation: udp://127.0.0.1:80/announce\r\nContent-Length: 0\r\n\r\n",
    MEIR_ERROR_PROTOCOL, "not a web address" },
};

static void
hostile_script (HttpFixture *fixture, const char *target, Answer *answer)
{
  answer_raw (answer, ((const HostileCase *) fixture->data)->raw);
}

/* libsoup 3.2 hands a length past 2^63 to a GObject property, which GLib warns of; nothing else comes of it.
 */
static gboolean
is_fatal (const char *domain, GLogLevelFlags level, const char *message, gpointer user_data)
{
  return strstr (message, "content-length") == NULL;
}

static void
ignore_log (const char *domain, GLogLevelFlags level, const char *message, gpointer user_data)
{
  if (is_fatal (domain, level, message, NULL))
    g_log_default_handler (domain, level, message, NULL);
}

static void
test_hostile (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (HttpFixture) tracker = http_fixture_new (hostile_script, NULL, NULL);
  g_autofree char *url = http_fixture_dup_url (tracker, "/announce");
  guint log_id;
  Try try;

  g_test_log_set_fatal_handler (is_fatal, NULL);
  log_id = g_log_set_handler ("GLib-GObject", G_LOG_LEVEL_WARNING | G_LOG_FLAG_FATAL, ignore_log, NULL);

  try_init (&try, world);
  for (guint i = 0; i < G_N_ELEMENTS (hostile_cases); i++) {
    g_test_message ("%s", hostile_cases[i].id);
    tracker->data = (gpointer) &hostile_cases[i];
    run (&try, url);
    g_test_message ("%s", try.error != NULL ? try.error->message : "no error");
    assert_failed (&try, hostile_cases[i].code, hostile_cases[i].words);
    g_assert_nonnull (strstr (try.error->message, "127.0.0.1:"));
  }
  g_log_remove_handler ("GLib-GObject", log_id);
  try_clear (&try);
}

static void
refusal_script (HttpFixture *fixture, const char *target, Answer *answer)
{
  answer_raw (answer, fixture->data);
}

/* A refusal wins over whatever else is said, with any status; 410 is final (H05, H08). */
static void
test_refusals (void)
{
  static const struct {
    const char *raw;
    const char *failure;
    guint32 retry_sec;
  } cases[] = {
    { "HTTP/1.1 200 OK\r\n\r\nd14:failure reason14:not registered5:peers6:abcdefe", "not registered", 0 },
    { "HTTP/1.1 403 Forbidden\r\n\r\nd14:failure reason14:not registerede", "not registered", 0 },
    { "HTTP/1.1 200 OK\r\n\r\nd14:failure reason4:gone8:retry in5:nevere", "gone", MEIR_RETRY_NEVER },
    { "HTTP/1.1 410 Gone\r\nContent-Length: 3\r\n\r\nbye", "It is gone for good (410 Gone)",
      MEIR_RETRY_NEVER },
    { "HTTP/1.1 410 Gone\r\n\r\nd14:failure reason4:gonee", "It is gone for good (410 Gone)",
      MEIR_RETRY_NEVER },
  };
  g_autoptr (World) world = world_new ();
  g_autoptr (HttpFixture) tracker = http_fixture_new (refusal_script, NULL, NULL);
  g_autofree char *url = http_fixture_dup_url (tracker, "/announce");
  Try try;

  try_init (&try, world);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    tracker->data = (gpointer) cases[i].raw;
    run (&try, url);
    g_assert_no_error (try.error);
    g_assert_cmpstr (try.failure, ==, cases[i].failure);
    g_assert_cmpuint (try.retry_sec, ==, cases[i].retry_sec);
  }
  try_clear (&try);
}

static GBytes *
gzip_zeros (gsize length)
{
  g_autoptr (GZlibCompressor) compressor = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 9);
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_autoptr (GOutputStream) stream = g_converter_output_stream_new (memory, G_CONVERTER (compressor));
  g_autofree guint8 *zeros = g_malloc0 (1 << 20);

  for (gsize left = length; left > 0; left -= MIN (left, 1 << 20))
    g_assert_true (g_output_stream_write_all (stream, zeros, MIN (left, 1 << 20), NULL, NULL, NULL));
  g_assert_true (g_output_stream_close (stream, NULL, NULL));
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (memory));
}

static void
gzip_script (HttpFixture *fixture, const char *target, Answer *answer)
{
  gsize length;
  const void *bytes = g_bytes_get_data (fixture->data, &length);

  answer_ok_bytes (answer, "Content-Encoding: gzip\r\n", bytes, length);
}

/* H17: what counts is what comes out of the decoder. */
static void
test_gzip (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (HttpFixture) tracker = http_fixture_new (gzip_script, NULL, NULL);
  g_autofree char *url = http_fixture_dup_url (tracker, "/announce");
  g_autoptr (GBytes) bomb = gzip_zeros (256 << 20);
  g_autoptr (GZlibCompressor) compressor = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 9);
  guint8 good[200];
  gsize taken, given;
  g_autoptr (GBytes) good_bytes = NULL;
  Try try;

  try_init (&try, world);
  tracker->data = bomb;
  run (&try, url);
  assert_failed (&try, MEIR_ERROR_PROTOCOL, "longer than 2 MiB");

  g_assert_cmpint (g_converter_convert (G_CONVERTER (compressor), GOOD_BODY, sizeof GOOD_BODY - 1, good,
                                        sizeof good, G_CONVERTER_INPUT_AT_END, &taken, &given, NULL),
                   ==, G_CONVERTER_FINISHED);
  good_bytes = g_bytes_new (good, given);
  tracker->data = good_bytes;
  run (&try, url);
  g_assert_no_error (try.error);
  g_assert_cmpuint (try.n_peers, ==, 1);
  try_clear (&try);
}

static void
endless_script (HttpFixture *fixture, const char *target, Answer *answer)
{
  g_autofree char *filler = g_strnfill (60000, 'a');

  answer_raw (answer, fixture->data);
  answer->tail = strstr (fixture->data, "\r\n\r\n") != NULL ? g_bytes_new (filler, 60000)
                                                            : g_bytes_new ("X-Filler: 0123456789\r\n", 22);
}

/* H10, H21: bodies and headers that never end. */
static void
test_endless (void)
{
  static const char *const starts[] = {
    "HTTP/1.1 200 OK\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n",
    "HTTP/1.1 200 OK\r\n",
    "HTTP/1.1 302 Found\r\n",
    "HTTP/1.1 404 Not Found\r\n\r\n",
  };
  g_autoptr (World) world = world_new ();
  g_autoptr (HttpFixture) tracker = http_fixture_new (endless_script, NULL, NULL);
  g_autofree char *url = http_fixture_dup_url (tracker, "/announce");
  Try try;

  try_init (&try, world);
  for (guint i = 0; i < G_N_ELEMENTS (starts); i++) {
    tracker->data = (gpointer) starts[i];
    run (&try, url);
    assert_failed (&try, MEIR_ERROR_PROTOCOL, "");
  }
  try_clear (&try);
}

static void
silent_script (HttpFixture *fixture, const char *target, Answer *answer)
{
}

static void
drip_script (HttpFixture *fixture, const char *target, Answer *answer)
{
  answer_ok_bytes (answer, "", GOOD_BODY, sizeof GOOD_BODY - 1);
  answer->drip_msec = 10;
  if (fixture->data != NULL) {
    /* The header at once, the body in drips that would take hours. */
    answer->drip_msec = 0;
    g_clear_pointer (&answer->bytes, g_bytes_unref);
    answer_raw (answer, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nd");
    answer->drip_msec = 1;
    answer->tail = g_bytes_new ("x", 1);
  }
}

/* H28, H29: neither silence nor drips outlast the deadlines. */
static void
test_deadlines (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (HttpFixture) silent = http_fixture_new (silent_script, NULL, NULL);
  g_autoptr (HttpFixture) drip = http_fixture_new (drip_script, NULL, NULL);
  g_autofree char *silent_url = http_fixture_dup_url (silent, "/announce");
  g_autofree char *drip_url = http_fixture_dup_url (drip, "/announce");
  Try try;

  try_init (&try, world);
  try.setup.deadlines.http_first_byte_msec = 60;
  run (&try, silent_url);
  assert_failed (&try, MEIR_ERROR_TIMED_OUT, "does not answer");
  /* Bytes that are not a whole header do not count. */
  run (&try, drip_url);
  assert_failed (&try, MEIR_ERROR_TIMED_OUT, "does not answer");

  try.setup.deadlines.http_first_byte_msec = 20000;
  try.setup.deadlines.http_total_msec = 300;
  drip->data = drip;
  run (&try, drip_url);
  assert_failed (&try, MEIR_ERROR_TIMED_OUT, "");
  try_clear (&try);
}

static void
redirect_script (HttpFixture *fixture, const char *target, Answer *answer)
{
  guint left = (guint) g_ascii_strtoull (target + strlen ("/announce"), NULL, 10);
  g_autofree char *next = NULL;

  if (left == 0 && g_str_has_prefix (target, "/announce0")) {
    good_script (fixture, target, answer);
    return;
  }
  next = left == 0 ? g_strdup ("/announce") : g_strdup_printf ("/announce%u?k=%%2f", left - 1);
  answer_redirect (answer, next);
}

/* H23: up to five redirects, and no more. */
static void
test_redirects (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (HttpFixture) tracker = http_fixture_new (redirect_script, NULL, NULL);
  g_autofree char *five = http_fixture_dup_url (tracker, "/announce5");
  g_autofree char *six = http_fixture_dup_url (tracker, "/announce6");
  g_autofree char *loop = http_fixture_dup_url (tracker, "/announce");
  Try try;

  try_init (&try, world);
  run (&try, five);
  g_assert_no_error (try.error);
  g_assert_cmpuint (tracker->n_requests, ==, 6);
  g_assert_true (g_str_has_prefix (tracker->requests->pdata[5], "GET /announce0?k=%2F HTTP/1.1\r\n"));
  run (&try, six);
  assert_failed (&try, MEIR_ERROR_PROTOCOL, "redirects more than 5 times");
  tracker->n_requests = 0;
  run (&try, loop);
  assert_failed (&try, MEIR_ERROR_PROTOCOL, "redirects more than 5 times");
  g_assert_cmpuint (tracker->n_requests, ==, 6);
  try_clear (&try);
}

static void
redirect_to_script (HttpFixture *fixture, const char *target, Answer *answer)
{
  g_autofree char *text = g_strdup_printf ("HTTP/1.1 307 Moved\r\nSet-Cookie: a=b\r\nLocation: %s\r\n"
                                           "Content-Length: 0\r\n\r\n",
                                           (char *) fixture->data);
  answer_raw (answer, text);
}

/* H26, H30: neither user name, password nor cookie goes anywhere. */
static void
test_redirect_credentials (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (HttpFixture) target = http_fixture_new (good_script, NULL, NULL);
  g_autoptr (HttpFixture) tracker = http_fixture_new (redirect_to_script, NULL, NULL);
  g_autofree char *location = g_strdup_printf ("http://me:secret@127.0.0.1:%u/announce", target->port);
  g_autofree char *url = g_strdup_printf ("http://you:hidden@127.0.0.1:%u/announce", tracker->port);
  Try try;

  try_init (&try, world);
  tracker->data = location;
  run (&try, url);
  g_assert_no_error (try.error);
  g_assert_null (strstr (tracker->requests->pdata[0], "Authorization"));
  g_assert_null (strstr (target->requests->pdata[0], "Authorization"));
  g_assert_null (strstr (target->requests->pdata[0], "Cookie"));
  g_assert_null (strstr (target->requests->pdata[0], "secret"));
  try_clear (&try);
}

/* H25, H27: a tracker with an address in the internet cannot send us into a private network, whatever name it
 * gives; one that is in a private network itself can, but to announces only. Bound to loopback, the attempt
 * to reach the internet address fails in the kernel, without a packet. */
static void
test_private_network (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (HttpFixture) target = http_fixture_new (good_script, NULL, NULL);
  g_autoptr (HttpFixture) tracker = http_fixture_new (redirect_to_script, NULL, NULL);
  g_autofree char *outside = g_strdup_printf ("http://outside.test:%u/announce", tracker->port);
  g_autofree char *inside = g_strdup_printf ("http://inside.test:%u/announce", tracker->port);
  g_autofree char *not_announce = g_strdup_printf ("http://inside.test:%u/reboot", tracker->port);
  g_autofree char *by_number = g_strdup_printf ("http://127.0.0.1:%u/announce", target->port);
  g_autofree char *by_name = g_strdup_printf ("http://inside.test:%u/announce", target->port);
  g_autofree char *elsewhere = g_strdup_printf ("http://127.0.0.1:%u/reboot", target->port);
  Try try;

  names_install ();
  names_set ("outside.test", "192.0.2.1 127.0.0.1");
  names_set ("inside.test", "127.0.0.1");
  try_init (&try, world);
  g_assert_true (meir_endpoint_parse (&try.setup.local, "127.0.0.1:1", NULL));
  try.setup.local.port = 0;

  tracker->data = by_number;
  run (&try, outside);
  assert_failed (&try, MEIR_ERROR_PROTOCOL, "private network");
  tracker->data = by_name;
  run (&try, outside);
  assert_failed (&try, MEIR_ERROR_PROTOCOL, "inside.test");
  g_assert_cmpuint (target->n_connections, ==, 0);

  run (&try, inside);
  g_assert_no_error (try.error);
  g_assert_cmpuint (target->n_connections, ==, 1);
  tracker->data = elsewhere;
  run (&try, inside);
  assert_failed (&try, MEIR_ERROR_PROTOCOL, "private network");
  g_assert_cmpuint (target->n_connections, ==, 1);
  tracker->n_connections = 0;
  run (&try, not_announce);
  assert_failed (&try, MEIR_ERROR_INVALID, "does not end in");
  g_assert_cmpuint (tracker->n_connections, ==, 0);
  try_clear (&try);
  names_uninstall ();
}

/* The name is looked up once: what was judged is what is dialled. */
static void
test_one_look_up (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (HttpFixture) tracker = http_fixture_new (good_script, NULL, NULL);
  g_autofree char *url = g_strdup_printf ("http://inside.test:%u/announce", tracker->port);
  Try try;

  names_install ();
  names_set ("inside.test", "127.0.0.1");
  try_init (&try, world);
  run (&try, url);
  g_assert_no_error (try.error);
  g_assert_cmpuint (names_get_count ("inside.test"), ==, 1);
  g_assert_nonnull (strstr (tracker->requests->pdata[0], "\r\nHost: inside.test:"));
  run (&try, "http://nowhere.test/announce");
  assert_failed (&try, MEIR_ERROR_NETWORK, "nowhere.test");
  try_clear (&try);
  names_uninstall ();
}

static void
test_nobody_listens (void)
{
  g_autoptr (World) world = world_new ();
  HttpFixture *tracker = http_fixture_new (good_script, NULL, NULL);
  g_autofree char *url = http_fixture_dup_url (tracker, "/announce");
  Try try;

  try_init (&try, world);
  http_fixture_free (tracker);
  run (&try, url);
  assert_failed (&try, MEIR_ERROR_NETWORK, "connection refused");
  try_clear (&try);
}

static void
cancel_script (HttpFixture *fixture, const char *target, Answer *answer)
{
  if (fixture->data == NULL)
    return;
  answer_raw (answer, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nd");
  answer->tail = g_bytes_new ("x", 1);
  answer->drip_msec = 1;
}

/* Cancelled at any point, nothing is called, and nothing is left behind. */
static void
test_cancel (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (HttpFixture) tracker = http_fixture_new (cancel_script, NULL, NULL);
  g_autofree char *url = http_fixture_dup_url (tracker, "/announce");
  Try try;

  try_init (&try, world);
  meir_http_announce_cancel (begin (&try, url));
  for (guint headers = 0; headers < 2; headers++) {
    guint before = tracker->n_requests;
    MeirHttpAnnounce *announce;

    tracker->data = headers > 0 ? tracker : NULL;
    announce = begin (&try, url);
    world_run_until_count (world, &tracker->n_requests, before + 1);
    world_run_msec (world, 20);
    meir_http_announce_cancel (announce);
  }
  world_run_msec (world, 50);
  g_assert_false (try.done);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http-announce/good", test_good);
  g_test_add_func ("/http-announce/hostile", test_hostile);
  g_test_add_func ("/http-announce/refusals", test_refusals);
  g_test_add_func ("/http-announce/gzip", test_gzip);
  g_test_add_func ("/http-announce/endless", test_endless);
  g_test_add_func ("/http-announce/deadlines", test_deadlines);
  g_test_add_func ("/http-announce/redirects", test_redirects);
  g_test_add_func ("/http-announce/redirect-credentials", test_redirect_credentials);
  g_test_add_func ("/http-announce/private-network", test_private_network);
  g_test_add_func ("/http-announce/one-look-up", test_one_look_up);
  g_test_add_func ("/http-announce/nobody-listens", test_nobody_listens);
  g_test_add_func ("/http-announce/cancel", test_cancel);
  return g_test_run ();
}
