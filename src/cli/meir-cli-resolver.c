/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/meir-cli-resolver.h"

#include "cli/meir-cli-options.h"
#include "cli/meir-cli-terminal.h"
#include "meir-config.h"

#include <glib/gi18n.h>

struct _MeirCliResolver {
  GArray *endpoints;
  GPtrArray *names; /* (element-type GSocketConnectable) */
  GCancellable *cancellable;
};

/* One name that is being looked up; holds what it needs, so that it may outlive the resolver. */
typedef struct {
  MeirTorrent *torrent;
  char *name;
  GCancellable *cancellable;
} Lookup;

static gboolean
add_address (MeirCliResolver *resolver, const char *text, GError **error)
{
  g_autoptr (GSocketConnectable) name = NULL;
  MeirEndpoint endpoint;

  if (meir_endpoint_parse (&endpoint, text, NULL)) {
    if (meir_endpoint_is_usable (&endpoint)) {
      g_array_append_val (resolver->endpoints, endpoint);
      return TRUE;
    }
    g_set_error (error, MEIR_ERROR, MEIR_ERROR_INVALID, _ ("--peer “%s” is an address that no peer can have"),
                 text);
    return FALSE;
  }
  name = g_network_address_parse (text, 0, NULL);
  if (name != NULL && g_network_address_get_port (G_NETWORK_ADDRESS (name)) != 0 &&
      meir_cli_is_host (g_network_address_get_hostname (G_NETWORK_ADDRESS (name)))) {
    g_ptr_array_add (resolver->names, g_steal_pointer (&name));
    return TRUE;
  }
  g_set_error (error, MEIR_ERROR, MEIR_ERROR_INVALID,
               _ ("--peer “%s” is not an address; write it as HOST:PORT"), text);
  return FALSE;
}

MeirCliResolver *
meir_cli_resolver_new (char **addresses, GError **error)
{
  g_autoptr (MeirCliResolver) resolver = g_new0 (MeirCliResolver, 1);

  resolver->endpoints = g_array_new (FALSE, FALSE, sizeof (MeirEndpoint));
  resolver->names = g_ptr_array_new_with_free_func (g_object_unref);
  resolver->cancellable = g_cancellable_new ();
  for (; addresses != NULL && *addresses != NULL; addresses++) {
    if (!add_address (resolver, *addresses, error))
      return NULL;
  }
  return g_steal_pointer (&resolver);
}

void
meir_cli_resolver_free (MeirCliResolver *resolver)
{
  if (resolver == NULL)
    return;
  g_cancellable_cancel (resolver->cancellable);
  g_object_unref (resolver->cancellable);
  g_array_unref (resolver->endpoints);
  g_ptr_array_unref (resolver->names);
  g_free (resolver);
}

GArray *
meir_cli_resolver_get_endpoints (MeirCliResolver *resolver)
{
  return resolver->endpoints;
}

static void
lookup_free (Lookup *lookup)
{
  g_object_unref (lookup->torrent);
  g_object_unref (lookup->cancellable);
  g_free (lookup->name);
  g_free (lookup);
}

static void
on_address (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GSocketAddressEnumerator *enumerator = G_SOCKET_ADDRESS_ENUMERATOR (source);
  Lookup *lookup = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) address = g_socket_address_enumerator_next_finish (enumerator, result, &error);
  struct sockaddr_storage native;
  MeirEndpoint endpoint;

  if (address == NULL) {
    if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      meir_cli_complain (_ ("The peer “%s” cannot be found: %s"), lookup->name, error->message);
    lookup_free (lookup);
    return;
  }
  if (g_socket_address_to_native (address, &native, sizeof native, NULL) &&
      meir_endpoint_from_sockaddr (&endpoint, (const struct sockaddr *) &native, sizeof native))
    meir_torrent_add_peer (lookup->torrent, &endpoint);
  g_socket_address_enumerator_next_async (enumerator, lookup->cancellable, on_address, lookup);
}

void
meir_cli_resolver_run (MeirCliResolver *resolver, MeirTorrent *torrent)
{
  for (guint i = 0; i < resolver->names->len; i++) {
    GSocketConnectable *name = g_ptr_array_index (resolver->names, i);
    g_autoptr (GSocketAddressEnumerator) enumerator = g_socket_connectable_enumerate (name);
    Lookup *lookup = g_new0 (Lookup, 1);

    lookup->torrent = g_object_ref (torrent);
    lookup->name = g_socket_connectable_to_string (name);
    lookup->cancellable = g_object_ref (resolver->cancellable);
    g_socket_address_enumerator_next_async (enumerator, lookup->cancellable, on_address, lookup);
  }
}
