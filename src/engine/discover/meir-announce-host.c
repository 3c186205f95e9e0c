/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "discover/meir-announce-host.h"

#include "base/meir-error.h"
#include "base/meir-limits.h"
#include "base/meir-text.h"
#include "meir-config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

typedef struct {
  char *name;
  guint16 port;
  guint8 family;
} LookUp;

static void
look_up_free (LookUp *look_up)
{
  g_free (look_up->name);
  g_free (look_up);
}

gboolean
meir_announce_host_is_private (const MeirEndpoint *endpoint)
{
  return meir_endpoint_is_loopback (endpoint) || meir_endpoint_is_local_network (endpoint);
}

static gboolean
endpoint_from_address (MeirEndpoint *endpoint, GInetAddress *address, guint16 port)
{
  g_autoptr (GSocketAddress) socket_address = g_inet_socket_address_new (address, port);
  struct sockaddr_storage native = { 0 };
  gssize size = g_socket_address_get_native_size (socket_address);

  return size > 0 && g_socket_address_to_native (socket_address, &native, sizeof native, NULL) &&
         meir_endpoint_from_sockaddr (endpoint, (struct sockaddr *) &native, (socklen_t) size);
}

static gboolean
host_contains (const MeirAnnounceHost *host, const MeirEndpoint *endpoint)
{
  for (guint i = 0; i < host->n; i++) {
    if (meir_endpoint_equal (&host->endpoints[i], endpoint))
      return TRUE;
  }
  return FALSE;
}

/* The next acceptable address at or after @link, of @family where that is not 0. */
static GList *
next_address (const MeirAnnounceHost *host, GList *link, const LookUp *look_up, guint8 family,
              MeirEndpoint *endpoint)
{
  for (; link != NULL; link = link->next) {
    if (endpoint_from_address (endpoint, link->data, look_up->port) && meir_endpoint_is_usable (endpoint) &&
        (family == 0 || endpoint->family == family) && !host_contains (host, endpoint))
      return link;
  }
  return NULL;
}

/* Takes addresses of both families in turn, beginning with the one the resolver put first: if one family has
 * no way out, the other is not cut off by the cap. */
static void
choose (MeirAnnounceHost *host, GList *addresses, const LookUp *look_up)
{
  MeirEndpoint endpoint;
  guint8 family;

  *host = (MeirAnnounceHost){ 0 };
  if (next_address (host, addresses, look_up, look_up->family, &endpoint) == NULL)
    return;
  family = endpoint.family;
  while (host->n < MEIR_ANNOUNCE_ADDRESSES_MAX) {
    if (next_address (host, addresses, look_up, family, &endpoint) == NULL &&
        next_address (host, addresses, look_up, look_up->family, &endpoint) == NULL)
      return;
    host->endpoints[host->n++] = endpoint;
    if (look_up->family == 0)
      family = endpoint.family == 4 ? 6 : 4;
  }
}

static void
resolved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  const LookUp *look_up = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  GList *addresses = meir_name_queue_look_up_finish (result, &error);
  g_autofree char *name = meir_text_dup_safe (look_up->name, strlen (look_up->name), MEIR_TRACKER_TEXT_MAX);
  g_autofree MeirAnnounceHost *host = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  if (error != NULL) {
    g_task_return_new_error (task, MEIR_ERROR, MEIR_ERROR_NETWORK,
                             _ ("No address was found for the tracker's host “%s”"), name);
    return;
  }
  host = g_new0 (MeirAnnounceHost, 1);
  choose (host, addresses, look_up);
  g_resolver_free_addresses (addresses);
  if (host->n > 0)
    g_task_return_pointer (task, g_steal_pointer (&host), g_free);
  else if (look_up->family != 0)
    g_task_return_new_error (
        task, MEIR_ERROR, MEIR_ERROR_NETWORK,
        _ ("The tracker's host “%s” has no IPv%u address, and announces are bound to one"), name,
        look_up->family);
  else
    g_task_return_new_error (task, MEIR_ERROR, MEIR_ERROR_INVALID,
                             _ ("The tracker's host “%s” has no address that a tracker could have"), name);
}

void
meir_announce_host_resolve_async (MeirNameQueue *names, const char *name, guint16 port, guint8 family,
                                  GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  LookUp *look_up = g_new0 (LookUp, 1);

  look_up->name = g_strdup (name);
  look_up->port = port;
  look_up->family = family;
  g_task_set_source_tag (task, meir_announce_host_resolve_async);
  g_task_set_task_data (task, look_up, (GDestroyNotify) look_up_free);
  meir_name_queue_look_up_async (names, name, cancellable, resolved_cb, task);
}

gboolean
meir_announce_host_resolve_finish (GAsyncResult *result, MeirAnnounceHost *host, GError **error)
{
  g_autofree MeirAnnounceHost *found = g_task_propagate_pointer (G_TASK (result), error);

  if (found == NULL)
    return FALSE;
  *host = *found;
  return TRUE;
}
