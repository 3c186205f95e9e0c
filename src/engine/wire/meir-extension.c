/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire/meir-extension.h"

#include "base/meir-byte-writer.h"
#include "base/meir-text.h"
#include "meir-config.h"
#include "wire/meir-bencode-writer.h"
#include "wire/meir-bencode.h"
#include "wire/meir-message.h"

#include <glib/gi18n-lib.h>
#include <string.h>

void
meir_extension_handshake_init (MeirExtensionHandshake *handshake)
{
  memset (handshake, 0, sizeof *handshake);
  handshake->reqq = MEIR_REQUEST_QUEUE_ASSUMED;
}

/* BEP 10: 0 switches an extension off; what is no id at all says nothing. */
static void
take_id (MeirBencodeNode m, const char *name, guint8 *id)
{
  gint64 value;

  if (meir_bencode_node_lookup_int (m, name, &value) && value >= 0 && value <= G_MAXUINT8)
    *id = (guint8) value;
}

static void
take_client (MeirBencodeNode root, char *client)
{
  gsize length;
  const guint8 *text = meir_bencode_node_lookup_string (root, "v", &length);
  g_autofree char *safe = NULL;

  if (text == NULL)
    return;
  safe = meir_text_dup_safe (text, length, MEIR_EXTENSION_CLIENT_CHARS_MAX);
  g_strlcpy (client, safe, MEIR_EXTENSION_CLIENT_SIZE);
}

static void
take_your_ip (MeirBencodeNode root, MeirEndpoint *your_ip)
{
  gsize length;
  const guint8 *address = meir_bencode_node_lookup_string (root, "yourip", &length);
  guint8 compact[18] = { 0 };

  if (length != 4 && length != 16)
    return;
  memcpy (compact, address, length); /* the port stays 0 */
  meir_endpoint_from_compact (your_ip, compact, length == 4 ? 4 : 6);
}

gboolean
meir_extension_handshake_decode (MeirExtensionHandshake *handshake, const guint8 *payload, gsize length,
                                 const char **fault)
{
  g_autoptr (MeirBencode) document = NULL;
  MeirBencodeNode root, m;
  gint64 value;

  if (length > MEIR_EXTENSION_HANDSHAKE_MAX) {
    *fault = _ ("Sent an extension handshake of more than 64 KiB");
    return FALSE;
  }
  document = meir_bencode_parse (payload, length, MEIR_BENCODE_LENIENT, MEIR_BENCODE_DEPTH_WIRE, NULL, NULL);
  if (document == NULL ||
      meir_bencode_node_type (root = meir_bencode_get_root (document)) != MEIR_BENCODE_DICT) {
    *fault = _ ("Sent an extension handshake that is not a dictionary");
    return FALSE;
  }
  m = meir_bencode_node_lookup (root, "m");
  take_id (m, "ut_metadata", &handshake->ut_metadata);
  take_id (m, "ut_pex", &handshake->ut_pex);
  take_id (m, "lt_donthave", &handshake->lt_donthave);
  take_id (m, "mt_tls", &handshake->mt_tls);
  take_client (root, handshake->client);
  take_your_ip (root, &handshake->your_ip);
  if (meir_bencode_node_int_clamped (meir_bencode_node_lookup (root, "reqq"), &value) && value > 0)
    handshake->reqq = (guint32) MIN (value, MEIR_EXTENSION_REQQ_MAX);
  if (meir_bencode_node_lookup_int (root, "metadata_size", &value) && value > 0 && value <= MEIR_METADATA_MAX)
    handshake->metadata_size = (guint32) value;
  if (meir_bencode_node_lookup_int (root, "p", &value) && value > 0 && value <= G_MAXUINT16)
    handshake->port = (guint16) value;
  if (meir_bencode_node_lookup_int (root, "upload_only", &value)) /* BEP 21 */
    handshake->upload_only = value != 0;
  return TRUE;
}

static void
put_entry_int (MeirByteWriter *writer, const char *key, gint64 value)
{
  if (value == 0)
    return;
  meir_bencode_put_text (writer, key);
  meir_bencode_put_int (writer, value);
}

gsize
meir_extension_handshake_encode (const MeirExtensionHandshake *handshake, guint8 *buffer)
{
  MeirByteWriter writer;

  meir_byte_writer_init (&writer, buffer, MEIR_EXTENSION_HANDSHAKE_ENCODED_MAX);
  meir_byte_writer_u8 (&writer, 'd');
  meir_bencode_put_text (&writer, "m");
  meir_byte_writer_u8 (&writer, 'd');
  put_entry_int (&writer, "lt_donthave", handshake->lt_donthave);
  put_entry_int (&writer, "mt_tls", handshake->mt_tls);
  put_entry_int (&writer, "ut_metadata", handshake->ut_metadata);
  put_entry_int (&writer, "ut_pex", handshake->ut_pex);
  meir_byte_writer_u8 (&writer, 'e');
  put_entry_int (&writer, "metadata_size", handshake->metadata_size);
  put_entry_int (&writer, "p", handshake->port);
  put_entry_int (&writer, "reqq", handshake->reqq);
  put_entry_int (&writer, "upload_only", handshake->upload_only ? 1 : 0);
  if (handshake->client[0] != '\0') {
    meir_bencode_put_text (&writer, "v");
    meir_bencode_put_text (&writer, handshake->client);
  }
  if (handshake->your_ip.family != 0) {
    meir_bencode_put_text (&writer, "yourip");
    meir_bencode_put_string (&writer, handshake->your_ip.bytes, handshake->your_ip.family == 4 ? 4 : 16);
  }
  meir_byte_writer_u8 (&writer, 'e');
  g_assert (!writer.failed);
  return writer.length;
}

gboolean
meir_extension_donthave_decode (const guint8 *payload, gsize length, guint32 n_pieces, guint32 *piece)
{
  if (length != sizeof *piece || meir_load_u32 (payload) >= n_pieces)
    return FALSE;
  *piece = meir_load_u32 (payload);
  return TRUE;
}

gsize
meir_extension_donthave_encode (guint8 *buffer, guint8 extended_id, guint32 piece)
{
  gsize header_length = meir_message_encode_extended_header (buffer, extended_id, sizeof piece);

  meir_store_u32 (buffer + header_length, piece);
  return header_length + sizeof piece;
}

gsize
meir_extension_tls_encode (guint8 *buffer, guint8 extended_id)
{
  return meir_message_encode_extended_header (buffer, extended_id, 0);
}

gboolean
meir_extension_tls_decode (const guint8 *payload, gsize length)
{
  return length == 0;
}
