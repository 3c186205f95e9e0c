/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/meir-tls-certificate.h"

#include "base/meir-error.h"
#include "base/meir-random.h"
#include "meir-config.h"

#include <glib/gi18n-lib.h>
#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <string.h>
#include <time.h>

#define VALID_BEFORE_SEC (24 * 3600)
/* A session does not last longer than a year. */
#define SESSION_VALID_SEC (365 * 24 * 3600)

/* RFC 5280: at most 20 bytes, positive. */
#define SERIAL_LENGTH 16u

int
meir_tls_certificate_begin (gnutls_x509_crt_t certificate, gnutls_x509_privkey_t key, const char *name,
                            gint64 valid_sec)
{
  guint8 serial[SERIAL_LENGTH];
  time_t now = time (NULL);
  int result;

  meir_random_bytes (serial, sizeof serial);
  serial[0] = (serial[0] & 0x7f) | 1; /* positive, and not zero */
  if ((result = gnutls_x509_crt_set_version (certificate, 3)) < 0 ||
      (result = gnutls_x509_crt_set_serial (certificate, serial, sizeof serial)) < 0 ||
      (result = gnutls_x509_crt_set_activation_time (certificate, now - VALID_BEFORE_SEC)) < 0 ||
      (result = gnutls_x509_crt_set_expiration_time (certificate, now + (time_t) valid_sec)) < 0 ||
      (result = gnutls_x509_crt_set_dn (certificate, name, NULL)) < 0)
    return result;
  return gnutls_x509_crt_set_key (certificate, key);
}

static int
make_session_certificate (gnutls_x509_crt_t certificate, gnutls_x509_privkey_t key)
{
  int result = meir_tls_certificate_begin (certificate, key, "CN=peer", SESSION_VALID_SEC);

  return result < 0 ? result : gnutls_x509_crt_sign2 (certificate, certificate, key, GNUTLS_DIG_SHA512, 0);
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
      (result = make_session_certificate (certificate, key)) >= 0 &&
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
    g_set_error (error, MEIR_ERROR, MEIR_ERROR_TLS, _ ("No key for encrypted connections could be made: %s"),
                 reason != NULL ? reason->message : gnutls_strerror (result));

  wipe (&key_text);
  gnutls_free (certificate_text.data);
  gnutls_x509_privkey_deinit (key);
  gnutls_x509_crt_deinit (certificate);
  return g_steal_pointer (&made);
}

G_DEFINE_AUTO_CLEANUP_FREE_FUNC (gnutls_x509_crt_t, gnutls_x509_crt_deinit, NULL)
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (gnutls_pubkey_t, gnutls_pubkey_deinit, NULL)

/* (transfer full) (nullable) */
static gnutls_x509_crt_t
parse (GTlsCertificate *certificate)
{
  g_autoptr (GByteArray) bytes = NULL;
  g_auto (gnutls_x509_crt_t) parsed = NULL;
  gnutls_datum_t der;

  g_object_get (certificate, "certificate", &bytes, NULL);
  if (bytes == NULL)
    return NULL;
  der = (gnutls_datum_t){ .data = bytes->data, .size = bytes->len };
  if (gnutls_x509_crt_init (&parsed) < 0 || gnutls_x509_crt_import (parsed, &der, GNUTLS_X509_FMT_DER) < 0)
    return NULL;
  return g_steal_pointer (&parsed);
}

gboolean
meir_tls_certificate_is_ed25519 (GTlsCertificate *certificate)
{
  g_auto (gnutls_x509_crt_t) parsed = parse (certificate);

  return parsed != NULL && gnutls_x509_crt_get_pk_algorithm (parsed, NULL) == GNUTLS_PK_EDDSA_ED25519;
}

gboolean
meir_tls_certificate_get_key_digest (GTlsCertificate *certificate, guint8 digest[MEIR_SHA256_LENGTH])
{
  g_auto (gnutls_x509_crt_t) parsed = parse (certificate);
  g_auto (gnutls_pubkey_t) key = NULL;
  gnutls_datum_t info = { NULL, 0 };

  if (parsed == NULL || gnutls_pubkey_init (&key) < 0 || gnutls_pubkey_import_x509 (key, parsed, 0) < 0 ||
      gnutls_pubkey_export2 (key, GNUTLS_X509_FMT_DER, &info) < 0)
    return FALSE;
  meir_sha256 (info.data, info.size, digest);
  gnutls_free (info.data);
  return TRUE;
}

char *
meir_tls_certificate_dup_fingerprint (GTlsCertificate *certificate)
{
  guint8 digest[MEIR_SHA256_LENGTH];
  g_autofree char *hex = NULL;

  if (!meir_tls_certificate_get_key_digest (certificate, digest))
    return NULL;
  hex = meir_hex_encode (digest, sizeof digest);
  return g_strconcat (MEIR_TLS_FINGERPRINT_PREFIX, hex, NULL);
}
