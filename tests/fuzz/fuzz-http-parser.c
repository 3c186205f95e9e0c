/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz-target.h"

#include "tracker/meir-tracker-http-answer.h"

#include <string.h>

/* The tracker's HTTP side below its sockets: a stream of requests is cut into requests, each is answered. */

static void
check_response (const guint8 *response, gsize length)
{
  const char *text = (const char *) response;
  const char *end, *content_length;

  g_assert_true (length > 20 && length <= MEIR_TRACKER_HTTP_ANSWER_MAX);
  g_assert_true (memcmp (text, "HTTP/1.1 ", 9) == 0);
  end = memmem (text, length, "\r\n\r\n", 4);
  content_length = memmem (text, length, "Content-Length: ", 16);
  g_assert_true (end != NULL && content_length != NULL && content_length < end);
  g_assert_true (g_ascii_strtoull (content_length + 16, NULL, 10) == length - (gsize) (end + 4 - text));
  g_assert_true (end[4] == 'd' && text[length - 1] == 'e');
}

/* A request that drips in is judged as one that comes at once. */
static void
check_drip (const char *bytes, gsize length, MeirTrackerHttpResult result,
            const MeirTrackerHttpRequest *request)
{
  MeirTrackerHttpRequest dripped;
  gsize scanned = 0;

  for (gsize n = 1; n <= length; n += 1 + n / 8) {
    MeirTrackerHttpResult now = meir_tracker_http_parse_request (bytes, n, &scanned, &dripped);

    if (now == MEIR_TRACKER_HTTP_INCOMPLETE)
      continue;
    g_assert_true (now == result);
    if (now == MEIR_TRACKER_HTTP_COMPLETE)
      g_assert_true (dripped.length == request->length && dripped.path.length == request->path.length);
    return;
  }
}

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t length)
{
  static guint8 response[MEIR_TRACKER_HTTP_ANSWER_MAX];
  static const guint8 secret[32] = { 1 };
  MeirTrackerStoreLimits limits = { 1800, 100, 100, 1 << 20 };
  MeirTrackerCore core = { .interval_sec = 1800, .min_interval_sec = 60 };
  MeirEndpoint source = { .bytes = { 9, 8, 7, 6 }, .port = 5, .family = 4 };
  const char *at = (const char *) bytes;
  gboolean keep_open = TRUE;

  core.store = meir_tracker_store_new (&limits, secret, NULL, NULL);
  while (length > 0 && keep_open) {
    MeirTrackerHttpRequest request;
    gsize scanned = 0;
    MeirTrackerHttpResult result = meir_tracker_http_parse_request (at, length, &scanned, &request);

    check_drip (at, length, result, &request);
    if (result == MEIR_TRACKER_HTTP_INCOMPLETE) {
      g_assert_true (length < MEIR_TRACKER_HTTP_REQUEST_MAX);
      break;
    }
    if (result == MEIR_TRACKER_HTTP_REFUSED) {
      check_response (response, meir_tracker_http_answer_refused (&core, request.status, response));
      break;
    }
    g_assert_true (request.length <= length && request.path.at > at &&
                   request.path.at + request.path.length <= request.query.at + 1 &&
                   request.query.at + request.query.length <= at + request.length);
    check_response (response,
                    meir_tracker_http_answer (&core, &request, &source, FALSE, 1, response, &keep_open));
    at += request.length;
    length -= request.length;
  }
  meir_tracker_store_free (core.store);
  return 0;
}
