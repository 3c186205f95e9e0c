/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Names of the files in the state folder. */
#define MEIR_TRACKER_KEY_FILE         "tracker-key.pem"
#define MEIR_TRACKER_CERTIFICATE_FILE "tracker-cert.pem"

/**
 * meir_tracker_certificate_load:
 * @certificate_file: PEM, the server's certificate first
 * @key_file: PEM, without a password; a file that others than its owner may read is refused (security S29)
 *
 * Returns: (transfer full) (nullable): the certificate with its key, or NULL with MEIR_ERROR_NOT_FOUND,
 * _PERMISSION, _INVALID or _TLS (there is no TLS backend)
 */
GTlsCertificate *meir_tracker_certificate_load (const char *certificate_file, const char *key_file,
                                                GError **error);

/**
 * meir_tracker_certificate_keep:
 * @folder: where the key and the certificate are kept; made when missing
 * @names: (nullable) (array zero-terminated=1): host names and numeric addresses beside localhost, 127.0.0.1,
 * ::1 and this computer's name
 *
 * A self-signed certificate (ECDSA P-256, ten years). The key is made once, readable by its owner only, and
 * never replaced, so that its fingerprint stays; the certificate is made anew when a name is missing in it or
 * it will soon expire. A key that is there and cannot be used is an error, never a reason to make another.
 *
 * Returns: (transfer full) (nullable): or NULL, with the errors of meir_tracker_certificate_load () and _IO,
 * _NO_SPACE
 */
GTlsCertificate *meir_tracker_certificate_keep (const char *folder, const char *const *names, GError **error);

G_END_DECLS
