/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-digest.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * MeirTrackerPin:
 *
 * Names a tracker's key: see meir_tls_certificate_get_key_digest (). A plain value.
 */
typedef struct {
  guint8 digest[MEIR_SHA256_LENGTH];
} MeirTrackerPin;

/* "sha256:" and 64 hex digits. FALSE with MEIR_ERROR_INVALID. */
gboolean meir_tracker_pin_parse (MeirTrackerPin *pin, const char *text, GError **error);

/**
 * meir_tracker_pin_judge:
 * @pins: what the user trusts
 * @flaws: what verification found wrong with @certificate, not 0
 *
 * A known key stands in for an authority and a name, and for nothing else: not for a certificate that has
 * expired, is not valid yet, was revoked or is insecure.
 *
 * Returns: whether @certificate is acceptable in spite of @flaws
 */
gboolean meir_tracker_pin_judge (const MeirTrackerPin *pins, guint n_pins, GTlsCertificate *certificate,
                                 GTlsCertificateFlags flaws);

/* Why the certificate of the tracker @name is refused, and what can be done: MEIR_ERROR_TLS. (transfer full)
 */
GError *meir_tracker_pin_explain (const char *name, GTlsCertificate *certificate, GTlsCertificateFlags flaws);

G_END_DECLS
