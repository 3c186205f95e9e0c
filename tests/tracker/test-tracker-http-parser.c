/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tracker/meir-tracker-http-parser.h"

#include <string.h>

static MeirTrackerHttpResult
parse (const char *bytes, gsize length, MeirTrackerHttpRequest *request)
{
  gsize scanned = 0;

  return meir_tracker_http_parse_request (bytes, length, &scanned, request);
}

static void
assert_text (MeirTrackerHttpText text, const char *expected)
{
  g_assert_cmpmem (text.at, text.length, expected, strlen (expected));
}

static void
test_good (void)
{
  static const struct {
    const char *request, *path, *query;
    gboolean keep_alive;
  } cases[] = {
    { "GET /announce?a=b HTTP/1.1\r\nHost: h\r\n\r\n", "/announce", "a=b", TRUE },
    { "GET /announce HTTP/1.1\r\nHost: [::1]:6969\r\n\r\n", "/announce", "", TRUE },
    { "GET /a?x?y HTTP/1.1\r\nhOST:h:1\r\nCONNECTION:  Close \r\n\r\n", "/a", "x?y", FALSE },
    { "GET /a HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, close\r\n\r\n", "/a", "", FALSE },
    { "GET /a HTTP/1.1\r\nHost: h\r\nConnection: keep-alive\r\n\r\n", "/a", "", TRUE },
    { "GET / HTTP/1.0\r\n\r\n", "/", "", FALSE },
    { "GET / HTTP/1.0\r\nHost: h\r\nConnection: keep-alive\r\n\r\n", "/", "", FALSE },
    { "GET http://tracker.example:80/announce?q HTTP/1.1\r\nHost: h\r\n\r\n", "/announce", "q", TRUE },
    { "GET https://x/scrape HTTP/1.1\r\nHost: h\r\n\r\n", "/scrape", "", TRUE },
    { "GET /a HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nUser-Agent: \xc3\xa9\r\nX-Empty:\r\n\r\n", "/a", "",
      TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    gsize length = strlen (cases[i].request);
    g_autofree char *twice = g_strconcat (cases[i].request, "GET /next", NULL);
    MeirTrackerHttpRequest request;

    g_assert_cmpint (parse (cases[i].request, length, &request), ==, MEIR_TRACKER_HTTP_COMPLETE);
    g_assert_cmpuint (request.length, ==, length);
    assert_text (request.path, cases[i].path);
    assert_text (request.query, cases[i].query);
    g_assert_cmpint (request.keep_alive, ==, cases[i].keep_alive);
    /* What follows makes no difference. */
    g_assert_cmpint (parse (twice, strlen (twice), &request), ==, MEIR_TRACKER_HTTP_COMPLETE);
    g_assert_cmpuint (request.length, ==, length);
    /* Nor where it was cut. */
    for (gsize cut = 0; cut < length; cut++)
      g_assert_cmpint (parse (cases[i].request, cut, &request), ==, MEIR_TRACKER_HTTP_INCOMPLETE);
  }
}

static void
test_refused (void)
{
#define HOST "Host: h\r\n"
  static const struct {
    const char *request;
    guint status;
  } cases[] = {
    /* R06 */
    { "POST /announce HTTP/1.1\r\n", 405 },
    { "PUT /", 405 },
    { "TRACE ", 405 },
    { "CONNECT h:1 HTTP/1.1\r\n\r\n", 405 },
    { "HEAD / HTTP/1.1\r\n" HOST "\r\n", 405 },
    { "GET / HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nhello", 400 },
    { "GET / HTTP/1.1\r\n" HOST "Content-Length: -1\r\n\r\n", 400 },
    { "GET / HTTP/1.1\r\n" HOST "Content-Length: 99999999999999999999\r\n\r\n", 400 },
    { "GET / HTTP/1.1\r\n" HOST "Content-Length: 0\r\nContent-Length: 0\r\n\r\n", 400 },
    /* R07 */
    { "GET / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n", 400 },
    { "GET / HTTP/1.1\r\n" HOST "transfer-encoding: identity\r\n\r\n", 400 },
    /* R08 */
    { "GET / HTTP/1.1\r\n" HOST "X: \xff\r\n\r\n", 400 },
    { "GET / HTTP/1.1\r\n" HOST "X: a\x01\r\n\r\n", 400 },
    { "GET / HTTP/1.1\r\n" HOST "X: a\x7f\r\n\r\n", 400 },
    { "GET / HTTP/1.1\r\n" HOST "X\xc3\xa9: a\r\n\r\n", 400 },
    { "GET /\xc3\xa9 HTTP/1.1\r\n" HOST "\r\n", 400 },
    { "GET /a b HTTP/1.1\r\n" HOST "\r\n", 400 },
    { "GET / HTTP/1.1\r\n" HOST "X: a\rb\r\n\r\n", 400 },
    { "GET / HTTP/1.1\n" HOST "\r\n\r\n", 400 },
    { "GET / HTTP/1.1\r\n" HOST "X: a\nY: b\r\n\r\n", 400 },
    /* R09 */
    { "GET / HTTP/1.1\r\n\r\n", 400 },
    { "GET / HTTP/1.1\r\n" HOST HOST "\r\n", 400 },
    { "GET / HTTP/1.1\r\nHost:\r\n\r\n", 400 },
    { "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400 },
    { "GET / HTTP/1.1\r\nHost: evil/<script>\r\n\r\n", 400 },
    /* R14 */
    { "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400 },
    { "\x16\x03\x01\x02", 400 },
    { "\x13"
      "BitTorrent protocol",
      400 },
    { "GET / HTTP/1.1\r\n" HOST "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n", 400 },
    /* the rest of the grammar */
    { "get / HTTP/1.1\r\n" HOST "\r\n", 400 },
    { "GET\t/ HTTP/1.1\r\n" HOST "\r\n", 400 },
    { "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZ", 400 },
    { "GET / HTTP/2.0\r\n" HOST "\r\n", 400 },
    { "GET / HTTP/1.x\r\n" HOST "\r\n", 400 },
    { "GET / HTTQ/1.1\r\n" HOST "\r\n", 400 },
    { "GET /\r\n\r\n", 400 },
    { "GET  HTTP/1.1\r\n" HOST "\r\n", 400 },
    { "GET announce HTTP/1.1\r\n" HOST "\r\n", 400 },
    { "GET * HTTP/1.1\r\n" HOST "\r\n", 400 },
    { "GET http://x HTTP/1.1\r\n" HOST "\r\n", 400 },
    { "GET / HTTP/1.1\r\n" HOST " folded\r\n\r\n", 400 },
    { "GET / HTTP/1.1\r\n" HOST "No colon\r\n\r\n", 400 },
    { "GET / HTTP/1.1\r\n" HOST "Space : x\r\n\r\n", 400 },
    { "GET / HTTP/1.1\r\n" HOST ": x\r\n\r\n", 400 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    MeirTrackerHttpRequest request;

    g_test_message ("case %u", i);
    g_assert_cmpint (parse (cases[i].request, strlen (cases[i].request), &request), ==,
                     MEIR_TRACKER_HTTP_REFUSED);
    g_assert_cmpuint (request.status, ==, cases[i].status);
  }
}

/* R08: NUL, which no string constant holds. */
static void
test_nul (void)
{
  static const char in_target[] = "GET /a\0b HTTP/1.1\r\nHost: h\r\n\r\n";
  static const char in_header[] = "GET /ab HTTP/1.1\r\nHost: h\r\nX: a\0b\r\n\r\n";
  static const char in_name[] = "GET /ab HTTP/1.1\r\nHost: h\r\nX\0: ab\r\n\r\n";
  MeirTrackerHttpRequest request;

  g_assert_cmpint (parse (in_target, sizeof in_target - 1, &request), ==, MEIR_TRACKER_HTTP_REFUSED);
  g_assert_cmpint (parse (in_header, sizeof in_header - 1, &request), ==, MEIR_TRACKER_HTTP_REFUSED);
  g_assert_cmpint (parse (in_name, sizeof in_name - 1, &request), ==, MEIR_TRACKER_HTTP_REFUSED);
}

static GString *
make_request (gsize target_length, guint n_headers, gsize header_length)
{
  GString *text = g_string_new ("GET /");

  while (text->len < 4 + target_length)
    g_string_append_c (text, 'a');
  g_string_append (text, " HTTP/1.1\r\nHost: h\r\n");
  for (guint i = 1; i < n_headers; i++) {
    g_string_append (text, "X: ");
    for (gsize n = 3; n + 2 < header_length; n++)
      g_string_append_c (text, 'x');
    g_string_append (text, "\r\n");
  }
  return g_string_append (text, "\r\n");
}

/* Whole or byte by byte, the verdict is the same, and it falls before the buffer is full. */
static MeirTrackerHttpResult
feed (GString *text, guint *status)
{
  MeirTrackerHttpRequest whole, drip;
  MeirTrackerHttpResult result = parse (text->str, text->len, &whole), dripped = MEIR_TRACKER_HTTP_INCOMPLETE;
  gsize scanned = 0, n = 0;

  while (dripped == MEIR_TRACKER_HTTP_INCOMPLETE && n < text->len) {
    g_assert_cmpuint (n, <, MEIR_TRACKER_HTTP_REQUEST_MAX);
    dripped = meir_tracker_http_parse_request (text->str, ++n, &scanned, &drip);
  }
  g_assert_cmpint (dripped, ==, result);
  *status = 0;
  if (result == MEIR_TRACKER_HTTP_REFUSED) {
    g_assert_cmpuint (drip.status, ==, whole.status);
    *status = whole.status;
  }
  return result;
}

/* R03, at the very borders. */
static void
test_limits (void)
{
  const gsize rest = strlen ("GET ") + strlen (" HTTP/1.1"),
              longest = MEIR_TRACKER_HTTP_REQUEST_LINE_MAX - rest;
  guint status;

  for (gsize extra = 0; extra <= 60000; extra = extra * 7 + 1) {
    g_autoptr (GString) text = make_request (longest + extra, 1, 0);

    g_assert_cmpint (feed (text, &status), ==,
                     extra == 0 ? MEIR_TRACKER_HTTP_COMPLETE : MEIR_TRACKER_HTTP_REFUSED);
    g_assert_cmpuint (status, ==, extra == 0 ? 0 : 414);
  }
  for (guint n = 60; n < 70; n++) {
    g_autoptr (GString) text = make_request (10, n, 20);

    g_assert_cmpint (feed (text, &status), ==,
                     n <= 64 ? MEIR_TRACKER_HTTP_COMPLETE : MEIR_TRACKER_HTTP_REFUSED);
    g_assert_cmpuint (status, ==, n <= 64 ? 0 : 431);
  }
  for (gsize length = 16000; length < 17000; length++) {
    g_autoptr (GString) text = make_request (10, 2, length);
    gboolean fits = strlen ("Host: h\r\n") + length + 2 <= MEIR_TRACKER_HTTP_HEADERS_MAX;

    if (length % 50 != 0 && ABS ((gssize) length - 16373) > 2)
      continue;
    g_assert_cmpint (feed (text, &status), ==, fits ? MEIR_TRACKER_HTTP_COMPLETE : MEIR_TRACKER_HTTP_REFUSED);
    g_assert_cmpuint (status, ==, fits ? 0 : 431);
  }
}

/* R02 */
static void
test_parameters (void)
{
  MeirTrackerHttpText query = { "a=1&b&=2&c==&&d=%20", 19 }, name, value;
  static const char *const expected[][2] = { { "a", "1" }, { "b", "" }, { "", "2" },
                                             { "c", "=" }, { "", "" },  { "d", "%20" } };
  g_autoptr (GString) many = g_string_new (NULL);
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++) {
    g_assert_true (meir_tracker_http_next_parameter (&query, &n, &name, &value));
    assert_text (name, expected[i][0]);
    assert_text (value, expected[i][1]);
  }
  g_assert_false (meir_tracker_http_next_parameter (&query, &n, &name, &value));
  for (guint i = 0; i < 1000; i++)
    g_string_append (many, "x=y&");
  query = (MeirTrackerHttpText){ many->str, many->len };
  n = 0;
  while (meir_tracker_http_next_parameter (&query, &n, &name, &value))
    assert_text (name, "x");
  g_assert_cmpuint (n, ==, MEIR_TRACKER_HTTP_PARAMETERS_MAX);
}

static void
test_decode (void)
{
  static const struct {
    const char *text;
    gboolean good;
  } cases[] = {
    { "abc", TRUE },     { "%61b%63", TRUE },  { "%61%62%63", TRUE }, { "", FALSE },      { "ab", FALSE },
    { "abcd", FALSE },   { "ab%63d", FALSE },  { "ab%", FALSE },      { "ab%6", FALSE },  { "ab%6g", FALSE },
    { "a%b%63", FALSE }, { "%%61%62", FALSE }, { "ab%G0", FALSE },    { "ab%@0", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    guint8 bytes[4] = { 0, 0, 0, 0xaa };
    MeirTrackerHttpText text = { cases[i].text, strlen (cases[i].text) };

    g_test_message ("%s", cases[i].text);
    g_assert_cmpint (meir_tracker_http_decode_exactly (text, bytes, 3), ==, cases[i].good);
    g_assert_cmpuint (bytes[3], ==, 0xaa);
    if (cases[i].good)
      g_assert_cmpmem (bytes, 3, "abc", 3);
  }
  for (guint i = 0; i < 256; i++) {
    guint8 byte;
    char lower[4], upper[4];

    g_snprintf (lower, sizeof lower, "%%%02x", i);
    g_snprintf (upper, sizeof upper, "%%%02X", i);
    g_assert_true (meir_tracker_http_decode_exactly ((MeirTrackerHttpText){ lower, 3 }, &byte, 1));
    g_assert_cmpuint (byte, ==, i);
    g_assert_true (meir_tracker_http_decode_exactly ((MeirTrackerHttpText){ upper, 3 }, &byte, 1));
    g_assert_cmpuint (byte, ==, i);
  }
}

static void
test_numbers (void)
{
  static const struct {
    const char *text;
    guint64 max;
    gboolean good;
    guint64 number;
  } cases[] = {
    { "0", 9, TRUE, 0 },
    { "65535", G_MAXUINT64, TRUE, 65535 },
    { "000123", 1000, TRUE, 123 },
    { "200", 200, TRUE, 200 },
    { "201", 200, TRUE, 200 },
    { "18446744073709551615", G_MAXUINT64, TRUE, G_MAXUINT64 },
    { "18446744073709551616", G_MAXUINT64, TRUE, G_MAXUINT64 },
    { "99999999999999999999999999999999", G_MAXUINT64, TRUE, G_MAXUINT64 },
    { "99999999999999999999999999999999", 50, TRUE, 50 },
    { "", 9, FALSE, 0 },
    { "-1", 9, FALSE, 0 },
    { "+1", 9, FALSE, 0 },
    { " 1", 9, FALSE, 0 },
    { "1e3", 9, FALSE, 0 },
    { "0x10", 9, FALSE, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    guint64 number = 0;

    g_test_message ("%s", cases[i].text);
    g_assert_cmpint (
        meir_tracker_http_parse_number ((MeirTrackerHttpText){ cases[i].text, strlen (cases[i].text) },
                                        cases[i].max, &number),
        ==, cases[i].good);
    if (cases[i].good)
      g_assert_cmpuint (number, ==, cases[i].number);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tracker/http-parser/good", test_good);
  g_test_add_func ("/tracker/http-parser/r06-r07-r08-r09-r14-refused", test_refused);
  g_test_add_func ("/tracker/http-parser/r08-nul", test_nul);
  g_test_add_func ("/tracker/http-parser/r03-limits", test_limits);
  g_test_add_func ("/tracker/http-parser/r02-parameters", test_parameters);
  g_test_add_func ("/tracker/http-parser/decode", test_decode);
  g_test_add_func ("/tracker/http-parser/numbers", test_numbers);
  return g_test_run ();
}
