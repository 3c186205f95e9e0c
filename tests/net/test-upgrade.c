/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/meir-greeting.h"

#include "base/meir-error.h"
#include "net-support.h"
#include "net/meir-tls-priority.h"
#include "net/meir-tls.h"
#include "raw-tls.h"
#include "wire/meir-tls-proof.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static MeirLoop *loop;

/* Two doors that have met in clear; [0] is the dialler. The streams are the caller's. */
static void
meet (Door doors[2], MeirStream *streams[2])
{
  for (guint i = 0; i < 2; i++) {
    door_init (&doors[i], loop, i == 0 ? 'A' : 'B');
    door_add (&doors[i], 1, TRUE);
  }
  door_dial (&doors[0], doors[1].port, 0, FALSE);
  doors_assert_met (&doors[0], &doors[1], FALSE);
  streams[0] = g_steal_pointer (&doors[0].dialled.stream);
  streams[1] = g_steal_pointer (&doors[1].incoming.stream);
}

static MeirUpgrade *
upgrade (Door doors[2], guint side, MeirStream *stream, const guint8 *unread, gsize unread_length,
         NetOutcome *outcome)
{
  return meir_greeter_upgrade (doors[side].greeter, stream, side == 0, &doors[side].torrents[0].info_hash,
                               doors[side].torrents[0].peer_id, doors[1 - side].torrents[0].peer_id, unread,
                               unread_length, net_outcome_cb, outcome);
}

static void
part (Door doors[2], NetOutcome outcomes[2])
{
  for (guint i = 0; i < 2; i++) {
    net_outcome_clear (&outcomes[i]);
    door_clear (&doors[i]);
  }
}

static void
test_in_place (void)
{
  Door doors[2];
  MeirStream *streams[2];
  NetOutcome outcomes[2] = { 0 };
  int fds[2];

  meet (doors, streams);
  for (guint i = 0; i < 2; i++) {
    fds[i] = meir_stream_get_fd (streams[i]);
    upgrade (doors, i, streams[i], NULL, 0, &outcomes[i]);
    g_assert_cmpuint (outcomes[i].calls, ==, 0);
  }
  net_run_until (outcomes[0].calls == 1 && outcomes[1].calls == 1);
  for (guint i = 0; i < 2; i++) {
    g_assert_no_error (outcomes[i].error);
    g_assert_true (meir_stream_is_encrypted (outcomes[i].stream));
    /* The very same connection. */
    g_assert_cmpint (meir_stream_get_fd (outcomes[i].stream), ==, fds[i]);
  }
  net_assert_talking (outcomes[0].stream, outcomes[1].stream);
  part (doors, outcomes);
}

/* Each side has read into TLS already when it begins with it: the responder the start of the ClientHello, the
 * initiator what the responder, being faster, has answered. */
static void
test_unread (void)
{
  for (gsize cut = 1; cut < 700; cut += 97) {
    Door doors[2];
    MeirStream *streams[2];
    NetOutcome outcomes[2] = { 0 };
    guint8 hello[700];
    gsize n;
    int fd;

    meet (doors, streams);
    fd = meir_stream_get_fd (streams[1]);
    upgrade (doors, 0, streams[0], NULL, 0, &outcomes[0]);
    net_wait_readable (fd);
    net_run_for (5);
    n = (gsize) recv (fd, hello, sizeof hello, MSG_PEEK);
    n = MIN (n, cut);
    net_receive (fd, hello, n);
    upgrade (doors, 1, streams[1], hello, n, &outcomes[1]);
    net_run_until (outcomes[0].calls == 1 && outcomes[1].calls == 1);
    g_assert_no_error (outcomes[0].error);
    g_assert_no_error (outcomes[1].error);
    net_assert_talking (outcomes[0].stream, outcomes[1].stream);
    part (doors, outcomes);
  }
}

/* The first message right behind the proof is not lost: the responder's stream has it although no event
 * tells. */
static void
test_message_behind_proof (void)
{
  Door doors[2];
  MeirStream *streams[2];
  NetOutcome outcomes[2] = { 0 };
  RawTls raw = { .protocol = MEIR_TLS_PROTOCOL };
  guint8 bytes[MEIR_TLS_PROOF_LENGTH + 9];
  int fd;

  meet (doors, streams);
  fd = dup (meir_stream_get_fd (streams[0]));
  meir_stream_free (streams[0]);
  upgrade (doors, 1, streams[1], NULL, 0, &outcomes[1]);
  raw_tls_start (&raw, fd);
  raw_tls_wait (&raw);
  g_assert_cmpint (raw.result, ==, 0);
  meir_tls_proof_encode (bytes, &doors[0].torrents[0].info_hash, raw.binding, MEIR_TLS_ROLE_INITIATOR,
                         doors[0].torrents[0].peer_id);
  memcpy (bytes + MEIR_TLS_PROOF_LENGTH, "a message", 9);
  raw_tls_send (&raw, bytes, sizeof bytes);
  net_run_until (outcomes[1].calls == 1);
  g_assert_no_error (outcomes[1].error);
  net_collect (outcomes[1].stream, bytes, 9);
  g_assert_cmpmem (bytes, 9, "a message", 9);
  raw_tls_clear (&raw);
  close (fd);
  part (doors, outcomes);
}

/* The one in TLS is not the one who was there in clear; or another torrent is proven. */
static void
test_lies (void)
{
  for (guint lie = 0; lie < 2; lie++) {
    for (guint liar = 0; liar < 2; liar++) {
      Door doors[2];
      MeirStream *streams[2];
      NetOutcome outcomes[2] = { 0 };
      MeirHandshake *lies;
      /* A responder for another torrent finds our proof wrong before it sends one, and hangs up. */
      int expected = (lie == 1 && liar == 1) ? MEIR_ERROR_PROTOCOL : MEIR_ERROR_TLS;

      meet (doors, streams);
      upgrade (doors, 1 - liar, streams[1 - liar], NULL, 0, &outcomes[1 - liar]);
      lies = &doors[liar].torrents[0];
      if (lie == 0)
        lies->peer_id[3] ^= 1;
      else
        lies->info_hash.bytes[3] ^= 1;
      upgrade (doors, liar, streams[liar], NULL, 0, &outcomes[liar]);
      net_run_until (outcomes[1 - liar].calls == 1);
      g_assert_error (outcomes[1 - liar].error, MEIR_ERROR, expected);
      part (doors, outcomes);
    }
  }
}

static void
test_not_tls (void)
{
  Door doors[2];
  MeirStream *streams[2];
  NetOutcome outcomes[2] = { 0 };

  meet (doors, streams);
  upgrade (doors, 1, streams[1], (const guint8 *) "\0\0\0\1\2", 5, &outcomes[1]);
  net_run_until (outcomes[1].calls == 1);
  g_assert_error (outcomes[1].error, MEIR_ERROR, MEIR_ERROR_TLS);
  meir_stream_free (streams[0]);
  part (doors, outcomes);
}

/* What cannot be upgraded is refused, later, and closed. */
static void
test_refused (void)
{
  Door doors[2];
  MeirStream *streams[2];
  NetOutcome outcomes[2] = { 0 };
  g_autofree guint8 *much = g_malloc0 (1u << 20);

  meet (doors, streams);
  upgrade (doors, 0, streams[0], NULL, 0, &outcomes[0]);
  upgrade (doors, 1, streams[1], NULL, 0, &outcomes[1]);
  net_run_until (outcomes[0].calls == 1 && outcomes[1].calls == 1);
  streams[0] = g_steal_pointer (&outcomes[0].stream);
  streams[1] = g_steal_pointer (&outcomes[1].stream);
  net_outcome_clear (&outcomes[0]);
  upgrade (doors, 0, streams[0], NULL, 0, &outcomes[0]);
  g_assert_cmpuint (outcomes[0].calls, ==, 0);
  net_run_until (outcomes[0].calls == 1);
  g_assert_error (outcomes[0].error, MEIR_ERROR, MEIR_ERROR_PROTOCOL);
  meir_stream_free (streams[1]);
  part (doors, outcomes);

  meet (doors, streams);
  upgrade (doors, 0, streams[0], much, 1u << 20, &outcomes[0]);
  net_run_until (outcomes[0].calls == 1);
  g_assert_error (outcomes[0].error, MEIR_ERROR, MEIR_ERROR_PROTOCOL);
  meir_stream_free (streams[1]);
  part (doors, outcomes);
}

static void
test_cancel (void)
{
  for (guint turns = 0; turns < 24; turns++) {
    Door doors[2];
    MeirStream *streams[2];
    NetOutcome outcomes[2] = { 0 };
    MeirUpgrade *upgrades[2];

    meet (doors, streams);
    for (guint i = 0; i < 2; i++)
      upgrades[i] = upgrade (doors, i, streams[i], NULL, 0, &outcomes[i]);
    for (guint i = 0; i < turns; i++)
      net_iterate ();
    for (guint i = 0; i < 2; i++) {
      if (outcomes[i].calls == 0 && turns % 2 == 0)
        meir_upgrade_cancel (upgrades[i]);
    }
    part (doors, outcomes);
  }
}

int
main (int argc, char *argv[])
{
  int result;

  meir_tls_init_priority ();
  g_test_init (&argc, &argv, NULL);
  loop = meir_loop_new (NULL);
  g_test_add_func ("/upgrade/in-place", test_in_place);
  g_test_add_func ("/upgrade/unread", test_unread);
  g_test_add_func ("/upgrade/message-behind-proof", test_message_behind_proof);
  g_test_add_func ("/upgrade/lies", test_lies);
  g_test_add_func ("/upgrade/not-tls", test_not_tls);
  g_test_add_func ("/upgrade/refused", test_refused);
  g_test_add_func ("/upgrade/cancel", test_cancel);
  result = g_test_run ();
  meir_loop_free (loop);
  return result;
}
