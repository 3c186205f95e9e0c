/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire/meir-extension.h"

#include <string.h>

static MeirExtensionHandshake
decode (const char *payload)
{
  MeirExtensionHandshake handshake;
  const char *fault = NULL;

  meir_extension_handshake_init (&handshake);
  g_assert_true (
      meir_extension_handshake_decode (&handshake, (const guint8 *) payload, strlen (payload), &fault));
  g_assert_null (fault);
  return handshake;
}

static void
test_decode (void)
{
  MeirExtensionHandshake handshake =
      decode ("d1:md11:lt_donthavei7e6:mt_tlsi4e11:ut_metadatai3e6:ut_pexi1ee13:metadata_sizei31235e1:pi6881e"
              "4:reqqi500e11:upload_onlyi1e1:v16:libtorrent 2.0.86:yourip4:\x01\x02\x03\x04"
              "e");

  g_assert_cmpuint (handshake.lt_donthave, ==, 7);
  g_assert_cmpuint (handshake.mt_tls, ==, 4);
  g_assert_cmpuint (handshake.ut_metadata, ==, 3);
  g_assert_cmpuint (handshake.ut_pex, ==, 1);
  g_assert_cmpuint (handshake.metadata_size, ==, 31235);
  g_assert_cmpuint (handshake.port, ==, 6881);
  g_assert_cmpuint (handshake.reqq, ==, 500);
  g_assert_true (handshake.upload_only);
  g_assert_cmpstr (handshake.client, ==, "libtorrent 2.0.8");
  g_assert_true (meir_endpoint_equal (&handshake.your_ip, &(MeirEndpoint){ { 1, 2, 3, 4 }, 0, 4 }));
}

static void
test_empty (void)
{
  MeirExtensionHandshake handshake = decode ("de");
  MeirExtensionHandshake initial;

  meir_extension_handshake_init (&initial);
  g_assert_cmpuint (initial.reqq, ==, MEIR_REQUEST_QUEUE_ASSUMED);
  g_assert_cmpmem (&handshake, sizeof handshake, &initial, sizeof initial);
}

/* E04, E05, E20: what is out of range says nothing. */
static void
test_out_of_range (void)
{
  static const char *ignored[] = {
    "d1:md11:ut_metadatai-1eee",
    "d1:md11:ut_metadatai256eee",
    "d1:md11:ut_metadatai99999999999999999999eee",
    "d1:md11:ut_metadata1:3ee",
    "d1:mi5ee",
    "d1:mle1:v0:e",
    "d1:m3:abce",
    "d13:metadata_sizei0ee",
    "d13:metadata_sizei-1ee",
    "d13:metadata_sizei2147483648ee",
    "d13:metadata_sizei4611686018427387904ee",
    "d13:metadata_sizei33554433ee",
    "d13:metadata_size1:5e",
    "d1:pi0ee",
    "d1:pi-1ee",
    "d1:pi65536ee",
    "d4:reqqi0ee",
    "d4:reqqi-1ee",
    "d4:reqqlee",
    "d6:yourip3:abce",
    "d6:yourip5:abcdee",
    "d6:yourip17:aaaaaaaaaaaaaaaaae",
    "d6:youripi1ee",
    "d1:vi1ee",
    "d11:upload_onlyi0ee",
    "d11:upload_only1:1e",
    "d3:foo3:bare",
  };
  MeirExtensionHandshake initial;

  meir_extension_handshake_init (&initial);
  for (gsize i = 0; i < G_N_ELEMENTS (ignored); i++) {
    MeirExtensionHandshake handshake = decode (ignored[i]);

    g_test_message ("%s", ignored[i]);
    g_assert_cmpmem (&handshake, sizeof handshake, &initial, sizeof initial);
  }
}

static void
test_edges (void)
{
  g_assert_cmpuint (decode ("d1:md6:mt_tlsi255eee").mt_tls, ==, 255);
  g_assert_cmpuint (decode ("d1:md6:mt_tlsi1e6:mt_tlsi2eee").mt_tls, ==, 1); /* E04: the first counts */
  g_assert_cmpuint (decode ("d13:metadata_sizei33554432ee").metadata_size, ==, MEIR_METADATA_MAX);
  g_assert_cmpuint (decode ("d13:metadata_sizei1ee").metadata_size, ==, 1);
  g_assert_cmpuint (decode ("d4:reqqi2001ee").reqq, ==, 2000);
  g_assert_cmpuint (decode ("d4:reqqi2147483648ee").reqq, ==, 2000);
  g_assert_cmpuint (decode ("d4:reqqi99999999999999999999999ee").reqq, ==, 2000);
  g_assert_cmpuint (decode ("d4:reqqi1ee").reqq, ==, 1);
  g_assert_cmpuint (decode ("d1:pi65535ee").port, ==, 65535);
  g_assert_cmpuint (decode ("d6:yourip16:abcdefghijklmnope").your_ip.family, ==, 6);
}

/* BEP 10: a later handshake changes what it names, and 0 switches off. */
static void
test_second_handshake (void)
{
  static const char first[] = "d1:md6:mt_tlsi4e11:ut_metadatai3ee4:reqqi100e1:v1:ae";
  static const char second[] = "d1:md11:ut_metadatai0e6:ut_pexi9eee";
  MeirExtensionHandshake handshake;
  const char *fault;

  meir_extension_handshake_init (&handshake);
  g_assert_true (
      meir_extension_handshake_decode (&handshake, (const guint8 *) first, strlen (first), &fault));
  g_assert_true (
      meir_extension_handshake_decode (&handshake, (const guint8 *) second, strlen (second), &fault));
  g_assert_cmpuint (handshake.ut_metadata, ==, 0);
  g_assert_cmpuint (handshake.mt_tls, ==, 4);
  g_assert_cmpuint (handshake.ut_pex, ==, 9);
  g_assert_cmpuint (handshake.reqq, ==, 100);
  g_assert_cmpstr (handshake.client, ==, "a");
}

/* E19 */
static void
test_client_name (void)
{
  g_autoptr (GString) payload = g_string_new ("d1:v60000:\033[2J<b>\xe2\x80\xae");
  MeirExtensionHandshake handshake;

  while (payload->len < strlen ("d1:v60000:") + 60000)
    g_string_append (payload, "\xf0\x9f\x90\xa7"); /* four bytes a character: the most the field must hold */
  g_string_truncate (payload, strlen ("d1:v60000:") + 60000);
  g_string_append (payload, "e");
  handshake = decode (payload->str);
  g_assert_true (g_utf8_validate (handshake.client, -1, NULL));
  g_assert_cmpint (g_utf8_strlen (handshake.client, -1), ==, 64);
  g_assert_true (g_str_has_prefix (handshake.client, "\xef\xbf\xbd[2J<b>\xef\xbf\xbd"));
  g_assert_true (g_str_has_suffix (handshake.client, "\xe2\x80\xa6"));
}

/* E01, E02, E03 */
static void
test_refuses (void)
{
  static const char *bad[] = { "", "i1e", "le", "3:abc", "x", "d", "d1:v", "d1:ve", "<html>" };
  g_autofree char *nest = g_strnfill (20000, 'l');
  g_autofree char *large = g_strnfill (MEIR_EXTENSION_HANDSHAKE_MAX + 1, 'e');
  MeirExtensionHandshake handshake, initial;
  const char *fault;

  meir_extension_handshake_init (&initial);
  handshake = initial;
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    fault = NULL;
    g_assert_false (
        meir_extension_handshake_decode (&handshake, (const guint8 *) bad[i], strlen (bad[i]), &fault));
    g_assert_cmpstr (fault, ==, "Sent an extension handshake that is not a dictionary");
  }
  memset (nest + 10000, 'e', 10000);
  g_assert_false (meir_extension_handshake_decode (&handshake, (const guint8 *) nest, 20000, &fault));
  memcpy (large, "de", 2);
  g_assert_false (meir_extension_handshake_decode (&handshake, (const guint8 *) large,
                                                   MEIR_EXTENSION_HANDSHAKE_MAX + 1, &fault));
  g_assert_cmpstr (fault, ==, "Sent an extension handshake of more than 64 KiB");
  g_assert_true (meir_extension_handshake_decode (&handshake, (const guint8 *) large,
                                                  MEIR_EXTENSION_HANDSHAKE_MAX, &fault));
  g_assert_cmpmem (&handshake, sizeof handshake, &initial, sizeof initial);
}

static void
test_encode (void)
{
  MeirExtensionHandshake handshake;
  guint8 buffer[MEIR_EXTENSION_HANDSHAKE_ENCODED_MAX];
  gsize length;

  memset (&handshake, 0, sizeof handshake);
  g_assert_cmpmem (buffer, meir_extension_handshake_encode (&handshake, buffer), "d1:mdee", 7);

  handshake.ut_metadata = MEIR_EXTENSION_UT_METADATA;
  handshake.mt_tls = MEIR_EXTENSION_MT_TLS;
  handshake.reqq = 2048;
  handshake.metadata_size = 77;
  g_strlcpy (handshake.client, "MeirTorrent 0.1", sizeof handshake.client);
  length = meir_extension_handshake_encode (&handshake, buffer);
  g_assert_cmpmem (
      buffer, length,
      "d1:md6:mt_tlsi4e11:ut_metadatai1ee13:metadata_sizei77e4:reqqi2048e1:v15:MeirTorrent 0.1e",
      strlen ("d1:md6:mt_tlsi4e11:ut_metadatai1ee13:metadata_sizei77e4:reqqi2048e1:v15:MeirTorrent 0.1e"));
}

static void
test_round_trip (void)
{
  MeirExtensionHandshake handshake, back;
  guint8 buffer[MEIR_EXTENSION_HANDSHAKE_ENCODED_MAX];
  const char *fault;
  gsize length;

  memset (&handshake, 0, sizeof handshake);
  handshake.ut_metadata = handshake.ut_pex = handshake.lt_donthave = handshake.mt_tls = 255;
  handshake.upload_only = TRUE;
  handshake.reqq = MEIR_EXTENSION_REQQ_MAX;
  handshake.metadata_size = MEIR_METADATA_MAX;
  handshake.port = 65535;
  memset (&handshake.your_ip, 0, sizeof handshake.your_ip);
  handshake.your_ip.family = 6;
  memset (handshake.your_ip.bytes, 0xfd, 16);
  for (guint i = 0; i < 64; i++) /* the longest name fits */
    memcpy (handshake.client + 4 * i, "\xf0\x9f\x90\xa7", 4);
  length = meir_extension_handshake_encode (&handshake, buffer);
  g_assert_cmpuint (length, <=, sizeof buffer);
  meir_extension_handshake_init (&back);
  g_assert_true (meir_extension_handshake_decode (&back, buffer, length, &fault));
  g_assert_true (meir_endpoint_equal (&back.your_ip, &handshake.your_ip));
  back.your_ip = handshake.your_ip; /* what pads it may differ */
  g_assert_cmpmem (&back, sizeof back, &handshake, sizeof handshake);
}

/* E22 */
static void
test_donthave (void)
{
  guint8 buffer[MEIR_EXTENSION_DONTHAVE_SIZE];
  guint32 piece = 0;

  g_assert_cmpmem (buffer, meir_extension_donthave_encode (buffer, 7, 0x102), "\0\0\0\6\x14\7\0\0\1\2", 10);
  g_assert_true (meir_extension_donthave_decode (buffer + 6, 4, 0x103, &piece));
  g_assert_cmpuint (piece, ==, 0x102);
  g_assert_false (meir_extension_donthave_decode (buffer + 6, 4, 0x102, &piece));
  g_assert_false (meir_extension_donthave_decode (buffer + 6, 3, 0x103, &piece));
  g_assert_false (meir_extension_donthave_decode (buffer + 5, 5, 0x103, &piece));
  g_assert_false (meir_extension_donthave_decode (buffer, 0, 0x103, &piece));
}

static void
test_tls (void)
{
  guint8 buffer[MEIR_EXTENSION_TLS_SIZE];

  g_assert_cmpmem (buffer, meir_extension_tls_encode (buffer, 9), "\0\0\0\2\x14\x09", 6);
  g_assert_true (meir_extension_tls_decode (buffer + 6, 0));
  g_assert_false (meir_extension_tls_decode (buffer, 1));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/extension/decode", test_decode);
  g_test_add_func ("/extension/empty", test_empty);
  g_test_add_func ("/extension/out-of-range", test_out_of_range);
  g_test_add_func ("/extension/edges", test_edges);
  g_test_add_func ("/extension/second-handshake", test_second_handshake);
  g_test_add_func ("/extension/client-name", test_client_name);
  g_test_add_func ("/extension/refuses", test_refuses);
  g_test_add_func ("/extension/encode", test_encode);
  g_test_add_func ("/extension/round-trip", test_round_trip);
  g_test_add_func ("/extension/donthave", test_donthave);
  g_test_add_func ("/extension/tls", test_tls);
  return g_test_run ();
}
