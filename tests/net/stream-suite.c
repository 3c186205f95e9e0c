/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stream-suite.h"

#include "net-support.h"

#include <string.h>
#include <sys/socket.h>

#define TINY_BUFFER 4096
#define VECTORS_MAX 12

/* The byte at @position of what one end says. */
static inline guint8
byte_at (guint direction, guint64 position)
{
  return (guint8) (position * 31 + (position >> 11) * 7 + direction * 101);
}

typedef struct {
  MeirStream *stream;
  guint direction; /* of what it sends */
  guint64 sent;
  guint64 received;
  guint64 goal;
  gboolean would_block_seen;
} End;

/* Offers random cuts of what is still to be sent. A taken count is believed, so a stream that lies is found
 * out by the bytes that arrive. */
static void
end_send (End *end, GRand *random)
{
  static guint8 bytes[400 * 1024];
  struct iovec vectors[VECTORS_MAX];
  gsize offered = 0;
  guint n = (guint) g_rand_int_range (random, 1, VECTORS_MAX + 1);
  gssize taken;

  for (guint i = 0; i < n; i++) {
    gsize most = g_rand_int_range (random, 0, 4) == 0 ? 33000 : 700;
    gsize length = (gsize) g_rand_int_range (random, 0, (int) most);

    length = MIN (length, end->goal - end->sent - offered);
    vectors[i] = (struct iovec){ .iov_base = bytes + offered, .iov_len = length };
    for (gsize k = 0; k < length; k++)
      bytes[offered + k] = byte_at (end->direction, end->sent + offered + k);
    offered += length;
  }
  if (offered == 0)
    return;
  taken = meir_stream_writev (end->stream, vectors, n);
  if (taken == MEIR_STREAM_WOULD_BLOCK) {
    end->would_block_seen = TRUE;
    return;
  }
  g_assert_cmpint (taken, >, 0);
  g_assert_cmpuint ((gsize) taken, <=, offered);
  end->sent += (guint64) taken;
}

static void
end_receive (End *end, GRand *random)
{
  static guint8 bytes[400 * 1024];
  struct iovec vectors[VECTORS_MAX];
  gsize offered = 0;
  guint n = (guint) g_rand_int_range (random, 1, VECTORS_MAX + 1);
  gssize taken;
  gsize seen = 0;

  for (guint i = 0; i < n; i++) {
    gsize length = (gsize) g_rand_int_range (random, 1, g_rand_int_range (random, 0, 3) == 0 ? 30000 : 500);

    vectors[i] = (struct iovec){ .iov_base = bytes + offered, .iov_len = length };
    offered += length;
  }
  memset (bytes, 0, offered);
  taken = meir_stream_readv (end->stream, vectors, n);
  if (taken == MEIR_STREAM_WOULD_BLOCK)
    return;
  g_assert_cmpint (taken, >, 0);
  g_assert_cmpuint ((gsize) taken, <=, offered);
  /* In order, filling one vector before the next. */
  for (; seen < (gsize) taken; seen++)
    g_assert_cmpuint (bytes[seen], ==, byte_at (1 - end->direction, end->received + seen));
  end->received += (guint64) taken;
}

static void
transfer (MeirStream *streams[2], guint64 goal, gboolean slow_reader, guint32 seed)
{
  GRand *random = g_rand_new_with_seed (seed);
  gint64 deadline = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;
  End ends[2];

  for (guint i = 0; i < 2; i++)
    ends[i] = (End){ .stream = streams[i], .direction = i, .goal = goal };
  while (ends[0].received < goal || ends[1].received < goal) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    for (guint i = 0; i < 2; i++) {
      end_send (&ends[i], random);
      if (!slow_reader || g_rand_int_range (random, 0, 20) == 0)
        end_receive (&ends[i], random);
      if (g_rand_int_range (random, 0, 5) == 0 || ends[i].sent == goal)
        g_assert_cmpint (meir_stream_flush (ends[i].stream), !=, MEIR_STREAM_FAILED);
    }
  }
  if (slow_reader)
    g_assert_true (ends[0].would_block_seen && ends[1].would_block_seen);
  g_rand_free (random);
}

static void
free_both (MeirStream *streams[2])
{
  meir_stream_free (streams[0]);
  meir_stream_free (streams[1]);
}

static void
test_data (gconstpointer data)
{
  const StreamSuite *suite = data;
  MeirStream *streams[2];

  suite->make (streams, 0);
  transfer (streams, 3u << 20, FALSE, 1);
  transfer (streams, 100000, FALSE, 2);
  free_both (streams);
}

static void
test_tiny_buffers (gconstpointer data)
{
  const StreamSuite *suite = data;
  MeirStream *streams[2];

  suite->make (streams, TINY_BUFFER);
  transfer (streams, 2u << 20, TRUE, 3);
  free_both (streams);
}

static gssize
read_some (MeirStream *stream, void *bytes, gsize length)
{
  struct iovec vector = { .iov_base = bytes, .iov_len = length };

  return meir_stream_readv (stream, &vector, 1);
}

static gssize
write_some (MeirStream *stream, const void *bytes, gsize length)
{
  struct iovec vector = { .iov_base = (void *) bytes, .iov_len = length };

  return meir_stream_writev (stream, &vector, 1);
}

/* How many bytes there were, 0 for none. */
static gsize
read_now (MeirStream *stream, void *bytes, gsize length)
{
  gssize n = read_some (stream, bytes, length);

  g_assert_true (n > 0 || n == MEIR_STREAM_WOULD_BLOCK);
  return n > 0 ? (gsize) n : 0;
}

static void
read_all (MeirStream *stream, guint8 *bytes, gsize length)
{
  gint64 deadline = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;

  for (gsize done = 0; done < length;) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    done += read_now (stream, bytes + done, length - done);
  }
}

static void
test_would_block (gconstpointer data)
{
  const StreamSuite *suite = data;
  MeirStream *streams[2];
  guint8 byte = 7;

  suite->make (streams, 0);
  for (guint i = 0; i < 2; i++) {
    for (guint k = 0; k < 100; k++)
      g_assert_cmpint (read_some (streams[i], &byte, 1), ==, MEIR_STREAM_WOULD_BLOCK);
    g_assert_cmpint (meir_stream_flush (streams[i]), ==, 0);
  }
  free_both (streams);
}

/* One write of everything, taken in as many parts as the stream likes, against a reader who waits until it is
 * stuck. */
static void
test_large_write (gconstpointer data)
{
  const StreamSuite *suite = data;
  const gsize length = 8u << 20;
  g_autofree guint8 *out = g_malloc (length);
  g_autofree guint8 *in = g_malloc0 (length);
  MeirStream *streams[2];
  gsize sent = 0, received = 0;
  gboolean stuck = FALSE;
  gint64 deadline = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;

  for (gsize i = 0; i < length; i++)
    out[i] = byte_at (0, i);
  suite->make (streams, 64 << 10);
  while (received < length) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    if (sent < length) {
      gssize n = write_some (streams[0], out + sent, length - sent);

      g_assert_true (n > 0 || n == MEIR_STREAM_WOULD_BLOCK);
      sent += (gsize) MAX (n, 0);
      if (n > 0 && !stuck)
        continue;
      stuck = TRUE;
    }
    g_assert_cmpint (meir_stream_flush (streams[0]), !=, MEIR_STREAM_FAILED);
    received += read_now (streams[1], in + received, length - received);
  }
  g_assert_true (stuck);
  g_assert_cmpmem (in, length, out, length);
  free_both (streams);
}

/* What is flushed arrives without anything further being written; and flushing says when nothing is left. */
static void
test_flush (gconstpointer data)
{
  const StreamSuite *suite = data;
  MeirStream *streams[2];
  guint8 in[50];
  static const guint8 zeros[2u << 20];
  gint64 deadline = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;
  gsize sent = 0, received = 0;
  gssize n;

  suite->make (streams, 0);
  for (guint8 i = 0; i < 50; i++) {
    g_assert_cmpint (write_some (streams[0], &i, 1), ==, 1);
    g_assert_cmpint (meir_stream_flush (streams[0]), ==, 0);
    read_all (streams[1], in, 1);
    g_assert_cmpuint (in[0], ==, i);
  }
  free_both (streams);

  suite->make (streams, TINY_BUFFER);
  while ((n = write_some (streams[0], zeros, sizeof zeros)) > 0)
    sent += (gsize) n;
  g_assert_cmpint (n, ==, MEIR_STREAM_WOULD_BLOCK);
  while (received < sent) {
    g_autofree guint8 *bytes = g_malloc (65536);

    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_assert_cmpint (meir_stream_flush (streams[0]), !=, MEIR_STREAM_FAILED);
    received += read_now (streams[1], bytes, 65536);
  }
  g_assert_cmpuint (received, ==, sent);
  g_assert_cmpint (meir_stream_flush (streams[0]), ==, 0);
  free_both (streams);
}

static gssize
read_until_told (MeirStream *stream, void *bytes, gsize length)
{
  gint64 deadline = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;
  gssize n;

  while ((n = read_some (stream, bytes, length)) == MEIR_STREAM_WOULD_BLOCK)
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
  return n;
}

/* Closed in order: what was sent comes first, then the end, and the end stays. */
static void
test_end (gconstpointer data)
{
  const StreamSuite *suite = data;
  MeirStream *streams[2];
  guint8 in[10];

  suite->make (streams, 0);
  g_assert_cmpint (write_some (streams[0], "last words", 10), ==, 10);
  g_assert_cmpint (meir_stream_flush (streams[0]), ==, 0);
  meir_stream_free (streams[0]);
  read_all (streams[1], in, sizeof in);
  g_assert_cmpmem (in, sizeof in, "last words", 10);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (read_until_told (streams[1], in, sizeof in), ==, MEIR_STREAM_END);
  meir_stream_free (streams[1]);
}

/* The same with one large read that meets data and end at once. */
static void
test_end_behind_data (gconstpointer data)
{
  const StreamSuite *suite = data;
  MeirStream *streams[2];
  g_autofree guint8 *in = g_malloc (1u << 20);

  suite->make (streams, 0);
  g_assert_cmpint (write_some (streams[0], "0123456789", 10), ==, 10);
  g_assert_cmpint (meir_stream_flush (streams[0]), ==, 0);
  meir_stream_free (streams[0]);
  g_usleep (2000);
  g_assert_cmpint (read_until_told (streams[1], in, 1u << 20), ==, 10);
  g_assert_cmpint (read_until_told (streams[1], in, 1u << 20), ==, MEIR_STREAM_END);
  meir_stream_free (streams[1]);
}

/* The socket is closed under the stream, as somebody on the path could do it (security S20). */
static void
test_cut (gconstpointer data)
{
  const StreamSuite *suite = data;
  MeirStream *streams[2];
  guint8 in[10];
  gssize expected = suite->detects_truncation ? MEIR_STREAM_FAILED : MEIR_STREAM_END;

  suite->make (streams, 0);
  g_assert_cmpint (write_some (streams[0], "last words", 10), ==, 10);
  g_assert_cmpint (meir_stream_flush (streams[0]), ==, 0);
  shutdown (meir_stream_get_fd (streams[0]), SHUT_RDWR);
  read_all (streams[1], in, sizeof in);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (read_until_told (streams[1], in, sizeof in), ==, expected);
  if (suite->detects_truncation)
    g_assert_cmpstr (meir_stream_get_failure (streams[1]), ==, "The connection was cut off");
  free_both (streams);
}

static void
test_reset (gconstpointer data)
{
  const StreamSuite *suite = data;
  const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
  MeirStream *streams[2];
  guint8 in[10];

  suite->make (streams, 0);
  setsockopt (meir_stream_get_fd (streams[0]), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  shutdown (meir_stream_get_fd (streams[0]), SHUT_RD);
  /* Unread bytes and no linger: the kernel answers with a reset. */
  g_assert_cmpint (write_some (streams[1], "0123456789", 10), ==, 10);
  g_assert_cmpint (meir_stream_flush (streams[1]), ==, 0);
  meir_stream_free (streams[0]);
  g_assert_cmpint (read_until_told (streams[1], in, sizeof in), <=, 0);
  for (guint i = 0; i < 200 && write_some (streams[1], "0123456789", 10) > 0; i++)
    meir_stream_flush (streams[1]);
  g_assert_cmpint (write_some (streams[1], "0123456789", 10), ==, MEIR_STREAM_FAILED);
  g_assert_nonnull (meir_stream_get_failure (streams[1]));
  meir_stream_free (streams[1]);
}

static void
test_what_it_is (gconstpointer data)
{
  const StreamSuite *suite = data;
  MeirStream *streams[2];
  guint8 bindings[2][32] = { { 0 }, { 1 } };

  suite->make (streams, 0);
  for (guint i = 0; i < 2; i++) {
    g_assert_cmpint (meir_stream_is_encrypted (streams[i]), ==, suite->encrypted);
    g_assert_cmpint (meir_stream_get_fd (streams[i]), >=, 0);
    g_assert_cmpint (meir_stream_get_binding (streams[i], bindings[i]), ==, suite->binding);
  }
  if (suite->binding)
    g_assert_cmpmem (bindings[0], 32, bindings[1], 32);
  free_both (streams);
}

/* Freed with bytes under way in both directions, and with everything stuck. */
static void
test_free_when_stuck (gconstpointer data)
{
  const StreamSuite *suite = data;
  static const guint8 zeros[1u << 20];
  MeirStream *streams[2];
  int fds_before = net_count_fds ();

  suite->make (streams, TINY_BUFFER);
  for (guint i = 0; i < 2; i++) {
    while (write_some (streams[i], zeros, sizeof zeros) > 0)
      ;
  }
  free_both (streams);
  net_run_until (net_count_fds () <= fds_before);
}

void
stream_suite_add (const StreamSuite *suite)
{
  static const struct {
    const char *name;
    GTestDataFunc func;
  } tests[] = {
    { "data", test_data },
    { "tiny-buffers", test_tiny_buffers },
    { "would-block", test_would_block },
    { "large-write", test_large_write },
    { "flush", test_flush },
    { "end", test_end },
    { "end-behind-data", test_end_behind_data },
    { "cut", test_cut },
    { "reset", test_reset },
    { "what-it-is", test_what_it_is },
    { "free-when-stuck", test_free_when_stuck },
  };

  for (guint i = 0; i < G_N_ELEMENTS (tests); i++) {
    g_autofree char *path = g_strdup_printf ("/%s/%s", suite->name, tests[i].name);

    g_test_add_data_func (path, suite, tests[i].func);
  }
}
