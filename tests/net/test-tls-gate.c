/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/meir-tls-gate.h"

#include "base/meir-byte-cursor.h"
#include "base/meir-error.h"
#include "base/meir-limits.h"
#include "net-support.h"
#include "net/meir-tls-priority.h"
#include "net/meir-tls.h"
#include "raw-tls.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CROWD 80

static MeirLoop *loop;

/* The ClientHello of a real client, which then falls silent. */
static guint8 hello[4096];
static gsize hello_length;

static MeirTlsGate *
make_gate (void)
{
  g_autoptr (GError) error = NULL;
  MeirTlsGate *gate = meir_tls_gate_new (loop, &error);

  g_assert_no_error (error);
  return gate;
}

static void
catch_hello (void)
{
  g_autoptr (MeirTlsGate) gate = make_gate ();
  NetOutcome outcome = { 0 };
  MeirTlsHandshake *handshake;
  int fds[2];
  gssize n;

  net_pair (fds, 0);
  handshake =
      meir_tls_gate_enter (gate, MEIR_TLS_LANE_KNOWN, fds[0], TRUE, NULL, 0, net_outcome_cb, &outcome);
  net_wait_readable (fds[1]);
  net_run_for (20);
  n = recv (fds[1], hello, sizeof hello, 0);
  g_assert_cmpint (n, >, 100);
  hello_length = (gsize) n;
  meir_tls_handshake_cancel (handshake);
  net_assert_closed_silently (fds[1]);
  g_assert_cmpuint (outcome.calls, ==, 0);
}

/* What everybody on the path can read of us: our protocol's name, but no server name (SNI), which could only
 * be a torrent's (RFC 8446, 4.1.2 and RFC 6066, 3). */
static void
test_hello_names_nobody (void)
{
  MeirByteCursor cursor;
  gsize extensions_end;
  gboolean has_protocol = FALSE;

  meir_byte_cursor_init (&cursor, hello, hello_length);
  meir_byte_cursor_take (&cursor, 5 + 4 + 2 + 32);
  meir_byte_cursor_take (&cursor, meir_byte_cursor_u8 (&cursor));
  meir_byte_cursor_take (&cursor, meir_byte_cursor_u16 (&cursor));
  meir_byte_cursor_take (&cursor, meir_byte_cursor_u8 (&cursor));
  extensions_end = meir_byte_cursor_u16 (&cursor) + cursor.position;
  g_assert_cmpuint (extensions_end, ==, hello_length);
  while (cursor.position < extensions_end && !cursor.failed) {
    guint16 type = meir_byte_cursor_u16 (&cursor);

    meir_byte_cursor_take (&cursor, meir_byte_cursor_u16 (&cursor));
    g_assert_cmpuint (type, !=, 0 /* server_name */);
    g_assert_cmpuint (type, !=, 41 /* pre_shared_key */);
    g_assert_cmpuint (type, !=, 42 /* early_data */);
    has_protocol |= type == 16 /* application_layer_protocol_negotiation */;
  }
  g_assert_false (cursor.failed);
  g_assert_true (has_protocol);
}

static void
test_pair (void)
{
  g_autoptr (MeirTlsGate) gate = make_gate ();
  MeirStream *streams[2];

  net_tls_pair (gate, 0, streams);
  net_assert_talking (streams[0], streams[1]);
  meir_stream_free (streams[0]);
  meir_stream_free (streams[1]);
}

/* Bytes that were read before TLS began are part of it, on both sides; and what comes behind the handshake is
 * kept. */
static void
test_unread (void)
{
  for (gsize cut = 0; cut <= hello_length; cut += hello_length / 3) {
    g_autoptr (MeirTlsGate) gate = make_gate ();
    NetOutcome client = { 0 }, server = { 0 };
    guint8 start[4096];
    int fds[2];

    net_pair (fds, 0);
    meir_tls_gate_enter (gate, MEIR_TLS_LANE_KNOWN, fds[0], TRUE, NULL, 0, net_outcome_cb, &client);
    if (cut > 0) {
      net_wait_readable (fds[1]);
      net_receive (fds[1], start, cut);
    }
    meir_tls_gate_enter (gate, MEIR_TLS_LANE_STRANGERS, fds[1], FALSE, start, cut, net_outcome_cb, &server);
    net_run_until (client.calls + server.calls == 2);
    g_assert_no_error (client.error);
    g_assert_no_error (server.error);
    net_assert_talking (client.stream, server.stream);
    net_outcome_clear (&client);
    net_outcome_clear (&server);
  }
}

static void
assert_refused (RawTls *raw, const char *why)
{
  g_autoptr (MeirTlsGate) gate = make_gate ();
  NetOutcome outcome = { 0 };
  int fds[2];

  net_pair (fds, 0);
  meir_tls_gate_enter (gate, MEIR_TLS_LANE_STRANGERS, fds[1], raw->server, NULL, 0, net_outcome_cb, &outcome);
  raw_tls_start (raw, fds[0]);
  net_run_until (outcome.calls == 1);
  g_assert_error (outcome.error, MEIR_ERROR, MEIR_ERROR_TLS);
  if (why != NULL && strstr (outcome.error->message, why) == NULL)
    g_error ("%s is not because of %s", outcome.error->message, why);
  raw_tls_clear (raw);
  net_outcome_clear (&outcome);
  close (fds[0]);
}

static void
test_refusals (void)
{
  RawTls old = { .priority = "NORMAL:-VERS-ALL:+VERS-TLS1.2", .protocol = MEIR_TLS_PROTOCOL };
  RawTls ancient = { .priority = "NORMAL:-VERS-ALL:+VERS-TLS1.1:+VERS-TLS1.0",
                     .protocol = MEIR_TLS_PROTOCOL };
  RawTls no_protocol = { .protocol = NULL };
  RawTls other_protocol = { .protocol = "h2" };
  RawTls no_certificate = { .protocol = MEIR_TLS_PROTOCOL, .no_certificate = TRUE };
  RawTls old_server = { .server = TRUE,
                        .priority = "NORMAL:-VERS-ALL:+VERS-TLS1.2",
                        .protocol = MEIR_TLS_PROTOCOL };
  RawTls deaf_server = { .server = TRUE };

  assert_refused (&old, "TLS 1.3");
  assert_refused (&ancient, NULL);
  assert_refused (&no_protocol, MEIR_TLS_PROTOCOL);
  assert_refused (&other_protocol, MEIR_TLS_PROTOCOL);
  assert_refused (&no_certificate, NULL);
  assert_refused (&old_server, "TLS 1.3");
  assert_refused (&deaf_server, MEIR_TLS_PROTOCOL);
}

/* A foreign client that does everything right is let in, so the refusals above are for what they say. */
static void
test_foreign_client (void)
{
  g_autoptr (MeirTlsGate) gate = make_gate ();
  RawTls raw = { .protocol = MEIR_TLS_PROTOCOL };
  NetOutcome outcome = { 0 };
  guint8 binding[32];
  int fds[2];

  net_pair (fds, 0);
  meir_tls_gate_enter (gate, MEIR_TLS_LANE_STRANGERS, fds[1], FALSE, NULL, 0, net_outcome_cb, &outcome);
  raw_tls_start (&raw, fds[0]);
  net_run_until (outcome.calls == 1);
  raw_tls_wait (&raw);
  g_assert_no_error (outcome.error);
  g_assert_cmpint (raw.result, ==, 0);
  g_assert_cmpstr (gnutls_cipher_get_name (gnutls_cipher_get (raw.session)), ==, "AES-128-GCM");
  g_assert_true (meir_stream_get_binding (outcome.stream, binding));
  g_assert_cmpmem (binding, 32, raw.binding, 32);
  raw_tls_clear (&raw);
  net_outcome_clear (&outcome);
  close (fds[0]);
}

static void
test_not_tls (void)
{
  static const char *const texts[] = { "GET / HTTP/1.1\r\n\r\n", "\023BitTorrent protocol",
                                       "\x16\x03\x01\x00\x01" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (MeirTlsGate) gate = make_gate ();
    NetOutcome outcome = { 0 };
    int fds[2];

    net_pair (fds, 0);
    meir_tls_gate_enter (gate, MEIR_TLS_LANE_STRANGERS, fds[1], FALSE, NULL, 0, net_outcome_cb, &outcome);
    net_send (fds[0], texts[i], MAX (strlen (texts[i]), 5));
    net_run_until (outcome.calls == 1);
    g_assert_error (outcome.error, MEIR_ERROR, MEIR_ERROR_TLS);
    net_outcome_clear (&outcome);
    net_assert_closed_silently (fds[0]);
  }
}

static void
test_garbage_hello (void)
{
  g_autoptr (MeirTlsGate) gate = make_gate ();
  NetOutcome outcome = { 0 };
  guint8 garbage[4096];
  int fds[2];

  net_pair (fds, 0);
  memset (garbage, 0xa5, sizeof garbage);
  memcpy (garbage, "\x16\x03\x01\x0f\xfb\x01\x00\x0f\xf7", 9);
  meir_tls_gate_enter (gate, MEIR_TLS_LANE_STRANGERS, fds[1], FALSE, NULL, 0, net_outcome_cb, &outcome);
  net_send (fds[0], garbage, sizeof garbage);
  net_run_until (outcome.calls == 1);
  g_assert_error (outcome.error, MEIR_ERROR, MEIR_ERROR_TLS);
  net_outcome_clear (&outcome);
  close (fds[0]);
}

static void
test_closed_before_hello (void)
{
  g_autoptr (MeirTlsGate) gate = make_gate ();
  NetOutcome outcome = { 0 };
  int fds[2];

  net_pair (fds, 0);
  meir_tls_gate_enter (gate, MEIR_TLS_LANE_STRANGERS, fds[1], FALSE, NULL, 0, net_outcome_cb, &outcome);
  close (fds[0]);
  net_run_until (outcome.calls == 1);
  g_assert_error (outcome.error, MEIR_ERROR, MEIR_ERROR_NETWORK);
  net_outcome_clear (&outcome);
}

/* The hello comes in three parts, and an end in between. */
static void
test_hello_in_parts (void)
{
  g_autoptr (MeirTlsGate) gate = make_gate ();
  NetOutcome outcome = { 0 };
  guint8 answer[5];
  int fds[2];

  net_pair (fds, 0);
  meir_tls_gate_enter (gate, MEIR_TLS_LANE_STRANGERS, fds[1], FALSE, NULL, 0, net_outcome_cb, &outcome);
  net_send (fds[0], hello, 3);
  net_run_for (20);
  net_send (fds[0], hello + 3, 100);
  net_run_for (20);
  /* No thread, so no answer, before the record is whole. */
  g_assert_cmpint (recv (fds[0], answer, sizeof answer, MSG_PEEK | MSG_DONTWAIT), ==, -1);
  net_send (fds[0], hello + 103, hello_length - 103);
  net_receive (fds[0], answer, sizeof answer);
  g_assert_cmpuint (answer[0], ==, 22);
  close (fds[0]);
  net_run_until (outcome.calls == 1);
  g_assert_error (outcome.error, MEIR_ERROR, MEIR_ERROR_TLS);
  net_outcome_clear (&outcome);
}

static guint
count_calls (const NetOutcome *outcomes, guint n)
{
  guint calls = 0;

  for (guint i = 0; i < n; i++)
    calls += outcomes[i].calls;
  return calls;
}

/* A crowd that says hello and then nothing: an honest client behind it is served within the patience with one
 * of them, not after all of them; a connection of our own does not notice at all; and everyone of the crowd
 * ends in time. */
static void
test_silent_crowd (void)
{
  g_autoptr (MeirTlsGate) gate = make_gate ();
  NetOutcome crowd[CROWD] = { 0 };
  NetOutcome client = { 0 }, server = { 0 };
  int silent[CROWD];
  int fds[2];
  guint n_gone;
  gint64 start;

  for (guint i = 0; i < CROWD; i++) {
    net_pair (fds, 0);
    silent[i] = fds[0];
    meir_tls_gate_enter (gate, MEIR_TLS_LANE_STRANGERS, fds[1], FALSE, NULL, 0, net_outcome_cb, &crowd[i]);
    net_send (fds[0], hello, hello_length);
  }
  net_run_for (50);

  start = g_get_monotonic_time ();
  net_pair (fds, 0);
  meir_tls_gate_enter (gate, MEIR_TLS_LANE_KNOWN, fds[0], TRUE, NULL, 0, net_outcome_cb, &client);
  meir_tls_gate_enter (gate, MEIR_TLS_LANE_STRANGERS, fds[1], FALSE, NULL, 0, net_outcome_cb, &server);
  net_run_until (client.calls == 1 && server.calls == 1);
  g_assert_no_error (client.error);
  g_assert_no_error (server.error);
  n_gone = count_calls (crowd, CROWD);
  g_test_message ("honest client served after %d ms, %u of the crowd gone",
                  (int) ((g_get_monotonic_time () - start) / 1000), n_gone);
  g_assert_cmpuint (n_gone, <, CROWD / 2);

  for (guint i = 0; i < CROWD; i++)
    close (silent[i]);
  net_run_until (count_calls (crowd, CROWD) == CROWD);
  for (guint i = 0; i < CROWD; i++) {
    g_assert_nonnull (crowd[i].error);
    net_outcome_clear (&crowd[i]);
  }
  net_outcome_clear (&client);
  net_outcome_clear (&server);
}

/* Nobody else waits, so the one who is silent has the whole time; then its connection is closed. */
static void
test_timeout (void)
{
  g_autoptr (MeirTlsGate) gate = make_gate ();
  NetOutcome outcome = { 0 };
  gint64 start = g_get_monotonic_time ();
  int fds[2];

  net_pair (fds, 0);
  meir_tls_gate_enter (gate, MEIR_TLS_LANE_STRANGERS, fds[1], FALSE, NULL, 0, net_outcome_cb, &outcome);
  net_send (fds[0], hello, hello_length);
  net_run_until (outcome.calls == 1);
  g_assert_error (outcome.error, MEIR_ERROR, MEIR_ERROR_TIMED_OUT);
  g_assert_cmpint (g_get_monotonic_time () - start, >=, MEIR_TLS_HANDSHAKE_TIMEOUT_SEC * G_USEC_PER_SEC);
  net_outcome_clear (&outcome);
  close (fds[0]);
}

/* Cancelled at each stage, and by freeing the gate at each stage: nothing is told, closed at once, nothing
 * leaks. */
static void
test_cancel (void)
{
  for (guint stage = 0; stage < 4; stage++) {
    for (guint by_free = 0; by_free < 2; by_free++) {
      int fds_before = net_count_fds ();
      MeirTlsGate *gate = make_gate ();
      MeirTlsHandshake *handshakes[12];
      NetOutcome outcome = { 0 };
      int others[12];

      for (guint i = 0; i < 12; i++) {
        int fds[2];

        net_pair (fds, 0);
        others[i] = fds[0];
        if (stage >= 2)
          net_send (fds[0], hello, hello_length);
        handshakes[i] =
            meir_tls_gate_enter (gate, i % 2, fds[1], stage == 1, NULL, 0, net_outcome_cb, &outcome);
      }
      /* Stage 0 and 1 have not been looked at; 2 is running or waiting in its lane; 3 has got far. */
      if (stage == 2)
        g_main_context_iteration (NULL, FALSE);
      if (stage == 3)
        net_run_for (30);
      if (by_free == 0) {
        for (guint i = 0; i < 12; i++)
          meir_tls_handshake_cancel (handshakes[i]);
      }
      meir_tls_gate_free (gate);
      g_assert_cmpuint (outcome.calls, ==, 0);
      for (guint i = 0; i < 12; i++)
        close (others[i]);
      net_run_until (net_count_fds () <= fds_before);
    }
  }
}

int
main (int argc, char *argv[])
{
  int result;

  meir_tls_init_priority ();
  g_test_init (&argc, &argv, NULL);
  loop = meir_loop_new (NULL);
  catch_hello ();
  g_test_add_func ("/tls-gate/hello-names-nobody", test_hello_names_nobody);
  g_test_add_func ("/tls-gate/pair", test_pair);
  g_test_add_func ("/tls-gate/unread", test_unread);
  g_test_add_func ("/tls-gate/refusals", test_refusals);
  g_test_add_func ("/tls-gate/foreign-client", test_foreign_client);
  g_test_add_func ("/tls-gate/not-tls", test_not_tls);
  g_test_add_func ("/tls-gate/garbage-hello", test_garbage_hello);
  g_test_add_func ("/tls-gate/closed-before-hello", test_closed_before_hello);
  g_test_add_func ("/tls-gate/hello-in-parts", test_hello_in_parts);
  g_test_add_func ("/tls-gate/silent-crowd", test_silent_crowd);
  g_test_add_func ("/tls-gate/timeout", test_timeout);
  g_test_add_func ("/tls-gate/cancel", test_cancel);
  result = g_test_run ();
  meir_loop_free (loop);
  return result;
}
