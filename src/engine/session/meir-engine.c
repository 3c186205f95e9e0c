/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/meir-engine.h"

#include "base/meir-clock.h"
#include "base/meir-error.h"
#include "session/meir-peer.h"

#include <string.h>

#define TICK_USEC    G_USEC_PER_SEC
#define PUBLISH_USEC (G_USEC_PER_SEC / 10)
#define SWEEP_USEC   (60 * G_USEC_PER_SEC)
/* For how many ticks on end receivers have to be held until no new blocks are asked for. */
#define STUCK_TICKS 3u
/* Segments kept for reuse: what the disk queue and the pieces under way hold at full speed, 24 MiB. */
#define BUFFERS_KEPT 96u

static const MeirPeerLimits default_limits = {
  .silence_usec = MEIR_SILENCE_TIMEOUT_SEC * G_USEC_PER_SEC,
  .keep_alive_usec = MEIR_KEEP_ALIVE_SEC * G_USEC_PER_SEC,
  .send_stall_usec = MEIR_SEND_STALL_SEC * G_USEC_PER_SEC,
  .upgrade_usec = MEIR_HANDSHAKE_TIMEOUT_SEC * G_USEC_PER_SEC,
  .keep_alive_storms = 10,
  .connections_per_address = MEIR_CONNECTIONS_PER_ADDRESS,
  .stall_usec = 60 * G_USEC_PER_SEC,
  .loopback_is_free = TRUE,
};

/* Starting: the front end waits until the engine thread listens, or says why it cannot. */
typedef struct {
  MeirEngine *engine;
  GMutex lock;
  GCond cond;
  gboolean done;
  GError *error;
  guint16 port;
} MeirEngineStart;

static void on_tick (MeirTimer *timer, gint64 now_usec);

MeirTorrent *
meir_engine_find_torrent (MeirEngine *engine, const MeirInfoHash *info_hash)
{
  return g_hash_table_lookup (engine->by_info_hash, info_hash);
}

static gboolean
on_lookup (gpointer user_data, const MeirInfoHash *info_hash, gboolean encrypted, MeirHandshake *ours)
{
  MeirTorrent *torrent = meir_engine_find_torrent (user_data, info_hash);

  if (torrent == NULL || !meir_torrent_accepts (torrent, encrypted))
    return FALSE;
  meir_torrent_fill_handshake (torrent, ours);
  return TRUE;
}

static gboolean
on_nth (gpointer user_data, guint index, MeirInfoHash *info_hash)
{
  MeirEngine *engine = user_data;
  MeirTorrent *torrent;

  if (index >= engine->torrents->len)
    return FALSE;
  torrent = g_ptr_array_index (engine->torrents, index);
  *info_hash = torrent->info_hash;
  return TRUE;
}

gboolean
meir_engine_may_connect (MeirEngine *engine, const MeirEndpoint *endpoint)
{
  if (engine->n_peers >= engine->settings.max_peers)
    return FALSE;
  if (engine->limits.loopback_is_free && meir_endpoint_is_loopback (endpoint))
    return TRUE;
  return meir_address_book_count (engine->addresses, endpoint) < engine->limits.connections_per_address;
}

static gboolean
on_admit (gpointer user_data, const MeirEndpoint *endpoint)
{
  MeirEngine *engine = user_data;

  return !meir_address_book_is_banned (engine->addresses, endpoint, meir_loop_now_usec (engine->loop)) &&
         meir_engine_may_connect (engine, endpoint);
}

static void
on_incoming (gpointer user_data, MeirGreeting *greeting)
{
  MeirTorrent *torrent = meir_engine_find_torrent (user_data, &greeting->remote.info_hash);

  if (torrent != NULL)
    meir_torrent_greeted (torrent, greeting, NULL);
  else
    g_clear_pointer (&greeting->stream, meir_stream_free);
}

static const MeirGreeterHooks greeter_hooks = {
  .lookup = on_lookup,
  .nth = on_nth,
  .admit = on_admit,
  .incoming = on_incoming,
};

/* Workers wake the loop, and it takes their results. */
static void
wake_for_disk (gpointer user_data)
{
  MeirEngine *engine = user_data;

  meir_loop_wake (engine->loop, engine->disk_wake_id);
}

gboolean
meir_engine_disk_is_behind (MeirEngine *engine)
{
  return meir_disk_get_queued_bytes (engine->disk) >= MEIR_DISK_QUEUE_BYTES_MAX;
}

gboolean
meir_engine_disk_is_stuck (MeirEngine *engine)
{
  return engine->n_held_ticks >= STUCK_TICKS;
}

static void
set_held_ticks (MeirEngine *engine, guint n_ticks)
{
  gboolean was_stuck = meir_engine_disk_is_stuck (engine);

  engine->n_held_ticks = n_ticks;
  if (meir_engine_disk_is_stuck (engine) == was_stuck)
    return;
  for (guint i = 0; i < engine->torrents->len; i++)
    meir_torrent_update_asking (g_ptr_array_index (engine->torrents, i));
}

static void
on_disk (gpointer user_data)
{
  MeirEngine *engine = user_data;

  meir_disk_dispatch (engine->disk);
  if (engine->held->len == 0 || meir_disk_get_queued_bytes (engine->disk) > MEIR_DISK_QUEUE_BYTES_MAX / 2)
    return;
  set_held_ticks (engine, 0);
  for (guint i = 0; i < engine->held->len; i++) {
    MeirPeer *peer = g_ptr_array_index (engine->held, i);

    peer->held = FALSE;
    meir_peer_make_ready (peer);
  }
  g_ptr_array_set_size (engine->held, 0);
}

void
meir_engine_mark_dirty (MeirEngine *engine, MeirTorrent *torrent)
{
  if (torrent->dirty)
    return;
  torrent->dirty = TRUE;
  g_ptr_array_add (engine->dirty, torrent);
}

/* The end of an iteration: what the swarms have decided is performed, then the connections that were closed
 * go. */
static void
after_iteration (gpointer user_data)
{
  MeirEngine *engine = user_data;

  while (engine->dirty->len > 0) {
    MeirTorrent *torrent = g_ptr_array_steal_index_fast (engine->dirty, engine->dirty->len - 1);

    torrent->dirty = FALSE;
    meir_torrent_perform (torrent);
  }
  for (guint i = 0; i < engine->closed->len; i++)
    meir_peer_free (g_ptr_array_index (engine->closed, i));
  g_ptr_array_set_size (engine->closed, 0);
}

static void
on_tick (MeirTimer *timer, gint64 now_usec)
{
  MeirEngine *engine = MEIR_OWNER_OF (timer, MeirEngine, tick);

  meir_loop_set_timer (engine->loop, timer, now_usec + TICK_USEC, on_tick);
  set_held_ticks (engine, engine->held->len > 0 ? engine->n_held_ticks + 1 : 0);
  for (guint i = 0; i < engine->torrents->len; i++) {
    MeirTorrent *torrent = g_ptr_array_index (engine->torrents, i);

    if (meir_torrent_is_resting (torrent))
      continue;
    meir_torrent_peers_tick (torrent, now_usec);
    meir_torrent_data_tick (torrent, now_usec);
    meir_torrent_journal_tick (torrent, now_usec);
    meir_torrent_folder_tick (torrent, now_usec);
    meir_torrent_queue_tick (torrent, now_usec);
    meir_torrent_apply_stop_rule (torrent, now_usec);
  }
  if (engine->settings.max_downloads > 0)
    meir_engine_review_queue (engine, FALSE);
  if (now_usec >= engine->next_sweep_usec) {
    meir_address_book_sweep (engine->addresses, now_usec);
    engine->next_sweep_usec = now_usec + SWEEP_USEC;
  }
}

static void
on_publish (MeirTimer *timer, gint64 now_usec)
{
  MeirEngine *engine = MEIR_OWNER_OF (timer, MeirEngine, publish);
  gboolean watched = FALSE;

  for (guint i = 0; i < engine->torrents->len; i++) {
    MeirTorrent *torrent = g_ptr_array_index (engine->torrents, i);

    if (!meir_torrent_is_watched (torrent, now_usec))
      continue;
    watched = TRUE;
    meir_torrent_publish (torrent);
  }
  if (watched)
    meir_loop_set_timer (engine->loop, timer, now_usec + PUBLISH_USEC, on_publish);
}

void
meir_engine_start_publishing (MeirEngine *engine)
{
  if (!meir_timer_is_set (&engine->publish))
    meir_loop_set_timer (engine->loop, &engine->publish, meir_loop_now_usec (engine->loop), on_publish);
}

typedef struct {
  MeirEngine *engine;
  MeirEvent event;
  char *text;
} MeirEventMail;

static void
deliver_event (gpointer data)
{
  MeirEventMail *mail = data;

  mail->engine->event_func (&mail->event, mail->engine->event_data);
}

static void
event_mail_free (gpointer data)
{
  MeirEventMail *mail = data;

  g_object_unref (mail->event.torrent);
  g_free (mail->text);
  g_free (mail);
}

/* What a front end that has not looked for long must still be told. */
static MeirMailWeight
weight_of (MeirEventKind kind)
{
  switch (kind) {
  case MEIR_EVENT_STATE:
    return MEIR_MAIL_LATEST;
  case MEIR_EVENT_PEER:
  case MEIR_EVENT_BAD_PIECE:
  case MEIR_EVENT_TRACKER:
    return MEIR_MAIL_CHATTER;
  case MEIR_EVENT_METADATA:
  case MEIR_EVENT_COMPLETE:
  case MEIR_EVENT_WARNING:
    break;
  }
  return MEIR_MAIL_KEPT;
}

void
meir_engine_emit (MeirEngine *engine, MeirTorrent *torrent, MeirEventKind kind, guint32 piece,
                  const char *text)
{
  MeirEventMail *mail = g_new0 (MeirEventMail, 1);

  mail->engine = engine;
  mail->text = g_strdup (text);
  mail->event = (MeirEvent){ kind, g_object_ref (torrent), mail->text, piece };
  meir_mailbox_tell_front (engine->mailbox, weight_of (kind), torrent, deliver_event, mail, event_mail_free);
}

void
meir_engine_add_torrent (MeirEngine *engine, MeirTorrent *torrent)
{
  g_ptr_array_add (engine->torrents, g_object_ref (torrent));
  /* With its own key: one of the same info-hash may be on its way out. */
  g_hash_table_replace (engine->by_info_hash, &torrent->info_hash, torrent);
}

void
meir_engine_remove_torrent (MeirEngine *engine, MeirTorrent *torrent)
{
  g_clear_pointer (&torrent->announcer, meir_announcer_free);
  if (torrent->dirty)
    g_ptr_array_remove_fast (engine->dirty, torrent);
  torrent->dirty = FALSE;
  if (meir_engine_find_torrent (engine, &torrent->info_hash) == torrent)
    g_hash_table_remove (engine->by_info_hash, &torrent->info_hash);
  g_ptr_array_remove (engine->torrents, torrent);
}

static gboolean
set_up (MeirEngine *engine, guint16 *port, GError **error)
{
  MeirTrackerClientOptions options = { engine->bind_address, (const char *const *) engine->tracker_pins,
                                       NULL };

  engine->loop = meir_loop_new (engine->context);
  engine->disk_wake_id = meir_loop_add_wake (engine->loop, on_disk, engine);
  engine->disk = meir_disk_new (engine->n_workers, wake_for_disk, engine);
  engine->buffers = meir_buffer_pool_new (BUFFERS_KEPT);
  engine->addresses = meir_address_book_new ();
  engine->torrents = g_ptr_array_new_with_free_func (g_object_unref);
  engine->by_info_hash = g_hash_table_new (meir_info_hash_hash, meir_info_hash_equal);
  engine->dirty = g_ptr_array_new ();
  engine->closed = g_ptr_array_new ();
  engine->held = g_ptr_array_new ();
  meir_throttle_init (&engine->throttle);
  engine->staging = g_malloc (MEIR_STAGING_HEADROOM + MEIR_STAGING_LENGTH);
  engine->discard = g_malloc (MEIR_BLOCK_LENGTH);
  meir_prng_init (&engine->prng, meir_random_u64 ());
  meir_loop_set_after (engine->loop, after_iteration, engine);
  meir_loop_set_timer (engine->loop, &engine->tick, meir_clock_now_usec () + TICK_USEC, on_tick);

  engine->tracker_client = meir_tracker_client_new (engine->loop, &options, error);
  if (engine->tracker_client == NULL)
    return FALSE;
  engine->greeter = meir_greeter_new (engine->loop, &greeter_hooks, engine, error);
  if (engine->greeter == NULL ||
      !meir_greeter_listen (engine->greeter, engine->bind_address, engine->asked_port, error))
    return FALSE;
  *port = meir_greeter_get_port (engine->greeter);
  meir_mailbox_attach (engine->mailbox, engine->loop);
  return TRUE;
}

/* FALSE when that would wait for a disk that hangs. */
static gboolean
tear_down (MeirEngine *engine)
{
  g_clear_pointer (&engine->greeter, meir_greeter_free);
  /* Without torrents all that can be left is reading for a peer that is gone. */
  if (engine->torrents->len > 0 || !meir_disk_wait_until (engine->disk, engine->leave_usec))
    return FALSE;
  g_clear_pointer (&engine->tracker_client, meir_tracker_client_free);
  meir_disk_dispatch (engine->disk);
  after_iteration (engine);
  meir_disk_free (engine->disk);
  g_hash_table_unref (engine->by_info_hash);
  g_ptr_array_unref (engine->torrents);
  g_ptr_array_unref (engine->dirty);
  g_ptr_array_unref (engine->closed);
  g_ptr_array_unref (engine->held);
  meir_throttle_clear (&engine->throttle, engine->loop);
  meir_address_book_free (engine->addresses);
  meir_buffer_pool_free (engine->buffers);
  g_free (engine->staging);
  g_free (engine->discard);
  meir_loop_free (engine->loop);
  return TRUE;
}

static gpointer
engine_thread (gpointer data)
{
  MeirEngineStart *start = data;
  MeirEngine *engine = start->engine;
  gboolean listening, is_clean;

  g_main_context_push_thread_default (engine->context);
  listening = set_up (engine, &start->port, &start->error);
  g_mutex_lock (&start->lock);
  start->done = TRUE;
  g_cond_signal (&start->cond);
  g_mutex_unlock (&start->lock);

  if (listening)
    g_main_loop_run (engine->main_loop);
  is_clean = tear_down (engine);
  g_main_context_pop_thread_default (engine->context);
  return GINT_TO_POINTER (is_clean);
}

static void
engine_free (MeirEngine *engine)
{
  meir_mailbox_close (engine->mailbox);
  meir_mailbox_unref (engine->mailbox);
  g_main_loop_unref (engine->main_loop);
  g_main_context_unref (engine->context);
  g_free (engine->bind_address);
  g_free (engine->state_folder);
  g_strfreev (engine->tracker_pins);
  g_free (engine);
}

MeirEngine *
meir_engine_new (const MeirSessionConfig *config, const MeirEngineSettings *settings,
                 MeirEngineEventFunc event_func, gpointer event_data, guint16 *port, GError **error)
{
  MeirEngine *engine = g_new0 (MeirEngine, 1);
  MeirEngineStart start = { .engine = engine };

  engine->mailbox = meir_mailbox_new (g_main_context_get_thread_default ());
  engine->event_func = event_func;
  engine->event_data = event_data;
  engine->settings = *settings;
  engine->bind_address = g_strdup (config->bind_address);
  engine->asked_port = config->port;
  engine->state_folder = config->state_folder != NULL
                             ? g_strdup (config->state_folder)
                             : g_build_filename (g_get_user_state_dir (), "meirtorrent", NULL);
  engine->tracker_pins = g_strdupv ((char **) config->tracker_pins);
  engine->limits = default_limits;
  engine->n_workers = config->workers > 0 ? config->workers : g_get_num_processors ();
  engine->context = g_main_context_new ();
  engine->main_loop = g_main_loop_new (engine->context, FALSE);

  g_mutex_init (&start.lock);
  g_cond_init (&start.cond);
  engine->thread = g_thread_new ("meir-engine", engine_thread, &start);
  g_mutex_lock (&start.lock);
  while (!start.done)
    g_cond_wait (&start.cond, &start.lock);
  g_mutex_unlock (&start.lock);
  g_mutex_clear (&start.lock);
  g_cond_clear (&start.cond);

  if (start.error != NULL) {
    g_thread_join (engine->thread);
    g_propagate_error (error, start.error);
    engine_free (engine);
    return NULL;
  }
  *port = start.port;
  return engine;
}

static void
quit_cb (gpointer data)
{
  MeirEngine *engine = data;

  g_main_loop_quit (engine->main_loop);
}

gboolean
meir_engine_free (MeirEngine *engine)
{
  meir_mailbox_to_engine (engine->mailbox, quit_cb, engine, NULL);
  if (!GPOINTER_TO_INT (g_thread_join (engine->thread))) {
    meir_mailbox_close (engine->mailbox);
    return FALSE;
  }
  engine_free (engine);
  return TRUE;
}
