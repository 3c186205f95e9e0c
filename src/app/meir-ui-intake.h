/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/meir-ui-application.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * MeirUiIntake:
 *
 * What came in together: chosen, dropped, pasted, or given on the command line. However much of it there is,
 * there is one question about what to download (none, where the user does not want to be asked), then one
 * about what to share, and one message about what does not work. Main thread; files are read by workers, and
 * what is not yet read keeps the intake alive after its owner let go.
 */
typedef struct _MeirUiIntake MeirUiIntake;

MeirUiIntake *meir_ui_intake_new (MeirUiApplication *application);
/* The questions and the message come when the last of it is read. */
void meir_ui_intake_unref (MeirUiIntake *intake);

/* Offers to download what a .torrent file, an address on the web, or a file that stands for a magnet link,
 * describes. */
void meir_ui_intake_add (MeirUiIntake *intake, GFile *file);
/* Offers to share a file or folder. */
void meir_ui_intake_share (MeirUiIntake *intake, GFile *file);
/* Whether meir_ui_intake_take () would add it: a torrent by its name, an address, or a link. */
gboolean meir_ui_intake_is_download (GFile *file);
/* Adds what is to be downloaded; shares anything else. */
void meir_ui_intake_take (MeirUiIntake *intake, GFile *file);
/* Takes every line of a text: a magnet link, a bare info-hash, or the address of a file, here or on the web.
 */
void meir_ui_intake_take_text (MeirUiIntake *intake, const char *text);

/* How many lines of a text meir_ui_intake_take_text () would offer to download. */
guint meir_ui_intake_count_text (const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeirUiIntake, meir_ui_intake_unref)

G_END_DECLS
