/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * MeirUiUndo:
 *
 * What was done and can still be taken back. The newest is offered in a toast with an Undo button; below it
 * may wait others. When the toast ends, is closed, or its window goes, all that waits is committed, the
 * oldest first; taking one back offers the one before it again. Main thread.
 *
 * Properties: :can-undo (boolean, read only)
 */
#define MEIR_UI_TYPE_UNDO (meir_ui_undo_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiUndo, meir_ui_undo, MEIR_UI, UNDO, GObject)

typedef void (*MeirUiUndoFunc) (gpointer data);

MeirUiUndo *meir_ui_undo_new (void);
/* @toasts: (nullable): of the window; without one, what is offered is committed at once. Not owned. */
void meir_ui_undo_set_toasts (MeirUiUndo *undo, AdwToastOverlay *toasts);

/**
 * meir_ui_undo_offer:
 * @text: what was done, safe to show
 * @take_back: undoes it
 * @commit: (nullable): makes it final, where something was put off until now
 * @data: (transfer full): for both
 * @destroy: (nullable): frees @data, after the one of them that was called
 *
 * Exactly one of @take_back and @commit is called, once.
 */
void meir_ui_undo_offer (MeirUiUndo *undo, const char *text, MeirUiUndoFunc take_back, MeirUiUndoFunc commit,
                         gpointer data, GDestroyNotify destroy);
/* Takes back the newest; FALSE when there is none. */
gboolean meir_ui_undo_take_back (MeirUiUndo *undo);
/* Makes everything final, as quitting does. */
void meir_ui_undo_commit (MeirUiUndo *undo);
gboolean meir_ui_undo_can_undo (MeirUiUndo *undo);

G_END_DECLS
