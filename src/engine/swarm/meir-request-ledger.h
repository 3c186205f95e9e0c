/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-limits.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * MeirRequestState:
 * @MEIR_REQUEST_ACTIVE: asked for, and counted on
 * @MEIR_REQUEST_OWED: given to others because this peer is too slow, but it still owes it
 * @MEIR_REQUEST_VOID: cancelled, or dropped with a choke: it may still come, and is no offence then
 */
typedef enum {
  MEIR_REQUEST_GONE, /*< private >: a gap in the ring */
  MEIR_REQUEST_ACTIVE,
  MEIR_REQUEST_OWED,
  MEIR_REQUEST_VOID,
} MeirRequestState;

typedef struct {
  gint64 sent_usec;
  guint32 piece;
  guint32 block : 24;
  guint32 state : 8;
} MeirRequest;

/**
 * MeirRequestLedger:
 * @n_active: requests counted on
 * @n_owed: requests this peer owes but others were asked for
 * @n_void: requests that may or may not be answered
 * @depth: how many should be active: grows with bandwidth times delay
 * @limit: most the peer takes (its reqq)
 * @progress_usec: when the last block came, or since when something is outstanding
 * @rtt_min_usec: shortest time from a request to the first byte of its block; 0 while not known
 *
 * One peer's requests, in the order they were sent, and how many of them to keep on their way. Peers answer
 * in order as a rule, so that finding a request is looking at the first.
 */
typedef struct {
  guint n_active;
  guint n_owed;
  guint n_void;
  guint depth;
  guint limit;
  gint64 progress_usec;
  gint64 rtt_min_usec;
  /*< private >*/
  MeirRequest *ring;
  guint capacity; /* a power of two, or 0 */
  guint head;
  guint length;           /* of the ring in use, gaps included */
  guint n_answered;       /* since requests last went out */
  gint64 flow_start_usec; /* when the first request went out into the empty pipe */
  guint64 flow_bytes;
} MeirRequestLedger;

/* Nothing is out; @limit as for meir_request_ledger_set_limit (). The second frees the ring. */
void meir_request_ledger_init (MeirRequestLedger *ledger, guint limit);
void meir_request_ledger_clear (MeirRequestLedger *ledger);
/* The most requests the peer takes; brought into 1 to MEIR_REQUEST_QUEUE_MAX. What is out already stays out.
 */
void meir_request_ledger_set_limit (MeirRequestLedger *ledger, guint limit);

/* A request was sent. */
void meir_request_ledger_add (MeirRequestLedger *ledger, guint32 piece, guint32 block, gint64 now_usec);
/* Which request a block answers: the one counted on, or else a void one. A block may be asked for again after
 * a cancel, and then come twice. (transfer none) (nullable): valid until the next call. */
MeirRequest *meir_request_ledger_find (MeirRequestLedger *ledger, guint32 piece, guint32 block);
/* Which request a reject answers: the oldest, for they are rejected in order. */
MeirRequest *meir_request_ledger_find_oldest (MeirRequestLedger *ledger, guint32 piece, guint32 block);
/* The first at or after *@cursor (start with 0) in the order sent, *@cursor moved past it; NULL at the end.
 * States may be changed while walking; nothing may be added. */
MeirRequest *meir_request_ledger_next (MeirRequestLedger *ledger, guint *cursor);
/* The reverse: start *@cursor with G_MAXUINT. */
MeirRequest *meir_request_ledger_previous (MeirRequestLedger *ledger, guint *cursor);
void meir_request_ledger_set_state (MeirRequestLedger *ledger, MeirRequest *request, MeirRequestState state);
/* It was answered or refused. */
void meir_request_ledger_remove (MeirRequestLedger *ledger, MeirRequest *request);

/* How many requests to send now: none until a quarter of the pipe has drained, so that they go in batches. */
guint meir_request_ledger_get_room (MeirRequestLedger *ledger, gint64 now_usec);
/* The first bytes of an answer are here. */
void meir_request_ledger_on_first_byte (MeirRequestLedger *ledger, const MeirRequest *request,
                                        gint64 now_usec);
/* A block is complete. */
void meir_request_ledger_on_block (MeirRequestLedger *ledger, guint32 bytes, gint64 now_usec);
/* Once a second: the depth follows the peer's rate, bytes per second. */
void meir_request_ledger_follow_rate (MeirRequestLedger *ledger, guint64 rate, gint64 now_usec);
/* The time up to now does not count against the peer: it was ours. */
void meir_request_ledger_excuse (MeirRequestLedger *ledger, gint64 now_usec);
/* Starts over carefully, after the peer was silent. */
void meir_request_ledger_restart (MeirRequestLedger *ledger, gint64 now_usec);

/* Bandwidth times delay, in requests: twice what the peer sends in one round trip (plus 50 ms for both ends'
 * work), at least 64, but no more than 10 s of its rate, so that a slow peer hoards nothing. */
guint meir_request_depth (guint64 rate, gint64 rtt_usec, guint limit);

G_END_DECLS
