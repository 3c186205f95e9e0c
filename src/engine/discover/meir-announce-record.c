/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "discover/meir-announce-record.h"

#include "base/meir-url.h"
#include "meir-config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define COUNT_UNKNOWN (-1)

static void
say (MeirAnnounceRecord *record, const char *message)
{
  g_free (record->message);
  record->message = g_strdup (message);
}

static void
say_error (MeirAnnounceRecord *record, const char *message)
{
  say (record, message);
  g_free (record->error);
  record->error = g_strdup (message);
  g_clear_pointer (&record->refusal, g_free);
}

static void
disable (MeirAnnounceRecord *record, const char *reason)
{
  record->plan.disabled = TRUE;
  record->state = MEIR_TRACKER_DISABLED;
  say_error (record, reason);
}

static void
disable_double (MeirAnnounceRecord *record)
{
  g_autofree char *reason =
      g_strdup_printf (_ ("The tracker “%s” stands in the list twice; it is asked once"), record->shown);

  disable (record, reason);
}

MeirAnnounceRecord *
meir_announce_record_new (MeirAnnouncer *owner, const char *url, guint tier, GHashTable *seen)
{
  g_autoptr (GError) error = NULL;
  MeirAnnounceRecord *record = g_new0 (MeirAnnounceRecord, 1);

  record->owner = owner;
  record->tier = tier;
  record->shown = meir_url_dup_safe (url);
  record->seeds = record->leechers = record->completed = COUNT_UNKNOWN;
  record->url = meir_announce_url_parse (url, &error);
  if (record->url == NULL)
    disable (record, error->message);
  else if (!g_hash_table_add (seen, g_uri_to_string (record->url->uri))) {
    record->is_double = TRUE;
    disable_double (record);
  } else {
    say (record, _ ("Not asked yet"));
  }
  return record;
}

void
meir_announce_record_free (MeirAnnounceRecord *record)
{
  g_clear_pointer (&record->call, meir_tracker_call_cancel);
  g_clear_pointer (&record->url, meir_announce_url_unref);
  g_free (record->shown);
  g_free (record->message);
  g_free (record->error);
  g_free (record->refusal);
  g_free (record);
}

MeirAnnounceEvent
meir_announce_record_next_event (const MeirAnnounceRecord *record, gboolean completed_due,
                                 gboolean partial_seed)
{
  if (!record->knows_us)
    return MEIR_ANNOUNCE_EVENT_STARTED;
  if (completed_due)
    return MEIR_ANNOUNCE_EVENT_COMPLETED;
  /* BEP 21: with every announce as long as it is one, in place of none. */
  return partial_seed ? MEIR_ANNOUNCE_EVENT_PAUSED : MEIR_ANNOUNCE_EVENT_NONE;
}

void
meir_announce_record_on_sent (MeirAnnounceRecord *record, MeirAnnounceEvent event, gint64 now_usec)
{
  record->state = MEIR_TRACKER_ANNOUNCING;
  record->sent = event;
  record->sent_usec = now_usec;
  say (record, event == MEIR_ANNOUNCE_EVENT_STOPPED ? _ ("Saying goodbye") : _ ("Asking for peers"));
}

static gint64
read_count (guint32 count)
{
  return count == MEIR_COUNT_UNKNOWN ? COUNT_UNKNOWN : (gint64) count;
}

static void
take_reply (MeirAnnounceRecord *record, const MeirAnnounceReply *reply)
{
  g_autofree char *message = NULL;

  record->state = MEIR_TRACKER_OK;
  record->knows_us = TRUE;
  g_clear_pointer (&record->error, g_free);
  g_clear_pointer (&record->refusal, g_free);
  record->seeds = read_count (reply->complete);
  record->leechers = read_count (reply->incomplete);
  record->completed = read_count (reply->downloaded);
  /* BEP 3: a tracker id that is not sent again stays in force. */
  if (reply->tracker_id_length > 0) {
    memcpy (record->tracker_id, reply->tracker_id, reply->tracker_id_length);
    record->tracker_id_length = reply->tracker_id_length;
  }
  if (reply->warning != NULL)
    message = g_strdup_printf (_ ("It warns: %s"), reply->warning);
  else if (reply->n_peers == 0)
    message = g_strdup (_ ("It works, and knows of no other peers"));
  else
    message = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "It works, and named %u peer",
                                            "It works, and named %u peers", reply->n_peers),
                               reply->n_peers);
  say (record, message);
}

static void
take_failure (MeirAnnounceRecord *record, const MeirAnnounceReply *reply, const GError *error)
{
  record->state = record->plan.disabled ? MEIR_TRACKER_DISABLED : MEIR_TRACKER_FAILED;
  if (record->plan.disabled)
    record->knows_us = FALSE;
  if (reply != NULL) {
    g_autofree char *message =
        g_strdup_printf (_ ("The tracker “%s” refused: %s"), record->url->name, reply->failure);
    say_error (record, message);
    record->refusal = g_strdup (reply->failure);
  } else {
    say_error (record, error->message);
  }
}

gboolean
meir_announce_record_on_answer (MeirAnnounceRecord *record, const MeirAnnounceReply *reply,
                                const GError *error, guint retry_msec, gint64 now_usec, MeirPrng *prng)
{
  gboolean taken = reply != NULL && reply->failure == NULL;

  record->call = NULL;
  if (taken) {
    meir_announce_plan_on_reply (&record->plan, reply, now_usec, prng);
    take_reply (record, reply);
  } else {
    meir_announce_plan_on_failure (&record->plan, reply, retry_msec, now_usec, prng);
    take_failure (record, reply, error);
  }
  return taken;
}

void
meir_announce_record_rest (MeirAnnounceRecord *record)
{
  g_clear_pointer (&record->call, meir_tracker_call_cancel);
  record->knows_us = FALSE;
  if (record->plan.disabled)
    return;
  record->plan = (MeirAnnouncePlan){ 0 };
  record->state = MEIR_TRACKER_IDLE;
  say (record, _ ("Stopped"));
}

MeirTrackerStatus *
meir_announce_record_dup_status (const MeirAnnounceRecord *record, gboolean planned)
{
  MeirTrackerStatus *status = g_new0 (MeirTrackerStatus, 1);

  status->url = g_strdup (record->shown);
  status->tier = record->tier;
  status->state = record->state;
  status->message = g_strdup (record->message);
  status->error = g_strdup (record->error);
  if (planned && record->call == NULL && !record->plan.disabled)
    status->next_announce_usec = record->plan.due_usec;
  status->seeds = record->seeds;
  status->leechers = record->leechers;
  status->completed = record->completed;
  return status;
}

void
meir_tracker_status_free (MeirTrackerStatus *status)
{
  g_free (status->url);
  g_free (status->message);
  g_free (status->error);
  g_free (status);
}
