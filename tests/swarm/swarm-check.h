/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "swarm/meir-availability.h"
#include "swarm/meir-swarm.h"

/* Counts everything anew that the swarm keeps counts of, and asserts that both agree: availability and its
 * order, free blocks, requests out, what is wanted of whom. Costs a pass over all pieces and peers. */
void swarm_check (const MeirSwarm *swarm);

/* The same for the order of rarity alone. */
void swarm_check_availability (const MeirAvailability *availability);
