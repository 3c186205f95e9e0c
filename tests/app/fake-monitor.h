/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A network, and a power supply, that say what a test has them say. */

#define FAKE_TYPE_MONITOR (fake_monitor_get_type ())
G_DECLARE_FINAL_TYPE (FakeMonitor, fake_monitor, FAKE, MONITOR, GObject)

/* Not available and not metered: what a portal says before it knows. */
FakeMonitor *fake_monitor_new (void);
/* Both at once, as a portal tells them. */
void fake_monitor_set (FakeMonitor *monitor, gboolean available, gboolean metered);
void fake_monitor_set_power_saver (FakeMonitor *monitor, gboolean enabled);

G_END_DECLS
