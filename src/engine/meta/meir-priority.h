/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "meta/meir-metainfo.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * MeirPriority:
 * @MEIR_PRIORITY_SKIP: not wanted
 * @MEIR_PRIORITY_LOW: when there is nothing else to get
 * @MEIR_PRIORITY_NORMAL: what a file has unless something else is said
 * @MEIR_PRIORITY_HIGH: before all others
 *
 * How much a file of a torrent is wanted, or a piece. The values are those of the bytes in an array of them.
 */
typedef enum {
  MEIR_PRIORITY_SKIP,
  MEIR_PRIORITY_LOW,
  MEIR_PRIORITY_NORMAL,
  MEIR_PRIORITY_HIGH,
} MeirPriority;

/* Whether every byte of @priorities is a MeirPriority. */
gboolean meir_priorities_are_valid (GBytes *priorities);

/**
 * meir_priorities_spread:
 * @files: (nullable): a MeirPriority byte per file of @metainfo, valid; NULL: all normal
 * @pieces: (out caller-allocates): room for a byte per piece
 *
 * What the files say about the pieces: a piece has the highest priority of the files it touches. Padding
 * (BEP 47) goes with the file before it. One pass over the files and the pieces.
 */
void meir_priorities_spread (MeirMetainfo *metainfo, GBytes *files, guint8 *pieces);

G_END_DECLS
