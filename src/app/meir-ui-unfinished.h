/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/meir.h"

G_BEGIN_DECLS

typedef struct _MeirUiApplication MeirUiApplication;

/**
 * MeirUiUnfinished:
 *
 * Has downloads begin in the folder of the setting unfinished-folder, and moves each to its own folder when
 * it is finished, over restarts. Main thread; what is written is written by others.
 *
 * ::moved (MeirTorrent *): its folder is another one now
 */
#define MEIR_UI_TYPE_UNFINISHED (meir_ui_unfinished_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiUnfinished, meir_ui_unfinished, MEIR_UI, UNFINISHED, GObject)

/* @application: not owned: it outlives this, and waits for what is being moved
 * @path: of the file that notes where downloads belong */
MeirUiUnfinished *meir_ui_unfinished_new (MeirUiApplication *application, const char *path);
/**
 * meir_ui_unfinished_dup_folder:
 *
 * Returns: (transfer full) (nullable): where a torrent with these options is to begin; NULL: in its own
 * folder, because there is no other, or because something of it lies there already
 */
char *meir_ui_unfinished_dup_folder (MeirUiUnfinished *unfinished, const MeirAddOptions *options);
/* Notes that @torrent, which begins where meir_ui_unfinished_dup_folder () said, belongs into @folder. */
void meir_ui_unfinished_note (MeirUiUnfinished *unfinished, MeirTorrent *torrent, const char *folder);
/* To be called with every change of a torrent's state: moves it if it is time. */
void meir_ui_unfinished_look (MeirUiUnfinished *unfinished, MeirTorrent *torrent);

G_END_DECLS
