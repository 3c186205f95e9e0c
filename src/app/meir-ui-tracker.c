/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-tracker.h"

#include "session/meir.h"
#include "tracker/meir-tracker.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

struct _MeirUiTracker {
  GObject parent_instance;

  MeirTracker *tracker; /* NULL while it is off */
  GArray *allowed;      /* MeirInfoHash */
  char *address;
  char *problem;
};

G_DEFINE_FINAL_TYPE (MeirUiTracker, meir_ui_tracker, G_TYPE_OBJECT)

enum {
  PROP_ACTIVE = 1,
  PROP_ADDRESS,
  PROP_PROBLEM,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

/* The address under which the local network knows this computer: of the first interface that is up. */
static char *
dup_local_host (void)
{
  struct ifaddrs *interfaces = NULL;
  char *host = NULL;

  if (getifaddrs (&interfaces) != 0)
    return g_strdup ("127.0.0.1");
  for (struct ifaddrs *i = interfaces; i != NULL && host == NULL; i = i->ifa_next) {
    g_autoptr (GInetAddress) address = NULL;
    g_autoptr (GSocketAddress) socket_address = NULL;

    if (i->ifa_addr == NULL || i->ifa_addr->sa_family != AF_INET || !(i->ifa_flags & IFF_UP) ||
        (i->ifa_flags & IFF_LOOPBACK))
      continue;
    socket_address = g_socket_address_new_from_native (i->ifa_addr, sizeof (struct sockaddr_in));
    address = g_object_ref (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (socket_address)));
    host = g_inet_address_to_string (address);
  }
  freeifaddrs (interfaces);
  return host != NULL ? host : g_strdup ("127.0.0.1");
}

static void
start (MeirUiTracker *self)
{
  g_autofree char *host = dup_local_host ();
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) urls = NULL;
  MeirTrackerConfig config;

  meir_tracker_config_init (&config);
  config.allowed = (const MeirInfoHash *) (gpointer) self->allowed->data;
  config.n_allowed = self->allowed->len;
  self->tracker = meir_tracker_new (&config, &error);
  if (self->tracker == NULL) {
    self->problem = g_strdup (error->message);
    return;
  }
  urls = meir_tracker_dup_announce_urls (self->tracker, host);
  self->address = g_strdup (urls[0]);
}

static void
set_active (MeirUiTracker *self, gboolean active)
{
  if (active == (self->tracker != NULL))
    return;
  g_clear_pointer (&self->tracker, meir_tracker_free);
  g_clear_pointer (&self->address, g_free);
  g_clear_pointer (&self->problem, g_free);
  if (active)
    start (self);
  for (guint i = PROP_ACTIVE; i < N_PROPS; i++)
    g_object_notify_by_pspec (G_OBJECT (self), properties[i]);
}

static void
meir_ui_tracker_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MeirUiTracker *self = MEIR_UI_TRACKER (object);

  switch (id) {
  case PROP_ACTIVE:
    g_value_set_boolean (value, self->tracker != NULL);
    break;
  case PROP_ADDRESS:
    g_value_set_string (value, self->address);
    break;
  case PROP_PROBLEM:
    g_value_set_string (value, self->problem);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
meir_ui_tracker_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_ACTIVE)
    set_active (MEIR_UI_TRACKER (object), g_value_get_boolean (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
meir_ui_tracker_finalize (GObject *object)
{
  MeirUiTracker *self = MEIR_UI_TRACKER (object);

  g_clear_pointer (&self->tracker, meir_tracker_free);
  g_array_unref (self->allowed);
  g_free (self->address);
  g_free (self->problem);
  G_OBJECT_CLASS (meir_ui_tracker_parent_class)->finalize (object);
}

static void
meir_ui_tracker_class_init (MeirUiTrackerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = meir_ui_tracker_get_property;
  object_class->set_property = meir_ui_tracker_set_property;
  object_class->finalize = meir_ui_tracker_finalize;
  properties[PROP_ACTIVE] = g_param_spec_boolean (
      "active", NULL, NULL, FALSE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_ADDRESS] =
      g_param_spec_string ("address", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_PROBLEM] =
      g_param_spec_string ("problem", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
meir_ui_tracker_init (MeirUiTracker *self)
{
  self->allowed = g_array_new (FALSE, FALSE, sizeof (MeirInfoHash));
}

MeirUiTracker *
meir_ui_tracker_new (void)
{
  return g_object_new (MEIR_UI_TYPE_TRACKER, NULL);
}

gboolean
meir_ui_tracker_get_active (MeirUiTracker *tracker)
{
  return tracker->tracker != NULL;
}

const char *
meir_ui_tracker_get_address (MeirUiTracker *tracker)
{
  return tracker->address;
}

void
meir_ui_tracker_allow (MeirUiTracker *tracker, const MeirInfoHash *info_hash)
{
  g_array_append_vals (tracker->allowed, info_hash, 1);
  if (tracker->tracker != NULL)
    meir_tracker_allow (tracker->tracker, info_hash);
}

void
meir_ui_tracker_disallow (MeirUiTracker *tracker, const MeirInfoHash *info_hash)
{
  for (guint i = 0; i < tracker->allowed->len; i++) {
    if (!meir_info_hash_equal (&g_array_index (tracker->allowed, MeirInfoHash, i), info_hash))
      continue;
    g_array_remove_index_fast (tracker->allowed, i);
    break;
  }
  if (tracker->tracker != NULL)
    meir_tracker_disallow (tracker->tracker, info_hash);
}
