/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-names.h"

#include <adwaita.h>

static void
set_name (GtkWidget *widget, const char *name)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static GtkWidget *
find_label (GtkWidget *widget)
{
  GtkWidget *found = GTK_IS_LABEL (widget) ? widget : NULL;

  for (GtkWidget *w = gtk_widget_get_first_child (widget); w != NULL && found == NULL;
       w = gtk_widget_get_next_sibling (w))
    found = find_label (w);
  return found;
}

/* What one can choose from, once it is shown: each is named by its words. */
static void
name_choices (GtkWidget *widget)
{
  for (GtkWidget *w = gtk_widget_get_first_child (widget); w != NULL; w = gtk_widget_get_next_sibling (w)) {
    GtkWidget *label = GTK_IS_LIST_VIEW (widget) ? find_label (w) : NULL;

    if (label != NULL)
      set_name (w, gtk_label_get_text (GTK_LABEL (label)));
    else
      name_choices (w);
  }
}

/* What is typed into is no part of what a screen reader sees (libadwaita 1.2): with the keyboard focus there,
 * it would say nothing. */
static void
name_entry (GtkWidget *row, const char *name)
{
  GtkEditable *text = gtk_editable_get_delegate (GTK_EDITABLE (row));

  if (text == NULL || gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (text)) != GTK_ACCESSIBLE_ROLE_NONE)
    return;
  g_object_set (text, "accessible-role", GTK_ACCESSIBLE_ROLE_TEXT_BOX, NULL);
  set_name (GTK_WIDGET (text), name);
}

/* GTK and libadwaita leave these without a name: lists of groups without a title, lists and rows inside of a
 * row that unfolds, that row itself, what a row lets choose from, and what a row lets type into. */
void
meir_ui_names_give (GtkWidget *widget, const char *name)
{
  if (ADW_IS_PREFERENCES_ROW (widget))
    name = adw_preferences_row_get_title (ADW_PREFERENCES_ROW (widget));
  else if (ADW_IS_PREFERENCES_GROUP (widget) &&
           adw_preferences_group_get_title (ADW_PREFERENCES_GROUP (widget))[0] != '\0')
    name = NULL;
  if (name != NULL &&
      (GTK_IS_LIST_BOX (widget) || GTK_IS_LIST_VIEW (widget) || ADW_IS_EXPANDER_ROW (widget) ||
       (GTK_IS_LIST_BOX_ROW (widget) && !ADW_IS_PREFERENCES_ROW (widget))))
    set_name (widget, name);
  if (ADW_IS_ENTRY_ROW (widget))
    name_entry (widget, name);
  if (GTK_IS_POPOVER (widget))
    g_signal_connect (widget, "map", G_CALLBACK (name_choices), NULL);
  for (GtkWidget *w = gtk_widget_get_first_child (widget); w != NULL; w = gtk_widget_get_next_sibling (w))
    meir_ui_names_give (w, name);
}
