/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "tracker/meir-tracker-http-parser.h"
#include "tracker/meir-tracker-core.h"

#include "net/meir-stream.h"

G_BEGIN_DECLS

/* Bytes of answers gathered before they are sent: many pipelined requests are one write. */
#define MEIR_TRACKER_OUTPUT_MAX (96u << 10)
/* Half requests and unsent answers that all connections may hold together, bytes. */
#define MEIR_TRACKER_HELD_MAX (32u << 20)

/**
 * MeirTrackerConnectionState:
 * @MEIR_TRACKER_WAITING: a request is expected or half there, or an answer is stuck
 * @MEIR_TRACKER_IDLE: everything is answered and the client may ask again
 * @MEIR_TRACKER_LINGERING: the last answer is out; what still comes in is thrown away, because closing at
 * once would make the client's system throw away that answer
 *
 * Each state has its time limit.
 */
typedef enum {
  MEIR_TRACKER_WAITING,
  MEIR_TRACKER_IDLE,
  MEIR_TRACKER_LINGERING,
  MEIR_TRACKER_N_STATES,
} MeirTrackerConnectionState;

typedef struct _MeirTrackerConnection MeirTrackerConnection;

/* A place in a circular list whose head is a link, too. */
typedef struct _MeirTrackerLink MeirTrackerLink;
struct _MeirTrackerLink {
  MeirTrackerLink *previous;
  MeirTrackerLink *next;
};

/**
 * MeirTrackerConnectionHost:
 * @moved: the connection is in another state, or began anew in the same one: since @since_usec
 * @gone: the connection is closed; its memory is the host's again
 * @input: room for one read, shared by all connections
 * @output: room for the answers to it, likewise
 * @held_bytes: what connections hold between events
 *
 * What a connection needs of whoever keeps them all (meir-tracker-http.c).
 */
typedef struct {
  MeirTrackerCore *core;
  void (*moved) (MeirTrackerConnection *connection);
  void (*gone) (MeirTrackerConnection *connection);
  char *input;
  guint8 *output;
  gsize held_bytes;
} MeirTrackerConnectionHost;

/**
 * MeirTrackerConnection:
 *
 * One client over TCP or TLS: reads, answers every whole request in order, writes. Between events it holds
 * memory only for half a request or for an answer that the client does not take.
 */
struct _MeirTrackerConnection {
  MeirWatch watch;
  MeirReady ready;
  MeirTrackerConnectionHost *host;
  MeirStream *stream; /* NULL: plain TCP */
  int fd;
  MeirEndpoint source;
  MeirTrackerConnectionState state;
  gint64 since_usec;
  MeirTrackerLink link; /* the host's */
  /*< private >*/
  gboolean watched;
  gboolean sending;  /* answers wait, here or in the stream, for the client to take them */
  gboolean closing;  /* after what is to be sent is sent */
  gboolean lingers;  /* before it closes */
  gboolean unparsed; /* the input may hold whole requests: they waited for the output */
  guint32 lingered_bytes;
  char *input;
  guint32 input_length;
  guint32 input_allocated;
  gsize scanned;
  guint8 *output;
  guint32 output_length;
  guint32 output_sent;
};

/* Starts a connection in zeroed memory: over @fd, non-blocking, (transfer full), or with it over @stream
 * (transfer full), and reads at once what is there. It may be gone when this returns. */
void meir_tracker_connection_start (MeirTrackerConnection *connection, MeirTrackerConnectionHost *host,
                                    int fd, MeirStream *stream, const MeirEndpoint *source);
/* Closes at once and tells the host that it is gone. */
void meir_tracker_connection_close (MeirTrackerConnection *connection);

G_END_DECLS
