/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torrent-fixture.h"

#include <string.h>

static void
stats_cb (gpointer user_data, MeirAnnounceStats *stats)
{
  Torrent *torrent = user_data;

  g_assert_false (torrent->inside);
  torrent->n_stats_calls++;
  *stats = torrent->stats;
}

static void
peers_cb (gpointer user_data, const MeirEndpoint *peers, guint n_peers, const char *tracker)
{
  Torrent *torrent = user_data;
  char text[MEIR_ENDPOINT_TEXT_MAX];

  g_assert_false (torrent->inside);
  torrent->n_peers_calls++;
  g_free (torrent->peers_from);
  torrent->peers_from = g_strdup (tracker);
  for (guint i = 0; i < n_peers; i++)
    g_string_append_printf (torrent->peers, "%s ", meir_endpoint_format (&peers[i], text));
}

static void
changed_cb (gpointer user_data)
{
  Torrent *torrent = user_data;

  g_assert_false (torrent->inside);
  torrent->n_changes++;
}

void
torrent_stopped_cb (MeirAnnouncer *announcer, gpointer user_data)
{
  Torrent *torrent = user_data;

  g_assert_false (torrent->inside);
  torrent->n_stops++;
}

Torrent *
torrent_new (World *world, const MeirTrackerDeadlines *deadlines, const char *const *tiers)
{
  static const MeirAnnouncerHooks hooks = { .stats = stats_cb, .peers = peers_cb, .changed = changed_cb };
  static const MeirInfoHash info_hash = { "infoinfoinfoinfoinfo" };
  g_autoptr (GPtrArray) lists = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  MeirTrackerClientOptions options = { .deadlines = deadlines };
  Torrent *torrent = g_new0 (Torrent, 1);

  for (guint i = 0; tiers[i] != NULL; i++)
    g_ptr_array_add (lists, g_strsplit (tiers[i], " ", -1));
  torrent->world = world;
  torrent->peers = g_string_new (NULL);
  torrent->stats =
      (MeirAnnounceStats){ .uploaded = 11, .downloaded = 22, .left = 33, .port = 6881, .peers_wanted = 40 };
  torrent->client = meir_tracker_client_new (world->loop, &options, NULL);
  torrent->announcer = meir_announcer_new (torrent->client, lists, &info_hash,
                                           (const guint8 *) "peerpeerpeerpeerpeer", &hooks, torrent);
  return torrent;
}

void
torrent_free (Torrent *torrent)
{
  g_clear_pointer (&torrent->announcer, meir_announcer_free);
  meir_tracker_client_free (torrent->client);
  g_string_free (torrent->peers, TRUE);
  g_free (torrent->peers_from);
  g_free (torrent);
}

void
torrent_start (Torrent *torrent)
{
  torrent->inside = TRUE;
  meir_announcer_start (torrent->announcer);
  torrent->inside = FALSE;
}

void
torrent_complete (Torrent *torrent)
{
  torrent->inside = TRUE;
  torrent->stats.left = 0;
  meir_announcer_complete (torrent->announcer);
  torrent->inside = FALSE;
}

void
torrent_stop (Torrent *torrent)
{
  torrent->inside = TRUE;
  meir_announcer_stop (torrent->announcer, torrent_stopped_cb, torrent);
  torrent->inside = FALSE;
}

MeirTrackerStatus *
torrent_dup_status (Torrent *torrent, guint index)
{
  g_autoptr (GPtrArray) all = meir_announcer_dup_status (torrent->announcer);

  g_assert_cmpuint (index, <, all->len);
  return g_ptr_array_steal_index (all, index);
}

MeirTrackerState
torrent_get_state (Torrent *torrent, guint index)
{
  g_autoptr (MeirTrackerStatus) status = torrent_dup_status (torrent, index);

  return status->state;
}

void
torrent_run_until_state (Torrent *torrent, guint index, MeirTrackerState state)
{
  while (torrent_get_state (torrent, index) != state)
    world_run_until_count (torrent->world, &torrent->n_changes, torrent->n_changes + 1);
}

void
tracker_answer_peers (HttpFixture *fixture, const char *target, Answer *answer)
{
  const char *body = fixture->data != NULL
                         ? fixture->data
                         : "d8:completei3e10:downloadedi9e10:incompletei4e8:intervali1800e5:peers12:"
                           "\x01\x02\x03\x04\x1a\xe1\x01\x02\x03\x05\x1a\xe1"
                           "e";

  answer_ok (answer, body);
}

static const char *
event_of (const char *request)
{
  const char *event = strstr (request, "event=");

  if (event == NULL || event > strstr (request, " HTTP/"))
    return "";
  event += strlen ("event=");
  return g_str_has_prefix (event, "started")     ? "started"
         : g_str_has_prefix (event, "completed") ? "completed"
         : g_str_has_prefix (event, "stopped")   ? "stopped"
         : g_str_has_prefix (event, "paused")    ? "paused"
                                                 : "?";
}

gboolean
tracker_heard (const HttpFixture *tracker, guint index, const char *parameter)
{
  return strstr (tracker->requests->pdata[index], parameter) != NULL;
}

void
tracker_assert_events (const HttpFixture *tracker, const char *expected)
{
  g_autoptr (GString) events = g_string_new (NULL);

  for (guint i = 0; i < tracker->requests->len; i++)
    g_string_append_printf (events, "%s%s", i > 0 ? " " : "", event_of (tracker->requests->pdata[i]));
  g_assert_cmpstr (events->str, ==, expected);
}

void
tracker_refuse (HttpFixture *fixture, const char *target, Answer *answer)
{
  answer_ok (answer, "d14:failure reason14:not registerede");
}
