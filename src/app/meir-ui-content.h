/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/meir.h"

G_BEGIN_DECLS

/* What a torrent holds, by the names of its files: for the icon of its row. */
typedef enum {
  MEIR_UI_CONTENT_FOLDER, /* of many kinds */
  MEIR_UI_CONTENT_FILE,   /* of no kind that we know */
  MEIR_UI_CONTENT_DISC,
  MEIR_UI_CONTENT_PICTURES,
  MEIR_UI_CONTENT_VIDEO,
  MEIR_UI_CONTENT_MUSIC,
  MEIR_UI_CONTENT_DOCUMENT,
  MEIR_UI_CONTENT_ARCHIVE,
  MEIR_UI_N_CONTENTS,
} MeirUiContent;

/* Of one file, by its name. */
MeirUiContent meir_ui_content_of_name (const char *name);
/* @bytes: of each kind, in a folder: what most of them are. */
MeirUiContent meir_ui_content_of_folder (const guint64 bytes[MEIR_UI_N_CONTENTS]);
/* Of a torrent: of its file, or what most of the bytes in its folder are. */
MeirUiContent meir_ui_content_of_metainfo (MeirMetainfo *metainfo);
/* (transfer none) */
const char *meir_ui_content_get_icon (MeirUiContent content);

G_END_DECLS
