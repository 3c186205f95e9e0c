/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/meir-peer.h"

#include "meir-config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* The swarm's decisions performed, and the disk's verdicts fed back to it. */

/* How often a full disk is looked at. */
#define SPACE_CHECK_USEC (2 * G_USEC_PER_SEC)

typedef struct {
  MeirTorrent *torrent;
  gsize waiting_bytes;
  guint64 free_bytes;
  guint64 needed_bytes;
} MeirSpaceCheck;

static void
space_worker (MeirDiskJob *job)
{
  MeirSpaceCheck *check = job->user_data;

  meir_storage_get_space (job->storage, &check->free_bytes, &check->needed_bytes, &job->error);
}

static void
space_done (MeirDiskJob *job)
{
  MeirSpaceCheck *check = job->user_data;
  MeirTorrent *torrent = check->torrent;
  guint64 wanted = MIN (check->needed_bytes, check->waiting_bytes + MEIR_SEGMENT_LENGTH);

  torrent->checking_space = FALSE;
  if (meir_torrent_is_ending (torrent))
    meir_torrent_job_over (torrent, job);
  else {
    torrent->space_needed_bytes =
        check->needed_bytes > check->free_bytes ? check->needed_bytes - check->free_bytes : 0;
    if (torrent->state == MEIR_TORRENT_DISK_FULL && job->error == NULL && check->free_bytes >= wanted &&
        meir_loop_now_usec (torrent->engine->loop) >= torrent->next_retry_usec)
      meir_torrent_try_again (torrent);
    meir_torrent_job_over (torrent, job);
  }
  g_free (check);
  meir_torrent_quiet (torrent);
}

/* One at a time, however slow the disk is. */
static void
check_space (MeirTorrent *torrent, gint64 now_usec)
{
  MeirSpaceCheck *check;
  MeirDiskJob *job;

  torrent->next_space_check_usec = now_usec + SPACE_CHECK_USEC;
  if (torrent->checking_space)
    return;
  torrent->checking_space = TRUE;
  check = g_new0 (MeirSpaceCheck, 1);
  job = meir_disk_job_new (torrent->engine->disk, MEIR_DISK_CALL, torrent->storage, space_done, check);
  check->torrent = torrent;
  check->waiting_bytes = meir_piece_store_get_bytes (torrent->store);
  job->call = space_worker;
  meir_torrent_submit (torrent, job);
}

/* What a verdict abandons is abandoned at once: a block of it that begins to arrive before would be thrown
 * away with it, and one that is on its way would go to where its place was. */
static void
on_verdict (gpointer user_data, guint32 piece, gboolean good, const guint64 *marks)
{
  MeirTorrent *torrent = user_data;
  gint64 now_usec = meir_loop_now_usec (torrent->engine->loop);

  if (good) {
    meir_bitfield_unset (&torrent->bad_pieces, piece);
    meir_swarm_on_piece_good (torrent->swarm, piece, marks, now_usec);
    /* BEP 3: the tracker is told when all of the torrent is here, not when all that is wanted is. */
    if (torrent->announcer != NULL && meir_bitfield_is_full (meir_swarm_get_have (torrent->swarm)))
      meir_announcer_complete (torrent->announcer);
    meir_torrent_note_piece (torrent, piece);
    if (marks != NULL)
      meir_torrent_perform (torrent);
  } else {
    torrent->n_bad_pieces++;
    meir_bitfield_set (&torrent->bad_pieces, piece);
    meir_swarm_on_piece_bad (torrent->swarm, piece, marks, now_usec);
    meir_engine_emit (torrent->engine, torrent, MEIR_EVENT_BAD_PIECE, piece, NULL);
    meir_torrent_perform (torrent);
  }
  meir_engine_mark_dirty (torrent->engine, torrent);
}

static gboolean
on_wants_marks (gpointer user_data, guint32 piece)
{
  MeirTorrent *torrent = user_data;

  return meir_swarm_wants_marks (torrent->swarm, piece);
}

static void
on_written (gpointer user_data, guint32 piece, guint32 begin, guint32 length)
{
  meir_torrent_note_segment (user_data, piece, begin, length);
}

void
meir_torrent_update_asking (MeirTorrent *torrent)
{
  if (torrent->swarm == NULL)
    return;
  meir_swarm_set_paused (torrent->swarm,
                         torrent->write_failed || meir_engine_disk_is_stuck (torrent->engine));
  meir_engine_mark_dirty (torrent->engine, torrent);
}

/* What had been begun before somebody told us to go on is through: now we do. */
static void
go_on_if_idle (MeirTorrent *torrent)
{
  if (torrent->going_on && meir_piece_store_is_idle (torrent->store))
    meir_torrent_try_again (torrent);
}

static void
on_write_failed (gpointer user_data, const GError *error)
{
  MeirTorrent *torrent = user_data;
  gint64 now_usec = meir_loop_now_usec (torrent->engine->loop);

  if (meir_torrent_is_ending (torrent)) {
    meir_torrent_quiet (torrent);
    return;
  }
  /* It failed before: that was told, and it is tried again with the others. */
  if (torrent->going_on) {
    go_on_if_idle (torrent);
    return;
  }
  torrent->write_failed = TRUE;
  meir_torrent_update_asking (torrent);
  /* After a failed sync the writes under way fail too, with less to tell. */
  if (torrent->must_reload)
    return;
  if (!g_error_matches (error, MEIR_ERROR, MEIR_ERROR_NO_SPACE)) {
    meir_torrent_fail (torrent, error);
    return;
  }
  if (torrent->state == MEIR_TORRENT_DISK_FULL || torrent->state == MEIR_TORRENT_FAILED)
    return;
  g_clear_error (&torrent->failure);
  torrent->failure = g_error_copy (error);
  meir_torrent_set_state (torrent, MEIR_TORRENT_DISK_FULL);
  /* A quota or another limit than the disk's would make it fail again and again. */
  torrent->next_retry_usec = now_usec + SPACE_CHECK_USEC;
  check_space (torrent, now_usec);
}

static void
on_relieved (gpointer user_data)
{
  go_on_if_idle (user_data);
  meir_torrent_quiet (user_data);
}

static const MeirPieceStoreHooks store_hooks = {
  .verdict = on_verdict,
  .wants_marks = on_wants_marks,
  .written = on_written,
  .failed = on_write_failed,
  .relieved = on_relieved,
};

/* Segments of pieces that were on their way when the last session ended. */
static void
declare_partials (MeirTorrent *torrent)
{
  GHashTableIter iter;
  gpointer key, value;

  if (torrent->start_partial == NULL)
    return;
  g_hash_table_iter_init (&iter, torrent->start_partial);
  while (g_hash_table_iter_next (&iter, &key, &value)) {
    guint32 piece = GPOINTER_TO_UINT (key);
    guint32 size = meir_metainfo_get_piece_size (torrent->metainfo, piece);

    if (meir_bitfield_get (&torrent->start_have, piece))
      continue;
    for (guint32 begin = 0; begin < size; begin += MEIR_SEGMENT_LENGTH) {
      guint32 length = MIN (MEIR_SEGMENT_LENGTH, size - begin);

      if (!meir_interval_set_contains (value, begin, begin + length))
        continue;
      meir_swarm_declare_written (torrent->swarm, piece, begin, length);
      meir_piece_store_declare_written (torrent->store, piece, begin, length);
    }
  }
}

void
meir_torrent_open_swarm (MeirTorrent *torrent)
{
  MeirSwarmConfig config = {
    .n_pieces = meir_metainfo_get_n_pieces (torrent->metainfo),
    .piece_length = meir_metainfo_get_piece_length (torrent->metainfo),
    .total_length = meir_metainfo_get_total_length (torrent->metainfo),
    .seed = meir_prng_next (&torrent->engine->prng),
    .upload_slots = MEIR_UPLOAD_SLOTS,
    .have = &torrent->start_have,
  };

  torrent->write_failed = torrent->going_on = FALSE;
  torrent->swarm = meir_swarm_new (&config, meir_loop_now_usec (torrent->engine->loop));
  torrent->store = meir_piece_store_new (torrent->engine->disk, torrent->storage, torrent->engine->buffers,
                                         &store_hooks, torrent);
  meir_bitfield_init (&torrent->bad_pieces, config.n_pieces);
  torrent->next_count_usec = 0;
  meir_torrent_tell_files (torrent);
  torrent->said_upload_only = meir_torrent_is_finished (torrent);
  declare_partials (torrent);
  meir_torrent_forget_start (torrent);
  meir_torrent_update_asking (torrent);
  for (guint i = torrent->peers->len; i > 0; i--)
    meir_peer_join_swarm (g_ptr_array_index (torrent->peers, i - 1));
}

void
meir_torrent_forget_start (MeirTorrent *torrent)
{
  meir_bitfield_clear (&torrent->start_have);
  meir_bitfield_clear (&torrent->check_pieces);
  meir_bitfield_clear (&torrent->check_recorded);
  meir_bitfield_clear (&torrent->check_vouched);
  g_clear_pointer (&torrent->start_partial, g_hash_table_unref);
}

void
meir_torrent_close_swarm (MeirTorrent *torrent)
{
  if (torrent->swarm == NULL)
    return;
  for (guint i = 0; i < torrent->peers->len; i++)
    meir_peer_leave_swarm (g_ptr_array_index (torrent->peers, i));
  g_clear_pointer (&torrent->store, meir_piece_store_close);
  g_clear_pointer (&torrent->swarm, meir_swarm_free);
  meir_bitfield_clear (&torrent->bad_pieces);
  g_ptr_array_set_size (torrent->slots, 0);
}

/* @forget: of the store, all of the piece or part of it. */
static void
forget_blocks (MeirTorrent *torrent, guint32 piece, void (*forget) (MeirPieceStore *, guint32))
{
  for (guint i = 0; i < torrent->peers->len; i++)
    meir_peer_forget_block (g_ptr_array_index (torrent->peers, i), piece);
  forget (torrent->store, piece);
}

void
meir_torrent_lose_piece (MeirTorrent *torrent, guint32 piece)
{
  /* A piece that is not had yet is no piece to lose: what is here of it goes on. */
  if (torrent->swarm == NULL || !meir_bitfield_get (meir_swarm_get_have (torrent->swarm), piece))
    return;
  for (guint i = 0; i < torrent->peers->len; i++)
    meir_peer_send_dont_have (g_ptr_array_index (torrent->peers, i), piece);
  meir_swarm_on_piece_lost (torrent->swarm, piece, meir_loop_now_usec (torrent->engine->loop));
  meir_engine_mark_dirty (torrent->engine, torrent);
}

void
meir_torrent_piece_unreadable (MeirTorrent *torrent, guint32 piece, const GError *error)
{
  /* Several readers may find out about one piece. */
  if (meir_torrent_is_ending (torrent) || torrent->swarm == NULL ||
      !meir_bitfield_get (meir_swarm_get_have (torrent->swarm), piece))
    return;
  /* A file that is gone is for the user to bring back; made anew it would be full of zeros. */
  if (g_error_matches (error, MEIR_ERROR, MEIR_ERROR_NOT_FOUND)) {
    meir_torrent_fail (torrent, error);
    return;
  }
  meir_engine_emit (torrent->engine, torrent, MEIR_EVENT_WARNING, piece, error->message);
  meir_torrent_note_forgotten (torrent, piece);
  meir_torrent_lose_piece (torrent, piece);
  if (torrent->state == MEIR_TORRENT_SEEDING)
    meir_torrent_settle (torrent);
}

/* All that is wanted is here. */
static void
complete (MeirTorrent *torrent)
{
  /* All that could be asked for until now: more is wanted, and will be. */
  if (torrent->lacks_files)
    return;
  meir_torrent_tell_finished (torrent);
  if (torrent->state == MEIR_TORRENT_DOWNLOADING)
    meir_torrent_set_state (torrent, MEIR_TORRENT_SEEDING);
  meir_engine_emit (torrent->engine, torrent, MEIR_EVENT_COMPLETE, 0, NULL);
}

static void
send_range (MeirPeer *peer, const MeirEffect *effect, gsize (*encode) (guint8 *, guint32, guint32, guint32))
{
  guint8 message[MEIR_MESSAGE_ENCODED_MAX];

  meir_peer_send (peer, message, encode (message, effect->piece, effect->begin, effect->length));
}

static void
send_state (MeirPeer *peer, MeirMessageId id)
{
  guint8 message[MEIR_MESSAGE_ENCODED_MAX];

  meir_peer_send (peer, message, meir_message_encode_state (message, id));
}

static void
perform_for_peer (MeirPeer *peer, const MeirEffect *effect)
{
  guint8 message[MEIR_MESSAGE_ENCODED_MAX];

  switch (effect->kind) {
  case MEIR_EFFECT_REQUEST:
    send_range (peer, effect, meir_message_encode_request);
    break;
  case MEIR_EFFECT_CANCEL:
    send_range (peer, effect, meir_message_encode_cancel);
    break;
  case MEIR_EFFECT_REJECT:
    send_range (peer, effect, meir_message_encode_reject);
    break;
  case MEIR_EFFECT_INTERESTED:
    send_state (peer, MEIR_MESSAGE_INTERESTED);
    break;
  case MEIR_EFFECT_NOT_INTERESTED:
    send_state (peer, MEIR_MESSAGE_NOT_INTERESTED);
    break;
  case MEIR_EFFECT_CHOKE:
    send_state (peer, MEIR_MESSAGE_CHOKE);
    meir_peer_drop_queue (peer);
    break;
  case MEIR_EFFECT_UNCHOKE:
    send_state (peer, MEIR_MESSAGE_UNCHOKE);
    break;
  case MEIR_EFFECT_HAVE:
    meir_peer_send (peer, message, meir_message_encode_have (message, effect->piece));
    break;
  case MEIR_EFFECT_SERVE:
    meir_peer_serve (peer, effect->piece, effect->begin, effect->length);
    break;
  case MEIR_EFFECT_UNSERVE:
    meir_peer_unserve (peer, effect->piece, effect->begin, effect->length);
    break;
  case MEIR_EFFECT_DROP:
    peer->reason = effect->reason;
    g_ptr_array_add (peer->torrent->dropping, peer);
    break;
  case MEIR_EFFECT_BAN:
  case MEIR_EFFECT_ABANDON:
  case MEIR_EFFECT_SHELVE:
  case MEIR_EFFECT_COMPLETE:
    g_assert_not_reached ();
  }
}

/* (transfer full) */
static char *
describe_ban (MeirDropReason reason, const char *address)
{
  switch (reason) {
  case MEIR_DROP_BAD_DATA:
    return g_strdup_printf (_ ("“%s” sent data that failed the check, and is refused for an hour"), address);
  case MEIR_DROP_UNSOLICITED:
    return g_strdup_printf (_ ("“%s” sent blocks that were not asked for, and is refused for an hour"),
                            address);
  case MEIR_DROP_BAD_REQUEST:
    return g_strdup_printf (_ ("“%s” asked for what cannot be, and is refused for an hour"), address);
  case MEIR_DROP_FLOOD:
    return g_strdup_printf (_ ("“%s” sent far too many messages, and is refused for an hour"), address);
  case MEIR_DROP_NONE:
  case MEIR_DROP_USELESS:
  case MEIR_DROP_MAX:
    break;
  }
  return g_strdup_printf (_ ("“%s” is refused for an hour"), address);
}

static void
ban (MeirTorrent *torrent, const MeirEffect *effect, gint64 now_usec)
{
  char address[MEIR_ENDPOINT_TEXT_MAX];
  g_autofree char *text = NULL;

  meir_address_book_ban (torrent->engine->addresses, &effect->address,
                         now_usec + MEIR_BAN_SEC * (gint64) G_USEC_PER_SEC);
  meir_endpoint_format (&effect->address, address);
  *strrchr (address, ':') = '\0'; /* whatever its port is */
  if (effect->reason == MEIR_DROP_BAD_DATA) {
    g_free (torrent->bad_peer);
    torrent->bad_peer = g_strdup (address);
  }
  text = describe_ban (effect->reason, address);
  meir_engine_emit (torrent->engine, torrent, MEIR_EVENT_WARNING, 0, text);
}

/* Effects are only valid until the next inlet, and closing a peer is one: peers to drop are dropped
 * afterwards. */
static gboolean
perform_once (MeirTorrent *torrent, gint64 now_usec)
{
  guint n_effects;
  const MeirEffect *effects = meir_swarm_run (torrent->swarm, now_usec, &n_effects);
  gboolean is_complete = FALSE;

  for (guint i = 0; i < n_effects; i++) {
    const MeirEffect *effect = &effects[i];

    if (effect->kind == MEIR_EFFECT_BAN)
      ban (torrent, effect, now_usec);
    else if (effect->kind == MEIR_EFFECT_ABANDON)
      forget_blocks (torrent, effect->piece, meir_piece_store_abandon);
    else if (effect->kind == MEIR_EFFECT_SHELVE)
      forget_blocks (torrent, effect->piece, meir_piece_store_shelve);
    else if (effect->kind == MEIR_EFFECT_COMPLETE)
      is_complete = TRUE;
    else if (torrent->slots->pdata[effect->peer] != NULL)
      perform_for_peer (torrent->slots->pdata[effect->peer], effect);
  }
  for (guint i = 0; i < torrent->dropping->len; i++) {
    MeirPeer *peer = g_ptr_array_index (torrent->dropping, i);

    meir_peer_close (peer, meir_drop_reason_to_string (peer->reason));
  }
  g_ptr_array_set_size (torrent->dropping, 0);
  if (is_complete)
    complete (torrent);
  return n_effects > 0;
}

void
meir_torrent_perform (MeirTorrent *torrent)
{
  gint64 now_usec = meir_loop_now_usec (torrent->engine->loop);

  while (torrent->swarm != NULL && perform_once (torrent, now_usec))
    continue;
}

void
meir_torrent_try_again (MeirTorrent *torrent)
{
  if (torrent->swarm == NULL || torrent->must_reload) {
    meir_torrent_restart (torrent, FALSE);
    return;
  }
  /* Writes that are still under way would fail after we said that it goes on. */
  torrent->going_on = !meir_piece_store_is_idle (torrent->store);
  if (torrent->going_on)
    return;
  g_clear_error (&torrent->failure);
  torrent->space_needed_bytes = 0;
  torrent->write_failed = FALSE;
  meir_torrent_update_asking (torrent);
  if (torrent->lacks_files)
    meir_torrent_prepare (torrent);
  meir_torrent_settle (torrent);
  meir_piece_store_retry (torrent->store);
  meir_engine_mark_dirty (torrent->engine, torrent);
}

void
meir_torrent_data_tick (MeirTorrent *torrent, gint64 now_usec)
{
  if (torrent->swarm != NULL) {
    meir_swarm_on_tick (torrent->swarm, now_usec);
    meir_engine_mark_dirty (torrent->engine, torrent);
  }
  if (torrent->state == MEIR_TORRENT_DISK_FULL && now_usec >= torrent->next_space_check_usec)
    check_space (torrent, now_usec);
}
