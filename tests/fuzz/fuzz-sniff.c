/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz-target.h"

#include "net/meir-sniff.h"

/* Bytes come in parts: what has been said about fewer of them must hold for more, and in the end something is
 * said. */
int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t length)
{
  MeirSniff before = MEIR_SNIFF_MORE;

  for (size_t n = 0; n <= length; n++) {
    gsize record_length = 0;
    MeirSniff now = meir_sniff_classify (bytes, n, &record_length);

    g_assert_true (before == MEIR_SNIFF_MORE || now == before);
    g_assert_true (n < MEIR_SNIFF_LENGTH || now != MEIR_SNIFF_MORE);
    g_assert_true (now == MEIR_SNIFF_TLS || record_length == 0);
    g_assert_true (record_length <= MEIR_TLS_HEADER_LENGTH + MEIR_TLS_RECORD_LENGTH);
    if (now == MEIR_SNIFF_TLS)
      g_assert_true (bytes[0] == 0x16 && bytes[1] == 3 && record_length > MEIR_TLS_HEADER_LENGTH);
    before = now;
  }
  return 0;
}
