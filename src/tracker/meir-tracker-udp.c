/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tracker/meir-tracker-udp.h"

#include "tracker/meir-tracker-udp-answer.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#define BATCH MEIR_TRACKER_UDP_BATCH
/* Batches taken from one socket before the other connections of the loop have their turn. */
#define BATCHES_PER_TURN 16u
/* Room for a scrape of 74 info-hashes and for an announce with options (BEP 41), which are cut off if longer.
 */
#define DATAGRAM_MAX 1536u
#define SOCKETS_MAX  2u

/* Where a datagram was sent to: the reply leaves from there, else a computer with several addresses would
 * answer from one that was not asked. */
typedef union {
  struct cmsghdr align;
  char bytes[CMSG_SPACE (sizeof (struct in6_pktinfo))];
} Control;

typedef struct {
  MeirWatch watch;
  MeirTrackerUdp *udp;
} Socket;

struct _MeirTrackerUdp {
  MeirTrackerCore *core;
  Socket sockets[SOCKETS_MAX];
  guint n_sockets;

  struct mmsghdr in[BATCH];
  struct mmsghdr out[BATCH];
  struct iovec in_vectors[BATCH];
  struct iovec out_vectors[BATCH];
  struct sockaddr_in6 sources[BATCH]; /* or sockaddr_in, which is smaller */
  Control controls[BATCH];
  MeirTrackerUdpDatagram datagrams[BATCH];
  guint8 requests[BATCH][DATAGRAM_MAX];
  guint8 replies[BATCH][MEIR_TRACKER_UDP_ANSWER_MAX + MEIR_TRACKER_COMPACT_SLACK];
};

static void
reset_incoming (MeirTrackerUdp *udp, guint n)
{
  for (guint i = 0; i < n; i++) {
    udp->in[i].msg_hdr.msg_namelen = sizeof udp->sources[i];
    udp->in[i].msg_hdr.msg_controllen = sizeof udp->controls[i];
  }
}

/* The source address of the reply stays what the destination was; the interface is left to the routing table,
 * but for link-local addresses, which mean nothing without one. */
static void
turn_round (struct msghdr *header)
{
  struct cmsghdr *control = CMSG_FIRSTHDR (header);

  if (control == NULL)
    return;
  if (control->cmsg_level == IPPROTO_IP && control->cmsg_type == IP_PKTINFO) {
    struct in_pktinfo *info = (gpointer) CMSG_DATA (control);

    info->ipi_ifindex = 0;
    header->msg_controllen = CMSG_SPACE (sizeof *info);
  } else if (control->cmsg_level == IPPROTO_IPV6 && control->cmsg_type == IPV6_PKTINFO) {
    struct in6_pktinfo *info = (gpointer) CMSG_DATA (control);

    if (!IN6_IS_ADDR_LINKLOCAL (&info->ipi6_addr))
      info->ipi6_ifindex = 0;
    header->msg_controllen = CMSG_SPACE (sizeof *info);
  } else {
    header->msg_controllen = 0;
  }
}

/* A reply that the socket does not take is lost, as any datagram may be: the client asks again. One that
 * cannot be sent at all does not keep those behind it. */
static void
send_replies (MeirTrackerUdp *udp, int fd, guint n)
{
  for (guint sent = 0; sent < n;) {
    int taken = sendmmsg (fd, udp->out + sent, n - sent, MSG_DONTWAIT);

    if (taken < 0 && errno == EINTR)
      continue;
    if (taken < 0 && (errno == EAGAIN || errno == ENOBUFS))
      return;
    if (taken <= 0) {
      sent++;
      continue;
    }
    for (int i = 0; i < taken; i++)
      meir_tracker_tally_add (&udp->core->tally.bytes_out, udp->out[sent + (guint) i].msg_len);
    sent += (guint) taken;
  }
}

static void
answer_batch (MeirTrackerUdp *udp, int fd, guint n)
{
  MeirTrackerCore *core = udp->core;
  gint64 now_usec = meir_loop_now_usec (core->loop);
  guint n_datagrams = 0, n_replies = 0, origin[BATCH];

  for (guint i = 0; i < n; i++) {
    MeirTrackerUdpDatagram *datagram = &udp->datagrams[n_datagrams];

    meir_tracker_tally_add (&core->tally.bytes_in, udp->in[i].msg_len);
    if (!meir_endpoint_from_sockaddr (&datagram->source, (struct sockaddr *) &udp->sources[i],
                                      udp->in[i].msg_hdr.msg_namelen))
      continue;
    if (!meir_tracker_core_admits (core, &datagram->source)) {
      meir_tracker_tally_add (&core->tally.errors, 1);
      continue;
    }
    datagram->bytes = udp->requests[i];
    datagram->length = udp->in[i].msg_len;
    origin[n_datagrams++] = i;
  }
  meir_tracker_udp_prepare (core, udp->datagrams, n_datagrams, now_usec);
  for (guint i = 0; i < n_datagrams; i++) {
    gsize length = meir_tracker_udp_answer (core, &udp->datagrams[i], now_usec, udp->replies[n_replies]);

    if (length == 0)
      continue;
    udp->out_vectors[n_replies].iov_len = length;
    udp->out[n_replies].msg_hdr = udp->in[origin[i]].msg_hdr;
    udp->out[n_replies].msg_hdr.msg_iov = &udp->out_vectors[n_replies];
    udp->out[n_replies].msg_hdr.msg_flags = 0;
    turn_round (&udp->out[n_replies].msg_hdr);
    n_replies++;
  }
  send_replies (udp, fd, n_replies);
  reset_incoming (udp, n);
}

/* Goes on until the socket is empty: under load one wait of the loop serves many batches. */
static void
on_readable (MeirWatch *watch, guint32 events)
{
  Socket *socket = (Socket *) watch;
  MeirTrackerUdp *udp = socket->udp;

  for (guint batch = 0; batch < BATCHES_PER_TURN; batch++) {
    int n = recvmmsg (watch->fd, udp->in, BATCH, MSG_DONTWAIT, NULL);

    /* Errors of earlier replies (a client that has gone) are told here, too; reading clears them. */
    if (n < 0 && errno != EAGAIN)
      continue;
    if (n <= 0)
      return;
    answer_batch (udp, watch->fd, (guint) n);
  }
}

MeirTrackerUdp *
meir_tracker_udp_new (MeirTrackerCore *core, const int *fds, guint n_fds, GError **error)
{
  g_autoptr (MeirTrackerUdp) udp = g_new0 (MeirTrackerUdp, 1);

  udp->core = core;
  for (guint i = 0; i < SOCKETS_MAX; i++)
    udp->sockets[i] = (Socket){ .watch.fd = i < n_fds ? fds[i] : -1, .udp = udp };
  udp->n_sockets = n_fds;
  for (guint i = 0; i < BATCH; i++) {
    udp->in_vectors[i] = (struct iovec){ udp->requests[i], DATAGRAM_MAX };
    udp->out_vectors[i] = (struct iovec){ udp->replies[i], 0 };
    udp->in[i].msg_hdr = (struct msghdr){
      .msg_name = &udp->sources[i],
      .msg_iov = &udp->in_vectors[i],
      .msg_iovlen = 1,
      .msg_control = &udp->controls[i],
    };
  }
  reset_incoming (udp, BATCH);
  for (guint i = 0; i < n_fds; i++)
    if (!meir_loop_watch (core->loop, &udp->sockets[i].watch, fds[i], EPOLLIN, on_readable, error)) {
      udp->sockets[i].watch.fd = fds[i];
      return NULL;
    }
  return g_steal_pointer (&udp);
}

void
meir_tracker_udp_free (MeirTrackerUdp *udp)
{
  for (guint i = 0; i < udp->n_sockets; i++) {
    int fd = udp->sockets[i].watch.fd;

    meir_loop_unwatch (udp->core->loop, &udp->sockets[i].watch);
    close (fd);
  }
  g_free (udp);
}
