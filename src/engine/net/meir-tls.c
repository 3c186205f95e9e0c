/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/meir-tls.h"

#include "base/meir-error.h"
#include "net/meir-tls-priority.h"

#define PRIORITY "NORMAL:-CIPHER-ALL:+AES-128-GCM:+AES-256-GCM:+CHACHA20-POLY1305:%COMPAT"

void
meir_tls_init_priority (void)
{
  g_setenv ("G_TLS_GNUTLS_PRIORITY", PRIORITY, TRUE);
}

/* There is no authority to ask about a key that was made a minute ago: whom it belongs to is shown by the
 * proof that the info-hash is known, bound to this very connection (TLS-BETWEEN-PEERS.md). */
static gboolean
on_accept_certificate (GTlsConnection *connection, GTlsCertificate *certificate, GTlsCertificateFlags flags,
                       gpointer user_data)
{
  return TRUE;
}

GTlsConnection *
meir_tls_connection_new (MeirBufferedStream *base, gboolean client, GTlsCertificate *certificate,
                         GError **error)
{
  static const char *const protocols[] = { MEIR_TLS_PROTOCOL, NULL };
  GTlsBackend *backend = g_tls_backend_get_default ();
  GType type = client ? g_tls_backend_get_client_connection_type (backend)
                      : g_tls_backend_get_server_connection_type (backend);
  g_autoptr (GError) reason = NULL;
  GTlsConnection *connection;

  /* Not g_tls_client_connection_new (): that copies the system's trust store, 4 MB, into every connection. */
  connection = g_initable_new (type, NULL, &reason, "base-io-stream", base, "database", NULL, "certificate",
                               certificate, "advertised-protocols", protocols, NULL);
  if (connection == NULL) {
    g_set_error (error, MEIR_ERROR, MEIR_ERROR_TLS, "An encrypted connection could not be made: %s",
                 reason->message);
    return NULL;
  }
  if (!client)
    g_object_set (connection, "authentication-mode", G_TLS_AUTHENTICATION_REQUIRED, NULL);
  g_signal_connect (connection, "accept-certificate", G_CALLBACK (on_accept_certificate), NULL);
  return connection;
}

gboolean
meir_tls_connection_check (GTlsConnection *connection, GError **error)
{
  if (g_tls_connection_get_protocol_version (connection) != G_TLS_PROTOCOL_VERSION_TLS_1_3) {
    g_set_error_literal (error, MEIR_ERROR, MEIR_ERROR_TLS, "The other side does not speak TLS 1.3");
    return FALSE;
  }
  if (g_strcmp0 (g_tls_connection_get_negotiated_protocol (connection), MEIR_TLS_PROTOCOL) != 0) {
    g_set_error_literal (error, MEIR_ERROR, MEIR_ERROR_TLS,
                         "The other side did not agree on the protocol " MEIR_TLS_PROTOCOL);
    return FALSE;
  }
  return TRUE;
}
