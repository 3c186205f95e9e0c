/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/meir-greeting.h"

#include "net-support.h"
#include "net/meir-tls-priority.h"
#include "net/meir-tls.h"
#include "raw-tls.h"
#include "wire/meir-tls-proof.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* What stands in front of the door, byte by byte: raw sockets and raw TLS against a greeter. */

#define TORRENT       0x11 /* accepts both */
#define TLS_ONLY      0x22
#define UNKNOWN       0x99
#define FLOOD         600
#define BINDING_BYTES 32

static MeirLoop *loop;

static MeirHandshake
their_handshake (guint8 info_hash_byte, char name)
{
  MeirHandshake handshake = { .extensions = TRUE, .fast = TRUE };

  memset (handshake.info_hash.bytes, info_hash_byte, sizeof handshake.info_hash.bytes);
  memset (handshake.peer_id, name, MEIR_PEER_ID_LENGTH);
  return handshake;
}

static void
encode_handshake (guint8 bytes[MEIR_HANDSHAKE_LENGTH], guint8 info_hash_byte, char name)
{
  MeirHandshake handshake = their_handshake (info_hash_byte, name);

  meir_handshake_encode (&handshake, bytes);
}

static void
open_door (Door *door)
{
  door_init (door, loop, 'L');
  door_add (door, TORRENT, TRUE);
  door_add (door, TLS_ONLY, FALSE);
}

static void
assert_answered (Door *door, int fd, char name)
{
  guint8 bytes[MEIR_HANDSHAKE_LENGTH];
  MeirHandshake answer;

  net_receive (fd, bytes, sizeof bytes);
  g_assert_true (meir_handshake_decode (&answer, bytes));
  g_assert_cmpuint (answer.info_hash.bytes[0], ==, TORRENT);
  g_assert_cmpuint (answer.peer_id[0], ==, 'L');
  net_run_until (door->n_incoming == 1);
  g_assert_cmpuint (door->incoming.remote.peer_id[0], ==, (guint8) name);
  g_assert_true (door->incoming.remote.fast && door->incoming.remote.extensions);
}

static void
test_plain (void)
{
  Door door;
  guint8 bytes[MEIR_HANDSHAKE_LENGTH];
  int fd;

  open_door (&door);
  fd = net_connect (door.port);
  encode_handshake (bytes, TORRENT, 'R');
  net_send (fd, bytes, sizeof bytes);
  assert_answered (&door, fd, 'R');
  g_assert_cmpuint (door.incoming.early_length, ==, 0);
  g_assert_false (door.incoming.encrypted);
  g_assert_cmpuint (door.incoming.endpoint.family, ==, 4);
  close (fd);
  door_clear (&door);
}

/* The handshake and the first messages in one piece: none of it is lost, and no more than a little is read
 * ahead (security W12). */
static void
test_plain_with_early_bytes (void)
{
  const gsize more = 200000;
  g_autofree guint8 *bytes = g_malloc (MEIR_HANDSHAKE_LENGTH + more);
  g_autofree guint8 *heard = g_malloc (more);
  Door door;
  int fd;

  for (gsize i = 0; i < more; i++)
    bytes[MEIR_HANDSHAKE_LENGTH + i] = (guint8) (i * 7 + (i >> 8));
  encode_handshake (bytes, TORRENT, 'R');
  open_door (&door);
  fd = net_connect (door.port);
  net_send (fd, bytes, MEIR_HANDSHAKE_LENGTH + more);
  assert_answered (&door, fd, 'R');
  g_assert_cmpuint (door.incoming.early_length, <=, 512);
  memcpy (heard, door.incoming.early, door.incoming.early_length);
  net_collect (door.incoming.stream, heard + door.incoming.early_length, more - door.incoming.early_length);
  g_assert_cmpmem (heard, more, bytes + MEIR_HANDSHAKE_LENGTH, more);
  close (fd);
  door_clear (&door);
}

static void
test_plain_in_single_bytes (void)
{
  Door door;
  guint8 bytes[MEIR_HANDSHAKE_LENGTH];
  int fd;

  open_door (&door);
  fd = net_connect (door.port);
  encode_handshake (bytes, TORRENT, 'R');
  for (gsize i = 0; i < sizeof bytes; i++) {
    net_send (fd, bytes + i, 1);
    g_main_context_iteration (NULL, FALSE);
  }
  assert_answered (&door, fd, 'R');
  close (fd);
  door_clear (&door);
}

/* Refused without a byte of ours: a torrent we do not have (W04), one that wants TLS (S03), ourselves (W06),
 * other protocols (W01 to W03), garbage. */
static void
test_silent_refusals (void)
{
  guint8 unknown[MEIR_HANDSHAKE_LENGTH], tls_only[MEIR_HANDSHAKE_LENGTH], self[MEIR_HANDSHAKE_LENGTH],
      other[MEIR_HANDSHAKE_LENGTH];
  const struct {
    const void *bytes;
    gsize length;
  } cases[] = {
    { unknown, sizeof unknown },
    { tls_only, sizeof tls_only },
    { self, sizeof self },
    { other, sizeof other },
    { "\0", 1 },
    { "GET /announce HTTP/1.1\r\n\r\n", 26 },
    { "\x16\x03\x01\x00\x01\x01", 6 },
    { "\x16\x02", 2 },
    { "\xff\xff\xff\xff", 4 },
  };
  Door door;

  encode_handshake (unknown, UNKNOWN, 'R');
  encode_handshake (tls_only, TLS_ONLY, 'R');
  encode_handshake (self, TORRENT, 'L');
  encode_handshake (other, TORRENT, 'R');
  other[19] = 'L';
  open_door (&door);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    int fd = net_connect (door.port);

    net_send (fd, cases[i].bytes, cases[i].length);
    net_assert_closed_silently (fd);
  }
  g_assert_cmpuint (door.n_incoming, ==, 0);
  g_assert_cmpuint (door.n_lookups, ==, 3);
  door_clear (&door);
}

static void
test_not_admitted (void)
{
  Door door;

  open_door (&door);
  door.refuse_all = TRUE;
  net_assert_closed_silently (net_connect (door.port));
  g_assert_cmpuint (door.n_admitted, ==, 1);
  door_clear (&door);
}

/* The other side stops half-way. */
static void
test_hang_up (void)
{
  guint8 bytes[MEIR_HANDSHAKE_LENGTH];
  int fds_before;
  Door door;

  encode_handshake (bytes, TORRENT, 'R');
  open_door (&door);
  fds_before = net_count_fds ();
  for (gsize n = 0; n < sizeof bytes; n += 11) {
    int fd = net_connect (door.port);

    net_send (fd, bytes, n);
    net_run_until (net_count_fds () == fds_before + 2);
    shutdown (fd, SHUT_WR);
    net_assert_closed_silently (fd);
  }
  net_run_until (net_count_fds () <= fds_before);
  g_assert_cmpuint (door.n_incoming, ==, 0);
  door_clear (&door);
}

/* One byte now and then does not buy time (W08): ten seconds, and it is over. */
static void
test_slow (void)
{
  guint8 bytes[MEIR_HANDSHAKE_LENGTH];
  gint64 start = g_get_monotonic_time ();
  gsize sent = 0;
  Door door;
  char byte;
  int fd;

  encode_handshake (bytes, TORRENT, 'R');
  open_door (&door);
  fd = net_connect (door.port);
  do {
    if (sent < 60)
      net_send (fd, bytes + sent++, 1);
    net_run_for (250);
    g_assert_cmpint (g_get_monotonic_time () - start, <, 30 * G_USEC_PER_SEC);
  } while (recv (fd, &byte, 1, MSG_DONTWAIT | MSG_PEEK) < 0 && errno == EAGAIN);
  g_assert_cmpint (g_get_monotonic_time () - start, >=, (MEIR_HANDSHAKE_TIMEOUT_SEC - 1) * G_USEC_PER_SEC);
  close (fd);
  door_clear (&door);
}

/* Hundreds that open and wait, before and after an honest one, some saying a little: the honest one gets in,
 * and the oldest are dropped so that the number is bounded. */
static void
test_flood (void)
{
  static int fds[FLOOD];
  guint8 bytes[MEIR_HANDSHAKE_LENGTH];
  guint n_dropped = 0;
  int fds_before;
  Door door;
  int fd;

  encode_handshake (bytes, TORRENT, 'R');
  open_door (&door);
  fds_before = net_count_fds ();
  for (guint i = 0; i < FLOOD; i++) {
    fds[i] = net_connect (door.port);
    if (i % 3 == 1)
      net_send (fds[i], bytes, 30);
    if (i % 3 == 2)
      net_send (fds[i], "\x16\x03\x01", 3);
    if (i % 16 == 0)
      g_main_context_iteration (NULL, FALSE);
    if (i == FLOOD / 2) {
      fd = net_connect (door.port);
      net_send (fd, bytes, sizeof bytes);
      assert_answered (&door, fd, 'R');
      close (fd);
    }
  }
  net_run_until (door.n_admitted == FLOOD + 1);
  net_run_for (30);
  /* Ours of the flood, what the door holds, and the one that is through. */
  g_assert_cmpint (net_count_fds () - fds_before, <=, FLOOD + 512 + 1);
  for (guint i = 0; i < FLOOD; i++) {
    char byte;

    if (recv (fds[i], &byte, 1, MSG_DONTWAIT) == 0 || errno == ECONNRESET)
      n_dropped++;
  }
  g_assert_cmpuint (n_dropped, >=, FLOOD - 512);
  g_assert_cmpuint (n_dropped, <, FLOOD / 2);
  fd = net_connect (door.port);
  net_send (fd, bytes, sizeof bytes);
  door.n_incoming = 0;
  assert_answered (&door, fd, 'R');
  close (fd);
  for (guint i = 0; i < FLOOD; i++)
    close (fds[i]);
  door_clear (&door);
}

static RawTls
say_hello (Door *door, int *fd)
{
  RawTls raw = { .protocol = MEIR_TLS_PROTOCOL };

  *fd = net_connect (door->port);
  return raw;
}

static void
encode_proof (RawTls *raw, guint8 proof[MEIR_TLS_PROOF_LENGTH], guint8 info_hash_byte, char name,
              MeirTlsRole role)
{
  MeirHandshake handshake = their_handshake (info_hash_byte, name);

  meir_tls_proof_encode (proof, &handshake.info_hash, raw->binding, role, handshake.peer_id);
}

/* The whole conversation, as the specification has it, for both torrents. */
static void
test_tls (void)
{
  static const guint8 torrents[] = { TORRENT, TLS_ONLY };

  for (guint i = 0; i < G_N_ELEMENTS (torrents); i++) {
    Door door;
    RawTls raw;
    guint8 proof[MEIR_TLS_PROOF_LENGTH], bytes[MEIR_HANDSHAKE_LENGTH + 5];
    MeirHandshake expected = their_handshake (torrents[i], 'R'), answer;
    int fd;

    open_door (&door);
    raw = say_hello (&door, &fd);
    raw_tls_start (&raw, fd);
    raw_tls_wait (&raw);
    g_assert_cmpint (raw.result, ==, 0);
    encode_proof (&raw, proof, torrents[i], 'R', MEIR_TLS_ROLE_INITIATOR);
    raw_tls_send (&raw, proof, sizeof proof);
    g_assert_true (raw_tls_receive (&raw, proof, sizeof proof));
    g_assert_true (meir_tls_proof_check (proof, &expected.info_hash, raw.binding, MEIR_TLS_ROLE_RESPONDER));
    g_assert_cmpuint (meir_tls_proof_get_peer_id (proof)[0], ==, 'L');
    meir_handshake_encode (&expected, bytes);
    memcpy (bytes + MEIR_HANDSHAKE_LENGTH, "early", 5);
    raw_tls_send (&raw, bytes, sizeof bytes);
    g_assert_true (raw_tls_receive (&raw, bytes, MEIR_HANDSHAKE_LENGTH));
    g_assert_true (meir_handshake_decode (&answer, bytes));
    g_assert_true (meir_info_hash_equal (&answer.info_hash, &expected.info_hash));
    net_run_until (door.n_incoming == 1);
    g_assert_true (door.incoming.encrypted);
    g_assert_cmpmem (door.incoming.early, door.incoming.early_length, "early", 5);
    raw_tls_clear (&raw);
    close (fd);
    door_clear (&door);
  }
}

typedef enum {
  WRONG_TORRENT,   /* a proof for a torrent we do not have (S15) */
  WRONG_BINDING,   /* a proof from another connection (S16) */
  WRONG_ROLE,      /* a proof as we would send it, sent back to us */
  WRONG_VERSION,   /* a proof of a later version */
  OURSELVES,       /* a right proof with our own peer id (W06) */
  OTHER_TORRENT,   /* a right proof, then a handshake for another torrent of ours (S14) */
  OTHER_PEER,      /* a right proof, then a handshake as another peer */
  NOT_A_HANDSHAKE, /* a right proof, then garbage */
  HALF_A_PROOF,    /* and then the end */
  N_LIES,
} Lie;

static void
test_tls_lies (void)
{
  for (Lie lie = 0; lie < N_LIES; lie++) {
    Door door;
    RawTls raw;
    guint8 proof[MEIR_TLS_PROOF_LENGTH], bytes[MEIR_HANDSHAKE_LENGTH];
    gboolean proven = lie == OTHER_TORRENT || lie == OTHER_PEER || lie == NOT_A_HANDSHAKE;
    int fd;

    open_door (&door);
    raw = say_hello (&door, &fd);
    raw_tls_start (&raw, fd);
    raw_tls_wait (&raw);
    g_assert_cmpint (raw.result, ==, 0);
    if (lie == WRONG_BINDING)
      raw.binding[31] ^= 1;
    encode_proof (&raw, proof, lie == WRONG_TORRENT ? UNKNOWN : TORRENT, lie == OURSELVES ? 'L' : 'R',
                  lie == WRONG_ROLE ? MEIR_TLS_ROLE_RESPONDER : MEIR_TLS_ROLE_INITIATOR);
    if (lie == WRONG_VERSION)
      proof[0]++;
    raw_tls_send (&raw, proof, lie == HALF_A_PROOF ? 20 : sizeof proof);
    if (lie == HALF_A_PROOF)
      shutdown (fd, SHUT_WR);
    /* Until the proof holds we say nothing at all. */
    g_assert_cmpint (raw_tls_receive (&raw, proof, sizeof proof), ==, proven);
    if (proven) {
      encode_handshake (bytes, lie == OTHER_TORRENT ? TLS_ONLY : TORRENT, lie == OTHER_PEER ? 'X' : 'R');
      if (lie == NOT_A_HANDSHAKE)
        bytes[0] = 0;
      raw_tls_send (&raw, bytes, sizeof bytes);
      g_assert_false (raw_tls_receive (&raw, bytes, 1));
    }
    g_assert_cmpuint (door.n_incoming, ==, 0);
    raw_tls_clear (&raw);
    close (fd);
    door_clear (&door);
  }
}

static void
test_tls_refusals (void)
{
  RawTls old = { .priority = "NORMAL:-VERS-ALL:+VERS-TLS1.2", .protocol = MEIR_TLS_PROTOCOL };
  RawTls no_protocol = { 0 };
  /* S10 */
  RawTls rsa = { .protocol = MEIR_TLS_PROTOCOL, .key_kind = GNUTLS_PK_RSA, .key_bits = 1024 };
  RawTls ecdsa = { .protocol = MEIR_TLS_PROTOCOL,
                   .key_kind = GNUTLS_PK_ECDSA,
                   .key_bits = GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1) };
  RawTls *raws[] = { &old, &no_protocol, &rsa, &ecdsa };

  for (guint i = 0; i < G_N_ELEMENTS (raws); i++) {
    Door door;
    int fd;
    guint8 proof[MEIR_TLS_PROOF_LENGTH];

    open_door (&door);
    fd = net_connect (door.port);
    raw_tls_start (raws[i], fd);
    raw_tls_wait (raws[i]);
    if (raws[i]->result == 0) {
      /* Not even the right proof helps. It may come too late to be sent at all. */
      encode_proof (raws[i], proof, TORRENT, 'R', MEIR_TLS_ROLE_INITIATOR);
      gnutls_record_send (raws[i]->session, proof, sizeof proof);
      g_assert_false (raw_tls_receive (raws[i], proof, 1));
    }
    g_assert_cmpuint (door.n_incoming, ==, 0);
    raw_tls_clear (raws[i]);
    close (fd);
    door_clear (&door);
  }
}

/* More torrents than are tried in one turn; the last is the one. */
static gboolean
many_nth (gpointer user_data, guint index, MeirInfoHash *info_hash)
{
  guint *asked = user_data;

  *asked = index;
  if (index >= 1000)
    return FALSE;
  memset (info_hash->bytes, 0, sizeof info_hash->bytes);
  memcpy (info_hash->bytes, &index, sizeof index);
  return TRUE;
}

static gboolean
many_lookup (gpointer user_data, const MeirInfoHash *info_hash, gboolean encrypted, MeirHandshake *ours)
{
  guint index;

  memcpy (&index, info_hash->bytes, sizeof index);
  g_assert_cmpuint (index, ==, 999);
  *ours = their_handshake (0, 'L');
  ours->info_hash = *info_hash;
  return TRUE;
}

static gboolean
many_admit (gpointer user_data, const MeirEndpoint *endpoint)
{
  return TRUE;
}

static void
many_incoming (gpointer user_data, MeirGreeting *greeting)
{
  g_assert_not_reached ();
}

static void
test_tls_many_torrents (void)
{
  const MeirGreeterHooks hooks = {
    .lookup = many_lookup, .nth = many_nth, .admit = many_admit, .incoming = many_incoming
  };
  g_autoptr (MeirGreeter) greeter = NULL;
  guint8 proof[MEIR_TLS_PROOF_LENGTH];
  MeirHandshake them = their_handshake (0, 'R');
  guint asked = 0, last = 999;

  memcpy (them.info_hash.bytes, &last, sizeof last);
  greeter = meir_greeter_new (loop, &hooks, &asked, NULL);
  g_assert_true (meir_greeter_listen (greeter, "127.0.0.1", 0, NULL));
  for (guint known = 0; known < 2; known++) {
    RawTls raw = { .protocol = MEIR_TLS_PROTOCOL };
    int fd = net_connect (meir_greeter_get_port (greeter));

    if (!known)
      them.info_hash.bytes[19] = 1;
    else
      them.info_hash.bytes[19] = 0;
    raw_tls_start (&raw, fd);
    raw_tls_wait (&raw);
    meir_tls_proof_encode (proof, &them.info_hash, raw.binding, MEIR_TLS_ROLE_INITIATOR, them.peer_id);
    raw_tls_send (&raw, proof, sizeof proof);
    g_assert_cmpint (raw_tls_receive (&raw, proof, sizeof proof), ==, known);
    g_assert_cmpuint (asked, ==, known ? 999 : 1000);
    raw_tls_clear (&raw);
    close (fd);
  }
}

/* The door is taken away with connections at every stage behind it. */
static void
test_free_at_each_stage (void)
{
  guint8 bytes[MEIR_HANDSHAKE_LENGTH];

  encode_handshake (bytes, TORRENT, 'R');
  for (guint stage = 0; stage < 6; stage++) {
    Door door;
    RawTls raw = { .protocol = MEIR_TLS_PROTOCOL };
    int fd;

    open_door (&door);
    fd = net_connect (door.port);
    if (stage == 1)
      net_send (fd, bytes, 10);
    if (stage == 2)
      net_send (fd, bytes, 40);
    if (stage == 3)
      net_send (fd, bytes, sizeof bytes);
    if (stage >= 4)
      raw_tls_start (&raw, fd);
    if (stage == 5) {
      raw_tls_wait (&raw);
      raw_tls_send (&raw, bytes, 30);
    }
    net_run_until (door.n_admitted == 1);
    if (stage != 3)
      net_run_for (stage >= 4 ? 1 : 20);
    meir_greeter_free (g_steal_pointer (&door.greeter));
    if (stage >= 4)
      raw_tls_clear (&raw);
    else if (stage != 3)
      net_assert_closed_silently (dup (fd));
    close (fd);
    door_clear (&door);
  }
}

int
main (int argc, char *argv[])
{
  int result;

  meir_tls_init_priority ();
  g_test_init (&argc, &argv, NULL);
  loop = meir_loop_new (NULL);
  g_test_add_func ("/intake/plain", test_plain);
  g_test_add_func ("/intake/plain-with-early-bytes", test_plain_with_early_bytes);
  g_test_add_func ("/intake/plain-in-single-bytes", test_plain_in_single_bytes);
  g_test_add_func ("/intake/silent-refusals", test_silent_refusals);
  g_test_add_func ("/intake/not-admitted", test_not_admitted);
  g_test_add_func ("/intake/hang-up", test_hang_up);
  g_test_add_func ("/intake/slow", test_slow);
  g_test_add_func ("/intake/flood", test_flood);
  g_test_add_func ("/intake/tls", test_tls);
  g_test_add_func ("/intake/tls-lies", test_tls_lies);
  g_test_add_func ("/intake/tls-refusals", test_tls_refusals);
  g_test_add_func ("/intake/tls-many-torrents", test_tls_many_torrents);
  g_test_add_func ("/intake/free-at-each-stage", test_free_at_each_stage);
  result = g_test_run ();
  meir_loop_free (loop);
  return result;
}
