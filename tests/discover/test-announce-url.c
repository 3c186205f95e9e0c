/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "discover/meir-announce-url.h"

#include "base/meir-error.h"

static void
test_parts (void)
{
  static const struct {
    const char *text;
    MeirUrlScheme scheme;
    guint16 port;
    const char *host;
    const char *name;
    const char *sent; /* what is left of it */
  } cases[] = {
    { "http://t.example/announce", MEIR_URL_HTTP, 80, "t.example", "t.example:80",
      "http://t.example/announce" },
    { "https://t.example/announce", MEIR_URL_HTTPS, 443, "t.example", "t.example:443",
      "https://t.example/announce" },
    { "HTTP://T.example:6969/a?passkey=1%2f2#x", MEIR_URL_HTTP, 6969, "t.example", "t.example:6969",
      "http://t.example:6969/a?passkey=1%2f2" },
    { "udp://[::1]:80/announce", MEIR_URL_UDP, 80, "::1", "[::1]:80", "udp://[::1]:80/announce" },
    { "udp://t.example:1337", MEIR_URL_UDP, 1337, "t.example", "t.example:1337", "udp://t.example:1337/" },
    { "http://me:secret@t.example/announce", MEIR_URL_HTTP, 80, "t.example", "t.example:80",
      "http://t.example/announce" },
    { "http://b\xc3\xbc"
      "cher.example/announce",
      MEIR_URL_HTTP, 80, "xn--bcher-kva.example", "xn--bcher-kva.example:80",
      "http://xn--bcher-kva.example/announce" },
    { "http://t.example", MEIR_URL_HTTP, 80, "t.example", "t.example:80", "http://t.example/" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (MeirAnnounceUrl) url = meir_announce_url_parse (cases[i].text, &error);
    g_autofree char *sent = NULL;

    g_assert_no_error (error);
    sent = g_uri_to_string (url->uri);
    g_assert_cmpint (url->scheme, ==, cases[i].scheme);
    g_assert_cmpuint (url->port, ==, cases[i].port);
    g_assert_cmpstr (meir_announce_url_get_host (url), ==, cases[i].host);
    g_assert_cmpstr (url->name, ==, cases[i].name);
    g_assert_cmpstr (sent, ==, cases[i].sent);
  }
}

static void
test_refused (void)
{
  static const char *const cases[] = {
    "",
    "t.example/announce",
    "/announce",
    "ftp://t.example/announce",
    "file:///etc/passwd",
    "wss://t.example/announce",
    "http:///announce",
    "http://:80/announce",
    "http://t.example:0/announce",
    "http://t.example:65536/announce",
    "http://t.example:-1/announce",
    "http://t.example:99999999999999999999/announce",
    "udp://t.example/announce",
    "http://t.exam ple/announce",
    "http://t.example/ann\r\nHost: x",
    "http://t.example/ann\x7fx",
    "http://t.example/\xff",
    "http://t.example/\xc3\xbc",
    "http://t.example/a?\xc3\xbc",
    "http://t.example/%zz",
    "http://t.ex%2fample/announce",
    "http://[::1/announce",
    "http://[t.example]/announce",
    "http://t_\"x.example/announce",
  };
  g_autofree char *long_text = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) refused = NULL;
    g_autoptr (MeirAnnounceUrl) url = meir_announce_url_parse (cases[i], &refused);

    if (url != NULL)
      g_error ("accepted: %s", cases[i]);
    g_assert_error (refused, MEIR_ERROR, MEIR_ERROR_INVALID);
    g_assert_true (g_utf8_validate (refused->message, -1, NULL));
    g_assert_null (strpbrk (refused->message, "\r\n\x7f"));
  }
  long_text = g_strnfill (10000, 'a');
  memcpy (long_text, "http://t.example/", 17);
  g_assert_null (meir_announce_url_parse (long_text, &error));
  g_assert_error (error, MEIR_ERROR, MEIR_ERROR_INVALID);
  g_assert_cmpuint (strlen (error->message), <, 2000);
}

static void
test_relative (void)
{
  static const struct {
    const char *location;
    const char *target;
  } cases[] = {
    { "/other?a=%2F", "https://t.example:8/other?a=%2F" },
    { "b/announce", "https://t.example:8/a/b/announce" },
    { "https://u.example/announce?k=%2f", "https://u.example/announce?k=%2f" },
    { "//u.example/announce", "https://u.example/announce" },
    { "http://u.example/announce", "http://u.example/announce" },
    { "https://me:secret@u.example/announce", "https://u.example/announce" },
  };
  g_autoptr (MeirAnnounceUrl) base = meir_announce_url_parse ("https://t.example:8/a/announce?k=1", NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (MeirAnnounceUrl) url = meir_announce_url_parse_relative (base, cases[i].location, NULL);
    g_autofree char *target = g_uri_to_string (url->uri);
    g_assert_cmpstr (target, ==, cases[i].target);
  }
  g_assert_null (meir_announce_url_parse_relative (base, "javascript:alert(1)", &error));
  g_assert_error (error, MEIR_ERROR, MEIR_ERROR_INVALID);
}

static void
test_is_announce (void)
{
  static const struct {
    const char *text;
    gboolean is_announce;
  } cases[] = {
    { "http://t/announce", TRUE },
    { "http://t/announce.php?x=/y", TRUE },
    { "http://t/key/announce", TRUE },
    { "http://t/announce/delete", FALSE },
    { "http://t/", FALSE },
    { "http://t/a?/announce", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (MeirAnnounceUrl) url = meir_announce_url_parse (cases[i].text, NULL);
    g_assert_cmpint (meir_announce_url_is_announce (url), ==, cases[i].is_announce);
  }
}

static void
test_secrets_stay_out_of_messages (void)
{
  static const char *const urls[] = { "ftp://me:secret@t.example/announce",
                                      "http://me:secret@/announce?passkey=secret" };

  for (guint i = 0; i < G_N_ELEMENTS (urls); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (meir_announce_url_parse (urls[i], &error));
    g_assert_error (error, MEIR_ERROR, MEIR_ERROR_INVALID);
    g_assert_null (strstr (error->message, "secret"));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/announce-url/parts", test_parts);
  g_test_add_func ("/announce-url/refused", test_refused);
  g_test_add_func ("/announce-url/relative", test_relative);
  g_test_add_func ("/announce-url/is-announce", test_is_announce);
  g_test_add_func ("/announce-url/secrets-stay-out-of-messages", test_secrets_stay_out_of_messages);
  return g_test_run ();
}
