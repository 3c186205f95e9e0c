/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "discover/meir-tracker-client.h"

#include "base/meir-random.h"
#include "discover/meir-http-announce.h"
#include "discover/meir-udp-announce.h"
#include "wire/meir-tracker-http.h"

/* HTTP exchanges under way at once: a session of a thousand torrents opens neither a thousand sockets nor as
 * many TLS handshakes when it starts. */
#define HTTP_EXCHANGES_MAX 32u

struct _MeirTrackerClient {
  MeirTrackerSetup setup;
  MeirUdpChannel *channel;
  guint32 key; /* BEP 15: tells trackers that we are still ourselves when our address changes */
  guint n_calls;
  guint n_http;  /* exchanges under way, goodbyes not counted */
  GQueue queued; /* calls over HTTP that wait for one of those to end */
};

struct _MeirTrackerCall {
  MeirTrackerClient *client;
  MeirTrackerCallFunc func;
  gpointer user_data;
  /* One of the two; none while queued. */
  MeirHttpAnnounce *http;
  MeirUdpAnnounce *udp;
  MeirAnnounceUrl *url;
  char *request_url; /* over HTTP */
  gboolean counted;  /* in the client's n_http */
  GList link;        /* in the client's queue while queued */
};

const MeirTrackerDeadlines MEIR_TRACKER_DEADLINES_DEFAULT = {
  .http_first_byte_msec = 10000,
  .http_total_msec = 30000,
  .udp_wait_msec = 15000,
  .udp_next_address_msec = 5000,
  .udp_repetitions = 4,
  .tier_patience_msec = 15000,
  .retry_msec = 15000,
};

MeirTrackerClient *
meir_tracker_client_new (MeirLoop *loop, const MeirTrackerClientOptions *options, GError **error)
{
  static const MeirTrackerClientOptions none = { 0 };
  g_autoptr (MeirTrackerClient) client = g_new0 (MeirTrackerClient, 1);
  MeirTrackerSetup *setup = &client->setup;

  if (options == NULL)
    options = &none;
  setup->loop = loop;
  setup->deadlines = options->deadlines != NULL ? *options->deadlines : MEIR_TRACKER_DEADLINES_DEFAULT;
  if (options->bind_address != NULL &&
      !meir_endpoint_parse_address (&setup->local, options->bind_address, error))
    return NULL;
  if (options->pins != NULL) {
    guint n_pins = g_strv_length ((char **) options->pins);

    setup->pins = g_new (MeirTrackerPin, n_pins);
    for (; setup->n_pins < n_pins; setup->n_pins++) {
      if (!meir_tracker_pin_parse (&setup->pins[setup->n_pins], options->pins[setup->n_pins], error))
        return NULL;
    }
  }
  client->channel = meir_udp_channel_new (loop, &setup->local);
  setup->names = meir_name_queue_new (loop);
  meir_random_bytes (&client->key, sizeof client->key);
  return g_steal_pointer (&client);
}

void
meir_tracker_client_free (MeirTrackerClient *client)
{
  g_assert (client->n_calls == 0);
  g_clear_pointer (&client->channel, meir_udp_channel_free);
  g_clear_pointer (&client->setup.names, meir_name_queue_free);
  g_free (client->setup.pins);
  g_free (client);
}

MeirLoop *
meir_tracker_client_get_loop (MeirTrackerClient *client)
{
  return client->setup.loop;
}

const MeirTrackerDeadlines *
meir_tracker_client_get_deadlines (MeirTrackerClient *client)
{
  return &client->setup.deadlines;
}

static void answered_cb (gpointer user_data, const MeirAnnounceReply *reply, const GError *error);

static void
begin_http (MeirTrackerCall *call)
{
  call->http =
      meir_http_announce_start (&call->client->setup, call->url, call->request_url, answered_cb, call);
}

static void
begin_queued (MeirTrackerClient *client)
{
  while (client->n_http < HTTP_EXCHANGES_MAX && client->queued.head != NULL) {
    MeirTrackerCall *call = g_queue_pop_head_link (&client->queued)->data;
    call->counted = TRUE;
    client->n_http++;
    begin_http (call);
  }
}

static void
call_free (MeirTrackerCall *call)
{
  MeirTrackerClient *client = call->client;

  client->n_calls--;
  if (call->counted)
    client->n_http--;
  meir_announce_url_unref (call->url);
  g_free (call->request_url);
  g_free (call);
  begin_queued (client);
}

static void
answered_cb (gpointer user_data, const MeirAnnounceReply *reply, const GError *error)
{
  MeirTrackerCall *call = user_data;
  MeirTrackerCallFunc func = call->func;
  gpointer func_data = call->user_data;

  call_free (call);
  func (func_data, reply, error);
}

static void
announce_http (MeirTrackerCall *call, const MeirAnnounceRequest *request, const guint8 *tracker_id,
               gsize tracker_id_length)
{
  g_autofree char *text = g_uri_to_string (call->url->uri);

  call->request_url = meir_tracker_http_dup_announce_url (text, request, tracker_id, tracker_id_length);
  if (request->event == MEIR_ANNOUNCE_EVENT_STOPPED) {
    begin_http (call);
    return;
  }
  call->link.data = call;
  g_queue_push_tail_link (&call->client->queued, &call->link);
  begin_queued (call->client);
}

MeirTrackerCall *
meir_tracker_client_announce (MeirTrackerClient *client, MeirAnnounceUrl *url,
                              const MeirAnnounceRequest *request, const guint8 *tracker_id,
                              gsize tracker_id_length, MeirTrackerCallFunc func, gpointer user_data)
{
  MeirTrackerCall *call = g_new0 (MeirTrackerCall, 1);
  MeirAnnounceRequest keyed = *request;

  keyed.key = client->key;
  call->client = client;
  call->func = func;
  call->user_data = user_data;
  call->url = meir_announce_url_ref (url);
  client->n_calls++;
  if (url->scheme == MEIR_URL_UDP)
    call->udp = meir_udp_announce_start (&client->setup, client->channel, url, &keyed, answered_cb, call);
  else
    announce_http (call, &keyed, tracker_id, tracker_id_length);
  return call;
}

void
meir_tracker_call_cancel (MeirTrackerCall *call)
{
  if (call->udp != NULL)
    meir_udp_announce_cancel (call->udp);
  else if (call->http != NULL)
    meir_http_announce_cancel (call->http);
  else
    g_queue_unlink (&call->client->queued, &call->link);
  call_free (call);
}
