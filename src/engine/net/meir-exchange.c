/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/meir-exchange.h"

#include "base/meir-error.h"
#include "meir-config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static void
step_end (MeirExchange *exchange, const char *failure)
{
  MeirExchangeFunc func = exchange->func;
  g_autoptr (GError) error = NULL;

  exchange->func = NULL;
  if (failure != NULL)
    error = g_error_new (MEIR_ERROR, MEIR_ERROR_PROTOCOL, _ ("The connection broke in the handshake: %s"),
                         failure);
  func (exchange, error);
}

static gssize
step_send (MeirExchange *exchange)
{
  while (exchange->out_sent < exchange->out_length) {
    struct iovec vector = {
      .iov_base = exchange->out + exchange->out_sent,
      .iov_len = exchange->out_length - exchange->out_sent,
    };
    gssize n = meir_stream_writev (exchange->stream, &vector, 1);

    if (n < 0)
      return n;
    exchange->out_sent += (gsize) n;
  }
  return meir_stream_flush (exchange->stream);
}

static gssize
step_receive (MeirExchange *exchange)
{
  while (exchange->in_length < exchange->want) {
    struct iovec vector = {
      .iov_base = exchange->in + exchange->in_length,
      .iov_len = exchange->limit - exchange->in_length,
    };
    gssize n = meir_stream_readv (exchange->stream, &vector, 1);

    if (n <= 0)
      return n;
    exchange->in_length += (gsize) n;
  }
  return 1;
}

static gboolean
step_run (MeirReady *ready, gint64 now_usec)
{
  MeirExchange *exchange = MEIR_OWNER_OF (ready, MeirExchange, ready);
  gssize result;

  if (exchange->func == NULL)
    return FALSE;
  result = step_send (exchange);
  if (result == 0) {
    result = step_receive (exchange);
    if (result > 0)
      step_end (exchange, NULL);
    else if (result == MEIR_STREAM_END)
      step_end (exchange, _ ("The other side closed it"));
  }
  if (result == MEIR_STREAM_FAILED)
    step_end (exchange, meir_stream_get_failure (exchange->stream));
  /* A next step, if there is one, has put itself on the list; after the last, nothing here may be touched. */
  return FALSE;
}

static void
on_event (MeirWatch *watch, guint32 events)
{
  MeirExchange *exchange = MEIR_OWNER_OF (watch, MeirExchange, watch);

  meir_loop_make_ready (exchange->loop, &exchange->ready, step_run);
}

gboolean
meir_exchange_init (MeirExchange *exchange, MeirLoop *loop, MeirStream *stream, GError **error)
{
  *exchange = (MeirExchange){ .loop = loop, .stream = stream };
  if (!meir_loop_watch (loop, &exchange->watch, meir_stream_get_fd (stream),
                        EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, on_event, error)) {
    meir_stream_free (stream);
    exchange->stream = NULL;
    return FALSE;
  }
  return TRUE;
}

void
meir_exchange_step (MeirExchange *exchange, const guint8 *out, gsize out_length, gsize want, gsize limit,
                    MeirExchangeFunc func)
{
  g_return_if_fail (out_length <= sizeof exchange->out && limit <= sizeof exchange->in && want <= limit);

  if (out_length > 0)
    memcpy (exchange->out, out, out_length);
  exchange->out_length = out_length;
  exchange->out_sent = 0;
  exchange->want = want;
  exchange->limit = limit;
  exchange->func = func;
  meir_loop_make_ready (exchange->loop, &exchange->ready, step_run);
}

void
meir_exchange_consume (MeirExchange *exchange, gsize length)
{
  exchange->in_length -= length;
  memmove (exchange->in, exchange->in + length, exchange->in_length);
}

MeirStream *
meir_exchange_take_stream (MeirExchange *exchange)
{
  if (exchange->stream == NULL)
    return NULL;
  meir_loop_unwatch (exchange->loop, &exchange->watch);
  meir_loop_clear_ready (exchange->loop, &exchange->ready);
  exchange->func = NULL;
  return g_steal_pointer (&exchange->stream);
}

void
meir_exchange_clear (MeirExchange *exchange)
{
  meir_stream_free (meir_exchange_take_stream (exchange));
}
