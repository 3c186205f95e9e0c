/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-digest.h"
#include "net/meir-loop.h"
#include "net/meir-stream.h"
#include "wire/meir-handshake.h"

G_BEGIN_DECLS

/**
 * MeirTlsPolicy:
 * @MEIR_TLS_PREFER: TLS with whoever can, plain otherwise (the default)
 * @MEIR_TLS_REQUIRE: TLS or no connection, never a fall-back
 * @MEIR_TLS_OFF: plain only
 */
typedef enum {
  MEIR_TLS_PREFER,
  MEIR_TLS_REQUIRE,
  MEIR_TLS_OFF,
} MeirTlsPolicy;

/**
 * MeirGreeting:
 *
 * A connection whose two ends have greeted each other: both BitTorrent handshakes are through, over TLS with
 * the info-hash bound proof where TLS was spoken. The next byte on the stream is @early, then what the stream
 * gives: the first length-prefixed message.
 */
typedef struct {
  MeirStream *stream; /* (transfer full) to the receiver of the greeting */
  MeirEndpoint endpoint;
  MeirHandshake remote; /* info-hash, reserved bits, peer id as the other end sent them */
  gboolean incoming;
  gboolean encrypted;
  const guint8 *early; /* bytes already read past the handshake; valid during the callback only */
  gsize early_length;
} MeirGreeting;

/**
 * MeirGreeterHooks:
 * @lookup: tells whether @info_hash is one of ours that accepts connections under a stream that is @encrypted
 *   or not; fills in the handshake we answer with. FALSE closes the connection without a byte of ours
 *   (security W04, W05).
 * @nth: the info-hash of the @index-th torrent that accepts connections, FALSE past the last: a TLS responder
 *   finds by trial which torrent a proof is for
 * @admit: whether to talk to this address at all (bans and caps), right after accept
 * @incoming: an incoming connection is through. Takes the stream.
 *
 * What the greeter asks of the session. All on the engine thread. A hook may start and cancel dials and
 * upgrades, but not free the greeter.
 */
typedef struct {
  gboolean (*lookup) (gpointer user_data, const MeirInfoHash *info_hash, gboolean encrypted,
                      MeirHandshake *ours);
  gboolean (*nth) (gpointer user_data, guint index, MeirInfoHash *info_hash);
  gboolean (*admit) (gpointer user_data,
                     const MeirEndpoint *endpoint); /* bans and caps, right after accept */
  void (*incoming) (gpointer user_data, MeirGreeting *greeting);
} MeirGreeterHooks;

typedef struct _MeirGreeter MeirGreeter;
typedef struct _MeirDial MeirDial;

/**
 * meir_greeter_new:
 *
 * The front door: listens, sniffs the first bytes (0x13 plain, 0x16 0x03 TLS, else closed), dials, greets.
 * Makes the session's fresh Ed25519 key. At most MEIR_TLS_HANDSHAKES_MAX TLS handshakes run at once, each
 * within MEIR_TLS_HANDSHAKE_TIMEOUT_SEC; a greeting is through within MEIR_HANDSHAKE_TIMEOUT_SEC or closed.
 */
MeirGreeter *meir_greeter_new (MeirLoop *loop, const MeirGreeterHooks *hooks, gpointer user_data,
                               GError **error);
/* Closes listeners, half-greeted connections, dials and upgrades; no hook or callback of theirs runs
 * afterwards. Waits for TLS handshakes under way to notice. Not from within a hook or callback. */
void meir_greeter_free (MeirGreeter *greeter);

/* Listens on @port (0: any free one) of @bind_address (NULL: every address, IPv4 and IPv6 on the same port,
 * or on the one of the two that the system has). What was listened on before is closed if this succeeds, and
 * stays if not. MEIR_ERROR_BUSY when the port is taken, MEIR_ERROR_PERMISSION, MEIR_ERROR_INVALID. */
gboolean meir_greeter_listen (MeirGreeter *greeter, const char *bind_address, guint16 port, GError **error);
guint16 meir_greeter_get_port (MeirGreeter *greeter);

/**
 * MeirDialFunc:
 * @greeting: (nullable): NULL when it failed
 * @error: (nullable): why: MEIR_ERROR_NETWORK (no connection), _PROTOCOL (it ended, or made no sense, before
 * the greeting was through), _TLS, _TIMED_OUT, _INVALID (it is ourselves); MEIR_ERROR_INVALID when the
 *   address turned out to be this session's own, and is not worth trying again
 *
 * Runs exactly once per dial, unless the dial is cancelled; never from within meir_greeter_dial ().
 */
typedef void (*MeirDialFunc) (MeirDial *dial, MeirGreeting *greeting, const GError *error,
                              gpointer user_data);

/* Connects to @endpoint (from @bind_address if set at listen), with TLS at once when @tls, sends @ours, reads
 * theirs; a remote info-hash other than ours->info_hash closes. */
MeirDial *meir_greeter_dial (MeirGreeter *greeter, const MeirEndpoint *endpoint, const MeirHandshake *ours,
                             gboolean tls, MeirDialFunc func, gpointer user_data);
/* Closes it; the callback does not run. Not after it has run. */
void meir_dial_cancel (MeirDial *dial);

/**
 * MeirUpgradeFunc:
 * @stream: (nullable) (transfer full): the encrypted stream, proof checked both ways; to be read until
 *   would-block before waiting, as MeirGreeting says
 * @error: (nullable): MEIR_ERROR_TLS, _NETWORK, _PROTOCOL or _TIMED_OUT; the connection is closed
 *
 * Runs exactly once per upgrade, unless it is cancelled; never from within meir_greeter_upgrade (). The
 * upgrade is gone when it runs.
 */
typedef void (*MeirUpgradeFunc) (MeirStream *stream, const GError *error, gpointer user_data);
typedef struct _MeirUpgrade MeirUpgrade;

/* In-place upgrade: lays TLS over @plain (transfer full), whose owner has removed its watch and flushed.
 * @initiator: we opened the TCP connection, and so speak first in TLS. @unread are bytes read from @plain
 * after the upgrade message, copied. Our proof uses @info_hash and @our_peer_id; theirs must be for the same
 * torrent and from @their_peer_id. */
MeirUpgrade *meir_greeter_upgrade (MeirGreeter *greeter, MeirStream *plain, gboolean initiator,
                                   const MeirInfoHash *info_hash, const guint8 *our_peer_id,
                                   const guint8 *their_peer_id, const guint8 *unread, gsize unread_length,
                                   MeirUpgradeFunc func, gpointer user_data);
/* Closes the connection; the callback does not run. Not after it has run. */
void meir_upgrade_cancel (MeirUpgrade *upgrade);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeirGreeter, meir_greeter_free)

G_END_DECLS
