/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-shortcuts.h"

#include "app/meir-ui-actions.h"
#include "app/meir-ui-page-window.h"

#include <adwaita.h>
#include <glib/gi18n.h>

static GtkWidget *
make_row (const MeirUiAction *action)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *keys = gtk_label_new (NULL);
  g_autofree char *accel = NULL;
  GdkModifierType modifiers;
  guint key;

  gtk_accelerator_parse (action->accels[0], &key, &modifiers);
  accel = gtk_accelerator_get_label (key, modifiers);
  gtk_label_set_text (GTK_LABEL (keys), accel);
  gtk_widget_add_css_class (keys, "dim-label");
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ (action->title));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), keys);
  /* Read as one: "Pause or Resume, Space". */
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, accel, -1);
  return row;
}

static AdwPreferencesGroup *
make_group (MeirUiActionGroup group)
{
  AdwPreferencesGroup *widget = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
  guint n_actions;
  const MeirUiAction *actions = meir_ui_actions_get (&n_actions);

  adw_preferences_group_set_title (widget, meir_ui_actions_get_group_title (group));
  for (guint i = 0; i < n_actions; i++)
    if (actions[i].group == group && actions[i].accels[0] != NULL)
      adw_preferences_group_add (widget, make_row (&actions[i]));
  return widget;
}

GtkWindow *
meir_ui_shortcuts_present (GtkWindow *parent)
{
  AdwPreferencesPage *page = ADW_PREFERENCES_PAGE (adw_preferences_page_new ());
  GtkWindow *window;

  for (MeirUiActionGroup group = MEIR_UI_ACTIONS_GENERAL; group < MEIR_UI_N_ACTION_GROUPS; group++)
    adw_preferences_page_add (page, make_group (group));
  window = meir_ui_page_window_new (parent, _ ("Keyboard Shortcuts"), NULL, GTK_WIDGET (page));
  gtk_window_present (window);
  return window;
}
