/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-endpoint.h"

#include <glib.h>

G_BEGIN_DECLS

/* Who sent a block, where it is nobody MeirScores numbers. */
#define MEIR_SOURCE_NONE G_MAXUINT32
/* It was on our disk already. */
#define MEIR_SOURCE_DISK (G_MAXUINT32 - 1)

/* Strikes from which a peer is given only pieces that it fills alone. */
#define MEIR_STRIKES_ALONE 2u

/**
 * MeirSource:
 * @number: what blocks know it by; never used twice
 * @network: what is banned (IPv4: the whole address, IPv6: the /64 network), port 0
 * @address: the one it was first entered with, port 0
 * @n_users: peers that are connected from there
 * @n_out: blocks that these are asked for now: the owner's to keep current
 * @strikes: pieces that failed and that it had a share in, less what proved to be others' doing
 * @n_good: pieces that passed since the last one that did not, as far as it matters for its allowance
 * @n_unjudged: its blocks in pieces that wait for their verdict
 *
 * All that comes from one network.
 */
typedef struct {
  guint32 number;
  MeirEndpoint network;
  MeirEndpoint address;
  guint n_users;
  guint n_out;
  guint strikes;
  guint n_good;
  guint n_unjudged;
  gint64 banned_until_usec;
} MeirSource;

/**
 * MeirScores:
 *
 * Who can be trusted with data. A piece that fails its check costs each of its sources a strike; a single
 * source is banned at once. Where the blocks' marks are known they are remembered: when the piece is good at
 * last, whoever sent a block that differs is banned, and the others' strikes are taken back.
 *
 * Memory is bounded: marks of the oldest failures are forgotten first, and so are sources nobody refers to.
 */
typedef struct _MeirScores MeirScores;

MeirScores *meir_scores_new (void);
void meir_scores_free (MeirScores *scores);

/* The source of an address; (transfer none). It is held until meir_scores_leave (), once for each enter. */
MeirSource *meir_scores_enter (MeirScores *scores, const MeirEndpoint *address);
void meir_scores_leave (MeirScores *scores, MeirSource *source);
/* By its number; (transfer none) (nullable): it may be forgotten. */
MeirSource *meir_scores_find (const MeirScores *scores, guint32 number);
gboolean meir_source_is_banned (const MeirSource *source, gint64 now_usec);
/**
 * meir_source_get_allowance:
 * @n_out: blocks that the one peer is asked for now
 * @piece_blocks: blocks in a piece
 *
 * How many more blocks one peer of a source may be asked for while the source's work has not proved itself:
 * those of two pieces at first, and two more for every piece that passed since the last one that did not,
 * less what it is asked for and what waits for its verdict. So whoever sends bad data costs little more than
 * a piece or two, however slow the verdict is. All peers of the source together may be asked for thrice that:
 * who is slow does not hold up a neighbour behind the same router, and who has many addresses in one network
 * gains nothing by them. Blocks in pieces that others have to complete do not count, for nobody shall wait
 * for them.
 *
 * Returns: blocks; G_MAXUINT for a source that is trusted
 */
guint meir_source_get_allowance (const MeirSource *source, guint n_out, guint piece_blocks);
/* A piece is whole and waits for its verdict; or no longer waits, whatever the verdict was. */
void meir_scores_await (MeirScores *scores, const guint32 *sources, guint n_blocks);
void meir_scores_settle (MeirScores *scores, const guint32 *sources, guint n_blocks);

/**
 * meir_scores_on_bad:
 * @sources: who sent each block; numbers of this object, or MEIR_SOURCE_DISK, MEIR_SOURCE_NONE
 * @marks: (nullable): a mark of each block as it was received
 *
 * A piece failed its check.
 *
 * Returns: (transfer none) (element-type guint32): the sources banned by it, valid until the next call
 */
const GArray *meir_scores_on_bad (MeirScores *scores, guint32 piece, const guint32 *sources,
                                  const guint64 *marks, guint n_blocks, gint64 now_usec);
/* The same for a piece that passed its check. */
const GArray *meir_scores_on_good (MeirScores *scores, guint32 piece, const guint32 *sources,
                                   const guint64 *marks, guint n_blocks, gint64 now_usec);

/* Marks remembered now, for tests of the bound. */
guint meir_scores_get_n_marks (const MeirScores *scores);
guint meir_scores_get_n_sources (const MeirScores *scores);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeirScores, meir_scores_free)

G_END_DECLS
