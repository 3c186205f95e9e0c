/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "discover/meir-udp-channel.h"

#include "base/meir-error.h"
#include "base/meir-random.h"
#include "meir-config.h"
#include "wire/meir-tracker-udp.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

/* BEP 15: a client can use a connection id until one minute after it has received it. */
#define CONNECTION_USEC (60 * G_USEC_PER_SEC)
/* From this many remembered connections on, old ones are looked for before another is added. */
#define CONNECTIONS_SWEEP 64u
/* A datagram has room for the longest reply of use; the kernel cuts off the rest, whole peers stay. */
#define DATAGRAM_LENGTH 4096u
G_STATIC_ASSERT (DATAGRAM_LENGTH >= MEIR_TRACKER_UDP_REPLY_MAX);
/* Datagrams taken in one system call, and such calls before others have their turn. */
#define DATAGRAMS_PER_CALL 16u
#define CALLS_PER_EVENT    4u

typedef struct {
  MeirWatch watch;
  MeirUdpChannel *channel;
  int fd; /* -1: not open */
} Socket;

typedef struct {
  MeirEndpoint endpoint;
  guint64 id;
  gint64 expires_usec;
} Connection;

struct _MeirUdpChannel {
  Socket sockets[2]; /* IPv4, IPv6 */
  MeirLoop *loop;
  MeirEndpoint local;
  GHashTable *waits;       /* transaction id → MeirUdpWait */
  GHashTable *connections; /* Connection, by its endpoint */
  guint8 datagrams[DATAGRAMS_PER_CALL][DATAGRAM_LENGTH];
};

MeirUdpChannel *
meir_udp_channel_new (MeirLoop *loop, const MeirEndpoint *local)
{
  MeirUdpChannel *channel = g_new0 (MeirUdpChannel, 1);

  channel->loop = loop;
  channel->local = *local;
  channel->waits = g_hash_table_new (NULL, NULL);
  /* The endpoint is the first member of what is stored: one allocation is key and value. */
  channel->connections =
      g_hash_table_new_full ((GHashFunc) meir_endpoint_hash, (GEqualFunc) meir_endpoint_equal, NULL, g_free);
  for (guint i = 0; i < G_N_ELEMENTS (channel->sockets); i++)
    channel->sockets[i] = (Socket){ .watch = { .fd = -1 }, .channel = channel, .fd = -1 };
  return channel;
}

void
meir_udp_channel_free (MeirUdpChannel *channel)
{
  g_assert (g_hash_table_size (channel->waits) == 0);
  for (guint i = 0; i < G_N_ELEMENTS (channel->sockets); i++) {
    meir_loop_unwatch (channel->loop, &channel->sockets[i].watch);
    if (channel->sockets[i].fd >= 0)
      close (channel->sockets[i].fd);
  }
  g_hash_table_unref (channel->waits);
  g_hash_table_unref (channel->connections);
  g_free (channel);
}

static void
take_datagram (MeirUdpChannel *channel, const guint8 *bytes, gsize length,
               const struct sockaddr_storage *from, socklen_t from_length)
{
  guint32 transaction_id;
  MeirEndpoint endpoint;
  MeirUdpWait *wait;

  if (!meir_tracker_udp_peek_transaction (bytes, length, &transaction_id))
    return;
  wait = g_hash_table_lookup (channel->waits, GUINT_TO_POINTER (transaction_id));
  if (wait == NULL || !meir_endpoint_from_sockaddr (&endpoint, (const struct sockaddr *) from, from_length))
    return;
  /* A transaction id guessed right counts for nothing from elsewhere (security J02). */
  if (meir_endpoint_equal (&endpoint, &wait->endpoint))
    wait->func (wait, bytes, length);
}

static void
readable_cb (MeirWatch *watch, guint32 events)
{
  Socket *from_socket = (Socket *) watch;
  MeirUdpChannel *channel = from_socket->channel;

  for (guint call = 0; call < CALLS_PER_EVENT; call++) {
    struct sockaddr_storage addresses[DATAGRAMS_PER_CALL];
    struct iovec vectors[DATAGRAMS_PER_CALL];
    struct mmsghdr messages[DATAGRAMS_PER_CALL] = { 0 };
    int n;

    for (guint i = 0; i < DATAGRAMS_PER_CALL; i++) {
      vectors[i] = (struct iovec){ channel->datagrams[i], DATAGRAM_LENGTH };
      messages[i].msg_hdr = (struct msghdr){
        .msg_name = &addresses[i], .msg_namelen = sizeof addresses[i], .msg_iov = &vectors[i], .msg_iovlen = 1
      };
    }
    n = recvmmsg (from_socket->fd, messages, DATAGRAMS_PER_CALL, MSG_DONTWAIT, NULL);
    for (int i = 0; i < n; i++)
      take_datagram (channel, channel->datagrams[i], messages[i].msg_len, &addresses[i],
                     messages[i].msg_hdr.msg_namelen);
    if (n < (int) DATAGRAMS_PER_CALL)
      return;
  }
}

static Socket *
socket_of (MeirUdpChannel *channel, guint8 family)
{
  return &channel->sockets[family == 4 ? 0 : 1];
}

static gboolean
open_socket (MeirUdpChannel *channel, guint8 family, GError **error)
{
  Socket *opened = socket_of (channel, family);
  MeirEndpoint any = { .family = family };
  struct sockaddr_storage address;
  socklen_t length;
  int on = 1;

  if (opened->fd >= 0)
    return TRUE;
  opened->fd = socket (family == 4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (opened->fd < 0) {
    meir_set_error_from_errno (error, errno, _ ("Cannot open a socket for IPv%u trackers"), family);
    return FALSE;
  }
  if (family == 6)
    setsockopt (opened->fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  length = meir_endpoint_to_sockaddr (channel->local.family == family ? &channel->local : &any, &address);
  if (bind (opened->fd, (struct sockaddr *) &address, length) < 0) {
    meir_set_error_from_errno (error, errno,
                               _ ("Cannot announce from the address that announces are bound to"));
    close (opened->fd);
    opened->fd = -1;
    return FALSE;
  }
  return TRUE;
}

void
meir_udp_channel_wait (MeirUdpChannel *channel, MeirUdpWait *wait, const MeirEndpoint *endpoint,
                       MeirUdpWaitFunc func)
{
  meir_udp_channel_end_wait (channel, wait);
  do
    meir_random_bytes (&wait->transaction_id, sizeof wait->transaction_id);
  while (g_hash_table_contains (channel->waits, GUINT_TO_POINTER (wait->transaction_id)));
  wait->func = func;
  wait->endpoint = *endpoint;
  wait->waiting = TRUE;
  g_hash_table_insert (channel->waits, GUINT_TO_POINTER (wait->transaction_id), wait);
}

void
meir_udp_channel_end_wait (MeirUdpChannel *channel, MeirUdpWait *wait)
{
  if (!wait->waiting)
    return;
  wait->waiting = FALSE;
  g_hash_table_remove (channel->waits, GUINT_TO_POINTER (wait->transaction_id));
  if (g_hash_table_size (channel->waits) > 0)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (channel->sockets); i++)
    meir_loop_unwatch (channel->loop, &channel->sockets[i].watch);
}

gboolean
meir_udp_channel_send (MeirUdpChannel *channel, const MeirUdpWait *wait, const guint8 *bytes, gsize length,
                       GError **error)
{
  Socket *through = socket_of (channel, wait->endpoint.family);
  struct sockaddr_storage address;
  char text[MEIR_ENDPOINT_TEXT_MAX];
  socklen_t address_length = meir_endpoint_to_sockaddr (&wait->endpoint, &address);

  if (!open_socket (channel, wait->endpoint.family, error))
    return FALSE;
  if (through->watch.fd < 0 &&
      !meir_loop_watch (channel->loop, &through->watch, through->fd, EPOLLIN, readable_cb, error))
    return FALSE;
  if (sendto (through->fd, bytes, length, 0, (struct sockaddr *) &address, address_length) >= 0 ||
      errno == EAGAIN || errno == ENOBUFS || errno == EINTR)
    return TRUE;
  meir_set_error_from_errno (error, errno, _ ("Cannot send to the tracker at “%s”"),
                             meir_endpoint_format (&wait->endpoint, text));
  return FALSE;
}

gboolean
meir_udp_channel_find_connection (MeirUdpChannel *channel, const MeirEndpoint *endpoint,
                                  guint64 *connection_id)
{
  const Connection *connection = g_hash_table_lookup (channel->connections, endpoint);

  if (connection == NULL || connection->expires_usec <= meir_loop_now_usec (channel->loop))
    return FALSE;
  *connection_id = connection->id;
  return TRUE;
}

static gboolean
is_expired (gpointer key, gpointer value, gpointer now_usec)
{
  return ((const Connection *) value)->expires_usec <= *(const gint64 *) now_usec;
}

void
meir_udp_channel_keep_connection (MeirUdpChannel *channel, const MeirEndpoint *endpoint,
                                  guint64 connection_id)
{
  Connection *connection = g_new (Connection, 1);
  gint64 now_usec = meir_loop_now_usec (channel->loop);

  if (g_hash_table_size (channel->connections) >= CONNECTIONS_SWEEP)
    g_hash_table_foreach_remove (channel->connections, is_expired, &now_usec);
  *connection = (Connection){ *endpoint, connection_id, now_usec + CONNECTION_USEC };
  g_hash_table_replace (channel->connections, &connection->endpoint, connection);
}

void
meir_udp_channel_drop_connection (MeirUdpChannel *channel, const MeirEndpoint *endpoint)
{
  g_hash_table_remove (channel->connections, endpoint);
}
