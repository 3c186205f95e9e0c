/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "swarm/meir-choker.h"

/* A newcomer is this much more likely to get the optimistic slot, for a minute (BEP 3). */
#define NEWCOMER_WEIGHT 3u
#define NEWCOMER_USEC   (60 * G_USEC_PER_SEC)
/* Below this a peer's rate to us is nothing to reward, bytes per second. */
#define RATE_MIN 256u

typedef struct {
  MeirPeerSlot peer;
  guint group;   /* lower first */
  guint64 merit; /* higher first */
  guint64 lot;
} Rank;

static inline MeirChokerPeer *
peer_at (const MeirChoker *choker, MeirPeerSlot peer)
{
  return &g_array_index (choker->peers, MeirChokerPeer, peer);
}

void
meir_choker_init (MeirChoker *choker, guint slots, MeirPrng *prng, gint64 now_usec)
{
  *choker = (MeirChoker){ .slots = MAX (slots, 1), .prng = prng, .round_usec = now_usec };
  choker->peers = g_array_new (FALSE, TRUE, sizeof (MeirChokerPeer));
  choker->ranks = g_array_new (FALSE, FALSE, sizeof (Rank));
  choker->changed = g_array_new (FALSE, FALSE, sizeof (MeirPeerSlot));
}

void
meir_choker_clear (MeirChoker *choker)
{
  g_clear_pointer (&choker->peers, g_array_unref);
  g_clear_pointer (&choker->ranks, g_array_unref);
  g_clear_pointer (&choker->changed, g_array_unref);
}

void
meir_choker_add (MeirChoker *choker, MeirPeerSlot peer, gint64 now_usec)
{
  if (peer >= choker->peers->len)
    g_array_set_size (choker->peers, peer + 1);
  *peer_at (choker, peer) = (MeirChokerPeer){ .present = TRUE, .joined_usec = now_usec };
}

void
meir_choker_remove (MeirChoker *choker, MeirPeerSlot peer)
{
  *peer_at (choker, peer) = (MeirChokerPeer){ 0 };
}

MeirChokerPeer *
meir_choker_get (MeirChoker *choker, MeirPeerSlot peer)
{
  return peer_at (choker, peer);
}

gboolean
meir_choker_is_due (const MeirChoker *choker, gint64 now_usec)
{
  return now_usec - choker->round_usec >= MEIR_CHOKE_ROUND_USEC;
}

static gboolean
is_candidate (const MeirChokerPeer *peer)
{
  return peer->present && peer->interested && !peer->excluded;
}

/* Whether it has a slot, or may be given one now. */
static gboolean
may_have_slot (const MeirChokerPeer *peer, gint64 now_usec)
{
  return peer->was_unchoked || peer->unchoked_usec == 0 ||
         now_usec - peer->unchoked_usec >= MEIR_CHOKE_REST_USEC;
}

/* Who gives us something comes first, by how much. The others take turns: within its turn; waiting, longest
 * first; served. */
static Rank
rank_peer (MeirChoker *choker, MeirPeerSlot slot, gint64 now_usec)
{
  const MeirChokerPeer *peer = peer_at (choker, slot);
  Rank rank = { .peer = slot, .lot = meir_prng_next (choker->prng) };

  if (!choker->seeding && peer->down_per_sec >= RATE_MIN && !peer->snubbed) {
    /* Who trades with us already stays for a while: two equals must not take turns. */
    rank.group = 0;
    rank.merit = peer->down_per_sec + (peer->was_unchoked && !peer->optimistic ? peer->down_per_sec / 4 : 0);
  } else if (peer->was_unchoked && !peer->optimistic &&
             now_usec - peer->unchoked_usec < MEIR_CHOKE_TURN_USEC) {
    rank.group = 1;
    rank.merit = peer->up_per_sec;
  } else if (!peer->was_unchoked || peer->optimistic) {
    rank.group = 2;
    rank.merit = G_MAXUINT64 - (guint64) MAX (peer->choked_usec, 0);
  } else {
    rank.group = 3;
    rank.merit = peer->up_per_sec;
  }
  if (!choker->seeding && peer->snubbed)
    rank.group += 4;
  return rank;
}

static gint
compare_ranks (gconstpointer a, gconstpointer b)
{
  const Rank *x = a, *y = b;

  if (x->group != y->group)
    return x->group < y->group ? -1 : 1;
  if (x->merit != y->merit)
    return x->merit > y->merit ? -1 : 1;
  return x->lot < y->lot ? -1 : x->lot > y->lot;
}

static void
rank_candidates (MeirChoker *choker, gint64 now_usec)
{
  g_array_set_size (choker->ranks, 0);
  for (MeirPeerSlot slot = 0; slot < choker->peers->len; slot++) {
    const MeirChokerPeer *peer = peer_at (choker, slot);
    Rank rank;

    if (!is_candidate (peer) || !may_have_slot (peer, now_usec))
      continue;
    rank = rank_peer (choker, slot, now_usec);
    g_array_append_val (choker->ranks, rank);
  }
  g_array_sort (choker->ranks, compare_ranks);
}

/* Marks where the decision starts from: nobody has a slot. */
static void
begin_decision (MeirChoker *choker)
{
  for (MeirPeerSlot slot = 0; slot < choker->peers->len; slot++)
    peer_at (choker, slot)->was_unchoked = peer_at (choker, slot)->unchoked;
}

static void
append_change (MeirChoker *choker, MeirPeerSlot slot, gboolean unchoked, gint64 now_usec)
{
  MeirChokerPeer *peer = peer_at (choker, slot);

  if (!peer->present || peer->unchoked == peer->was_unchoked || peer->unchoked != unchoked)
    return;
  if (unchoked) {
    peer->unchoked_usec = now_usec;
  } else {
    peer->choked_usec = now_usec;
    peer->optimistic = FALSE;
  }
  g_array_append_val (choker->changed, slot);
}

static const MeirPeerSlot *
end_decision (MeirChoker *choker, gint64 now_usec, guint *n_changed)
{
  g_array_set_size (choker->changed, 0);
  for (MeirPeerSlot slot = 0; slot < choker->peers->len; slot++)
    append_change (choker, slot, FALSE, now_usec);
  for (MeirPeerSlot slot = 0; slot < choker->peers->len; slot++)
    append_change (choker, slot, TRUE, now_usec);
  *n_changed = choker->changed->len;
  return (const MeirPeerSlot *) (gpointer) choker->changed->data;
}

/* One of the candidates from @first on, newcomers with more weight; not @except if there is another. */
static MeirPeerSlot
draw_optimistic (MeirChoker *choker, guint first, MeirPeerSlot except, gint64 now_usec)
{
  MeirPeerSlot drawn = MEIR_PEER_NONE;
  guint sum = 0;

  for (guint i = first; i < choker->ranks->len; i++) {
    MeirPeerSlot slot = g_array_index (choker->ranks, Rank, i).peer;
    gint64 age_usec = now_usec - peer_at (choker, slot)->joined_usec;
    guint weight = age_usec < NEWCOMER_USEC ? NEWCOMER_WEIGHT : 1;

    if (slot == except)
      continue;
    sum += weight;
    if (meir_prng_below (choker->prng, sum) < weight)
      drawn = slot;
  }
  return drawn != MEIR_PEER_NONE || first >= choker->ranks->len ? drawn : except;
}

static MeirPeerSlot
find_optimistic (const MeirChoker *choker, guint first)
{
  for (guint i = first; i < choker->ranks->len; i++) {
    MeirPeerSlot slot = g_array_index (choker->ranks, Rank, i).peer;

    if (peer_at (choker, slot)->optimistic && peer_at (choker, slot)->was_unchoked)
      return slot;
  }
  return MEIR_PEER_NONE;
}

/* Peers that lost interest keep their slots while nobody needs them: choking them would gain nothing, and
 * cost them a round when they find something new. */
static void
keep_idle (MeirChoker *choker, guint n_unchoked)
{
  for (MeirPeerSlot slot = 0; slot < choker->peers->len && n_unchoked < choker->slots; slot++) {
    MeirChokerPeer *peer = peer_at (choker, slot);

    if (peer->present && peer->was_unchoked && !peer->unchoked && !peer->interested && !peer->excluded) {
      peer->unchoked = TRUE;
      n_unchoked++;
    }
  }
}

const MeirPeerSlot *
meir_choker_round (MeirChoker *choker, gint64 now_usec, guint *n_changed)
{
  guint n_regular;
  MeirPeerSlot optimistic;

  choker->round_usec = now_usec;
  begin_decision (choker);
  rank_candidates (choker, now_usec);
  n_regular = MIN (choker->slots, choker->ranks->len);
  optimistic = find_optimistic (choker, n_regular);
  if (optimistic == MEIR_PEER_NONE || now_usec >= choker->optimistic_usec) {
    optimistic = draw_optimistic (choker, n_regular, optimistic, now_usec);
    choker->optimistic_usec = now_usec + MEIR_CHOKE_OPTIMISTIC_USEC;
  }
  for (MeirPeerSlot slot = 0; slot < choker->peers->len; slot++) {
    peer_at (choker, slot)->unchoked = FALSE;
    peer_at (choker, slot)->optimistic = FALSE;
  }
  for (guint i = 0; i < n_regular; i++)
    peer_at (choker, g_array_index (choker->ranks, Rank, i).peer)->unchoked = TRUE;
  if (optimistic != MEIR_PEER_NONE) {
    peer_at (choker, optimistic)->unchoked = TRUE;
    peer_at (choker, optimistic)->optimistic = TRUE;
  }
  keep_idle (choker, n_regular);
  return end_decision (choker, now_usec, n_changed);
}

const MeirPeerSlot *
meir_choker_fill (MeirChoker *choker, gint64 now_usec, guint *n_changed)
{
  guint n_regular = 0, n_optimistic = 0, n_idle = 0;

  begin_decision (choker);
  for (MeirPeerSlot slot = 0; slot < choker->peers->len; slot++) {
    MeirChokerPeer *peer = peer_at (choker, slot);

    if (peer->unchoked && peer->excluded)
      peer->unchoked = FALSE;
    if (peer->unchoked && peer->interested && peer->optimistic)
      n_optimistic++;
    else if (peer->unchoked && peer->interested)
      n_regular++;
    else if (peer->unchoked)
      n_idle++;
  }
  rank_candidates (choker, now_usec);
  for (guint i = 0; i < choker->ranks->len && n_regular + n_optimistic < choker->slots + 1; i++) {
    MeirChokerPeer *peer = peer_at (choker, g_array_index (choker->ranks, Rank, i).peer);

    if (peer->unchoked)
      continue;
    peer->unchoked = TRUE;
    if (n_regular < choker->slots) {
      n_regular++;
    } else {
      peer->optimistic = TRUE;
      n_optimistic++;
      choker->optimistic_usec = now_usec + MEIR_CHOKE_OPTIMISTIC_USEC;
    }
  }
  for (MeirPeerSlot slot = 0;
       slot < choker->peers->len && n_idle > 0 && n_idle + n_regular + n_optimistic > choker->slots + 1;
       slot++) {
    MeirChokerPeer *peer = peer_at (choker, slot);

    if (peer->unchoked && !peer->interested) {
      peer->unchoked = FALSE;
      n_idle--;
    }
  }
  return end_decision (choker, now_usec, n_changed);
}
