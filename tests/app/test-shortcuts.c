/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-shortcuts.h"

#include "app/meir-ui-actions.h"
#include "widget-support.h"

#include <adwaita.h>

/* The page of keys has every action that has one. */

static guint
count_rows (GtkWidget *widget)
{
  guint n = ADW_IS_ACTION_ROW (widget);

  for (GtkWidget *w = gtk_widget_get_first_child (widget); w != NULL; w = gtk_widget_get_next_sibling (w))
    n += count_rows (w);
  return n;
}

static void
test_page (void)
{
  GtkWidget *parent = gtk_window_new ();
  GtkWindow *window = meir_ui_shortcuts_present (GTK_WINDOW (parent));
  guint n_actions, n_with_key = 0;
  const MeirUiAction *actions = meir_ui_actions_get (&n_actions);

  for (guint i = 0; i < n_actions; i++) {
    if (actions[i].accels[0] == NULL)
      continue;
    n_with_key++;
    g_assert_true (widget_has_text (window, actions[i].title));
  }
  g_assert_cmpuint (n_with_key, >, 20);
  g_assert_cmpuint (count_rows (GTK_WIDGET (window)), ==, n_with_key);
  g_assert_true (widget_has_text (window, "Ctrl+R"));
  gtk_window_destroy (window);
  gtk_window_destroy (GTK_WINDOW (parent));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/app/shortcuts/page", test_page);
  return g_test_run ();
}
