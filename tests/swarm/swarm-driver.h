/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Drives a swarm of a few small pieces with an inlet (or a run) for every few bytes: peers that come and go,
 * lie, answer, repeat, fall silent. Asserts what must hold of every effect, and checks the swarm's counts
 * every @check_every inlets (0: never). */
void swarm_drive (const guint8 *bytes, gsize length, guint check_every);
