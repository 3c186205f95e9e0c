/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz-target.h"

#include "wire/meir-tracker-udp.h"

#include <string.h>

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t length)
{
  guint8 encoded[MEIR_TRACKER_UDP_REQUEST_MAX];
  MeirTrackerUdpRequest request;

  if (!meir_tracker_udp_decode_request (bytes, length, &request))
    return 0;
  switch (request.action) {
  case MEIR_TRACKER_UDP_CONNECT:
    g_assert_true (length >= MEIR_TRACKER_UDP_CONNECT_SIZE);
    g_assert_true (meir_tracker_udp_encode_connect (encoded, request.transaction_id) == 16);
    g_assert_true (memcmp (encoded, bytes, 16) == 0);
    break;
  case MEIR_TRACKER_UDP_ANNOUNCE:
    g_assert_true (length >= MEIR_TRACKER_UDP_ANNOUNCE_SIZE);
    meir_tracker_udp_encode_announce (encoded, request.connection_id, request.transaction_id,
                                      &request.announce, NULL);
    g_assert_true (memcmp (encoded, bytes, 80) == 0); /* up to the event, which may be unknown */
    g_assert_true (memcmp (encoded + 88, bytes + 88, 10) == 0);
    break;
  case MEIR_TRACKER_UDP_SCRAPE:
    g_assert_true (request.n_hashes <= MEIR_TRACKER_UDP_SCRAPE_MAX);
    g_assert_true (request.hashes == bytes + 16 && 16 + request.n_hashes * 20 <= length);
    break;
  case MEIR_TRACKER_UDP_ERROR:
  default:
    g_assert_not_reached ();
  }
  return 0;
}
