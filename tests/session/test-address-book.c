/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/meir-address-book.h"

#define SEC ((gint64) G_USEC_PER_SEC)

static MeirEndpoint
endpoint (const char *text)
{
  MeirEndpoint parsed;

  g_assert_true (meir_endpoint_parse (&parsed, text, NULL));
  return parsed;
}

static gboolean
is_banned (MeirAddressBook *book, const char *text, gint64 now_usec)
{
  MeirEndpoint address = endpoint (text);

  return meir_address_book_is_banned (book, &address, now_usec);
}

/* W43: by address, whatever the port; a household behind IPv6 has a /64. */
static void
test_bans (void)
{
  g_autoptr (MeirAddressBook) book = meir_address_book_new ();
  MeirEndpoint v4 = endpoint ("192.0.2.1:1000");
  MeirEndpoint v6 = endpoint ("[2001:db8:1:2:3::1]:1000");

  g_assert_false (is_banned (book, "192.0.2.1:1000", 0));
  meir_address_book_ban (book, &v4, 10 * SEC);
  meir_address_book_ban (book, &v6, 10 * SEC);
  g_assert_true (is_banned (book, "192.0.2.1:1000", 0));
  g_assert_true (is_banned (book, "192.0.2.1:2", 10 * SEC - 1));
  g_assert_false (is_banned (book, "192.0.2.2:1000", 0));
  g_assert_true (is_banned (book, "[2001:db8:1:2:ffff::9]:77", 0));
  g_assert_false (is_banned (book, "[2001:db8:1:3::1]:1000", 0));
  g_assert_false (is_banned (book, "192.0.2.1:1000", 10 * SEC));

  /* A shorter ban does not shorten a longer one. */
  meir_address_book_ban (book, &v4, 5 * SEC);
  g_assert_true (is_banned (book, "192.0.2.1:1000", 9 * SEC));
  meir_address_book_sweep (book, 9 * SEC);
  g_assert_true (is_banned (book, "192.0.2.1:1000", 9 * SEC));
  meir_address_book_sweep (book, 10 * SEC);
  g_assert_false (is_banned (book, "192.0.2.1:1000", 0));
}

/* By endpoint: behind one address there may be clients of both kinds. */
static void
test_tls_memory (void)
{
  g_autoptr (MeirAddressBook) book = meir_address_book_new ();
  MeirEndpoint first = endpoint ("192.0.2.1:1000");
  MeirEndpoint second = endpoint ("192.0.2.1:1001");

  meir_address_book_remember_tls (book, &first, 10 * SEC);
  g_assert_true (meir_address_book_speaks_tls (book, &first, 9 * SEC));
  g_assert_false (meir_address_book_speaks_tls (book, &second, 9 * SEC));
  g_assert_false (meir_address_book_speaks_tls (book, &first, 10 * SEC));
}

/* W56 */
static void
test_connections (void)
{
  g_autoptr (MeirAddressBook) book = meir_address_book_new ();
  MeirEndpoint first = endpoint ("192.0.2.1:1000");
  MeirEndpoint second = endpoint ("192.0.2.1:1001");
  MeirEndpoint other = endpoint ("192.0.2.2:1000");

  meir_address_book_connected (book, &first);
  meir_address_book_connected (book, &second);
  g_assert_cmpuint (meir_address_book_count (book, &first), ==, 2);
  g_assert_cmpuint (meir_address_book_count (book, &other), ==, 0);
  meir_address_book_sweep (book, G_MAXINT64);
  g_assert_cmpuint (meir_address_book_count (book, &first), ==, 2);
  meir_address_book_disconnected (book, &first);
  meir_address_book_disconnected (book, &second);
  g_assert_cmpuint (meir_address_book_count (book, &first), ==, 0);
  meir_address_book_disconnected (book, &first);
  g_assert_cmpuint (meir_address_book_count (book, &first), ==, 0);
}

static gboolean
may_dial (MeirAddressBook *book, const char *text, gint64 now_usec)
{
  MeirEndpoint address = endpoint (text);

  return meir_address_book_may_dial (book, &address, now_usec);
}

/* E16, H13: nobody can aim a swarm at a neighbourhood. */
static void
test_dials (void)
{
  g_autoptr (MeirAddressBook) book = meir_address_book_new ();

  for (guint i = 0; i < 3; i++) {
    g_autofree char *v4 = g_strdup_printf ("198.51.100.%u:80", i + 1);
    g_autofree char *v6 = g_strdup_printf ("[2001:db8:7:%u::1]:80", i + 1);

    g_assert_true (may_dial (book, v4, 0));
    g_assert_true (may_dial (book, v6, 0));
  }
  g_assert_false (may_dial (book, "198.51.100.9:81", 59 * SEC));
  g_assert_false (may_dial (book, "[2001:db8:7:9::1]:80", 59 * SEC));
  g_assert_true (may_dial (book, "198.51.101.1:80", 59 * SEC));
  g_assert_true (may_dial (book, "[2001:db8:8::1]:80", 59 * SEC));
  g_assert_true (may_dial (book, "198.51.100.9:81", 60 * SEC));

  for (guint i = 0; i < 100; i++) {
    g_assert_true (may_dial (book, "127.0.0.1:80", 0));
    g_assert_true (may_dial (book, "192.168.1.7:80", 0));
  }
}

/* However many addresses come: the book is full at some point, and a sweep empties it. */
static void
test_bounds (void)
{
  g_autoptr (MeirAddressBook) book = meir_address_book_new ();
  MeirEndpoint address = endpoint ("198.18.0.0:80");
  guint n_kept = 0;

  for (guint i = 0; i < 30000; i++) {
    address.bytes[1] = (guint8) (18 + (i >> 16));
    address.bytes[2] = (guint8) (i >> 8);
    address.bytes[3] = (guint8) i;
    meir_address_book_ban (book, &address, SEC);
    n_kept += meir_address_book_is_banned (book, &address, 0);
  }
  g_assert_cmpuint (n_kept, ==, 20000);
  meir_address_book_sweep (book, SEC);
  meir_address_book_ban (book, &address, 2 * SEC);
  g_assert_true (meir_address_book_is_banned (book, &address, SEC));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/address-book/bans", test_bans);
  g_test_add_func ("/address-book/tls-memory", test_tls_memory);
  g_test_add_func ("/address-book/connections", test_connections);
  g_test_add_func ("/address-book/dials", test_dials);
  g_test_add_func ("/address-book/bounds", test_bounds);
  return g_test_run ();
}
