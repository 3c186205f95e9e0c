/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net-support.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static gboolean
on_tick (gpointer user_data)
{
  return G_SOURCE_REMOVE;
}

void
net_iterate (void)
{
  guint tick = g_timeout_add (20, on_tick, NULL);

  g_main_context_iteration (NULL, TRUE);
  if (g_main_context_find_source_by_id (NULL, tick) != NULL)
    g_source_remove (tick);
}

void
net_run_for (guint msec)
{
  gint64 end = g_get_monotonic_time () + msec * G_GINT64_CONSTANT (1000);

  while (g_get_monotonic_time () < end)
    net_iterate ();
}

int
net_listen (int buffer_bytes, guint16 *port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t length = sizeof address;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (fd, >=, 0);
  if (buffer_bytes > 0)
    setsockopt (fd, SOL_SOCKET, SO_RCVBUF, &buffer_bytes, sizeof buffer_bytes);
  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  g_assert_cmpint (listen (fd, 8), ==, 0);
  g_assert_cmpint (getsockname (fd, (struct sockaddr *) &address, &length), ==, 0);
  *port = ntohs (address.sin_port);
  return fd;
}

void
net_outcome_cb (MeirStream *stream, const GError *error, gpointer user_data)
{
  NetOutcome *outcome = user_data;

  g_assert_true ((stream == NULL) == (error != NULL));
  outcome->calls++;
  outcome->stream = stream;
  if (error != NULL)
    outcome->error = g_error_copy (error);
}

void
net_outcome_clear (NetOutcome *outcome)
{
  meir_stream_free (g_steal_pointer (&outcome->stream));
  g_clear_error (&outcome->error);
  outcome->calls = 0;
}

static int
connect_to (guint16 port, int buffer_bytes)
{
  struct sockaddr_in address = {
    .sin_family = AF_INET,
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
    .sin_port = htons (port),
  };
  struct timeval patience = { .tv_sec = 10 };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (fd, >=, 0);
  if (buffer_bytes > 0)
    setsockopt (fd, SOL_SOCKET, SO_RCVBUF, &buffer_bytes, sizeof buffer_bytes);
  setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt (fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  g_assert_cmpint (connect (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  return fd;
}

void
net_pair (int fds[2], int buffer_bytes)
{
  guint16 port;
  int listener = net_listen (buffer_bytes, &port);

  fds[0] = connect_to (port, buffer_bytes);
  fds[1] = accept4 (listener, NULL, NULL, SOCK_CLOEXEC);
  g_assert_cmpint (fds[1], >=, 0);
  close (listener);
  for (int i = 0; i < 2; i++) {
    if (buffer_bytes > 0)
      setsockopt (fds[i], SOL_SOCKET, SO_SNDBUF, &buffer_bytes, sizeof buffer_bytes);
    fcntl (fds[i], F_SETFL, fcntl (fds[i], F_GETFL) | O_NONBLOCK);
  }
}

static void
on_tls (MeirStream *stream, const GError *error, gpointer user_data)
{
  MeirStream **slot = user_data;

  g_assert_no_error (error);
  *slot = stream;
}

void
net_tls_pair (MeirTlsGate *gate, int buffer_bytes, MeirStream *streams[2])
{
  int fds[2];

  net_pair (fds, buffer_bytes);
  streams[0] = streams[1] = NULL;
  meir_tls_gate_enter (gate, MEIR_TLS_LANE_KNOWN, fds[0], TRUE, NULL, 0, on_tls, &streams[0]);
  meir_tls_gate_enter (gate, MEIR_TLS_LANE_STRANGERS, fds[1], FALSE, NULL, 0, on_tls, &streams[1]);
  net_run_until (streams[0] != NULL && streams[1] != NULL);
}

int
net_connect (guint16 port)
{
  return connect_to (port, 0);
}

void
net_send (int fd, const void *bytes, gsize length)
{
  g_assert_cmpint (send (fd, bytes, length, MSG_NOSIGNAL), ==, (gssize) length);
}

static gboolean
is_readable (int fd)
{
  struct pollfd pollfd = { .fd = fd, .events = POLLIN };

  return poll (&pollfd, 1, 0) > 0;
}

void
net_wait_readable (int fd)
{
  net_run_until (is_readable (fd));
}

void
net_assert_closed_silently (int fd)
{
  char byte;
  gssize n;

  net_wait_readable (fd);
  n = recv (fd, &byte, 1, 0);
  /* A reset is a close too: bytes of ours were still unread. */
  if (n < 0)
    g_assert_cmpint (errno, ==, ECONNRESET);
  else
    g_assert_cmpint (n, ==, 0);
  close (fd);
}

void
net_receive (int fd, void *bytes, gsize length)
{
  gsize done = 0;

  while (done < length) {
    gssize n;

    net_wait_readable (fd);
    n = recv (fd, (char *) bytes + done, length - done, 0);
    g_assert_cmpint (n, >, 0);
    done += (gsize) n;
  }
}

int
net_count_fds (void)
{
  DIR *folder = opendir ("/proc/self/fd");
  int n = 0;

  g_assert_nonnull (folder);
  while (readdir (folder) != NULL)
    n++;
  closedir (folder);
  return n;
}

static gboolean
door_lookup (gpointer user_data, const MeirInfoHash *info_hash, gboolean encrypted, MeirHandshake *ours)
{
  Door *door = user_data;

  door->n_lookups++;
  for (guint i = 0; i < door->n_torrents; i++) {
    if (meir_info_hash_equal (info_hash, &door->torrents[i].info_hash)) {
      *ours = door->torrents[i];
      return encrypted || door->plain_allowed[i];
    }
  }
  return FALSE;
}

static gboolean
door_nth (gpointer user_data, guint index, MeirInfoHash *info_hash)
{
  Door *door = user_data;

  if (index >= door->n_torrents)
    return FALSE;
  *info_hash = door->torrents[index].info_hash;
  return TRUE;
}

static gboolean
door_admit (gpointer user_data, const MeirEndpoint *endpoint)
{
  Door *door = user_data;

  door->n_admitted++;
  return !door->refuse_all;
}

static void
keep_greeting (MeirGreeting *kept, guint8 *early, const MeirGreeting *greeting)
{
  meir_stream_free (kept->stream);
  *kept = *greeting;
  memcpy (early, greeting->early, greeting->early_length);
  kept->early = early;
}

static void
door_incoming (gpointer user_data, MeirGreeting *greeting)
{
  Door *door = user_data;

  door->n_incoming++;
  keep_greeting (&door->incoming, door->incoming_early, greeting);
}

void
door_init (Door *door, MeirLoop *loop, char name)
{
  static const MeirGreeterHooks hooks = {
    .lookup = door_lookup,
    .nth = door_nth,
    .admit = door_admit,
    .incoming = door_incoming,
  };
  g_autoptr (GError) error = NULL;

  *door = (Door){ .loop = loop };
  for (guint i = 0; i < DOOR_TORRENTS_MAX; i++)
    memset (door->torrents[i].peer_id, name, MEIR_PEER_ID_LENGTH);
  door->greeter = meir_greeter_new (loop, &hooks, door, &error);
  g_assert_no_error (error);
  meir_greeter_listen (door->greeter, "127.0.0.1", 0, &error);
  g_assert_no_error (error);
  door->port = meir_greeter_get_port (door->greeter);
  g_assert_cmpuint (door->port, !=, 0);
}

void
door_clear (Door *door)
{
  meir_greeter_free (door->greeter);
  meir_stream_free (door->incoming.stream);
  meir_stream_free (door->dialled.stream);
  g_clear_error (&door->error);
}

void
door_add (Door *door, guint8 info_hash_byte, gboolean plain_allowed)
{
  MeirHandshake *torrent = &door->torrents[door->n_torrents];

  memset (torrent->info_hash.bytes, info_hash_byte, sizeof torrent->info_hash.bytes);
  torrent->extensions = TRUE;
  door->plain_allowed[door->n_torrents++] = plain_allowed;
}

static void
on_dialled (MeirDial *dial, MeirGreeting *greeting, const GError *error, gpointer user_data)
{
  Door *door = user_data;

  door->n_dialled++;
  g_assert_true ((greeting == NULL) == (error != NULL));
  if (greeting != NULL) {
    keep_greeting (&door->dialled, door->dialled_early, greeting);
  } else {
    g_clear_error (&door->error);
    door->error = g_error_copy (error);
  }
}

MeirDial *
door_dial_endpoint (Door *door, const MeirEndpoint *endpoint, guint torrent, gboolean tls)
{
  return meir_greeter_dial (door->greeter, endpoint, &door->torrents[torrent], tls, on_dialled, door);
}

MeirDial *
door_dial (Door *door, guint16 port, guint torrent, gboolean tls)
{
  const MeirEndpoint endpoint = { .bytes = { 127, 0, 0, 1 }, .family = 4, .port = port };

  return door_dial_endpoint (door, &endpoint, torrent, tls);
}

void
doors_assert_met (Door *dialler, Door *listener, gboolean encrypted)
{
  net_run_until (dialler->n_dialled == 1 && (dialler->error != NULL || listener->n_incoming == 1));
  g_assert_no_error (dialler->error);
  g_assert_true (listener->incoming.incoming);
  g_assert_false (dialler->dialled.incoming);
  g_assert_cmpint (listener->incoming.encrypted, ==, encrypted);
  g_assert_cmpint (dialler->dialled.encrypted, ==, encrypted);
  g_assert_cmpint (meir_stream_is_encrypted (dialler->dialled.stream), ==, encrypted);
  g_assert_cmpmem (dialler->dialled.remote.peer_id, MEIR_PEER_ID_LENGTH, listener->torrents[0].peer_id,
                   MEIR_PEER_ID_LENGTH);
  g_assert_cmpmem (listener->incoming.remote.peer_id, MEIR_PEER_ID_LENGTH, dialler->torrents[0].peer_id,
                   MEIR_PEER_ID_LENGTH);
  g_assert_true (dialler->dialled.remote.extensions);
  g_assert_cmpuint (dialler->dialled.endpoint.port, ==, listener->port);
  net_assert_talking (dialler->dialled.stream, listener->incoming.stream);
}

void
net_collect (MeirStream *stream, void *bytes, gsize length)
{
  gsize done = 0;

  while (done < length) {
    struct iovec vector = { .iov_base = (char *) bytes + done, .iov_len = length - done };
    gssize n;

    net_run_until ((n = meir_stream_readv (stream, &vector, 1)) != MEIR_STREAM_WOULD_BLOCK);
    g_assert_cmpint (n, >, 0);
    done += (gsize) n;
  }
}

static void
say (MeirStream *from, MeirStream *to, const char *text)
{
  struct iovec out = { .iov_base = (char *) text, .iov_len = strlen (text) };
  char heard[64];

  g_assert_cmpint (meir_stream_writev (from, &out, 1), ==, (gssize) strlen (text));
  net_run_until (meir_stream_flush (from) == 0);
  net_collect (to, heard, strlen (text));
  g_assert_cmpmem (heard, strlen (text), text, strlen (text));
}

void
net_assert_talking (MeirStream *a, MeirStream *b)
{
  say (a, b, "interested");
  say (b, a, "unchoke");
}
