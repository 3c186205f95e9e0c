/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What the tests of widgets share. */

/* The widget of a template, found below @root by the id it has there. */
gpointer widget_find (gpointer root, const char *id);
/* The first below @root that is of @type. */
gpointer widget_find_type (gpointer root, GType type);
/* The button below @root whose text, or tooltip, is @text. */
gpointer widget_find_button (gpointer root, const char *text);
/* The button below @root that shows an icon. */
gpointer widget_find_icon_button (gpointer root, const char *icon);
/* Whether a label below @root says @text. */
gboolean widget_has_text (gpointer root, const char *text);
/* The window that is open besides @parent (nullable). (nullable) */
GtkWindow *widget_find_window (GtkWindow *parent);
/* What the widget looks like now, as it would be on the screen. (transfer full) */
GdkTexture *widget_render (gpointer widget);
/* The colour of one pixel. */
GdkRGBA widget_pixel (GdkTexture *texture, int x, int y);
/* Gives the whole display the application's colours and icons, as running it does. */
void widget_use_style (void);
/* Shows @window, and waits until @inner, or it, is @width pixels wide and drawn so. */
void widget_set_width (gpointer window, gpointer inner, int width);
/* Lets layout and drawing catch up. */
void widget_settle (gpointer widget);
/* Saves a picture in the build folder, for people to look at: NAME.png, NAME-contrast.png in high contrast.
 */
void widget_save_picture (GdkTexture *texture, const char *name);

G_END_DECLS
