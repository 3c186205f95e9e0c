/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * MeirUiNetwork:
 *
 * What the system says of its network and its power. Nothing is believed in the first seconds: behind a
 * portal the first answers are made up, until the true ones have come. Main thread.
 *
 * Properties, read only: :online (boolean; a network without a way to the internet counts), :metered
 * (boolean), :slowed (boolean: metered, the setting slow-on-metered is on, and nobody has said "use anyway"),
 * :power-saver (boolean).
 */
#define MEIR_UI_TYPE_NETWORK (meir_ui_network_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiNetwork, meir_ui_network, MEIR_UI, NETWORK, GObject)

/* @power: (nullable): where nothing tells of it. */
MeirUiNetwork *meir_ui_network_new (GNetworkMonitor *monitor, GPowerProfileMonitor *power);
/* That of the system, (transfer none): made at the first call, it lives as long as the program. */
MeirUiNetwork *meir_ui_network_get_default (void);

gboolean meir_ui_network_is_online (MeirUiNetwork *network);
gboolean meir_ui_network_is_slowed (MeirUiNetwork *network);
gboolean meir_ui_network_saves_power (MeirUiNetwork *network);
/* Goes at full speed until the network is another one. */
void meir_ui_network_use_anyway (MeirUiNetwork *network);

G_END_DECLS
