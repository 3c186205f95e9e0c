/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk/meir-journal-record.h"

#include <string.h>

static const MeirJournalIdentity identity = {
  .info_hash = { "0123456789abcdefghi" },
  .n_pieces = 1000,
  .piece_length = 262144,
  .folder = { 1, 2, 3, 4, 5, 6, 7, 8 },
};

static void
test_header (void)
{
  guint8 bytes[MEIR_JOURNAL_HEADER_LENGTH];
  MeirJournalIdentity other = identity;

  meir_journal_header_encode (&identity, bytes);
  g_assert_cmpint (meir_journal_header_decode (&identity, bytes, sizeof bytes), ==, MEIR_JOURNAL_HEADER_GOOD);
  for (gsize length = 0; length < sizeof bytes; length++)
    g_assert_cmpint (meir_journal_header_decode (&identity, bytes, length), ==, MEIR_JOURNAL_HEADER_EMPTY);

  other.folder[7]++;
  g_assert_cmpint (meir_journal_header_decode (&other, bytes, sizeof bytes), ==,
                   MEIR_JOURNAL_HEADER_OTHER_FOLDER);
  g_assert_cmpuint (meir_journal_identity_get_seed (&other), ==, meir_journal_identity_get_seed (&identity));
  other.n_pieces++;
  g_assert_cmpint (meir_journal_header_decode (&other, bytes, sizeof bytes), ==,
                   MEIR_JOURNAL_HEADER_OTHER_TORRENT);
  g_assert_cmpuint (meir_journal_identity_get_seed (&other), !=, meir_journal_identity_get_seed (&identity));
  other = identity;
  other.info_hash.bytes[0]++;
  g_assert_cmpint (meir_journal_header_decode (&other, bytes, sizeof bytes), ==,
                   MEIR_JOURNAL_HEADER_OTHER_TORRENT);
}

static void
test_header_other_version (void)
{
  guint8 bytes[MEIR_JOURNAL_HEADER_LENGTH];

  meir_journal_header_encode (&identity, bytes);
  meir_store_u32 (bytes + 8, 2);
  meir_store_u32 (bytes + 48, meir_crc32c (0, bytes, 48));
  g_assert_cmpint (meir_journal_header_decode (&identity, bytes, sizeof bytes), ==,
                   MEIR_JOURNAL_HEADER_OTHER_VERSION);
  /* A version that lays its header out in another way. */
  memset (bytes + 12, 0x55, sizeof bytes - 12);
  g_assert_cmpint (meir_journal_header_decode (&identity, bytes, sizeof bytes), ==,
                   MEIR_JOURNAL_HEADER_OTHER_VERSION);
}

static void
test_header_flipped (void)
{
  guint8 bytes[MEIR_JOURNAL_HEADER_LENGTH];

  meir_journal_header_encode (&identity, bytes);
  for (guint bit = 0; bit < sizeof bytes * 8; bit++) {
    bytes[bit / 8] ^= (guint8) (1 << (bit % 8));
    g_assert_cmpint (meir_journal_header_decode (&identity, bytes, sizeof bytes), ==,
                     MEIR_JOURNAL_HEADER_DAMAGED);
    bytes[bit / 8] ^= (guint8) (1 << (bit % 8));
  }
}

/* A record of @length bytes of payload. */
static GByteArray *
make_record (MeirJournalKind kind, guint32 length, guint32 seed)
{
  GByteArray *bytes = g_byte_array_new ();
  g_autofree guint8 *payload = g_malloc (length + 1);
  MeirJournalEntry entry = { kind, G_GUINT64_CONSTANT (0x123456789a), payload, length };

  for (guint32 i = 0; i < length; i++)
    payload[i] = (guint8) (i * 7 + 3);
  meir_journal_entry_encode (&entry, seed, bytes);
  return bytes;
}

static void
test_round_trip (void)
{
  static const struct {
    MeirJournalKind kind;
    guint32 length;
  } cases[] = {
    { MEIR_JOURNAL_PIECES, 4 },   { MEIR_JOURNAL_PIECES, 65536 }, { MEIR_JOURNAL_SEGMENTS, 36 },
    { MEIR_JOURNAL_FORGET, 400 }, { MEIR_JOURNAL_SYNC, 8 },       { MEIR_JOURNAL_OPEN, 0 },
    { MEIR_JOURNAL_BITMAP, 5 },   { MEIR_JOURNAL_FILES, 20 },     { MEIR_JOURNAL_CLEAN, 4 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GByteArray) bytes = make_record (cases[i].kind, cases[i].length, 77);
    MeirJournalEntry entry;

    g_assert_cmpuint (meir_journal_entry_decode (&entry, 77, bytes->data, bytes->len), ==, bytes->len);
    g_assert_cmpint (entry.kind, ==, cases[i].kind);
    g_assert_cmpuint (entry.sequence, ==, G_GUINT64_CONSTANT (0x123456789a));
    g_assert_cmpuint (entry.payload_length, ==, cases[i].length);
    for (guint32 k = 0; k < entry.payload_length; k++)
      g_assert_cmpuint (entry.payload[k], ==, (guint8) (k * 7 + 3));
    /* Of another torrent, it is nothing. */
    g_assert_cmpuint (meir_journal_entry_decode (&entry, 78, bytes->data, bytes->len), ==, 0);
  }
}

static void
test_lengths_fit_kinds (void)
{
  static const struct {
    guint32 kind;
    guint32 length;
  } cases[] = {
    { MEIR_JOURNAL_PIECES, 0 },
    { MEIR_JOURNAL_PIECES, 5 },
    { MEIR_JOURNAL_SEGMENTS, 16 },
    { MEIR_JOURNAL_FORGET, 0 },
    { MEIR_JOURNAL_SYNC, 4 },
    { MEIR_JOURNAL_OPEN, 1 },
    { MEIR_JOURNAL_BITMAP, 4 },
    { MEIR_JOURNAL_FILES, 24 },
    { MEIR_JOURNAL_CLEAN, 0 },
    { 0, 4 },
    { 9, 4 },
    { G_MAXUINT32, 4 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GByteArray) bytes = make_record ((MeirJournalKind) cases[i].kind, cases[i].length, 77);
    MeirJournalEntry entry;

    g_assert_cmpuint (meir_journal_entry_decode (&entry, 77, bytes->data, bytes->len), ==, 0);
  }
}

static void
test_damaged (void)
{
  g_autoptr (GByteArray) bytes = make_record (MEIR_JOURNAL_PIECES, 40, 1);
  MeirJournalEntry entry;

  for (guint length = 0; length < bytes->len; length++)
    g_assert_cmpuint (meir_journal_entry_decode (&entry, 1, bytes->data, length), ==, 0);
  for (guint bit = 0; bit < bytes->len * 8; bit++) {
    bytes->data[bit / 8] ^= (guint8) (1 << (bit % 8));
    g_assert_cmpuint (meir_journal_entry_decode (&entry, 1, bytes->data, bytes->len), ==, 0);
    bytes->data[bit / 8] ^= (guint8) (1 << (bit % 8));
  }
  g_assert_cmpuint (meir_journal_entry_decode (&entry, 1, bytes->data, bytes->len), ==, bytes->len);
}

static void
test_find_mark (void)
{
  g_autoptr (GByteArray) bytes = make_record (MEIR_JOURNAL_SYNC, 8, 1);
  g_autoptr (GByteArray) all = g_byte_array_new ();

  g_assert_cmpuint (meir_journal_find_mark (NULL, 0, 0), ==, 0);
  g_byte_array_append (all, (const guint8 *) "Mjr\xa7Mj", 6);
  g_assert_cmpuint (meir_journal_find_mark (all->data, all->len, 0), ==, 6);
  g_byte_array_append (all, bytes->data, bytes->len);
  g_assert_cmpuint (meir_journal_find_mark (all->data, all->len, 0), ==, 6);
  g_assert_cmpuint (meir_journal_find_mark (all->data, all->len, 6), ==, 6);
  g_assert_cmpuint (meir_journal_find_mark (all->data, all->len, 7), ==, all->len);
  g_assert_cmpuint (meir_journal_find_mark (all->data, all->len, all->len + 5), ==, all->len);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/disk/journal-record/header", test_header);
  g_test_add_func ("/disk/journal-record/header-other-version", test_header_other_version);
  g_test_add_func ("/disk/journal-record/header-flipped", test_header_flipped);
  g_test_add_func ("/disk/journal-record/round-trip", test_round_trip);
  g_test_add_func ("/disk/journal-record/lengths-fit-kinds", test_lengths_fit_kinds);
  g_test_add_func ("/disk/journal-record/damaged", test_damaged);
  g_test_add_func ("/disk/journal-record/find-mark", test_find_mark);
  return g_test_run ();
}
