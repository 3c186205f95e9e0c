/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "swarm-rig.h"

#include "swarm-check.h"

Rig *
rig_new (guint32 n_pieces, gboolean complete)
{
  Rig *rig = g_new0 (Rig, 1);
  MeirBitfield have;
  MeirSwarmConfig config = {
    .n_pieces = n_pieces,
    .piece_length = RIG_PIECE_LENGTH,
    .total_length = (guint64) (n_pieces - 1) * RIG_PIECE_LENGTH + 2 * MEIR_BLOCK_LENGTH + 100,
    .seed = 42,
    .upload_slots = 2,
  };

  rig->now_usec = 1000 * RIG_SECOND;
  rig->n_pieces = n_pieces;
  rig->effects = g_array_new (FALSE, FALSE, sizeof (MeirEffect));
  meir_bitfield_init (&have, n_pieces);
  meir_bitfield_set_all (&have);
  config.have = complete ? &have : NULL;
  rig->swarm = meir_swarm_new (&config, rig->now_usec);
  meir_bitfield_clear (&have);
  return rig;
}

void
rig_free (Rig *rig)
{
  swarm_check (rig->swarm);
  meir_swarm_free (rig->swarm);
  g_array_unref (rig->effects);
  g_free (rig);
}

static MeirPeerSlot
add (Rig *rig, guint8 host, gboolean fast)
{
  MeirSwarmPeer peer = { .fast = fast, .request_limit = 500 };

  peer.address.family = 4;
  peer.address.bytes[0] = 10;
  peer.address.bytes[3] = host;
  peer.address.port = 1234;
  return meir_swarm_add_peer (rig->swarm, &peer, rig->now_usec);
}

MeirPeerSlot
rig_add (Rig *rig, guint8 host)
{
  return add (rig, host, TRUE);
}

MeirPeerSlot
rig_add_plain (Rig *rig, guint8 host)
{
  return add (rig, host, FALSE);
}

MeirPeerSlot
rig_add_seed (Rig *rig, guint8 host)
{
  MeirPeerSlot peer = rig_add (rig, host);

  meir_swarm_on_have_all (rig->swarm, peer, rig->now_usec);
  meir_swarm_on_unchoke (rig->swarm, peer, rig->now_usec);
  return peer;
}

static void
append_effects (Rig *rig)
{
  guint n;
  const MeirEffect *effects = meir_swarm_run (rig->swarm, rig->now_usec, &n);

  g_array_append_vals (rig->effects, effects, n);
  swarm_check (rig->swarm);
}

void
rig_run (Rig *rig)
{
  g_array_set_size (rig->effects, 0);
  append_effects (rig);
}

void
rig_wait (Rig *rig, guint seconds)
{
  g_array_set_size (rig->effects, 0);
  for (guint i = 0; i < seconds; i++) {
    rig->now_usec += RIG_SECOND;
    meir_swarm_on_tick (rig->swarm, rig->now_usec);
    append_effects (rig);
  }
}

const MeirEffect *
rig_find (const Rig *rig, MeirEffectKind kind, MeirPeerSlot peer, guint n)
{
  for (guint i = 0; i < rig->effects->len; i++) {
    const MeirEffect *effect = &g_array_index (rig->effects, MeirEffect, i);

    if (effect->kind == kind && effect->peer == peer && n-- == 0)
      return effect;
  }
  return NULL;
}

guint
rig_count (const Rig *rig, MeirEffectKind kind, MeirPeerSlot peer)
{
  guint n = 0;

  while (rig_find (rig, kind, peer, n) != NULL)
    n++;
  return n;
}

MeirDropReason
rig_dropped (const Rig *rig, MeirPeerSlot peer)
{
  const MeirEffect *effect = rig_find (rig, MEIR_EFFECT_DROP, peer, 0);

  return effect != NULL ? effect->reason : MEIR_DROP_NONE;
}

guint32
rig_block_length (const Rig *rig, guint32 piece, guint32 block)
{
  return piece == rig->n_pieces - 1 && block == 2 ? 100 : MEIR_BLOCK_LENGTH;
}

gboolean
rig_block (Rig *rig, MeirPeerSlot peer, guint32 piece, guint32 block)
{
  guint32 length = rig_block_length (rig, piece, block);

  meir_swarm_on_block_start (rig->swarm, peer, piece, block * MEIR_BLOCK_LENGTH, length, rig->now_usec);
  meir_swarm_on_bytes (rig->swarm, peer, length, rig->now_usec);
  return meir_swarm_on_block (rig->swarm, peer, piece, block * MEIR_BLOCK_LENGTH, length, rig->now_usec);
}

void
rig_answer_all (Rig *rig)
{
  for (guint i = 0; i < rig->effects->len; i++) {
    const MeirEffect *effect = &g_array_index (rig->effects, MeirEffect, i);

    if (effect->kind != MEIR_EFFECT_REQUEST)
      continue;
    rig_block (rig, effect->peer, effect->piece, effect->begin / MEIR_BLOCK_LENGTH);
    if (meir_swarm_piece_is_complete (rig->swarm, effect->piece))
      meir_swarm_on_piece_good (rig->swarm, effect->piece, NULL, rig->now_usec);
  }
}
