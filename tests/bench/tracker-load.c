/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Announces to a tracker on the loopback as fast as it answers, and prints how many a second it answered.
 *
 *   cc -O2 -o tracker-load tracker-load.c
 *   ./tracker-load udp|http|close PORT SECONDS TORRENTS [CLIENTS]
 *   ./tracker-load list TORRENTS            the info-hashes in hex, for trackers that want a list
 *
 * CLIENTS (64) sockets each keep one request in flight: over UDP (BEP 15), over HTTP connections that stay
 * open, or over HTTP connections that serve one request. The torrents are drawn at random, so are ports and
 * `left`.
 */
#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CLIENTS_MAX 1024
#define RETRY_SEC   0.5

enum mode { UDP, HTTP, CLOSE };

struct client {
  int fd;
  uint64_t connection_id;
  uint32_t transaction;
  double asked;
};

static enum mode mode;
static struct sockaddr_in tracker = { .sin_family = AF_INET };
static uint32_t n_torrents;
static int epoll_fd;
static uint64_t done, bad, lost;
static uint64_t random_state = 88172645463325252ull;

static double
now (void)
{
  struct timespec t;

  clock_gettime (CLOCK_MONOTONIC, &t);
  return (double) t.tv_sec + (double) t.tv_nsec / 1e9;
}

static uint64_t
next_random (void)
{
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  random_state ^= random_state << 17;
  return random_state;
}

static void
make_info_hash (uint32_t n, uint8_t hash[20])
{
  uint64_t state = 0x9e3779b97f4a7c15ull * (n + 1);

  for (int i = 0; i < 20; i++) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    hash[i] = (uint8_t) (state >> 24);
  }
}

static size_t
make_udp (struct client *client, uint8_t packet[98])
{
  uint64_t magic = htobe64 (0x41727101980ull), left = htobe64 (next_random () & 1 ? 0 : 1 << 20);
  uint32_t announce = htonl (1), wanted = htonl (50);
  uint16_t port = (uint16_t) next_random ();

  memset (packet, 0, 98);
  client->transaction = (uint32_t) next_random ();
  memcpy (packet + 12, &client->transaction, 4);
  if (client->connection_id == 0) {
    memcpy (packet, &magic, 8);
    return 16;
  }
  memcpy (packet, &client->connection_id, 8);
  memcpy (packet + 8, &announce, 4);
  make_info_hash ((uint32_t) (next_random () % n_torrents), packet + 16);
  memcpy (packet + 36, "-XX0001-abcdefghijkl", 20);
  memcpy (packet + 64, &left, 8);
  memcpy (packet + 92, &wanted, 4);
  memcpy (packet + 96, &port, 2);
  return 98;
}

static size_t
make_http (char *request, size_t room)
{
  uint8_t hash[20];
  char escaped[61];
  uint64_t random = next_random ();

  make_info_hash ((uint32_t) (next_random () % n_torrents), hash);
  for (int i = 0; i < 20; i++)
    snprintf (escaped + 3 * i, 4, "%%%02x", hash[i]);
  return (size_t) snprintf (request, room,
                            "GET /announce?info_hash=%s&peer_id=-XX0001-%012u&port=%u&uploaded=0&downloaded=0"
                            "&left=%d&compact=1&numwant=50 HTTP/1.1\r\nHost: 127.0.0.1\r\n%s\r\n",
                            escaped, (unsigned) (random >> 32), 1024 + (unsigned) (random % 60000),
                            random & 1 ? 0 : 1000, mode == CLOSE ? "Connection: close\r\n" : "");
}

static void
ask (struct client *client)
{
  uint8_t packet[98];
  char request[600];

  client->asked = now ();
  if (mode == UDP) {
    if (send (client->fd, packet, make_udp (client, packet), 0) < 0)
      bad++;
  } else if (send (client->fd, request, make_http (request, sizeof request), MSG_NOSIGNAL) < 0) {
    bad++;
  }
}

static void
dial (struct client *client)
{
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = client };

  client->fd = socket (AF_INET, mode == UDP ? SOCK_DGRAM : SOCK_STREAM, 0);
  /* Blocking: on the loopback it is through at once. */
  if (client->fd < 0 || connect (client->fd, (struct sockaddr *) &tracker, sizeof tracker) < 0) {
    perror ("connect");
    exit (1);
  }
  epoll_ctl (epoll_fd, EPOLL_CTL_ADD, client->fd, &event);
  ask (client);
}

/* Leaves no TIME_WAIT behind, of which the ports would run out. */
static void
redial (struct client *client)
{
  struct linger reset = { 1, 0 };

  setsockopt (client->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  close (client->fd);
  dial (client);
}

static void
on_udp (struct client *client)
{
  uint8_t reply[2048];
  ssize_t n = recv (client->fd, reply, sizeof reply, MSG_DONTWAIT);
  uint32_t action;

  if (n < 16 || memcmp (reply + 4, &client->transaction, 4) != 0) {
    bad++;
    return;
  }
  memcpy (&action, reply, 4);
  if (action == 0)
    memcpy (&client->connection_id, reply + 8, 8);
  else if (ntohl (action) == 1)
    done++;
  else
    bad++;
  ask (client);
}

/* A reply is short enough to come in one piece. */
static void
on_http (struct client *client)
{
  char reply[8192];
  ssize_t n = recv (client->fd, reply, sizeof reply, MSG_DONTWAIT);

  if (n > 0 && memmem (reply, (size_t) n, "8:complete", 10) != NULL) {
    done++;
  } else {
    bad++;
    redial (client);
    return;
  }
  if (mode == HTTP)
    ask (client);
  else
    redial (client);
}

static void
run (double seconds, int n_clients)
{
  static struct client clients[CLIENTS_MAX];
  double start = now (), swept = start;

  epoll_fd = epoll_create1 (0);
  for (int i = 0; i < n_clients; i++)
    dial (&clients[i]);
  while (now () - start < seconds) {
    struct epoll_event events[256];
    int n = epoll_wait (epoll_fd, events, 256, 50);

    for (int i = 0; i < n; i++)
      if (mode == UDP)
        on_udp (events[i].data.ptr);
      else
        on_http (events[i].data.ptr);
    if (now () - swept < RETRY_SEC)
      continue;
    swept = now ();
    for (int i = 0; i < n_clients; i++)
      if (swept - clients[i].asked > RETRY_SEC) {
        lost++;
        if (mode == UDP)
          ask (&clients[i]);
        else
          redial (&clients[i]);
      }
  }
  printf ("%.0f announces/s, %lu bad, %lu lost\n", (double) done / (now () - start), bad, lost);
}

int
main (int argc, char **argv)
{
  int n_clients = argc > 5 ? atoi (argv[5]) : 64;

  if (argc == 3 && strcmp (argv[1], "list") == 0) {
    for (uint32_t i = 0; i < (uint32_t) atoi (argv[2]); i++) {
      uint8_t hash[20];

      make_info_hash (i, hash);
      for (int k = 0; k < 20; k++)
        printf ("%02x", hash[k]);
      putchar ('\n');
    }
    return 0;
  }
  if (argc < 5 || n_clients < 1 || n_clients > CLIENTS_MAX || atoi (argv[4]) < 1) {
    fprintf (stderr, "usage: tracker-load udp|http|close PORT SECONDS TORRENTS [CLIENTS] | list TORRENTS\n");
    return 2;
  }
  mode = strcmp (argv[1], "udp") == 0 ? UDP : strcmp (argv[1], "http") == 0 ? HTTP : CLOSE;
  tracker.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  tracker.sin_port = htons ((uint16_t) atoi (argv[2]));
  n_torrents = (uint32_t) atoi (argv[4]);
  run (atof (argv[3]), n_clients);
  return done > 0 ? 0 : 1;
}
