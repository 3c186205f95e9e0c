/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-random.h"
#include "base/meir-rate-meter.h"
#include "swarm/meir-choker.h"
#include "swarm/meir-piece-manager.h"
#include "swarm/meir-request-ledger.h"
#include "swarm/meir-scores.h"
#include "swarm/meir-serve-queue.h"
#include "swarm/meir-swarm.h"

G_BEGIN_DECLS

/* What the files of the swarm share: the facade in meir-swarm.c, what peers have in meir-swarm-pieces.c, our
 * requests and their answers in meir-swarm-download.c, theirs in meir-swarm-upload.c, what is wanted in
 * meir-swarm-priorities.c. */

/* Granted pieces (BEP 6) and suggestions kept of one peer. */
#define MEIR_ALLOWED_FAST_MAX 100u
#define MEIR_SUGGESTED_MAX    16u

/* The block that a peer is sending now. */
typedef struct {
  gboolean active;
  guint32 piece;
  guint32 begin;
  guint32 length;
  guint32 n_counted; /* bytes already in the rate */
  MeirBlockVerdict verdict;
} MeirArrival;

/* Offences counted; the first three over the connection's life, requests since we last unchoked it, the
 * others over ten seconds. */
typedef struct {
  guint n_unsolicited;
  guint n_field_flips;
  guint n_stray_rejects;
  guint n_choked_requests;
  guint n_fields;
  guint n_choke_flips;
  guint n_interest_flips;
  guint n_stray_cancels;
} MeirOffences;

/**
 * MeirMember:
 *
 * A peer of this swarm. @have is @own_have, or one of the swarm's two shared fields when the peer has
 * everything or nothing.
 */
typedef struct {
  MeirPeerSlot slot;
  MeirSource *source;
  gboolean fast;
  gboolean upload_only;
  gboolean dropped; /* its connection is being closed: no more effects for it */

  const MeirBitfield *have;
  MeirBitfield own_have;
  guint32 n_wanted; /* pieces it has, and we lack and want */
  gboolean am_interested;
  gboolean unwanted; /* nothing wanted of it since the last tick */

  gboolean peer_choking;
  gboolean snubbed;
  gboolean hungry;  /* in the swarm's list: its pipe may take requests */
  gboolean starved; /* its pipe has room, but there was no block for it */
  gboolean tried;   /* it may not have more on its way until what it sent has proved itself */
  guint reject_streak;
  gint64 probe_usec; /* while snubbed: when to try one request */
  gint64 upkeep_usec;
  gint64 asked_usec; /* when it last asked us for a block */
  gint64 choked_usec;
  MeirRequestLedger ledger;
  MeirSeat seat;
  MeirArrival arrival;
  guint n_allowed_fast;
  guint n_suggested;
  guint32 allowed_fast[MEIR_ALLOWED_FAST_MAX];
  guint32 suggested[MEIR_SUGGESTED_MAX];

  MeirServeQueue serves;
  MeirOffences offences;
  MeirRateMeter down;
  MeirRateMeter up;
  guint64 down_before[2]; /* totals one and two choke rounds ago: what the choker rewards is a 20 s average */
  guint64 up_before[2];
} MeirMember;

struct _MeirSwarm {
  MeirPrng prng;
  MeirPieceManager *pieces;
  MeirChoker choker;
  MeirScores *scores;
  GPtrArray *members;    /* (nullable elements): by slot */
  GArray *free_slots;    /* MeirPeerSlot */
  GArray *hungry;        /* MeirPeerSlot */
  GArray *effects;       /* MeirEffect */
  GArray *block_sources; /* guint32: scratch */
  MeirBitfield everything;
  MeirBitfield nothing;
  gint64 now_usec;
  guint64 wasted;
  guint n_starved;
  guint n_tried;
  guint n_unchoking; /* peers that let us ask */
  gboolean effects_taken;
  gboolean paused;
  gboolean in_endgame;
  gboolean slots_vacant; /* the choker should fill */
  gboolean finished;     /* no piece that is wanted is missing */
};

/* The member of a slot, or NULL if its connection is being closed. Also moves the clock. */
MeirMember *meir_swarm_get_member (MeirSwarm *swarm, MeirPeerSlot peer, gint64 now_usec);
/* Appends an effect; (transfer none), its other fields are zero. */
MeirEffect *meir_swarm_push (MeirSwarm *swarm, MeirEffectKind kind, MeirPeerSlot peer);
void meir_swarm_push_block (MeirSwarm *swarm, MeirEffectKind kind, MeirPeerSlot peer, guint32 piece,
                            guint32 begin, guint32 length);
void meir_swarm_drop (MeirSwarm *swarm, MeirMember *member, MeirDropReason reason);
/* Bans the address of a source and drops all its peers. */
void meir_swarm_ban (MeirSwarm *swarm, guint32 source);
/* Counts an offence; drops the peer when there were more than @limit. */
void meir_swarm_offend (MeirSwarm *swarm, MeirMember *member, guint *count, guint limit,
                        MeirDropReason reason);

/* meir-swarm-pieces.c */
/* The peer has nothing (again): as after joining. */
void meir_swarm_forget_have (MeirSwarm *swarm, MeirMember *member);
/* INTERESTED as soon as something is wanted of the peer; NOT_INTERESTED when nothing was for a tick. */
void meir_swarm_update_interest (MeirSwarm *swarm, MeirMember *member);
void meir_swarm_settle_interest (MeirSwarm *swarm, MeirMember *member);
/* Two peers that want nothing have nothing to say to each other: drops such a one. */
void meir_swarm_drop_if_useless (MeirSwarm *swarm, MeirMember *member);

/* meir-swarm-priorities.c */
/* Looks whether anything wanted is missing, and does what follows from the answer when it is a new one. */
void meir_swarm_update_finished (MeirSwarm *swarm);

/* All of a begun piece is here, and its verdict is awaited. */
void meir_swarm_await_verdict (MeirSwarm *swarm, MeirPartial *partial);

/* meir-swarm-download.c */
void meir_swarm_feed (MeirSwarm *swarm, MeirMember *member);
void meir_swarm_feed_all (MeirSwarm *swarm);
/* Peers whose pipe had room when there was no block for them get another look; @piece: only those that
 * have it, unless MEIR_PIECE_NONE. */
void meir_swarm_wake_starved (MeirSwarm *swarm, guint32 piece);
/* The same for peers that had to wait for verdicts. */
void meir_swarm_wake_tried (MeirSwarm *swarm);
/* Sends the requests of all peers that were fed. */
void meir_swarm_refill (MeirSwarm *swarm);
/* Gives all requests of a peer back to the picker; it may still answer them. */
void meir_swarm_release_requests (MeirSwarm *swarm, MeirMember *member, MeirRequestState state);
/* The same for those of pieces that the peer does not have any more. */
void meir_swarm_release_lacking (MeirSwarm *swarm, MeirMember *member);
/* Forgets the block that is arriving from a peer. */
void meir_swarm_end_arrival (MeirSwarm *swarm, MeirMember *member);
/* Cancels what peers were asked of a begun piece that is wanted no longer (or not as it is), and turns the
 * blocks of it that are arriving now into waste. */
void meir_swarm_cancel_piece (MeirSwarm *swarm, guint32 piece);
/* Timeouts of one peer, once a second. */
void meir_swarm_upkeep_download (MeirSwarm *swarm, MeirMember *member);

/* Cancels what was asked of a peer, or is arriving from it, of pieces that are skipped. */
void meir_swarm_cancel_skipped (MeirSwarm *swarm, MeirMember *member);

/* meir-swarm-upload.c */
void meir_swarm_run_choker (MeirSwarm *swarm, gboolean round);

G_END_DECLS
