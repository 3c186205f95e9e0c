/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What can be done with the selected torrents, as a menu: of a row, and of the details. What cannot be done
 * now is left out of it. (transfer full) */
GMenuModel *meir_ui_torrent_menu_new (void);

G_END_DECLS
