/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/meir-ui-application.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * MeirUiIntake:
 *
 * What came in together: chosen, dropped, pasted, or given on the command line. However much of it turns out
 * not to work, there is one message for all. Main thread; files are read by workers, and what is not yet read
 * keeps the intake alive after its owner let go.
 */
typedef struct _MeirUiIntake MeirUiIntake;

MeirUiIntake *meir_ui_intake_new (MeirUiApplication *application);
/* The message comes when the last of it is done. */
void meir_ui_intake_unref (MeirUiIntake *intake);

/* Downloads what a .torrent file, or a file that stands for a magnet link, describes. */
void meir_ui_intake_add (MeirUiIntake *intake, GFile *file);
/* Makes a torrent of a file or folder and shares it. */
void meir_ui_intake_share (MeirUiIntake *intake, GFile *file);
/* Adds what is a torrent by its name, or a link; shares anything else. */
void meir_ui_intake_take (MeirUiIntake *intake, GFile *file);
/* Takes every line of a text: a magnet link, a bare info-hash, or the address of a file. */
void meir_ui_intake_take_text (MeirUiIntake *intake, const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeirUiIntake, meir_ui_intake_unref)

G_END_DECLS
