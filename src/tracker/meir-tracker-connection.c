/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tracker/meir-tracker-connection.h"

#include "tracker/meir-tracker-http-answer.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Reads in one turn before others have theirs. */
#define READS_PER_TURN 16u
/* Bytes thrown away for a client that goes on sending after its last answer. */
#define LINGER_BYTES_MAX (256u << 10)
#define INPUT_MIN        512u

typedef enum {
  DONE,    /* go on */
  BLOCKED, /* wait for an event */
  GONE,    /* the connection does not exist any more */
} Progress;

static void on_event (MeirWatch *watch, guint32 events);
static void run (MeirTrackerConnection *self);

static inline MeirLoop *
get_loop (MeirTrackerConnection *self)
{
  return self->host->core->loop;
}

static void
enter (MeirTrackerConnection *self, MeirTrackerConnectionState state)
{
  self->state = state;
  self->since_usec = meir_loop_now_usec (get_loop (self));
  self->host->moved (self);
}

void
meir_tracker_connection_close (MeirTrackerConnection *self)
{
  meir_loop_clear_ready (get_loop (self), &self->ready);
  if (self->watched)
    meir_loop_unwatch (get_loop (self), &self->watch);
  if (self->stream != NULL)
    meir_stream_free (self->stream);
  else
    close (self->fd);
  self->host->held_bytes -= self->input_allocated + self->output_length;
  g_free (self->input);
  g_free (self->output);
  self->host->gone (self);
}

/* TLS holds bytes that no event tells of, so it is watched for edges and read until it would block
 * (MeirStream); plain TCP is watched for the level, which needs one read for each event. */
static Progress
wait_for (MeirTrackerConnection *self, guint32 events)
{
  if (self->stream != NULL)
    events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  if (self->watched && self->watch.events == events)
    return BLOCKED;
  if (self->watched) {
    meir_loop_watch_change (get_loop (self), &self->watch, events);
    return BLOCKED;
  }
  self->watched = meir_loop_watch (get_loop (self), &self->watch, self->fd, events, on_event, NULL);
  if (self->watched)
    return BLOCKED;
  meir_tracker_connection_close (self);
  return GONE;
}

/* The values of meir_stream_readv (). */
static gssize
read_some (MeirTrackerConnection *self, char *bytes, gsize length)
{
  gssize n;

  if (self->stream != NULL)
    return meir_stream_readv (self->stream, &(struct iovec){ bytes, length }, 1);
  do
    n = recv (self->fd, bytes, length, MSG_DONTWAIT);
  while (n < 0 && errno == EINTR);
  if (n >= 0)
    return n;
  return errno == EAGAIN ? MEIR_STREAM_WOULD_BLOCK : MEIR_STREAM_FAILED;
}

static gssize
write_some (MeirTrackerConnection *self, const guint8 *bytes, gsize length)
{
  gssize n;

  if (self->stream != NULL)
    return meir_stream_writev (self->stream, &(struct iovec){ (guint8 *) bytes, length }, 1);
  do
    n = send (self->fd, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);
  if (n >= 0)
    return n;
  return errno == EAGAIN ? MEIR_STREAM_WOULD_BLOCK : MEIR_STREAM_FAILED;
}

/* Writes as many of @bytes as are taken: *@sent. DONE: all, and none of them lies in the stream's own buffer.
 */
static Progress
write_all (MeirTrackerConnection *self, const guint8 *bytes, gsize length, gsize *sent)
{
  gssize n = 0;

  for (*sent = 0; *sent < length && n >= 0;) {
    n = write_some (self, bytes + *sent, length - *sent);
    *sent += (gsize) MAX (n, 0);
  }
  meir_tracker_tally_add (&self->host->core->tally.bytes_out, *sent);
  if (n >= 0 && self->stream != NULL)
    n = meir_stream_flush (self->stream);
  if (n != MEIR_STREAM_FAILED)
    return n == MEIR_STREAM_WOULD_BLOCK ? BLOCKED : DONE;
  meir_tracker_connection_close (self);
  return GONE;
}

/* Sends answers; what is not taken is kept, and the connection reads no more until it has gone. */
static Progress
push (MeirTrackerConnection *self, const guint8 *bytes, gsize length)
{
  gsize sent, left;
  Progress progress = write_all (self, bytes, length, &sent);

  if (progress != BLOCKED)
    return progress;
  left = length - sent;
  if (left > 0) {
    if (self->host->held_bytes + left <= MEIR_TRACKER_HELD_MAX)
      self->output = g_try_malloc (left);
    if (self->output == NULL) {
      meir_tracker_connection_close (self);
      return GONE;
    }
    memcpy (self->output, bytes + sent, left);
    self->host->held_bytes += left;
  }
  self->output_length = (guint32) left;
  self->output_sent = 0;
  self->sending = TRUE;
  enter (self, MEIR_TRACKER_WAITING);
  return wait_for (self, EPOLLOUT);
}

static Progress
push_kept (MeirTrackerConnection *self)
{
  gsize sent;
  Progress progress =
      write_all (self, self->output + self->output_sent, self->output_length - self->output_sent, &sent);

  if (progress == GONE)
    return GONE;
  self->output_sent += (guint32) sent;
  if (progress == BLOCKED)
    return wait_for (self, EPOLLOUT);
  self->host->held_bytes -= self->output_length;
  g_clear_pointer (&self->output, g_free);
  self->output_length = 0;
  self->sending = FALSE;
  enter (self, self->input_length > 0 ? MEIR_TRACKER_WAITING : MEIR_TRACKER_IDLE);
  return DONE;
}

/* Keeps @length bytes of input for later. */
static gboolean
keep_input (MeirTrackerConnection *self, const char *bytes, gsize length)
{
  if (length > self->input_allocated) {
    gsize allocated = MAX (INPUT_MIN, self->input_allocated * 2u);
    char *input;

    while (allocated < length)
      allocated *= 2;
    if (self->host->held_bytes + allocated > MEIR_TRACKER_HELD_MAX)
      return FALSE;
    input = g_try_realloc (self->input, allocated);
    if (input == NULL)
      return FALSE;
    self->host->held_bytes += allocated - self->input_allocated;
    self->input = input;
    self->input_allocated = (guint32) allocated;
  }
  if (length > 0) {
    memcpy (self->input, bytes, length);
  } else if (self->input != NULL) {
    self->host->held_bytes -= self->input_allocated;
    g_clear_pointer (&self->input, g_free);
    self->input_allocated = 0;
  }
  self->input_length = (guint32) length;
  return TRUE;
}

/* The last answer is out. */
static Progress
finish (MeirTrackerConnection *self)
{
  if (!self->lingers || self->stream != NULL || shutdown (self->fd, SHUT_WR) < 0) {
    meir_tracker_connection_close (self);
    return GONE;
  }
  enter (self, MEIR_TRACKER_LINGERING);
  return wait_for (self, EPOLLIN);
}

/* Answers the whole requests of @bytes into the shared output. Returns how many bytes they were;
 * *@output_length is left for the caller to send. Stops where the output is full. */
static gsize
answer_whole (MeirTrackerConnection *self, const char *bytes, gsize length, gsize *output_length)
{
  MeirTrackerConnectionHost *host = self->host;
  gint64 now_usec = meir_loop_now_usec (host->core->loop);
  gsize at = 0;

  self->unparsed = FALSE;
  for (*output_length = 0; at < length && !self->closing;) {
    guint8 *response = host->output + *output_length;
    MeirTrackerHttpRequest request;
    gboolean keep_open = FALSE;

    if (*output_length + MEIR_TRACKER_HTTP_ANSWER_MAX > MEIR_TRACKER_OUTPUT_MAX) {
      self->unparsed = TRUE;
      break;
    }
    switch (meir_tracker_http_parse_request (bytes + at, length - at, &self->scanned, &request)) {
    case MEIR_TRACKER_HTTP_INCOMPLETE:
      return at;
    case MEIR_TRACKER_HTTP_REFUSED:
      *output_length += meir_tracker_http_answer_refused (host->core, request.status, response);
      self->closing = self->lingers = TRUE;
      break;
    case MEIR_TRACKER_HTTP_COMPLETE:
    default:
      *output_length += meir_tracker_http_answer (host->core, &request, &self->source, self->stream != NULL,
                                                  now_usec, response, &keep_open);
      at += request.length;
      self->closing = !keep_open;
      self->lingers = request.keep_alive;
      break;
    }
  }
  return at;
}

/* Answers what is whole of @length bytes in the shared input, sends, and keeps the rest. */
static Progress
answer_input (MeirTrackerConnection *self, gsize length)
{
  const char *bytes = self->host->input;
  gsize output_length, used;
  gboolean answered = FALSE;

  do {
    Progress progress;

    used = answer_whole (self, bytes, length, &output_length);
    bytes += used;
    length -= used;
    if (output_length == 0)
      break;
    answered = TRUE;
    progress = push (self, self->host->output, output_length);
    if (progress == GONE)
      return GONE;
    if (progress == BLOCKED) {
      self->unparsed = length > 0;
      if (keep_input (self, bytes, length))
        return BLOCKED;
      meir_tracker_connection_close (self);
      return GONE;
    }
  } while (self->unparsed);

  if (self->closing)
    return finish (self);
  if (!keep_input (self, bytes, length)) {
    meir_tracker_connection_close (self);
    return GONE;
  }
  /* The time limit of a half request counts from its beginning, not from its latest byte. */
  if (length == 0)
    enter (self, MEIR_TRACKER_IDLE);
  else if (answered || self->state == MEIR_TRACKER_IDLE)
    enter (self, MEIR_TRACKER_WAITING);
  return DONE;
}

/* One read and what follows from it. BLOCKED: nothing more is to be had now. */
static Progress
take_turn (MeirTrackerConnection *self)
{
  char *input = self->host->input;
  gsize length = self->input_length, room = MEIR_TRACKER_HTTP_REQUEST_MAX - length;
  gboolean drained = FALSE;
  Progress progress;

  if (length > 0)
    memcpy (input, self->input, length);
  if (!self->unparsed) {
    gssize n = read_some (self, input + length, room);

    if (n == MEIR_STREAM_WOULD_BLOCK)
      return wait_for (self, EPOLLIN);
    if (n <= 0) {
      meir_tracker_connection_close (self);
      return GONE;
    }
    meir_tracker_tally_add (&self->host->core->tally.bytes_in, (guint64) n);
    length += (gsize) n;
    drained = self->stream == NULL && (gsize) n < room;
  }
  progress = answer_input (self, length);
  return progress == DONE && drained ? wait_for (self, EPOLLIN) : progress;
}

static gboolean
on_ready (MeirReady *ready, gint64 now_usec)
{
  run (MEIR_OWNER_OF (ready, MeirTrackerConnection, ready));
  return FALSE;
}

static void
throw_away (MeirTrackerConnection *self)
{
  gssize n = read_some (self, self->host->input, MEIR_TRACKER_HTTP_REQUEST_MAX);

  if (n > 0)
    self->lingered_bytes += (guint32) n;
  if (n == 0 || n == MEIR_STREAM_FAILED || self->lingered_bytes > LINGER_BYTES_MAX)
    meir_tracker_connection_close (self);
}

static void
run (MeirTrackerConnection *self)
{
  Progress progress = DONE;

  if (self->state == MEIR_TRACKER_LINGERING) {
    throw_away (self);
    return;
  }
  if (self->sending)
    progress = push_kept (self);
  if (progress == DONE && self->closing)
    progress = finish (self);
  for (guint i = 0; progress == DONE && i < READS_PER_TURN; i++)
    progress = take_turn (self);
  if (progress == DONE)
    meir_loop_make_ready (get_loop (self), &self->ready, on_ready);
}

static void
on_event (MeirWatch *watch, guint32 events)
{
  MeirTrackerConnection *self = (MeirTrackerConnection *) watch;

  meir_loop_clear_ready (get_loop (self), &self->ready);
  run (self);
}

void
meir_tracker_connection_start (MeirTrackerConnection *self, MeirTrackerConnectionHost *host, int fd,
                               MeirStream *stream, const MeirEndpoint *source)
{
  self->host = host;
  self->fd = fd;
  self->stream = stream;
  self->source = *source;
  enter (self, MEIR_TRACKER_WAITING);
  run (self);
}
