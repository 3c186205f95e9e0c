/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/meir-ui-item.h"

G_BEGIN_DECLS

/**
 * meir_ui_file_names_gather_async:
 * @items: (element-type MeirUiItem) (transfer none): those that have none yet are filled in
 *
 * Gathers the names of the files of torrents, to be searched: on a worker, since there may be a million of
 * them. Main thread.
 */
void meir_ui_file_names_gather_async (GPtrArray *items, GCancellable *cancellable,
                                      GAsyncReadyCallback callback, gpointer user_data);
/* Gives them to their items. FALSE when it was cancelled. */
gboolean meir_ui_file_names_gather_finish (GAsyncResult *result, GError **error);

G_END_DECLS
