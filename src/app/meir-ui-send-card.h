/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/meir.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * MeirUiSendCard:
 *
 * How a torrent gets to other people: its link, as text and as a QR code, its .torrent file, and who can
 * reach this computer. It looks by itself while it is mapped.
 */
#define MEIR_UI_TYPE_SEND_CARD (meir_ui_send_card_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiSendCard, meir_ui_send_card, MEIR_UI, SEND_CARD, GtkWidget)

GtkWidget *meir_ui_send_card_new (void);
/* @torrent: (nullable) */
void meir_ui_send_card_set_torrent (MeirUiSendCard *card, MeirTorrent *torrent);

/**
 * meir_ui_send_card_dup_reach:
 * @host: address under which the local network knows this computer
 * @port: on which it listens
 * @reached: whether somebody from outside has come
 * @tracker: (nullable): address of the tracker that runs here
 *
 * Who can reach this computer, in words. (transfer full)
 */
char *meir_ui_send_card_dup_reach (const char *host, guint16 port, gboolean reached, const char *tracker);

/**
 * meir_ui_send_card_dup_remedy:
 * @host: address under which the local network knows this computer
 * @port: on which it listens; 0 while it does not
 * @reached: whether somebody from outside has come
 *
 * What can be done so that people from outside get in. (transfer full) (nullable): nothing is known to be in
 * their way.
 */
char *meir_ui_send_card_dup_remedy (const char *host, guint16 port, gboolean reached);

G_END_DECLS
