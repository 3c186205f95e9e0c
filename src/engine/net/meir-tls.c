/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/meir-tls.h"

#include "base/meir-error.h"
#include "meir-config.h"
#include "net/meir-tls-certificate.h"
#include "net/meir-tls-priority.h"

#include <glib/gi18n-lib.h>

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

/* Not g_tls_client_connection_new () nor its like: they copy the system's trust store, 4 MB, into every
 * connection. */
static GTlsConnection *
make_connection (GType type, MeirBufferedStream *base, GTlsCertificate *certificate, GError **error)
{
  g_autoptr (GError) reason = NULL;
  GTlsConnection *connection = g_initable_new (type, NULL, &reason, "base-io-stream", base, "database", NULL,
                                               "certificate", certificate, NULL);

  if (connection == NULL)
    g_set_error (error, MEIR_ERROR, MEIR_ERROR_TLS, _ ("An encrypted connection could not be made: %s"),
                 reason->message);
  return connection;
}

GTlsConnection *
meir_tls_connection_new (MeirBufferedStream *base, gboolean client, GTlsCertificate *certificate,
                         GError **error)
{
  static const char *const protocols[] = { MEIR_TLS_PROTOCOL, NULL };
  GTlsBackend *backend = g_tls_backend_get_default ();
  GTlsConnection *connection = make_connection (client ? g_tls_backend_get_client_connection_type (backend)
                                                       : g_tls_backend_get_server_connection_type (backend),
                                                base, certificate, error);

  if (connection == NULL)
    return NULL;
  g_tls_connection_set_advertised_protocols (connection, protocols);
  if (!client)
    g_object_set (connection, "authentication-mode", G_TLS_AUTHENTICATION_REQUIRED, NULL);
  g_signal_connect (connection, "accept-certificate", G_CALLBACK (on_accept_certificate), NULL);
  return connection;
}

static gboolean
refuse (GError **error, const char *message)
{
  g_set_error_literal (error, MEIR_ERROR, MEIR_ERROR_TLS, message);
  return FALSE;
}

gboolean
meir_tls_connection_check (GTlsConnection *connection, GError **error)
{
  GTlsCertificate *certificate = g_tls_connection_get_peer_certificate (connection);

  if (g_tls_connection_get_protocol_version (connection) != G_TLS_PROTOCOL_VERSION_TLS_1_3)
    return refuse (error, _ ("The other side does not speak TLS 1.3"));
  if (g_strcmp0 (g_tls_connection_get_negotiated_protocol (connection), MEIR_TLS_PROTOCOL) != 0) {
    g_set_error (error, MEIR_ERROR, MEIR_ERROR_TLS, _ ("The other side did not agree on the protocol “%s”"),
                 MEIR_TLS_PROTOCOL);
    return FALSE;
  }
  if (certificate == NULL || !meir_tls_certificate_is_ed25519 (certificate))
    return refuse (error, _ ("The key of the other side is not of the kind Ed25519"));
  return TRUE;
}

GTlsConnection *
meir_tls_server_connection_new (MeirBufferedStream *base, GTlsCertificate *certificate, GError **error)
{
  GTlsConnection *connection = make_connection (
      g_tls_backend_get_server_connection_type (g_tls_backend_get_default ()), base, certificate, error);

  if (connection == NULL)
    return NULL;
  g_object_set (connection, "authentication-mode", G_TLS_AUTHENTICATION_NONE, NULL);
  g_tls_connection_set_require_close_notify (connection, FALSE);
  return connection;
}

gboolean
meir_tls_server_connection_check (GTlsConnection *connection, GError **error)
{
  GTlsProtocolVersion version = g_tls_connection_get_protocol_version (connection);

  return version == G_TLS_PROTOCOL_VERSION_TLS_1_3 || version == G_TLS_PROTOCOL_VERSION_TLS_1_2 ||
         refuse (error, _ ("The other side does not speak TLS 1.2 or 1.3"));
}
