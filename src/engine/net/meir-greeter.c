/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/meir-greeter-private.h"

#include "net/meir-socket.h"

#include <errno.h>

/* Ports tried when any will do, but it must be free for both families. */
#define PORT_ATTEMPTS 16u

MeirGreeter *
meir_greeter_new (MeirLoop *loop, const MeirGreeterHooks *hooks, gpointer user_data, GError **error)
{
  g_autoptr (MeirTlsGate) gate = meir_tls_gate_new (loop, error);
  MeirGreeter *greeter;

  if (gate == NULL)
    return NULL;
  greeter = g_new0 (MeirGreeter, 1);
  greeter->loop = loop;
  greeter->hooks = *hooks;
  greeter->user_data = user_data;
  greeter->gate = g_steal_pointer (&gate);
  return greeter;
}

static void
free_listeners (GList *listeners)
{
  g_list_free_full (listeners, (GDestroyNotify) meir_listener_free);
}

void
meir_greeter_free (MeirGreeter *greeter)
{
  if (greeter == NULL)
    return;
  free_listeners (greeter->listeners);
  while (greeter->intakes.length > 0)
    meir_intake_free (greeter->intakes.head->data);
  while (greeter->dials.length > 0)
    meir_dial_cancel (greeter->dials.head->data);
  while (greeter->upgrades.length > 0)
    meir_upgrade_cancel (greeter->upgrades.head->data);
  meir_tls_gate_free (greeter->gate);
  g_free (greeter);
}

/* This system does without the family. */
static gboolean
is_family_missing (int error_number)
{
  return error_number == EAFNOSUPPORT || error_number == EADDRNOTAVAIL || error_number == EPROTONOSUPPORT;
}

/* Both families on one port. With @port 0 IPv4 gets any, and IPv6 must have the same. Returns the listeners,
 * or NULL with errno set and @failed the one that could not be had. */
static GList *
listen_everywhere (MeirGreeter *greeter, guint16 port, MeirEndpoint *failed)
{
  static const guint8 families[] = { 4, 6 };
  GList *listeners = NULL;
  int error_number = 0;

  for (guint i = 0; i < G_N_ELEMENTS (families); i++) {
    MeirEndpoint endpoint = { .family = families[i], .port = port };
    MeirListener *listener = meir_listener_new (greeter, &endpoint);

    if (listener != NULL) {
      listeners = g_list_prepend (listeners, listener);
      port = meir_listener_get_port (listener);
      continue;
    }
    if (error_number == 0 || !is_family_missing (errno)) {
      error_number = errno;
      *failed = endpoint;
    }
    if (is_family_missing (errno))
      continue;
    free_listeners (listeners);
    errno = error_number;
    return NULL;
  }
  errno = error_number;
  return listeners;
}

gboolean
meir_greeter_listen (MeirGreeter *greeter, const char *bind_address, guint16 port, GError **error)
{
  MeirEndpoint endpoint = { 0 };
  MeirEndpoint failed = { 0 };
  GList *listeners = NULL;
  guint attempts = port == 0 ? PORT_ATTEMPTS : 1;

  if (bind_address != NULL) {
    MeirListener *listener;

    if (!meir_endpoint_parse_address (&endpoint, bind_address, error))
      return FALSE;
    endpoint.port = port;
    failed = endpoint;
    listener = meir_listener_new (greeter, &endpoint);
    if (listener != NULL)
      listeners = g_list_prepend (listeners, listener);
  } else {
    do
      listeners = listen_everywhere (greeter, port, &failed);
    while (listeners == NULL && errno == EADDRINUSE && --attempts > 0);
  }
  if (listeners == NULL) {
    meir_socket_set_listen_error (error, errno, "TCP", failed.port, bind_address);
    return FALSE;
  }
  free_listeners (greeter->listeners);
  greeter->listeners = listeners;
  greeter->port = meir_listener_get_port (listeners->data);
  greeter->bind_address = endpoint;
  return TRUE;
}

guint16
meir_greeter_get_port (MeirGreeter *greeter)
{
  return greeter->port;
}
