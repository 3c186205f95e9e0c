/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake-monitor.h"

struct _FakeMonitor {
  GObject parent_instance;

  gboolean available, metered, power_saver;
};

static void
monitor_init (GNetworkMonitorInterface *interface)
{
}

static void
power_init (GPowerProfileMonitorInterface *interface)
{
}

G_DEFINE_FINAL_TYPE_WITH_CODE (FakeMonitor, fake_monitor, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_INITABLE, NULL)
                                   G_IMPLEMENT_INTERFACE (G_TYPE_NETWORK_MONITOR, monitor_init)
                                       G_IMPLEMENT_INTERFACE (G_TYPE_POWER_PROFILE_MONITOR, power_init))

enum {
  PROP_AVAILABLE = 1,
  PROP_METERED,
  PROP_CONNECTIVITY,
  PROP_POWER_SAVER,
};

static void
fake_monitor_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  FakeMonitor *monitor = FAKE_MONITOR (object);

  switch (id) {
  case PROP_AVAILABLE:
    g_value_set_boolean (value, monitor->available);
    break;
  case PROP_METERED:
    g_value_set_boolean (value, monitor->metered);
    break;
  case PROP_CONNECTIVITY:
    g_value_set_enum (value, monitor->available ? G_NETWORK_CONNECTIVITY_FULL : G_NETWORK_CONNECTIVITY_LOCAL);
    break;
  case PROP_POWER_SAVER:
    g_value_set_boolean (value, monitor->power_saver);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
fake_monitor_class_init (FakeMonitorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = fake_monitor_get_property;
  g_object_class_override_property (object_class, PROP_AVAILABLE, "network-available");
  g_object_class_override_property (object_class, PROP_METERED, "network-metered");
  g_object_class_override_property (object_class, PROP_CONNECTIVITY, "connectivity");
  g_object_class_override_property (object_class, PROP_POWER_SAVER, "power-saver-enabled");
}

static void
fake_monitor_init (FakeMonitor *monitor)
{
}

FakeMonitor *
fake_monitor_new (void)
{
  return g_object_new (FAKE_TYPE_MONITOR, NULL);
}

void
fake_monitor_set (FakeMonitor *monitor, gboolean available, gboolean metered)
{
  monitor->available = available;
  monitor->metered = metered;
  g_object_notify (G_OBJECT (monitor), "network-available");
  g_object_notify (G_OBJECT (monitor), "network-metered");
  g_signal_emit_by_name (monitor, "network-changed", available);
}

void
fake_monitor_set_power_saver (FakeMonitor *monitor, gboolean enabled)
{
  monitor->power_saver = enabled;
  g_object_notify (G_OBJECT (monitor), "power-saver-enabled");
}
