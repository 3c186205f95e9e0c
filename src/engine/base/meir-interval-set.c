/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/meir-interval-set.h"

struct _MeirIntervalSet {
  GArray *intervals; /* MeirInterval, ascending, none empty, none touching the next */
  guint64 total;
};

MeirIntervalSet *
meir_interval_set_new (void)
{
  MeirIntervalSet *set = g_new0 (MeirIntervalSet, 1);

  set->intervals = g_array_new (FALSE, FALSE, sizeof (MeirInterval));
  return set;
}

void
meir_interval_set_free (MeirIntervalSet *set)
{
  g_array_unref (set->intervals);
  g_free (set);
}

static MeirInterval *
get_interval (const MeirIntervalSet *set, guint index)
{
  return &g_array_index (set->intervals, MeirInterval, index);
}

/* Index of the first interval whose end is at or after @start, which is the first that can touch a range from
 * there. */
static guint
find_first (const MeirIntervalSet *set, guint64 start)
{
  guint low = 0;
  guint high = set->intervals->len;

  while (low < high) {
    guint middle = low + (high - low) / 2;

    if (get_interval (set, middle)->end < start)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

void
meir_interval_set_add (MeirIntervalSet *set, guint64 start, guint64 end)
{
  guint first = find_first (set, start);
  guint after = first;
  MeirInterval merged = { start, end };

  if (start >= end)
    return;
  for (; after < set->intervals->len && get_interval (set, after)->start <= end; after++) {
    const MeirInterval *old = get_interval (set, after);

    merged.start = MIN (merged.start, old->start);
    merged.end = MAX (merged.end, old->end);
    set->total -= old->end - old->start;
  }
  set->total += merged.end - merged.start;
  if (after == first) {
    g_array_insert_val (set->intervals, first, merged);
    return;
  }
  *get_interval (set, first) = merged;
  if (after > first + 1)
    g_array_remove_range (set->intervals, first + 1, after - first - 1);
}

void
meir_interval_set_remove (MeirIntervalSet *set, guint64 start, guint64 end)
{
  guint index = find_first (set, start);

  if (start >= end)
    return;
  while (index < set->intervals->len && get_interval (set, index)->start < end) {
    MeirInterval *old = get_interval (set, index);
    guint64 cut_start = MAX (old->start, start);
    guint64 cut_end = MIN (old->end, end);

    if (cut_start >= cut_end) { /* it only touches @start */
      index++;
      continue;
    }
    set->total -= cut_end - cut_start;
    if (old->start < cut_start && cut_end < old->end) {
      MeirInterval tail = { cut_end, old->end };

      old->end = cut_start;
      g_array_insert_val (set->intervals, index + 1, tail);
      return;
    }
    if (old->start < cut_start) {
      old->end = cut_start;
      index++;
    } else if (cut_end < old->end) {
      old->start = cut_end;
      return;
    } else {
      g_array_remove_index (set->intervals, index);
    }
  }
}

gboolean
meir_interval_set_contains (const MeirIntervalSet *set, guint64 start, guint64 end)
{
  guint index;

  if (start >= end)
    return TRUE;
  /* The first that ends after @start: only it can hold the whole range. */
  index = find_first (set, start + 1);
  return index < set->intervals->len && get_interval (set, index)->start <= start &&
         end <= get_interval (set, index)->end;
}

guint64
meir_interval_set_total (const MeirIntervalSet *set)
{
  return set->total;
}

guint
meir_interval_set_count (const MeirIntervalSet *set)
{
  return set->intervals->len;
}

const MeirInterval *
meir_interval_set_get (const MeirIntervalSet *set, guint index)
{
  g_return_val_if_fail (index < set->intervals->len, NULL);

  return get_interval (set, index);
}
