/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-link.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

#define LOOPBACK    "127.0.0.1"
#define LINK_PREFIX "magnet:?xt=urn:btih:"
#define GVFS_PREFIX "magnet:///?"

char *
meir_ui_link_dup_local_host (void)
{
  struct ifaddrs *interfaces = NULL;
  char *host = NULL;

  if (getifaddrs (&interfaces) != 0)
    return g_strdup (LOOPBACK);
  for (struct ifaddrs *i = interfaces; i != NULL && host == NULL; i = i->ifa_next) {
    g_autoptr (GSocketAddress) address = NULL;

    if (i->ifa_addr == NULL || i->ifa_addr->sa_family != AF_INET || !(i->ifa_flags & IFF_UP) ||
        (i->ifa_flags & IFF_LOOPBACK))
      continue;
    address = g_socket_address_new_from_native (i->ifa_addr, sizeof (struct sockaddr_in));
    host = g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));
  }
  freeifaddrs (interfaces);
  return host != NULL ? host : g_strdup (LOOPBACK);
}

static void
add_ourselves (MeirMagnet *magnet, const char *host, guint16 port)
{
  g_autofree char *text = g_strdup_printf ("%s:%u", host, port);
  MeirEndpoint endpoint;

  if (meir_endpoint_parse (&endpoint, text, NULL))
    g_array_append_val (magnet->peers, endpoint);
}

char *
meir_ui_link_dup_for_torrent (MeirTorrent *torrent, const char *origin, const char *host, guint16 port)
{
  g_autoptr (MeirMetainfo) metainfo = meir_torrent_ref_metainfo (torrent);
  g_autoptr (MeirMagnet) magnet = NULL;
  char hex[2 * MEIR_SHA1_LENGTH + 1];

  if (metainfo == NULL)
    return origin != NULL
               ? g_strdup (origin)
               : g_strconcat (LINK_PREFIX, meir_info_hash_to_hex (meir_torrent_get_info_hash (torrent), hex),
                              NULL);
  magnet = meir_magnet_new_from_metainfo (metainfo);
  if (magnet->trackers->len == 0 && !meir_metainfo_is_private (metainfo))
    add_ourselves (magnet, host, port);
  return meir_magnet_to_string (magnet);
}

char *
meir_ui_link_dup_from_file (GFile *file)
{
  g_autofree char *uri = g_file_get_uri (file);

  if (g_ascii_strncasecmp (uri, GVFS_PREFIX, strlen (GVFS_PREFIX)) == 0)
    return g_strconcat ("magnet:?", uri + strlen (GVFS_PREFIX), NULL);
  return meir_magnet_is_link (uri) ? g_steal_pointer (&uri) : NULL;
}

char *
meir_ui_link_dup_from_text (const char *text)
{
  g_autofree char *line = g_strstrip (g_strdup (text));
  MeirInfoHash info_hash;

  if (meir_magnet_is_link (line))
    return g_steal_pointer (&line);
  return meir_info_hash_parse (&info_hash, line) ? g_strconcat (LINK_PREFIX, line, NULL) : NULL;
}
