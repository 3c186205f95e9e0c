/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-digest.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * MeirHashLane:
 *
 * One running SHA-1 digest, of one piece. Every piece of the project is hashed through lanes, and many at a
 * time where the caller has many: hashing sixteen pieces side by side can cost hardly more than hashing one.
 * A lane is used by one thread at a time.
 */
typedef struct _MeirHashLane MeirHashLane;

/* A lane that has been fed nothing. (transfer full), never NULL. */
MeirHashLane *meir_hash_lane_new (void);
void meir_hash_lane_free (MeirHashLane *lane);
/* Forgets what the lane was fed. Cheap: lanes are meant to be reused. */
void meir_hash_lane_reset (MeirHashLane *lane);

/* How many lanes of equal progress are worth feeding in one call; at least 1, at most MEIR_HASHER_WIDTH_MAX.
 */
#define MEIR_HASHER_WIDTH_MAX 32u
guint meir_hasher_get_width (void);

/**
 * meir_hasher_update_many:
 * @lanes: @n lanes, all different
 * @data: for each lane the bytes that follow what it was fed so far
 * @lengths: for each lane how many bytes; they may differ, 0 is allowed
 * @n: any number; works best with equal lengths, multiples of 64, and n = meir_hasher_get_width ()
 *
 * Any thread.
 */
void meir_hasher_update_many (MeirHashLane *const *lanes, const guint8 *const *data, const gsize *lengths,
                              guint n);

/* The digest of what the lane was fed; the lane is reset. */
void meir_hasher_finish (MeirHashLane *lane, guint8 digest[MEIR_SHA1_LENGTH]);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeirHashLane, meir_hash_lane_free)

G_END_DECLS
