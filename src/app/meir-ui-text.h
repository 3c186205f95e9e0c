/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * meir_ui_text_dup_isolated:
 * @text: a name from outside, made safe to show
 *
 * The name between U+2068 and U+2069, so that whatever direction it runs in, it turns around nothing of the
 * sentence it is put into (Unicode Annex 9, 2.4).
 *
 * Returns: (transfer full)
 */
char *meir_ui_text_dup_isolated (const char *text);

/**
 * meir_ui_text_dup_error:
 * @error: of GLib or the system
 *
 * Its message, which may quote a name as it is, made safe to show in one line.
 *
 * Returns: (transfer full)
 */
char *meir_ui_text_dup_error (const GError *error);

G_END_DECLS
