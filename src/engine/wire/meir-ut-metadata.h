/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-limits.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * MeirUtMetadataType:
 *
 * msg_type of a metadata message (BEP 9).
 */
typedef enum {
  MEIR_UT_METADATA_REQUEST = 0,
  MEIR_UT_METADATA_DATA = 1,
  MEIR_UT_METADATA_REJECT = 2,
} MeirUtMetadataType;

/**
 * MeirUtMetadata:
 * @type: which message
 * @block: which block of MEIR_METADATA_BLOCK_LENGTH bytes ("piece" in BEP 9)
 * @total_size: data: length of the whole info dictionary, bytes; else 0
 * @data: data: the block's bytes, in the caller's payload; else NULL
 * @data_length: bytes there, exactly those of the block
 *
 * A message of ut_metadata (BEP 9). A plain value.
 */
typedef struct {
  MeirUtMetadataType type;
  guint32 block;
  guint32 total_size;
  const guint8 *data;
  guint32 data_length;
} MeirUtMetadata;

/**
 * MeirUtMetadataResult:
 * @MEIR_UT_METADATA_OK: decoded
 * @MEIR_UT_METADATA_IGNORE: nothing to do, nothing to hold against the peer for long: an unknown msg_type
 * (BEP 9 asks for that), or data of another total size than it announced
 * @MEIR_UT_METADATA_BAD: close the connection
 */
typedef enum {
  MEIR_UT_METADATA_OK,
  MEIR_UT_METADATA_IGNORE,
  MEIR_UT_METADATA_BAD,
} MeirUtMetadataResult;

/* Blocks of an info dictionary of @metadata_size bytes, and the length of one of them. */
guint32 meir_ut_metadata_count_blocks (guint32 metadata_size);
guint32 meir_ut_metadata_get_block_length (guint32 metadata_size, guint32 block);

/**
 * meir_ut_metadata_decode:
 * @payload: what follows the extended id in the message
 * @metadata_size: length of the info dictionary, bytes: for a request, ours; for data and reject, what this
 * peer announced. 0 when not known: then the index is checked against MEIR_METADATA_MAX, and data is ignored
 * @fault: (out) (transfer none): with BAD, what is wrong, static text
 */
MeirUtMetadataResult meir_ut_metadata_decode (MeirUtMetadata *message, const guint8 *payload, gsize length,
                                              guint32 metadata_size, const char **fault);

/* Room for a whole message but the data's bytes. */
#define MEIR_UT_METADATA_ENCODED_MAX 96u

/**
 * meir_ut_metadata_encode:
 * @buffer: room for MEIR_UT_METADATA_ENCODED_MAX bytes
 * @extended_id: the peer's id of ut_metadata
 *
 * Writes the whole message, its frame included; for data without the block's bytes, @message->data_length of
 * which the caller sends right after it.
 *
 * Returns: bytes written
 */
gsize meir_ut_metadata_encode (const MeirUtMetadata *message, guint8 extended_id, guint8 *buffer);

G_END_DECLS
