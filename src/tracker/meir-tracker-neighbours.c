/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tracker/meir-tracker-neighbours.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

/* Somebody may have a container on every interface; nobody has more subnets than this. */
#define SUBNETS_MAX 256u

typedef struct {
  guint8 bytes[16];
  guint8 family;
  guint8 n_bits;
} Subnet;

struct _MeirTrackerNeighbours {
  GArray *subnets; /* Subnet */
};

MeirTrackerNeighbours *
meir_tracker_neighbours_new (void)
{
  MeirTrackerNeighbours *neighbours = g_new0 (MeirTrackerNeighbours, 1);

  neighbours->subnets = g_array_new (FALSE, FALSE, sizeof (Subnet));
  return neighbours;
}

void
meir_tracker_neighbours_free (MeirTrackerNeighbours *neighbours)
{
  g_array_unref (neighbours->subnets);
  g_free (neighbours);
}

void
meir_tracker_neighbours_add (MeirTrackerNeighbours *neighbours, const MeirEndpoint *address, guint n_bits)
{
  Subnet subnet = { .family = address->family,
                    .n_bits = (guint8) MIN (n_bits, address->family == 4 ? 32u : 128u) };

  if (neighbours->subnets->len >= SUBNETS_MAX)
    return;
  memcpy (subnet.bytes, address->bytes, sizeof subnet.bytes);
  g_array_append_val (neighbours->subnets, subnet);
}

static guint
count_bits (const struct sockaddr *mask)
{
  MeirEndpoint endpoint;
  guint n = 0;

  /* Not every mask has its family filled in, but its bytes lie where those of the address do. */
  if (!meir_endpoint_from_sockaddr (&endpoint, mask,
                                    mask->sa_family == AF_INET ? sizeof (struct sockaddr_in)
                                                               : sizeof (struct sockaddr_in6)))
    return 0;
  for (guint i = 0; i < sizeof endpoint.bytes; i++)
    n += (guint) __builtin_popcount (endpoint.bytes[i]);
  return n;
}

/* An interface without a mask, or with an empty one, such as a tunnel to everywhere, is only itself. */
static guint
network_bits (const struct ifaddrs *interface, guint family)
{
  guint n_bits = interface->ifa_netmask != NULL && interface->ifa_netmask->sa_family != AF_UNSPEC
                     ? count_bits (interface->ifa_netmask)
                     : 0;

  return n_bits != 0 ? n_bits : family == 4 ? 32 : 128;
}

void
meir_tracker_neighbours_read (MeirTrackerNeighbours *neighbours)
{
  struct ifaddrs *interfaces = NULL;

  if (getifaddrs (&interfaces) != 0)
    return;
  g_array_set_size (neighbours->subnets, 0);
  for (struct ifaddrs *i = interfaces; i != NULL; i = i->ifa_next) {
    MeirEndpoint address;
    socklen_t length;

    if (i->ifa_addr == NULL || !(i->ifa_flags & IFF_UP))
      continue;
    length = i->ifa_addr->sa_family == AF_INET ? sizeof (struct sockaddr_in) : sizeof (struct sockaddr_in6);
    if (meir_endpoint_from_sockaddr (&address, i->ifa_addr, length))
      meir_tracker_neighbours_add (neighbours, &address, network_bits (i, address.family));
  }
  freeifaddrs (interfaces);
}

static gboolean
is_within (const Subnet *subnet, const MeirEndpoint *source)
{
  guint n_bytes = subnet->n_bits / 8, n_left = subnet->n_bits % 8;

  if (subnet->family != source->family || memcmp (subnet->bytes, source->bytes, n_bytes) != 0)
    return FALSE;
  return n_left == 0 || (subnet->bytes[n_bytes] ^ source->bytes[n_bytes]) >> (8 - n_left) == 0;
}

gboolean
meir_tracker_neighbours_has (const MeirTrackerNeighbours *neighbours, const MeirEndpoint *source)
{
  if (meir_endpoint_is_loopback (source) || meir_endpoint_is_local_network (source))
    return TRUE;
  for (guint i = 0; i < neighbours->subnets->len; i++)
    if (is_within (&g_array_index (neighbours->subnets, Subnet, i), source))
      return TRUE;
  return FALSE;
}
