/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz-target.h"

#include "wire/meir-tracker-udp.h"

static void
check_refusal (MeirTrackerUdpResult result, char *refusal)
{
  g_assert_true ((result == MEIR_TRACKER_UDP_REFUSED) == (refusal != NULL));
  if (refusal != NULL) {
    g_assert_true (g_utf8_validate (refusal, -1, NULL));
    g_assert_true (g_utf8_strlen (refusal, -1) <= (glong) MEIR_TRACKER_TEXT_MAX);
  }
  g_free (refusal);
}

/* Every datagram as the answer to each kind of request, under its own transaction id and under another. */
int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t length)
{
  MeirTrackerUdpResult result;
  MeirScrapeEntry entries[3] = { 0 };
  MeirAnnounceReply reply;
  guint64 connection_id;
  guint32 transaction_id = 0;
  char *refusal = NULL;

  if (!meir_tracker_udp_peek_transaction (bytes, length, &transaction_id))
    g_assert_true (length < 8);
  g_assert_true (meir_tracker_udp_decode_connect_reply (bytes, length, transaction_id + 1, &connection_id,
                                                        &refusal) == MEIR_TRACKER_UDP_DROP);
  result = meir_tracker_udp_decode_connect_reply (bytes, length, transaction_id, &connection_id, &refusal);
  check_refusal (result, refusal);
  for (guint8 family = 4; family <= 6; family += 2) {
    result = meir_tracker_udp_decode_announce_reply (bytes, length, transaction_id, family, &reply, &refusal);
    check_refusal (result, refusal);
    g_assert_true (reply.n_peers <= MEIR_TRACKER_PEERS_MAX);
    g_assert_true (reply.n_peers <= length / 6);
    g_assert_true (reply.interval_sec >= MEIR_ANNOUNCE_INTERVAL_MIN_SEC);
  }
  result = meir_tracker_udp_decode_scrape_reply (bytes, length, transaction_id, entries, 3, &refusal);
  check_refusal (result, refusal);
  g_assert_true (!entries[2].found || length >= 8 + 3 * 12);
  return 0;
}
