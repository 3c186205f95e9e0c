/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * MeirUiQr:
 *
 * A text as a QR code (ISO/IEC 18004), for a telephone to read: black on white with its quiet zone whatever
 * the colours around it, every module a whole number of the screen's own pixels.
 */
#define MEIR_UI_TYPE_QR (meir_ui_qr_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiQr, meir_ui_qr, MEIR_UI, QR, GtkWidget)

GtkWidget *meir_ui_qr_new (void);
/* FALSE, and nothing shown, when @text (nullable) is too long for a code. */
gboolean meir_ui_qr_set_text (MeirUiQr *qr, const char *text);

G_END_DECLS
