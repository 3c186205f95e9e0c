/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "raw-tls.h"

#include "net-support.h"
#include "net/meir-tls-certificate.h"
#include "net/meir-tls.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>

#define PRIORITY "NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+AES-128-GCM"

static gpointer
handshake_worker (gpointer user_data)
{
  RawTls *raw = user_data;
  gnutls_datum_t binding = { 0 };

  do
    raw->result = gnutls_handshake (raw->session);
  while (raw->result < 0 && !gnutls_error_is_fatal (raw->result));
  if (raw->result == 0 &&
      gnutls_session_channel_binding (raw->session, GNUTLS_CB_TLS_EXPORTER, &binding) == 0) {
    g_assert_cmpuint (binding.size, ==, sizeof raw->binding);
    memcpy (raw->binding, binding.data, sizeof raw->binding);
    gnutls_free (binding.data);
  }
  g_atomic_int_set (&raw->done, TRUE);
  return NULL;
}

/* A certificate as we make them, but with another kind of key. */
static void
use_other_key (RawTls *raw)
{
  gnutls_x509_privkey_t key;
  gnutls_x509_crt_t certificate;

  gnutls_x509_privkey_init (&key);
  gnutls_x509_crt_init (&certificate);
  g_assert_cmpint (gnutls_x509_privkey_generate (key, raw->key_kind, raw->key_bits, 0), ==, 0);
  g_assert_cmpint (meir_tls_certificate_begin (certificate, key, "CN=peer", 3600), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_sign2 (certificate, certificate, key, GNUTLS_DIG_SHA256, 0), ==, 0);
  g_assert_cmpint (gnutls_certificate_set_x509_key (raw->credentials, &certificate, 1, key), >=, 0);
  gnutls_x509_crt_deinit (certificate);
  gnutls_x509_privkey_deinit (key);
}

void
raw_tls_start (RawTls *raw, int fd)
{
  g_autoptr (GError) error = NULL;

  raw->fd = fd;
  fcntl (fd, F_SETFL, fcntl (fd, F_GETFL) & ~O_NONBLOCK);
  gnutls_certificate_allocate_credentials (&raw->credentials);
  if (raw->key_kind != 0) {
    use_other_key (raw);
  } else if (!raw->no_certificate) {
    g_autofree char *key = NULL;
    g_autofree char *text = NULL;
    gnutls_datum_t key_datum, text_datum;

    raw->certificate = meir_tls_certificate_new (&error);
    g_assert_no_error (error);
    g_object_get (raw->certificate, "certificate-pem", &text, "private-key-pem", &key, NULL);
    key_datum = (gnutls_datum_t){ .data = (guint8 *) key, .size = (unsigned) strlen (key) };
    text_datum = (gnutls_datum_t){ .data = (guint8 *) text, .size = (unsigned) strlen (text) };
    g_assert_cmpint (
        gnutls_certificate_set_x509_key_mem (raw->credentials, &text_datum, &key_datum, GNUTLS_X509_FMT_PEM),
        >=, 0);
  }
  gnutls_init (&raw->session, (raw->server ? GNUTLS_SERVER : GNUTLS_CLIENT) | GNUTLS_NO_SIGNAL);
  g_assert_cmpint (gnutls_priority_set_direct (raw->session, raw->priority ? raw->priority : PRIORITY, NULL),
                   ==, 0);
  gnutls_credentials_set (raw->session, GNUTLS_CRD_CERTIFICATE, raw->credentials);
  if (raw->server)
    gnutls_certificate_server_set_request (raw->session, GNUTLS_CERT_REQUEST);
  if (raw->protocol != NULL) {
    gnutls_datum_t protocol = { .data = (guint8 *) raw->protocol, .size = (unsigned) strlen (raw->protocol) };

    gnutls_alpn_set_protocols (raw->session, &protocol, 1, 0);
  }
  if (raw->record_length > 0)
    g_assert_cmpint (gnutls_record_set_max_recv_size (raw->session, raw->record_length), ==, 0);
  gnutls_transport_set_int (raw->session, fd);
  gnutls_handshake_set_timeout (raw->session, 10000);
  gnutls_record_set_timeout (raw->session, 10000);
  raw->thread = g_thread_new ("raw-tls", handshake_worker, raw);
}

void
raw_tls_wait (RawTls *raw)
{
  net_run_until (g_atomic_int_get (&raw->done));
  g_thread_join (g_steal_pointer (&raw->thread));
}

void
raw_tls_send (RawTls *raw, const void *bytes, gsize length)
{
  g_assert_cmpint (gnutls_record_send (raw->session, bytes, length), ==, (gssize) length);
}

gboolean
raw_tls_receive (RawTls *raw, void *bytes, gsize length)
{
  gsize done = 0;

  while (done < length) {
    gssize n;

    if (gnutls_record_check_pending (raw->session) == 0)
      net_wait_readable (raw->fd);
    n = gnutls_record_recv (raw->session, (char *) bytes + done, length - done);
    if (n == GNUTLS_E_AGAIN || n == GNUTLS_E_INTERRUPTED)
      continue;
    if (n <= 0)
      return FALSE;
    done += (gsize) n;
  }
  return TRUE;
}

void
raw_tls_clear (RawTls *raw)
{
  if (raw->thread != NULL)
    raw_tls_wait (raw);
  gnutls_deinit (raw->session);
  gnutls_certificate_free_credentials (raw->credentials);
  g_clear_object (&raw->certificate);
}
