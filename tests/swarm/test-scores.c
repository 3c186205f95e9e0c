/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/meir-limits.h"
#include "swarm/meir-scores.h"

#define BLOCKS 4u
#define SECOND ((gint64) G_USEC_PER_SEC)

static guint32
enter (MeirScores *scores, guint8 host)
{
  MeirEndpoint address = { .family = 4, .port = 5000, .bytes = { 10, 0, 0, host } };

  return meir_scores_enter (scores, &address)->number;
}

static gboolean
is_banned (const GArray *banned, guint32 source)
{
  for (guint i = 0; i < banned->len; i++) {
    if (g_array_index (banned, guint32, i) == source)
      return TRUE;
  }
  return FALSE;
}

static void
test_sources (void)
{
  g_autoptr (MeirScores) scores = meir_scores_new ();
  MeirEndpoint v6 = { .family = 6, .bytes = { 0x20, 1, 0xd, 0xb8, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8 } };
  MeirEndpoint address = { .family = 4, .port = 1, .bytes = { 10, 0, 0, 1 } };
  guint32 a = meir_scores_enter (scores, &address)->number, b, c;

  /* The port does not count. */
  address.port = 2;
  g_assert_cmpuint (meir_scores_enter (scores, &address)->number, ==, a);
  g_assert_cmpuint (meir_scores_find (scores, a)->address.port, ==, 0);
  g_assert_cmpuint (enter (scores, 2), !=, a);
  /* Of an IPv6 address only the network does. */
  b = meir_scores_enter (scores, &v6)->number;
  v6.bytes[15] = 99;
  g_assert_cmpuint (meir_scores_enter (scores, &v6)->number, ==, b);
  g_assert_cmpuint (meir_scores_find (scores, b)->address.bytes[15], ==, 8);
  v6.bytes[7] = 2;
  c = meir_scores_enter (scores, &v6)->number;
  g_assert_cmpuint (c, !=, b);
  meir_scores_leave (scores, meir_scores_find (scores, c));
  g_assert_cmpuint (meir_scores_enter (scores, &v6)->number, ==, c);
}

static guint
allowance (MeirScores *scores, guint32 source, guint piece_blocks)
{
  return meir_source_get_allowance (meir_scores_find (scores, source), 0, piece_blocks);
}

/* Trust grows with every good piece and is gone with a bad one; what waits for its verdict counts. */
static void
test_allowance (void)
{
  g_autoptr (MeirScores) scores = meir_scores_new ();
  guint32 a = enter (scores, 1), b = enter (scores, 2);
  const guint32 own[BLOCKS] = { a, a, a, a }, mixed[BLOCKS] = { a, b, a, MEIR_SOURCE_DISK };

  g_assert_cmpuint (allowance (scores, a, 100), ==, 200);
  g_assert_cmpuint (allowance (scores, a, 1), ==, 16);
  /* What one peer is asked for, and what all of them are. */
  g_assert_cmpuint (meir_source_get_allowance (meir_scores_find (scores, a), 150, 100), ==, 50);
  g_assert_cmpuint (meir_source_get_allowance (meir_scores_find (scores, a), 201, 100), ==, 0);
  meir_scores_find (scores, a)->n_out = 550;
  g_assert_cmpuint (allowance (scores, a, 100), ==, 50);
  g_assert_cmpuint (meir_source_get_allowance (meir_scores_find (scores, a), 190, 100), ==, 10);
  meir_scores_find (scores, a)->n_out = 700;
  g_assert_cmpuint (allowance (scores, a, 100), ==, 0);
  meir_scores_find (scores, a)->n_out = 0;
  meir_scores_await (scores, own, BLOCKS);
  meir_scores_await (scores, mixed, BLOCKS);
  g_assert_cmpuint (allowance (scores, a, 100), ==, 194);
  g_assert_cmpuint (allowance (scores, b, 100), ==, 199);
  meir_scores_settle (scores, own, BLOCKS);
  meir_scores_on_good (scores, 0, own, NULL, BLOCKS, SECOND);
  g_assert_cmpuint (allowance (scores, a, 100), ==, 398);
  for (guint i = 0; i < 10; i++)
    meir_scores_await (scores, own, BLOCKS);
  g_assert_cmpuint (allowance (scores, a, 1), ==, 0);
  for (guint i = 0; i < 11; i++)
    meir_scores_settle (scores, own, BLOCKS);
  meir_scores_settle (scores, mixed, BLOCKS);
  g_assert_cmpuint (allowance (scores, a, 100), ==, 400);

  for (guint i = 0; i < 31; i++) {
    g_assert_cmpuint (allowance (scores, a, 100), <, G_MAXUINT);
    meir_scores_on_good (scores, 1 + i, own, NULL, BLOCKS, SECOND);
  }
  g_assert_cmpuint (allowance (scores, a, 100), ==, G_MAXUINT);
  meir_scores_on_bad (scores, 50, mixed, NULL, BLOCKS, SECOND);
  g_assert_cmpuint (allowance (scores, a, 100), ==, 200);
  g_assert_cmpuint (allowance (scores, a, G_MAXUINT / 2), <=, G_MAXUINT);
}

static void
test_single_culprit (void)
{
  g_autoptr (MeirScores) scores = meir_scores_new ();
  guint32 bad = enter (scores, 1);
  guint32 sources[BLOCKS] = { bad, bad, bad, bad };
  const GArray *banned = meir_scores_on_bad (scores, 0, sources, NULL, BLOCKS, SECOND);

  g_assert_cmpuint (banned->len, ==, 1);
  g_assert_true (is_banned (banned, bad));
  g_assert_true (meir_source_is_banned (meir_scores_find (scores, bad), 2 * SECOND));
  g_assert_false (meir_source_is_banned (meir_scores_find (scores, bad), 2 * SECOND + MEIR_BAN_SEC * SECOND));
  /* Once is enough. */
  g_assert_cmpuint (meir_scores_on_bad (scores, 1, sources, NULL, BLOCKS, 2 * SECOND)->len, ==, 0);
}

/* Where some of the piece was on our disk, nobody is the only one. */
static void
test_disk_is_no_culprit (void)
{
  g_autoptr (MeirScores) scores = meir_scores_new ();
  guint32 peer = enter (scores, 1);
  guint32 sources[BLOCKS] = { MEIR_SOURCE_DISK, peer, peer, peer };
  guint64 marks[BLOCKS] = { 1, 2, 3, 4 }, good[BLOCKS] = { 9, 2, 3, 4 };

  g_assert_cmpuint (meir_scores_on_bad (scores, 0, sources, marks, BLOCKS, SECOND)->len, ==, 0);
  g_assert_cmpuint (meir_scores_find (scores, peer)->strikes, ==, 1);
  g_assert_cmpuint (meir_scores_get_n_marks (scores), ==, 3);
  sources[0] = peer;
  g_assert_cmpuint (meir_scores_on_good (scores, 0, sources, good, BLOCKS, SECOND)->len, ==, 0);
  g_assert_cmpuint (meir_scores_find (scores, peer)->strikes, ==, 0);
  for (guint i = 0; i < BLOCKS; i++)
    sources[i] = MEIR_SOURCE_DISK;
  g_assert_cmpuint (meir_scores_on_bad (scores, 0, sources, marks, BLOCKS, SECOND)->len, ==, 0);
}

/* Marks tell the one of three that sent the bad block; the others are cleared. */
static void
test_marks_tell (void)
{
  g_autoptr (MeirScores) scores = meir_scores_new ();
  guint32 a = enter (scores, 1), b = enter (scores, 2), c = enter (scores, 3);
  guint32 sources[BLOCKS] = { a, b, c, a };
  guint64 bad[BLOCKS] = { 10, 666, 12, 13 }, good[BLOCKS] = { 10, 11, 12, 13 };
  const GArray *banned;

  g_assert_cmpuint (meir_scores_on_bad (scores, 7, sources, bad, BLOCKS, SECOND)->len, ==, 0);
  g_assert_cmpuint (meir_scores_find (scores, a)->strikes, ==, 1);
  g_assert_cmpuint (meir_scores_find (scores, b)->strikes, ==, 1);
  for (guint i = 0; i < BLOCKS; i++)
    sources[i] = c;
  banned = meir_scores_on_good (scores, 7, sources, good, BLOCKS, SECOND);
  g_assert_cmpuint (banned->len, ==, 1);
  g_assert_true (is_banned (banned, b));
  g_assert_cmpuint (meir_scores_find (scores, a)->strikes, ==, 0);
  g_assert_cmpuint (meir_scores_find (scores, c)->strikes, ==, 0);
  g_assert_cmpuint (meir_scores_get_n_marks (scores), ==, 0);
  /* What is forgotten bans nobody again. */
  g_assert_cmpuint (meir_scores_on_good (scores, 7, sources, good, BLOCKS, SECOND)->len, ==, 0);
}

/* Two liars in one piece, over two failures. */
static void
test_two_liars (void)
{
  g_autoptr (MeirScores) scores = meir_scores_new ();
  guint32 a = enter (scores, 1), b = enter (scores, 2), c = enter (scores, 3);
  guint32 first[BLOCKS] = { a, c, c, c }, second[BLOCKS] = { c, c, c, b }, third[BLOCKS] = { c, c, c, c };
  guint64 first_marks[BLOCKS] = { 666, 11, 12, 13 }, second_marks[BLOCKS] = { 10, 11, 12, 667 };
  guint64 good[BLOCKS] = { 10, 11, 12, 13 };
  const GArray *banned;

  meir_scores_on_bad (scores, 1, first, first_marks, BLOCKS, SECOND);
  meir_scores_on_bad (scores, 1, second, second_marks, BLOCKS, SECOND);
  g_assert_cmpuint (meir_scores_find (scores, c)->strikes, ==, 2);
  banned = meir_scores_on_good (scores, 1, third, good, BLOCKS, SECOND);
  g_assert_cmpuint (banned->len, ==, 2);
  g_assert_true (is_banned (banned, a) && is_banned (banned, b));
  g_assert_false (meir_source_is_banned (meir_scores_find (scores, c), SECOND));
}

/* Without marks a good piece takes one strike back from its senders, and bans nobody. */
static void
test_strikes_without_marks (void)
{
  g_autoptr (MeirScores) scores = meir_scores_new ();
  guint32 a = enter (scores, 1), b = enter (scores, 2);
  guint32 both[BLOCKS] = { a, b, a, b }, only_a[BLOCKS] = { a, a, a, a };

  meir_scores_on_bad (scores, 1, both, NULL, BLOCKS, SECOND);
  meir_scores_on_bad (scores, 2, both, NULL, BLOCKS, SECOND);
  g_assert_cmpuint (meir_scores_find (scores, a)->strikes, >=, MEIR_STRIKES_ALONE);
  g_assert_cmpuint (meir_scores_on_good (scores, 1, only_a, NULL, BLOCKS, SECOND)->len, ==, 0);
  g_assert_cmpuint (meir_scores_find (scores, a)->strikes, ==, 1);
  g_assert_cmpuint (meir_scores_find (scores, b)->strikes, ==, 2);
}

/* Endless failures and endless addresses: the memory stays where it is. */
static void
test_bounds (void)
{
  g_autoptr (MeirScores) scores = meir_scores_new ();
  guint32 sources[1024];
  guint64 marks[1024] = { 0 };
  guint32 keeper = enter (scores, 1), struck = enter (scores, 2);

  for (guint i = 0; i < 1024; i++)
    sources[i] = i & 1 ? keeper : struck;
  for (guint32 piece = 0; piece < 200; piece++)
    meir_scores_on_bad (scores, piece, sources, marks, 1024, SECOND);
  g_assert_cmpuint (meir_scores_get_n_marks (scores), <=, 65536);
  g_assert_cmpuint (meir_scores_get_n_marks (scores), >=, 60000);
  meir_scores_leave (scores, meir_scores_find (scores, struck));
  for (guint32 i = 0; i < 100000; i++) {
    MeirEndpoint address = { .family = 4,
                             .bytes = { 11, (guint8) (i >> 16), (guint8) (i >> 8), (guint8) i } };

    meir_scores_leave (scores, meir_scores_enter (scores, &address));
    g_assert_cmpuint (meir_scores_get_n_sources (scores), <=, 4096);
  }
  /* Whoever is here, or has a record, is remembered before the others. */
  g_assert_cmpuint (meir_scores_find (scores, keeper)->strikes, ==, 200);
  g_assert_cmpuint (meir_scores_find (scores, struck)->strikes, ==, 200);
  /* A source that was forgotten is nobody, not somebody else. */
  for (guint i = 0; i < 1024; i++)
    sources[i] = 50;
  g_assert_cmpuint (meir_scores_on_bad (scores, 1000, sources, NULL, 1024, SECOND)->len, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scores/sources", test_sources);
  g_test_add_func ("/scores/single-culprit", test_single_culprit);
  g_test_add_func ("/scores/disk-is-no-culprit", test_disk_is_no_culprit);
  g_test_add_func ("/scores/marks-tell", test_marks_tell);
  g_test_add_func ("/scores/two-liars", test_two_liars);
  g_test_add_func ("/scores/strikes-without-marks", test_strikes_without_marks);
  g_test_add_func ("/scores/bounds", test_bounds);
  g_test_add_func ("/scores/allowance", test_allowance);
  return g_test_run ();
}
