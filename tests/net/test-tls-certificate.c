/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/meir-tls-certificate.h"

#include <gnutls/gnutls.h>
#include <string.h>

/* Ed25519, signed by itself, valid now, and not the same twice. */
static void
test_certificate (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsCertificate) certificate = meir_tls_certificate_new (&error);
  g_autoptr (GTlsCertificate) other = meir_tls_certificate_new (&error);
  g_autoptr (GByteArray) bytes = NULL;
  g_autofree char *key = NULL;
  gnutls_x509_crt_t parsed;
  gnutls_datum_t datum;
  unsigned int bits, verdict;
  time_t now = time (NULL);

  g_assert_no_error (error);
  g_assert_false (g_tls_certificate_is_same (certificate, other));
  g_object_get (certificate, "certificate", &bytes, "private-key-pem", &key, NULL);
  g_assert_nonnull (key);
  datum = (gnutls_datum_t){ .data = bytes->data, .size = bytes->len };
  gnutls_x509_crt_init (&parsed);
  g_assert_cmpint (gnutls_x509_crt_import (parsed, &datum, GNUTLS_X509_FMT_DER), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_get_pk_algorithm (parsed, &bits), ==, GNUTLS_PK_EDDSA_ED25519);
  g_assert_cmpint (gnutls_x509_crt_get_version (parsed), ==, 3);
  g_assert_cmpint (gnutls_x509_crt_get_activation_time (parsed), <=, now - 23 * 3600);
  g_assert_cmpint (gnutls_x509_crt_get_expiration_time (parsed), >, now + 24 * 3600);
  g_assert_cmpint (gnutls_x509_crt_verify (parsed, &parsed, 1, 0, &verdict), ==, 0);
  g_assert_cmpuint (verdict & (unsigned) ~GNUTLS_CERT_SIGNER_NOT_CA, ==, 0);
  gnutls_x509_crt_deinit (parsed);
}

/* Whatever else a certificate says: the same key has the same fingerprint, another key another. */
static void
test_fingerprint_is_of_the_key (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsCertificate) certificate = meir_tls_certificate_new (&error);
  g_autoptr (GTlsCertificate) other = meir_tls_certificate_new (&error);
  g_autofree char *certificate_pem = NULL;
  g_autoptr (GTlsCertificate) without_key = NULL;
  g_autofree char *fingerprint = meir_tls_certificate_dup_fingerprint (certificate);
  g_autofree char *same = NULL;
  g_autofree char *different = meir_tls_certificate_dup_fingerprint (other);

  g_assert_no_error (error);
  g_assert_true (meir_tls_certificate_is_ed25519 (certificate));
  g_object_get (certificate, "certificate-pem", &certificate_pem, NULL);
  without_key = g_tls_certificate_new_from_pem (certificate_pem, -1, &error);
  g_assert_no_error (error);
  same = meir_tls_certificate_dup_fingerprint (without_key);
  g_assert_cmpstr (fingerprint, ==, same);
  g_assert_cmpstr (fingerprint, !=, different);
  g_assert_true (g_str_has_prefix (fingerprint, MEIR_TLS_FINGERPRINT_PREFIX));
  g_assert_cmpuint (strlen (fingerprint), ==, strlen (MEIR_TLS_FINGERPRINT_PREFIX) + 64);
}

/* Made with: openssl x509 -in CERTIFICATE -pubkey -noout | openssl pkey -pubin -outform der | sha256sum */
static void
test_fingerprint (void)
{
  static const char pem[] = "-----BEGIN CERTIFICATE-----\n"
                            "MIIBODCB66ADAgECAhRk2m9r9hv8J/p3FL/HsXUWUuy2YTAFBgMrZXAwEjEQMA4G\n"
                            "A1UEAwwHdHJhY2tlcjAeFw0yNjExMjIxNTU4NTFaFw0zNjExMTkxNTU4NTFaMBIx\n"
                            "EDAOBgNVBAMMB3RyYWNrZXIwKjAFBgMrZXADIQACPojQB4WiAx35J2tPjBvJ+9ZQ\n"
                            "vFltd/OzVWCmmQ02yaNTMFEwHQYDVR0OBBYEFHg7Yci6+Cc3dwRYSdVOv7//8GJS\n"
                            "MB8GA1UdIwQYMBaAFHg7Yci6+Cc3dwRYSdVOv7//8GJSMA8GA1UdEwEB/wQFMAMB\n"
                            "Af8wBQYDK2VwA0EApX4DdWAaZZH49IOfjBKAdhtHyMSCUomlnhCFDFlvTqm/VHvd\n"
                            "LpZFQNtx/11TKSAagviPOznuCyGy6MWYL0mTCA==\n"
                            "-----END CERTIFICATE-----\n";
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsCertificate) certificate = g_tls_certificate_new_from_pem (pem, -1, &error);
  g_autofree char *text = NULL;
  guint8 digest[MEIR_SHA256_LENGTH];

  g_assert_no_error (error);
  g_assert_true (meir_tls_certificate_get_key_digest (certificate, digest));
  g_assert_cmphex (digest[0], ==, 0xd1);
  text = meir_tls_certificate_dup_fingerprint (certificate);
  g_assert_cmpstr (text, ==, "sha256:d1d37509823a0f582ffd8852d0daed868e4100325b4dd5b0800f0c7ee5437307");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tls-certificate/new", test_certificate);
  g_test_add_func ("/tls-certificate/fingerprint", test_fingerprint);
  g_test_add_func ("/tls-certificate/fingerprint-is-of-the-key", test_fingerprint_is_of_the_key);
  return g_test_run ();
}
