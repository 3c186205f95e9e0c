/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/meir-url.h"

#include "base/meir-error.h"

#include <string.h>

typedef struct {
  const char *text;
  MeirUrlScheme scheme;
  const char *host;
  guint16 port;
  const char *path;
  const char *canonical; /* NULL: the text itself */
} GoodCase;

static const GoodCase good[] = {
  { "http://tracker.example/announce", MEIR_URL_HTTP, "tracker.example", 80, "/announce", NULL },
  { "https://tracker.example:8443/announce?passkey=abc", MEIR_URL_HTTPS, "tracker.example", 8443,
    "/announce?passkey=abc", NULL },
  { "udp://tracker.example:6969", MEIR_URL_UDP, "tracker.example", 6969, "", NULL },
  { "udp://tracker.example:6969/announce", MEIR_URL_UDP, "tracker.example", 6969, "/announce", NULL },
  { "HTTP://Tracker.EXAMPLE:80/Announce", MEIR_URL_HTTP, "tracker.example", 80, "/Announce",
    "http://tracker.example:80/Announce" },
  { "http://192.0.2.7:6969/a", MEIR_URL_HTTP, "192.0.2.7", 6969, "/a", NULL },
  { "http://[2001:DB8::1]:6969/a", MEIR_URL_HTTP, "2001:db8::1", 6969, "/a", "http://[2001:db8::1]:6969/a" },
  { "https://[::1]/", MEIR_URL_HTTPS, "::1", 443, "/", NULL },
  { "http://host:1/", MEIR_URL_HTTP, "host", 1, "/", NULL },
  { "http://host:65535/", MEIR_URL_HTTP, "host", 65535, "/", NULL },
  { "http://host:00080/", MEIR_URL_HTTP, "host", 80, "/", "http://host:80/" },
  { "http://host:/x", MEIR_URL_HTTP, "host", 80, "/x", "http://host/x" },
  { "http://host?a=1", MEIR_URL_HTTP, "host", 80, "/?a=1", "http://host/?a=1" },
  { "http://host/a#fragment", MEIR_URL_HTTP, "host", 80, "/a", "http://host/a" },
  { "http://host#fragment?no", MEIR_URL_HTTP, "host", 80, "", "http://host" },
  { "http://a_b.c-d./x", MEIR_URL_HTTP, "a_b.c-d.", 80, "/x", NULL },
  { "http://host/a%20b%2Fc", MEIR_URL_HTTP, "host", 80, "/a%20b%2Fc", NULL },
  { "http://host/\"<>\\^`{|}", MEIR_URL_HTTP, "host", 80, "/%22%3C%3E%5C%5E%60%7B%7C%7D",
    "http://host/%22%3C%3E%5C%5E%60%7B%7C%7D" },
  { "http://host/ä", MEIR_URL_HTTP, "host", 80, "/%C3%A4", "http://host/%C3%A4" },
  { "http://bücher.example/", MEIR_URL_HTTP, "xn--bcher-kva.example", 80, "/",
    "http://xn--bcher-kva.example/" },
  { "http://user:secret@host/x", MEIR_URL_HTTP, "host", 80, "/x", NULL },
  { "http://ü:^@host/x", MEIR_URL_HTTP, "host", 80, "/x", "http://%C3%BC:%5E@host/x" },
};

static void
test_good (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (MeirUrl) url = meir_url_parse (good[i].text, &error);
    g_autofree char *canonical = NULL;
    g_autofree char *again_text = NULL;
    g_autoptr (MeirUrl) again = NULL;

    g_assert_no_error (error);
    g_assert_cmpint (url->scheme, ==, good[i].scheme);
    g_assert_cmpstr (url->host, ==, good[i].host);
    g_assert_cmpuint (url->port, ==, good[i].port);
    g_assert_cmpstr (url->path, ==, good[i].path);
    canonical = meir_url_to_string (url);
    g_assert_cmpstr (canonical, ==, good[i].canonical != NULL ? good[i].canonical : good[i].text);
    /* What is canonical stays so. */
    again = meir_url_parse (canonical, &error);
    g_assert_no_error (error);
    again_text = meir_url_to_string (again);
    g_assert_cmpstr (again_text, ==, canonical);
    g_assert_true (g_str_is_ascii (canonical));
  }
}

static void
test_parts (void)
{
  g_autoptr (MeirUrl) url = meir_url_parse ("https://me:pa%20ss@[::1]:99/x?y", NULL);
  g_autoptr (MeirUrl) plain = meir_url_parse ("http://host/", NULL);

  g_assert_cmpstr (url->userinfo, ==, "me:pa%20ss");
  g_assert_true (url->is_ipv6);
  g_assert_true (url->has_port);
  g_assert_null (plain->userinfo);
  g_assert_false (plain->is_ipv6);
  g_assert_false (plain->has_port);
}

static const struct {
  const char *text;
  const char *part; /* of the message */
} bad[] = {
  { "", "does not begin with" },
  { "http:/host/", "does not begin with" },
  { "//host/", "does not begin with" },
  { "host:80", "does not begin with" },
  { "ftp://host/", "does not begin with" },
  { "file:///etc/passwd", "does not begin with" },
  { "javascript://host/", "does not begin with" },
  { "wss://host/", "does not begin with" },
  { "http://", "has no host" },
  { "http:///x", "has no host" },
  { "http://:80/", "has no host" },
  { "http://user@/x", "has no host" },
  { "http://[]/", "has no host" },
  { "http://host/a b", "contains a space" },
  { " http://host/", "contains a space" },
  { "http://host/\r\nX-Evil: 1", "contains a space" },
  { "http://ho\tst/", "contains a space" },
  { "http://host/\x1b[31m", "contains a space" },
  { "http://host/\x7f", "contains a space" },
  { "http://host/\xff\xfe", "not UTF-8" },
  { "http://host:0/", "has a port" },
  { "http://host:65536/", "has a port" },
  { "http://host:99999999999/", "has a port" },
  { "http://host:-1/", "has a port" },
  { "http://host:8o/", "has a port" },
  { "udp://host/announce", "has no port" },
  { "udp://host:/announce", "has no port" },
  { "http://a@b@c/", "more than one" },
  { "http://a%zz@c/", "not followed by two hexadecimal digits" },
  { "http://[::1/", "not closed" },
  { "http://[::1]x:80/", "between the IPv6 address and the port" },
  { "http://[1.2.3.4]/", "between the brackets that is not an IPv6 address" },
  { "http://[fe80::1%eth0]/", "not an IPv6 address" },
  { "http://[::g]/", "not an IPv6 address" },
  { "http://a..b/", "host name that is not valid" },
  { "http://.host/", "host name that is not valid" },
  { "http://ho%2fst/", "host name that is not valid" },
  { "http://ho\\st/", "host name that is not valid" },
  { "http://ho'st/", "host name that is not valid" },
  { "http://ho<st/", "host name that is not valid" },
  { "http://host/%", "not followed by two hexadecimal digits" },
  { "http://host/%4", "not followed by two hexadecimal digits" },
  { "http://host/%zz", "not followed by two hexadecimal digits" },
};

static void
test_bad (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (meir_url_parse (bad[i].text, &error));
    g_assert_error (error, MEIR_ERROR, MEIR_ERROR_INVALID);
    if (strstr (error->message, bad[i].part) == NULL)
      g_error ("“%s” is not in “%s”", bad[i].part, error->message);
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
    for (const char *c = error->message; *c != '\0'; c++)
      g_assert_false (g_ascii_iscntrl (*c));
    /* And without anyone to tell. */
    g_assert_null (meir_url_parse (bad[i].text, NULL));
  }
}

/* A web seed is told what a web seed may begin with. */
static void
test_web (void)
{
  static const char *const not_web[] = { "udp://host:80/files", "ftp://host/", "host/files" };
  g_autoptr (MeirUrl) plain = meir_url_parse_web ("http://host/files/", NULL);
  g_autoptr (MeirUrl) encrypted = meir_url_parse_web ("HTTPS://host/files/", NULL);

  g_assert_nonnull (plain);
  g_assert_nonnull (encrypted);
  for (guint i = 0; i < G_N_ELEMENTS (not_web); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (meir_url_parse_web (not_web[i], &error));
    g_assert_error (error, MEIR_ERROR, MEIR_ERROR_INVALID);
    g_assert_nonnull (strstr (error->message, not_web[i]));
    g_assert_true (g_str_has_suffix (error->message, "begin with http:// or https://"));
  }
}

static void
test_lengths (void)
{
  g_autoptr (GString) text = g_string_new ("http://host/");
  g_autofree char *label = g_strnfill (64, 'a');
  g_autofree char *long_label = g_strdup_printf ("http://%s/", label);
  g_autofree char *good_label = g_strdup_printf ("http://%s/", label + 1);
  g_autoptr (GString) labels = g_string_new ("http://");
  g_autoptr (MeirUrl) url = NULL;
  g_autoptr (MeirUrl) short_label = meir_url_parse (good_label, NULL);

  while (text->len < MEIR_URL_LENGTH_MAX)
    g_string_append_c (text, 'x');
  url = meir_url_parse (text->str, NULL);
  g_assert_nonnull (url);
  g_string_append_c (text, 'x');
  g_assert_null (meir_url_parse (text->str, NULL));

  g_assert_null (meir_url_parse (long_label, NULL));
  g_assert_nonnull (short_label);
  for (guint i = 0; i < 127; i++)
    g_string_append (labels, "a.");
  g_assert_null (meir_url_parse (labels->str, NULL)); /* 254 bytes of host */
}

static const struct {
  const char *text;
  const char *safe;
} secrets[] = {
  { "http://host/announce", "http://host/announce" },
  { "http://me:secret@host:80/announce", "http://***@host:80/announce" },
  { "http://a@b@host/", "http://***@host/" },
  { "http://host/announce?passkey=0123456789abcdef&x=1", "http://host/announce?passkey=***&x=***" },
  { "http://host/announce?0123456789abcdef", "http://host/announce?***" },
  { "http://host/announce?", "http://host/announce?" },
  { "http://host/announce?a&&b", "http://host/announce?***&&***" },
  { "http://host/0123456789abcdef0123456789abcdef/announce", "http://host/***/announce" },
  { "http://host/a1b2c3d4e5f6a7b8", "http://host/***" },
  { "http://host/announcements-of-the-day", "http://host/announcements-of-the-day" },
  { "udp://host:80/announce", "udp://host:80/announce" },
  { "me:secret@host", "***@host" },
  { "me:secret@host/x?u=http://other", "***@host/x?u=***" },
  { "", "" },
  { "://", "://" },
};

static void
test_safe (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (secrets); i++) {
    g_autofree char *safe = meir_url_dup_safe (secrets[i].text);
    g_assert_cmpstr (safe, ==, secrets[i].safe);
  }
}

static void
test_safe_is_printable (void)
{
  g_autoptr (GString) long_text = g_string_new ("http://host/\x1b[31m\xe2\x80\xae\xff\n");
  g_autofree char *safe = NULL;

  for (guint i = 0; i < 10000; i++)
    g_string_append (long_text, "/x");
  safe = meir_url_dup_safe (long_text->str);
  g_assert_true (g_utf8_validate (safe, -1, NULL));
  g_assert_cmpint (g_utf8_strlen (safe, -1), <=, 300);
  g_assert_null (strstr (safe, "\xe2\x80\xae"));
  for (const char *c = safe; *c != '\0'; c++)
    g_assert_false (g_ascii_iscntrl (*c));
}

static void
test_error_hides_secrets (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (meir_url_parse ("http://me:hunter2@host:0/announce?passkey=swordfish", &error));
  g_assert_null (strstr (error->message, "hunter2"));
  g_assert_null (strstr (error->message, "swordfish"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/meta/url/good", test_good);
  g_test_add_func ("/meta/url/parts", test_parts);
  g_test_add_func ("/meta/url/bad", test_bad);
  g_test_add_func ("/meta/url/web", test_web);
  g_test_add_func ("/meta/url/lengths", test_lengths);
  g_test_add_func ("/meta/url/safe", test_safe);
  g_test_add_func ("/meta/url/safe-is-printable", test_safe_is_printable);
  g_test_add_func ("/meta/url/error-hides-secrets", test_error_hides_secrets);
  return g_test_run ();
}
