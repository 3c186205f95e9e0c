/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire/meir-ut-metadata.h"

#include "wire/meir-message.h"

#include <string.h>

/* Two blocks, the second of 100 bytes. */
#define SIZE (MEIR_METADATA_BLOCK_LENGTH + 100u)

static MeirUtMetadataResult
decode (MeirUtMetadata *message, const char *text, gsize n_data, guint32 metadata_size, const char **fault)
{
  g_autofree guint8 *payload = g_malloc0 (strlen (text) + n_data + 1);
  MeirUtMetadataResult result;

  *fault = NULL;
  memcpy (payload, text, strlen (text));
  memset (payload + strlen (text), 'x', n_data);
  result = meir_ut_metadata_decode (message, payload, strlen (text) + n_data, metadata_size, fault);
  if (message->data != NULL) /* of the payload, which ends here */
    g_assert_true (message->data == payload + strlen (text));
  g_assert_cmpint (result == MEIR_UT_METADATA_BAD, ==, *fault != NULL);
  return result;
}

static void
test_blocks (void)
{
  g_assert_cmpuint (meir_ut_metadata_count_blocks (0), ==, 0);
  g_assert_cmpuint (meir_ut_metadata_count_blocks (1), ==, 1);
  g_assert_cmpuint (meir_ut_metadata_count_blocks (16384), ==, 1);
  g_assert_cmpuint (meir_ut_metadata_count_blocks (16385), ==, 2);
  g_assert_cmpuint (meir_ut_metadata_count_blocks (G_MAXUINT32), ==, 262144);
  g_assert_cmpuint (meir_ut_metadata_get_block_length (SIZE, 0), ==, 16384);
  g_assert_cmpuint (meir_ut_metadata_get_block_length (SIZE, 1), ==, 100);
  g_assert_cmpuint (meir_ut_metadata_get_block_length (16384, 0), ==, 16384);
  g_assert_cmpuint (meir_ut_metadata_get_block_length (1, 0), ==, 1);
}

static void
test_decode (void)
{
  MeirUtMetadata message;
  const char *fault;

  g_assert_cmpint (decode (&message, "d8:msg_typei0e5:piecei1ee", 0, SIZE, &fault), ==, MEIR_UT_METADATA_OK);
  g_assert_cmpint (message.type, ==, MEIR_UT_METADATA_REQUEST);
  g_assert_cmpuint (message.block, ==, 1);

  g_assert_cmpint (decode (&message, "d8:msg_typei2e5:piecei0ee", 0, SIZE, &fault), ==, MEIR_UT_METADATA_OK);
  g_assert_cmpint (message.type, ==, MEIR_UT_METADATA_REJECT);

  g_assert_cmpint (decode (&message, "d8:msg_typei1e5:piecei1e10:total_sizei16484ee", 100, SIZE, &fault), ==,
                   MEIR_UT_METADATA_OK);
  g_assert_cmpint (message.type, ==, MEIR_UT_METADATA_DATA);
  g_assert_cmpuint (message.total_size, ==, SIZE);
  g_assert_cmpuint (message.data_length, ==, 100);
  g_assert_cmpint (decode (&message, "d8:msg_typei1e5:piecei0e10:total_sizei16484ee", 16384, SIZE, &fault),
                   ==, MEIR_UT_METADATA_OK);
  g_assert_cmpuint (message.data_length, ==, 16384);

  /* Foreign clients: keys in any order, keys we do not know. */
  g_assert_cmpint (decode (&message, "d5:piecei1e3:foo3:bar8:msg_typei0ee", 0, SIZE, &fault), ==,
                   MEIR_UT_METADATA_OK);
  g_assert_cmpuint (message.block, ==, 1);
}

static void
test_ignores (void)
{
  static const struct {
    const char *text;
    gsize n_data;
    guint32 metadata_size;
  } cases[] = {
    { "d8:msg_typei3e5:piecei1ee", 0, SIZE }, /* BEP 9: unknown types are for later */
    { "d8:msg_typei-1e5:piecei1ee", 0, SIZE },
    { "d8:msg_typei1e5:piecei1e10:total_sizei16485ee", 100, SIZE }, /* E08 */
    { "d8:msg_typei1e5:piecei1e10:total_sizei-1ee", 100, SIZE },
    { "d8:msg_typei1e5:piecei1ee", 100, SIZE },
    { "d8:msg_typei1e5:piecei0e10:total_sizei100ee", 100, 0 }, /* it never announced a size */
    { "d8:msg_typei1e5:piecei0e10:total_sizei0ee", 0, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    MeirUtMetadata message;
    const char *fault;

    g_test_message ("%s", cases[i].text);
    g_assert_cmpint (decode (&message, cases[i].text, cases[i].n_data, cases[i].metadata_size, &fault), ==,
                     MEIR_UT_METADATA_IGNORE);
    g_assert_null (message.data);
  }
}

static void
test_refuses (void)
{
  static const struct {
    const char *text;
    gsize n_data;
    guint32 metadata_size;
  } cases[] = {
    { "", 0, SIZE },
    { "i1e", 0, SIZE },
    { "le", 0, SIZE },
    { "d8:msg_type1:0e", 0, SIZE },
    { "d5:piecei0ee", 0, SIZE },
    { "d8:msg_typei0ee", 0, SIZE },
    { "d8:msg_typei0e5:piecei2ee", 0, SIZE },  /* E07 */
    { "d8:msg_typei0e5:piecei-1ee", 0, SIZE }, /* E07 */
    { "d8:msg_typei2e5:piecei2ee", 0, SIZE },
    { "d8:msg_typei0e5:piecei9223372036854775807ee", 0, SIZE },
    { "d8:msg_typei0e5:piecei99999999999999999999ee", 0, SIZE },
    { "d8:msg_typei0e5:piecei2048ee", 0, 0 }, /* 32 MiB have 2048 blocks */
    { "d8:msg_typei1e5:piecei2e10:total_sizei16484ee", 100, SIZE },
    { "d8:msg_typei1e5:piecei1e10:total_sizei16484ee", 99, SIZE },
    { "d8:msg_typei1e5:piecei1e10:total_sizei16484ee", 101, SIZE },
    { "d8:msg_typei1e5:piecei1e10:total_sizei16484ee", 0, SIZE },
    { "d8:msg_typei1e5:piecei0e10:total_sizei16484ee", 100, SIZE },
  };
  g_autofree char *nest = g_strnfill (20000, 'd');
  MeirUtMetadata message;
  const char *fault;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_test_message ("%s", cases[i].text);
    g_assert_cmpint (decode (&message, cases[i].text, cases[i].n_data, cases[i].metadata_size, &fault), ==,
                     MEIR_UT_METADATA_BAD);
  }
  g_assert_cmpint (decode (&message, nest, 0, SIZE, &fault), ==, MEIR_UT_METADATA_BAD);
  g_assert_cmpint (decode (&message, "d8:msg_typei0e5:piecei2047ee", 0, 0, &fault), ==, MEIR_UT_METADATA_OK);
}

static void
test_encode (void)
{
  guint8 buffer[MEIR_UT_METADATA_ENCODED_MAX];
  MeirUtMetadata message = { .type = MEIR_UT_METADATA_REQUEST, .block = 3 };
  static const char request[] = "\0\0\0\x1b\x14\7d8:msg_typei0e5:piecei3ee";

  g_assert_cmpmem (buffer, meir_ut_metadata_encode (&message, 7, buffer), request, sizeof request - 1);
  message.type = MEIR_UT_METADATA_REJECT;
  g_assert_cmpuint (meir_ut_metadata_encode (&message, 7, buffer), ==, sizeof request - 1);
  g_assert_cmpint (buffer[18], ==, '2');
}

/* Each message through the frame decoder and back, the largest there is among them. */
static void
test_round_trip (void)
{
  static const MeirMessageLimits limits = { .fast = TRUE };
  static const MeirUtMetadata messages[] = {
    { .type = MEIR_UT_METADATA_REQUEST, .block = 0 },
    { .type = MEIR_UT_METADATA_REJECT, .block = 2047 },
    { .type = MEIR_UT_METADATA_DATA, .block = 2047, .total_size = MEIR_METADATA_MAX, .data_length = 16384 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (messages); i++) {
    g_autofree guint8 *frame = g_malloc0 (MEIR_UT_METADATA_ENCODED_MAX + 16384);
    gsize length = meir_ut_metadata_encode (&messages[i], 255, frame);
    MeirMessage outer;
    MeirUtMetadata back;
    const char *fault;

    g_assert_cmpuint (length, <=, MEIR_UT_METADATA_ENCODED_MAX);
    length += messages[i].data_length;
    g_assert_cmpint (meir_message_decode (frame, length, &limits, &outer), ==, MEIR_MESSAGE_OK);
    g_assert_cmpuint (outer.frame_length, ==, length);
    g_assert_cmpuint (outer.extended_id, ==, 255);
    g_assert_cmpint (
        meir_ut_metadata_decode (&back, outer.payload, outer.payload_length, MEIR_METADATA_MAX, &fault), ==,
        MEIR_UT_METADATA_OK);
    g_assert_cmpint (back.type, ==, messages[i].type);
    g_assert_cmpuint (back.block, ==, messages[i].block);
    g_assert_cmpuint (back.total_size, ==, messages[i].total_size);
    g_assert_cmpuint (back.data_length, ==, messages[i].data_length);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ut-metadata/blocks", test_blocks);
  g_test_add_func ("/ut-metadata/decode", test_decode);
  g_test_add_func ("/ut-metadata/ignores", test_ignores);
  g_test_add_func ("/ut-metadata/refuses", test_refuses);
  g_test_add_func ("/ut-metadata/encode", test_encode);
  g_test_add_func ("/ut-metadata/round-trip", test_round_trip);
  return g_test_run ();
}
