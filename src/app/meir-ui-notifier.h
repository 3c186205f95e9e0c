/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/meir.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * MeirUiNotifier:
 *
 * Tells of downloads that are done, and of what cannot go on, while nobody is looking at the window. One
 * notification a torrent, which a newer one of it replaces; one for all that are done within ten seconds.
 * What is told is taken back as soon as the window is looked at. Nothing is said of what the setting "notify"
 * does not want, but for failures. Main thread.
 *
 * The buttons need app.open-folder, app.open-torrent and app.show-torrent, each with an info-hash in hex.
 */
#define MEIR_UI_TYPE_NOTIFIER (meir_ui_notifier_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiNotifier, meir_ui_notifier, MEIR_UI, NOTIFIER, GObject)

/* @application: not owned: it outlives the notifier. */
MeirUiNotifier *meir_ui_notifier_new (GtkApplication *application, MeirSession *session);
/* The window is gone, and the program goes on: says so, with a way to end it. */
void meir_ui_notifier_tell_background (MeirUiNotifier *notifier, const char *text);

G_END_DECLS
