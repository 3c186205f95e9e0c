/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plays a small download in virtual time, writes down in prose what went in and what was decided, and
 * compares that with life-of-a-block.txt beside this file: the page people read cannot rot. After a change
 * that is meant, run the program with --write to renew the page, and read the difference. */
#include "swarm/meir-swarm.h"

#include <string.h>

#define PIECE_LENGTH (4u * MEIR_BLOCK_LENGTH)
#define MS           1000

static const char *const names[] = { "Alice", "Bob", "Carol", "Dave" };

typedef struct {
  MeirSwarm *swarm;
  GString *text;
  gint64 now_usec;
  MeirPeerSlot slots[G_N_ELEMENTS (names)];
} Story;

enum { ALICE, BOB, CAROL, DAVE };

static gboolean write_page;

static void G_GNUC_PRINTF (2, 3) say (Story *story, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_string_append_vprintf (story->text, format, arguments);
  va_end (arguments);
  g_string_append_c (story->text, '\n');
}

static void
chapter (Story *story, const char *title)
{
  say (story, "\n%s\n", title);
}

/* What happens next, so many milliseconds later. */
static void G_GNUC_PRINTF (3, 4) event (Story *story, gint64 later_ms, const char *format, ...)
{
  va_list arguments;

  story->now_usec += later_ms * MS;
  g_string_append_printf (story->text, "%9.3f s  ", (double) story->now_usec / G_USEC_PER_SEC);
  va_start (arguments, format);
  g_string_append_vprintf (story->text, format, arguments);
  va_end (arguments);
  g_string_append_c (story->text, '\n');
}

static const char *
name_of (const Story *story, MeirPeerSlot slot)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    if (story->slots[i] == slot)
      return names[i];
  }
  return "nobody";
}

/* Effects of one kind about consecutive blocks of one piece read as one sentence. */
static guint
count_run (const MeirEffect *effects, guint n_effects, guint first)
{
  guint n = 1;

  while (first + n < n_effects && effects[first + n].kind == effects[first].kind &&
         effects[first + n].peer == effects[first].peer && effects[first + n].piece == effects[first].piece &&
         effects[first + n].begin == effects[first].begin + n * MEIR_BLOCK_LENGTH)
    n++;
  return n;
}

static char *
blocks_of (const MeirEffect *effect, guint n)
{
  guint32 first = effect->begin / MEIR_BLOCK_LENGTH;

  if (n == 1)
    return g_strdup_printf ("block %u of piece %u", first, effect->piece);
  return g_strdup_printf ("blocks %u to %u of piece %u", first, first + n - 1, effect->piece);
}

static char *
sentence_of (const Story *story, const MeirEffect *effect, guint n)
{
  g_autofree char *blocks = blocks_of (effect, n);
  const char *name = name_of (story, effect->peer);

  switch (effect->kind) {
  case MEIR_EFFECT_REQUEST:
    return g_strdup_printf ("Ask %s for %s.", name, blocks);
  case MEIR_EFFECT_CANCEL:
    return g_strdup_printf ("Tell %s that %s is no longer needed.", name, blocks);
  case MEIR_EFFECT_INTERESTED:
    return g_strdup_printf ("Tell %s that we are interested.", name);
  case MEIR_EFFECT_NOT_INTERESTED:
    return g_strdup_printf ("Tell %s that we are not interested any more.", name);
  case MEIR_EFFECT_CHOKE:
    return g_strdup_printf ("Choke %s.", name);
  case MEIR_EFFECT_UNCHOKE:
    return g_strdup_printf ("Unchoke %s.", name);
  case MEIR_EFFECT_HAVE:
    return g_strdup_printf ("Tell %s that we have piece %u.", name, effect->piece);
  case MEIR_EFFECT_SERVE:
    return g_strdup_printf ("Read %s and send it to %s.", blocks, name);
  case MEIR_EFFECT_UNSERVE:
    return g_strdup_printf ("Take %s back from what waits for %s.", blocks, name);
  case MEIR_EFFECT_REJECT:
    return g_strdup_printf ("Refuse %s %s.", name, blocks);
  case MEIR_EFFECT_DROP:
    return g_strdup_printf ("Close the connection of %s: %s.", name,
                            meir_drop_reason_to_string (effect->reason));
  case MEIR_EFFECT_BAN:
    return g_strdup_printf ("Refuse the address 10.0.0.%u for an hour: %s.", effect->address.bytes[3],
                            meir_drop_reason_to_string (effect->reason));
  case MEIR_EFFECT_ABANDON:
    return g_strdup_printf ("Forget what is here of piece %u.", effect->piece);
  case MEIR_EFFECT_SHELVE:
    return g_strdup_printf ("Keep whole segments of piece %u.", effect->piece);
  case MEIR_EFFECT_COMPLETE:
    return g_strdup ("Everything is here.");
  default:
    g_assert_not_reached ();
  }
}

/* Lets the swarm decide, and writes its decisions down. */
static void
decide (Story *story)
{
  guint n_effects, n;
  const MeirEffect *effects = meir_swarm_run (story->swarm, story->now_usec, &n_effects);

  for (guint i = 0; i < n_effects; i += n) {
    g_autofree char *sentence = NULL;

    n = count_run (effects, n_effects, i);
    sentence = sentence_of (story, &effects[i], n);
    say (story, "               %s", sentence);
  }
}

static void
enter (Story *story, guint who)
{
  MeirSwarmPeer peer = { .fast = TRUE, .request_limit = 250 };

  peer.address.family = 4;
  peer.address.bytes[0] = 10;
  peer.address.bytes[3] = (guint8) (who + 1);
  story->slots[who] = meir_swarm_add_peer (story->swarm, &peer, story->now_usec);
}

static void
leave (Story *story, guint who)
{
  meir_swarm_remove_peer (story->swarm, story->slots[who], story->now_usec);
  story->slots[who] = MEIR_PEER_NONE;
}

static guint32
length_of (guint32 piece, guint32 block)
{
  return piece == 1 && block == 1 ? 1000 : MEIR_BLOCK_LENGTH;
}

static void
begin_block (Story *story, guint who, guint32 piece, guint32 block)
{
  static const char *const verdicts[] = { "into its place in the piece", "into a buffer beside",
                                          "to be thrown away" };
  MeirBlockVerdict verdict =
      meir_swarm_on_block_start (story->swarm, story->slots[who], piece, block * MEIR_BLOCK_LENGTH,
                                 length_of (piece, block), story->now_usec);

  say (story, "               It is received %s.", verdicts[verdict]);
}

static void
end_block (Story *story, guint who, guint32 piece, guint32 block)
{
  gboolean first;

  meir_swarm_on_bytes (story->swarm, story->slots[who], length_of (piece, block), story->now_usec);
  first = meir_swarm_on_block (story->swarm, story->slots[who], piece, block * MEIR_BLOCK_LENGTH,
                               length_of (piece, block), story->now_usec);
  say (story, "               %s",
       first ? "It is the first copy: it belongs to the piece now, to be hashed and written."
             : "Another copy was first: this one is wasted.");
  if (meir_swarm_piece_is_complete (story->swarm, piece))
    say (story, "               All blocks of piece %u are here: its digest can be compared.", piece);
  decide (story);
}

static void
whole_block (Story *story, guint who, gint64 later_ms, guint32 piece, guint32 block)
{
  event (story, later_ms, "Block %u of piece %u comes from %s.", block, piece, names[who]);
  begin_block (story, who, piece, block);
  end_block (story, who, piece, block);
}

static void
wait_until_quiet (Story *story, guint seconds)
{
  for (guint i = 0; i < seconds; i++) {
    story->now_usec += G_USEC_PER_SEC;
    meir_swarm_on_tick (story->swarm, story->now_usec);
    decide (story);
  }
}

static void
tell_asking (Story *story)
{
  chapter (story, "A block is asked for");
  event (story, 0, "Alice is through her handshake, and has both pieces.");
  enter (story, ALICE);
  meir_swarm_on_have_all (story->swarm, story->slots[ALICE], story->now_usec);
  decide (story);
  event (story, 40, "Alice unchokes us. The picker begins a piece, the ledger notes each request.");
  meir_swarm_on_unchoke (story->swarm, story->slots[ALICE], story->now_usec);
  decide (story);
}

static void
tell_arriving (Story *story)
{
  chapter (story, "It arrives");
  event (story, 40, "The first 13 bytes of a message from Alice: block 0 of piece 0.");
  begin_block (story, ALICE, 0, 0);
  event (story, 2, "Its last byte is here.");
  end_block (story, ALICE, 0, 0);
  whole_block (story, ALICE, 5, 0, 1);
}

static void
tell_endgame (Story *story)
{
  chapter (story, "It arrives twice");
  event (story, 10,
         "Bob is here, has both pieces, and unchokes us. Every missing block is asked of Alice: endgame.");
  enter (story, BOB);
  meir_swarm_on_have_all (story->swarm, story->slots[BOB], story->now_usec);
  meir_swarm_on_unchoke (story->swarm, story->slots[BOB], story->now_usec);
  decide (story);
  event (story, 30, "Block 2 of piece 0 begins to come from Alice.");
  begin_block (story, ALICE, 0, 2);
  event (story, 5, "It begins to come from Bob as well.");
  begin_block (story, BOB, 0, 2);
  event (story, 5, "Bob's copy is whole.");
  end_block (story, BOB, 0, 2);
  event (story, 50, "Alice's copy is whole.");
  end_block (story, ALICE, 0, 2);
  whole_block (story, BOB, 5, 0, 3);
}

static void
tell_bad_piece (Story *story)
{
  const guint64 bad[] = { 1, 2, 666, 4 }, good[] = { 1, 2, 3, 4 };

  chapter (story, "The digest differs");
  event (story, 3, "Piece 0 is not what it should be. Alice and Bob both sent some of it: the marks of its");
  say (story, "               blocks are remembered, and it is asked for anew.");
  meir_swarm_on_piece_bad (story->swarm, 0, bad, story->now_usec);
  decide (story);
  for (guint32 block = 0; block < 4; block++)
    whole_block (story, ALICE, 10, 0, block);
  event (story, 3, "The digest is right this time, and the marks tell who lied: block 2 was Bob's.");
  g_assert_true (meir_swarm_wants_marks (story->swarm, 0));
  meir_swarm_on_piece_good (story->swarm, 0, good, story->now_usec);
  decide (story);
  leave (story, BOB);
}

static void
tell_silence (Story *story)
{
  chapter (story, "It does not arrive");
  event (story, 10, "Alice falls silent.");
  wait_until_quiet (story, 26);
  event (story, 0, "25 seconds without a block: Alice snubs us, and what she owes may be asked of others.");
  event (story, 100, "Carol is here, has piece 1 alone, and unchokes us.");
  enter (story, CAROL);
  meir_swarm_on_have (story->swarm, story->slots[CAROL], 1, story->now_usec);
  meir_swarm_on_unchoke (story->swarm, story->slots[CAROL], story->now_usec);
  decide (story);
  whole_block (story, CAROL, 90, 1, 0);
  whole_block (story, CAROL, 20, 1, 1);
  event (story, 3, "The digest of piece 1 is right.");
  meir_swarm_on_piece_good (story->swarm, 1, NULL, story->now_usec);
  decide (story);
  leave (story, ALICE);
}

static void
tell_serving (Story *story)
{
  chapter (story, "The mirror: a block is served");
  event (story, 500, "Dave is here and has nothing. He asks for block 1 of piece 0 though he is choked.");
  enter (story, DAVE);
  meir_swarm_on_request (story->swarm, story->slots[DAVE], 0, MEIR_BLOCK_LENGTH, MEIR_BLOCK_LENGTH,
                         story->now_usec);
  decide (story);
  event (story, 50, "He says that he is interested; a slot is free.");
  meir_swarm_on_interested (story->swarm, story->slots[DAVE], story->now_usec);
  decide (story);
  event (story, 40, "He asks again, twice, and for the block after it.");
  for (guint i = 0; i < 3; i++)
    meir_swarm_on_request (story->swarm, story->slots[DAVE], 0, (i / 2 + 1) * MEIR_BLOCK_LENGTH,
                           MEIR_BLOCK_LENGTH, story->now_usec);
  decide (story);
  event (story, 1, "He cancels the second.");
  meir_swarm_on_cancel (story->swarm, story->slots[DAVE], 0, 2 * MEIR_BLOCK_LENGTH, MEIR_BLOCK_LENGTH,
                        story->now_usec);
  decide (story);
  event (story, 9, "The first has left. Dave tells that he has piece 0 and piece 1.");
  meir_swarm_on_sent (story->swarm, story->slots[DAVE], MEIR_BLOCK_LENGTH, story->now_usec);
  meir_swarm_on_served (story->swarm, story->slots[DAVE], 0, MEIR_BLOCK_LENGTH, MEIR_BLOCK_LENGTH,
                        story->now_usec);
  meir_swarm_on_have (story->swarm, story->slots[DAVE], 0, story->now_usec);
  meir_swarm_on_have (story->swarm, story->slots[DAVE], 1, story->now_usec);
  decide (story);
}

static void
compare_lines (const char *page, const char *told)
{
  g_auto (GStrv) expected = g_strsplit (page, "\n", -1), lines = g_strsplit (told, "\n", -1);

  for (guint i = 0; expected[i] != NULL && lines[i] != NULL; i++) {
    if (!g_str_equal (expected[i], lines[i]))
      g_test_message ("line %u", i + 1);
    g_assert_cmpstr (lines[i], ==, expected[i]);
  }
  g_assert_cmpuint (g_strv_length (lines), ==, g_strv_length (expected));
}

static void
test_life_of_a_block (void)
{
  MeirSwarmConfig config = { .n_pieces = 2,
                             .piece_length = PIECE_LENGTH,
                             .total_length = PIECE_LENGTH + MEIR_BLOCK_LENGTH + 1000,
                             .seed = 3,
                             .upload_slots = 2 };
  Story story = { .text = g_string_new (NULL) };
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "story", "life-of-a-block.txt", NULL);
  g_autofree char *page = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    story.slots[i] = MEIR_PEER_NONE;
  story.swarm = meir_swarm_new (&config, story.now_usec);
  say (&story, "THE LIFE OF A BLOCK\n");
  say (&story,
       "A torrent of two pieces, the first of four blocks, the second of two, of which the last is short.");
  say (&story,
       "Nothing of it is here. Behind the time stands what happened; indented below it, what the swarm");
  say (&story,
       "said to that. tests/story/test-life-of-a-block.c plays this, and fails when it comes out otherwise.");
  tell_asking (&story);
  tell_arriving (&story);
  tell_endgame (&story);
  tell_bad_piece (&story);
  tell_silence (&story);
  tell_serving (&story);
  meir_swarm_free (story.swarm);
  if (write_page)
    g_assert_true (g_file_set_contents (path, story.text->str, -1, &error));
  g_assert_true (g_file_get_contents (path, &page, NULL, &error));
  compare_lines (page, story.text->str);
  g_string_free (story.text, TRUE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  write_page = argc > 1 && g_str_equal (argv[1], "--write");
  g_test_add_func ("/story/life-of-a-block", test_life_of_a_block);
  return g_test_run ();
}
