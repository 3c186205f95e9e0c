/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk/meir-journal-record.h"

#include <string.h>

static const guint8 magic[8] = { 'M', 'e', 'i', 'r', 'J', 'r', 'n', 'l' };
static const guint8 mark[4] = { 0xa7, 'M', 'j', 'r' };

#define VERSION 1u
/* Offsets in the header. */
#define AT_VERSION   8u
#define AT_INFO_HASH 12u
#define AT_PIECES    32u
#define AT_LENGTH    36u
#define AT_FOLDER    40u
#define AT_CRC       48u
/* Offsets in a record. */
#define AT_PAYLOAD_LENGTH 4u
#define AT_SEQUENCE       8u
#define AT_KIND           16u
#define AT_PAYLOAD        20u

void
meir_journal_header_encode (const MeirJournalIdentity *identity, guint8 bytes[MEIR_JOURNAL_HEADER_LENGTH])
{
  memcpy (bytes, magic, sizeof magic);
  meir_store_u32 (bytes + AT_VERSION, VERSION);
  memcpy (bytes + AT_INFO_HASH, identity->info_hash.bytes, MEIR_SHA1_LENGTH);
  meir_store_u32 (bytes + AT_PIECES, identity->n_pieces);
  meir_store_u32 (bytes + AT_LENGTH, identity->piece_length);
  memcpy (bytes + AT_FOLDER, identity->folder, MEIR_JOURNAL_FOLDER_LENGTH);
  meir_store_u32 (bytes + AT_CRC, meir_crc32c (0, bytes, AT_CRC));
}

guint32
meir_journal_identity_get_seed (const MeirJournalIdentity *identity)
{
  guint8 bytes[MEIR_JOURNAL_HEADER_LENGTH];

  meir_journal_header_encode (identity, bytes);
  return meir_crc32c (0, bytes, AT_FOLDER);
}

MeirJournalHeaderVerdict
meir_journal_header_decode (const MeirJournalIdentity *expected, const guint8 *bytes, gsize length)
{
  guint8 good[MEIR_JOURNAL_HEADER_LENGTH];

  if (length < MEIR_JOURNAL_HEADER_LENGTH)
    return MEIR_JOURNAL_HEADER_EMPTY;
  meir_journal_header_encode (expected, good);
  if (meir_load_u32 (bytes + AT_CRC) != meir_crc32c (0, bytes, AT_CRC)) {
    /* Another version may have another header; a flipped bit in ours leaves the one or the other as it was.
     */
    gboolean is_ours = memcmp (bytes, magic, sizeof magic) != 0 ||
                       meir_load_u32 (bytes + AT_VERSION) == VERSION ||
                       memcmp (bytes + AT_INFO_HASH, good + AT_INFO_HASH, AT_CRC - AT_INFO_HASH) == 0;

    return is_ours ? MEIR_JOURNAL_HEADER_DAMAGED : MEIR_JOURNAL_HEADER_OTHER_VERSION;
  }
  if (memcmp (bytes, good, AT_INFO_HASH) != 0)
    return MEIR_JOURNAL_HEADER_OTHER_VERSION;
  if (memcmp (bytes, good, AT_FOLDER) != 0)
    return MEIR_JOURNAL_HEADER_OTHER_TORRENT;
  if (memcmp (bytes, good, AT_CRC) != 0)
    return MEIR_JOURNAL_HEADER_OTHER_FOLDER;
  return MEIR_JOURNAL_HEADER_GOOD;
}

void
meir_journal_entry_encode (const MeirJournalEntry *entry, guint32 seed, GByteArray *to)
{
  guint8 head[AT_PAYLOAD];
  guint8 tail[4];
  guint32 crc;

  g_assert (entry->payload_length <= MEIR_JOURNAL_PAYLOAD_MAX);
  memcpy (head, mark, sizeof mark);
  meir_store_u32 (head + AT_PAYLOAD_LENGTH, entry->payload_length);
  meir_store_u64 (head + AT_SEQUENCE, entry->sequence);
  meir_store_u32 (head + AT_KIND, (guint32) entry->kind);
  crc = meir_crc32c (seed, head, sizeof head);
  if (entry->payload_length > 0)
    crc = meir_crc32c (crc, entry->payload, entry->payload_length);
  meir_store_u32 (tail, crc);
  g_byte_array_append (to, head, sizeof head);
  if (entry->payload_length > 0)
    g_byte_array_append (to, entry->payload, entry->payload_length);
  g_byte_array_append (to, tail, sizeof tail);
}

static gboolean
length_fits_kind (guint32 kind, guint32 length)
{
  switch (kind) {
  case MEIR_JOURNAL_PIECES:
  case MEIR_JOURNAL_FORGET:
    return length > 0 && length % 4 == 0;
  case MEIR_JOURNAL_SEGMENTS:
    return length > 0 && length % MEIR_JOURNAL_SEGMENT_LENGTH == 0;
  case MEIR_JOURNAL_SYNC:
    return length == 8;
  case MEIR_JOURNAL_OPEN:
    return length == 0;
  case MEIR_JOURNAL_BITMAP:
    return length > 4;
  case MEIR_JOURNAL_FILES:
    return length > 0 && length % MEIR_JOURNAL_FILE_LENGTH == 0;
  case MEIR_JOURNAL_CLEAN:
    return length == 4;
  default:
    return FALSE;
  }
}

gsize
meir_journal_entry_decode (MeirJournalEntry *entry, guint32 seed, const guint8 *bytes, gsize length)
{
  guint32 payload_length, kind;

  if (length < MEIR_JOURNAL_RECORD_MIN || memcmp (bytes, mark, sizeof mark) != 0)
    return 0;
  payload_length = meir_load_u32 (bytes + AT_PAYLOAD_LENGTH);
  if (payload_length > MEIR_JOURNAL_PAYLOAD_MAX || payload_length > length - MEIR_JOURNAL_RECORD_MIN)
    return 0;
  if (meir_crc32c (seed, bytes, AT_PAYLOAD + payload_length) !=
      meir_load_u32 (bytes + AT_PAYLOAD + payload_length))
    return 0;
  kind = meir_load_u32 (bytes + AT_KIND);
  if (!length_fits_kind (kind, payload_length))
    return 0;
  *entry = (MeirJournalEntry){
    .kind = (MeirJournalKind) kind,
    .sequence = meir_load_u64 (bytes + AT_SEQUENCE),
    .payload = bytes + AT_PAYLOAD,
    .payload_length = payload_length,
  };
  return MEIR_JOURNAL_RECORD_MIN + payload_length;
}

gsize
meir_journal_find_mark (const guint8 *bytes, gsize length, gsize from)
{
  const guint8 *found = from < length ? memmem (bytes + from, length - from, mark, sizeof mark) : NULL;

  return found != NULL ? (gsize) (found - bytes) : length;
}
