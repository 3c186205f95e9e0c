/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MeirCliStopFunc:
 *
 * Somebody asked the program to stop. Runs once, in the main loop.
 */
typedef void (*MeirCliStopFunc) (gpointer user_data);

/**
 * meir_cli_signals_on_stop:
 * @func: (nullable): NULL takes the one before away
 *
 * Calls @func at the first SIGINT, SIGTERM or SIGHUP. The second one has its plain effect: the process ends
 * at once.
 */
void meir_cli_signals_on_stop (MeirCliStopFunc func, gpointer user_data);

/* A closed pipe and a file size limit become errors of the write that meets them, instead of the end of the
 * process. Programs we start get the signals' plain effect back. */
void meir_cli_signals_init (void);

/* As many files and sockets as the system allows. */
void meir_cli_raise_file_limit (void);
/* GSpawnChildSetupFunc: gives a program that we start the limit that we were started with. */
void meir_cli_restore_file_limit (gpointer unused);

G_END_DECLS
