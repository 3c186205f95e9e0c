/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-digest.h"

#include <gio/gio.h>
#include <gnutls/x509.h>

G_BEGIN_DECLS

/**
 * meir_tls_certificate_new:
 *
 * Makes a fresh Ed25519 key and a certificate that it signs itself, in memory only. It names nobody: who the
 * other end is follows from the proof that is exchanged inside TLS. Takes less than a millisecond, and some
 * more the first time, when GIO loads its TLS backend.
 *
 * Returns: (transfer full): NULL with MEIR_ERROR_TLS when there is no TLS backend, or GnuTLS fails
 */
GTlsCertificate *meir_tls_certificate_new (GError **error);

/**
 * meir_tls_certificate_begin:
 * @name: distinguished name (RFC 4514) of who signs and who is meant
 * @valid_sec: how long it is valid, from now; it already was a day ago, as clocks of others may be wrong by
 * that much
 *
 * Fills in what every certificate that signs itself has: version, a random serial number, dates, name and
 * key. What the caller adds comes before gnutls_x509_crt_sign2 ().
 *
 * Returns: an error of GnuTLS below 0
 */
int meir_tls_certificate_begin (gnutls_x509_crt_t certificate, gnutls_x509_privkey_t key, const char *name,
                                gint64 valid_sec);

/* Whether the certificate's key is Ed25519, as those of meir_tls_certificate_new () are. */
gboolean meir_tls_certificate_is_ed25519 (GTlsCertificate *certificate);

/* What a fingerprint begins with. */
#define MEIR_TLS_FINGERPRINT_PREFIX "sha256:"

/* SHA-256 of the certificate's SubjectPublicKeyInfo in DER (RFC 5280, 4.1.2.7; the pin of RFC 7469): names
 * the key, whatever certificate it is in. FALSE when it cannot be read. Any thread. */
gboolean meir_tls_certificate_get_key_digest (GTlsCertificate *certificate,
                                              guint8 digest[MEIR_SHA256_LENGTH]);
/* The same for people: MEIR_TLS_FINGERPRINT_PREFIX and 64 lower-case hex digits. (transfer full) (nullable):
 * NULL when the key cannot be read. Any thread. */
char *meir_tls_certificate_dup_fingerprint (GTlsCertificate *certificate);

G_END_DECLS
