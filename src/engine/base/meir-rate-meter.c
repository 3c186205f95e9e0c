/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/meir-rate-meter.h"

#define BUCKET_USEC (G_USEC_PER_SEC / 4)

static guint
get_slot (gint64 bucket)
{
  return (guint) ((guint64) bucket % MEIR_RATE_METER_BUCKETS);
}

void
meir_rate_meter_add (MeirRateMeter *meter, guint32 bytes, gint64 now_usec)
{
  gint64 bucket = now_usec / BUCKET_USEC;
  guint32 *slot;

  if (bytes == 0)
    return;
  if (meter->total == 0) {
    meter->first_usec = now_usec;
    meter->bucket = bucket;
  }
  /* Empties the buckets between the newest and now; once round has emptied all. */
  for (guint i = 0; meter->bucket < bucket && i < MEIR_RATE_METER_BUCKETS; i++) {
    meter->bucket++;
    meter->bytes[get_slot (meter->bucket)] = 0;
  }
  meter->bucket = MAX (meter->bucket, bucket);
  slot = &meter->bytes[get_slot (meter->bucket)];
  *slot += MIN (bytes, G_MAXUINT32 - *slot);
  meter->total += bytes;
}

guint64
meir_rate_meter_get (const MeirRateMeter *meter, gint64 now_usec)
{
  gint64 newest = MAX (now_usec / BUCKET_USEC, meter->bucket);
  gint64 oldest = MAX (newest - (gint64) (MEIR_RATE_METER_BUCKETS - 1), 0);
  gint64 start_usec = MAX (oldest * BUCKET_USEC, meter->first_usec);
  gint64 span_usec = MAX (now_usec - start_usec, BUCKET_USEC);
  guint64 sum = 0;

  if (meter->total == 0)
    return 0;
  for (gint64 bucket = oldest; bucket <= meter->bucket; bucket++)
    sum += meter->bytes[get_slot (bucket)];
  return sum * G_USEC_PER_SEC / (guint64) span_usec;
}
