/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "discover/meir-tracker-pin.h"

#include "base/meir-error.h"
#include "base/meir-limits.h"
#include "base/meir-text.h"
#include "meir-config.h"
#include "net/meir-tls-certificate.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* What a pin makes up for. */
#define PIN_COVERS (G_TLS_CERTIFICATE_UNKNOWN_CA | G_TLS_CERTIFICATE_BAD_IDENTITY)

gboolean
meir_tracker_pin_parse (MeirTrackerPin *pin, const char *text, GError **error)
{
  g_autofree char *shown = NULL;

  if (g_ascii_strncasecmp (text, MEIR_TLS_FINGERPRINT_PREFIX, strlen (MEIR_TLS_FINGERPRINT_PREFIX)) == 0 &&
      meir_hex_decode (text + strlen (MEIR_TLS_FINGERPRINT_PREFIX), pin->digest, sizeof pin->digest))
    return TRUE;
  shown = meir_text_dup_safe (text, strlen (text), MEIR_TRACKER_TEXT_MAX);
  g_set_error (error, MEIR_ERROR, MEIR_ERROR_INVALID,
               _ ("The tracker's fingerprint “%s” is not “sha256:” and 64 hexadecimal digits"), shown);
  return FALSE;
}

gboolean
meir_tracker_pin_judge (const MeirTrackerPin *pins, guint n_pins, GTlsCertificate *certificate,
                        GTlsCertificateFlags flaws)
{
  MeirTrackerPin pin;

  if ((flaws & ~PIN_COVERS) != 0 || !meir_tls_certificate_get_key_digest (certificate, pin.digest))
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
    { G_TLS_CERTIFICATE_REVOKED, N_ ("it was revoked") },
    { G_TLS_CERTIFICATE_EXPIRED, N_ ("it has expired") },
    { G_TLS_CERTIFICATE_NOT_ACTIVATED, N_ ("it is not valid yet: is the clock right?") },
    { G_TLS_CERTIFICATE_INSECURE, N_ ("its algorithm is insecure") },
    { G_TLS_CERTIFICATE_BAD_IDENTITY, N_ ("it is for another host") },
    { G_TLS_CERTIFICATE_UNKNOWN_CA, N_ ("it is self-signed, or from an unknown authority") },
  };
  g_autoptr (GString) reasons = g_string_new (NULL);
  g_autofree char *fingerprint = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (known); i++) {
    if (flaws & known[i].flaw)
      g_string_append_printf (reasons, "%s%s", reasons->len > 0 ? "; " : "", _ (known[i].words));
  }
  if (reasons->len == 0)
    g_string_append (reasons, _ ("it cannot be verified"));
  if ((flaws & ~PIN_COVERS) == 0)
    fingerprint = meir_tls_certificate_dup_fingerprint (certificate);
  if (fingerprint == NULL)
    /* Translators: in brackets stands why, such as "it has expired; it is for another host" */
    return g_error_new (MEIR_ERROR, MEIR_ERROR_TLS, _ ("The certificate of “%s” is not trusted (%s)"), name,
                        reasons->str);
  return g_error_new (MEIR_ERROR, MEIR_ERROR_TLS,
                      _ ("The certificate of “%s” is not trusted (%s); if you trust it, pass its fingerprint "
                         "with --tracker-pin: %s"),
                      name, reasons->str, fingerprint);
}
