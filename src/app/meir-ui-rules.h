/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/meir-ui-network.h"
#include "session/meir.h"

G_BEGIN_DECLS

/**
 * MeirUiRules:
 *
 * Has a session keep to the settings, from the start and with every change: limits, stop rule, downloads at
 * once, connections, encryption, port. On a network that slows us down, the limits are those for it where
 * they are lower. Main thread.
 */
#define MEIR_UI_TYPE_RULES (meir_ui_rules_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiRules, meir_ui_rules, MEIR_UI, RULES, GObject)

MeirUiRules *meir_ui_rules_new (MeirSession *session, MeirUiNetwork *network);
/* What a session is to be started with: its port, encryption and connections. */
void meir_ui_rules_init_config (MeirSessionConfig *config);

G_END_DECLS
