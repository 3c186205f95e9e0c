/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "discover/meir-tracker-pin.h"

#include "base/meir-error.h"
#include "base/meir-limits.h"
#include "base/meir-text.h"

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>

#define PIN_PREFIX "sha256:"

/* What a pin makes up for. */
#define PIN_COVERS (G_TLS_CERTIFICATE_UNKNOWN_CA | G_TLS_CERTIFICATE_BAD_IDENTITY)

gboolean
meir_tracker_pin_parse (MeirTrackerPin *pin, const char *text, GError **error)
{
  g_autofree char *shown = NULL;

  if (g_ascii_strncasecmp (text, PIN_PREFIX, strlen (PIN_PREFIX)) == 0 &&
      meir_hex_decode (text + strlen (PIN_PREFIX), pin->digest, sizeof pin->digest))
    return TRUE;
  shown = meir_text_dup_safe (text, strlen (text), MEIR_TRACKER_TEXT_MAX);
  g_set_error (error, MEIR_ERROR, MEIR_ERROR_INVALID,
               "The tracker fingerprint “%s” is not “sha256:” and 64 hexadecimal digits.", shown);
  return FALSE;
}

char *
meir_tracker_pin_to_string (const MeirTrackerPin *pin)
{
  g_autofree char *hex = meir_hex_encode (pin->digest, sizeof pin->digest);

  return g_strconcat (PIN_PREFIX, hex, NULL);
}

/* SubjectPublicKeyInfo (RFC 5280, 4.1.2.7) of a certificate in DER; free @key.data with gnutls_free (). */
static gboolean
export_public_key (const gnutls_datum_t *der, gnutls_datum_t *key)
{
  gnutls_x509_crt_t certificate = NULL;
  gnutls_pubkey_t public_key = NULL;
  gboolean exported = FALSE;

  if (gnutls_x509_crt_init (&certificate) < 0)
    return FALSE;
  if (gnutls_pubkey_init (&public_key) < 0) {
    gnutls_x509_crt_deinit (certificate);
    return FALSE;
  }
  exported = gnutls_x509_crt_import (certificate, der, GNUTLS_X509_FMT_DER) >= 0 &&
             gnutls_pubkey_import_x509 (public_key, certificate, 0) >= 0 &&
             gnutls_pubkey_export2 (public_key, GNUTLS_X509_FMT_DER, key) >= 0;
  gnutls_pubkey_deinit (public_key);
  gnutls_x509_crt_deinit (certificate);
  return exported;
}

gboolean
meir_tracker_pin_from_certificate (MeirTrackerPin *pin, GTlsCertificate *certificate)
{
  g_autoptr (GByteArray) bytes = NULL;
  gnutls_datum_t der, key = { NULL, 0 };

  g_object_get (certificate, "certificate", &bytes, NULL);
  if (bytes == NULL)
    return FALSE;
  der = (gnutls_datum_t){ .data = bytes->data, .size = bytes->len };
  if (!export_public_key (&der, &key))
    return FALSE;
  meir_sha256 (key.data, key.size, pin->digest);
  gnutls_free (key.data);
  return TRUE;
}

gboolean
meir_tracker_pin_judge (const MeirTrackerPin *pins, guint n_pins, GTlsCertificate *certificate,
                        GTlsCertificateFlags flaws)
{
  MeirTrackerPin pin;

  if ((flaws & ~PIN_COVERS) != 0 || !meir_tracker_pin_from_certificate (&pin, certificate))
    return FALSE;
  for (guint i = 0; i < n_pins; i++) {
    if (meir_digest_equal (pins[i].digest, pin.digest, sizeof pin.digest))
      return TRUE;
  }
  return FALSE;
}

GError *
meir_tracker_pin_explain (const char *name, GTlsCertificate *certificate, GTlsCertificateFlags flaws)
{
  static const struct {
    GTlsCertificateFlags flaw;
    const char *words;
  } known[] = {
    { G_TLS_CERTIFICATE_REVOKED, "it was revoked" },
    { G_TLS_CERTIFICATE_EXPIRED, "it has expired" },
    { G_TLS_CERTIFICATE_NOT_ACTIVATED, "it is not valid yet: is the clock right?" },
    { G_TLS_CERTIFICATE_INSECURE, "its algorithm is insecure" },
    { G_TLS_CERTIFICATE_BAD_IDENTITY, "it is for another host" },
    { G_TLS_CERTIFICATE_UNKNOWN_CA, "self-signed or from an unknown authority" },
  };
  g_autoptr (GString) reasons = g_string_new (NULL);
  g_autofree char *text = NULL;
  MeirTrackerPin pin;

  for (guint i = 0; i < G_N_ELEMENTS (known); i++) {
    if (flaws & known[i].flaw)
      g_string_append_printf (reasons, "%s%s", reasons->len > 0 ? "; " : "", known[i].words);
  }
  if (reasons->len == 0)
    g_string_append (reasons, "it cannot be verified");
  if ((flaws & ~PIN_COVERS) != 0 || !meir_tracker_pin_from_certificate (&pin, certificate))
    return g_error_new (MEIR_ERROR, MEIR_ERROR_TLS, "The certificate of %s is not trusted (%s).", name,
                        reasons->str);
  text = meir_tracker_pin_to_string (&pin);
  return g_error_new (MEIR_ERROR, MEIR_ERROR_TLS,
                      "The certificate of %s is not trusted (%s); its fingerprint is %s: pass it with "
                      "--tracker-pin if you trust it.",
                      name, reasons->str, text);
}
