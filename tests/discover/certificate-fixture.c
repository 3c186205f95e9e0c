/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tracker-fixture.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>

#define DAY_SEC (24 * 3600)

static char *
dup_pem (const gnutls_datum_t *pem)
{
  return g_strndup ((const char *) pem->data, pem->size);
}

/* The authority @signer, as GnuTLS has it. */
static void
import_signer (GTlsCertificate *signer, gnutls_x509_crt_t *certificate, gnutls_x509_privkey_t *key)
{
  g_autofree char *certificate_pem = NULL;
  g_autofree char *key_pem = NULL;
  gnutls_datum_t datum;

  g_object_get (signer, "certificate-pem", &certificate_pem, "private-key-pem", &key_pem, NULL);
  gnutls_x509_crt_init (certificate);
  datum = (gnutls_datum_t){ (guint8 *) certificate_pem, (unsigned) strlen (certificate_pem) };
  g_assert_cmpint (gnutls_x509_crt_import (*certificate, &datum, GNUTLS_X509_FMT_PEM), ==, 0);
  gnutls_x509_privkey_init (key);
  datum = (gnutls_datum_t){ (guint8 *) key_pem, (unsigned) strlen (key_pem) };
  g_assert_cmpint (gnutls_x509_privkey_import2 (*key, &datum, GNUTLS_X509_FMT_PEM, NULL, 0), ==, 0);
}

static void
fill_in (gnutls_x509_crt_t certificate, gnutls_x509_privkey_t key, const CertificateOrder *order)
{
  static const guint8 loopback[4] = { 127, 0, 0, 1 };
  static guint8 serial;
  const char *common_name = order->name != NULL ? order->name : "127.0.0.1";
  time_t now = (time_t) (g_get_real_time () / G_USEC_PER_SEC);

  serial++;
  gnutls_x509_crt_set_version (certificate, 3);
  gnutls_x509_crt_set_serial (certificate, &serial, 1);
  gnutls_x509_crt_set_activation_time (certificate, now - 30 * DAY_SEC);
  gnutls_x509_crt_set_expiration_time (certificate, order->expired ? now - DAY_SEC : now + 30 * DAY_SEC);
  gnutls_x509_crt_set_dn_by_oid (certificate, GNUTLS_OID_X520_COMMON_NAME, 0, common_name,
                                 (unsigned) strlen (common_name));
  if (order->name != NULL)
    gnutls_x509_crt_set_subject_alt_name (certificate, GNUTLS_SAN_DNSNAME, order->name,
                                          (unsigned) strlen (order->name), GNUTLS_FSAN_SET);
  else
    gnutls_x509_crt_set_subject_alt_name (certificate, GNUTLS_SAN_IPADDRESS, loopback, sizeof loopback,
                                          GNUTLS_FSAN_SET);
  gnutls_x509_crt_set_basic_constraints (certificate, order->authority, -1);
  if (order->authority)
    gnutls_x509_crt_set_key_usage (certificate, GNUTLS_KEY_KEY_CERT_SIGN);
  g_assert_cmpint (gnutls_x509_crt_set_key (certificate, key), ==, 0);
}

GTlsCertificate *
certificate_new (const CertificateOrder *order)
{
  gnutls_x509_crt_t certificate, signer = NULL;
  gnutls_x509_privkey_t key, signer_key = NULL;
  gnutls_datum_t certificate_pem, key_pem;
  g_autofree char *certificate_text = NULL;
  g_autofree char *key_text = NULL;
  g_autofree char *both = NULL;
  g_autoptr (GError) error = NULL;
  GTlsCertificate *made;

  gnutls_x509_crt_init (&certificate);
  gnutls_x509_privkey_init (&key);
  g_assert_cmpint (gnutls_x509_privkey_generate (key, GNUTLS_PK_ECDSA,
                                                 GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0),
                   ==, 0);
  fill_in (certificate, key, order);
  if (order->signer != NULL)
    import_signer (order->signer, &signer, &signer_key);
  g_assert_cmpint (gnutls_x509_crt_sign2 (certificate, signer != NULL ? signer : certificate,
                                          signer_key != NULL ? signer_key : key, GNUTLS_DIG_SHA256, 0),
                   ==, 0);
  g_assert_cmpint (gnutls_x509_crt_export2 (certificate, GNUTLS_X509_FMT_PEM, &certificate_pem), ==, 0);
  g_assert_cmpint (
      gnutls_x509_privkey_export2_pkcs8 (key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &key_pem), ==, 0);
  certificate_text = dup_pem (&certificate_pem);
  key_text = dup_pem (&key_pem);
  both = g_strconcat (certificate_text, key_text, NULL);
  made = g_tls_certificate_new_from_pem (both, -1, &error);
  g_assert_no_error (error);
  gnutls_free (certificate_pem.data);
  gnutls_free (key_pem.data);
  gnutls_x509_crt_deinit (certificate);
  gnutls_x509_privkey_deinit (key);
  if (signer != NULL)
    gnutls_x509_crt_deinit (signer);
  if (signer_key != NULL)
    gnutls_x509_privkey_deinit (signer_key);
  return made;
}
