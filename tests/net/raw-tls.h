/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <gnutls/gnutls.h>

/**
 * RawTls:
 *
 * A TLS peer made of GnuTLS alone, in a thread of its own: what another client, or an enemy, could do.
 * Blocking, each step bounded by 10 s.
 */
typedef struct {
  int fd;
  gboolean server;
  const char *priority; /* GnuTLS's words, NULL: TLS 1.3 with AES-128-GCM */
  const char *protocol; /* ALPN; NULL: none */
  gboolean no_certificate;
  gnutls_pk_algorithm_t key_kind; /* of its certificate; 0: as we make them */
  guint key_bits;
  gsize record_length;          /* that it takes at most; 0: no limit */
  GTlsCertificate *certificate; /* filled in */

  gnutls_session_t session;
  gnutls_certificate_credentials_t credentials;
  int result; /* of the handshake */
  guint8 binding[32];
  GThread *thread;
  gboolean done;
} RawTls;

/* Starts the handshake on @fd, which stays the caller's. */
void raw_tls_start (RawTls *raw, int fd);
/* Runs the default context until it is done. */
void raw_tls_wait (RawTls *raw);
void raw_tls_send (RawTls *raw, const void *bytes, gsize length);
/* Exactly @length bytes, or FALSE when the other side closed or failed first. Runs the default context
 * meanwhile. */
gboolean raw_tls_receive (RawTls *raw, void *bytes, gsize length);
void raw_tls_clear (RawTls *raw);
