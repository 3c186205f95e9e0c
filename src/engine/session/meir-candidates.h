/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-endpoint.h"
#include "base/meir-random.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * MeirCandidates:
 *
 * The addresses where a torrent's peers may be, and when each may be tried next: 0 s, then a back-off that
 * doubles from 15 s to an hour with each failure. Bounded: when full, the address that failed most makes
 * room. Pure: time is an argument. Engine thread only.
 */
typedef struct _MeirCandidates MeirCandidates;

/* Most addresses remembered of one torrent. */
#define MEIR_CANDIDATES_MAX 2000u

typedef enum {
  MEIR_SOURCE_TRACKER,
  MEIR_SOURCE_MAGNET,
  MEIR_SOURCE_USER,
  MEIR_SOURCE_INCOMING,
} MeirPeerSource;

MeirCandidates *meir_candidates_new (guint64 seed);
void meir_candidates_free (MeirCandidates *candidates);

/* Unusable addresses are not taken. An address already there becomes due at once when the user names it. */
void meir_candidates_add (MeirCandidates *candidates, const MeirEndpoint *endpoint, MeirPeerSource source);
void meir_candidates_remove (MeirCandidates *candidates, const MeirEndpoint *endpoint);
/* One that is due, not in use, with the fewest failures, ties at random; it is in use from now on. */
gboolean meir_candidates_take (MeirCandidates *candidates, gint64 now_usec, MeirEndpoint *endpoint);
/* Gives a taken one back unused: nothing was tried. It is due again at @due_usec. */
void meir_candidates_defer (MeirCandidates *candidates, const MeirEndpoint *endpoint, gint64 due_usec);
/* The dial failed, or the connection ended without use: backs off. */
void meir_candidates_failed (MeirCandidates *candidates, const MeirEndpoint *endpoint, gint64 now_usec);
/* A connection that served its purpose ended: may be tried again soon. */
void meir_candidates_left (MeirCandidates *candidates, const MeirEndpoint *endpoint, gint64 now_usec);
/* When the next one is due, G_MAXINT64 when none is. */
gint64 meir_candidates_next_due (MeirCandidates *candidates);
guint meir_candidates_count (MeirCandidates *candidates);
/* Makes all due now: the network is back, or the user is impatient. */
void meir_candidates_hurry (MeirCandidates *candidates);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeirCandidates, meir_candidates_free)

G_END_DECLS
