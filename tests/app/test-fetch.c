/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-fetch.h"

#include "../discover/tracker-fixture.h"
#include "app-support.h"

#include <libsoup/soup.h>
#include <string.h>

/* A .torrent from the web, and what a server may send in its place. */

#define LINK "magnet:?xt=urn:btih:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

typedef struct {
  SoupServer *server;
  char *base; /* its address */
  GCancellable *cancellable;
  gboolean done;
  GBytes *bytes;
  char *link;
  GError *error;
  guint64 sent;
} Fixture;

/* An answer without end, and without a length that would tell. */
static void
send_chunk (SoupServerMessage *message, gpointer user_data)
{
  Fixture *fixture = user_data;
  static const char chunk[1 << 16] = { 'd' };

  fixture->sent += sizeof chunk;
  soup_message_body_append (soup_server_message_get_response_body (message), SOUP_MEMORY_STATIC, chunk,
                            sizeof chunk);
}

static void
redirect (SoupServerMessage *message, const char *target)
{
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "Location", target);
  soup_server_message_set_status (message, SOUP_STATUS_FOUND, NULL);
}

static void
on_request (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query,
            gpointer user_data)
{
  Fixture *fixture = user_data;
  SoupMessageBody *body = soup_server_message_get_response_body (message);

  if (strcmp (path, "/good") == 0) {
    soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
    soup_message_body_append (body, SOUP_MEMORY_STATIC, "d4:infodee", 10);
  } else if (strcmp (path, "/there") == 0) {
    redirect (message, "good");
  } else if (strcmp (path, "/loop") == 0) {
    redirect (message, "/loop");
  } else if (strcmp (path, "/magnet") == 0) {
    redirect (message, LINK);
  } else if (strcmp (path, "/file") == 0) {
    redirect (message, "file:///etc/passwd");
  } else if (strcmp (path, "/secret") == 0) {
    soup_server_message_set_status (message, SOUP_STATUS_FORBIDDEN, NULL);
  } else if (strcmp (path, "/broken") == 0) {
    soup_server_message_set_status (message, SOUP_STATUS_INTERNAL_SERVER_ERROR, "\033[31mrude");
  } else if (strcmp (path, "/endless") == 0) {
    soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
    soup_message_headers_set_encoding (soup_server_message_get_response_headers (message),
                                       SOUP_ENCODING_CHUNKED);
    g_signal_connect (message, "wrote-headers", G_CALLBACK (send_chunk), fixture);
    g_signal_connect (message, "wrote-chunk", G_CALLBACK (send_chunk), fixture);
    soup_message_body_set_accumulate (body, FALSE);
  } else if (strcmp (path, "/silent") == 0) {
    soup_server_message_pause (message);
  } else {
    soup_server_message_set_status (message, SOUP_STATUS_NOT_FOUND, NULL);
  }
}

static void
on_fetched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->bytes = meir_ui_fetch_finish (result, &fixture->link, &fixture->error);
  fixture->done = TRUE;
}

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
  GSList *uris;
  GError *error = NULL;

  fixture->server = soup_server_new (NULL, NULL);
  fixture->cancellable = g_cancellable_new ();
  soup_server_add_handler (fixture->server, NULL, on_request, fixture, NULL);
  soup_server_listen_local (fixture->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (fixture->server);
  fixture->base = g_strdup_printf ("http://127.0.0.1:%d", g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
}

static void
tear_down (Fixture *fixture, gconstpointer user_data)
{
  g_object_unref (fixture->server);
  g_object_unref (fixture->cancellable);
  g_clear_pointer (&fixture->bytes, g_bytes_unref);
  g_clear_error (&fixture->error);
  g_free (fixture->base);
  g_free (fixture->link);
}

static void
begin (Fixture *fixture, const char *path)
{
  g_autofree char *address = g_strconcat (fixture->base, path, NULL);

  meir_ui_fetch_async (address, fixture->cancellable, on_fetched, fixture);
}

static void
fetch (Fixture *fixture, const char *path)
{
  begin (fixture, path);
  app_wait_until (fixture->done);
}

static void
assert_refused (Fixture *fixture, const char *path, MeirError code, const char *message)
{
  fixture->done = FALSE;
  fetch (fixture, path);
  g_assert_null (fixture->bytes);
  g_assert_null (fixture->link);
  g_assert_error (fixture->error, MEIR_ERROR, (int) code);
  g_assert_cmpstr (fixture->error->message, ==, message);
  g_clear_error (&fixture->error);
}

static void
test_good (Fixture *fixture, gconstpointer user_data)
{
  fetch (fixture, "/there");
  g_assert_no_error (fixture->error);
  g_assert_null (fixture->link);
  g_assert_cmpmem (g_bytes_get_data (fixture->bytes, NULL), g_bytes_get_size (fixture->bytes), "d4:infodee",
                   10);
}

static void
test_magnet (Fixture *fixture, gconstpointer user_data)
{
  fetch (fixture, "/magnet");
  g_assert_no_error (fixture->error);
  g_assert_null (fixture->bytes);
  g_assert_cmpstr (fixture->link, ==, LINK);
}

static void
test_refusals (Fixture *fixture, gconstpointer user_data)
{
  assert_refused (fixture, "/loop", MEIR_ERROR_REFUSED, "127.0.0.1 sends us round in circles.");
  assert_refused (fixture, "/file", MEIR_ERROR_REFUSED,
                  "127.0.0.1 leads to something that is not on the web.");
  assert_refused (fixture, "/nothing", MEIR_ERROR_REFUSED, "127.0.0.1 has no torrent at this address.");
  assert_refused (fixture, "/secret", MEIR_ERROR_REFUSED,
                  "127.0.0.1 does not give this to everyone. Fetch the torrent with your browser, then add "
                  "it here.");
  assert_refused (fixture, "/broken", MEIR_ERROR_REFUSED, "127.0.0.1 answered “500 Internal Server Error”.");
}

/* However much comes: what is kept of it has a limit, and so has the time it takes. */
static void
test_endless (Fixture *fixture, gconstpointer user_data)
{
  assert_refused (fixture, "/endless", MEIR_ERROR_INVALID,
                  "What 127.0.0.1 sends is too large for a torrent.");
  g_assert_cmpuint (fixture->sent, <, 4ull * MEIR_METAINFO_FILE_MAX);
}

static void
test_nobody (Fixture *fixture, gconstpointer user_data)
{
  soup_server_disconnect (fixture->server);
  fetch (fixture, "/good");
  g_assert_error (fixture->error, MEIR_ERROR, MEIR_ERROR_NETWORK);
  g_assert_true (g_str_has_prefix (fixture->error->message, "Nothing could be fetched from 127.0.0.1: "));
}

static void
test_cancel (Fixture *fixture, gconstpointer user_data)
{
  begin (fixture, "/silent");
  for (guint i = 0; i < 20; i++)
    app_iterate ();
  g_assert_false (fixture->done);
  g_cancellable_cancel (fixture->cancellable);
  app_wait_until (fixture->done);
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* What listens is TLS with a certificate that nobody vouches for. */
static void
test_certificate (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (SoupServer) server = NULL;
  g_autoptr (GTlsCertificate) certificate = certificate_new (&(CertificateOrder){ .name = NULL });
  g_autofree char *address = NULL;
  GSList *uris;

  server = soup_server_new ("tls-certificate", certificate, NULL);
  soup_server_add_handler (server, NULL, on_request, fixture, NULL);
  g_assert_true (
      soup_server_listen_local (server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY | SOUP_SERVER_LISTEN_HTTPS, NULL));
  uris = soup_server_get_uris (server);
  address = g_uri_to_string (uris->data);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  meir_ui_fetch_async (address, NULL, on_fetched, fixture);
  app_wait_until (fixture->done);
  g_assert_error (fixture->error, MEIR_ERROR, MEIR_ERROR_TLS);
  g_assert_cmpstr (fixture->error->message, ==,
                   "127.0.0.1 cannot be trusted: nobody vouches for its certificate.");
}

static void
test_addresses (void)
{
  g_autofree char *host = meir_ui_fetch_dup_host ("HTTPS://user:pass@Example.ORG:8/a?b#c");

  g_assert_cmpstr (host, ==, "Example.ORG");
  g_assert_true (meir_ui_fetch_is_address ("https://example.org/a.torrent"));
  g_assert_true (meir_ui_fetch_is_address ("HTTP://[::1]:80"));
  g_assert_false (meir_ui_fetch_is_address ("http://"));
  g_assert_false (meir_ui_fetch_is_address ("http:///a"));
  g_assert_false (meir_ui_fetch_is_address ("https://example.org:99999/"));
  g_assert_false (meir_ui_fetch_is_address ("ftp://example.org/a.torrent"));
  g_assert_false (meir_ui_fetch_is_address ("file:///etc/passwd"));
  g_assert_false (meir_ui_fetch_is_address ("example.org"));
  g_assert_false (meir_ui_fetch_is_address (""));
}

static void
add (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  meir_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/fetch/addresses", test_addresses);
  add ("/app/fetch/good", test_good);
  add ("/app/fetch/magnet", test_magnet);
  add ("/app/fetch/refusals", test_refusals);
  add ("/app/fetch/endless", test_endless);
  add ("/app/fetch/nobody", test_nobody);
  add ("/app/fetch/cancel", test_cancel);
  add ("/app/fetch/certificate", test_certificate);
  return g_test_run ();
}
