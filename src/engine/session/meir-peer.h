/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/meir-torrent-private.h"
#include "wire/meir-extension.h"
#include "wire/meir-message.h"

#include <glib.h>

G_BEGIN_DECLS

/* Blocks prepared for one vectored write. */
#define MEIR_BATCH_BLOCKS 16u

typedef struct {
  guint32 piece;
  guint32 begin;
  guint32 length;
} MeirBlockRange;

/**
 * MeirSendBatch:
 *
 * Consecutive blocks of one piece on their way to a peer: read into one leased segment, each sent after its
 * header.
 */
typedef struct _MeirBatchRead MeirBatchRead;

typedef struct {
  guint8 *bytes;          /* leased segment */
  MeirBatchRead *reading; /* (nullable): a worker is reading it */
  guint32 piece;
  guint32 begin;
  guint32 length; /* of all blocks */
  guint n_blocks;
  guint32 block_lengths[MEIR_BATCH_BLOCKS];
  guint8 headers[MEIR_BATCH_BLOCKS][MEIR_MESSAGE_PIECE_HEADER_SIZE];
  guint next;       /* the block that is being sent */
  gsize position;   /* into its header and bytes */
  gboolean ready;   /* its bytes are here */
  gboolean dropped; /* choked while a worker was reading */
} MeirSendBatch;

/**
 * MeirPeer:
 *
 * One connection of a torrent. Engine thread only; freed at the end of the iteration in which it was closed,
 * so that nobody up the stack loses it. Session-internal.
 */
struct _MeirPeer {
  MeirTorrent *torrent;
  MeirEngine *engine;
  MeirStream *stream;   /* NULL while TLS is being laid over it */
  MeirUpgrade *upgrade; /* (nullable) */
  MeirWatch watch;
  MeirReady ready;
  MeirEndpoint endpoint;
  MeirEndpoint dialled; /* family 0 on an incoming connection: the candidate to give back */
  guint8 id[MEIR_PEER_ID_LENGTH];
  gboolean incoming, encrypted;
  gboolean fast, extensions;
  gboolean closed;
  gboolean useful; /* payload went over it */
  MeirDropReason reason;
  MeirPeerSlot slot; /* MEIR_PEER_NONE while there is no swarm */
  MeirExtensionHandshake extension;
  gboolean got_extension;
  enum { MEIR_UPGRADE_NONE, MEIR_UPGRADE_SENT, MEIR_UPGRADE_ANSWERING, MEIR_UPGRADE_UNDER_WAY } upgrading;
  gint64 upgrade_since_usec;

  MeirPeerThrottle throttles[MEIR_N_DIRECTIONS];

  /* Receiving (meir-peer-receive.c) */
  gboolean readable, held;
  MeirMessageLimits limits;
  GByteArray *carry;    /* the start of a message whose rest has not come */
  guint32 block_left;   /* bytes of the block that is arriving */
  guint32 skip_left;    /* bytes of a message nobody wants */
  MeirBlockRange block; /* the one that is arriving */
  MeirBlockVerdict verdict;
  guint8 *sink;               /* where its next byte goes; NULL: nowhere */
  guint8 *aside;              /* (nullable): MEIR_BLOCK_LENGTH bytes for copies */
  GByteArray *early_bitfield; /* (nullable): said before the metadata was here */
  gboolean early_have_all, early_unchoked, early_interested;
  guint n_unasked_blocks; /* before there was a swarm to ask for any */
  guint n_extension_handshakes;
  guint n_unknown, n_keep_alives, keep_alive_storms, n_metadata_requests, n_unasked_metadata;
  gint64 last_received_usec;

  /* Sending (meir-peer-send.c) */
  gboolean writable;
  gboolean overflowed; /* more waits for it than it reads */
  gboolean unflushed;  /* the stream holds bytes that are not in the socket yet */
  GByteArray *out;     /* messages without payload */
  gsize out_position;
  gsize clear_end;       /* while upgrading: what of out still goes out in clear */
  MeirBlockRange *queue; /* blocks to serve: ring of MEIR_REQUEST_QUEUE_MAX, made with the first one */
  guint queue_head, queue_length;
  MeirSendBatch *sending; /* (nullable): on its way */
  MeirSendBatch *next;    /* (nullable): being read, or ready */
  guint batch_blocks;     /* how many blocks a batch has now */
  gint64 last_sent_usec;
  gint64 stalled_since_usec; /* 0: not stalled */
  guint64 sent_since_tick;
};

MeirPeer *meir_peer_new (MeirTorrent *torrent, MeirGreeting *greeting, const MeirEndpoint *dialled);
/* Gives the connection up; @text (nullable) says why, for the log. Freed at the end of the iteration. */
void meir_peer_close (MeirPeer *peer, const char *text);
void meir_peer_free (MeirPeer *peer); /* by the engine */
/* The swarm is open (metadata came, or a recheck is over): joins it, replaying what the peer said early. */
void meir_peer_join_swarm (MeirPeer *peer);
void meir_peer_leave_swarm (MeirPeer *peer);
void meir_peer_tick (MeirPeer *peer, gint64 now_usec);
void meir_peer_watch (MeirPeer *peer); /* after the stream has changed */
void meir_peer_make_ready (MeirPeer *peer);
/* One more message that means nothing to us; too many end the connection. */
void meir_peer_count_unknown (MeirPeer *peer);
const char *meir_peer_describe (MeirPeer *peer, char *buffer); /* MEIR_ENDPOINT_TEXT_MAX */

/* meir-peer-receive.c */
/* Whether there may be something to read, and it is wanted now. */
gboolean meir_peer_may_receive (const MeirPeer *peer);
/* Reads and handles at most a quantum; whether there is more. */
gboolean meir_peer_receive (MeirPeer *peer, gint64 now_usec);
/* Bytes that were read with the handshake. */
void meir_peer_receive_early (MeirPeer *peer, const guint8 *bytes, gsize length, gint64 now_usec);
void meir_peer_forget_block (MeirPeer *peer, guint32 piece); /* its sink is gone */

/* meir-peer-message.c */
/* What a whole message means. */
void meir_peer_handle (MeirPeer *peer, const MeirMessage *message, gint64 now_usec);

/* meir-peer-extension.c */
void meir_peer_send_extension_handshake (MeirPeer *peer);
/* BEP 54, where the peer speaks it: a piece that it was told of is gone. */
void meir_peer_send_dont_have (MeirPeer *peer, guint32 piece);
void meir_peer_handle_extended (MeirPeer *peer, const MeirMessage *message, gint64 now_usec);
void meir_peer_ask_metadata (MeirPeer *peer, gint64 now_usec);
/* Lays TLS over the stream once all that was to be said in clear is out. */
void meir_peer_continue_upgrade (MeirPeer *peer);
/* meir-peer-send.c */
void meir_peer_send (MeirPeer *peer, const guint8 *message, gsize length);
void meir_peer_serve (MeirPeer *peer, guint32 piece, guint32 begin, guint32 length);
void meir_peer_unserve (MeirPeer *peer, guint32 piece, guint32 begin, guint32 length);
void meir_peer_drop_queue (MeirPeer *peer); /* choked: rejects, where the peer is fast */
/* Writes what there is, at most a quantum; whether there is more and the socket takes it. */
gboolean meir_peer_flush (MeirPeer *peer, gint64 now_usec);
gboolean meir_peer_has_output (MeirPeer *peer);
void meir_peer_send_close (MeirPeer *peer); /* frees what sending holds */

G_END_DECLS
