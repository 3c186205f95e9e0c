/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tracker-client.h"

#include "base/meir-limits.h"
#include "net/meir-tls-certificate.h"
#include "tracker/meir-tracker-certificate.h"

#include <glib/gstdio.h>
#include <gnutls/gnutls.h>

typedef struct {
  char *folder;
  MeirTracker *tracker;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("meir-https-XXXXXX", NULL);
  fixture->tracker = client_start_tracker ("127.0.0.1", fixture->folder, 0);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autofree char *key = g_build_filename (fixture->folder, MEIR_TRACKER_KEY_FILE, NULL);
  g_autofree char *certificate = g_build_filename (fixture->folder, MEIR_TRACKER_CERTIFICATE_FILE, NULL);

  meir_tracker_free (fixture->tracker);
  g_unlink (key);
  g_unlink (certificate);
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
}

static int
dial (Fixture *fixture)
{
  return client_connect (SOCK_STREAM, "127.0.0.1", meir_tracker_get_http_port (fixture->tracker));
}

static gboolean
on_accept (GTlsConnection *connection, GTlsCertificate *certificate, GTlsCertificateFlags flags,
           gpointer user_data)
{
  Fixture *fixture = user_data;
  g_autofree char *expected = meir_tracker_dup_fingerprint (fixture->tracker);
  g_autofree char *fingerprint = meir_tls_certificate_dup_fingerprint (certificate);

  /* Signed by nobody we know, and nothing else wrong with it: right name, right time. */
  g_assert_cmpuint (flags, ==, G_TLS_CERTIFICATE_UNKNOWN_CA);
  g_assert_cmpstr (fingerprint, ==, expected);
  return TRUE;
}

static GIOStream *
dial_tls (Fixture *fixture, const char *name)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) base = NULL;
  g_autoptr (GSocketConnectable) identity =
      g_network_address_new (name, meir_tracker_get_http_port (fixture->tracker));
  g_autoptr (GError) error = NULL;
  GIOStream *tls;

  g_socket_client_set_timeout (client, PATIENCE_SEC);
  base = g_socket_client_connect_to_host (client, "127.0.0.1", meir_tracker_get_http_port (fixture->tracker),
                                          NULL, &error);
  g_assert_no_error (error);
  tls = g_tls_client_connection_new (G_IO_STREAM (base), identity, &error);
  g_assert_no_error (error);
  g_signal_connect (tls, "accept-certificate", G_CALLBACK (on_accept), fixture);
  g_tls_connection_handshake (G_TLS_CONNECTION (tls), NULL, &error);
  g_assert_no_error (error);
  return tls;
}

/* Says @text and reads until @n responses have come whole. */
static void
converse (GIOStream *stream, const char *text, guint n)
{
  g_autoptr (GDataInputStream) input = g_data_input_stream_new (g_io_stream_get_input_stream (stream));
  g_autoptr (GError) error = NULL;

  g_filter_input_stream_set_close_base_stream (G_FILTER_INPUT_STREAM (input), FALSE);
  g_data_input_stream_set_newline_type (input, G_DATA_STREAM_NEWLINE_TYPE_CR_LF);
  g_output_stream_write_all (g_io_stream_get_output_stream (stream), text, strlen (text), NULL, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < n; i++) {
    g_autofree char *body = NULL;
    gsize length = 0;

    for (gboolean first = TRUE;; first = FALSE) {
      g_autofree char *line = g_data_input_stream_read_line (input, NULL, NULL, &error);

      g_assert_no_error (error);
      g_assert_nonnull (line);
      if (first)
        g_assert_cmpstr (line, ==, "HTTP/1.1 200 OK");
      if (g_str_has_prefix (line, "Content-Length: "))
        length = g_ascii_strtoull (line + 16, NULL, 10);
      if (*line == '\0')
        break;
    }
    body = g_malloc (length);
    g_assert_true (g_input_stream_read_all (G_INPUT_STREAM (input), body, length, &length, NULL, &error));
    g_assert_no_error (error);
    g_assert_cmpint (body[0], ==, 'd');
  }
}

static void
announce_honestly (Fixture *fixture)
{
  g_autoptr (GIOStream) stream = dial_tls (fixture, "localhost");

  converse (stream, ANNOUNCE "\r\n", 1);
  g_io_stream_close (stream, NULL, NULL);
}

/* Announces over TLS, several on one connection and several at once, for every name of this computer. Not for
 * "::1": GIO's client says that as its server name, against RFC 6066, and GnuTLS refuses it. */
static void
test_announce (Fixture *fixture, gconstpointer data)
{
  const char *const names[] = { "localhost", "127.0.0.1", g_get_host_name () };
  MeirTrackerCounters counters;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (GIOStream) stream = dial_tls (fixture, names[i]);

    for (guint n = 0; n < 20; n++)
      converse (stream, ANNOUNCE "\r\n", 1);
    converse (stream, ANNOUNCE "\r\n" ANNOUNCE "\r\n" ANNOUNCE "\r\n", 3);
    converse (stream, ANNOUNCE "Connection: close\r\n\r\n", 1);
    g_assert_cmpint (
        g_input_stream_read (g_io_stream_get_input_stream (stream), (char[1]){ 0 }, 1, NULL, NULL), ==, 0);
  }
  meir_tracker_get_counters (fixture->tracker, &counters);
  g_assert_cmpuint (counters.announces_https, ==, 3 * 24);
  g_assert_cmpuint (counters.announces_http, ==, 0);
}

/* A long pipeline: more answers than one record and one buffer hold. */
static void
test_pipeline (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GIOStream) stream = dial_tls (fixture, "localhost");
  g_autoptr (GString) many = g_string_new (NULL);

  for (guint i = 0; i < 1000; i++)
    g_string_append (many, ANNOUNCE "\r\n");
  converse (stream, many->str, 1000);
  g_io_stream_close (stream, NULL, NULL);
}

/* Shakes hands with GnuTLS alone. */
static gboolean
shake (Fixture *fixture, const char *priority, int *fd)
{
  gnutls_session_t session;
  gnutls_certificate_credentials_t credentials;
  int result;

  *fd = dial (fixture);
  gnutls_certificate_allocate_credentials (&credentials);
  gnutls_init (&session, GNUTLS_CLIENT | GNUTLS_NO_SIGNAL);
  g_assert_cmpint (gnutls_priority_set_direct (session, priority, NULL), ==, 0);
  gnutls_credentials_set (session, GNUTLS_CRD_CERTIFICATE, credentials);
  gnutls_transport_set_int (session, *fd);
  do
    result = gnutls_handshake (session);
  while (result == GNUTLS_E_INTERRUPTED);
  if (result == 0) {
    char byte;

    gnutls_record_send (session, ANNOUNCE "\r\n", strlen (ANNOUNCE "\r\n"));
    result = (int) gnutls_record_recv (session, &byte, 1);
  }
  gnutls_deinit (session);
  gnutls_certificate_free_credentials (credentials);
  return result > 0;
}

/* S01: TLS 1.2 and 1.3 and nothing older. */
static void
test_versions (Fixture *fixture, gconstpointer data)
{
  int fd;

  g_assert_true (shake (fixture, "NORMAL:-VERS-ALL:+VERS-TLS1.3", &fd));
  close (fd);
  g_assert_true (shake (fixture, "NORMAL:-VERS-ALL:+VERS-TLS1.2", &fd));
  close (fd);
  g_assert_false (shake (fixture, "NORMAL:-VERS-ALL:+VERS-TLS1.1:%UNSAFE_RENEGOTIATION", &fd));
  client_expect_end (fd);
  close (fd);
}

/* S06, S07, and plain HTTP where HTTPS is spoken. */
static void
test_not_tls (Fixture *fixture, gconstpointer data)
{
  static const struct {
    const char *bytes;
    gsize length;
  } cases[] = {
    { "\x16\x03\x01\x00\x05garbage garbage garbage garbage", 36 },
    { "\x16\x03\x03\x40\x01zzzzzzzzzzzzzzzzzzzzz", 25 },
    { "\x13"
      "BitTorrent protocol",
      20 },
    { "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 26 },
  };
  int fd = dial (fixture);
  g_autoptr (GString) body = g_string_new (NULL);

  client_say (fd, ANNOUNCE "\r\n");
  g_assert_cmpuint (client_read_response (fd, body), ==, 400);
  g_assert_cmpstr (body->str, ==, "d14:failure reason25:This tracker speaks HTTPSe");
  client_expect_end (fd);
  close (fd);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    fd = dial (fixture);
    client_send (fd, cases[i].bytes, cases[i].length);
    client_expect_end (fd);
    close (fd);
  }
  announce_honestly (fixture);
}

/* A real ClientHello, taken from GnuTLS on its way out. */
static gssize
keep_hello (gnutls_transport_ptr_t pointer, const void *bytes, size_t length)
{
  g_byte_array_append (pointer, bytes, (guint) length);
  return (gssize) length;
}

static gssize
nothing_to_read (gnutls_transport_ptr_t pointer, void *bytes, size_t length)
{
  errno = EIO;
  return -1;
}

static GByteArray *
make_hello (void)
{
  GByteArray *hello = g_byte_array_new ();
  gnutls_session_t session;
  gnutls_certificate_credentials_t credentials;

  gnutls_certificate_allocate_credentials (&credentials);
  gnutls_init (&session, GNUTLS_CLIENT);
  gnutls_set_default_priority (session);
  gnutls_credentials_set (session, GNUTLS_CRD_CERTIFICATE, credentials);
  gnutls_transport_set_ptr (session, hello);
  gnutls_transport_set_push_function (session, keep_hello);
  gnutls_transport_set_pull_function (session, nothing_to_read);
  gnutls_handshake (session);
  gnutls_deinit (session);
  gnutls_certificate_free_credentials (credentials);
  g_assert_cmpuint (hello->len, >, 100);
  return hello;
}

/* S04: crowds that say nothing, half a ClientHello, or a whole one and no more. All are closed, and meanwhile
 * others get through. */
static void
test_silent_crowd (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) hello = make_hello ();
  guint n = MIN (600, (client_raise_descriptors (8192) - 600) / 2);
  g_autofree int *fds = g_new (int, n);

  for (guint i = 0; i < n; i++) {
    fds[i] = dial (fixture);
    if (i % 3 != 0)
      client_send (fds[i], hello->data, i % 3 == 1 ? hello->len : hello->len / 2);
  }
  announce_honestly (fixture);
  for (guint i = 0; i < n; i++) {
    client_expect_end (fds[i]);
    close (fds[i]);
  }
  announce_honestly (fixture);
}

/* S05: a hello in records of one byte is answered or cut off like any other that is not finished. */
static void
test_one_byte_records (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) hello = make_hello ();
  g_autoptr (GByteArray) split = g_byte_array_new ();
  int fd = dial (fixture);

  for (guint i = 5; i < hello->len; i++) {
    guint8 record[6] = { 0x16, 0x03, 0x01, 0, 1, hello->data[i] };

    g_byte_array_append (split, record, sizeof record);
  }
  client_send (fd, split->data, split->len);
  client_expect_end (fd);
  close (fd);
  announce_honestly (fixture);
}

/* Stopping in the midst of handshakes waits for none of them. */
static void
test_stop_in_handshakes (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) hello = make_hello ();
  int fds[40];

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++) {
    fds[i] = dial (fixture);
    client_send (fds[i], hello->data, hello->len);
  }
  announce_honestly (fixture);
  meir_tracker_stop (fixture->tracker);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++) {
    client_expect_end (fds[i]);
    close (fds[i]);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/tracker/tls/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("announce", test_announce);
  ADD ("pipeline", test_pipeline);
  ADD ("s01-versions", test_versions);
  ADD ("s06-s07-not-tls", test_not_tls);
  ADD ("s04-silent-crowd", test_silent_crowd);
  ADD ("s05-one-byte-records", test_one_byte_records);
  ADD ("stop-in-handshakes", test_stop_in_handshakes);
  return g_test_run ();
}
