/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "raw-peer.h"

#include "base/meir-byte-cursor.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PATIENCE_USEC (10 * G_USEC_PER_SEC)
/* Nothing goes out for so long: the other side does not read. */
#define FULL_USEC (G_USEC_PER_SEC / 2)

static struct sockaddr_in
address_of (const char *text, guint16 port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (port) };

  g_assert_cmpint (inet_pton (AF_INET, text, &address.sin_addr), ==, 1);
  return address;
}

static RawPeer *
raw_peer_new (int fd)
{
  RawPeer *peer = g_new0 (RawPeer, 1);
  struct sockaddr_storage address;
  socklen_t length = sizeof address;

  peer->fd = fd;
  peer->in = g_byte_array_new ();
  g_assert_cmpint (fcntl (fd, F_SETFL, O_NONBLOCK), ==, 0);
  g_assert_cmpint (getsockname (fd, (struct sockaddr *) &address, &length), ==, 0);
  g_assert_true (meir_endpoint_from_sockaddr (&peer->local, (struct sockaddr *) &address, length));
  return peer;
}

RawPeer *
raw_peer_connect (const char *source, const char *address, guint16 port)
{
  struct sockaddr_in from = address_of (source, 0);
  struct sockaddr_in to = address_of (address != NULL ? address : "127.0.0.1", port);
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (bind (fd, (struct sockaddr *) &from, sizeof from), ==, 0);
  g_assert_cmpint (connect (fd, (struct sockaddr *) &to, sizeof to), ==, 0);
  return raw_peer_new (fd);
}

int
raw_peer_listen (const char *source, guint16 *port)
{
  struct sockaddr_in at = address_of (source, 0);
  socklen_t length = sizeof at;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (bind (fd, (struct sockaddr *) &at, sizeof at), ==, 0);
  g_assert_cmpint (listen (fd, 16), ==, 0);
  g_assert_cmpint (getsockname (fd, (struct sockaddr *) &at, &length), ==, 0);
  *port = ntohs (at.sin_port);
  return fd;
}

/* Waits a moment for @fd, then lets the session speak. */
static void
pump (int fd, short events)
{
  struct pollfd poll_fd = { fd, events, 0 };

  poll (&poll_fd, 1, 5);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

RawPeer *
raw_peer_accept (int listener)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE_USEC;
  int fd;

  g_assert_cmpint (fcntl (listener, F_SETFL, O_NONBLOCK), ==, 0);
  while ((fd = accept4 (listener, NULL, NULL, SOCK_CLOEXEC)) < 0) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    pump (listener, POLLIN);
  }
  return raw_peer_new (fd);
}

void
raw_peer_free (RawPeer *peer)
{
  close (peer->fd);
  g_byte_array_unref (peer->in);
  g_free (peer);
}

void
raw_peer_reset (RawPeer *peer)
{
  struct linger linger = { 1, 0 };

  setsockopt (peer->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
  raw_peer_free (peer);
}

static gsize
push (RawPeer *peer, const guint8 *bytes, gsize length, gint64 patience_usec, gboolean reads)
{
  gint64 deadline = g_get_monotonic_time () + patience_usec;
  gsize sent = 0;

  while (sent < length && !peer->ended && g_get_monotonic_time () < deadline) {
    gssize n = send (peer->fd, bytes + sent, length - sent, MSG_NOSIGNAL);

    if (n > 0) {
      sent += (gsize) n;
      deadline = g_get_monotonic_time () + patience_usec;
      continue;
    }
    if (errno == EPIPE || errno == ECONNRESET)
      peer->ended = TRUE;
    else
      pump (peer->fd, POLLOUT);
    if (reads)
      raw_peer_poll (peer);
  }
  return sent;
}

void
raw_peer_send (RawPeer *peer, const void *bytes, gsize length)
{
  gsize sent = push (peer, bytes, length, PATIENCE_USEC, TRUE);

  g_assert_true (peer->ended || sent == length);
}

gsize
raw_peer_push (RawPeer *peer, const void *bytes, gsize length)
{
  return push (peer, bytes, length, FULL_USEC, FALSE);
}

void
raw_peer_poll (RawPeer *peer)
{
  guint8 buffer[65536];
  gssize n;

  while ((n = recv (peer->fd, buffer, sizeof buffer, 0)) > 0)
    g_byte_array_append (peer->in, buffer, (guint) n);
  if (n == 0 || (errno != EAGAIN && errno != EINTR))
    peer->ended = TRUE;
}

/* Until so much is here, or the end. */
static void
await_bytes (RawPeer *peer, gsize length)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE_USEC;

  raw_peer_poll (peer);
  while (peer->in->len < length && !peer->ended) {
    if (g_get_monotonic_time () > deadline)
      g_error ("The session says nothing");
    pump (peer->fd, POLLIN);
    raw_peer_poll (peer);
  }
}

void
raw_peer_announce (RawPeer *peer, const MeirInfoHash *info_hash, RawBits bits, const char *name)
{
  MeirHandshake ours = { .fast = (bits & RAW_FAST) != 0, .extensions = (bits & RAW_EXTENDED) != 0 };
  guint8 bytes[MEIR_HANDSHAKE_LENGTH];

  memset (peer->id, '-', sizeof peer->id);
  memcpy (peer->id, name, MIN (strlen (name), sizeof peer->id));
  memcpy (ours.peer_id, peer->id, sizeof ours.peer_id);
  ours.info_hash = *info_hash;
  meir_handshake_encode (&ours, bytes);
  raw_peer_send (peer, bytes, sizeof bytes);
}

static void
take_handshake (RawPeer *peer)
{
  await_bytes (peer, MEIR_HANDSHAKE_LENGTH);
  g_assert_cmpuint (peer->in->len, >=, MEIR_HANDSHAKE_LENGTH);
  g_assert_true (meir_handshake_decode (&peer->theirs, peer->in->data));
  g_byte_array_remove_range (peer->in, 0, MEIR_HANDSHAKE_LENGTH);
}

void
raw_peer_greet (RawPeer *peer, const MeirInfoHash *info_hash, RawBits bits, const char *name)
{
  raw_peer_announce (peer, info_hash, bits, name);
  take_handshake (peer);
}

void
raw_peer_greet_back (RawPeer *peer, RawBits bits, const char *name)
{
  take_handshake (peer);
  raw_peer_announce (peer, &peer->theirs.info_hash, bits, name);
}

void
raw_peer_message (RawPeer *peer, guint8 id, const void *payload, gsize length)
{
  g_autofree guint8 *bytes = g_malloc (MEIR_MESSAGE_STATE_SIZE + length);

  meir_store_u32 (bytes, (guint32) length + 1);
  bytes[4] = id;
  if (length > 0)
    memcpy (bytes + MEIR_MESSAGE_STATE_SIZE, payload, length);
  raw_peer_send (peer, bytes, MEIR_MESSAGE_STATE_SIZE + length);
}

void
raw_peer_numbers (RawPeer *peer, guint8 id, guint n, ...)
{
  guint8 payload[32];
  va_list numbers;

  g_assert_cmpuint (4 * n, <=, sizeof payload);
  va_start (numbers, n);
  for (guint i = 0; i < n; i++)
    meir_store_u32 (payload + 4 * i, va_arg (numbers, guint32));
  va_end (numbers);
  raw_peer_message (peer, id, payload, 4 * n);
}

void
raw_peer_state (RawPeer *peer, guint8 id)
{
  raw_peer_message (peer, id, NULL, 0);
}

void
raw_peer_block (RawPeer *peer, guint32 piece, guint32 begin, const void *bytes, gsize length)
{
  g_autofree guint8 *payload = g_malloc (8 + length);

  meir_store_u32 (payload, piece);
  meir_store_u32 (payload + 4, begin);
  memcpy (payload + 8, bytes, length);
  raw_peer_message (peer, MEIR_MESSAGE_PIECE, payload, 8 + length);
}

void
raw_peer_extended (RawPeer *peer, guint8 extended_id, const void *payload, gsize length)
{
  g_autofree guint8 *bytes = g_malloc (1 + length);

  bytes[0] = extended_id;
  if (length > 0)
    memcpy (bytes + 1, payload, length);
  raw_peer_message (peer, MEIR_MESSAGE_EXTENDED, bytes, 1 + length);
}

GBytes *
raw_peer_take (RawPeer *peer)
{
  while (peer->in->len >= 4) {
    guint32 length = meir_load_u32 (peer->in->data);
    GBytes *message;

    if (peer->in->len < 4 + length)
      return NULL;
    message = length > 0 ? g_bytes_new (peer->in->data + 4, length) : NULL;
    g_byte_array_remove_range (peer->in, 0, 4 + length);
    if (message != NULL)
      return message;
  }
  return NULL;
}

GBytes *
raw_peer_next (RawPeer *peer)
{
  GBytes *message;

  raw_peer_poll (peer);
  while ((message = raw_peer_take (peer)) == NULL && !peer->ended)
    await_bytes (peer, peer->in->len + 1);
  return message;
}

GBytes *
raw_peer_await (RawPeer *peer, guint8 id)
{
  GBytes *message;

  while ((message = raw_peer_next (peer)) != NULL) {
    if (raw_message_id (message) == id)
      return message;
    g_bytes_unref (message);
  }
  g_error ("The session closed before it sent message %u", id);
}

guint8
raw_message_id (GBytes *message)
{
  return ((const guint8 *) g_bytes_get_data (message, NULL))[0];
}

guint32
raw_message_number (GBytes *message, guint index)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (message, &length);

  g_assert_cmpuint (length, >=, 5 + 4 * index);
  return meir_load_u32 (bytes + 1 + 4 * index);
}

void
raw_peer_assert_closed (RawPeer *peer)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE_USEC;

  raw_peer_poll (peer);
  while (!peer->ended) {
    if (g_get_monotonic_time () > deadline)
      g_error ("The session should have closed the connection");
    pump (peer->fd, POLLIN);
    raw_peer_poll (peer);
  }
}

void
raw_peer_assert_closed_silently (RawPeer *peer)
{
  raw_peer_assert_closed (peer);
  g_assert_cmpuint (peer->in->len, ==, 0);
}
