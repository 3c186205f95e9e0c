/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bytes a second beyond which a rate is as good as none: what it counts with stays within 64 bits. */
#define MEIR_TOKEN_BUCKET_RATE_MAX G_GUINT64_CONSTANT (1000000000000)

/**
 * MeirTokenBucket:
 * @per_sec: bytes; 0: no limit
 *
 * What a rate allows: it fills at that rate, up to a tenth of a second's worth, and what is sent or received
 * is taken out of it. It may go into debt, by a second's worth at most. All zeros: no limit. Pure: time is an
 * argument, and allocates nothing. Not thread-safe.
 */
typedef struct {
  guint64 per_sec;
  /*< private >*/
  gint64 filled_usec;
  gint64 level; /* millionths of a byte: no rounding adds up, however often it is asked */
} MeirTokenBucket;

/* Begins empty when there was no limit before, so that setting one gives nobody a present. */
void meir_token_bucket_set_rate (MeirTokenBucket *bucket, guint64 per_sec, gint64 now_usec);
/* Bytes that may go now; G_MAXSIZE without a limit, 0 while in debt. */
gsize meir_token_bucket_get (MeirTokenBucket *bucket, gint64 now_usec);
/* Takes bytes out, whether they are there or not. */
void meir_token_bucket_take (MeirTokenBucket *bucket, gsize bytes);
/* Gives back what was taken and not used. */
void meir_token_bucket_return (MeirTokenBucket *bucket, gsize bytes);

/* The least that is worth a system call at this rate: what 1/50 s brings, from 256 bytes to 16 KiB; 16 KiB
 * without a limit. The bucket always has room for it. */
gsize meir_token_bucket_get_grain (const MeirTokenBucket *bucket);

static inline gboolean
meir_token_bucket_is_limited (const MeirTokenBucket *bucket)
{
  return bucket->per_sec > 0;
}

G_END_DECLS
