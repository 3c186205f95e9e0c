/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/meir-greeting.h"
#include "net/meir-loop.h"
#include "net/meir-stream.h"
#include "net/meir-tls-gate.h"

#include <glib.h>

/* Runs the default context until @condition holds; fails the test if that does not happen in half a
 * minute. */
#define net_run_until(condition)                                                                             \
  G_STMT_START                                                                                               \
  {                                                                                                          \
    gint64 net_deadline = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;                                     \
    while (!(condition)) {                                                                                   \
      if (g_get_monotonic_time () > net_deadline)                                                            \
        g_error ("%s:%d: never came true: %s", __FILE__, __LINE__, #condition);                              \
      net_iterate ();                                                                                        \
    }                                                                                                        \
  }                                                                                                          \
  G_STMT_END

/* One iteration that waits 20 ms at most. */
void net_iterate (void);
/* Runs the default context for about as long. */
void net_run_for (guint msec);

/* What came of a TLS handshake or an upgrade; zeroed to begin with. */
typedef struct {
  MeirStream *stream;
  GError *error;
  guint calls;
} NetOutcome;

/* A MeirTlsHandshakeFunc and MeirUpgradeFunc that notes it; @user_data: the NetOutcome. */
void net_outcome_cb (MeirStream *stream, const GError *error, gpointer user_data);
void net_outcome_clear (NetOutcome *outcome);

/* Two ends of a TCP connection over loopback, non-blocking; with @buffer_bytes > 0, with buffers of about
 * that size. */
void net_pair (int fds[2], int buffer_bytes);
/* A TLS connection over such a pair: [0] is the client. */
void net_tls_pair (MeirTlsGate *gate, int buffer_bytes, MeirStream *streams[2]);

/* A socket that listens on 127.0.0.1; with @buffer_bytes > 0, with receive buffers of about that size. */
int net_listen (int buffer_bytes, guint16 *port);
/* Blocking, bounded by 10 s. */
int net_connect (guint16 port);
void net_send (int fd, const void *bytes, gsize length);
/* Whether the other end closed @fd, and that it sent nothing before; runs the default context meanwhile. */
void net_assert_closed_silently (int fd);
/* Runs the default context until @fd has something to read, be it the end. */
void net_wait_readable (int fd);
/* Runs the default context until @length bytes are there. */
void net_receive (int fd, void *bytes, gsize length);

int net_count_fds (void);

/* A session's stand-in behind a greeter: torrents, and what came of connections. */
#define DOOR_TORRENTS_MAX 4u
typedef struct {
  MeirLoop *loop;
  MeirGreeter *greeter;
  guint16 port;

  MeirHandshake torrents[DOOR_TORRENTS_MAX];
  gboolean plain_allowed[DOOR_TORRENTS_MAX];
  guint n_torrents;
  gboolean refuse_all;

  guint n_admitted;
  guint n_lookups;
  guint n_incoming;
  guint n_dialled;
  /* The last of each. */
  MeirGreeting incoming;
  MeirGreeting dialled;
  guint8 incoming_early[512];
  guint8 dialled_early[512];
  GError *error;
} Door;

/* @name makes the peer id. */
void door_init (Door *door, MeirLoop *loop, char name);
void door_clear (Door *door);
/* Adds a torrent named by @info_hash_byte. */
void door_add (Door *door, guint8 info_hash_byte, gboolean plain_allowed);
MeirDial *door_dial_endpoint (Door *door, const MeirEndpoint *endpoint, guint torrent, gboolean tls);
/* The same on 127.0.0.1. */
MeirDial *door_dial (Door *door, guint16 port, guint torrent, gboolean tls);
/* Both ends of one connection are through. */
void doors_assert_met (Door *dialler, Door *listener, gboolean encrypted);
/* Reads exactly @length bytes; runs the default context meanwhile. */
void net_collect (MeirStream *stream, void *bytes, gsize length);
/* Sends text each way and checks it. */
void net_assert_talking (MeirStream *a, MeirStream *b);
