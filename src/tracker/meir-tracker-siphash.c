/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tracker/meir-tracker-siphash.h"

#include <string.h>

typedef struct {
  guint64 v0, v1, v2, v3;
} SipState;

static inline guint64
rotate_left (guint64 word, guint bits)
{
  return (word << bits) | (word >> (64 - bits));
}

static inline void
sip_round (SipState *s)
{
  s->v0 += s->v1;
  s->v1 = rotate_left (s->v1, 13) ^ s->v0;
  s->v0 = rotate_left (s->v0, 32);
  s->v2 += s->v3;
  s->v3 = rotate_left (s->v3, 16) ^ s->v2;
  s->v0 += s->v3;
  s->v3 = rotate_left (s->v3, 21) ^ s->v0;
  s->v2 += s->v1;
  s->v1 = rotate_left (s->v1, 17) ^ s->v2;
  s->v2 = rotate_left (s->v2, 32);
}

static inline void
sip_absorb (SipState *s, guint64 word)
{
  s->v3 ^= word;
  sip_round (s);
  sip_round (s);
  s->v0 ^= word;
}

guint64
meir_tracker_siphash (const MeirTrackerSipKey *key, const void *bytes, gsize length)
{
  const guint8 *at = bytes;
  guint64 word, last = (guint64) length << 56;
  SipState s = {
    .v0 = key->words[0] ^ G_GUINT64_CONSTANT (0x736f6d6570736575),
    .v1 = key->words[1] ^ G_GUINT64_CONSTANT (0x646f72616e646f6d),
    .v2 = key->words[0] ^ G_GUINT64_CONSTANT (0x6c7967656e657261),
    .v3 = key->words[1] ^ G_GUINT64_CONSTANT (0x7465646279746573),
  };

  for (; length >= 8; at += 8, length -= 8) {
    memcpy (&word, at, 8);
    sip_absorb (&s, GUINT64_FROM_LE (word));
  }
  for (gsize i = 0; i < length; i++)
    last |= (guint64) at[i] << (8 * i);
  sip_absorb (&s, last);

  s.v2 ^= 0xff;
  for (guint i = 0; i < 4; i++)
    sip_round (&s);
  return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}
