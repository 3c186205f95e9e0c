/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/meir-candidates.h"

#define BACK_OFF_FIRST_USEC (G_GINT64_CONSTANT (15) * G_USEC_PER_SEC)
#define BACK_OFF_MAX_USEC   (G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC)
#define RETURN_USEC         (5 * G_USEC_PER_SEC)

typedef struct {
  MeirEndpoint endpoint;
  gint64 due_usec;
  guint index; /* in the list */
  guint8 failures;
  guint8 source;
  gboolean in_use;
} MeirCandidate;

struct _MeirCandidates {
  GHashTable *table; /* endpoint inside the candidate -> candidate */
  GPtrArray *list;
  MeirPrng prng;
};

MeirCandidates *
meir_candidates_new (guint64 seed)
{
  MeirCandidates *candidates = g_new0 (MeirCandidates, 1);

  candidates->table =
      g_hash_table_new_full ((GHashFunc) meir_endpoint_hash, (GEqualFunc) meir_endpoint_equal, NULL, g_free);
  candidates->list = g_ptr_array_new ();
  meir_prng_init (&candidates->prng, seed);
  return candidates;
}

void
meir_candidates_free (MeirCandidates *candidates)
{
  g_ptr_array_unref (candidates->list);
  g_hash_table_unref (candidates->table);
  g_free (candidates);
}

static void
forget (MeirCandidates *candidates, MeirCandidate *candidate)
{
  MeirCandidate *last = g_ptr_array_index (candidates->list, candidates->list->len - 1);

  last->index = candidate->index;
  g_ptr_array_remove_index_fast (candidates->list, candidate->index);
  g_hash_table_remove (candidates->table, &candidate->endpoint);
}

/* Frees a place: the one with most failures that is not in use. */
static gboolean
make_room (MeirCandidates *candidates)
{
  MeirCandidate *worst = NULL;

  for (guint i = 0; i < candidates->list->len; i++) {
    MeirCandidate *candidate = g_ptr_array_index (candidates->list, i);

    if (!candidate->in_use && candidate->failures > 0 &&
        (worst == NULL || candidate->failures > worst->failures))
      worst = candidate;
  }
  if (worst == NULL)
    return FALSE;
  forget (candidates, worst);
  return TRUE;
}

void
meir_candidates_add (MeirCandidates *candidates, const MeirEndpoint *endpoint, MeirPeerSource source)
{
  MeirCandidate *candidate;

  if (!meir_endpoint_is_usable (endpoint))
    return;
  candidate = g_hash_table_lookup (candidates->table, endpoint);
  if (candidate != NULL) {
    if (source == MEIR_SOURCE_USER && !candidate->in_use)
      candidate->due_usec = 0;
    return;
  }
  if (candidates->list->len >= MEIR_CANDIDATES_MAX && !make_room (candidates))
    return;

  candidate = g_new0 (MeirCandidate, 1);
  candidate->endpoint = *endpoint;
  candidate->source = (guint8) source;
  candidate->index = candidates->list->len;
  g_ptr_array_add (candidates->list, candidate);
  g_hash_table_insert (candidates->table, &candidate->endpoint, candidate);
}

void
meir_candidates_remove (MeirCandidates *candidates, const MeirEndpoint *endpoint)
{
  MeirCandidate *candidate = g_hash_table_lookup (candidates->table, endpoint);

  if (candidate != NULL)
    forget (candidates, candidate);
}

gboolean
meir_candidates_take (MeirCandidates *candidates, gint64 now_usec, MeirEndpoint *endpoint)
{
  MeirCandidate *best = NULL;
  guint n = candidates->list->len;
  guint start = n > 0 ? meir_prng_below (&candidates->prng, n) : 0;

  for (guint i = 0; i < n; i++) {
    MeirCandidate *candidate = g_ptr_array_index (candidates->list, (start + i) % n);

    if (!candidate->in_use && candidate->due_usec <= now_usec &&
        (best == NULL || candidate->failures < best->failures))
      best = candidate;
  }
  if (best == NULL)
    return FALSE;
  best->in_use = TRUE;
  *endpoint = best->endpoint;
  return TRUE;
}

void
meir_candidates_defer (MeirCandidates *candidates, const MeirEndpoint *endpoint, gint64 due_usec)
{
  MeirCandidate *candidate = g_hash_table_lookup (candidates->table, endpoint);

  if (candidate == NULL)
    return;
  candidate->in_use = FALSE;
  candidate->due_usec = due_usec;
}

void
meir_candidates_failed (MeirCandidates *candidates, const MeirEndpoint *endpoint, gint64 now_usec)
{
  MeirCandidate *candidate = g_hash_table_lookup (candidates->table, endpoint);
  gint64 back_off;

  if (candidate == NULL)
    return;
  candidate->in_use = FALSE;
  back_off = BACK_OFF_FIRST_USEC << MIN (candidate->failures, 10);
  candidate->due_usec = now_usec + MIN (back_off, BACK_OFF_MAX_USEC);
  if (candidate->failures < G_MAXUINT8)
    candidate->failures++;
}

void
meir_candidates_left (MeirCandidates *candidates, const MeirEndpoint *endpoint, gint64 now_usec)
{
  MeirCandidate *candidate = g_hash_table_lookup (candidates->table, endpoint);

  if (candidate == NULL)
    return;
  candidate->in_use = FALSE;
  candidate->failures = 0;
  candidate->due_usec = now_usec + RETURN_USEC;
}

gint64
meir_candidates_next_due (MeirCandidates *candidates)
{
  gint64 due_usec = G_MAXINT64;

  for (guint i = 0; i < candidates->list->len; i++) {
    MeirCandidate *candidate = g_ptr_array_index (candidates->list, i);

    if (!candidate->in_use)
      due_usec = MIN (due_usec, candidate->due_usec);
  }
  return due_usec;
}

guint
meir_candidates_count (MeirCandidates *candidates)
{
  return candidates->list->len;
}

void
meir_candidates_hurry (MeirCandidates *candidates)
{
  for (guint i = 0; i < candidates->list->len; i++) {
    MeirCandidate *candidate = g_ptr_array_index (candidates->list, i);

    candidate->due_usec = 0;
  }
}
