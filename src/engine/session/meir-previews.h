/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/meir-engine.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * MeirPreviews:
 *
 * The torrents of a session that are no one's yet: they fetch the metainfo of a magnet link, then end.
 * Session-internal; front end thread.
 */
typedef struct _MeirPreviews MeirPreviews;

MeirPreviews *meir_previews_new (MeirEngine *engine);
void meir_previews_free (MeirPreviews *previews);

/**
 * meir_previews_begin:
 * @task: (transfer full): is given the MeirMetainfo, or an error
 *
 * Returns: (transfer none): what the caller is to put into the engine
 */
MeirTorrent *meir_previews_begin (MeirPreviews *previews, const MeirMagnet *magnet, GTask *task);
/* Whether the event is about one of these torrents, and so nobody else's business. */
gboolean meir_previews_take_event (MeirPreviews *previews, const MeirEvent *event);
/* Ends all of them: MEIR_ERROR_BUSY, as the session is closing. */
void meir_previews_end_all (MeirPreviews *previews);

G_END_DECLS
