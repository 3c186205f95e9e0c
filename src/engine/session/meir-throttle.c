/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/meir-throttle.h"

#include "session/meir-peer.h"

/* How often those who wait get what has come in. */
#define TURN_USEC (20 * G_TIME_SPAN_MILLISECOND)
/* What a sender gets at a time: a whole block and its header. */
#define BLOCK_BYTES (MEIR_BLOCK_LENGTH + MEIR_MESSAGE_PIECE_HEADER_SIZE)
/* The most that one connection is granted in one turn. */
#define GRANT_MAX ((gsize) MEIR_QUANTUM_BYTES)

static void on_turn (MeirTimer *timer, gint64 now_usec);

void
meir_throttle_init (MeirThrottle *throttle)
{
  throttle->order = g_ptr_array_new ();
}

void
meir_throttle_clear (MeirThrottle *throttle, MeirLoop *loop)
{
  meir_loop_clear_timer (loop, &throttle->timer);
  g_clear_pointer (&throttle->order, g_ptr_array_unref);
}

gboolean
meir_throttle_is_limited (MeirPeer *peer, MeirDirection direction)
{
  return meir_token_bucket_is_limited (&peer->engine->throttle.buckets[direction]) ||
         meir_token_bucket_is_limited (&peer->torrent->throttles[direction].bucket);
}

void
meir_throttle_charge (MeirPeer *peer, MeirDirection direction, gsize bytes)
{
  meir_token_bucket_take (&peer->engine->throttle.buckets[direction], bytes);
  meir_token_bucket_take (&peer->torrent->throttles[direction].bucket, bytes);
}

/* One portion more, if both buckets have it; returns how much that is. */
static gsize
grant (MeirPeer *peer, MeirDirection direction, gint64 now_usec)
{
  MeirTokenBucket *ours = &peer->engine->throttle.buckets[direction];
  MeirTokenBucket *torrents = &peer->torrent->throttles[direction].bucket;
  MeirPeerThrottle *throttle = &peer->throttles[direction];
  gsize grain = MIN (meir_token_bucket_get_grain (ours), meir_token_bucket_get_grain (torrents));
  gsize there = MIN (meir_token_bucket_get (ours, now_usec), meir_token_bucket_get (torrents, now_usec));
  gsize portion = grain;

  if (direction == MEIR_UP)
    portion = throttle->need > throttle->grant ? throttle->need - throttle->grant : BLOCK_BYTES;
  if (there < MIN (grain, portion) || throttle->grant >= GRANT_MAX)
    return 0;
  portion = MIN (portion, there);
  throttle->grant += portion;
  meir_throttle_charge (peer, direction, portion);
  return portion;
}

static void
stop_waiting (MeirPeer *peer, MeirDirection direction)
{
  MeirPeerThrottle *throttle = &peer->throttles[direction];

  if (throttle->link.data == NULL)
    return;
  g_queue_unlink (&peer->torrent->throttles[direction].waiting, &throttle->link);
  throttle->link.data = NULL;
  peer->engine->throttle.n_waiting[direction]--;
}

gsize
meir_throttle_ask (MeirPeer *peer, MeirDirection direction, gsize need, gboolean begun)
{
  MeirEngine *engine = peer->engine;
  MeirPeerThrottle *throttle = &peer->throttles[direction];
  GQueue *waiting = &peer->torrent->throttles[direction].waiting;
  gint64 now_usec = meir_loop_now_usec (engine->loop);

  if (!meir_throttle_is_limited (peer, direction))
    return G_MAXSIZE;
  if (throttle->grant > 0)
    return throttle->grant;
  if (throttle->link.data != NULL)
    return 0;
  throttle->need = need;
  if (engine->throttle.n_waiting[direction] == 0 && grant (peer, direction, now_usec) > 0)
    return throttle->grant;
  throttle->link.data = peer;
  if (begun)
    g_queue_push_head_link (waiting, &throttle->link);
  else
    g_queue_push_tail_link (waiting, &throttle->link);
  engine->throttle.n_waiting[direction]++;
  if (!meir_timer_is_set (&engine->throttle.timer))
    meir_loop_set_timer (engine->loop, &engine->throttle.timer, now_usec + TURN_USEC, on_turn);
  return 0;
}

void
meir_throttle_use (MeirPeer *peer, MeirDirection direction, gsize bytes)
{
  MeirPeerThrottle *throttle = &peer->throttles[direction];

  throttle->grant -= MIN (bytes, throttle->grant);
}

void
meir_throttle_rest (MeirPeer *peer, MeirDirection direction)
{
  MeirPeerThrottle *throttle = &peer->throttles[direction];

  if (throttle->grant == 0)
    return;
  meir_token_bucket_return (&peer->engine->throttle.buckets[direction], throttle->grant);
  meir_token_bucket_return (&peer->torrent->throttles[direction].bucket, throttle->grant);
  throttle->grant = 0;
}

void
meir_throttle_leave (MeirPeer *peer)
{
  for (guint i = 0; i < MEIR_N_DIRECTIONS; i++) {
    stop_waiting (peer, i);
    meir_throttle_rest (peer, i);
  }
}

/* A portion for whoever is first in line at @torrent; who has not enough for its block stays there. */
static gboolean
grant_first (MeirTorrent *torrent, MeirDirection direction, gint64 now_usec)
{
  GQueue *waiting = &torrent->throttles[direction].waiting;
  GList *first = waiting->head;
  MeirPeer *peer;

  if (first == NULL)
    return FALSE;
  peer = first->data;
  if (grant (peer, direction, now_usec) == 0)
    return FALSE;
  if (peer->throttles[direction].grant >= peer->throttles[direction].need) {
    g_queue_unlink (waiting, first);
    g_queue_push_tail_link (waiting, first);
  }
  return TRUE;
}

/* Who got something goes on. */
static void
wake_granted (MeirTorrent *torrent, MeirDirection direction)
{
  GList *next;

  for (GList *link = torrent->throttles[direction].waiting.head; link != NULL; link = next) {
    MeirPeer *peer = link->data;

    next = link->next;
    if (peer->throttles[direction].grant == 0)
      continue;
    stop_waiting (peer, direction);
    meir_peer_make_ready (peer);
  }
}

static void
hand_out (MeirEngine *engine, MeirDirection direction, gint64 now_usec)
{
  MeirThrottle *throttle = &engine->throttle;
  guint n = engine->torrents->len;
  gboolean more = TRUE;

  if (throttle->n_waiting[direction] == 0)
    return;
  g_ptr_array_set_size (throttle->order, 0);
  throttle->turn++;
  for (guint i = 0; i < n; i++) {
    MeirTorrent *torrent = g_ptr_array_index (engine->torrents, (throttle->turn + i) % n);

    if (torrent->throttles[direction].waiting.length > 0)
      g_ptr_array_add (throttle->order, torrent);
  }
  while (more) {
    more = FALSE;
    for (guint i = 0; i < throttle->order->len; i++)
      more |= grant_first (g_ptr_array_index (throttle->order, i), direction, now_usec);
  }
  for (guint i = 0; i < throttle->order->len; i++)
    wake_granted (g_ptr_array_index (throttle->order, i), direction);
}

static void
on_turn (MeirTimer *timer, gint64 now_usec)
{
  MeirEngine *engine = MEIR_OWNER_OF (timer, MeirEngine, throttle.timer);

  for (guint i = 0; i < MEIR_N_DIRECTIONS; i++)
    hand_out (engine, i, now_usec);
  if (engine->throttle.n_waiting[MEIR_DOWN] + engine->throttle.n_waiting[MEIR_UP] > 0)
    meir_loop_set_timer (engine->loop, timer, now_usec + TURN_USEC, on_turn);
}

/* Those of @torrent who wait ask again: there may be no limit for them any more. */
static void
release (MeirTorrent *torrent, MeirDirection direction)
{
  GQueue *waiting = &torrent->throttles[direction].waiting;

  if (waiting->length == 0 || meir_throttle_is_limited (waiting->head->data, direction))
    return;
  while (waiting->head != NULL) {
    MeirPeer *peer = waiting->head->data;

    stop_waiting (peer, direction);
    meir_peer_make_ready (peer);
  }
}

void
meir_throttle_set_session (MeirEngine *engine, guint64 down_per_sec, guint64 up_per_sec)
{
  gint64 now_usec = meir_loop_now_usec (engine->loop);

  meir_token_bucket_set_rate (&engine->throttle.buckets[MEIR_DOWN], down_per_sec, now_usec);
  meir_token_bucket_set_rate (&engine->throttle.buckets[MEIR_UP], up_per_sec, now_usec);
  for (guint i = 0; i < engine->torrents->len; i++) {
    release (g_ptr_array_index (engine->torrents, i), MEIR_DOWN);
    release (g_ptr_array_index (engine->torrents, i), MEIR_UP);
  }
}

void
meir_throttle_set_torrent (MeirTorrent *torrent, guint64 down_per_sec, guint64 up_per_sec)
{
  gint64 now_usec = meir_loop_now_usec (torrent->engine->loop);

  meir_token_bucket_set_rate (&torrent->throttles[MEIR_DOWN].bucket, down_per_sec, now_usec);
  meir_token_bucket_set_rate (&torrent->throttles[MEIR_UP].bucket, up_per_sec, now_usec);
  release (torrent, MEIR_DOWN);
  release (torrent, MEIR_UP);
}
