/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz-target.h"

#include "base/meir-byte-cursor.h"
#include "tracker/meir-tracker-udp-answer.h"

#include <string.h>

/* The tracker's UDP side below its sockets. The input is a row of datagrams, each behind a byte that says
 * whether it is given a good connection id and which of a few sources it is from, and two bytes of length.
 * Whoever has no good id gets no more than he sent. */

#define DATAGRAM_MAX 1600u

static gsize
answer (MeirTrackerCore *core, MeirTrackerUdpDatagram *datagram)
{
  static guint8 reply[MEIR_TRACKER_UDP_ANSWER_MAX + MEIR_TRACKER_COMPACT_SLACK];
  gsize n;

  meir_tracker_udp_prepare (core, datagram, 1, 1);
  n = meir_tracker_udp_answer (core, datagram, 1, reply);
  g_assert_true (n <= MEIR_TRACKER_UDP_ANSWER_MAX);
  g_assert_true (n == 0 || n >= 8);
  return n;
}

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t length)
{
  static const guint8 secret[32] = { 1 };
  MeirTrackerStoreLimits limits = { 1800, 100, 100, 1 << 20 };
  MeirTrackerCore core = { .interval_sec = 1800, .connection_key = { { 1, 2 } } };

  core.store = meir_tracker_store_new (&limits, secret, NULL, NULL);
  while (length >= 3) {
    guint8 how = bytes[0];
    gsize n = MIN (MIN ((gsize) meir_load_u16 (bytes + 1), length - 3), DATAGRAM_MAX);
    g_autofree guint8 *packet = g_memdup2 (bytes + 3, n);
    MeirTrackerUdpDatagram datagram = { .bytes = packet, .length = n, .source = { .port = 5 } };
    guint64 id;

    datagram.source.family = how & 2 ? 6 : 4;
    datagram.source.bytes[0] = 0x20;
    datagram.source.bytes[3] = how >> 4;
    id = meir_tracker_udp_connection_id (&core, &datagram.source, 1);
    if ((how & 1) != 0 && n >= 8)
      meir_store_u64 (packet, id);
    n = answer (&core, &datagram);
    if ((how & 1) == 0 && (datagram.length < 8 || meir_load_u64 (bytes + 3) != id))
      g_assert_true (n <= datagram.length);
    bytes += 3 + datagram.length;
    length -= 3 + datagram.length;
  }
  meir_tracker_store_free (core.store);
  return 0;
}
