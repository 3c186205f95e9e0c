/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tracker/meir-tracker-neighbours.h"

#include "tracker-test.h"

#include <ifaddrs.h>
#include <netinet/in.h>

static gboolean
has (const MeirTrackerNeighbours *neighbours, const char *address)
{
  MeirEndpoint endpoint;
  g_autoptr (GError) error = NULL;

  meir_endpoint_parse_address (&endpoint, address, &error);
  g_assert_no_error (error);
  return meir_tracker_neighbours_has (neighbours, &endpoint);
}

static void
add (MeirTrackerNeighbours *neighbours, const char *address, guint n_bits)
{
  MeirEndpoint endpoint;

  g_assert_true (meir_endpoint_parse_address (&endpoint, address, NULL));
  meir_tracker_neighbours_add (neighbours, &endpoint, n_bits);
}

/* Without any interface: by what kind of address it is. */
static void
test_classes (void)
{
  static const char *const near[] = { "127.0.0.1",      "127.200.3.4", "10.1.2.3",      "172.16.0.1",
                                      "172.31.255.254", "192.168.1.7", "169.254.10.10", "::1",
                                      "fe80::1",        "fd00:1::2",   "fc00::9",       "::ffff:10.0.0.1" };
  static const char *const far[] = {
    "8.8.8.8",        "172.15.255.255", "172.32.0.1",  "192.169.0.1", "11.0.0.1",
    "203.0.113.5",    "100.64.0.1",     "2001:db8::1", "fec0::1",     "fe00::1",
    "::ffff:8.8.8.8", "0.0.0.0",        "224.0.0.251", "::",          "64:ff9b::a00:1"
  };
  g_autoptr (MeirTrackerNeighbours) neighbours = meir_tracker_neighbours_new ();

  for (guint i = 0; i < G_N_ELEMENTS (near); i++)
    g_assert_true (has (neighbours, near[i]));
  for (guint i = 0; i < G_N_ELEMENTS (far); i++)
    g_assert_false (has (neighbours, far[i]));
}

/* Networks with public addresses: the subnet counts, bit by bit, and of its own family only. */
static void
test_subnets (void)
{
  g_autoptr (MeirTrackerNeighbours) neighbours = meir_tracker_neighbours_new ();

  add (neighbours, "203.0.113.77", 26);
  g_assert_true (has (neighbours, "203.0.113.64"));
  g_assert_true (has (neighbours, "203.0.113.127"));
  g_assert_false (has (neighbours, "203.0.113.63"));
  g_assert_false (has (neighbours, "203.0.113.128"));
  add (neighbours, "2001:db8:1:2:3::4", 64);
  g_assert_true (has (neighbours, "2001:db8:1:2:ffff::1"));
  g_assert_false (has (neighbours, "2001:db8:1:3::1"));
  add (neighbours, "198.51.100.9", 32);
  g_assert_true (has (neighbours, "198.51.100.9"));
  g_assert_false (has (neighbours, "198.51.100.8"));
  /* 32.1.13.184 is how 2001:db8::/32 begins. */
  g_assert_false (has (neighbours, "32.1.13.184"));
  /* More bits than an address has are all of them. */
  add (neighbours, "192.0.2.1", 200);
  g_assert_true (has (neighbours, "192.0.2.1"));
  g_assert_false (has (neighbours, "192.0.2.2"));
}

/* A computer with very many interfaces does not make every question long. */
static void
test_many (void)
{
  g_autoptr (MeirTrackerNeighbours) neighbours = meir_tracker_neighbours_new ();

  for (guint i = 0; i < 1000; i++) {
    MeirEndpoint endpoint = test_peer_4 (i);

    meir_tracker_neighbours_add (neighbours, &endpoint, 32);
  }
  for (guint i = 0; i < 1000; i++) {
    MeirEndpoint endpoint = test_peer_4 (i);

    g_assert_cmpint (meir_tracker_neighbours_has (neighbours, &endpoint), ==, i < 256);
  }
}

/* Every address of this computer is a neighbour of it; what was added by hand is gone after a look. */
static void
test_read (void)
{
  g_autoptr (MeirTrackerNeighbours) neighbours = meir_tracker_neighbours_new ();
  struct ifaddrs *interfaces = NULL;

  add (neighbours, "203.0.113.77", 32);
  meir_tracker_neighbours_read (neighbours);
  g_assert_false (has (neighbours, "203.0.113.77"));
  g_assert_false (has (neighbours, "8.8.8.8"));
  g_assert_cmpint (getifaddrs (&interfaces), ==, 0);
  for (struct ifaddrs *i = interfaces; i != NULL; i = i->ifa_next) {
    MeirEndpoint endpoint;

    if (i->ifa_addr != NULL &&
        meir_endpoint_from_sockaddr (&endpoint, i->ifa_addr, sizeof (struct sockaddr_in6)))
      g_assert_true (meir_tracker_neighbours_has (neighbours, &endpoint));
  }
  freeifaddrs (interfaces);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tracker/neighbours/classes", test_classes);
  g_test_add_func ("/tracker/neighbours/subnets", test_subnets);
  g_test_add_func ("/tracker/neighbours/many", test_many);
  g_test_add_func ("/tracker/neighbours/read", test_read);
  return g_test_run ();
}
