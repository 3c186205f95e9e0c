/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "discover/meir-announcer.h"

#include "discover/meir-announce-record.h"

#include <string.h>

typedef enum {
  PHASE_RESTING,
  PHASE_RUNNING,
  PHASE_STOPPING,
} Phase;

typedef struct {
  GPtrArray *order;            /* MeirAnnounceRecord, of the announcer, in the order to ask them (BEP 12) */
  MeirAnnounceRecord *working; /* the one that took our last announce; first in @order */
  gboolean completed_due;      /* "completed" has not been taken by a tracker of this tier yet */
} Tier;

struct _MeirAnnouncer {
  MeirTimer timer; /* the next thing to do, whatever it is */
  MeirTrackerClient *client;
  MeirLoop *loop;
  MeirAnnouncerHooks hooks;
  gpointer user_data;
  MeirInfoHash info_hash;
  guint8 peer_id[MEIR_PEER_ID_LENGTH];
  MeirPrng prng;
  GPtrArray *records; /* (owned), in the order given */
  GPtrArray *leaving; /* (owned): no longer in the list, and to be told so */
  Tier *tiers;
  guint n_tiers;
  Phase phase;
  gboolean completed; /* meir_announcer_complete () was called */

  /* While stopping. */
  gboolean goodbyes_sent;
  guint n_goodbyes; /* not answered yet */
  gint64 stop_deadline_usec;
  gboolean start_again;
  MeirAnnouncerStoppedFunc stopped_func;
  gpointer stopped_data;
};

/* The record of @given among the old ones (nullable), taken out of them; or NULL. */
static MeirAnnounceRecord *
steal_record (GPtrArray *old, const MeirAnnounceRecord *given)
{
  g_autofree char *address = NULL;

  if (old == NULL || given->url == NULL || given->is_double)
    return NULL;
  address = g_uri_to_string (given->url->uri);
  for (guint i = 0; i < old->len; i++) {
    MeirAnnounceRecord *record = old->pdata[i];
    g_autofree char *other = NULL;

    if (record->url == NULL || record->is_double)
      continue;
    other = g_uri_to_string (record->url->uri);
    if (g_str_equal (address, other))
      return g_ptr_array_steal_index (old, i);
  }
  return NULL;
}

static void
tier_init (Tier *tier, MeirAnnouncer *self, guint index, const char *const *urls, GHashTable *seen,
           GPtrArray *old)
{
  tier->order = g_ptr_array_new ();
  for (guint i = 0; urls[i] != NULL; i++) {
    MeirAnnounceRecord *record = meir_announce_record_new (self, urls[i], index, seen);
    MeirAnnounceRecord *known = steal_record (old, record);

    if (known != NULL) {
      meir_announce_record_free (record);
      record = known;
      record->tier = index;
    }
    g_ptr_array_add (self->records, record);
    if (!record->plan.disabled)
      g_ptr_array_add (tier->order, record);
  }
  for (guint left = tier->order->len; left > 1; left--) {
    guint other = meir_prng_below (&self->prng, left);
    gpointer swapped = tier->order->pdata[left - 1];
    tier->order->pdata[left - 1] = tier->order->pdata[other];
    tier->order->pdata[other] = swapped;
  }
}

static void
init_tiers (MeirAnnouncer *self, GPtrArray *tiers, GPtrArray *old)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  self->records = g_ptr_array_new_with_free_func ((GDestroyNotify) meir_announce_record_free);
  self->n_tiers = tiers->len;
  self->tiers = g_new0 (Tier, MAX (tiers->len, 1));
  for (guint i = 0; i < tiers->len; i++)
    tier_init (&self->tiers[i], self, i, tiers->pdata[i], seen, old);
}

static void
free_tiers (Tier *tiers, guint n_tiers)
{
  for (guint i = 0; i < n_tiers; i++)
    g_ptr_array_unref (tiers[i].order);
  g_free (tiers);
}

MeirAnnouncer *
meir_announcer_new (MeirTrackerClient *client, GPtrArray *tiers, const MeirInfoHash *info_hash,
                    const guint8 *peer_id, const MeirAnnouncerHooks *hooks, gpointer user_data)
{
  MeirAnnouncer *self = g_new0 (MeirAnnouncer, 1);

  self->client = client;
  self->loop = meir_tracker_client_get_loop (client);
  self->hooks = *hooks;
  self->user_data = user_data;
  self->info_hash = *info_hash;
  memcpy (self->peer_id, peer_id, sizeof self->peer_id);
  meir_prng_init (&self->prng, meir_random_u64 ());
  self->leaving = g_ptr_array_new_with_free_func ((GDestroyNotify) meir_announce_record_free);
  init_tiers (self, tiers, NULL);
  return self;
}

void
meir_announcer_free (MeirAnnouncer *announcer)
{
  meir_loop_clear_timer (announcer->loop, &announcer->timer);
  free_tiers (announcer->tiers, announcer->n_tiers);
  g_ptr_array_unref (announcer->records);
  g_ptr_array_unref (announcer->leaving);
  g_free (announcer);
}

static void
notify_changed (MeirAnnouncer *self)
{
  if (self->hooks.changed != NULL)
    self->hooks.changed (self->user_data);
}

static void run_cb (MeirTimer *timer, gint64 now_usec);

/* Decides anew what to do, in the next iteration of the loop. */
static void
run_soon (MeirAnnouncer *self)
{
  meir_loop_set_timer (self->loop, &self->timer, meir_loop_now_usec (self->loop), run_cb);
}

static gboolean
is_known_peer (const MeirEndpoint *peers, guint n_peers, const MeirEndpoint *peer)
{
  for (guint i = 0; i < n_peers; i++) {
    if (meir_endpoint_equal (&peers[i], peer))
      return TRUE;
  }
  return FALSE;
}

/* Passes peers on: each once, and not ourselves as the tracker sees us (BEP 24). */
static void
give_peers (MeirAnnouncer *self, const MeirAnnounceRecord *record, const MeirAnnounceReply *reply)
{
  MeirEndpoint peers[MEIR_TRACKER_PEERS_MAX];
  MeirEndpoint ours = reply->external;
  MeirAnnounceStats stats = { 0 };
  guint n_peers = 0;

  if (reply->n_peers == 0)
    return;
  self->hooks.stats (self->user_data, &stats);
  ours.port = stats.port;
  for (guint i = 0; i < reply->n_peers; i++) {
    if (!meir_endpoint_equal (&reply->peers[i], &ours) && !is_known_peer (peers, n_peers, &reply->peers[i]))
      peers[n_peers++] = reply->peers[i];
  }
  if (n_peers > 0)
    self->hooks.peers (self->user_data, peers, n_peers, record->shown);
}

static void
tier_take_success (Tier *tier, MeirAnnounceRecord *record)
{
  if (record->sent == MEIR_ANNOUNCE_EVENT_COMPLETED)
    tier->completed_due = FALSE;
  /* A tracker that answers after another has taken its place does not take it back. */
  if (tier->working == record || (tier->working != NULL && tier->working->call == NULL))
    return;
  tier->working = record;
  g_ptr_array_remove (tier->order, record);
  g_ptr_array_insert (tier->order, 0, record);
}

static void
answered_cb (gpointer user_data, const MeirAnnounceReply *reply, const GError *error)
{
  MeirAnnounceRecord *record = user_data;
  MeirAnnouncer *self = record->owner;
  Tier *tier;
  gboolean taken;

  run_soon (self);
  if (g_ptr_array_find (self->leaving, record, NULL)) {
    record->call = NULL;
    g_ptr_array_remove_fast (self->leaving, record);
    return;
  }
  tier = &self->tiers[record->tier];
  taken = meir_announce_record_on_answer (record, reply, error,
                                          meir_tracker_client_get_deadlines (self->client)->retry_msec,
                                          meir_loop_now_usec (self->loop), &self->prng);
  if (self->phase == PHASE_STOPPING) {
    self->n_goodbyes--;
    return;
  }
  if (taken) {
    tier_take_success (tier, record);
    give_peers (self, record, reply);
  } else if (tier->working == record) {
    tier->working = NULL;
  }
  notify_changed (self);
}

static void
announce (MeirAnnouncer *self, MeirAnnounceRecord *record, gboolean goodbye, gint64 now_usec)
{
  MeirAnnounceStats stats = { 0 };
  MeirAnnounceRequest request = { .info_hash = self->info_hash };

  self->hooks.stats (self->user_data, &stats);
  memcpy (request.peer_id, self->peer_id, sizeof request.peer_id);
  request.uploaded = stats.uploaded;
  request.downloaded = stats.downloaded;
  request.left = stats.left;
  request.port = stats.port;
  if (goodbye) {
    request.event = MEIR_ANNOUNCE_EVENT_STOPPED;
  } else {
    request.event =
        meir_announce_record_next_event (record, self->tiers[record->tier].completed_due, stats.partial_seed);
    request.num_want = (gint32) MIN (stats.peers_wanted, MEIR_TRACKER_PEERS_MAX);
  }
  meir_announce_record_on_sent (record, request.event, now_usec);
  record->call = meir_tracker_client_announce (self->client, record->url, &request, record->tracker_id,
                                               record->tracker_id_length, answered_cb, record);
}

/* The tracker of @tier to ask now; or NULL, and when to look again into @next_usec. */
static MeirAnnounceRecord *
tier_pick (const Tier *tier, gint64 patience_usec, gint64 now_usec, gint64 *next_usec)
{
  *next_usec = G_MAXINT64;
  if (tier->working != NULL && tier->working->call == NULL) {
    *next_usec = tier->completed_due ? now_usec : tier->working->plan.due_usec;
    return *next_usec <= now_usec ? tier->working : NULL;
  }
  /* Nobody works, as far as we know yet. Whoever was asked gets a while to answer. */
  for (guint i = 0; i < tier->order->len; i++) {
    const MeirAnnounceRecord *asked = tier->order->pdata[i];
    if (asked->call != NULL && asked->sent_usec + patience_usec > now_usec) {
      *next_usec = asked->sent_usec + patience_usec;
      return NULL;
    }
  }
  for (guint i = 0; i < tier->order->len; i++) {
    MeirAnnounceRecord *record = tier->order->pdata[i];
    gint64 at_usec = record->state == MEIR_TRACKER_OK ? record->plan.allowed_usec : record->plan.due_usec;

    if (record->call != NULL || record->plan.disabled)
      continue;
    if (at_usec <= now_usec)
      return record;
    *next_usec = MIN (*next_usec, at_usec);
  }
  return NULL;
}

static void
run_tiers (MeirAnnouncer *self, gint64 now_usec)
{
  gint64 patience_usec = (gint64) meir_tracker_client_get_deadlines (self->client)->tier_patience_msec * 1000;
  gint64 next_usec = G_MAXINT64;
  gboolean changed = FALSE;

  for (guint i = 0; i < self->n_tiers; i++) {
    Tier *tier = &self->tiers[i];
    gint64 tier_usec;
    MeirAnnounceRecord *record = tier_pick (tier, patience_usec, now_usec, &tier_usec);

    if (record != NULL) {
      announce (self, record, FALSE, now_usec);
      changed = TRUE;
      tier_usec = now_usec + patience_usec;
    }
    next_usec = MIN (next_usec, tier_usec);
  }
  if (next_usec < G_MAXINT64)
    meir_loop_set_timer (self->loop, &self->timer, next_usec, run_cb);
  if (changed)
    notify_changed (self);
}

static void
say_goodbye (MeirAnnouncer *self, gint64 now_usec)
{
  self->goodbyes_sent = TRUE;
  for (guint i = 0; i < self->records->len; i++) {
    MeirAnnounceRecord *record = self->records->pdata[i];
    if (record->knows_us) {
      self->n_goodbyes++;
      announce (self, record, TRUE, now_usec);
    }
  }
  notify_changed (self);
}

static void
finish_stop (MeirAnnouncer *self)
{
  MeirAnnouncerStoppedFunc func = g_steal_pointer (&self->stopped_func);
  gpointer data = self->stopped_data;

  for (guint i = 0; i < self->records->len; i++)
    meir_announce_record_rest (self->records->pdata[i]);
  for (guint i = 0; i < self->n_tiers; i++)
    self->tiers[i].working = NULL;
  self->phase = PHASE_RESTING;
  if (self->start_again)
    meir_announcer_start (self);
  notify_changed (self);
  if (func != NULL)
    func (self, data);
}

/* Goodbyes to those that were taken out of the list. */
static void
send_off (MeirAnnouncer *self, gint64 now_usec)
{
  for (guint i = 0; i < self->leaving->len; i++) {
    MeirAnnounceRecord *record = self->leaving->pdata[i];

    if (record->call == NULL)
      announce (self, record, TRUE, now_usec);
  }
}

static void
run_cb (MeirTimer *timer, gint64 now_usec)
{
  MeirAnnouncer *self = (MeirAnnouncer *) timer;

  send_off (self, now_usec);
  switch (self->phase) {
  case PHASE_RESTING:
    break;
  case PHASE_RUNNING:
    run_tiers (self, now_usec);
    break;
  case PHASE_STOPPING:
    if (!self->goodbyes_sent)
      say_goodbye (self, now_usec);
    if ((self->n_goodbyes == 0 && self->leaving->len == 0) || now_usec >= self->stop_deadline_usec)
      finish_stop (self);
    else
      meir_loop_set_timer (self->loop, &self->timer, self->stop_deadline_usec, run_cb);
    break;
  }
}

void
meir_announcer_start (MeirAnnouncer *announcer)
{
  switch (announcer->phase) {
  case PHASE_RESTING:
    announcer->phase = PHASE_RUNNING;
    announcer->start_again = FALSE;
    run_soon (announcer);
    break;
  case PHASE_RUNNING:
    break;
  case PHASE_STOPPING:
    announcer->start_again = TRUE;
    break;
  }
}

void
meir_announcer_complete (MeirAnnouncer *announcer)
{
  if (announcer->completed)
    return;
  announcer->completed = TRUE;
  for (guint i = 0; i < announcer->n_tiers; i++)
    announcer->tiers[i].completed_due = TRUE;
  run_soon (announcer);
}

void
meir_announcer_force (MeirAnnouncer *announcer)
{
  gint64 now_usec = meir_loop_now_usec (announcer->loop);

  for (guint i = 0; i < announcer->records->len; i++) {
    MeirAnnouncePlan *plan = &((MeirAnnounceRecord *) announcer->records->pdata[i])->plan;
    plan->due_usec = MIN (plan->due_usec, MAX (now_usec, plan->allowed_usec));
  }
  run_soon (announcer);
}

/* One that stays goes on as the working one of its new tier, unless that has one already. */
static void
keep_working (MeirAnnouncer *self, MeirAnnounceRecord *record)
{
  Tier *tier = &self->tiers[record->tier];

  if (tier->working != NULL || !g_ptr_array_remove (tier->order, record))
    return;
  tier->working = record;
  g_ptr_array_insert (tier->order, 0, record);
}

/* Its place in the list is gone. */
static void
leave (MeirAnnouncer *self, MeirAnnounceRecord *record)
{
  gboolean told = record->sent == MEIR_ANNOUNCE_EVENT_STOPPED && record->call != NULL;

  if (!record->knows_us && record->call == NULL) {
    meir_announce_record_free (record);
    return;
  }
  if (told)
    self->n_goodbyes--;
  else
    g_clear_pointer (&record->call, meir_tracker_call_cancel);
  g_ptr_array_add (self->leaving, record);
}

void
meir_announcer_set_tiers (MeirAnnouncer *announcer, GPtrArray *tiers)
{
  g_autoptr (GPtrArray) old = g_steal_pointer (&announcer->records);
  Tier *old_tiers = g_steal_pointer (&announcer->tiers);
  guint n_old_tiers = announcer->n_tiers;
  g_autoptr (GPtrArray) working = g_ptr_array_new ();
  gboolean completed_due = FALSE;

  for (guint i = 0; i < n_old_tiers; i++) {
    if (old_tiers[i].working != NULL)
      g_ptr_array_add (working, old_tiers[i].working);
    completed_due |= old_tiers[i].completed_due;
  }
  free_tiers (old_tiers, n_old_tiers);
  init_tiers (announcer, tiers, old);
  for (guint i = 0; i < working->len; i++) {
    if (g_ptr_array_find (announcer->records, working->pdata[i], NULL)) {
      keep_working (announcer, working->pdata[i]);
      announcer->tiers[((MeirAnnounceRecord *) working->pdata[i])->tier].completed_due |= completed_due;
    }
  }
  while (old->len > 0)
    leave (announcer, g_ptr_array_steal_index (old, old->len - 1));
  run_soon (announcer);
}

void
meir_announcer_stop (MeirAnnouncer *announcer, MeirAnnouncerStoppedFunc func, gpointer user_data)
{
  announcer->stopped_func = func;
  announcer->stopped_data = user_data;
  announcer->start_again = FALSE;
  if (announcer->phase == PHASE_STOPPING)
    return;
  announcer->phase = PHASE_STOPPING;
  announcer->goodbyes_sent = FALSE;
  announcer->n_goodbyes = 0;
  announcer->stop_deadline_usec = meir_loop_now_usec (announcer->loop) + MEIR_ANNOUNCER_STOP_MSEC * 1000;
  for (guint i = 0; i < announcer->records->len; i++) {
    MeirAnnounceRecord *record = announcer->records->pdata[i];
    /* Whether an announce under way has arrived cannot be known: better one goodbye too many. */
    if (record->call != NULL)
      record->knows_us = TRUE;
    g_clear_pointer (&record->call, meir_tracker_call_cancel);
  }
  run_soon (announcer);
}

void
meir_announcer_rest (MeirAnnouncer *announcer)
{
  if (announcer->phase == PHASE_RUNNING)
    announcer->phase = PHASE_RESTING;
  announcer->start_again = FALSE;
}

static gboolean
is_planned (MeirAnnouncer *announcer, const MeirAnnounceRecord *record)
{
  const Tier *tier = &announcer->tiers[record->tier];

  return announcer->phase == PHASE_RUNNING &&
         (tier->working != NULL ? tier->working == record : record->state == MEIR_TRACKER_FAILED);
}

void
meir_announcer_get_summary (MeirAnnouncer *announcer, MeirAnnouncerSummary *summary)
{
  *summary = (MeirAnnouncerSummary){ 0 };
  for (guint i = 0; i < announcer->records->len; i++) {
    const MeirAnnounceRecord *record = announcer->records->pdata[i];
    gint64 due_usec = MAX (record->plan.due_usec, 1);

    if (record->is_double)
      continue;
    summary->n_trackers++;
    if (record->state == MEIR_TRACKER_OK)
      summary->n_working++;
    /* One that is asked again after a failure has not answered yet. */
    if (record->state != MEIR_TRACKER_OK && record->error != NULL) {
      summary->n_failed++;
      if (summary->error == NULL) {
        summary->error = record->error;
        summary->refusal = record->refusal;
      }
    }
    if (is_planned (announcer, record) && !record->plan.disabled && record->call == NULL &&
        (summary->next_announce_usec == 0 || due_usec < summary->next_announce_usec))
      summary->next_announce_usec = due_usec;
  }
}

GPtrArray *
meir_announcer_dup_status (MeirAnnouncer *announcer)
{
  GPtrArray *statuses = g_ptr_array_new_with_free_func ((GDestroyNotify) meir_tracker_status_free);

  for (guint i = 0; i < announcer->records->len; i++) {
    const MeirAnnounceRecord *record = announcer->records->pdata[i];

    g_ptr_array_add (statuses, meir_announce_record_dup_status (record, is_planned (announcer, record)));
  }
  return statuses;
}
