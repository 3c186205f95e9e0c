/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "discover/meir-udp-announce.h"

#include "base/meir-error.h"
#include "discover/meir-announce-host.h"
#include "meir-config.h"
#include "wire/meir-tracker-udp.h"

#include <glib/gi18n-lib.h>

/* First wait of an announce that says "stopped": there is 1 s for all of it. */
#define GOODBYE_WAIT_MSEC 400u

struct _MeirUdpAnnounce {
  MeirTimer timer;
  MeirUdpWait wait;
  const MeirTrackerSetup *setup;
  MeirUdpChannel *channel;
  MeirTrackerCallFunc func; /* NULL once finished or cancelled: then only the look-up holds us */
  gpointer user_data;
  GCancellable *cancellable;
  MeirAnnounceUrl *url;
  MeirAnnounceRequest request;
  MeirAnnounceHost host; /* addresses that datagrams can be sent to, as far as known */
  guint address;         /* index of the one asked now */
  guint n_waits;         /* waits that ended without an answer */
  gboolean remembered;   /* the connection id in use is from an earlier exchange */
};

static void attempt (MeirUdpAnnounce *self);

static void
udp_announce_clear (MeirUdpAnnounce *self)
{
  g_clear_object (&self->cancellable);
  meir_announce_url_unref (self->url);
}

static void
udp_announce_unref (MeirUdpAnnounce *self)
{
  g_rc_box_release_full (self, (GDestroyNotify) udp_announce_clear);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeirUdpAnnounce, udp_announce_unref)

void
meir_udp_announce_cancel (MeirUdpAnnounce *announce)
{
  announce->func = NULL;
  meir_loop_clear_timer (announce->setup->loop, &announce->timer);
  meir_udp_channel_end_wait (announce->channel, &announce->wait);
  g_cancellable_cancel (announce->cancellable);
  udp_announce_unref (announce);
}

static void
finish (MeirUdpAnnounce *self, const MeirAnnounceReply *reply, const GError *error)
{
  MeirTrackerCallFunc func = self->func;
  gpointer user_data = self->user_data;

  meir_udp_announce_cancel (self);
  func (user_data, reply, error);
}

/* @refusal: (transfer full): the tracker's words, made safe by the codec. */
static void
finish_refused (MeirUdpAnnounce *self, char *refusal)
{
  g_auto (MeirAnnounceReply) reply;

  meir_announce_reply_init (&reply);
  reply.failure = refusal;
  finish (self, &reply, NULL);
}

static guint
get_wait_msec (const MeirUdpAnnounce *self)
{
  const MeirTrackerDeadlines *deadlines = &self->setup->deadlines;
  guint msec = deadlines->udp_wait_msec;

  if (self->request.event == MEIR_ANNOUNCE_EVENT_STOPPED)
    msec = MIN (msec, GOODBYE_WAIT_MSEC);
  if (self->n_waits + 1 < self->host.n)
    return MIN (msec, deadlines->udp_next_address_msec);
  return msec << (self->n_waits + 1 - self->host.n);
}

static void
wait_over_cb (MeirTimer *timer, gint64 now_usec)
{
  MeirUdpAnnounce *self = (MeirUdpAnnounce *) timer;

  meir_udp_channel_drop_connection (self->channel, &self->wait.endpoint);
  self->n_waits++;
  if (self->n_waits < self->host.n + self->setup->deadlines.udp_repetitions) {
    self->address = (self->address + 1) % self->host.n;
    attempt (self);
  } else {
    g_autoptr (GError) error = g_error_new (MEIR_ERROR, MEIR_ERROR_TIMED_OUT,
                                            _ ("The tracker “%s” does not answer"), self->url->name);
    finish (self, NULL, error);
  }
}

/* The address asked now cannot be reached: goes on without it. */
static void
give_up_address (MeirUdpAnnounce *self, const GError *reason)
{
  self->host.n--;
  for (guint i = self->address; i < self->host.n; i++)
    self->host.endpoints[i] = self->host.endpoints[i + 1];
  if (self->host.n == 0) {
    finish (self, NULL, reason);
    return;
  }
  self->address %= self->host.n;
  attempt (self);
}

static void
send_packet (MeirUdpAnnounce *self, const guint8 *packet, gsize length)
{
  g_autoptr (GError) error = NULL;

  meir_loop_set_timer (self->setup->loop, &self->timer,
                       meir_loop_now_usec (self->setup->loop) + (gint64) get_wait_msec (self) * 1000,
                       wait_over_cb);
  if (!meir_udp_channel_send (self->channel, &self->wait, packet, length, &error))
    give_up_address (self, error);
}

static void
announced_cb (MeirUdpWait *wait, const guint8 *bytes, gsize length)
{
  MeirUdpAnnounce *self = MEIR_OWNER_OF (wait, MeirUdpAnnounce, wait);
  MeirAnnounceReply reply;
  char *refusal = NULL;

  switch (meir_tracker_udp_decode_announce_reply (bytes, length, wait->transaction_id, wait->endpoint.family,
                                                  &reply, &refusal)) {
  case MEIR_TRACKER_UDP_DROP:
    break;
  case MEIR_TRACKER_UDP_OK:
    finish (self, &reply, NULL);
    break;
  case MEIR_TRACKER_UDP_REFUSED:
    meir_udp_channel_drop_connection (self->channel, &wait->endpoint);
    if (self->remembered) {
      /* Perhaps a tracker that was started anew and does not know its own connection id. */
      g_free (refusal);
      attempt (self);
    } else {
      finish_refused (self, refusal);
    }
    break;
  }
}

static void
send_announce (MeirUdpAnnounce *self, guint64 connection_id)
{
  guint8 packet[MEIR_TRACKER_UDP_REQUEST_MAX];
  const char *query = g_uri_get_query (self->url->uri);
  g_autofree char *url_data =
      g_strconcat (g_uri_get_path (self->url->uri), query != NULL ? "?" : NULL, query, NULL);
  gsize length;

  meir_udp_channel_wait (self->channel, &self->wait, &self->host.endpoints[self->address], announced_cb);
  length = meir_tracker_udp_encode_announce (packet, connection_id, self->wait.transaction_id, &self->request,
                                             url_data);
  send_packet (self, packet, length);
}

static void
connected_cb (MeirUdpWait *wait, const guint8 *bytes, gsize length)
{
  MeirUdpAnnounce *self = MEIR_OWNER_OF (wait, MeirUdpAnnounce, wait);
  guint64 connection_id;
  char *refusal = NULL;

  switch (
      meir_tracker_udp_decode_connect_reply (bytes, length, wait->transaction_id, &connection_id, &refusal)) {
  case MEIR_TRACKER_UDP_DROP:
    break;
  case MEIR_TRACKER_UDP_OK:
    meir_udp_channel_keep_connection (self->channel, &wait->endpoint, connection_id);
    send_announce (self, connection_id);
    break;
  case MEIR_TRACKER_UDP_REFUSED:
    finish_refused (self, refusal);
    break;
  }
}

/* One packet to the address whose turn it is. */
static void
attempt (MeirUdpAnnounce *self)
{
  const MeirEndpoint *endpoint = &self->host.endpoints[self->address];
  guint8 packet[MEIR_TRACKER_UDP_REQUEST_MAX];
  guint64 connection_id;

  self->remembered = meir_udp_channel_find_connection (self->channel, endpoint, &connection_id);
  if (self->remembered) {
    send_announce (self, connection_id);
    return;
  }
  meir_udp_channel_wait (self->channel, &self->wait, endpoint, connected_cb);
  send_packet (self, packet, meir_tracker_udp_encode_connect (packet, self->wait.transaction_id));
}

static void
resolved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MeirUdpAnnounce) self = user_data;
  g_autoptr (GError) error = NULL;
  MeirAnnounceHost host;
  gboolean found = meir_announce_host_resolve_finish (result, &host, &error);

  if (self->func == NULL)
    return;
  if (!found) {
    finish (self, NULL, error);
    return;
  }
  self->host = host;
  attempt (self);
}

MeirUdpAnnounce *
meir_udp_announce_start (const MeirTrackerSetup *setup, MeirUdpChannel *channel, MeirAnnounceUrl *url,
                         const MeirAnnounceRequest *request, MeirTrackerCallFunc func, gpointer user_data)
{
  MeirUdpAnnounce *self = g_rc_box_new0 (MeirUdpAnnounce);

  self->setup = setup;
  self->channel = channel;
  self->func = func;
  self->user_data = user_data;
  self->cancellable = g_cancellable_new ();
  self->url = meir_announce_url_ref (url);
  self->request = *request;
  meir_announce_host_resolve_async (setup->names, meir_announce_url_get_host (url), url->port,
                                    setup->local.family, self->cancellable, resolved_cb,
                                    g_rc_box_acquire (self));
  return self;
}
