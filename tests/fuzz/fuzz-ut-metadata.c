/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz-target.h"

#include "wire/meir-message.h"
#include "wire/meir-ut-metadata.h"

/* The first byte chooses how long the metadata is said to be. */
static const guint32 sizes[] = { 0, 1, 100, 16384, 16484, MEIR_METADATA_MAX };

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t length)
{
  guint8 encoded[MEIR_UT_METADATA_ENCODED_MAX];
  const char *fault = NULL;
  MeirUtMetadata message;
  guint32 size;

  if (length == 0)
    return 0;
  size = sizes[bytes[0] % G_N_ELEMENTS (sizes)];
  switch (meir_ut_metadata_decode (&message, bytes + 1, length - 1, size, &fault)) {
  case MEIR_UT_METADATA_BAD:
    g_assert_true (fault != NULL);
    break;
  case MEIR_UT_METADATA_IGNORE:
    break;
  case MEIR_UT_METADATA_OK:
    g_assert_true (message.block < meir_ut_metadata_count_blocks (size > 0 ? size : MEIR_METADATA_MAX));
    if (message.data != NULL) {
      g_assert_true (message.data_length == meir_ut_metadata_get_block_length (size, message.block));
      g_assert_true (message.data + message.data_length == bytes + length);
    }
    g_assert_true (meir_ut_metadata_encode (&message, 1, encoded) <= sizeof encoded);
    break;
  default:
    g_assert_not_reached ();
  }
  return 0;
}
