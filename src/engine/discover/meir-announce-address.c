/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "discover/meir-announce-address.h"

struct _MeirAnnounceAddress {
  GNetworkAddress parent_instance;
  MeirAnnounceHost host;
};

#define MEIR_TYPE_ANNOUNCE_ADDRESSES (meir_announce_addresses_get_type ())
G_DECLARE_FINAL_TYPE (MeirAnnounceAddresses, meir_announce_addresses, MEIR, ANNOUNCE_ADDRESSES,
                      GSocketAddressEnumerator)

/* Walks through the addresses of a MeirAnnounceAddress. */
struct _MeirAnnounceAddresses {
  GSocketAddressEnumerator parent_instance;
  MeirAnnounceHost host;
  guint next;
};

G_DEFINE_FINAL_TYPE (MeirAnnounceAddresses, meir_announce_addresses, G_TYPE_SOCKET_ADDRESS_ENUMERATOR)

static GSocketAddress *
meir_announce_addresses_next (GSocketAddressEnumerator *enumerator, GCancellable *cancellable, GError **error)
{
  MeirAnnounceAddresses *self = MEIR_ANNOUNCE_ADDRESSES (enumerator);
  struct sockaddr_storage native;
  socklen_t length;

  if (self->next == self->host.n)
    return NULL;
  length = meir_endpoint_to_sockaddr (&self->host.endpoints[self->next++], &native);
  return g_socket_address_new_from_native (&native, length);
}

static void
meir_announce_addresses_class_init (MeirAnnounceAddressesClass *klass)
{
  G_SOCKET_ADDRESS_ENUMERATOR_CLASS (klass)->next = meir_announce_addresses_next;
}

static void
meir_announce_addresses_init (MeirAnnounceAddresses *self)
{
}

static GSocketAddressEnumerator *
meir_announce_address_enumerate (GSocketConnectable *connectable)
{
  MeirAnnounceAddresses *addresses = g_object_new (MEIR_TYPE_ANNOUNCE_ADDRESSES, NULL);

  addresses->host = MEIR_ANNOUNCE_ADDRESS (connectable)->host;
  return G_SOCKET_ADDRESS_ENUMERATOR (addresses);
}

static void
connectable_init (GSocketConnectableIface *iface)
{
  iface->enumerate = meir_announce_address_enumerate;
  iface->proxy_enumerate = meir_announce_address_enumerate;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (MeirAnnounceAddress, meir_announce_address, G_TYPE_NETWORK_ADDRESS,
                               G_IMPLEMENT_INTERFACE (G_TYPE_SOCKET_CONNECTABLE, connectable_init))

static void
meir_announce_address_class_init (MeirAnnounceAddressClass *klass)
{
}

static void
meir_announce_address_init (MeirAnnounceAddress *self)
{
}

GSocketConnectable *
meir_announce_address_new (const char *name, const MeirAnnounceHost *host)
{
  MeirAnnounceAddress *self = g_object_new (MEIR_TYPE_ANNOUNCE_ADDRESS, "hostname", name, "port",
                                            (guint) host->endpoints[0].port, NULL);

  self->host = *host;
  return G_SOCKET_CONNECTABLE (self);
}
