/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tracker-fixture.h"

#include "wire/meir-tracker-udp.h"

#include <string.h>

#define PATIENCE_USEC (30 * G_USEC_PER_SEC)

World *
world_new (void)
{
  World *world = g_new0 (World, 1);

  world->context = g_main_context_new ();
  g_main_context_push_thread_default (world->context);
  world->loop = meir_loop_new (world->context);
  world->names = meir_name_queue_new (world->loop);
  return world;
}

void
world_free (World *world)
{
  world_run_msec (world, 20);
  while (g_main_context_iteration (world->context, FALSE))
    ;
  meir_name_queue_free (world->names);
  meir_loop_free (world->loop);
  g_main_context_pop_thread_default (world->context);
  g_main_context_unref (world->context);
  g_free (world);
}

static gboolean
wake_cb (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static gboolean
set_flag_cb (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

void
world_run_until (World *world, const gboolean *flag)
{
  gint64 limit = g_get_monotonic_time () + PATIENCE_USEC;
  g_autoptr (GSource) wake = g_timeout_source_new (100);

  g_source_set_callback (wake, wake_cb, NULL, NULL);
  g_source_attach (wake, world->context);
  while (!*flag) {
    g_main_context_iteration (world->context, TRUE);
    g_assert_cmpint (g_get_monotonic_time (), <, limit);
  }
  g_source_destroy (wake);
}

void
world_run_until_count (World *world, const guint *count, guint value)
{
  gint64 limit = g_get_monotonic_time () + PATIENCE_USEC;
  g_autoptr (GSource) wake = g_timeout_source_new (100);

  g_source_set_callback (wake, wake_cb, NULL, NULL);
  g_source_attach (wake, world->context);
  while (*count < value) {
    g_main_context_iteration (world->context, TRUE);
    g_assert_cmpint (g_get_monotonic_time (), <, limit);
  }
  g_source_destroy (wake);
}

void
world_run_msec (World *world, guint msec)
{
  g_autoptr (GSource) timeout = g_timeout_source_new (msec);
  gboolean over = FALSE;

  g_source_set_callback (timeout, set_flag_cb, &over, NULL);
  g_source_attach (timeout, world->context);
  world_run_until (world, &over);
}

/* One connection of an HttpFixture. */
typedef struct {
  HttpFixture *fixture;
  GIOStream *stream;
  GCancellable *cancellable;
  GString *request;
  Answer answer;
  gsize sent;
} Visit;

static void
visit_free (Visit *visit)
{
  g_io_stream_close (visit->stream, NULL, NULL);
  g_object_unref (visit->stream);
  g_object_unref (visit->cancellable);
  g_string_free (visit->request, TRUE);
  g_clear_pointer (&visit->answer.bytes, g_bytes_unref);
  g_clear_pointer (&visit->answer.tail, g_bytes_unref);
  g_free (visit);
}

static void visit_write (Visit *visit);

static gboolean
drip_cb (gpointer user_data)
{
  visit_write (user_data);
  return G_SOURCE_REMOVE;
}

static void
closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_io_stream_close_finish (G_IO_STREAM (source), result, NULL);
  visit_free (user_data);
}

static void
written_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Visit *visit = user_data;
  gssize n = g_output_stream_write_finish (G_OUTPUT_STREAM (source), result, NULL);

  if (n < 0) {
    visit_free (visit);
    return;
  }
  visit->sent += (gsize) n;
  if (visit->answer.drip_msec > 0) {
    g_autoptr (GSource) pause = g_timeout_source_new (visit->answer.drip_msec);
    g_source_set_callback (pause, drip_cb, visit, NULL);
    g_source_attach (pause, g_main_context_get_thread_default ());
  } else {
    visit_write (visit);
  }
}

static void
visit_write (Visit *visit)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (visit->answer.bytes, &length);

  if (visit->sent == length && visit->answer.tail != NULL) {
    g_bytes_unref (visit->answer.bytes);
    visit->answer.bytes = g_bytes_ref (visit->answer.tail);
    visit->sent = 0;
    bytes = g_bytes_get_data (visit->answer.bytes, &length);
  }
  if (visit->sent == length || g_cancellable_is_cancelled (visit->cancellable)) {
    g_io_stream_close_async (visit->stream, G_PRIORITY_DEFAULT, NULL, closed_cb, visit);
    return;
  }
  g_output_stream_write_async (g_io_stream_get_output_stream (visit->stream), bytes + visit->sent,
                               visit->answer.drip_msec > 0 ? 1 : length - visit->sent, G_PRIORITY_DEFAULT,
                               visit->cancellable, written_cb, visit);
}

static void
visit_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Visit *visit = user_data;
  g_autoptr (GBytes) bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, NULL);

  if (bytes == NULL || g_bytes_get_size (bytes) == 0) {
    visit_free (visit);
    return;
  }
  g_string_append_len (visit->request, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes));
  if (visit->answer.bytes == NULL && strstr (visit->request->str, "\r\n\r\n") != NULL) {
    HttpFixture *fixture = visit->fixture;
    g_auto (GStrv) words = g_strsplit (visit->request->str, " ", 3);

    g_ptr_array_add (fixture->requests, g_strdup (visit->request->str));
    fixture->n_requests++;
    fixture->script (fixture, words[1], &visit->answer);
    if (visit->answer.bytes != NULL) {
      visit_write (visit);
      return;
    }
  }
  /* Nothing to say: waits until the other side gives up. */
  g_input_stream_read_bytes_async (G_INPUT_STREAM (source), 4096, G_PRIORITY_DEFAULT, visit->cancellable,
                                   visit_read_cb, visit);
}

static gboolean
incoming_cb (GSocketService *service, GSocketConnection *connection, GObject *source, gpointer user_data)
{
  HttpFixture *fixture = user_data;
  Visit *visit = g_new0 (Visit, 1);
  g_autoptr (GError) error = NULL;

  fixture->n_connections++;
  visit->fixture = fixture;
  visit->cancellable = g_object_ref (fixture->cancellable);
  visit->request = g_string_new (NULL);
  if (fixture->certificate != NULL)
    visit->stream = g_tls_server_connection_new (G_IO_STREAM (connection), fixture->certificate, &error);
  else
    visit->stream = g_object_ref (G_IO_STREAM (connection));
  g_assert_no_error (error);
  g_input_stream_read_bytes_async (g_io_stream_get_input_stream (visit->stream), 4096, G_PRIORITY_DEFAULT,
                                   visit->cancellable, visit_read_cb, visit);
  return TRUE;
}

HttpFixture *
http_fixture_new (HttpScript script, gpointer data, GTlsCertificate *certificate)
{
  HttpFixture *fixture = g_new0 (HttpFixture, 1);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) bound = NULL;

  fixture->script = script;
  fixture->data = data;
  fixture->certificate = certificate;
  fixture->cancellable = g_cancellable_new ();
  fixture->requests = g_ptr_array_new_with_free_func (g_free);
  fixture->service = g_socket_service_new ();
  g_assert_true (g_socket_listener_add_address (G_SOCKET_LISTENER (fixture->service), any,
                                                G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL, &bound,
                                                NULL));
  fixture->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  g_signal_connect (fixture->service, "incoming", G_CALLBACK (incoming_cb), fixture);
  return fixture;
}

void
http_fixture_free (HttpFixture *fixture)
{
  GMainContext *context = g_main_context_get_thread_default ();

  g_socket_service_stop (fixture->service);
  g_socket_listener_close (G_SOCKET_LISTENER (fixture->service));
  g_cancellable_cancel (fixture->cancellable);
  for (guint i = 0; i < 20; i++) {
    while (g_main_context_iteration (context, FALSE))
      ;
    g_usleep (500);
  }
  g_signal_handlers_disconnect_by_data (fixture->service, fixture);
  g_object_unref (fixture->service);
  g_object_unref (fixture->cancellable);
  g_ptr_array_unref (fixture->requests);
  g_free (fixture);
}

char *
http_fixture_dup_url (HttpFixture *fixture, const char *path)
{
  return g_strdup_printf ("%s://127.0.0.1:%u%s", fixture->certificate != NULL ? "https" : "http",
                          fixture->port, path);
}

void
answer_raw (Answer *answer, const char *text)
{
  answer->bytes = g_bytes_new (text, strlen (text));
}

void
answer_ok_bytes (Answer *answer, const char *headers, const void *body, gsize length)
{
  GString *text = g_string_new ("HTTP/1.1 200 OK\r\n");

  g_string_append_printf (text, "Content-Length: %" G_GSIZE_FORMAT "\r\n%s\r\n", length, headers);
  g_string_append_len (text, body, (gssize) length);
  answer->bytes = g_string_free_to_bytes (text);
}

void
answer_ok (Answer *answer, const char *body)
{
  answer_ok_bytes (answer, "", body, strlen (body));
}

void
answer_redirect (Answer *answer, const char *location)
{
  g_autofree char *text =
      g_strdup_printf ("HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n", location);

  answer_raw (answer, text);
}

void
udp_fixture_send (UdpFixture *fixture, GSocketAddress *to, const void *bytes, gsize length)
{
  g_assert_cmpint (g_socket_send_to (fixture->socket, to, bytes, length, NULL, NULL), ==, (gssize) length);
}

void
udp_fixture_answer (UdpFixture *fixture, const guint8 *bytes, GSocketAddress *to)
{
  guint8 packet[MEIR_TRACKER_UDP_REPLY_MAX];
  MeirAnnounceReply reply;
  MeirTrackerUdpRequest request;
  static const guint8 compact[6] = { 1, 2, 3, 4, 0, 5 };

  g_assert_true (meir_tracker_udp_decode_request (bytes, MEIR_TRACKER_UDP_ANNOUNCE_SIZE, &request));
  meir_announce_reply_init (&reply);
  reply.complete = 7;
  reply.incomplete = 8;
  meir_announce_reply_add_compact (&reply, compact, sizeof compact, 4);
  udp_fixture_send (
      fixture, to, packet,
      meir_tracker_udp_encode_announce_reply (packet, sizeof packet, request.transaction_id, &reply, 4));
}

static void
take_connect (UdpFixture *fixture, guint32 transaction_id, GSocketAddress *from)
{
  guint8 packet[16];

  fixture->n_connects++;
  if (fixture->n_connects_ignored > 0) {
    fixture->n_connects_ignored--;
    return;
  }
  udp_fixture_send (
      fixture, from, packet,
      meir_tracker_udp_encode_connect_reply (packet, sizeof packet, transaction_id, fixture->connection_id));
}

static gboolean
udp_readable_cb (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  UdpFixture *fixture = user_data;
  g_autoptr (GSocketAddress) from = NULL;
  guint8 bytes[2048];
  MeirTrackerUdpRequest request;
  gssize length = g_socket_receive_from (socket, &from, (char *) bytes, sizeof bytes, NULL, NULL);

  if (length < 0)
    return G_SOURCE_CONTINUE;
  g_assert_true (meir_tracker_udp_decode_request (bytes, (gsize) length, &request));
  if (request.action == MEIR_TRACKER_UDP_CONNECT) {
    take_connect (fixture, request.transaction_id, from);
    return G_SOURCE_CONTINUE;
  }
  g_assert_cmpint (request.action, ==, MEIR_TRACKER_UDP_ANNOUNCE);
  fixture->n_announces++;
  fixture->last = request.announce;
  g_free (fixture->last_options);
  fixture->last_options = g_strndup ((char *) bytes + MEIR_TRACKER_UDP_ANNOUNCE_SIZE,
                                     (gsize) length - MEIR_TRACKER_UDP_ANNOUNCE_SIZE);
  if (fixture->n_announces_ignored > 0)
    fixture->n_announces_ignored--;
  else if (fixture->script != NULL)
    fixture->script (fixture, bytes, (gsize) length, from);
  else
    udp_fixture_answer (fixture, bytes, from);
  return G_SOURCE_CONTINUE;
}

UdpFixture *
udp_fixture_new (UdpScript script, gpointer data)
{
  UdpFixture *fixture = g_new0 (UdpFixture, 1);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) bound = NULL;

  fixture->script = script;
  fixture->data = data;
  fixture->connection_id = 0x1122334455667788;
  fixture->socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
  g_assert_true (g_socket_bind (fixture->socket, any, FALSE, NULL));
  bound = g_socket_get_local_address (fixture->socket, NULL);
  fixture->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  g_socket_set_blocking (fixture->socket, FALSE);
  fixture->source = g_socket_create_source (fixture->socket, G_IO_IN, NULL);
  g_source_set_callback (fixture->source, G_SOURCE_FUNC (udp_readable_cb), fixture, NULL);
  g_source_attach (fixture->source, g_main_context_get_thread_default ());
  return fixture;
}

void
udp_fixture_free (UdpFixture *fixture)
{
  g_source_destroy (fixture->source);
  g_source_unref (fixture->source);
  g_object_unref (fixture->socket);
  g_free (fixture->last_options);
  g_free (fixture);
}

char *
udp_fixture_dup_url (UdpFixture *fixture)
{
  return g_strdup_printf ("udp://127.0.0.1:%u/announce", fixture->port);
}
