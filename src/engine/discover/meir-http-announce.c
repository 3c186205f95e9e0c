/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "discover/meir-http-announce.h"

#include "base/meir-error.h"
#include "base/meir-limits.h"
#include "discover/meir-announce-address.h"
#include "discover/meir-announce-host.h"
#include "discover/meir-http-failure.h"
#include "meir-config.h"
#include "wire/meir-tracker-http.h"

#include <glib/gi18n-lib.h>
#include <libsoup/soup.h>
#include <string.h>

/* How much of a body is read at a time, bytes. */
#define READ_LENGTH 16384u

struct _MeirHttpAnnounce {
  MeirTimer timer;
  const MeirTrackerSetup *setup;
  MeirTrackerCallFunc func; /* NULL once finished or cancelled: then only callbacks under way hold us */
  gpointer user_data;
  GCancellable *cancellable;
  gint64 started_usec;
  gboolean has_header;

  char *tracker;        /* name of the tracker asked at first, for messages */
  MeirAnnounceUrl *url; /* of this hop */
  GUri *request_uri;
  guint redirects;
  gboolean from_internet; /* the first hop's host has an address in the internet */

  SoupSession *session;
  SoupMessage *message;
  GInputStream *stream;
  GByteArray *body;
  gint64 promised; /* length of the body by its header; -1: not said, or said of an encoded one */
  GTlsCertificate *refused_certificate;
  GTlsCertificateFlags refused_flaws;
};

static void start_hop (MeirHttpAnnounce *self);

static void
drop_connection (MeirHttpAnnounce *self)
{
  g_clear_object (&self->stream);
  if (self->message != NULL)
    g_signal_handlers_disconnect_by_data (self->message, self);
  g_clear_object (&self->message);
  if (self->session != NULL)
    soup_session_abort (self->session);
  g_clear_object (&self->session);
}

static void
http_announce_clear (MeirHttpAnnounce *self)
{
  drop_connection (self);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->refused_certificate);
  g_clear_pointer (&self->url, meir_announce_url_unref);
  g_clear_pointer (&self->request_uri, g_uri_unref);
  g_clear_pointer (&self->body, g_byte_array_unref);
  g_free (self->tracker);
}

static void
http_announce_unref (MeirHttpAnnounce *self)
{
  g_rc_box_release_full (self, (GDestroyNotify) http_announce_clear);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeirHttpAnnounce, http_announce_unref)

static gboolean
is_over (const MeirHttpAnnounce *self)
{
  return self->func == NULL;
}

/* Lets go of everything; callbacks that still are to come find is_over (). */
static void
close_down (MeirHttpAnnounce *self)
{
  self->func = NULL;
  meir_loop_clear_timer (self->setup->loop, &self->timer);
  g_cancellable_cancel (self->cancellable);
  drop_connection (self);
  http_announce_unref (self);
}

static void
finish (MeirHttpAnnounce *self, const MeirAnnounceReply *reply, const GError *error)
{
  MeirTrackerCallFunc func = self->func;
  gpointer user_data = self->user_data;

  close_down (self);
  func (user_data, reply, error);
}

static void
fail (MeirHttpAnnounce *self, GError *error)
{
  finish (self, NULL, error);
  g_error_free (error);
}

void
meir_http_announce_cancel (MeirHttpAnnounce *announce)
{
  close_down (announce);
}

/* Deadlines: for the header, then for the whole (security H28, H29). */
static void
set_deadline (MeirHttpAnnounce *self, MeirTimerFunc func)
{
  const MeirTrackerDeadlines *deadlines = &self->setup->deadlines;
  guint msec = deadlines->http_total_msec;

  if (!self->has_header)
    msec = MIN (msec, deadlines->http_first_byte_msec);
  meir_loop_set_timer (self->setup->loop, &self->timer, self->started_usec + (gint64) msec * 1000, func);
}

static void
deadline_cb (MeirTimer *timer, gint64 now_usec)
{
  MeirHttpAnnounce *self = (MeirHttpAnnounce *) timer;

  if (self->has_header)
    fail (self, g_error_new (MEIR_ERROR, MEIR_ERROR_TIMED_OUT,
                             _ ("The tracker “%s” took too long to send its answer"), self->tracker));
  else
    fail (self, g_error_new (MEIR_ERROR, MEIR_ERROR_TIMED_OUT, _ ("The tracker “%s” does not answer"),
                             self->tracker));
}

static void
decode_reply (MeirHttpAnnounce *self, guint status)
{
  g_auto (MeirAnnounceReply) reply;
  g_autoptr (GError) error = NULL;
  gboolean decoded;

  meir_announce_reply_init (&reply);
  decoded = meir_tracker_http_decode_announce_reply (&reply, self->body->data, self->body->len, &error);
  if (status == SOUP_STATUS_GONE) {
    /* RFC 9110, 15.5.11: gone for good; treated as BEP 31's "retry in: never". */
    meir_announce_reply_clear (&reply);
    meir_announce_reply_init (&reply);
    reply.failure = g_strdup (_ ("It is gone for good (410 Gone)"));
    reply.retry_sec = MEIR_RETRY_NEVER;
    finish (self, &reply, NULL);
  } else if (decoded && (status == SOUP_STATUS_OK || reply.failure != NULL)) {
    /* Some trackers send their failure reason along with a status that says the same. */
    finish (self, &reply, NULL);
  } else if (status != SOUP_STATUS_OK) {
    fail (self, g_error_new (MEIR_ERROR, MEIR_ERROR_PROTOCOL, _ ("The tracker “%s” answered “%u %s”"),
                             self->tracker, status, soup_status_get_phrase (status)));
  } else {
    fail (self,
          g_error_new (MEIR_ERROR, MEIR_ERROR_PROTOCOL, _ ("The tracker “%s” gives no usable answer: %s"),
                       self->tracker, error->message));
  }
}

/* Content-Length, which libsoup takes with a pinch of salt, as RFC 9110 (8.6) has it: FALSE when it is no
 * number, or several. */
static gboolean
read_promise (SoupMessageHeaders *headers, gint64 *promised)
{
  const char *text = soup_message_headers_get_list (headers, "Content-Length");
  guint64 length;

  *promised = -1;
  if (text == NULL)
    return TRUE;
  if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT64, &length, NULL))
    return FALSE;
  if (soup_message_headers_get_one (headers, "Content-Encoding") == NULL &&
      soup_message_headers_get_one (headers, "Transfer-Encoding") == NULL)
    *promised = (gint64) length;
  return TRUE;
}

static void read_more (MeirHttpAnnounce *self);

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MeirHttpAnnounce) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);

  if (is_over (self))
    return;
  if (bytes == NULL) {
    fail (self, meir_http_failure_explain (self->tracker, error));
    return;
  }
  if (g_bytes_get_size (bytes) == 0 && self->promised >= 0 && self->promised != (gint64) self->body->len) {
    fail (self, g_error_new (MEIR_ERROR, MEIR_ERROR_PROTOCOL,
                             _ ("The tracker “%s” sent %u bytes where its answer announced %jd"),
                             self->tracker, self->body->len, (intmax_t) self->promised));
    return;
  }
  if (g_bytes_get_size (bytes) == 0) {
    decode_reply (self, soup_message_get_status (self->message));
    return;
  }
  g_byte_array_append (self->body, g_bytes_get_data (bytes, NULL), (guint) g_bytes_get_size (bytes));
  /* Counted behind the content decoding: a small gzip body that grows without end stops here too (H17). */
  if (self->body->len > MEIR_TRACKER_REPLY_MAX) {
    fail (self, g_error_new (MEIR_ERROR, MEIR_ERROR_PROTOCOL,
                             _ ("The answer of the tracker “%s” is longer than %u MiB"), self->tracker,
                             MEIR_TRACKER_REPLY_MAX >> 20));
    return;
  }
  read_more (self);
}

static void
read_more (MeirHttpAnnounce *self)
{
  g_input_stream_read_bytes_async (self->stream, READ_LENGTH, G_PRIORITY_DEFAULT, self->cancellable, read_cb,
                                   g_rc_box_acquire (self));
}

static void
follow_redirect (MeirHttpAnnounce *self, const char *location)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MeirAnnounceUrl) next = meir_announce_url_parse_relative (self->url, location, &error);

  if (++self->redirects > MEIR_TRACKER_REDIRECTS_MAX) {
    fail (self,
          g_error_new (MEIR_ERROR, MEIR_ERROR_PROTOCOL, _ ("The tracker “%s” redirects more than %u times"),
                       self->tracker, MEIR_TRACKER_REDIRECTS_MAX));
    return;
  }
  if (next == NULL || next->scheme == MEIR_URL_UDP) {
    fail (self, g_error_new (MEIR_ERROR, MEIR_ERROR_PROTOCOL,
                             _ ("The tracker “%s” redirects to something that is not a web address"),
                             self->tracker));
    return;
  }
  if (self->url->scheme == MEIR_URL_HTTPS && next->scheme != MEIR_URL_HTTPS) {
    fail (self, g_error_new (
                    MEIR_ERROR, MEIR_ERROR_TLS,
                    _ ("The tracker “%s” redirects from https to unencrypted http on %s, which is refused"),
                    self->tracker, next->name));
    return;
  }
  drop_connection (self);
  g_clear_pointer (&self->request_uri, g_uri_unref);
  g_clear_pointer (&self->url, meir_announce_url_unref);
  self->url = g_steal_pointer (&next);
  self->request_uri = meir_announce_url_build (self->url, g_uri_get_query (self->url->uri));
  start_hop (self);
}

static gboolean
is_redirect (guint status)
{
  return status == SOUP_STATUS_MOVED_PERMANENTLY || status == SOUP_STATUS_FOUND ||
         status == SOUP_STATUS_SEE_OTHER || status == SOUP_STATUS_TEMPORARY_REDIRECT ||
         status == SOUP_STATUS_PERMANENT_REDIRECT;
}

static void
sent_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MeirHttpAnnounce) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) stream = soup_session_send_finish (SOUP_SESSION (source), result, &error);
  SoupMessageHeaders *headers;
  const char *location;

  if (is_over (self))
    return;
  if (stream == NULL) {
    if (self->refused_certificate != NULL)
      fail (self, meir_tracker_pin_explain (self->url->name, self->refused_certificate, self->refused_flaws));
    else
      fail (self, meir_http_failure_explain (self->tracker, error));
    return;
  }
  headers = soup_message_get_response_headers (self->message);
  location = soup_message_headers_get_one (headers, "Location");
  if (is_redirect (soup_message_get_status (self->message)) && location != NULL) {
    g_autofree char *target = g_strdup (location);
    g_clear_object (&stream);
    follow_redirect (self, target);
    return;
  }
  if (!read_promise (headers, &self->promised)) {
    fail (self, g_error_new (MEIR_ERROR, MEIR_ERROR_PROTOCOL,
                             _ ("The answer of the tracker “%s” is not HTTP: its length is no number"),
                             self->tracker));
    return;
  }
  self->stream = g_steal_pointer (&stream);
  self->body = g_byte_array_new ();
  self->has_header = TRUE;
  set_deadline (self, deadline_cb);
  read_more (self);
}

static gboolean
accept_certificate_cb (SoupMessage *message, GTlsCertificate *certificate, GTlsCertificateFlags flaws,
                       gpointer user_data)
{
  MeirHttpAnnounce *self = user_data;

  if (meir_tracker_pin_judge (self->setup->pins, self->setup->n_pins, certificate, flaws))
    return TRUE;
  g_set_object (&self->refused_certificate, certificate);
  self->refused_flaws = flaws;
  return FALSE;
}

static GInetSocketAddress *
dup_local_address (const MeirTrackerSetup *setup)
{
  struct sockaddr_storage native;
  socklen_t length;

  if (setup->local.family == 0)
    return NULL;
  length = meir_endpoint_to_sockaddr (&setup->local, &native);
  return G_INET_SOCKET_ADDRESS (g_socket_address_new_from_native (&native, length));
}

static void
send_request (MeirHttpAnnounce *self, const MeirAnnounceHost *host)
{
  g_autoptr (GSocketConnectable) address =
      meir_announce_address_new (meir_announce_url_get_host (self->url), host);
  g_autoptr (GInetSocketAddress) local = dup_local_address (self->setup);
  SoupMessageHeaders *headers;

  /* No proxy of the environment sees what is shared; the deadlines are ours. */
  self->session = soup_session_new_with_options (
      "remote-connectable", address, "local-address", local, "proxy-resolver", NULL, "user-agent",
      "MeirTorrent/" MEIR_VERSION, "max-conns", 1, "timeout", 0, NULL);
  soup_session_remove_feature_by_type (self->session, SOUP_TYPE_AUTH_MANAGER);
  self->message = soup_message_new_from_uri ("GET", self->request_uri);
  soup_message_set_flags (self->message, SOUP_MESSAGE_NO_REDIRECT);
  headers = soup_message_get_request_headers (self->message);
  soup_message_headers_replace (headers, "Accept-Encoding", "gzip");
  soup_message_headers_replace (headers, "Connection", "close");
  g_signal_connect (self->message, "accept-certificate", G_CALLBACK (accept_certificate_cb), self);
  soup_session_send_async (self->session, self->message, G_PRIORITY_DEFAULT, self->cancellable, sent_cb,
                           g_rc_box_acquire (self));
}

/* Keeps those of @host's addresses that this hop may use. */
static void
judge_addresses (MeirHttpAnnounce *self, MeirAnnounceHost *host)
{
  MeirAnnounceHost kept = { 0 };

  for (guint i = 0; i < host->n; i++) {
    gboolean is_private = meir_announce_host_is_private (&host->endpoints[i]);

    if (self->redirects == 0 && !is_private)
      self->from_internet = TRUE;
    /* A tracker the user or a torrent names may live in a private network, but nothing else there may be
     * reached this way: neither by a path that is no announce, nor by a redirect from outside (H25). */
    if (!is_private ||
        (meir_announce_url_is_announce (self->url) && (self->redirects == 0 || !self->from_internet)))
      kept.endpoints[kept.n++] = host->endpoints[i];
  }
  *host = kept;
}

static void
resolved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MeirHttpAnnounce) self = user_data;
  g_autoptr (GError) error = NULL;
  MeirAnnounceHost host;
  gboolean found = meir_announce_host_resolve_finish (result, &host, &error);

  if (is_over (self))
    return;
  if (!found) {
    finish (self, NULL, error);
    return;
  }
  judge_addresses (self, &host);
  if (host.n > 0)
    send_request (self, &host);
  else if (self->redirects > 0)
    fail (self, g_error_new (MEIR_ERROR, MEIR_ERROR_PROTOCOL,
                             _ ("The tracker “%s” redirects into a private network (%s), which is refused"),
                             self->tracker, self->url->name));
  else
    fail (self, g_error_new (MEIR_ERROR, MEIR_ERROR_INVALID,
                             _ ("The tracker “%s” is in a private network, but the path of its address does "
                                "not end in “announce”; it is not asked"),
                             self->tracker));
}

static void
start_hop (MeirHttpAnnounce *self)
{
  meir_announce_host_resolve_async (self->setup->names, meir_announce_url_get_host (self->url),
                                    self->url->port, self->setup->local.family, self->cancellable,
                                    resolved_cb, g_rc_box_acquire (self));
}

MeirHttpAnnounce *
meir_http_announce_start (const MeirTrackerSetup *setup, MeirAnnounceUrl *url, const char *request_url,
                          MeirTrackerCallFunc func, gpointer user_data)
{
  MeirHttpAnnounce *self = g_rc_box_new0 (MeirHttpAnnounce);

  self->setup = setup;
  self->func = func;
  self->user_data = user_data;
  self->cancellable = g_cancellable_new ();
  self->started_usec = meir_loop_now_usec (setup->loop);
  self->tracker = g_strdup (url->name);
  self->url = meir_announce_url_ref (url);
  self->request_uri = meir_announce_url_build (url, strchr (request_url, '?') + 1);
  set_deadline (self, deadline_cb);
  start_hop (self);
  return self;
}
