/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/meir-tls.h"

#include "base/meir-error.h"
#include "base/meir-random.h"
#include "net/meir-tls-priority.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <time.h>

#define PRIORITY "NORMAL:-CIPHER-ALL:+AES-128-GCM:+AES-256-GCM:+CHACHA20-POLY1305:%COMPAT"

/* Clocks of peers may be wrong by a day; a session does not last longer than a year. */
#define VALID_BEFORE_SEC (24 * 3600)
#define VALID_AFTER_SEC  (365 * 24 * 3600)

/* RFC 5280: at most 20 bytes, positive. */
#define SERIAL_LENGTH 16u

void
meir_tls_init_priority (void)
{
  g_setenv ("G_TLS_GNUTLS_PRIORITY", PRIORITY, TRUE);
}

static int
fill_in (gnutls_x509_crt_t certificate, gnutls_x509_privkey_t key)
{
  guint8 serial[SERIAL_LENGTH];
  time_t now = time (NULL);
  int result;

  meir_random_bytes (serial, sizeof serial);
  serial[0] &= 0x7f;
  if ((result = gnutls_x509_crt_set_version (certificate, 3)) < 0 ||
      (result = gnutls_x509_crt_set_serial (certificate, serial, sizeof serial)) < 0 ||
      (result = gnutls_x509_crt_set_activation_time (certificate, now - VALID_BEFORE_SEC)) < 0 ||
      (result = gnutls_x509_crt_set_expiration_time (certificate, now + VALID_AFTER_SEC)) < 0 ||
      (result = gnutls_x509_crt_set_dn (certificate, "CN=peer", NULL)) < 0 ||
      (result = gnutls_x509_crt_set_key (certificate, key)) < 0)
    return result;
  return gnutls_x509_crt_sign2 (certificate, certificate, key, GNUTLS_DIG_SHA512, 0);
}

static void
wipe (gnutls_datum_t *datum)
{
  if (datum->data != NULL)
    gnutls_memset (datum->data, 0, datum->size);
  gnutls_free (datum->data);
  datum->data = NULL;
}

GTlsCertificate *
meir_tls_certificate_new (GError **error)
{
  gnutls_x509_privkey_t key = NULL;
  gnutls_x509_crt_t certificate = NULL;
  gnutls_datum_t key_text = { 0 };
  gnutls_datum_t certificate_text = { 0 };
  g_autoptr (GTlsCertificate) made = NULL;
  g_autoptr (GError) reason = NULL;
  int result;

  if ((result = gnutls_x509_privkey_init (&key)) >= 0 &&
      (result = gnutls_x509_crt_init (&certificate)) >= 0 &&
      (result = gnutls_x509_privkey_generate (key, GNUTLS_PK_EDDSA_ED25519, 256, 0)) >= 0 &&
      (result = fill_in (certificate, key)) >= 0 &&
      (result = gnutls_x509_privkey_export2_pkcs8 (key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN,
                                                   &key_text)) >= 0)
    result = gnutls_x509_crt_export2 (certificate, GNUTLS_X509_FMT_PEM, &certificate_text);

  if (result >= 0) {
    g_autofree char *both =
        g_strdup_printf ("%.*s%.*s", (int) certificate_text.size, (char *) certificate_text.data,
                         (int) key_text.size, (char *) key_text.data);

    made = g_tls_certificate_new_from_pem (both, -1, &reason);
    gnutls_memset (both, 0, strlen (both));
  }
  if (made == NULL)
    g_set_error (error, MEIR_ERROR, MEIR_ERROR_TLS, "No key for encrypted connections could be made: %s",
                 reason != NULL ? reason->message : gnutls_strerror (result));

  wipe (&key_text);
  gnutls_free (certificate_text.data);
  gnutls_x509_privkey_deinit (key);
  gnutls_x509_crt_deinit (certificate);
  return g_steal_pointer (&made);
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
