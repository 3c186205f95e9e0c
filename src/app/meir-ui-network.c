/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-network.h"

#include "app/meir-ui-link.h"
#include "app/meir-ui-settings.h"

#include "session/meir.h"

#define KEY_SLOW "slow-on-metered"
/* How long the first answers of a portal may take; what is told before that by a signal counts at once. */
#define BELIEVE_MSEC 2000

struct _MeirUiNetwork {
  GObject parent_instance;

  GNetworkMonitor *monitor;
  GPowerProfileMonitor *power; /* (nullable) */
  guint believe;               /* until then nothing is asked for */
  gboolean online, metered, use_anyway, slowed, power_saver;
};

G_DEFINE_FINAL_TYPE (MeirUiNetwork, meir_ui_network, G_TYPE_OBJECT)

enum {
  PROP_ONLINE = 1,
  PROP_METERED,
  PROP_SLOWED,
  PROP_POWER_SAVER,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void
set (MeirUiNetwork *self, guint property, gboolean *field, gboolean value)
{
  if (*field == value)
    return;
  *field = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

/* Without a way to the internet the people around can still be reached: the monitor knows only of the former.
 */
static gboolean
has_address (void)
{
  g_autofree char *host = meir_ui_link_dup_local_host ();
  MeirEndpoint endpoint;

  return meir_endpoint_parse_address (&endpoint, host, NULL) && !meir_endpoint_is_loopback (&endpoint);
}

static void
look (MeirUiNetwork *self)
{
  gboolean metered = g_network_monitor_get_network_metered (self->monitor);

  /* The next metered network is another one. */
  if (!metered)
    self->use_anyway = FALSE;
  set (self, PROP_ONLINE, &self->online,
       g_network_monitor_get_network_available (self->monitor) || has_address ());
  set (self, PROP_METERED, &self->metered, metered);
  set (self, PROP_SLOWED, &self->slowed,
       metered && !self->use_anyway && g_settings_get_boolean (meir_ui_settings_get (), KEY_SLOW));
  set (self, PROP_POWER_SAVER, &self->power_saver,
       self->power != NULL && g_power_profile_monitor_get_power_saver_enabled (self->power));
}

static gboolean
on_believe (gpointer user_data)
{
  MeirUiNetwork *self = user_data;

  self->believe = 0;
  look (self);
  return G_SOURCE_REMOVE;
}

/* What has changed has been told by somebody: from now on the answers are true. */
static void
on_changed (MeirUiNetwork *self)
{
  g_clear_handle_id (&self->believe, g_source_remove);
  look (self);
}

static void
on_setting_changed (MeirUiNetwork *self)
{
  if (self->believe == 0)
    look (self);
}

static void
meir_ui_network_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MeirUiNetwork *self = MEIR_UI_NETWORK (object);

  switch (id) {
  case PROP_ONLINE:
    g_value_set_boolean (value, self->online);
    break;
  case PROP_METERED:
    g_value_set_boolean (value, self->metered);
    break;
  case PROP_SLOWED:
    g_value_set_boolean (value, self->slowed);
    break;
  case PROP_POWER_SAVER:
    g_value_set_boolean (value, self->power_saver);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
meir_ui_network_finalize (GObject *object)
{
  MeirUiNetwork *self = MEIR_UI_NETWORK (object);

  g_clear_handle_id (&self->believe, g_source_remove);
  g_clear_object (&self->monitor);
  g_clear_object (&self->power);
  G_OBJECT_CLASS (meir_ui_network_parent_class)->finalize (object);
}

static void
install (guint id, const char *name, gboolean value)
{
  properties[id] = g_param_spec_boolean (name, NULL, NULL, value,
                                         G_PARAM_READABLE | G_PARAM_STATIC_NICK | G_PARAM_STATIC_BLURB);
}

static void
meir_ui_network_class_init (MeirUiNetworkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = meir_ui_network_get_property;
  object_class->finalize = meir_ui_network_finalize;
  install (PROP_ONLINE, "online", TRUE);
  install (PROP_METERED, "metered", FALSE);
  install (PROP_SLOWED, "slowed", FALSE);
  install (PROP_POWER_SAVER, "power-saver", FALSE);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
meir_ui_network_init (MeirUiNetwork *self)
{
  self->online = TRUE;
}

MeirUiNetwork *
meir_ui_network_new (GNetworkMonitor *monitor, GPowerProfileMonitor *power)
{
  MeirUiNetwork *self = g_object_new (MEIR_UI_TYPE_NETWORK, NULL);

  self->monitor = g_object_ref (monitor);
  g_set_object (&self->power, power);
  self->believe = g_timeout_add (BELIEVE_MSEC, on_believe, self);
  g_signal_connect_object (monitor, "network-changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (monitor, "notify::network-metered", G_CALLBACK (on_changed), self,
                           G_CONNECT_SWAPPED);
  if (power != NULL)
    g_signal_connect_object (power, "notify::power-saver-enabled", G_CALLBACK (on_setting_changed), self,
                             G_CONNECT_SWAPPED);
  g_signal_connect_object (meir_ui_settings_get (), "changed::" KEY_SLOW, G_CALLBACK (on_setting_changed),
                           self, G_CONNECT_SWAPPED);
  return self;
}

MeirUiNetwork *
meir_ui_network_get_default (void)
{
  static MeirUiNetwork *network;

  if (network == NULL) {
    g_autoptr (GPowerProfileMonitor) power = g_power_profile_monitor_dup_default ();

    network = meir_ui_network_new (g_network_monitor_get_default (), power);
  }
  return network;
}

gboolean
meir_ui_network_is_online (MeirUiNetwork *network)
{
  return network->online;
}

gboolean
meir_ui_network_is_slowed (MeirUiNetwork *network)
{
  return network->slowed;
}

gboolean
meir_ui_network_saves_power (MeirUiNetwork *network)
{
  return network->power_saver;
}

void
meir_ui_network_use_anyway (MeirUiNetwork *network)
{
  network->use_anyway = TRUE;
  set (network, PROP_SLOWED, &network->slowed, FALSE);
}
