/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz-target.h"

#include "wire/meir-tracker-http.h"

static void
check_text (const char *text)
{
  if (text == NULL)
    return;
  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_assert_true (g_utf8_strlen (text, -1) <= (glong) MEIR_TRACKER_TEXT_MAX);
}

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t length)
{
  guint8 encoded[MEIR_TRACKER_HTTP_REPLY_MAX];
  g_autoptr (GError) error = NULL;
  g_auto (MeirAnnounceReply) reply = { 0 };
  g_auto (MeirAnnounceReply) back = { 0 };

  if (!meir_tracker_http_decode_announce_reply (&reply, bytes, length, &error)) {
    g_assert_true (error != NULL && reply.failure == NULL && reply.warning == NULL);
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
    return 0;
  }
  check_text (reply.failure);
  check_text (reply.warning);
  g_assert_true (reply.n_peers <= MEIR_TRACKER_PEERS_MAX && reply.tracker_id_length <= MEIR_TRACKER_ID_MAX);
  g_assert_true (reply.interval_sec >= MEIR_ANNOUNCE_INTERVAL_MIN_SEC &&
                 reply.interval_sec <= MEIR_ANNOUNCE_INTERVAL_MAX_SEC);
  for (guint i = 0; i < reply.n_peers; i++)
    g_assert_true (meir_endpoint_is_usable (&reply.peers[i]));
  /* What was understood can be said again, in both forms, and means the same. */
  for (guint compact = 0; compact < 2; compact++) {
    gsize encoded_length =
        meir_tracker_http_encode_announce_reply (&reply, compact == 1, NULL, encoded, sizeof encoded);

    g_assert_true (encoded_length > 0);
    meir_announce_reply_clear (&back);
    g_assert_true (meir_tracker_http_decode_announce_reply (&back, encoded, encoded_length, NULL));
    g_assert_true (g_strcmp0 (back.failure, reply.failure) == 0 &&
                   g_strcmp0 (back.warning, reply.warning) == 0);
    g_assert_true (back.n_peers == reply.n_peers && back.interval_sec == reply.interval_sec);
    g_assert_true (back.complete == reply.complete && back.incomplete == reply.incomplete);
  }
  return 0;
}
