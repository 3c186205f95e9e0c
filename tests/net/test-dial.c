/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/meir-greeting.h"

#include "base/meir-error.h"
#include "net-support.h"
#include "net/meir-tls-priority.h"
#include "net/meir-tls.h"
#include "raw-tls.h"
#include "wire/meir-tls-proof.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static MeirLoop *loop;

static void
open_doors (Door doors[2])
{
  for (guint i = 0; i < 2; i++) {
    door_init (&doors[i], loop, i == 0 ? 'A' : 'B');
    door_add (&doors[i], 1, TRUE);
    door_add (&doors[i], 2, FALSE);
  }
}

static void
close_doors (Door doors[2])
{
  door_clear (&doors[0]);
  door_clear (&doors[1]);
}

static void
test_plain (void)
{
  Door doors[2];

  open_doors (doors);
  door_dial (&doors[0], doors[1].port, 0, FALSE);
  doors_assert_met (&doors[0], &doors[1], FALSE);
  close_doors (doors);
}

static void
test_tls (void)
{
  Door doors[2];
  guint8 bindings[2][32];

  open_doors (doors);
  door_dial (&doors[0], doors[1].port, 1, TRUE);
  doors_assert_met (&doors[0], &doors[1], TRUE);
  g_assert_true (meir_stream_get_binding (doors[0].dialled.stream, bindings[0]));
  g_assert_true (meir_stream_get_binding (doors[1].incoming.stream, bindings[1]));
  g_assert_cmpmem (bindings[0], 32, bindings[1], 32);
  close_doors (doors);
}

/* A plain connection to a torrent that wants TLS, and a torrent that is not there. */
static void
test_refused (void)
{
  for (guint i = 0; i < 3; i++) {
    Door doors[2];

    open_doors (doors);
    if (i > 0)
      doors[1].n_torrents = 0;
    door_dial (&doors[0], doors[1].port, i == 0 ? 1 : 0, i == 2);
    net_run_until (doors[0].n_dialled == 1);
    g_assert_error (doors[0].error, MEIR_ERROR, MEIR_ERROR_PROTOCOL);
    g_assert_cmpuint (doors[1].n_incoming, ==, 0);
    close_doors (doors);
  }
}

/* Both ends are this session: told as such, so that the address is not tried again (W06). */
static void
test_self (void)
{
  for (guint tls = 0; tls < 2; tls++) {
    Door door;

    door_init (&door, loop, 'A');
    door_add (&door, 1, TRUE);
    door_dial (&door, door.port, 0, tls != 0);
    net_run_until (door.n_dialled == 1);
    g_assert_error (door.error, MEIR_ERROR, MEIR_ERROR_INVALID);
    g_assert_cmpuint (door.n_incoming, ==, 0);
    door_clear (&door);
  }
}

static void
test_connection_refused (void)
{
  Door door;
  guint16 nobody;

  door_init (&door, loop, 'A');
  door_add (&door, 1, TRUE);
  nobody = door.port;
  /* What was our port a moment ago is nobody's now. */
  g_assert_true (meir_greeter_listen (door.greeter, "127.0.0.1", 0, NULL));
  door_dial (&door, nobody, 0, FALSE);
  g_assert_cmpuint (door.n_dialled, ==, 0);
  net_run_until (door.n_dialled == 1);
  g_assert_error (door.error, MEIR_ERROR, MEIR_ERROR_NETWORK);
  g_assert_nonnull (strstr (door.error->message, "127.0.0.1"));
  door_clear (&door);
}

static void
on_failed (MeirDial *dial, MeirGreeting *greeting, const GError *error, gpointer user_data)
{
  g_assert_null (greeting);
  *(GError **) user_data = g_error_copy (error);
}

/* Bound to an IPv4 address, so IPv6 must not be used behind its back; told later, never from within the
 * call. */
static void
test_bound_to_one_family (void)
{
  const MeirEndpoint endpoint = { .bytes = { [15] = 1 }, .family = 6, .port = 9 };
  g_autoptr (GError) error = NULL;
  Door door;

  door_init (&door, loop, 'A');
  door_add (&door, 1, TRUE);
  meir_greeter_dial (door.greeter, &endpoint, &door.torrents[0], FALSE, on_failed, &error);
  g_assert_no_error (error);
  net_run_until (error != NULL);
  g_assert_error (error, MEIR_ERROR, MEIR_ERROR_NETWORK);
  door_clear (&door);
}

/* The other side sees the address we listen on, not another one of this computer. */
static void
test_bound_address (void)
{
  Door doors[2];

  open_doors (doors);
  g_assert_true (meir_greeter_listen (doors[0].greeter, "127.0.0.7", 0, NULL));
  door_dial (&doors[0], doors[1].port, 0, FALSE);
  doors_assert_met (&doors[0], &doors[1], FALSE);
  g_assert_cmpuint (doors[1].incoming.endpoint.bytes[3], ==, 7);
  close_doors (doors);
}

static int
accept_one (int listener)
{
  int fd;

  net_wait_readable (listener);
  fd = accept4 (listener, NULL, NULL, SOCK_CLOEXEC);
  g_assert_cmpint (fd, >=, 0);
  close (listener);
  return fd;
}

/* Answers in clear that are not what was asked for. */
static void
test_wrong_answers (void)
{
  const struct {
    guint8 info_hash_byte;
    char name;
    gboolean garbage;
    int code;
  } cases[] = {
    { 1, 'X', TRUE, MEIR_ERROR_PROTOCOL },
    { 9, 'X', FALSE, MEIR_ERROR_PROTOCOL },
    { 1, 'A', FALSE, MEIR_ERROR_INVALID },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    MeirHandshake answer = { 0 };
    guint8 bytes[MEIR_HANDSHAKE_LENGTH];
    guint16 port;
    int listener = net_listen (0, &port);
    Door door;
    int fd;

    memset (answer.info_hash.bytes, cases[i].info_hash_byte, sizeof answer.info_hash.bytes);
    memset (answer.peer_id, cases[i].name, sizeof answer.peer_id);
    meir_handshake_encode (&answer, bytes);
    if (cases[i].garbage)
      memset (bytes, 'x', sizeof bytes);
    door_init (&door, loop, 'A');
    door_add (&door, 1, TRUE);
    door_dial (&door, port, 0, FALSE);
    fd = accept_one (listener);
    net_send (fd, bytes, sizeof bytes);
    net_run_until (door.n_dialled == 1);
    g_assert_error (door.error, MEIR_ERROR, cases[i].code);
    close (fd);
    door_clear (&door);
  }
}

typedef enum {
  TELLS_TRUTH,
  PROVES_OTHER_TORRENT,
  ECHOES_OUR_PROOF,
  SPEAKS_AS_OTHER_PEER,
  ANSWERS_OTHER_TORRENT,
  N_WAYS,
} Way;

/* A responder made of GnuTLS alone. Until its proof holds it must not learn which torrent this is about. */
static void
test_tls_responder (void)
{
  for (Way way = 0; way < N_WAYS; way++) {
    RawTls raw = { .server = TRUE, .protocol = MEIR_TLS_PROTOCOL };
    MeirHandshake answer = { 0 };
    guint8 proof[MEIR_TLS_PROOF_LENGTH], bytes[MEIR_HANDSHAKE_LENGTH];
    guint16 port;
    int listener = net_listen (0, &port);
    Door door;
    int fd;

    memset (answer.info_hash.bytes, way == PROVES_OTHER_TORRENT ? 9 : 1, sizeof answer.info_hash.bytes);
    memset (answer.peer_id, 'R', sizeof answer.peer_id);
    door_init (&door, loop, 'A');
    door_add (&door, 1, TRUE);
    door_dial (&door, port, 0, TRUE);
    fd = accept_one (listener);
    raw_tls_start (&raw, fd);
    raw_tls_wait (&raw);
    g_assert_cmpint (raw.result, ==, 0);
    g_assert_true (raw_tls_receive (&raw, proof, sizeof proof));
    g_assert_true (
        meir_tls_proof_check (proof, &door.torrents[0].info_hash, raw.binding, MEIR_TLS_ROLE_INITIATOR));
    if (way != ECHOES_OUR_PROOF)
      meir_tls_proof_encode (proof, &answer.info_hash, raw.binding, MEIR_TLS_ROLE_RESPONDER, answer.peer_id);
    raw_tls_send (&raw, proof, sizeof proof);
    if (way == PROVES_OTHER_TORRENT || way == ECHOES_OUR_PROOF) {
      g_assert_false (raw_tls_receive (&raw, bytes, 1));
      net_run_until (door.n_dialled == 1);
      g_assert_error (door.error, MEIR_ERROR, MEIR_ERROR_TLS);
    } else {
      g_assert_true (raw_tls_receive (&raw, bytes, sizeof bytes));
      if (way == SPEAKS_AS_OTHER_PEER)
        answer.peer_id[7] ^= 1;
      if (way == ANSWERS_OTHER_TORRENT)
        answer.info_hash.bytes[7] ^= 1;
      meir_handshake_encode (&answer, bytes);
      raw_tls_send (&raw, bytes, sizeof bytes);
      net_run_until (door.n_dialled == 1);
      if (way == TELLS_TRUTH)
        g_assert_no_error (door.error);
      else
        g_assert_error (door.error, MEIR_ERROR, MEIR_ERROR_PROTOCOL);
    }
    raw_tls_clear (&raw);
    close (fd);
    door_clear (&door);
  }
}

/* Somebody in the middle with certificates of his own, who passes everything on: each side has TLS with him,
 * so their bindings differ, and neither side says a BitTorrent byte (S16). */
static void
test_man_in_the_middle (void)
{
  RawTls to_dialler = { .server = TRUE, .protocol = MEIR_TLS_PROTOCOL };
  RawTls to_listener = { .protocol = MEIR_TLS_PROTOCOL };
  guint8 proof[MEIR_TLS_PROOF_LENGTH], byte;
  Door doors[2];
  guint16 port;
  int listener = net_listen (0, &port);
  int fds[2];

  open_doors (doors);
  door_dial (&doors[0], port, 0, TRUE);
  fds[0] = accept_one (listener);
  fds[1] = net_connect (doors[1].port);
  raw_tls_start (&to_dialler, fds[0]);
  raw_tls_start (&to_listener, fds[1]);
  raw_tls_wait (&to_dialler);
  raw_tls_wait (&to_listener);
  g_assert_cmpint (to_dialler.result, ==, 0);
  g_assert_cmpint (to_listener.result, ==, 0);
  g_assert_cmpint (memcmp (to_dialler.binding, to_listener.binding, 32), !=, 0);
  g_assert_true (raw_tls_receive (&to_dialler, proof, sizeof proof));
  raw_tls_send (&to_listener, proof, sizeof proof);
  g_assert_false (raw_tls_receive (&to_listener, &byte, 1));
  g_assert_cmpuint (doors[1].n_incoming, ==, 0);
  /* He does not know the torrent, so all he can offer the dialler is what he has heard. */
  raw_tls_send (&to_dialler, proof, sizeof proof);
  g_assert_false (raw_tls_receive (&to_dialler, &byte, 1));
  net_run_until (doors[0].n_dialled == 1);
  g_assert_error (doors[0].error, MEIR_ERROR, MEIR_ERROR_TLS);
  raw_tls_clear (&to_dialler);
  raw_tls_clear (&to_listener);
  close (fds[0]);
  close (fds[1]);
  close_doors (doors);
}

/* Cancelled, or the greeter freed, after every number of turns of the loop that a greeting can take. */
static void
test_cancel (void)
{
  for (guint turns = 0; turns < 40; turns++) {
    Door doors[2];
    MeirDial *dial;
    guint mode = turns % 4;

    open_doors (doors);
    dial = door_dial (&doors[0], doors[1].port, 0, mode < 2);
    for (guint i = 0; i < turns && doors[0].n_dialled == 0; i++)
      net_iterate ();
    if (mode % 2 == 0 && doors[0].n_dialled == 0)
      meir_dial_cancel (dial);
    else
      meir_greeter_free (g_steal_pointer (&doors[0].greeter));
    net_run_for (5);
    g_assert_no_error (doors[0].error);
    close_doors (doors);
  }
}

static void
count_outcome (MeirDial *dial, MeirGreeting *greeting, const GError *error, gpointer user_data)
{
  guint *n_met = user_data;

  g_assert_no_error (error);
  (*n_met)++;
  meir_stream_free (greeting->stream);
}

/* More at once than the gate lets in: all get through. */
static void
test_many (void)
{
  guint n_met = 0;
  MeirEndpoint endpoint = { .bytes = { 127, 0, 0, 1 }, .family = 4 };
  Door doors[2];

  open_doors (doors);
  endpoint.port = doors[1].port;
  for (guint i = 0; i < 60; i++)
    meir_greeter_dial (doors[0].greeter, &endpoint, &doors[0].torrents[0], i % 3 != 0, count_outcome, &n_met);
  net_run_until (n_met == 60 && doors[1].n_incoming == 60);
  close_doors (doors);
}

int
main (int argc, char *argv[])
{
  int result;

  meir_tls_init_priority ();
  g_test_init (&argc, &argv, NULL);
  loop = meir_loop_new (NULL);
  g_test_add_func ("/dial/plain", test_plain);
  g_test_add_func ("/dial/tls", test_tls);
  g_test_add_func ("/dial/refused", test_refused);
  g_test_add_func ("/dial/self", test_self);
  g_test_add_func ("/dial/connection-refused", test_connection_refused);
  g_test_add_func ("/dial/bound-to-one-family", test_bound_to_one_family);
  g_test_add_func ("/dial/bound-address", test_bound_address);
  g_test_add_func ("/dial/wrong-answers", test_wrong_answers);
  g_test_add_func ("/dial/tls-responder", test_tls_responder);
  g_test_add_func ("/dial/man-in-the-middle", test_man_in_the_middle);
  g_test_add_func ("/dial/cancel", test_cancel);
  g_test_add_func ("/dial/many", test_many);
  result = g_test_run ();
  meir_loop_free (loop);
  return result;
}
