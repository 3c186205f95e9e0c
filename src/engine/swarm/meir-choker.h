/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-random.h"
#include "swarm/meir-swarm.h"

G_BEGIN_DECLS

#define MEIR_CHOKE_ROUND_USEC      (10 * G_USEC_PER_SEC)
#define MEIR_CHOKE_OPTIMISTIC_USEC (30 * G_USEC_PER_SEC)
/* How long a peer keeps its slot while others wait, where the rates do not decide. */
#define MEIR_CHOKE_TURN_USEC (60 * G_USEC_PER_SEC)
/* Shortest time from one unchoke of a peer to the next: flapping gains nothing. */
#define MEIR_CHOKE_REST_USEC (10 * G_USEC_PER_SEC)

/**
 * MeirChokerPeer:
 * @interested: wants something of us
 * @excluded: gets no slot whatever it says (it only uploads, BEP 21)
 * @snubbed: it is unchoked by us and sends nothing: no regular slot while we download (anti-snubbing)
 * @down_per_sec: what it gives us, bytes per second
 * @up_per_sec: what we give it
 * @unchoked: out: whether it has a slot
 * @optimistic: out: whether that is the optimistic one
 *
 * The fields up to @up_per_sec are the owner's to keep current.
 */
typedef struct {
  gboolean interested;
  gboolean excluded;
  gboolean snubbed;
  guint64 down_per_sec;
  guint64 up_per_sec;
  gboolean unchoked;
  gboolean optimistic;
  /*< private >*/
  gboolean present;
  gboolean was_unchoked;
  gint64 joined_usec;
  gint64 unchoked_usec; /* when it last got a slot; 0: never */
  gint64 choked_usec;   /* when it last lost one; 0: never */
} MeirChokerPeer;

/**
 * MeirChoker:
 * @seeding: we have everything: rates to us say nothing any more
 *
 * Who may ask us for blocks (BEP 3). While downloading, those who give us most, plus one optimistic slot that
 * goes round and prefers newcomers; among peers that give nothing, and always when seeding, the slots go
 * round: who was served for a turn yields to who waited longest.
 */
typedef struct {
  guint slots;
  gboolean seeding;
  /*< private >*/
  GArray *peers; /* MeirChokerPeer, by slot */
  GArray *ranks; /* scratch */
  GArray *changed;
  gint64 round_usec;
  gint64 optimistic_usec; /* when the optimistic slot goes on */
  MeirPrng *prng;
} MeirChoker;

/* @prng is borrowed. @slots: regular ones; the optimistic one comes on top. */
void meir_choker_init (MeirChoker *choker, guint slots, MeirPrng *prng, gint64 now_usec);
void meir_choker_clear (MeirChoker *choker);
void meir_choker_add (MeirChoker *choker, MeirPeerSlot peer, gint64 now_usec);
void meir_choker_remove (MeirChoker *choker, MeirPeerSlot peer);
/* (transfer none), valid until the next meir_choker_add (). */
MeirChokerPeer *meir_choker_get (MeirChoker *choker, MeirPeerSlot peer);

gboolean meir_choker_is_due (const MeirChoker *choker, gint64 now_usec);
/* Both return the peers whose @unchoked changed, chokes first; (transfer none), valid until the next call.
 * The first decides anew; the second only fills slots that are empty, and is for whenever somebody becomes
 * interested or leaves. */
const MeirPeerSlot *meir_choker_round (MeirChoker *choker, gint64 now_usec, guint *n_changed);
const MeirPeerSlot *meir_choker_fill (MeirChoker *choker, gint64 now_usec, guint *n_changed);

G_END_DECLS
