/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/meir-torrent.h"

#include "base/meir-text.h"
#include "session/meir-torrent-private.h"

#include <string.h>

/* The object itself, and what the front end may do with it. */

G_DEFINE_FINAL_TYPE (MeirTorrent, meir_torrent, G_TYPE_OBJECT)

static void
meir_torrent_finalize (GObject *object)
{
  MeirTorrent *torrent = MEIR_TORRENT (object);

  g_clear_pointer (&torrent->mailbox, meir_mailbox_unref);
  g_free (torrent->folder);
  g_clear_pointer (&torrent->asked_tiers, g_ptr_array_unref);
  g_clear_pointer (&torrent->tiers, g_ptr_array_unref);
  g_free (torrent->next_folder);
  g_free (torrent->old_state_path);
  g_free (torrent->data_folder);
  g_free (torrent->bad_peer);
  g_free (torrent->magnet_name);
  g_free (torrent->state_path);
  g_clear_pointer (&torrent->extra_tiers, g_ptr_array_unref);
  g_clear_pointer (&torrent->shared_metainfo, meir_metainfo_unref);
  g_clear_pointer (&torrent->shared_priorities, g_bytes_unref);
  g_clear_pointer (&torrent->priorities, g_bytes_unref);
  g_clear_pointer (&torrent->prepared, g_bytes_unref);
  g_clear_pointer (&torrent->snapshot, meir_torrent_snapshot_unref);
  g_clear_pointer (&torrent->metainfo, meir_metainfo_unref);
  g_clear_pointer (&torrent->made_of, g_array_unref);
  g_clear_pointer (&torrent->metadata, meir_metadata_free);
  g_clear_pointer (&torrent->candidates, meir_candidates_free);
  g_clear_error (&torrent->failure);
  g_array_unref (torrent->stop_waiters);
  g_array_unref (torrent->unrecorded_pieces);
  g_array_unref (torrent->unrecorded_segments);
  g_array_unref (torrent->recording_pieces);
  g_array_unref (torrent->recording_segments);
  g_array_unref (torrent->unrecorded_forgotten);
  g_array_unref (torrent->recording_forgotten);
  g_ptr_array_unref (torrent->peers);
  g_ptr_array_unref (torrent->slots);
  g_ptr_array_unref (torrent->dials);
  g_ptr_array_unref (torrent->dropping);
  g_hash_table_unref (torrent->tracker_words);
  g_mutex_clear (&torrent->lock);
  G_OBJECT_CLASS (meir_torrent_parent_class)->finalize (object);
}

static void
meir_torrent_class_init (MeirTorrentClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = meir_torrent_finalize;
}

static void
meir_torrent_init (MeirTorrent *torrent)
{
  g_mutex_init (&torrent->lock);
  torrent->stop_waiters = g_array_new (FALSE, FALSE, sizeof (MeirStopWaiter));
  torrent->unrecorded_pieces = g_array_new (FALSE, FALSE, sizeof (guint32));
  torrent->recording_pieces = g_array_new (FALSE, FALSE, sizeof (guint32));
  torrent->unrecorded_forgotten = g_array_new (FALSE, FALSE, sizeof (guint32));
  torrent->recording_forgotten = g_array_new (FALSE, FALSE, sizeof (guint32));
  torrent->unrecorded_segments = g_array_new (FALSE, FALSE, sizeof (MeirJournalSegment));
  torrent->recording_segments = g_array_new (FALSE, FALSE, sizeof (MeirJournalSegment));
  torrent->peers = g_ptr_array_new ();
  torrent->slots = g_ptr_array_new ();
  torrent->dials = g_ptr_array_new ();
  torrent->dropping = g_ptr_array_new ();
  torrent->tracker_words = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

/* The state of a torrent is kept by its info-hash and the folder it lies in, so that one user may share and
 * fetch the same torrent in two places. */
char *
meir_torrent_dup_state_path (MeirEngine *engine, const MeirInfoHash *info_hash, const char *folder)
{
  guint8 digest[MEIR_SHA256_LENGTH];
  g_autofree char *place = NULL;
  g_autofree char *name = NULL;
  char hex[2 * MEIR_SHA1_LENGTH + 1];

  meir_sha256 (folder, strlen (folder), digest);
  place = meir_hex_encode (digest, 4);
  name = g_strdup_printf ("%s-%s", meir_info_hash_to_hex (info_hash, hex), place);
  return g_build_filename (engine->state_folder, "torrents", name, NULL);
}

MeirTorrent *
meir_torrent_new (MeirEngine *engine, const MeirAddOptions *options)
{
  MeirTorrent *torrent = g_object_new (MEIR_TYPE_TORRENT, NULL);
  guint8 random[12];

  torrent->engine = engine;
  torrent->mailbox = meir_mailbox_ref (engine->mailbox);
  torrent->info_hash = options->metainfo != NULL ? *meir_metainfo_get_info_hash (options->metainfo)
                                                 : options->magnet->info_hash;
  torrent->folder = g_canonicalize_filename (options->folder, NULL);
  torrent->data_folder = g_strdup (torrent->folder);
  torrent->state_path = meir_torrent_dup_state_path (engine, &torrent->info_hash, torrent->folder);
  torrent->allocation = options->allocation;
  torrent->seed_only = options->seed_only;
  torrent->recheck = options->recheck;
  torrent->minds_gone = options->folder_was_there;
  torrent->made_of = options->made_of != NULL ? g_array_ref (options->made_of) : NULL;
  torrent->paused = options->paused;
  torrent->shared_priorities =
      options->file_priorities != NULL ? g_bytes_ref (options->file_priorities) : NULL;
  torrent->shared_play_order = options->play_order;
  torrent->choosing = options->choose_files && options->metainfo == NULL;
  torrent->forced = options->start_now;
  torrent->asked_limits = options->limits;
  meir_token_bucket_set_rate (&torrent->throttles[MEIR_DOWN].bucket, options->limits.down_per_sec, 0);
  meir_token_bucket_set_rate (&torrent->throttles[MEIR_UP].bucket, options->limits.up_per_sec, 0);
  torrent->uploaded_before = options->uploaded_before;
  torrent->downloaded_before = options->downloaded_before;
  torrent->seeded_usec = (gint64) MIN (options->seeded_before_sec, G_MAXINT32) * G_USEC_PER_SEC;
  torrent->rule_overridden = options->rule_overridden;
  torrent->candidates = meir_candidates_new (meir_random_u64 ());
  if (options->metainfo != NULL) {
    torrent->metainfo = meir_metainfo_ref (options->metainfo);
    torrent->shared_metainfo = meir_metainfo_ref (options->metainfo);
  } else {
    torrent->magnet_name = g_strdup (options->magnet->display_name);
    torrent->extra_tiers = meir_magnet_dup_tiers (options->magnet);
    for (guint i = 0; i < options->magnet->peers->len; i++)
      meir_candidates_add (torrent->candidates, &g_array_index (options->magnet->peers, MeirEndpoint, i),
                           MEIR_SOURCE_MAGNET);
  }
  if (options->trackers != NULL) {
    if (torrent->extra_tiers == NULL)
      torrent->extra_tiers = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
    for (guint i = 0; i < options->trackers->len; i++)
      g_ptr_array_add (torrent->extra_tiers, g_strdupv (g_ptr_array_index (options->trackers, i)));
  }
  for (guint i = 0; i < options->n_peers; i++)
    meir_candidates_add (torrent->candidates, &options->peers[i], MEIR_SOURCE_USER);
  meir_random_bytes (random, sizeof random);
  meir_peer_id_generate (torrent->peer_id, random);
  meir_torrent_take_files (torrent);
  meir_torrent_publish (torrent);
  return torrent;
}

const MeirInfoHash *
meir_torrent_get_info_hash (MeirTorrent *torrent)
{
  return &torrent->info_hash;
}

const char *
meir_torrent_get_folder (MeirTorrent *torrent)
{
  return torrent->folder;
}

MeirMetainfo *
meir_torrent_ref_metainfo (MeirTorrent *torrent)
{
  MeirMetainfo *metainfo = NULL;

  g_mutex_lock (&torrent->lock);
  if (torrent->shared_metainfo != NULL)
    metainfo = meir_metainfo_ref (torrent->shared_metainfo);
  g_mutex_unlock (&torrent->lock);
  return metainfo;
}

char *
meir_torrent_dup_name (MeirTorrent *torrent)
{
  g_autoptr (MeirMetainfo) metainfo = meir_torrent_ref_metainfo (torrent);
  char hex[2 * MEIR_SHA1_LENGTH + 1];

  if (metainfo != NULL)
    return g_strdup (meir_metainfo_get_display_name (metainfo));
  if (torrent->magnet_name != NULL)
    return g_strdup (torrent->magnet_name);
  return g_strdup (meir_info_hash_to_hex (&torrent->info_hash, hex));
}

void
meir_torrent_share_metainfo (MeirTorrent *torrent)
{
  g_mutex_lock (&torrent->lock);
  g_clear_pointer (&torrent->shared_metainfo, meir_metainfo_unref);
  torrent->shared_metainfo = meir_metainfo_ref (torrent->metainfo);
  g_mutex_unlock (&torrent->lock);
}

void
meir_torrent_set_state (MeirTorrent *torrent, MeirTorrentState state)
{
  meir_torrent_set_state_because (torrent, state, NULL);
}

void
meir_torrent_set_state_because (MeirTorrent *torrent, MeirTorrentState state, const char *reason)
{
  gint64 now_usec = meir_loop_now_usec (torrent->engine->loop);

  if (torrent->state == state)
    return;
  if (torrent->state == MEIR_TORRENT_SEEDING)
    torrent->seeded_usec += now_usec - torrent->seeding_since_usec;
  torrent->seeding_since_usec = state == MEIR_TORRENT_SEEDING ? now_usec : 0;
  torrent->state = state;
  meir_torrent_publish (torrent);
  meir_engine_emit (torrent->engine, torrent, MEIR_EVENT_STATE, 0, reason);
}

void
meir_torrent_post (MeirTorrent *torrent, MeirMailFunc func)
{
  meir_mailbox_to_engine (torrent->mailbox, func, g_object_ref (torrent), g_object_unref);
}

static void
pause_cb (gpointer data)
{
  meir_torrent_set_paused (data, TRUE);
}

static void
resume_cb (gpointer data)
{
  meir_torrent_set_paused (data, FALSE);
}

static void
recheck_cb (gpointer data)
{
  meir_torrent_restart (data, TRUE);
}

static void
announce_cb (gpointer data)
{
  MeirTorrent *torrent = data;

  meir_candidates_hurry (torrent->candidates);
  if (torrent->announcer != NULL)
    meir_announcer_force (torrent->announcer);
}

void
meir_torrent_pause (MeirTorrent *torrent)
{
  meir_torrent_post (torrent, pause_cb);
}

void
meir_torrent_resume (MeirTorrent *torrent)
{
  meir_torrent_post (torrent, resume_cb);
}

void
meir_torrent_recheck (MeirTorrent *torrent)
{
  meir_torrent_post (torrent, recheck_cb);
}

void
meir_torrent_announce (MeirTorrent *torrent)
{
  meir_torrent_post (torrent, announce_cb);
}

typedef struct {
  MeirTorrent *torrent;
  MeirEndpoint endpoint;
} MeirNewPeer;

static void
new_peer_free (gpointer data)
{
  MeirNewPeer *new_peer = data;

  g_object_unref (new_peer->torrent);
  g_free (new_peer);
}

static void
add_peer_cb (gpointer data)
{
  MeirNewPeer *new_peer = data;
  MeirTorrent *torrent = new_peer->torrent;

  meir_candidates_add (torrent->candidates, &new_peer->endpoint, MEIR_SOURCE_USER);
  meir_torrent_dial_more (torrent, meir_loop_now_usec (torrent->engine->loop));
}

void
meir_torrent_add_peer (MeirTorrent *torrent, const MeirEndpoint *endpoint)
{
  MeirNewPeer *new_peer = g_new0 (MeirNewPeer, 1);

  new_peer->torrent = g_object_ref (torrent);
  new_peer->endpoint = *endpoint;
  meir_mailbox_to_engine (torrent->mailbox, add_peer_cb, new_peer, new_peer_free);
}
