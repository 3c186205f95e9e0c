/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-bitfield.h"
#include "base/meir-endpoint.h"
#include "base/meir-limits.h"
#include "swarm/meir-play-order.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * MeirSwarm:
 *
 * Every decision about one torrent's data, as a state machine without I/O, clock or thread: which block to
 * ask of whom, whom to choke, whom to trust. Events go in through the inlets named after the protocol, each
 * with the time in it; meir_swarm_run () hands out what is to be done, as effects in a reused array. The same
 * events with the same seed give the same effects.
 *
 * Made of the piece manager (availability, picker, request ledger), the choker and the scores, each a file of
 * its own.
 */
typedef struct _MeirSwarm MeirSwarm;

/* A peer's slot: small, reused after the peer has left. */
typedef guint32 MeirPeerSlot;
#define MEIR_PEER_NONE G_MAXUINT32

typedef struct {
  guint32 n_pieces;
  guint32 piece_length; /* bytes; the last piece may be shorter */
  guint64 total_length;
  guint64 seed;             /* of the decisions' random numbers */
  guint upload_slots;       /* regular unchoke slots, >= 1; the optimistic one comes on top */
  const MeirBitfield *have; /* (nullable): pieces that are already verified */
} MeirSwarmConfig;

/**
 * MeirSwarmPeer:
 * @address: for scores and bans; the port does not count
 * @fast: both ends speak BEP 6
 * @request_limit: most requests to keep outstanding at this peer (its reqq)
 */
typedef struct {
  MeirEndpoint address;
  gboolean fast;
  guint request_limit;
} MeirSwarmPeer;

typedef enum {
  MEIR_EFFECT_REQUEST,        /* peer, piece, begin, length */
  MEIR_EFFECT_CANCEL,         /* peer, piece, begin, length: endgame, or no longer wanted */
  MEIR_EFFECT_INTERESTED,     /* peer */
  MEIR_EFFECT_NOT_INTERESTED, /* peer */
  MEIR_EFFECT_CHOKE,   /* peer: its queued requests are dropped (rejected when fast) by the performer */
  MEIR_EFFECT_UNCHOKE, /* peer */
  MEIR_EFFECT_HAVE,    /* peer, piece: only to peers that lack it (have suppression) */
  MEIR_EFFECT_SERVE,   /* peer, piece, begin, length: read and send this block */
  MEIR_EFFECT_UNSERVE, /* peer, piece, begin, length: cancelled; drop it if it is not on its way yet, and say
                          so  with a reject when fast (BEP 6 wants every request answered) */
  MEIR_EFFECT_REJECT,  /* peer, piece, begin, length: only to fast peers */
  MEIR_EFFECT_DROP,    /* peer, reason: close this connection */
  MEIR_EFFECT_BAN,     /* address, reason: refuse the address for MEIR_BAN_SEC; its peers get DROP too */
  MEIR_EFFECT_ABANDON, /* piece: forget its buffers, all of it will be asked for anew */
  MEIR_EFFECT_SHELVE,  /* piece: skipped after it was begun; forget its buffers but those of whole segments */
  MEIR_EFFECT_COMPLETE, /* all that is wanted is verified now, and was not before */
} MeirEffectKind;

/* Verdicts about a peer; meir_drop_reason_to_string () gives a sentence without its subject, the peer. */
typedef enum {
  MEIR_DROP_NONE,
  MEIR_DROP_BAD_DATA,    /* sent blocks that failed the check */
  MEIR_DROP_UNSOLICITED, /* sent too many blocks nobody asked for */
  MEIR_DROP_BAD_REQUEST, /* asked for what cannot be */
  MEIR_DROP_FLOOD,       /* requests while choked, rejects, flips and the like, beyond their limits */
  MEIR_DROP_USELESS,     /* neither end wants anything of the other */
  MEIR_DROP_MAX,
} MeirDropReason;

typedef struct {
  MeirEffectKind kind;
  MeirDropReason reason;
  MeirPeerSlot peer;
  guint32 piece;
  guint32 begin;
  guint32 length;
  MeirEndpoint address; /* BAN */
} MeirEffect;

MeirSwarm *meir_swarm_new (const MeirSwarmConfig *config, gint64 now_usec);
void meir_swarm_free (MeirSwarm *swarm);

/* Runs what is due (refilling request pipelines of peers that were fed or unchoked, answering, choking) and
 * hands out all effects since the last call, in order. (transfer none), valid until the next inlet. Cheap
 * when nothing happened. */
const MeirEffect *meir_swarm_run (MeirSwarm *swarm, gint64 now_usec, guint *n_effects);

/* A peer is through its handshake. Its slot stays valid until meir_swarm_remove_peer (). */
MeirPeerSlot meir_swarm_add_peer (MeirSwarm *swarm, const MeirSwarmPeer *peer, gint64 now_usec);
/* Its outstanding requests go back to the picker. */
void meir_swarm_remove_peer (MeirSwarm *swarm, MeirPeerSlot peer, gint64 now_usec);
/* The extension handshake said so (BEP 10). */
void meir_swarm_set_request_limit (MeirSwarm *swarm, MeirPeerSlot peer, guint request_limit);
void meir_swarm_set_upload_only (MeirSwarm *swarm, MeirPeerSlot peer, gboolean upload_only); /* BEP 21 */

/* Inlets, one per message (BEP 3, BEP 6). Indexes and ranges are already checked by the decoder against the
 * piece count; against the piece's own length they are checked here (verdict DROP). @bytes is a valid
 * bitfield. */
void meir_swarm_on_bitfield (MeirSwarm *swarm, MeirPeerSlot peer, const guint8 *bytes, gsize length,
                             gint64 now_usec);
void meir_swarm_on_have_all (MeirSwarm *swarm, MeirPeerSlot peer, gint64 now_usec);
void meir_swarm_on_have_none (MeirSwarm *swarm, MeirPeerSlot peer, gint64 now_usec);
void meir_swarm_on_have (MeirSwarm *swarm, MeirPeerSlot peer, guint32 piece, gint64 now_usec);
void meir_swarm_on_dont_have (MeirSwarm *swarm, MeirPeerSlot peer, guint32 piece,
                              gint64 now_usec); /* BEP 54 */
void meir_swarm_on_choke (MeirSwarm *swarm, MeirPeerSlot peer, gint64 now_usec);
void meir_swarm_on_unchoke (MeirSwarm *swarm, MeirPeerSlot peer, gint64 now_usec);
void meir_swarm_on_interested (MeirSwarm *swarm, MeirPeerSlot peer, gint64 now_usec);
void meir_swarm_on_not_interested (MeirSwarm *swarm, MeirPeerSlot peer, gint64 now_usec);
void meir_swarm_on_request (MeirSwarm *swarm, MeirPeerSlot peer, guint32 piece, guint32 begin, guint32 length,
                            gint64 now_usec);
void meir_swarm_on_cancel (MeirSwarm *swarm, MeirPeerSlot peer, guint32 piece, guint32 begin, guint32 length,
                           gint64 now_usec);
void meir_swarm_on_reject (MeirSwarm *swarm, MeirPeerSlot peer, guint32 piece, guint32 begin, guint32 length,
                           gint64 now_usec);
void meir_swarm_on_allowed_fast (MeirSwarm *swarm, MeirPeerSlot peer, guint32 piece, gint64 now_usec);
void meir_swarm_on_suggest (MeirSwarm *swarm, MeirPeerSlot peer, guint32 piece, gint64 now_usec);

/**
 * MeirBlockVerdict:
 * @MEIR_BLOCK_DIRECT: wanted, and nobody else is sending it now: its bytes may go straight into the piece's
 * buffer
 * @MEIR_BLOCK_ASIDE: wanted, but another peer's copy is arriving too (endgame): receive it aside, and copy it
 * if meir_swarm_on_block () says it was first
 * @MEIR_BLOCK_DISCARD: late or duplicate: read and throw away
 */
typedef enum {
  MEIR_BLOCK_DIRECT,
  MEIR_BLOCK_ASIDE,
  MEIR_BLOCK_DISCARD,
} MeirBlockVerdict;

/* The 13 bytes of a piece message are here, its block is about to arrive. */
MeirBlockVerdict meir_swarm_on_block_start (MeirSwarm *swarm, MeirPeerSlot peer, guint32 piece, guint32 begin,
                                            guint32 length, gint64 now_usec);
/* Whether a block is still missing: a DIRECT receiver asks before each read, for another copy may have come
 * first. */
gboolean meir_swarm_block_is_missing (MeirSwarm *swarm, guint32 piece, guint32 begin);
/* All its bytes are here. Returns whether this copy counts (first to arrive); then its bytes belong to the
 * piece. */
gboolean meir_swarm_on_block (MeirSwarm *swarm, MeirPeerSlot peer, guint32 piece, guint32 begin,
                              guint32 length, gint64 now_usec);
/* Part of a block has arrived: progress counts against the trickle timeout, and for the rate. */
void meir_swarm_on_bytes (MeirSwarm *swarm, MeirPeerSlot peer, guint32 bytes, gint64 now_usec);
/* Payload bytes that went out to a peer. */
void meir_swarm_on_sent (MeirSwarm *swarm, MeirPeerSlot peer, guint32 bytes, gint64 now_usec);
/* A block of MEIR_EFFECT_SERVE was handed to the stream (or could not be read): it no longer counts in the
 * peer's queue of MEIR_REQUEST_QUEUE_MAX. Every SERVE is answered so exactly once, unless an UNSERVE or a
 * CHOKE took it back before; a second answer is ignored. */
void meir_swarm_on_served (MeirSwarm *swarm, MeirPeerSlot peer, guint32 piece, guint32 begin, guint32 length,
                           gint64 now_usec);

/* Verdicts of the disk. @block_marks: one 64-bit mark (part of a digest) per block of the piece as it was
 * received, so that a later good copy tells exactly who sent which bad block; NULL where they are not known.
 */
void meir_swarm_on_piece_good (MeirSwarm *swarm, guint32 piece, const guint64 *block_marks, gint64 now_usec);
void meir_swarm_on_piece_bad (MeirSwarm *swarm, guint32 piece, const guint64 *block_marks, gint64 now_usec);
/* Whether marks are wanted with the next meir_swarm_on_piece_good (): this piece failed before. */
gboolean meir_swarm_wants_marks (MeirSwarm *swarm, guint32 piece);
/* A verified piece cannot be read any more, or its sync failed. */
void meir_swarm_on_piece_lost (MeirSwarm *swarm, guint32 piece, gint64 now_usec);
/* A recheck or the journal found the piece whole. */
void meir_swarm_on_piece_found (MeirSwarm *swarm, guint32 piece, gint64 now_usec);
/* Bytes of a piece that lie on disk, not verified (resume): will not be asked for. */
void meir_swarm_declare_written (MeirSwarm *swarm, guint32 piece, guint32 begin, guint32 length);
/* All blocks of a piece are here but its digest is not compared yet. */
gboolean meir_swarm_piece_is_complete (MeirSwarm *swarm, guint32 piece);

/**
 * meir_swarm_set_priorities:
 * @priorities: (nullable): a MeirPriority per piece, copied; NULL: all normal, as it is to begin with
 *
 * What is wanted, from now on: requests for pieces that are skipped are cancelled, and SHELVE is handed out
 * for those that had begun; their effects have to be performed before anything else goes in. Whole segments
 * that are here of such a piece count when it is wanted again. A skipped piece that is or becomes whole
 * counts like any other. When nothing is missing any more that is wanted, COMPLETE follows, unless nothing is
 * wanted.
 */
void meir_swarm_set_priorities (MeirSwarm *swarm, const guint8 *priorities, gint64 now_usec);
/* @files: (nullable): see meir_play_order_pick (), copied; NULL: the rarest first, as it is to begin with. */
void meir_swarm_set_play_order (MeirSwarm *swarm, const MeirPieceRange *files, guint n_files);

/* Once a second: snubs, timeouts, choke rounds (10 s), optimistic unchoke (30 s), request depth. */
void meir_swarm_on_tick (MeirSwarm *swarm, gint64 now_usec);
/* While set, no new requests go out: the disk is behind or full. */
void meir_swarm_set_paused (MeirSwarm *swarm, gboolean paused);

/* What is known, for snapshots. */
const MeirBitfield *meir_swarm_get_have (MeirSwarm *swarm); /* (transfer none) */
const guint16 *meir_swarm_get_availability (
    MeirSwarm *swarm);                             /* (transfer none): copies in the swarm, per piece */
guint meir_swarm_get_n_partial (MeirSwarm *swarm); /* pieces begun */
guint32 meir_swarm_get_partial (MeirSwarm *swarm, guint index); /* their indexes, unordered */
guint64 meir_swarm_get_left (MeirSwarm *swarm);                 /* bytes not verified yet */
guint64 meir_swarm_get_wanted (MeirSwarm *swarm);               /* bytes of the pieces that are not skipped */
guint64 meir_swarm_get_wanted_left (MeirSwarm *swarm);          /* of those, not verified yet */
MeirPriority meir_swarm_get_priority (MeirSwarm *swarm, guint32 piece);
/* Whether all that is wanted is verified. */
gboolean meir_swarm_is_finished (MeirSwarm *swarm);
guint64 meir_swarm_get_wasted (MeirSwarm *swarm); /* bytes thrown away: duplicate or bad */
gboolean meir_swarm_in_endgame (MeirSwarm *swarm);

typedef struct {
  gboolean am_choking, am_interested, peer_choking, peer_interested;
  gboolean snubbed, optimistic, seed;
  guint32 n_pieces; /* it has */
  guint requests_out;
  guint request_depth;
  guint64 down_per_sec, up_per_sec;
  guint64 downloaded, uploaded;
} MeirSwarmPeerState;
void meir_swarm_get_peer_state (MeirSwarm *swarm, MeirPeerSlot peer, MeirSwarmPeerState *state,
                                gint64 now_usec);
const MeirBitfield *meir_swarm_get_peer_have (MeirSwarm *swarm, MeirPeerSlot peer); /* (transfer none) */

const char *meir_drop_reason_to_string (MeirDropReason reason);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeirSwarm, meir_swarm_free)

G_END_DECLS
