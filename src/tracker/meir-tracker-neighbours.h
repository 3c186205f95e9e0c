/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-endpoint.h"

G_BEGIN_DECLS

/**
 * MeirTrackerNeighbours:
 *
 * Which addresses are of this computer's own network: loopback, private, link-local and unique-local ones
 * (RFC 1918, 3927, 4193, 4291), and whatever else shares a subnet with an interface of this computer, as in
 * networks that have public addresses. One thread.
 */
typedef struct _MeirTrackerNeighbours MeirTrackerNeighbours;

/* Knows no interface yet. */
MeirTrackerNeighbours *meir_tracker_neighbours_new (void);
void meir_tracker_neighbours_free (MeirTrackerNeighbours *neighbours);

/* Takes the subnets of the interfaces as they are now, in place of those before. */
void meir_tracker_neighbours_read (MeirTrackerNeighbours *neighbours);
/* Adds the subnet of @address, whose first @n_bits bits are the network's (at most 32 or 128). */
void meir_tracker_neighbours_add (MeirTrackerNeighbours *neighbours, const MeirEndpoint *address,
                                  guint n_bits);
/* Whether somebody at @source is a neighbour; its port does not matter. */
gboolean meir_tracker_neighbours_has (const MeirTrackerNeighbours *neighbours, const MeirEndpoint *source);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeirTrackerNeighbours, meir_tracker_neighbours_free)

G_END_DECLS
