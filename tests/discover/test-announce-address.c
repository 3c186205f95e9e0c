/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "discover/meir-announce-address.h"

static void
check (GSocketAddressEnumerator *enumerator)
{
  static const char *const expected[] = { "127.0.0.1", "::1" };

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++) {
    g_autoptr (GSocketAddress) address = g_socket_address_enumerator_next (enumerator, NULL, NULL);
    g_autofree char *text = NULL;

    g_assert_true (G_IS_INET_SOCKET_ADDRESS (address));
    text = g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));
    g_assert_cmpstr (text, ==, expected[i]);
    g_assert_cmpuint (g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address)), ==, 80 + i);
  }
  g_assert_null (g_socket_address_enumerator_next (enumerator, NULL, NULL));
  g_assert_null (g_socket_address_enumerator_next (enumerator, NULL, NULL));
}

/* The name is for the certificate; the addresses are those given, in every walk through them, and the name,
 * which does not exist, is never looked up. */
static void
test_addresses (void)
{
  g_autoptr (GSocketConnectable) address = NULL;
  MeirAnnounceHost host = { .n = 2 };

  g_assert_true (meir_endpoint_parse (&host.endpoints[0], "127.0.0.1:80", NULL));
  g_assert_true (meir_endpoint_parse (&host.endpoints[1], "[::1]:81", NULL));
  address = meir_announce_address_new ("tracker.invalid", &host);
  g_assert_cmpstr (g_network_address_get_hostname (G_NETWORK_ADDRESS (address)), ==, "tracker.invalid");
  g_assert_cmpuint (g_network_address_get_port (G_NETWORK_ADDRESS (address)), ==, 80);
  for (guint i = 0; i < 2; i++) {
    g_autoptr (GSocketAddressEnumerator) plain = g_socket_connectable_enumerate (address);
    g_autoptr (GSocketAddressEnumerator) proxied = g_socket_connectable_proxy_enumerate (address);

    check (plain);
    check (proxied);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/announce-address/addresses", test_addresses);
  return g_test_run ();
}
