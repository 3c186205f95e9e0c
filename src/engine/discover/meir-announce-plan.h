/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-random.h"
#include "wire/meir-announce.h"

G_BEGIN_DECLS

/* Longest pause after failures, seconds. */
#define MEIR_ANNOUNCE_RETRY_MAX_SEC 3600

/**
 * MeirAnnouncePlan:
 * @due_usec: when to ask next of our own accord; 0: at once
 * @allowed_usec: when to ask at the earliest, even if a user insists
 * @n_failures: since it last worked
 * @disabled: never to be asked again
 *
 * When one tracker is asked again (BEP 3, BEP 31). Pure: times come in. A plain value; zeros to begin with.
 */
typedef struct {
  gint64 due_usec;
  gint64 allowed_usec;
  guint n_failures;
  gboolean disabled;
} MeirAnnouncePlan;

/* The tracker took the announce. Its interval is stretched by up to a tenth, so that torrents started
 * together do not come back together. */
void meir_announce_plan_on_reply (MeirAnnouncePlan *plan, const MeirAnnounceReply *reply, gint64 now_usec,
                                  MeirPrng *prng);

/**
 * meir_announce_plan_on_failure:
 * @reply: (nullable): the tracker's refusal, or NULL when there was no reply
 * @retry_msec: the pause after a first failure; doubled with every further one, up to
 * MEIR_ANNOUNCE_RETRY_MAX_SEC, and stretched by up to a tenth
 *
 * What the tracker says about trying again counts before that (BEP 31).
 */
void meir_announce_plan_on_failure (MeirAnnouncePlan *plan, const MeirAnnounceReply *reply, guint retry_msec,
                                    gint64 now_usec, MeirPrng *prng);

G_END_DECLS
