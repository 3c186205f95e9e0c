/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/meir.h"

G_BEGIN_DECLS

/**
 * MeirCliHook:
 *
 * The command of --on-complete. No shell sees it: it is split into words once, and what it should know of the
 * torrent is in its environment, never in its words (a torrent's name is an outsider's text).
 */
typedef struct _MeirCliHook MeirCliHook;

/* @good: it ran and exited with 0. A complaint was made otherwise. */
typedef void (*MeirCliHookFunc) (gboolean good, gpointer user_data);

/* Splits @command_line as a shell does. NULL with G_SHELL_ERROR. (transfer full) */
MeirCliHook *meir_cli_hook_new (const char *command_line, GError **error);
void meir_cli_hook_free (MeirCliHook *hook);

/**
 * meir_cli_hook_run:
 * @torrent: with metainfo
 *
 * Starts the command with MEIR_NAME, MEIR_PATH (of its file or folder), MEIR_FOLDER, MEIR_INFO_HASH and
 * MEIR_BYTES in its environment. Its standard input is empty, its standard output goes to our standard error.
 * @func runs in the main loop when it has ended; if it could not be started, before this returns.
 */
void meir_cli_hook_run (MeirCliHook *hook, MeirTorrent *torrent, MeirCliHookFunc func, gpointer user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeirCliHook, meir_cli_hook_free)

G_END_DECLS
