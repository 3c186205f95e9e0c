/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/meir-metadata.h"

#include "base/meir-limits.h"

#include <string.h>

#define SEC   ((gint64) G_USEC_PER_SEC)
#define BLOCK MEIR_METADATA_BLOCK_LENGTH

/* An info dictionary of any size is any bytes: only the hash counts here. */
typedef struct {
  guint32 size;
  guint8 *bytes;
  MeirMetadata *metadata;
} Case;

enum { ALICE = 1, BOB, CAROL, MALLORY, TRUDY };
#define PEER(number) GUINT_TO_POINTER (number)

static void
case_init (Case *c, guint32 size)
{
  MeirInfoHash hash;

  c->size = size;
  c->bytes = g_malloc (size);
  for (guint32 i = 0; i < size; i++)
    c->bytes[i] = (guint8) (i * 31 + i / 257);
  meir_sha1 (c->bytes, size, hash.bytes);
  c->metadata = meir_metadata_new (&hash);
}

static void
case_clear (Case *c)
{
  meir_metadata_free (c->metadata);
  g_free (c->bytes);
}

static guint32
length_of (guint32 size, guint32 block)
{
  return MIN (BLOCK, size - block * BLOCK);
}

static MeirMetadataVerdict
send_block (Case *c, gpointer peer, guint32 block)
{
  return meir_metadata_on_data (c->metadata, peer, block, c->size, c->bytes + block * BLOCK,
                                length_of (c->size, block));
}

/* Bytes that are not the right ones, of a copy of @size. */
static MeirMetadataVerdict
send_lie (Case *c, gpointer peer, guint32 size, guint32 block)
{
  g_autofree guint8 *lie = g_malloc0 (BLOCK);

  return meir_metadata_on_data (c->metadata, peer, block, size, lie, length_of (size, block));
}

/* Asks @peer and has it answer in truth until there is nothing more to ask. */
static MeirMetadataVerdict
serve (Case *c, gpointer peer, gint64 now_usec)
{
  MeirMetadataVerdict verdict = MEIR_METADATA_MORE;
  guint32 block;

  while (verdict == MEIR_METADATA_MORE && meir_metadata_next_request (c->metadata, peer, now_usec, &block))
    verdict = send_block (c, peer, block);
  return verdict;
}

static MeirMetadataVerdict
serve_lies (Case *c, gpointer peer, guint32 size, gint64 now_usec)
{
  MeirMetadataVerdict verdict = MEIR_METADATA_MORE;
  guint32 block;

  while (verdict == MEIR_METADATA_MORE && meir_metadata_next_request (c->metadata, peer, now_usec, &block))
    verdict = send_lie (c, peer, size, block);
  return verdict;
}

static gboolean
is_liar (Case *c, gpointer peer)
{
  g_autoptr (GPtrArray) liars = meir_metadata_steal_liars (c->metadata);

  return liars->len == 1 && g_ptr_array_index (liars, 0) == peer;
}

static void
assert_complete (Case *c)
{
  GBytes *info = meir_metadata_get_info (c->metadata);

  g_assert_nonnull (info);
  g_assert_cmpmem (g_bytes_get_data (info, NULL), g_bytes_get_size (info), c->bytes, c->size);
}

static void
test_sizes (void)
{
  static const guint32 sizes[] = { 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK, 5 * BLOCK + 7 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    guint32 block;
    Case c;

    case_init (&c, sizes[i]);
    meir_metadata_add_peer (c.metadata, PEER (ALICE), c.size);
    g_assert_null (meir_metadata_get_info (c.metadata));
    g_assert_cmpint (serve (&c, PEER (ALICE), 0), ==, MEIR_METADATA_COMPLETE);
    assert_complete (&c);
    g_assert_false (meir_metadata_next_request (c.metadata, PEER (ALICE), 0, &block));
    g_assert_cmpint (send_block (&c, PEER (ALICE), 0), ==, MEIR_METADATA_UNASKED);
    case_clear (&c);
  }
}

/* E05: what cannot be is not asked for. */
static void
test_impossible_sizes (void)
{
  guint32 block;
  Case c;

  case_init (&c, 100);
  meir_metadata_add_peer (c.metadata, PEER (ALICE), 0);
  meir_metadata_add_peer (c.metadata, PEER (BOB), MEIR_METADATA_MAX + 1);
  meir_metadata_add_peer (c.metadata, PEER (CAROL), G_MAXUINT32);
  for (guint i = ALICE; i <= CAROL; i++)
    g_assert_false (meir_metadata_next_request (c.metadata, PEER (i), 0, &block));
  meir_metadata_add_peer (c.metadata, PEER (MALLORY), MEIR_METADATA_MAX);
  g_assert_true (meir_metadata_next_request (c.metadata, PEER (MALLORY), 0, &block));
  g_assert_cmpuint (block, ==, 0);
  case_clear (&c);
}

/* Two requests each, never the same block of two peers. */
static void
test_shares (void)
{
  guint32 a[2], b[2], extra;
  Case c;

  case_init (&c, 4 * BLOCK);
  meir_metadata_add_peer (c.metadata, PEER (ALICE), c.size);
  meir_metadata_add_peer (c.metadata, PEER (BOB), c.size);
  for (guint i = 0; i < 2; i++) {
    g_assert_true (meir_metadata_next_request (c.metadata, PEER (ALICE), 0, &a[i]));
    g_assert_true (meir_metadata_next_request (c.metadata, PEER (BOB), 0, &b[i]));
  }
  g_assert_false (meir_metadata_next_request (c.metadata, PEER (ALICE), 0, &extra));
  g_assert_cmpuint ((1u << a[0]) | (1u << a[1]) | (1u << b[0]) | (1u << b[1]), ==, 15);
  g_assert_cmpint (send_block (&c, PEER (BOB), b[1]), ==, MEIR_METADATA_MORE);
  g_assert_cmpint (send_block (&c, PEER (BOB), b[1]), ==, MEIR_METADATA_UNASKED);
  g_assert_cmpint (send_block (&c, PEER (BOB), a[0]), ==, MEIR_METADATA_UNASKED);
  g_assert_cmpint (send_block (&c, PEER (ALICE), a[0]), ==, MEIR_METADATA_MORE);
  /* Alice leaves: what she has sent stays, what she owes is asked of Bob. */
  meir_metadata_remove_peer (c.metadata, PEER (ALICE));
  g_assert_cmpint (send_block (&c, PEER (BOB), b[0]), ==, MEIR_METADATA_MORE);
  g_assert_cmpint (serve (&c, PEER (BOB), 0), ==, MEIR_METADATA_COMPLETE);
  assert_complete (&c);
  case_clear (&c);
}

/* E06, E08, E09 */
static void
test_unasked (void)
{
  guint32 block;
  Case c;

  case_init (&c, 2 * BLOCK + 5);
  g_assert_cmpint (send_block (&c, PEER (TRUDY), 0), ==, MEIR_METADATA_UNASKED);
  meir_metadata_add_peer (c.metadata, PEER (ALICE), c.size);
  g_assert_cmpint (send_block (&c, PEER (ALICE), 0), ==, MEIR_METADATA_UNASKED);
  g_assert_true (meir_metadata_next_request (c.metadata, PEER (ALICE), 0, &block));
  g_assert_cmpint (send_block (&c, PEER (ALICE), 1), ==, MEIR_METADATA_UNASKED);
  g_assert_cmpint (send_lie (&c, PEER (ALICE), c.size + BLOCK, 0), ==, MEIR_METADATA_UNASKED);
  g_assert_cmpint (meir_metadata_on_data (c.metadata, PEER (ALICE), 0, c.size, c.bytes, BLOCK - 1), ==,
                   MEIR_METADATA_UNASKED);
  g_assert_cmpint (meir_metadata_on_data (c.metadata, PEER (ALICE), G_MAXUINT32, c.size, c.bytes, 1), ==,
                   MEIR_METADATA_UNASKED);
  g_assert_cmpint (send_block (&c, PEER (ALICE), 0), ==, MEIR_METADATA_MORE);
  case_clear (&c);
}

/* Many sizes are claimed, and nobody sends any of them: the true one is asked for at once all the same. */
static void
test_silent_liars (void)
{
  guint32 block;
  Case c;

  case_init (&c, 3 * BLOCK);
  for (guint i = 0; i < 60; i++) {
    meir_metadata_add_peer (c.metadata, PEER (100 + i), 1000 * BLOCK + i);
    g_assert_true (meir_metadata_next_request (c.metadata, PEER (100 + i), 0, &block));
  }
  meir_metadata_add_peer (c.metadata, PEER (ALICE), c.size);
  g_assert_cmpint (serve (&c, PEER (ALICE), 0), ==, MEIR_METADATA_COMPLETE);
  assert_complete (&c);
  case_clear (&c);
}

/* E10: one who sent all of a bad copy is struck; of several nobody knows, so the next copy comes from one. */
static void
test_liars (void)
{
  guint32 block, other;
  Case c;

  case_init (&c, 4 * BLOCK);
  meir_metadata_add_peer (c.metadata, PEER (ALICE), c.size);
  meir_metadata_add_peer (c.metadata, PEER (MALLORY), c.size);
  g_assert_true (meir_metadata_next_request (c.metadata, PEER (MALLORY), 0, &block));
  g_assert_cmpint (serve (&c, PEER (ALICE), 0), ==, MEIR_METADATA_MORE);
  g_assert_cmpint (send_lie (&c, PEER (MALLORY), c.size, block), ==, MEIR_METADATA_BAD);
  g_assert_false (is_liar (&c, PEER (MALLORY)));

  /* The liar's turn first: it is found out. */
  g_assert_true (meir_metadata_next_request (c.metadata, PEER (MALLORY), 1, &block));
  g_assert_false (meir_metadata_next_request (c.metadata, PEER (ALICE), 1, &other));
  g_assert_cmpint (send_lie (&c, PEER (MALLORY), c.size, block), ==, MEIR_METADATA_MORE);
  g_assert_cmpint (serve_lies (&c, PEER (MALLORY), c.size, 1), ==, MEIR_METADATA_BAD);
  g_assert_true (is_liar (&c, PEER (MALLORY)));
  g_assert_false (is_liar (&c, PEER (MALLORY)));
  meir_metadata_remove_peer (c.metadata, PEER (MALLORY));

  g_assert_cmpint (serve (&c, PEER (ALICE), 2), ==, MEIR_METADATA_COMPLETE);
  assert_complete (&c);
  case_clear (&c);
}

/* A peer that is to send all of it alone, and leaves, rejects, falls silent, or takes its time. */
static void
test_turns (void)
{
  guint32 block;
  Case c;

  case_init (&c, 3 * BLOCK);
  for (guint i = ALICE; i <= TRUDY; i++)
    meir_metadata_add_peer (c.metadata, PEER (i), c.size);
  g_assert_true (meir_metadata_next_request (c.metadata, PEER (TRUDY), 0, &block));
  g_assert_cmpint (serve (&c, PEER (ALICE), 0), ==, MEIR_METADATA_MORE);
  g_assert_cmpint (send_lie (&c, PEER (TRUDY), c.size, block), ==, MEIR_METADATA_BAD);

  /* Leaves, having sent one block. */
  g_assert_true (meir_metadata_next_request (c.metadata, PEER (TRUDY), 0, &block));
  g_assert_cmpint (send_lie (&c, PEER (TRUDY), c.size, block), ==, MEIR_METADATA_MORE);
  meir_metadata_remove_peer (c.metadata, PEER (TRUDY));
  /* Rejects. */
  g_assert_true (meir_metadata_next_request (c.metadata, PEER (MALLORY), 0, &block));
  g_assert_cmpuint (block, ==, 0);
  meir_metadata_on_reject (c.metadata, PEER (MALLORY), 0, 0);
  g_assert_false (meir_metadata_next_request (c.metadata, PEER (MALLORY), 59 * SEC, &block));
  /* Is silent for ten seconds. */
  g_assert_true (meir_metadata_next_request (c.metadata, PEER (CAROL), 0, &block));
  g_assert_cmpint (send_block (&c, PEER (CAROL), 0), ==, MEIR_METADATA_MORE);
  g_assert_true (meir_metadata_next_request (c.metadata, PEER (CAROL), 0, &block));
  g_assert_false (meir_metadata_next_request (c.metadata, PEER (BOB), 10 * SEC - 1, &block));
  g_assert_true (meir_metadata_next_request (c.metadata, PEER (BOB), 10 * SEC, &block));
  g_assert_cmpuint (block, ==, 0);
  g_assert_cmpint (send_block (&c, PEER (CAROL), 1), ==, MEIR_METADATA_UNASKED);
  /* Takes its time with each. */
  for (gint64 now_usec = 10 * SEC; now_usec < 70 * SEC; now_usec += 9 * SEC) {
    if (block == 2)
      break;
    g_assert_cmpint (send_block (&c, PEER (BOB), block), ==, MEIR_METADATA_MORE);
    g_assert_true (meir_metadata_next_request (c.metadata, PEER (BOB), now_usec, &block));
  }
  g_assert_false (meir_metadata_next_request (c.metadata, PEER (BOB), 72 * SEC, &block));
  g_assert_cmpint (serve (&c, PEER (ALICE), 72 * SEC), ==, MEIR_METADATA_COMPLETE);
  case_clear (&c);
}

static void
test_silence_and_rejects (void)
{
  guint32 block;
  Case c;

  case_init (&c, BLOCK);
  meir_metadata_add_peer (c.metadata, PEER (ALICE), c.size);
  meir_metadata_add_peer (c.metadata, PEER (BOB), c.size);
  meir_metadata_add_peer (c.metadata, PEER (CAROL), c.size);
  g_assert_true (meir_metadata_next_request (c.metadata, PEER (ALICE), 0, &block));
  g_assert_false (meir_metadata_next_request (c.metadata, PEER (BOB), 10 * SEC - 1, &block));
  g_assert_true (meir_metadata_next_request (c.metadata, PEER (BOB), 10 * SEC, &block));
  g_assert_false (meir_metadata_next_request (c.metadata, PEER (ALICE), 69 * SEC, &block));
  meir_metadata_on_reject (c.metadata, PEER (ALICE), 0, 10 * SEC); /* not hers to reject any more */
  meir_metadata_on_reject (c.metadata, PEER (TRUDY), 0, 10 * SEC);
  meir_metadata_on_reject (c.metadata, PEER (BOB), 0, 10 * SEC);
  g_assert_false (meir_metadata_next_request (c.metadata, PEER (BOB), 69 * SEC, &block));
  g_assert_true (meir_metadata_next_request (c.metadata, PEER (CAROL), 10 * SEC, &block));
  g_assert_cmpint (send_block (&c, PEER (CAROL), 0), ==, MEIR_METADATA_COMPLETE);
  case_clear (&c);
}

/* Blame needs the peer to be there: whoever left, and whoever has its place in memory now, gets none. */
static void
test_liar_leaves (void)
{
  guint32 block;
  Case c;

  case_init (&c, 2 * BLOCK);
  meir_metadata_add_peer (c.metadata, PEER (MALLORY), c.size);
  g_assert_true (meir_metadata_next_request (c.metadata, PEER (MALLORY), 0, &block));
  g_assert_cmpint (send_lie (&c, PEER (MALLORY), c.size, block), ==, MEIR_METADATA_MORE);
  meir_metadata_remove_peer (c.metadata, PEER (MALLORY));
  meir_metadata_add_peer (c.metadata, PEER (MALLORY), c.size);
  g_assert_cmpint (serve (&c, PEER (MALLORY), 0), ==, MEIR_METADATA_BAD);
  g_assert_false (is_liar (&c, PEER (MALLORY)));
  g_assert_cmpint (serve (&c, PEER (MALLORY), 0), ==, MEIR_METADATA_COMPLETE);
  case_clear (&c);
}

/* Liars send great lies in full: the truth, being small, still comes through, and memory has a bound. */
static void
test_great_lies (void)
{
  const guint32 size = MEIR_METADATA_MAX;
  guint32 block;
  Case c;

  case_init (&c, 3 * BLOCK);
  meir_metadata_add_peer (c.metadata, PEER (ALICE), c.size);
  g_assert_true (meir_metadata_next_request (c.metadata, PEER (ALICE), 0, &block));
  g_assert_cmpint (send_block (&c, PEER (ALICE), block), ==, MEIR_METADATA_MORE);
  for (guint i = 0; i < 4; i++) {
    meir_metadata_add_peer (c.metadata, PEER (100 + i), size - i);
    for (guint n = 0; n < size / BLOCK - 1; n++) {
      g_assert_true (meir_metadata_next_request (c.metadata, PEER (100 + i), 0, &block));
      g_assert_cmpint (send_lie (&c, PEER (100 + i), size - i, block), ==, MEIR_METADATA_MORE);
    }
  }
  g_assert_cmpint (serve (&c, PEER (ALICE), 0), ==, MEIR_METADATA_COMPLETE);
  assert_complete (&c);
  case_clear (&c);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/metadata/sizes", test_sizes);
  g_test_add_func ("/metadata/impossible-sizes", test_impossible_sizes);
  g_test_add_func ("/metadata/shares", test_shares);
  g_test_add_func ("/metadata/unasked", test_unasked);
  g_test_add_func ("/metadata/silent-liars", test_silent_liars);
  g_test_add_func ("/metadata/liars", test_liars);
  g_test_add_func ("/metadata/turns", test_turns);
  g_test_add_func ("/metadata/silence-and-rejects", test_silence_and_rejects);
  g_test_add_func ("/metadata/liar-leaves", test_liar_leaves);
  g_test_add_func ("/metadata/great-lies", test_great_lies);
  return g_test_run ();
}
