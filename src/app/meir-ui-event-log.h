/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/meir.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What happened to each torrent, as far as it is remembered: for who wants to know, and for bug reports. Main
 * thread. */

/* So much is remembered of a torrent. */
#define MEIR_UI_EVENT_LOG_MAX 500u

/* Remembers the events of all torrents of @session from now on; once is enough. */
void meir_ui_event_log_watch (MeirSession *session);
/* A line each, the oldest first, with the time of day; "" when nothing happened. (transfer full) */
char *meir_ui_event_log_dup_lines (MeirTorrent *torrent);
/* The same below what a developer asks first: versions, and how the torrent is. (transfer full) */
char *meir_ui_event_log_dup_report (MeirTorrent *torrent);
/* Shows it in a window of its own beside @parent. (transfer none) */
GtkWindow *meir_ui_event_log_present (GtkWindow *parent, MeirTorrent *torrent);

G_END_DECLS
