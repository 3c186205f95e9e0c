/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "arena.h"

#include "../net/raw-tls.h"
#include "net/meir-tls.h"
#include "wire/meir-tls-proof.h"

#include <string.h>

/* Extensions (BEP 10) and what can be done with them: the handshake, metadata (BEP 9), withdrawn pieces
 * (BEP 54), and the upgrade to TLS in place. */

#define NOT_GREETED "without having agreed on it"
#define WELCOME     NULL
/* Our ids. */
#define UT_METADATA 1u
#define LT_DONTHAVE 3u
#define MT_TLS      4u

/* @reason: why the connection is closed, or WELCOME. */
typedef struct {
  const char *name;
  guint id;
  guint times;
  const char *payload;
  const char *reason;
} Case;

static const Case cases[] = {
  { "E01 no dictionary", 0, 1, "li1ee", "dictionary" },
  { "E01 nothing", 0, 1, "", "" },
  { "E01 cut off", 0, 1, "d1:md11:ut_metadatai", "" },
  { "E04 ids that cannot be", 0, 1, "d1:md11:lt_donthavei-1e11:ut_metadatai256e6:ut_pexi0eee", WELCOME },
  { "E05 metadata_size 0", 0, 1, "d13:metadata_sizei0ee", WELCOME },
  { "E05 metadata_size -1", 0, 1, "d13:metadata_sizei-1ee", WELCOME },
  { "E05 metadata_size 2^31", 0, 1, "d13:metadata_sizei2147483648ee", WELCOME },
  { "E05 metadata_size 2^62", 0, 1, "d13:metadata_sizei4611686018427387904ee", WELCOME },
  { "E07 request out of range", UT_METADATA, 1, "d8:msg_typei0e5:piecei1ee", "block that does not exist" },
  { "E07 request negative", UT_METADATA, 1, "d8:msg_typei0e5:piecei-1ee", "block that does not exist" },
  { "E07 data out of range", UT_METADATA, 1, "d8:msg_typei1e5:piecei9e10:total_sizei99eezz",
    "block that does not exist" },
  { "E08 data of another size", UT_METADATA, 100, "d8:msg_typei1e5:piecei0e10:total_sizei99eezz", WELCOME },
  { "E08 and no end of it", UT_METADATA, 1001, "d8:msg_typei1e5:piecei0e10:total_sizei99eezz",
    "unknown kinds" },
  { "E11 requests without end", UT_METADATA, 200, "d8:msg_typei0e5:piecei0ee", "over and over" },
  { "metadata of no type", UT_METADATA, 1, "d5:piecei0ee", "without a type" },
  { "metadata of a new type", UT_METADATA, 100, "d8:msg_typei9e5:piecei0ee", WELCOME },
  { "metadata that is none", UT_METADATA, 1, "zzz", "not bencoded" },
  { "E20 yourip and reqq that cannot be", 0, 1, "d4:reqqi-1e6:yourip3:zzze", WELCOME },
  { "E20 reqq 2^31", 0, 1, "d4:reqqi2147483648e6:yourip5:zzzzze", WELCOME },
  { "E22 withdrawn past the end", LT_DONTHAVE, 1, "\x01zzz", "Withdrew a piece that does not exist" },
  { "E22 withdrawn, too short", LT_DONTHAVE, 1, "zz", "Withdrew a piece that does not exist" },
  { "E22 upload_only", 0, 50, "d11:upload_onlyi1ee", WELCOME },
  { "handshakes without end", 0, 101, "de", "over and over" },
  { "unknown extension", 77, 500, "zz", WELCOME },
  { "unknown extension without end", 77, 1001, "zz", "unknown kinds" },
  { "upgrade before the handshake", MT_TLS, 1, "", "TLS upgrade out of turn" },
  { "upgrade with a payload", MT_TLS, 1, "z", "TLS upgrade out of turn" },
};

static void
test_cases (void)
{
  Arena arena;

  arena_init (&arena, MEIR_TLS_PREFER);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const Case *c = &cases[i];
    RawPeer *peer = arena_enter (&arena, RAW_EXTENDED | RAW_FAST);

    g_test_message ("%s", c->name);
    for (guint n = 0; n < c->times && !peer->ended; n++)
      raw_peer_extended (peer, (guint8) c->id, c->payload, strlen (c->payload));
    if (c->reason != WELCOME)
      arena_assert_expelled (&arena, peer, c->reason);
    else
      arena_assert_welcome (&arena, peer);
  }
  arena_clear (&arena);
}

/* E02, E03, and an extension that was not agreed on. */
static void
test_large (void)
{
  g_autofree char *deep = g_malloc (20000);
  g_autofree char *large = g_malloc0 (1u << 20);
  RawPeer *peer;
  Arena arena;

  arena_init (&arena, MEIR_TLS_PREFER);
  memset (deep, 'l', 10000);
  memset (deep + 10000, 'e', 10000);
  peer = arena_enter (&arena, RAW_EXTENDED);
  raw_peer_extended (peer, 0, deep, 20000);
  arena_assert_expelled (&arena, peer, "");
  peer = arena_enter (&arena, RAW_EXTENDED);
  raw_peer_extended (peer, 0, large, (64u << 10) + 1);
  arena_assert_expelled (&arena, peer, "too long");
  peer = arena_enter (&arena, RAW_EXTENDED);
  raw_peer_extended (peer, 0, large, 1u << 20);
  arena_assert_expelled (&arena, peer, "too long");
  peer = arena_enter (&arena, RAW_PLAIN);
  raw_peer_extended (peer, 0, "de", 2);
  arena_assert_expelled (&arena, peer, NOT_GREETED);
  arena_clear (&arena);
}

/* E19: a name to be shown. */
static void
test_client_name (void)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = NULL;
  g_autoptr (GString) payload = g_string_new ("d1:v50000:");
  gboolean found = FALSE;
  RawPeer *peer;
  Arena arena;

  arena_init (&arena, MEIR_TLS_OFF);
  g_string_append (payload, "<b>\x1b[31mX\xe2\x80\xae\n");
  while (payload->len < 10 + 50000)
    g_string_append_c (payload, 'y');
  g_string_append_c (payload, 'e');
  peer = arena_enter (&arena, RAW_EXTENDED);
  raw_peer_extended (peer, 0, payload->str, payload->len);
  snapshot = session_fresh_snapshot (arena.torrent);
  for (guint i = 0; i < snapshot->peers->len; i++) {
    const MeirPeerSnapshot *other = &g_array_index (snapshot->peers, MeirPeerSnapshot, i);

    if (!meir_endpoint_equal (&other->endpoint, &peer->local))
      continue;
    found = TRUE;
    g_assert_true (g_utf8_validate (other->client, -1, NULL));
    g_assert_cmpint (g_utf8_strlen (other->client, -1), <=, 64);
    g_assert_null (strpbrk (other->client, "\x1b\n"));
    g_assert_null (strstr (other->client, "\xe2\x80\xae"));
    g_assert_true (g_str_has_prefix (other->client, "<b>"));
  }
  g_assert_true (found);
  arena_assert_welcome (&arena, peer);
  arena_clear (&arena);
}

static void
assert_go_ahead (RawPeer *peer)
{
  for (;;) {
    g_autoptr (GBytes) message = raw_peer_await (peer, MEIR_MESSAGE_EXTENDED);
    gsize length;
    const guint8 *bytes = g_bytes_get_data (message, &length);

    if (bytes[1] != 9)
      continue;
    g_assert_cmpuint (length, ==, 2);
    return;
  }
}

/* As the one who dialled: asks for the upgrade, and then does not do what it asked for. */
static void
test_upgrade_abuse (void)
{
  static const char *const instead[] = {
    "garbage instead of a ClientHello, and enough of it to fill a record header",
    "\x16\x03\x01\x40\x01 and that is too long for one",
    "\0\0\0\1\2 and more of what is not TLS",
  };
  g_autofree char *all = NULL;
  gsize length;
  RawPeer *peer;
  Arena arena;

  arena_init (&arena, MEIR_TLS_PREFER);
  for (guint i = 0; i < G_N_ELEMENTS (instead); i++) {
    peer = arena_enter (&arena, RAW_EXTENDED);
    raw_peer_extended (peer, 0, "d1:md6:mt_tlsi9eee", 18);
    raw_peer_extended (peer, MT_TLS, NULL, 0);
    assert_go_ahead (peer);
    raw_peer_send (peer, instead[i], i == 2 ? 30 : strlen (instead[i]));
    arena_assert_expelled (&arena, peer, "");
  }

  /* In one piece with the upgrade message; the second upgrade is no ClientHello either. */
  for (guint i = 0; i < 2; i++) {
    static const char twice[] =
        "\0\0\0\x14\x14\0d1:md6:mt_tlsi9eee\0\0\0\2\x14\4\0\0\0\2\x14\4\0\0\0\2\x14\4";

    peer = arena_enter (&arena, RAW_EXTENDED);
    raw_peer_send (peer, twice, sizeof twice - 1 - (i == 0 ? 0 : 6));
    arena_assert_expelled (&arena, peer, "");
  }

  /* Goes away in the middle of it, at once or after a part of a ClientHello. */
  for (guint i = 0; i < 10; i++) {
    peer = arena_enter (&arena, RAW_EXTENDED);
    raw_peer_extended (peer, 0, "d1:md6:mt_tlsi9eee", 18);
    raw_peer_extended (peer, MT_TLS, NULL, 0);
    if (i % 2 == 0)
      assert_go_ahead (peer);
    if (i % 3 == 0)
      raw_peer_send (peer, "\x16\x03\x01\x00\xff\x01", 6);
    if (i < 5)
      raw_peer_reset (peer);
    else
      raw_peer_free (peer);
  }
  session_run_for (200);

  /* More than a buffer of what should be TLS, before the go-ahead could be sent. */
  length = 200000;
  all = g_malloc0 (length);
  memcpy (all, "\0\0\0\x14\x14\0d1:md6:mt_tlsi9eee\0\0\0\2\x14\4", 30);
  peer = arena_enter (&arena, RAW_EXTENDED);
  raw_peer_send (peer, all, length);
  arena_assert_expelled (&arena, peer, "");
  arena_clear (&arena);
}

static void
shorten_upgrade (MeirPeerLimits *limits)
{
  limits->upgrade_usec = G_USEC_PER_SEC / 2;
}

/* Asks for blocks and does not read them, so that the go-ahead cannot be sent, and goes on sending: what it
 * sends stays in the socket. */
static void
test_upgrade_flood (void)
{
  const gsize length = 256u << 20;
  g_autofree guint8 *flood = g_malloc0 (length);
  gsize sent, before;
  RawPeer *peer;
  Arena arena;

  arena_init (&arena, MEIR_TLS_PREFER);
  peer = arena_enter (&arena, RAW_EXTENDED | RAW_FAST);
  raw_peer_extended (peer, 0, "d1:md6:mt_tlsi9eee", 18);
  arena_get_unchoked (peer);
  for (guint i = 0; i < 2000; i++) {
    guint8 message[MEIR_MESSAGE_ENCODED_MAX];

    raw_peer_push (
        peer, message,
        meir_message_encode_request (message, i % ARENA_HALF, i / ARENA_HALF * 64, MEIR_BLOCK_LENGTH));
  }
  session_run_for (300);
  before = arena_get_resident_bytes ();
  raw_peer_push (peer, "\0\0\0\2\x14\4", 6);
  sent = raw_peer_push (peer, flood, length);
  g_assert_cmpuint (sent, <, length);
  g_assert_cmpuint (arena_get_resident_bytes (), <, before + (32u << 20));
  arena_tighten (&arena, shorten_upgrade);
  while (!arena_has_parted (&arena, peer, "Did not go on with the upgrade"))
    session_run_for (50);
  raw_peer_free (peer);
  arena_clear (&arena);
}

/* As the one who was dialled. */
static void
test_upgrade_of_dialled (void)
{
  RawPeer *peer;
  Arena arena;

  arena_init (&arena, MEIR_TLS_PREFER);
  /* It is not the responder's to begin. */
  peer = arena_be_dialled (&arena, RAW_EXTENDED);
  raw_peer_extended (peer, 0, "d1:mdee", 7);
  raw_peer_extended (peer, MT_TLS, NULL, 0);
  raw_peer_assert_closed (peer);
  raw_peer_free (peer);

  /* Asked for, and answered with something that is no TLS. */
  peer = arena_be_dialled (&arena, RAW_EXTENDED);
  raw_peer_extended (peer, 0, "d1:md6:mt_tlsi9eee", 18);
  assert_go_ahead (peer);
  raw_peer_send (peer, "\0\0\0\2\x14\4\0\0\0\2\x14\4zzzzzzzzzz", 22);
  raw_peer_assert_closed (peer);
  raw_peer_free (peer);

  /* Asked for, and never answered, while it chats on. */
  arena_tighten (&arena, shorten_upgrade);
  peer = arena_be_dialled (&arena, RAW_EXTENDED);
  raw_peer_extended (peer, 0, "d1:md6:mt_tlsi9eee", 18);
  assert_go_ahead (peer);
  while (!peer->ended) {
    raw_peer_state (peer, MEIR_MESSAGE_INTERESTED);
    session_run_for (50);
    raw_peer_poll (peer);
  }
  while (strstr (arena.fixture->log->str, "Did not go on with the upgrade") == NULL)
    session_run_for (20);
  raw_peer_free (peer);
  arena_clear (&arena);
}

/* Upgraded as it should be, and then asks for it again, inside TLS. */
static void
test_upgrade_twice (void)
{
  RawTls tls = { .protocol = MEIR_TLS_PROTOCOL };
  guint8 ours[MEIR_TLS_PROOF_LENGTH], theirs[MEIR_TLS_PROOF_LENGTH], byte;
  RawPeer *peer;
  Arena arena;

  arena_init (&arena, MEIR_TLS_PREFER);
  peer = arena_enter (&arena, RAW_EXTENDED);
  raw_peer_extended (peer, 0, "d1:md6:mt_tlsi9eee", 18);
  raw_peer_extended (peer, MT_TLS, NULL, 0);
  assert_go_ahead (peer);
  raw_tls_start (&tls, peer->fd);
  raw_tls_wait (&tls);
  g_assert_cmpint (tls.result, ==, 0);
  meir_tls_proof_encode (ours, arena.info_hash, tls.binding, MEIR_TLS_ROLE_INITIATOR, peer->id);
  raw_tls_send (&tls, ours, sizeof ours);
  g_assert_true (raw_tls_receive (&tls, theirs, sizeof theirs));
  g_assert_true (meir_tls_proof_check (theirs, arena.info_hash, tls.binding, MEIR_TLS_ROLE_RESPONDER));
  g_assert_false (arena_has_parted (&arena, peer, ""));
  raw_tls_send (&tls, "\0\0\0\2\x14\4", 6);
  while (raw_tls_receive (&tls, &byte, 1))
    continue;
  raw_tls_clear (&tls);
  arena_assert_expelled (&arena, peer, "TLS upgrade out of turn");
  arena_clear (&arena);
}

/* Whoever cannot prove that it knows the torrent, or proves to be another peer than it was in clear. */
static void
test_upgrade_without_proof (void)
{
  for (guint i = 0; i < 2; i++) {
    RawTls tls = { .protocol = MEIR_TLS_PROTOCOL };
    guint8 proof[MEIR_TLS_PROOF_LENGTH], byte;
    MeirInfoHash other;
    RawPeer *peer;
    Arena arena;

    arena_init (&arena, MEIR_TLS_PREFER);
    other = *arena.info_hash;
    peer = arena_enter (&arena, RAW_EXTENDED);
    raw_peer_extended (peer, 0, "d1:md6:mt_tlsi9eee", 18);
    raw_peer_extended (peer, MT_TLS, NULL, 0);
    assert_go_ahead (peer);
    raw_tls_start (&tls, peer->fd);
    raw_tls_wait (&tls);
    if (i == 0)
      other.bytes[0] ^= 1;
    else
      peer->id[0] ^= 1;
    meir_tls_proof_encode (proof, &other, tls.binding, MEIR_TLS_ROLE_INITIATOR, peer->id);
    raw_tls_send (&tls, proof, sizeof proof);
    g_assert_false (raw_tls_receive (&tls, &byte, 1));
    raw_tls_clear (&tls);
    arena_assert_expelled (&arena, peer, i == 0 ? "could not prove" : "became another peer");
    arena_clear (&arena);
  }
}

static void
test_upgrade_when_off (void)
{
  RawPeer *peer;
  Arena arena;

  arena_init (&arena, MEIR_TLS_OFF);
  peer = arena_enter (&arena, RAW_EXTENDED);
  raw_peer_extended (peer, 0, "d1:md6:mt_tlsi9eee", 18);
  raw_peer_extended (peer, MT_TLS, NULL, 0);
  arena_assert_expelled (&arena, peer, "TLS upgrade out of turn");
  arena_clear (&arena);
}

int
main (int argc, char **argv)
{
  meir_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/peer-extension/cases", test_cases);
  g_test_add_func ("/peer-extension/large", test_large);
  g_test_add_func ("/peer-extension/client-name", test_client_name);
  g_test_add_func ("/peer-extension/upgrade/abuse", test_upgrade_abuse);
  g_test_add_func ("/peer-extension/upgrade/flood", test_upgrade_flood);
  g_test_add_func ("/peer-extension/upgrade/of-dialled", test_upgrade_of_dialled);
  g_test_add_func ("/peer-extension/upgrade/twice", test_upgrade_twice);
  g_test_add_func ("/peer-extension/upgrade/without-proof", test_upgrade_without_proof);
  g_test_add_func ("/peer-extension/upgrade/when-off", test_upgrade_when_off);
  return g_test_run ();
}
