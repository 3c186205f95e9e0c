/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/meir-exchange.h"

#include "base/meir-error.h"
#include "net-support.h"

#include <string.h>
#include <unistd.h>

static MeirLoop *loop;

typedef struct {
  MeirExchange exchange; /* first: the callbacks cast */
  guint steps;
  char *heard;
  GError *error;
} Talk;

static void
on_step (MeirExchange *exchange, const GError *error)
{
  Talk *self = (Talk *) exchange;

  self->steps++;
  if (error != NULL)
    self->error = g_error_copy (error);
  g_free (self->heard);
  self->heard = g_strndup ((const char *) exchange->in, exchange->in_length);
}

static int
talk_init (Talk *self)
{
  g_autoptr (GError) error = NULL;
  int fds[2];

  *self = (Talk){ 0 };
  net_pair (fds, 0);
  meir_exchange_init (&self->exchange, loop, meir_tcp_stream_new (fds[0]), &error);
  g_assert_no_error (error);
  return fds[1];
}

static void
talk_clear (Talk *self, int fd)
{
  meir_exchange_clear (&self->exchange);
  meir_exchange_clear (&self->exchange);
  g_clear_pointer (&self->heard, g_free);
  g_clear_error (&self->error);
  close (fd);
}

static void
test_steps (void)
{
  Talk self;
  char bytes[6] = "";
  int fd = talk_init (&self);
  MeirStream *stream;

  meir_exchange_step (&self.exchange, (const guint8 *) "hello", 5, 4, 8, on_step);
  g_assert_cmpuint (self.steps, ==, 0);
  net_receive (fd, bytes, 5);
  g_assert_cmpstr (bytes, ==, "hello");
  /* In single bytes; and no further than the limit. */
  net_send (fd, "a", 1);
  net_run_for (20);
  net_send (fd, "b", 1);
  net_run_for (20);
  g_assert_cmpuint (self.steps, ==, 0);
  net_send (fd, "cdefghijkl", 10);
  net_run_until (self.steps == 1);
  g_assert_no_error (self.error);
  g_assert_cmpstr (self.heard, ==, "abcdefgh");

  /* What is left over counts for the next step, which needs nothing more from the wire. */
  meir_exchange_consume (&self.exchange, 4);
  meir_exchange_step (&self.exchange, NULL, 0, 3, 4, on_step);
  net_run_until (self.steps == 2);
  g_assert_cmpstr (self.heard, ==, "efgh");

  /* Only to send. */
  meir_exchange_consume (&self.exchange, 4);
  meir_exchange_step (&self.exchange, (const guint8 *) "bye", 3, 0, 4, on_step);
  net_run_until (self.steps == 3);
  net_receive (fd, bytes, 3);
  g_assert_cmpmem (bytes, 3, "bye", 3);

  stream = meir_exchange_take_stream (&self.exchange);
  g_assert_nonnull (stream);
  g_assert_null (meir_exchange_take_stream (&self.exchange));
  meir_stream_free (stream);
  talk_clear (&self, fd);
}

static void
test_end (void)
{
  Talk self;
  int fd = talk_init (&self);

  meir_exchange_step (&self.exchange, NULL, 0, 10, 10, on_step);
  net_send (fd, "too few", 7);
  close (fd);
  net_run_until (self.steps == 1);
  g_assert_error (self.error, MEIR_ERROR, MEIR_ERROR_PROTOCOL);
  net_run_for (20);
  g_assert_cmpuint (self.steps, ==, 1);
  talk_clear (&self, -1);
}

static void
test_clear_while_waiting (void)
{
  Talk self;
  int fd = talk_init (&self);

  meir_exchange_step (&self.exchange, (const guint8 *) "x", 1, 10, 10, on_step);
  net_send (fd, "0123456789", 10);
  meir_exchange_clear (&self.exchange);
  net_run_for (30);
  g_assert_cmpuint (self.steps, ==, 0);
  talk_clear (&self, fd);
}

int
main (int argc, char *argv[])
{
  int result;

  g_test_init (&argc, &argv, NULL);
  loop = meir_loop_new (NULL);
  g_test_add_func ("/exchange/steps", test_steps);
  g_test_add_func ("/exchange/end", test_end);
  g_test_add_func ("/exchange/clear-while-waiting", test_clear_while_waiting);
  result = g_test_run ();
  meir_loop_free (loop);
  return result;
}
