/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire/meir-tls-proof.h"

#include <string.h>

static MeirInfoHash info_hash;
static guint8 binding[MEIR_TLS_BINDING_LENGTH];
static const guint8 *peer_id = (const guint8 *) "-MT0100-abcdefghijkl";

static void
set_up (void)
{
  g_assert_true (meir_info_hash_parse (&info_hash, "000102030405060708090a0b0c0d0e0f10111213"));
  for (gsize i = 0; i < sizeof binding; i++)
    binding[i] = (guint8) (0xa0 + i);
}

/* The test vector of src/engine/net/TLS-BETWEEN-PEERS.md. */
static void
test_vector (void)
{
  static const char *expected[] = {
    "012d4d54303130302d6162636465666768696a6b6c"
    "4e92b24900ba428db61cf7784920792a4919a92e36dd253f35e71b5e48a0dce1",
    "012d4d54303130302d6162636465666768696a6b6c"
    "7af02a97d804b072e2097b59c520dd277ad0d6ddb9466d4d790edd6cd0149757",
  };
  guint8 key[MEIR_SHA256_LENGTH];
  g_autofree char *key_hex = NULL;

  meir_hkdf_sha256 (info_hash.bytes, sizeof info_hash.bytes, "MeirTorrent bind v1", key);
  key_hex = meir_hex_encode (key, sizeof key);
  g_assert_cmpstr (key_hex, ==, "9154d692751780674ee38a722c1030b15a9d0caddddeb59134fb897ec5e7cc8d");
  for (MeirTlsRole role = MEIR_TLS_ROLE_INITIATOR; role <= MEIR_TLS_ROLE_RESPONDER; role++) {
    guint8 record[MEIR_TLS_PROOF_LENGTH];
    g_autofree char *hex = NULL;

    meir_tls_proof_encode (record, &info_hash, binding, role, peer_id);
    hex = meir_hex_encode (record, sizeof record);
    g_assert_cmpstr (hex, ==, expected[role]);
  }
}

static void
assert_in_page (const char *page, const guint8 *bytes, gsize length)
{
  g_autofree char *hex = meir_hex_encode (bytes, length);

  g_assert_nonnull (strstr (page, hex));
}

/* Another client is written from that page: its vector is what this code computes. */
static void
test_page (void)
{
  g_autofree char *path =
      g_test_build_filename (G_TEST_DIST, "..", "src", "engine", "net", "TLS-BETWEEN-PEERS.md", NULL);
  g_autofree char *page = NULL;
  g_autoptr (GError) error = NULL;
  guint8 key[MEIR_SHA256_LENGTH];
  guint8 record[MEIR_TLS_PROOF_LENGTH];

  g_file_get_contents (path, &page, NULL, &error);
  g_assert_no_error (error);
  meir_hkdf_sha256 (info_hash.bytes, sizeof info_hash.bytes, "MeirTorrent bind v1", key);
  assert_in_page (page, info_hash.bytes, sizeof info_hash.bytes);
  assert_in_page (page, binding, sizeof binding);
  assert_in_page (page, key, sizeof key);
  for (MeirTlsRole role = MEIR_TLS_ROLE_INITIATOR; role <= MEIR_TLS_ROLE_RESPONDER; role++) {
    meir_tls_proof_encode (record, &info_hash, binding, role, peer_id);
    assert_in_page (page, record, 1 + MEIR_PEER_ID_LENGTH);
    assert_in_page (page, record + 1 + MEIR_PEER_ID_LENGTH, MEIR_SHA256_LENGTH);
  }
}

static void
test_check (void)
{
  guint8 record[MEIR_TLS_PROOF_LENGTH];

  meir_tls_proof_encode (record, &info_hash, binding, MEIR_TLS_ROLE_INITIATOR, peer_id);
  g_assert_true (meir_tls_proof_check (record, &info_hash, binding, MEIR_TLS_ROLE_INITIATOR));
  g_assert_cmpmem (meir_tls_proof_get_peer_id (record), 20, peer_id, 20);
  /* Reflected: a proof of the one role is none of the other. */
  g_assert_false (meir_tls_proof_check (record, &info_hash, binding, MEIR_TLS_ROLE_RESPONDER));
}

/* S15, S16: another torrent, another connection, another peer id, another version, any flipped bit. */
static void
test_any_change_fails (void)
{
  guint8 record[MEIR_TLS_PROOF_LENGTH];

  meir_tls_proof_encode (record, &info_hash, binding, MEIR_TLS_ROLE_RESPONDER, peer_id);
  for (gsize bit = 0; bit < sizeof record * 8; bit++) {
    record[bit / 8] ^= (guint8) (1 << bit % 8);
    g_assert_false (meir_tls_proof_check (record, &info_hash, binding, MEIR_TLS_ROLE_RESPONDER));
    record[bit / 8] ^= (guint8) (1 << bit % 8);
  }
  for (gsize bit = 0; bit < sizeof binding * 8; bit++) {
    guint8 other[MEIR_TLS_BINDING_LENGTH];

    memcpy (other, binding, sizeof other);
    other[bit / 8] ^= (guint8) (1 << bit % 8);
    g_assert_false (meir_tls_proof_check (record, &info_hash, other, MEIR_TLS_ROLE_RESPONDER));
  }
  for (gsize bit = 0; bit < sizeof info_hash.bytes * 8; bit++) {
    MeirInfoHash other = info_hash;

    other.bytes[bit / 8] ^= (guint8) (1 << bit % 8);
    g_assert_false (meir_tls_proof_check (record, &other, binding, MEIR_TLS_ROLE_RESPONDER));
  }
  g_assert_true (meir_tls_proof_check (record, &info_hash, binding, MEIR_TLS_ROLE_RESPONDER));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  set_up ();
  g_test_add_func ("/tls-proof/vector", test_vector);
  g_test_add_func ("/tls-proof/page", test_page);
  g_test_add_func ("/tls-proof/check", test_check);
  g_test_add_func ("/tls-proof/any-change-fails", test_any_change_fails);
  return g_test_run ();
}
