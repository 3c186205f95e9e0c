/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/meir-tls.h"

#include "net-support.h"
#include "net/meir-tls-certificate.h"
#include "net/meir-tls-priority.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>
#include <unistd.h>

typedef struct {
  GTlsConnection *connection;
  MeirBufferedStream *base;
  int fd;
  gboolean done;
} End;

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  End *end = user_data;
  g_autoptr (GError) error = NULL;

  g_tls_connection_handshake_finish (end->connection, result, &error);
  g_assert_no_error (error);
  /* The last words of the handshake are still held. */
  meir_buffered_stream_flush (end->base);
  end->done = TRUE;
}

static void
shake_hands (End ends[2])
{
  g_autoptr (GError) error = NULL;
  int fds[2];

  net_pair (fds, 0);
  for (guint i = 0; i < 2; i++) {
    g_autoptr (GTlsCertificate) certificate = meir_tls_certificate_new (&error);

    ends[i] = (End){ .base = meir_buffered_stream_new (fds[i], NULL, 0), .fd = fds[i] };
    ends[i].connection = meir_tls_connection_new (ends[i].base, i == 0, certificate, &error);
    g_assert_no_error (error);
    g_tls_connection_handshake_async (ends[i].connection, 0, NULL, on_done, &ends[i]);
  }
  net_run_until (ends[0].done && ends[1].done);
}

static void
end_clear (End *end)
{
  meir_buffered_stream_stop_blocking (end->base);
  g_object_unref (end->connection);
  g_object_unref (end->base);
  close (end->fd);
}

static void
test_handshake (void)
{
  End ends[2];
  g_autoptr (GError) error = NULL;

  shake_hands (ends);
  for (guint i = 0; i < 2; i++) {
    g_autofree char *cipher = g_tls_connection_get_ciphersuite_name (ends[i].connection);

    g_assert_true (meir_tls_connection_check (ends[i].connection, &error));
    g_assert_no_error (error);
    g_assert_cmpint (g_tls_connection_get_protocol_version (ends[i].connection), ==,
                     G_TLS_PROTOCOL_VERSION_TLS_1_3);
    g_assert_cmpstr (cipher, ==, "TLS_AES_128_GCM_SHA256");
    /* Both have shown a certificate. */
    g_assert_nonnull (g_tls_connection_get_peer_certificate (ends[i].connection));
    end_clear (&ends[i]);
  }
}

/* The order must still serve the rest of the process, which speaks to web servers. */
static void
test_priority_keeps_tls_1_2 (void)
{
  gnutls_priority_t priority;
  const unsigned int *versions, *ciphers;
  gboolean has_1_2 = FALSE;
  int n, n_ciphers;

  g_assert_cmpint (gnutls_priority_init (&priority, g_getenv ("G_TLS_GNUTLS_PRIORITY"), NULL), ==, 0);
  n = gnutls_priority_protocol_list (priority, &versions);
  for (int i = 0; i < n; i++)
    has_1_2 |= versions[i] == GNUTLS_TLS1_2;
  g_assert_true (has_1_2);
  n_ciphers = gnutls_priority_cipher_list (priority, &ciphers);
  g_assert_cmpint (n_ciphers, ==, 3);
  g_assert_cmpuint (ciphers[0], ==, GNUTLS_CIPHER_AES_128_GCM);
  g_assert_cmpuint (ciphers[2], ==, GNUTLS_CIPHER_CHACHA20_POLY1305);
  gnutls_priority_deinit (priority);
}

int
main (int argc, char *argv[])
{
  meir_tls_init_priority ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tls/handshake", test_handshake);
  g_test_add_func ("/tls/priority-keeps-tls-1.2", test_priority_keeps_tls_1_2);
  return g_test_run ();
}
