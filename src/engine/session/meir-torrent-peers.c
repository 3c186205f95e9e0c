/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/meir-peer.h"

#include "meir-config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Who is connected: dialling candidates, admitting who dials us, announcing to trackers. */

typedef struct {
  MeirTorrent *torrent;
  MeirDial *dial;
  MeirEndpoint endpoint;
  gboolean tls;
} MeirTorrentDial;

static void dial (MeirTorrent *torrent, const MeirEndpoint *endpoint, gboolean tls);

void
meir_torrent_fill_handshake (MeirTorrent *torrent, MeirHandshake *handshake)
{
  *handshake = (MeirHandshake){ .info_hash = torrent->info_hash, .extensions = TRUE, .fast = TRUE };
  memcpy (handshake->peer_id, torrent->peer_id, sizeof handshake->peer_id);
}

gboolean
meir_torrent_accepts (MeirTorrent *torrent, gboolean encrypted)
{
  MeirTlsPolicy tls = torrent->engine->settings.tls;

  if (!torrent->swarming)
    return FALSE;
  return encrypted ? tls != MEIR_TLS_OFF : tls != MEIR_TLS_REQUIRE;
}

static void
dial_over (MeirTorrentDial *entry)
{
  g_ptr_array_remove_fast (entry->torrent->dials, entry);
  entry->torrent->engine->n_half_open--;
  g_free (entry);
}

/* A peer that insists on TLS hangs up on a plain handshake without a word, so an unexplained end is worth one
 * more try, encrypted. */
static gboolean
may_want_tls (MeirTorrent *torrent, const MeirTorrentDial *entry, const GError *error)
{
  return torrent->engine->settings.tls == MEIR_TLS_PREFER && !entry->tls &&
         g_error_matches (error, MEIR_ERROR, MEIR_ERROR_PROTOCOL);
}

static void
on_dialled (MeirDial *unused, MeirGreeting *greeting, const GError *error, gpointer user_data)
{
  MeirTorrentDial *entry = user_data;
  MeirTorrent *torrent = entry->torrent;
  MeirEndpoint endpoint = entry->endpoint;
  gint64 now_usec = meir_loop_now_usec (torrent->engine->loop);
  gboolean again = greeting == NULL && may_want_tls (torrent, entry, error);

  dial_over (entry);
  if (greeting != NULL)
    meir_torrent_greeted (torrent, greeting, &endpoint);
  else if (g_error_matches (error, MEIR_ERROR, MEIR_ERROR_INVALID))
    meir_candidates_remove (torrent->candidates, &endpoint); /* ourselves */
  else if (again)
    dial (torrent, &endpoint, TRUE);
  else
    meir_candidates_failed (torrent->candidates, &endpoint, now_usec);
  meir_torrent_dial_more (torrent, now_usec);
}

static void
dial (MeirTorrent *torrent, const MeirEndpoint *endpoint, gboolean tls)
{
  MeirTorrentDial *entry = g_new0 (MeirTorrentDial, 1);
  MeirHandshake ours;

  entry->torrent = torrent;
  entry->endpoint = *endpoint;
  entry->tls = tls;
  meir_torrent_fill_handshake (torrent, &ours);
  torrent->engine->n_half_open++;
  g_ptr_array_add (torrent->dials, entry);
  entry->dial = meir_greeter_dial (torrent->engine->greeter, endpoint, &ours, tls, on_dialled, entry);
}

/* Whether this candidate may be dialled now; one that may not is put off. */
static gboolean
may_dial (MeirTorrent *torrent, const MeirEndpoint *endpoint, gint64 now_usec)
{
  MeirEngine *engine = torrent->engine;

  if (meir_address_book_is_banned (engine->addresses, endpoint, now_usec) ||
      !meir_engine_may_connect (engine, endpoint) ||
      !meir_address_book_may_dial (engine->addresses, endpoint, now_usec)) {
    meir_candidates_defer (torrent->candidates, endpoint, now_usec + 60 * G_USEC_PER_SEC);
    return FALSE;
  }
  return TRUE;
}

void
meir_torrent_dial_more (MeirTorrent *torrent, gint64 now_usec)
{
  MeirEngine *engine = torrent->engine;
  MeirEndpoint endpoint;

  while (torrent->swarming && engine->n_half_open < MEIR_HALF_OPEN_MAX &&
         torrent->peers->len + torrent->dials->len < MEIR_CONNECTIONS_PER_TORRENT &&
         meir_candidates_take (torrent->candidates, now_usec, &endpoint)) {
    gboolean tls = engine->settings.tls == MEIR_TLS_REQUIRE ||
                   (engine->settings.tls == MEIR_TLS_PREFER &&
                    meir_address_book_speaks_tls (engine->addresses, &endpoint, now_usec));

    if (may_dial (torrent, &endpoint, now_usec))
      dial (torrent, &endpoint, tls);
  }
}

static MeirPeer *
find_by_id (MeirTorrent *torrent, const guint8 *peer_id)
{
  for (guint i = 0; i < torrent->peers->len; i++) {
    MeirPeer *peer = g_ptr_array_index (torrent->peers, i);

    if (memcmp (peer->id, peer_id, sizeof peer->id) == 0)
      return peer;
  }
  return NULL;
}

/* Two ends that dialled each other at once keep the connection that the larger peer id opened: both decide
 * alike. A second connection in the same direction is not kept. */
static gboolean
keeps_old (MeirTorrent *torrent, MeirPeer *old, const MeirGreeting *greeting)
{
  gboolean we_are_larger = memcmp (torrent->peer_id, greeting->remote.peer_id, sizeof torrent->peer_id) > 0;

  if (old->incoming == greeting->incoming)
    return TRUE;
  return old->incoming ? !we_are_larger : we_are_larger;
}

static void
refuse (MeirTorrent *torrent, MeirGreeting *greeting, const MeirEndpoint *dialled)
{
  g_clear_pointer (&greeting->stream, meir_stream_free);
  if (dialled != NULL)
    meir_candidates_failed (torrent->candidates, dialled, meir_loop_now_usec (torrent->engine->loop));
}

void
meir_torrent_greeted (MeirTorrent *torrent, MeirGreeting *greeting, const MeirEndpoint *dialled)
{
  MeirPeer *old = find_by_id (torrent, greeting->remote.peer_id);
  gint64 now_usec = meir_loop_now_usec (torrent->engine->loop);

  /* Policy and limits were looked at when the connection was begun; they may have changed, and others have
   * come through since. */
  if (!meir_torrent_accepts (torrent, greeting->encrypted) ||
      (old == NULL && (torrent->peers->len >= MEIR_CONNECTIONS_PER_TORRENT ||
                       !meir_engine_may_connect (torrent->engine, &greeting->endpoint))) ||
      (old != NULL && keeps_old (torrent, old, greeting))) {
    refuse (torrent, greeting, dialled);
    return;
  }
  if (old != NULL)
    meir_peer_close (old, _ ("Is connected twice"));
  /* What the swarm wants of a peer that left is not for the one that gets its slot. */
  meir_torrent_perform (torrent);
  if (dialled == NULL && meir_endpoint_is_outside (&greeting->endpoint))
    g_atomic_int_set (&torrent->engine->reached, TRUE);
  if (dialled != NULL && greeting->encrypted)
    meir_address_book_remember_tls (torrent->engine->addresses, dialled,
                                    now_usec + MEIR_TLS_MEMORY_SEC * (gint64) G_USEC_PER_SEC);
  meir_peer_new (torrent, greeting, dialled);
}

static void
on_stats (gpointer user_data, MeirAnnounceStats *stats)
{
  MeirTorrent *torrent = user_data;

  stats->uploaded = torrent->up.total;
  stats->downloaded = torrent->down.total;
  /* Without metadata nobody knows what is left, but it is not nothing. */
  stats->left = torrent->swarm != NULL ? meir_swarm_get_left (torrent->swarm) : MEIR_BLOCK_LENGTH;
  /* BEP 21. */
  stats->partial_seed = stats->left > 0 && meir_torrent_is_finished (torrent);
  stats->port = meir_greeter_get_port (torrent->engine->greeter);
  stats->peers_wanted = torrent->peers->len < MEIR_CONNECTIONS_PER_TORRENT / 2 ? 50 : 0;
}

static void
on_tracker_peers (gpointer user_data, const MeirEndpoint *peers, guint n_peers, const char *tracker)
{
  MeirTorrent *torrent = user_data;

  for (guint i = 0; i < n_peers; i++)
    meir_candidates_add (torrent->candidates, &peers[i], MEIR_SOURCE_TRACKER);
  meir_torrent_dial_more (torrent, meir_loop_now_usec (torrent->engine->loop));
}

/* Says what a tracker says, once per answer. */
static void
on_tracker_changed (gpointer user_data)
{
  MeirTorrent *torrent = user_data;
  g_autoptr (GPtrArray) status = meir_announcer_dup_status (torrent->announcer);

  for (guint i = 0; i < status->len; i++) {
    MeirTrackerStatus *tracker = g_ptr_array_index (status, i);
    const char *words = tracker->error != NULL ? tracker->error : tracker->message;
    g_autofree char *text = NULL;

    if (tracker->state == MEIR_TRACKER_IDLE || tracker->state == MEIR_TRACKER_ANNOUNCING ||
        g_strcmp0 (g_hash_table_lookup (torrent->tracker_words, tracker->url), words) == 0)
      continue;
    g_hash_table_replace (torrent->tracker_words, g_strdup (tracker->url), g_strdup (words));
    /* Translators: the address of a tracker, and what it says */
    text = g_strdup_printf (_ ("%s: %s"), tracker->url, words);
    meir_engine_emit (torrent->engine, torrent, MEIR_EVENT_TRACKER, 0, text);
  }
}

static void
start_announcing (MeirTorrent *torrent)
{
  static const MeirAnnouncerHooks hooks = { on_stats, on_tracker_peers, on_tracker_changed };

  if (torrent->announcer == NULL) {
    g_autoptr (GPtrArray) tiers =
        meir_torrent_gather_tiers (torrent->tiers, torrent->metainfo, torrent->extra_tiers);

    torrent->announcer = meir_announcer_new (torrent->engine->tracker_client, tiers, &torrent->info_hash,
                                             torrent->peer_id, &hooks, torrent);
  }
  meir_announcer_start (torrent->announcer);
}

void
meir_torrent_start_swarming (MeirTorrent *torrent)
{
  if (torrent->swarming)
    return;
  torrent->swarming = TRUE;
  torrent->owes_goodbye = FALSE;
  torrent->progress_usec = meir_loop_now_usec (torrent->engine->loop);
  start_announcing (torrent);
  meir_torrent_dial_more (torrent, meir_loop_now_usec (torrent->engine->loop));
}

static void
on_goodbye_done (MeirAnnouncer *announcer, gpointer user_data)
{
  MeirTorrent *torrent = user_data;

  torrent->saying_goodbye = FALSE;
  torrent->goodbye_done = TRUE;
  meir_torrent_quiet (torrent);
}

static void
close_connections (MeirTorrent *torrent)
{
  while (torrent->peers->len > 0)
    meir_peer_close (g_ptr_array_index (torrent->peers, 0), _ ("The torrent is stopped"));
  while (torrent->dials->len > 0) {
    MeirTorrentDial *entry = g_ptr_array_index (torrent->dials, 0);

    meir_dial_cancel (entry->dial);
    meir_candidates_defer (torrent->candidates, &entry->endpoint, 0);
    dial_over (entry);
  }
}

void
meir_torrent_stop_swarming (MeirTorrent *torrent)
{
  gboolean known = torrent->swarming || torrent->owes_goodbye;

  torrent->swarming = FALSE;
  torrent->owes_goodbye = FALSE;
  close_connections (torrent);
  if (torrent->announcer != NULL && known) {
    torrent->goodbye_done = FALSE;
    torrent->saying_goodbye = TRUE;
    meir_announcer_stop (torrent->announcer, on_goodbye_done, torrent);
  } else if (!torrent->saying_goodbye) {
    torrent->goodbye_done = TRUE;
  }
}

void
meir_torrent_rest_swarming (MeirTorrent *torrent)
{
  torrent->owes_goodbye |= torrent->swarming;
  torrent->swarming = FALSE;
  close_connections (torrent);
  if (torrent->announcer != NULL)
    meir_announcer_rest (torrent->announcer);
  if (!torrent->saying_goodbye)
    torrent->goodbye_done = TRUE;
}

void
meir_torrent_peers_tick (MeirTorrent *torrent, gint64 now_usec)
{
  for (guint i = torrent->peers->len; i > 0; i--)
    meir_peer_tick (g_ptr_array_index (torrent->peers, i - 1), now_usec);
  meir_torrent_dial_more (torrent, now_usec);
}
