/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "discover/meir-name-queue.h"
#include "discover/meir-tracker-client.h"
#include "discover/meir-tracker-pin.h"

#include "base/meir-endpoint.h"

G_BEGIN_DECLS

/**
 * MeirTrackerSetup:
 * @local: where announces leave from, port 0; family 0: anywhere
 * @names: where names are looked up
 * @pins: (array length=n_pins): keys the user trusts
 *
 * What a MeirTrackerClient lends to its exchanges with trackers. Immutable, and outlives them.
 */
typedef struct {
  MeirLoop *loop;
  MeirTrackerDeadlines deadlines;
  MeirEndpoint local;
  MeirNameQueue *names;
  MeirTrackerPin *pins;
  guint n_pins;
} MeirTrackerSetup;

G_END_DECLS
