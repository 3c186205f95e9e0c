/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "swarm-driver.h"

#include "swarm-check.h"
#include "swarm/meir-swarm-private.h"

#define PEERS_MAX    8u
#define PIECES       13u
#define PIECE_LENGTH (5u * MEIR_BLOCK_LENGTH)
#define TOTAL_LENGTH (12u * PIECE_LENGTH + 2u * MEIR_BLOCK_LENGTH + 77u)

/* What the other side of a connection knows. */
typedef struct {
  gboolean present;
  gboolean dropped;
  gboolean fast;
  MeirPeerSlot slot;
  gboolean interesting;
  gboolean unchoked;
  GArray *asked;  /* MeirEffect: requests we got */
  GArray *serves; /* MeirEffect: answers it waits for */
} Other;

typedef struct {
  const guint8 *bytes;
  gsize length;
  gsize position;
  gint64 now_usec;
  MeirSwarm *swarm;
  gboolean complete;
  Other others[PEERS_MAX];
} Driver;

static guint8
take (Driver *driver)
{
  return driver->position < driver->length ? driver->bytes[driver->position++] : 0;
}

static Other *
other_of_slot (Driver *driver, MeirPeerSlot slot)
{
  for (guint i = 0; i < PEERS_MAX; i++) {
    if (driver->others[i].present && driver->others[i].slot == slot)
      return &driver->others[i];
  }
  g_assert_not_reached ();
}

static gint
find_block (const GArray *array, guint32 piece, guint32 begin)
{
  for (guint i = 0; i < array->len; i++) {
    const MeirEffect *effect = &g_array_index (array, MeirEffect, i);

    if (effect->piece == piece && effect->begin == begin)
      return (gint) i;
  }
  return -1;
}

static void
check_request (Driver *driver, Other *other, const MeirEffect *effect)
{
  g_assert_true (other->interesting);
  g_assert_false (meir_bitfield_get (meir_swarm_get_have (driver->swarm), effect->piece));
  g_assert_cmpint (meir_swarm_get_priority (driver->swarm, effect->piece), !=, MEIR_PRIORITY_SKIP);
  g_assert_cmpuint (effect->begin % MEIR_BLOCK_LENGTH, ==, 0);
  g_assert_cmpuint (effect->length, >, 0);
  g_assert_cmpuint ((guint64) effect->piece * PIECE_LENGTH + effect->begin + effect->length, <=,
                    TOTAL_LENGTH);
}

/* The performer of effects, suspicious of every one. */
static void
perform (Driver *driver, const MeirEffect *effect)
{
  Other *other = effect->peer != MEIR_PEER_NONE ? other_of_slot (driver, effect->peer) : NULL;
  gint at;

  if (other != NULL)
    g_assert_false (other->dropped);
  switch (effect->kind) {
  case MEIR_EFFECT_REQUEST:
    check_request (driver, other, effect);
    g_array_append_val (other->asked, *effect);
    break;
  case MEIR_EFFECT_CANCEL:
    break;
  case MEIR_EFFECT_INTERESTED:
  case MEIR_EFFECT_NOT_INTERESTED:
    g_assert_cmpint (other->interesting, ==, effect->kind == MEIR_EFFECT_NOT_INTERESTED);
    other->interesting = !other->interesting;
    break;
  case MEIR_EFFECT_CHOKE:
    g_array_set_size (other->serves, 0);
    G_GNUC_FALLTHROUGH;
  case MEIR_EFFECT_UNCHOKE:
    g_assert_cmpint (other->unchoked, ==, effect->kind == MEIR_EFFECT_CHOKE);
    other->unchoked = !other->unchoked;
    break;
  case MEIR_EFFECT_HAVE:
    g_assert_cmpuint (effect->piece, <, PIECES);
    break;
  case MEIR_EFFECT_SERVE:
    g_assert_true (other->unchoked);
    g_assert_cmpint (find_block (other->serves, effect->piece, effect->begin), ==, -1);
    g_array_append_val (other->serves, *effect);
    break;
  case MEIR_EFFECT_UNSERVE:
    at = find_block (other->serves, effect->piece, effect->begin);
    g_assert_cmpint (at, >=, 0);
    g_array_remove_index (other->serves, (guint) at);
    break;
  case MEIR_EFFECT_REJECT:
    g_assert_true (other->fast);
    break;
  case MEIR_EFFECT_DROP:
    g_assert_cmpint (effect->reason, !=, MEIR_DROP_NONE);
    other->dropped = TRUE;
    break;
  case MEIR_EFFECT_BAN:
    g_assert_cmpuint (effect->address.port, ==, 0);
    break;
  case MEIR_EFFECT_ABANDON:
    break;
  case MEIR_EFFECT_SHELVE:
    g_assert_cmpint (meir_swarm_get_priority (driver->swarm, effect->piece), ==, MEIR_PRIORITY_SKIP);
    break;
  case MEIR_EFFECT_COMPLETE:
    g_assert_false (driver->complete);
    g_assert_true (meir_swarm_is_finished (driver->swarm));
    driver->complete = TRUE;
    break;
  default:
    g_assert_not_reached ();
  }
}

static void
run (Driver *driver)
{
  guint n_effects;
  const MeirEffect *effects = meir_swarm_run (driver->swarm, driver->now_usec, &n_effects);

  for (guint i = 0; i < n_effects; i++)
    perform (driver, &effects[i]);
  for (guint i = 0; i < PEERS_MAX; i++) {
    Other *other = &driver->others[i];

    if (!other->present || !other->dropped)
      continue;
    meir_swarm_remove_peer (driver->swarm, other->slot, driver->now_usec);
    other->present = FALSE;
  }
  if (!meir_swarm_is_finished (driver->swarm))
    driver->complete = FALSE;
}

static void
join (Driver *driver, Other *other)
{
  MeirSwarmPeer peer = { .request_limit = take (driver) % 40 };

  peer.fast = take (driver) & 1;
  peer.address.family = 4;
  peer.address.bytes[0] = 10;
  peer.address.bytes[3] = take (driver) % 16;
  peer.address.port = 99;
  other->present = TRUE;
  other->dropped = FALSE;
  other->interesting = FALSE;
  other->unchoked = FALSE;
  other->fast = peer.fast;
  g_array_set_size (other->asked, 0);
  g_array_set_size (other->serves, 0);
  other->slot = meir_swarm_add_peer (driver->swarm, &peer, driver->now_usec);
}

static guint32
length_of (guint32 piece, guint32 begin)
{
  guint64 start = (guint64) piece * PIECE_LENGTH + begin;

  return start >= TOTAL_LENGTH ? 7 : (guint32) MIN (MEIR_BLOCK_LENGTH, TOTAL_LENGTH - start);
}

static void
judge_pieces (Driver *driver, guint8 how)
{
  for (guint32 piece = 0; piece < PIECES; piece++) {
    guint64 marks[5];

    if (!meir_swarm_piece_is_complete (driver->swarm, piece))
      continue;
    for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
      marks[i] = (how & 8) && i == 2 ? 666 : i;
    if ((how & 7) == 0)
      meir_swarm_on_piece_bad (driver->swarm, piece, how & 16 ? marks : NULL, driver->now_usec);
    else
      meir_swarm_on_piece_good (driver->swarm, piece, how & 16 ? marks : NULL, driver->now_usec);
    return;
  }
}

/* One of the blocks that were asked for comes, wholly or in part; or one that was not. */
static void
send_block (Driver *driver, Other *other, guint8 how)
{
  MeirEffect block = { .piece = take (driver) % PIECES };

  if (other->asked->len > 0 && (how & 7) != 0) {
    guint i = (how & 8) ? 0 : take (driver) % other->asked->len;

    block = g_array_index (other->asked, MeirEffect, i);
    g_array_remove_index (other->asked, i);
  } else {
    block.begin = take (driver) % 5 * MEIR_BLOCK_LENGTH + (take (driver) == 0);
    block.length = length_of (block.piece, block.begin) + (take (driver) == 0);
  }
  if (how & 16)
    meir_swarm_on_block_start (driver->swarm, other->slot, block.piece, block.begin, block.length,
                               driver->now_usec);
  if (how & 32)
    meir_swarm_on_bytes (driver->swarm, other->slot, 4000, driver->now_usec);
  if ((how & 192) == 0)
    return;
  if (meir_swarm_on_block (driver->swarm, other->slot, block.piece, block.begin, block.length,
                           driver->now_usec))
    g_assert_false (meir_swarm_block_is_missing (driver->swarm, block.piece, block.begin));
}

static void
answer_request (Driver *driver, Other *other)
{
  MeirEffect effect;

  if (other->serves->len == 0)
    return;
  effect = g_array_index (other->serves, MeirEffect, 0);
  g_array_remove_index (other->serves, 0);
  meir_swarm_on_sent (driver->swarm, other->slot, effect.length, driver->now_usec);
  meir_swarm_on_served (driver->swarm, other->slot, effect.piece, effect.begin, effect.length,
                        driver->now_usec);
}

static void
tell_pieces (Driver *driver, Other *other, guint8 how)
{
  guint8 bytes[2] = { take (driver), take (driver) & 0xf8 };
  guint32 piece = bytes[0] % PIECES;

  switch (how % 8) {
  case 0:
    meir_swarm_on_bitfield (driver->swarm, other->slot, bytes, sizeof bytes, driver->now_usec);
    break;
  case 1:
    meir_swarm_on_have_all (driver->swarm, other->slot, driver->now_usec);
    break;
  case 2:
    meir_swarm_on_have_none (driver->swarm, other->slot, driver->now_usec);
    break;
  case 3:
    meir_swarm_on_dont_have (driver->swarm, other->slot, piece, driver->now_usec);
    break;
  case 4:
    meir_swarm_on_allowed_fast (driver->swarm, other->slot, piece, driver->now_usec);
    break;
  case 5:
    meir_swarm_on_suggest (driver->swarm, other->slot, piece, driver->now_usec);
    break;
  default:
    meir_swarm_on_have (driver->swarm, other->slot, piece, driver->now_usec);
    break;
  }
}

static void
reject_request (Driver *driver, Other *other, guint8 how)
{
  MeirEffect effect = { .piece = how % PIECES, .begin = MEIR_BLOCK_LENGTH, .length = MEIR_BLOCK_LENGTH };

  if (other->asked->len > 0 && (how & 3) != 0) {
    effect = g_array_index (other->asked, MeirEffect, 0);
    g_array_remove_index (other->asked, 0);
  }
  meir_swarm_on_reject (driver->swarm, other->slot, effect.piece, effect.begin, effect.length,
                        driver->now_usec);
}

static void
ask (Driver *driver, Other *other, guint8 how)
{
  guint32 piece = take (driver) % PIECES, begin = (how & 7) * MEIR_BLOCK_LENGTH / 2;

  if (how & 8)
    meir_swarm_on_cancel (driver->swarm, other->slot, piece, begin, 1000, driver->now_usec);
  else
    meir_swarm_on_request (driver->swarm, other->slot, piece, begin, how == 0xf0 ? 0 : 1000,
                           driver->now_usec);
}

/* Somebody changes what is wanted. */
static void
set_priorities (Driver *driver, guint8 how)
{
  static const MeirPieceRange files[] = { { 0, 3 }, { 3, 3 }, { 4, 12 } };
  guint8 priorities[PIECES];

  if (how & 64)
    meir_swarm_set_play_order (driver->swarm, how & 32 ? files : NULL, G_N_ELEMENTS (files));
  for (guint32 piece = 0; piece < PIECES; piece++)
    priorities[piece] = take (driver) % 4;
  meir_swarm_set_priorities (driver->swarm, how & 128 ? NULL : priorities, driver->now_usec);
  /* What was finished by the last piece may be finished anew without one. */
  driver->complete = FALSE;
}

/* What happens to pieces apart from peers: a recheck, a lost file, resumed work. */
static void
touch_pieces (Driver *driver, guint8 how)
{
  guint32 piece = take (driver) % PIECES;

  switch (how % 5) {
  case 0:
    meir_swarm_on_piece_lost (driver->swarm, piece, driver->now_usec);
    break;
  case 1:
    meir_swarm_on_piece_found (driver->swarm, piece, driver->now_usec);
    break;
  case 2:
    meir_swarm_declare_written (driver->swarm, piece, how * 1000u, take (driver) * 500u);
    break;
  case 3:
    set_priorities (driver, how);
    break;
  default:
    meir_swarm_set_paused (driver->swarm, how & 4);
    break;
  }
}

static void
step (Driver *driver)
{
  guint8 what = take (driver), how = take (driver);
  Other *other = &driver->others[what % PEERS_MAX];

  driver->now_usec += how * 100;
  if (what < 8) {
    driver->now_usec += what < 2 ? 11 * G_USEC_PER_SEC : G_USEC_PER_SEC;
    meir_swarm_on_tick (driver->swarm, driver->now_usec);
  } else if (what < 16) {
    touch_pieces (driver, how);
  } else if (what < 64) {
    judge_pieces (driver, how);
  } else if (!other->present) {
    join (driver, other);
  } else if (what < 68) {
    meir_swarm_remove_peer (driver->swarm, other->slot, driver->now_usec);
    other->present = FALSE;
  } else if (what < 96) {
    tell_pieces (driver, other, how);
  } else if (what < 104) {
    meir_swarm_on_choke (driver->swarm, other->slot, driver->now_usec);
  } else if (what < 120) {
    meir_swarm_on_unchoke (driver->swarm, other->slot, driver->now_usec);
  } else if (what < 128) {
    if (how & 1)
      meir_swarm_on_interested (driver->swarm, other->slot, driver->now_usec);
    else
      meir_swarm_on_not_interested (driver->swarm, other->slot, driver->now_usec);
  } else if (what < 144) {
    ask (driver, other, how);
  } else if (what < 152) {
    answer_request (driver, other);
  } else if (what < 160) {
    reject_request (driver, other, how);
  } else {
    send_block (driver, other, how);
  }
}

void
swarm_drive (const guint8 *bytes, gsize length, guint check_every)
{
  Driver driver = { .bytes = bytes, .length = length, .now_usec = G_USEC_PER_SEC };
  MeirSwarmConfig config = {
    .n_pieces = PIECES, .piece_length = PIECE_LENGTH, .total_length = TOTAL_LENGTH, .upload_slots = 2
  };
  guint n = 0;

  config.seed = take (&driver);
  driver.swarm = meir_swarm_new (&config, driver.now_usec);
  for (guint i = 0; i < PEERS_MAX; i++) {
    driver.others[i].asked = g_array_new (FALSE, FALSE, sizeof (MeirEffect));
    driver.others[i].serves = g_array_new (FALSE, FALSE, sizeof (MeirEffect));
  }
  while (driver.position < driver.length) {
    step (&driver);
    run (&driver);
    if (check_every > 0 && ++n % check_every == 0)
      swarm_check (driver.swarm);
  }
  for (guint i = 0; i < PEERS_MAX; i++) {
    g_array_unref (driver.others[i].asked);
    g_array_unref (driver.others[i].serves);
  }
  meir_swarm_free (driver.swarm);
}
