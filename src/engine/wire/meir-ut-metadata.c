/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire/meir-ut-metadata.h"

#include "base/meir-byte-writer.h"
#include "meir-config.h"
#include "wire/meir-bencode-writer.h"
#include "wire/meir-bencode.h"
#include "wire/meir-message.h"

#include <glib/gi18n-lib.h>

guint32
meir_ut_metadata_count_blocks (guint32 metadata_size)
{
  return metadata_size / MEIR_METADATA_BLOCK_LENGTH +
         (metadata_size % MEIR_METADATA_BLOCK_LENGTH != 0 ? 1 : 0);
}

guint32
meir_ut_metadata_get_block_length (guint32 metadata_size, guint32 block)
{
  g_return_val_if_fail (block < meir_ut_metadata_count_blocks (metadata_size), 0);

  return MIN (metadata_size - block * MEIR_METADATA_BLOCK_LENGTH, MEIR_METADATA_BLOCK_LENGTH);
}

static MeirUtMetadataResult
refuse (const char **fault, const char *text)
{
  *fault = text;
  return MEIR_UT_METADATA_BAD;
}

/* BEP 9: the block follows the dictionary, with nothing between them and nothing after it. */
static MeirUtMetadataResult
decode_data (MeirUtMetadata *message, MeirBencodeNode root, const guint8 *data, gsize length,
             guint32 metadata_size, const char **fault)
{
  gint64 total_size;

  if (metadata_size == 0 || !meir_bencode_node_lookup_int (root, "total_size", &total_size) ||
      total_size != metadata_size)
    return MEIR_UT_METADATA_IGNORE;
  if (length != meir_ut_metadata_get_block_length (metadata_size, message->block))
    return refuse (fault, _ ("Sent a metadata block of the wrong length"));
  message->total_size = metadata_size;
  message->data = data;
  message->data_length = (guint32) length;
  return MEIR_UT_METADATA_OK;
}

MeirUtMetadataResult
meir_ut_metadata_decode (MeirUtMetadata *message, const guint8 *payload, gsize length, guint32 metadata_size,
                         const char **fault)
{
  g_autoptr (MeirBencode) document = NULL;
  guint32 n_blocks = meir_ut_metadata_count_blocks (metadata_size > 0 ? metadata_size : MEIR_METADATA_MAX);
  MeirBencodeNode root;
  gint64 type, block;
  gsize consumed;

  *message = (MeirUtMetadata){ 0 };
  document =
      meir_bencode_parse (payload, length, MEIR_BENCODE_LENIENT, MEIR_BENCODE_DEPTH_WIRE, &consumed, NULL);
  if (document == NULL)
    return refuse (fault, _ ("Sent a metadata message that is not bencoded"));
  root = meir_bencode_get_root (document);
  if (!meir_bencode_node_lookup_int (root, "msg_type", &type))
    return refuse (fault, _ ("Sent a metadata message without a type"));
  if (type < MEIR_UT_METADATA_REQUEST || type > MEIR_UT_METADATA_REJECT)
    return MEIR_UT_METADATA_IGNORE;
  if (!meir_bencode_node_lookup_int (root, "piece", &block) || block < 0 || block >= n_blocks)
    return refuse (fault, _ ("Named a metadata block that does not exist"));
  message->type = (MeirUtMetadataType) type;
  message->block = (guint32) block;
  if (message->type == MEIR_UT_METADATA_DATA)
    return decode_data (message, root, payload + consumed, length - consumed, metadata_size, fault);
  return MEIR_UT_METADATA_OK;
}

gsize
meir_ut_metadata_encode (const MeirUtMetadata *message, guint8 extended_id, guint8 *buffer)
{
  MeirByteWriter writer;
  guint32 data_length = message->type == MEIR_UT_METADATA_DATA ? message->data_length : 0;

  meir_byte_writer_init (&writer, buffer + MEIR_MESSAGE_EXTENDED_HEADER_SIZE,
                         MEIR_UT_METADATA_ENCODED_MAX - MEIR_MESSAGE_EXTENDED_HEADER_SIZE);
  meir_byte_writer_u8 (&writer, 'd');
  meir_bencode_put_text (&writer, "msg_type");
  meir_bencode_put_int (&writer, message->type);
  meir_bencode_put_text (&writer, "piece");
  meir_bencode_put_int (&writer, message->block);
  if (message->type == MEIR_UT_METADATA_DATA) {
    meir_bencode_put_text (&writer, "total_size");
    meir_bencode_put_int (&writer, message->total_size);
  }
  meir_byte_writer_u8 (&writer, 'e');
  g_assert (!writer.failed);
  return meir_message_encode_extended_header (buffer, extended_id, (guint32) writer.length + data_length) +
         writer.length;
}
