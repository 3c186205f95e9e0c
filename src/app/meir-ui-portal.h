/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What is asked of the desktop portal (org.freedesktop.portal.Desktop) by ourselves; notifications, file
 * choosers, opening and inhibiting go through GIO and GTK. Main thread; whoever has no portal gets an error
 * or a 0, after a moment. */

#define MEIR_UI_PORTAL_BACKGROUND "org.freedesktop.portal.Background"
#define MEIR_UI_PORTAL_OPEN_URI   "org.freedesktop.portal.OpenURI"
/* Most characters of a status. */
#define MEIR_UI_PORTAL_STATUS_CHARS_MAX 96

/* @interface: one of the above. */
void meir_ui_portal_query_version_async (const char *interface, GCancellable *cancellable,
                                         GAsyncReadyCallback callback, gpointer user_data);
/* 0 when there is no such portal; @error is set only for G_IO_ERROR_CANCELLED. */
guint meir_ui_portal_query_version_finish (GAsyncResult *result, GError **error);

/**
 * meir_ui_portal_request_background_async:
 * @reason: one sentence for the user
 * @autostart: whether to start, without a window, at login; FALSE takes it back
 *
 * Asks to go on without a window, and about the start at login.
 */
void meir_ui_portal_request_background_async (const char *reason, gboolean autostart,
                                              GCancellable *cancellable, GAsyncReadyCallback callback,
                                              gpointer user_data);
/* TRUE when it is as was asked for. FALSE with G_IO_ERROR_PERMISSION_DENIED when the user or the desktop says
 * no, or any error of D-Bus. */
gboolean meir_ui_portal_request_background_finish (GAsyncResult *result, GError **error);

/* What the desktop's list of background programs says of us; cut off at
 * %MEIR_UI_PORTAL_STATUS_CHARS_MAX. Needs version 2 of the portal. */
void meir_ui_portal_set_status (const char *status);

/**
 * meir_ui_portal_open_directory_async:
 * @path: of a file or folder that is there
 *
 * Shows it in the file manager, in the folder that it is in.
 */
void meir_ui_portal_open_directory_async (const char *path, GCancellable *cancellable,
                                          GAsyncReadyCallback callback, gpointer user_data);
gboolean meir_ui_portal_open_directory_finish (GAsyncResult *result, GError **error);

G_END_DECLS
