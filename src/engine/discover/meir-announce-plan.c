/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "discover/meir-announce-plan.h"

/* Doublings after which every first pause has reached the longest one. */
#define DOUBLINGS_MAX 20u

static gint64
stretch (gint64 usec, MeirPrng *prng)
{
  return usec + usec / 1000 * meir_prng_below (prng, 101);
}

void
meir_announce_plan_on_reply (MeirAnnouncePlan *plan, const MeirAnnounceReply *reply, gint64 now_usec,
                             MeirPrng *prng)
{
  /* A tracker that names no minimum is spared all the same. */
  gint64 min_sec = MAX (reply->min_interval_sec, MEIR_ANNOUNCE_INTERVAL_MIN_SEC);

  plan->n_failures = 0;
  plan->allowed_usec = now_usec + min_sec * G_USEC_PER_SEC;
  plan->due_usec = now_usec + MAX (stretch ((gint64) reply->interval_sec * G_USEC_PER_SEC, prng),
                                   min_sec * G_USEC_PER_SEC);
}

void
meir_announce_plan_on_failure (MeirAnnouncePlan *plan, const MeirAnnounceReply *reply, guint retry_msec,
                               gint64 now_usec, MeirPrng *prng)
{
  gint64 first_usec = (gint64) retry_msec * 1000;
  gint64 pause_usec = first_usec << MIN (plan->n_failures, DOUBLINGS_MAX);

  plan->n_failures++;
  if (reply != NULL && reply->retry_sec == MEIR_RETRY_NEVER) {
    plan->disabled = TRUE;
    return;
  }
  if (reply != NULL && reply->retry_sec > 0) {
    gint64 told_sec =
        CLAMP (reply->retry_sec, MEIR_ANNOUNCE_INTERVAL_MIN_SEC, MEIR_ANNOUNCE_INTERVAL_MAX_SEC);
    plan->due_usec = plan->allowed_usec = now_usec + told_sec * G_USEC_PER_SEC;
    return;
  }
  plan->allowed_usec = now_usec + first_usec;
  plan->due_usec =
      now_usec + stretch (MIN (pause_usec, (gint64) MEIR_ANNOUNCE_RETRY_MAX_SEC * G_USEC_PER_SEC), prng);
}
