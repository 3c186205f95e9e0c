/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MeirIntervalSet:
 *
 * A set of disjoint half-open ranges [start, end) of 64-bit numbers, merged as they touch, in ascending
 * order. Not thread-safe.
 */
typedef struct {
  guint64 start;
  guint64 end;
} MeirInterval;

typedef struct _MeirIntervalSet MeirIntervalSet;

MeirIntervalSet *meir_interval_set_new (void);
void meir_interval_set_free (MeirIntervalSet *set);
/* Adds or removes [start, end); nothing when it is empty. */
void meir_interval_set_add (MeirIntervalSet *set, guint64 start, guint64 end);
void meir_interval_set_remove (MeirIntervalSet *set, guint64 start, guint64 end);
/* Whether all of [start, end) is in the set; of the empty range everything is. */
gboolean meir_interval_set_contains (const MeirIntervalSet *set, guint64 start, guint64 end);
/* Numbers in the set, and ranges they form. */
guint64 meir_interval_set_total (const MeirIntervalSet *set);
guint meir_interval_set_count (const MeirIntervalSet *set);
/* (transfer none), valid until the next change. */
const MeirInterval *meir_interval_set_get (const MeirIntervalSet *set, guint index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeirIntervalSet, meir_interval_set_free)

G_END_DECLS
