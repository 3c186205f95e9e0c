/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "swarm/meir-swarm.h"

/**
 * Rig:
 * @now_usec: the time of every inlet called through the rig
 * @effects: (element-type MeirEffect): what the last rig_run () handed out
 *
 * A swarm on the bench: pieces of 4 blocks, the last one of 2 blocks and 100 bytes.
 */
typedef struct {
  MeirSwarm *swarm;
  gint64 now_usec;
  guint32 n_pieces;
  GArray *effects;
} Rig;

#define RIG_PIECE_LENGTH (4u * MEIR_BLOCK_LENGTH)
#define RIG_SECOND       ((gint64) G_USEC_PER_SEC)

/* @complete: it starts with all pieces. */
Rig *rig_new (guint32 n_pieces, gboolean complete);
void rig_free (Rig *rig);
/* A peer at 10.0.0.@host, fast, that takes 500 requests. */
MeirPeerSlot rig_add (Rig *rig, guint8 host);
MeirPeerSlot rig_add_plain (Rig *rig, guint8 host); /* without BEP 6 */
/* The same, having everything, and unchoking us. */
MeirPeerSlot rig_add_seed (Rig *rig, guint8 host);
void rig_run (Rig *rig);
/* A tick a second for so long, with rig_run (); the effects of all of it. */
void rig_wait (Rig *rig, guint seconds);
guint rig_count (const Rig *rig, MeirEffectKind kind, MeirPeerSlot peer);
/* The @n-th of that kind for that peer, or NULL. */
const MeirEffect *rig_find (const Rig *rig, MeirEffectKind kind, MeirPeerSlot peer, guint n);
/* The verdict in the DROP of that peer, or MEIR_DROP_NONE. */
MeirDropReason rig_dropped (const Rig *rig, MeirPeerSlot peer);
/* The block arrives wholly; returns whether it counted. */
gboolean rig_block (Rig *rig, MeirPeerSlot peer, guint32 piece, guint32 block);
guint32 rig_block_length (const Rig *rig, guint32 piece, guint32 block);
/* Every request of the last run is answered, and complete pieces are judged good. */
void rig_answer_all (Rig *rig);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Rig, rig_free)
