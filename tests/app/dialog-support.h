/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "harness.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* What the tests of dialogs share. */

/* The dialog of @type that is open, or NULL. (transfer none) */
gpointer dialog_find (GType type);
/* The same, once it is open and laid out. */
gpointer dialog_wait (GType type);
/* Presses a button, and lets the main loop turn until it has been pressed. */
void dialog_press (gpointer root, const char *text);
/* What a label of the template says, as long as it can be seen; "" otherwise. */
const char *dialog_text (gpointer root, const char *id);
/* Whether the button can be pressed. */
gboolean dialog_can_press (gpointer root, const char *text);

/**
 * dialog_shoot:
 * @name: of the pictures
 *
 * Takes the dialog's picture light, dark, mirrored, with text of twice the size, 360 pixels wide, and both,
 * and checks that it fits. They stay in the build folder for people to look at.
 */
void dialog_shoot (gpointer dialog, const char *name);
/* The picture in the shape that shops of programs want, 16:9, as "NAME-wide". */
void dialog_shoot_wide (gpointer dialog, const char *name);

/* A web server on loopback that answers @path with @body, and anything else with 404. */
SoupServer *dialog_serve (const char *path, const char *body, char **address);

G_END_DECLS
