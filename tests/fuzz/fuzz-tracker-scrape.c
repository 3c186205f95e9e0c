/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz-target.h"

#include "wire/meir-tracker-http.h"

#include <string.h>

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t length)
{
  guint8 encoded[64 + 2 * MEIR_TRACKER_HTTP_SCRAPE_ENTRY_MAX];
  g_autoptr (GError) error = NULL;
  MeirScrapeEntry entries[2] = { 0 };
  MeirScrapeEntry back[2] = { 0 };
  gsize encoded_length;

  memset (entries[0].info_hash.bytes, 'A', MEIR_SHA1_LENGTH);
  memset (entries[1].info_hash.bytes, 'B', MEIR_SHA1_LENGTH);
  if (!meir_tracker_http_decode_scrape_reply (bytes, length, entries, 2, &error)) {
    g_assert_true (error != NULL && !entries[0].found && !entries[1].found);
    return 0;
  }
  encoded_length = meir_tracker_http_encode_scrape_reply (entries, 2, encoded, sizeof encoded);
  g_assert_true (encoded_length > 0);
  for (guint i = 0; i < 2; i++)
    back[i].info_hash = entries[i].info_hash;
  g_assert_true (meir_tracker_http_decode_scrape_reply (encoded, encoded_length, back, 2, NULL));
  for (guint i = 0; i < 2; i++) {
    g_assert_true (back[i].found == entries[i].found);
    g_assert_true (!back[i].found ||
                   (back[i].complete == entries[i].complete && back[i].downloaded == entries[i].downloaded &&
                    back[i].incomplete == entries[i].incomplete));
  }
  return 0;
}
