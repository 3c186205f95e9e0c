/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-chips.h"

#include <glib/gi18n.h>

#define SPACING 6
#define MARGIN  12

struct _MeirUiChips {
  GtkWidget parent_instance;

  GtkWidget *revealer;
  GtkToggleButton *buttons[MEIR_UI_N_FILTERS];
  MeirUiItems *items; /* (nullable) */
};

G_DEFINE_FINAL_TYPE (MeirUiChips, meir_ui_chips, GTK_TYPE_WIDGET)

static char *
dup_label (MeirUiFilter filter, guint count)
{
  switch (filter) {
  case MEIR_UI_FILTER_ALL:
    /* Translators: torrents of all kinds, and how many these are; likewise the next three */
    return g_strdup_printf (_ ("All %u"), count);
  case MEIR_UI_FILTER_DOWNLOADING:
    return g_strdup_printf (_ ("Downloading %u"), count);
  case MEIR_UI_FILTER_SHARING:
    return g_strdup_printf (_ ("Sharing %u"), count);
  case MEIR_UI_FILTER_ATTENTION:
    return g_strdup_printf (_ ("Attention %u"), count);
  case MEIR_UI_N_FILTERS:
    break;
  }
  g_return_val_if_reached (NULL);
}

void
meir_ui_chips_update (MeirUiChips *chips)
{
  gboolean wanted =
      chips->items != NULL && (meir_ui_items_get_n_torrents (chips->items) >= MEIR_UI_CHIPS_MIN ||
                               meir_ui_items_get_filter (chips->items) != MEIR_UI_FILTER_ALL);

  gtk_revealer_set_reveal_child (GTK_REVEALER (chips->revealer), wanted);
  for (MeirUiFilter filter = MEIR_UI_FILTER_ALL; wanted && filter < MEIR_UI_N_FILTERS; filter++) {
    GtkButton *button = GTK_BUTTON (chips->buttons[filter]);
    g_autofree char *label = dup_label (filter, meir_ui_items_get_count (chips->items, filter));

    if (g_strcmp0 (gtk_button_get_label (button), label) != 0)
      gtk_button_set_label (button, label);
  }
}

void
meir_ui_chips_set_items (MeirUiChips *chips, MeirUiItems *items)
{
  g_set_object (&chips->items, items);
  meir_ui_chips_update (chips);
}

void
meir_ui_chips_reset (MeirUiChips *chips)
{
  gtk_toggle_button_set_active (chips->buttons[MEIR_UI_FILTER_ALL], TRUE);
}

static void
on_toggled (GtkToggleButton *button, MeirUiChips *chips)
{
  for (MeirUiFilter filter = MEIR_UI_FILTER_ALL; filter < MEIR_UI_N_FILTERS; filter++)
    if (button == chips->buttons[filter] && gtk_toggle_button_get_active (button) && chips->items != NULL)
      meir_ui_items_set_filter (chips->items, filter);
}

static void
meir_ui_chips_dispose (GObject *object)
{
  MeirUiChips *chips = MEIR_UI_CHIPS (object);

  g_clear_pointer (&chips->revealer, gtk_widget_unparent);
  g_clear_object (&chips->items);
  G_OBJECT_CLASS (meir_ui_chips_parent_class)->dispose (object);
}

static void
meir_ui_chips_class_init (MeirUiChipsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = meir_ui_chips_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
meir_ui_chips_init (MeirUiChips *chips)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, SPACING);
  GtkWidget *scroller = gtk_scrolled_window_new ();

  g_object_set (box, "margin-top", SPACING, "margin-bottom", SPACING, "margin-start", MARGIN, "margin-end",
                MARGIN, "halign", GTK_ALIGN_CENTER, NULL);
  for (MeirUiFilter filter = MEIR_UI_FILTER_ALL; filter < MEIR_UI_N_FILTERS; filter++) {
    g_autofree char *label = dup_label (filter, 0);

    chips->buttons[filter] = GTK_TOGGLE_BUTTON (gtk_toggle_button_new_with_label (label));
    if (filter != MEIR_UI_FILTER_ALL)
      gtk_toggle_button_set_group (chips->buttons[filter], chips->buttons[MEIR_UI_FILTER_ALL]);
    gtk_widget_add_css_class (GTK_WIDGET (chips->buttons[filter]), "chip");
    g_signal_connect (chips->buttons[filter], "toggled", G_CALLBACK (on_toggled), chips);
    gtk_box_append (GTK_BOX (box), GTK_WIDGET (chips->buttons[filter]));
  }
  gtk_toggle_button_set_active (chips->buttons[MEIR_UI_FILTER_ALL], TRUE);
  /* Narrow, or with large text, there is not room for all: they scroll. */
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_EXTERNAL, GTK_POLICY_NEVER);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), box);
  chips->revealer = gtk_revealer_new ();
  gtk_revealer_set_child (GTK_REVEALER (chips->revealer), scroller);
  gtk_widget_set_parent (chips->revealer, GTK_WIDGET (chips));
  gtk_accessible_update_property (GTK_ACCESSIBLE (scroller), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Show"), -1);
}
