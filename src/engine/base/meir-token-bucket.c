/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/meir-token-bucket.h"

#define GRAIN_MIN 256u
#define GRAIN_MAX (16u << 10)

static gint64
get_capacity (const MeirTokenBucket *bucket)
{
  return MAX ((gint64) bucket->per_sec * G_USEC_PER_SEC / 10, (gint64) GRAIN_MIN * G_USEC_PER_SEC);
}

static void
fill (MeirTokenBucket *bucket, gint64 now_usec)
{
  gint64 capacity = get_capacity (bucket);
  /* More than it takes to fill it from the deepest debt counts no more. */
  gint64 elapsed_usec = CLAMP (now_usec - bucket->filled_usec, 0, 2 * G_USEC_PER_SEC);

  bucket->filled_usec = MAX (bucket->filled_usec, now_usec);
  bucket->level = MIN (bucket->level + elapsed_usec * (gint64) bucket->per_sec, capacity);
}

void
meir_token_bucket_set_rate (MeirTokenBucket *bucket, guint64 per_sec, gint64 now_usec)
{
  gboolean was_limited = meir_token_bucket_is_limited (bucket);

  if (was_limited)
    fill (bucket, now_usec);
  bucket->per_sec = MIN (per_sec, MEIR_TOKEN_BUCKET_RATE_MAX);
  bucket->filled_usec = now_usec;
  /* A debt at a high rate would take for ever to pay at a low one. */
  bucket->level =
      was_limited ? CLAMP (bucket->level, -(gint64) bucket->per_sec * G_USEC_PER_SEC, get_capacity (bucket))
                  : 0;
}

gsize
meir_token_bucket_get (MeirTokenBucket *bucket, gint64 now_usec)
{
  if (!meir_token_bucket_is_limited (bucket))
    return G_MAXSIZE;
  fill (bucket, now_usec);
  return bucket->level > 0 ? (gsize) (bucket->level / G_USEC_PER_SEC) : 0;
}

void
meir_token_bucket_take (MeirTokenBucket *bucket, gsize bytes)
{
  gint64 debt_max = (gint64) bucket->per_sec * G_USEC_PER_SEC;

  if (!meir_token_bucket_is_limited (bucket))
    return;
  bucket->level -= (gint64) MIN (bytes, MEIR_TOKEN_BUCKET_RATE_MAX) * G_USEC_PER_SEC;
  bucket->level = MAX (bucket->level, -debt_max);
}

void
meir_token_bucket_return (MeirTokenBucket *bucket, gsize bytes)
{
  if (!meir_token_bucket_is_limited (bucket))
    return;
  bucket->level = MIN (bucket->level + (gint64) MIN (bytes, MEIR_TOKEN_BUCKET_RATE_MAX) * G_USEC_PER_SEC,
                       get_capacity (bucket));
}

gsize
meir_token_bucket_get_grain (const MeirTokenBucket *bucket)
{
  return meir_token_bucket_is_limited (bucket) ? (gsize) CLAMP (bucket->per_sec / 50, GRAIN_MIN, GRAIN_MAX)
                                               : GRAIN_MAX;
}
