/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Whether a line of text is the address of something on the web: http or https, with a host. */
gboolean meir_ui_fetch_is_address (const char *text);
/* Whose address it is, safe to show. (transfer full) */
char *meir_ui_fetch_dup_host (const char *address);

/**
 * meir_ui_fetch_async:
 * @address: http or https
 * @cancellable: (nullable)
 *
 * Fetches a .torrent from the web: at most MEIR_METAINFO_FILE_MAX bytes, some redirects, none of them from
 * https to http. Main thread.
 */
void meir_ui_fetch_async (const char *address, GCancellable *cancellable, GAsyncReadyCallback callback,
                          gpointer user_data);

/**
 * meir_ui_fetch_finish:
 * @link: (out) (transfer full) (nullable): the magnet link that the address redirects to, in place of bytes
 *
 * Returns: (transfer full) (nullable): NULL with @link, or with a MEIR_ERROR that is a sentence for people
 * (_INVALID, _NETWORK, _TLS, _TIMED_OUT, _REFUSED), or G_IO_ERROR_CANCELLED.
 */
GBytes *meir_ui_fetch_finish (GAsyncResult *result, char **link, GError **error);

G_END_DECLS
