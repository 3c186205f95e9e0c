/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/meir-endpoint.h"

#include "base/meir-error.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

static MeirEndpoint
parse (const char *text)
{
  MeirEndpoint endpoint;
  g_autoptr (GError) error = NULL;

  g_assert_true (meir_endpoint_parse (&endpoint, text, &error));
  g_assert_no_error (error);
  return endpoint;
}

static void
test_parse_and_format (void)
{
  static const struct {
    const char *text;
    const char *formatted;
  } cases[] = {
    { "1.2.3.4:80", "1.2.3.4:80" },
    { "255.255.255.255:65535", "255.255.255.255:65535" },
    { "0.0.0.0:0", "0.0.0.0:0" },
    { "[::1]:80", "[::1]:80" },
    { "[2001:DB8:0:0::1]:00080", "[2001:db8::1]:80" },
    { "[ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255]:65535",
      "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535" },
    { "[::ffff:1.2.3.4]:80", "1.2.3.4:80" }, /* IPv4-mapped is IPv4 */
  };
  char text[MEIR_ENDPOINT_TEXT_MAX];

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    MeirEndpoint endpoint = parse (cases[i].text);

    g_assert_cmpstr (meir_endpoint_format (&endpoint, text), ==, cases[i].formatted);
  }
  g_assert_cmpstr (meir_endpoint_format (&(MeirEndpoint){ 0 }, text), ==, "unknown");
}

static void
test_parse_refuses (void)
{
  static const char *bad[] = {
    "",
    ":",
    "1.2.3.4",
    "1.2.3.4:",
    "1.2.3.4:65536",
    "1.2.3.4:999999",
    "1.2.3.4:-1",
    "1.2.3.4:8 0",
    "1.2.3.4:80x",
    "1.2.3:80",
    "1.2.3.4.5:80",
    "256.1.1.1:80",
    "01.2.3.4.:80",
    "2130706433:80",
    "0x7f.1:80",
    "127.1:80",
    "::1:80",
    "[::1]",
    "[::1]80",
    "[::1",
    "[]:80",
    "[1.2.3.4]:80",
    "[fe80::1%eth0]:80",
    "localhost:80",
    "example.org:80",
    " 1.2.3.4:80",
    "1.2.3.4:80 ",
    "[0000:0000:0000:0000:0000:0000:0000:0000:0000:0000]:80",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    MeirEndpoint endpoint;
    g_autoptr (GError) error = NULL;

    g_assert_false (meir_endpoint_parse (&endpoint, bad[i], &error));
    g_assert_error (error, MEIR_ERROR, MEIR_ERROR_INVALID);
    g_assert_false (meir_endpoint_parse (&endpoint, bad[i], NULL));
  }
}

/* What the message quotes cannot carry an escape sequence to the terminal. */
static void
test_parse_error_is_safe (void)
{
  MeirEndpoint endpoint;
  g_autoptr (GError) error = NULL;

  g_assert_false (meir_endpoint_parse (&endpoint, "\033[2J\xff:80", &error));
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_null (strchr (error->message, '\033'));
}

static void
test_address_alone (void)
{
  static const char *const bad[] = { "",       "localhost", "1.2.3",    "1.2.3.4:80", "[::1]",
                                     "::1%lo", "::g",       " 1.2.3.4", "1.2.3.256",  "0x7f.1" };
  MeirEndpoint endpoint;

  g_assert_true (meir_endpoint_parse_address (&endpoint, "192.0.2.7", NULL));
  g_assert_true (meir_endpoint_equal (&endpoint, &(MeirEndpoint){ { 192, 0, 2, 7 }, 0, 4 }));
  g_assert_true (meir_endpoint_parse_address (&endpoint, "2001:db8::7", NULL));
  g_assert_true (meir_endpoint_equal (&endpoint, &(MeirEndpoint){ { 0x20, 1, 0x0d, 0xb8, [15] = 7 }, 0, 6 }));
  g_assert_true (meir_endpoint_parse_address (&endpoint, "::ffff:192.0.2.7", NULL));
  g_assert_true (meir_endpoint_equal (&endpoint, &(MeirEndpoint){ { 192, 0, 2, 7 }, 0, 4 }));
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_false (meir_endpoint_parse_address (&endpoint, bad[i], &error));
    g_assert_error (error, MEIR_ERROR, MEIR_ERROR_INVALID);
  }
}

static void
test_sockaddr (void)
{
  static const char *texts[] = { "192.0.2.7:6881", "[2001:db8::7]:6881" };
  struct sockaddr_storage address;
  struct sockaddr_in6 mapped = { .sin6_family = AF_INET6, .sin6_port = g_htons (80) };
  MeirEndpoint back;

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    MeirEndpoint endpoint = parse (texts[i]);
    socklen_t length = meir_endpoint_to_sockaddr (&endpoint, &address);

    g_assert_cmpuint (length, ==, i == 0 ? sizeof (struct sockaddr_in) : sizeof (struct sockaddr_in6));
    g_assert_true (meir_endpoint_from_sockaddr (&back, (struct sockaddr *) &address, length));
    g_assert_true (meir_endpoint_equal (&back, &endpoint));
    g_assert_false (meir_endpoint_from_sockaddr (&back, (struct sockaddr *) &address, length - 1));
  }
  g_assert_cmpint (inet_pton (AF_INET6, "::ffff:1.2.3.4", &mapped.sin6_addr), ==, 1);
  g_assert_true (meir_endpoint_from_sockaddr (&back, (struct sockaddr *) &mapped, sizeof mapped));
  g_assert_cmpuint (back.family, ==, 4);

  memset (&address, 0, sizeof address);
  address.ss_family = AF_UNIX;
  g_assert_false (meir_endpoint_from_sockaddr (&back, (struct sockaddr *) &address, sizeof address));
  g_assert_cmpuint (meir_endpoint_to_sockaddr (&(MeirEndpoint){ 0 }, &address), ==, 0);
}

static void
test_compact (void)
{
  MeirEndpoint endpoint;
  guint8 compact[18];

  meir_endpoint_from_compact (&endpoint, (const guint8 *) "\x01\x02\x03\x04\x1a\xe1", 4);
  g_assert_true (meir_endpoint_equal (&endpoint, &(MeirEndpoint){ { 1, 2, 3, 4 }, 6881, 4 }));
  g_assert_cmpuint (meir_endpoint_to_compact (&endpoint, compact), ==, 6);
  g_assert_cmpmem (compact, 6, "\x01\x02\x03\x04\x1a\xe1", 6);

  endpoint = parse ("[2001:db8::7]:6881");
  g_assert_cmpuint (meir_endpoint_to_compact (&endpoint, compact), ==, 18);
  g_assert_cmpmem (compact, 18, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\7\x1a\xe1", 18);
  meir_endpoint_from_compact (&endpoint, compact, 6);
  g_assert_true (
      meir_endpoint_equal (&endpoint, &(MeirEndpoint){ { 0x20, 1, 0x0d, 0xb8, [15] = 7 }, 6881, 6 }));

  meir_endpoint_from_compact (&endpoint, (const guint8 *) "\0\0\0\0\0\0\0\0\0\0\xff\xff\1\2\3\4\0\x50", 6);
  g_assert_cmpuint (endpoint.family, ==, 4);
  g_assert_cmpuint (endpoint.port, ==, 80);
}

static void
test_comparisons (void)
{
  MeirEndpoint a = parse ("1.2.3.4:80");
  MeirEndpoint b = parse ("1.2.3.4:81");
  MeirEndpoint c = parse ("1.2.3.5:1");
  MeirEndpoint d = parse ("[102:304::]:80"); /* the same first bytes */

  g_assert_false (meir_endpoint_equal (&a, &b));
  g_assert_true (meir_endpoint_same_address (&a, &b));
  g_assert_false (meir_endpoint_same_address (&a, &c));
  g_assert_false (meir_endpoint_same_address (&a, &d));
  g_assert_cmpuint (meir_endpoint_hash (&a), ==,
                    meir_endpoint_hash (&(MeirEndpoint){ { 1, 2, 3, 4 }, 80, 4 }));
  g_assert_cmpuint (meir_endpoint_hash (&a), !=, meir_endpoint_hash (&b));
  g_assert_cmpuint (meir_endpoint_hash (&a), !=, meir_endpoint_hash (&d));
}

static void
test_kinds (void)
{
  static const struct {
    const char *text;
    gboolean loopback, local_network, usable;
  } cases[] = {
    { "127.0.0.1:1", TRUE, FALSE, TRUE },
    { "127.255.0.1:1", TRUE, FALSE, TRUE },
    { "[::1]:1", TRUE, FALSE, TRUE },
    { "[::ffff:127.0.0.1]:1", TRUE, FALSE, TRUE },
    { "10.0.0.1:1", FALSE, TRUE, TRUE },
    { "172.15.0.1:1", FALSE, FALSE, TRUE },
    { "172.16.0.1:1", FALSE, TRUE, TRUE },
    { "172.31.255.1:1", FALSE, TRUE, TRUE },
    { "172.32.0.1:1", FALSE, FALSE, TRUE },
    { "192.168.1.1:1", FALSE, TRUE, TRUE },
    { "192.169.1.1:1", FALSE, FALSE, TRUE },
    { "169.254.9.9:1", FALSE, TRUE, TRUE },
    { "[fe80::1]:1", FALSE, TRUE, TRUE },
    { "[febf::1]:1", FALSE, TRUE, TRUE },
    { "[fec0::1]:1", FALSE, FALSE, TRUE },
    { "[fc00::1]:1", FALSE, TRUE, TRUE },
    { "[fdff::1]:1", FALSE, TRUE, TRUE },
    { "[fe00::1]:1", FALSE, FALSE, TRUE },
    { "8.8.8.8:53", FALSE, FALSE, TRUE },
    { "8.8.8.8:0", FALSE, FALSE, FALSE },
    { "0.0.0.0:1", FALSE, FALSE, FALSE },
    { "0.1.2.3:1", FALSE, FALSE, FALSE },
    { "224.0.0.1:1", FALSE, FALSE, FALSE },
    { "239.9.9.9:1", FALSE, FALSE, FALSE },
    { "240.0.0.1:1", FALSE, FALSE, FALSE },
    { "255.255.255.255:1", FALSE, FALSE, FALSE },
    { "223.255.255.255:1", FALSE, FALSE, TRUE },
    { "[::]:1", FALSE, FALSE, FALSE },
    { "[ff02::1]:1", FALSE, FALSE, FALSE },
    { "[2001:db8::1]:1", FALSE, FALSE, TRUE },
  };
  MeirEndpoint unset = { .port = 1 };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    MeirEndpoint endpoint = parse (cases[i].text);

    g_test_message ("%s", cases[i].text);
    g_assert_cmpint (meir_endpoint_is_loopback (&endpoint), ==, cases[i].loopback);
    g_assert_cmpint (meir_endpoint_is_local_network (&endpoint), ==, cases[i].local_network);
    g_assert_cmpint (meir_endpoint_is_usable (&endpoint), ==, cases[i].usable);
    g_assert_cmpint (meir_endpoint_is_outside (&endpoint), ==, !cases[i].loopback && !cases[i].local_network);
  }
  g_assert_false (meir_endpoint_is_loopback (&unset));
  g_assert_false (meir_endpoint_is_local_network (&unset));
  g_assert_false (meir_endpoint_is_usable (&unset));
  g_assert_false (meir_endpoint_is_outside (&unset));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/endpoint/parse-and-format", test_parse_and_format);
  g_test_add_func ("/endpoint/parse-refuses", test_parse_refuses);
  g_test_add_func ("/endpoint/parse-error-is-safe", test_parse_error_is_safe);
  g_test_add_func ("/endpoint/address-alone", test_address_alone);
  g_test_add_func ("/endpoint/sockaddr", test_sockaddr);
  g_test_add_func ("/endpoint/compact", test_compact);
  g_test_add_func ("/endpoint/comparisons", test_comparisons);
  g_test_add_func ("/endpoint/kinds", test_kinds);
  return g_test_run ();
}
