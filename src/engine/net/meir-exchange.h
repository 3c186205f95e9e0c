/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-limits.h"
#include "net/meir-loop.h"
#include "net/meir-stream.h"

G_BEGIN_DECLS

/* Most bytes a step may ask for; and how far a step may read ahead. */
#define MEIR_EXCHANGE_LENGTH_MAX 512u

typedef struct _MeirExchange MeirExchange;

/* @error: (nullable): MEIR_ERROR_PROTOCOL when the stream failed or ended; then there is no further step. The
 *   callback may start the next step, take the stream, clear the exchange and free what it is embedded in. */
typedef void (*MeirExchangeFunc) (MeirExchange *exchange, const GError *error);

/**
 * MeirExchange:
 * @in: bytes read and not yet consumed
 *
 * A short conversation on a stream, in steps: some bytes are sent, then a number of bytes is awaited.
 * Embedded in its owner, who keeps the time. Engine thread; callbacks run from the loop.
 */
struct _MeirExchange {
  MeirStream *stream;
  guint8 in[MEIR_EXCHANGE_LENGTH_MAX];
  gsize in_length;
  /*< private >*/
  MeirLoop *loop;
  MeirWatch watch;
  MeirReady ready;
  MeirExchangeFunc func;
  guint8 out[MEIR_HANDSHAKE_LENGTH];
  gsize out_length;
  gsize out_sent;
  gsize want;
  gsize limit;
};

/* @stream: (transfer full). FALSE, and @stream is freed, when it cannot be watched. */
gboolean meir_exchange_init (MeirExchange *exchange, MeirLoop *loop, MeirStream *stream, GError **error);
/* Sends @out (at most MEIR_HANDSHAKE_LENGTH bytes), then waits until @in_length is at least @want, reading no
 * more than @limit. */
void meir_exchange_step (MeirExchange *exchange, const guint8 *out, gsize out_length, gsize want, gsize limit,
                         MeirExchangeFunc func);
/* Drops the first @length bytes of @in. */
void meir_exchange_consume (MeirExchange *exchange, gsize length);
/* Ends the conversation and gives the stream away. (transfer full) */
MeirStream *meir_exchange_take_stream (MeirExchange *exchange);
/* Ends it and closes the stream. Harmless on one that was never set up or has ended. */
void meir_exchange_clear (MeirExchange *exchange);

G_END_DECLS
