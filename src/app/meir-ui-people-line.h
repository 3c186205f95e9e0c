/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum {
  MEIR_UI_PEOPLE_ADDRESS,
  MEIR_UI_PEOPLE_CLIENT,
  MEIR_UI_PEOPLE_HAVE,
  MEIR_UI_PEOPLE_DOWN,
  MEIR_UI_PEOPLE_UP,
  MEIR_UI_PEOPLE_DOING,
  MEIR_UI_N_PEOPLE_COLUMNS,
} MeirUiPeopleColumn;

/**
 * MeirUiPeopleLine:
 *
 * A line of the table of people, or the heads of its columns: a child a column. All lines of one width put
 * their columns in the same places, whatever lies in them, and leave out those there is no room for. So none
 * has to be asked how wide it is before the others are laid out.
 */
#define MEIR_UI_TYPE_PEOPLE_LINE (meir_ui_people_line_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiPeopleLine, meir_ui_people_line, MEIR_UI, PEOPLE_LINE, GtkWidget)

GtkWidget *meir_ui_people_line_new (void);
/* @child: (transfer floating) */
void meir_ui_people_line_set_cell (MeirUiPeopleLine *line, MeirUiPeopleColumn column, GtkWidget *child);
/* (transfer none) */
GtkWidget *meir_ui_people_line_get_cell (MeirUiPeopleLine *line, MeirUiPeopleColumn column);
/* Whether the column has figures, which end at its end. */
gboolean meir_ui_people_column_is_figure (MeirUiPeopleColumn column);

G_END_DECLS
