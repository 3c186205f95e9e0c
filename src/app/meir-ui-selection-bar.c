/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-selection-bar.h"

#include "app/meir-ui-button-content.h"

#include <glib/gi18n.h>

typedef struct {
  GtkWidget *button, *content;
} MeirUiVerb;

struct _MeirUiSelectionBar {
  GtkWidget parent_instance;

  GtkWidget *revealer;
  MeirUiVerb pause, resume, remove;
  GtkWidget *none;
};

G_DEFINE_FINAL_TYPE (MeirUiSelectionBar, meir_ui_selection_bar, GTK_TYPE_WIDGET)

/* @label: (transfer full) */
static void
name_verb (MeirUiVerb *verb, char *label)
{
  g_autofree char *owned = label;

  g_object_set (verb->content, "label", owned, NULL);
  gtk_widget_set_tooltip_text (verb->button, owned);
  gtk_accessible_update_property (GTK_ACCESSIBLE (verb->button), GTK_ACCESSIBLE_PROPERTY_LABEL, owned, -1);
}

void
meir_ui_selection_bar_set_count (MeirUiSelectionBar *bar, guint n)
{
  gtk_revealer_set_reveal_child (GTK_REVEALER (bar->revealer), n > 1);
  /* What slides out keeps its words. */
  if (n <= 1)
    return;
  name_verb (&bar->pause, g_strdup_printf (ngettext ("Pause %u Torrent", "Pause %u Torrents", n), n));
  name_verb (&bar->resume, g_strdup_printf (ngettext ("Resume %u Torrent", "Resume %u Torrents", n), n));
  name_verb (&bar->remove, g_strdup_printf (ngettext ("Remove %u Torrent", "Remove %u Torrents", n), n));
}

static MeirUiVerb
add_verb (GtkWidget *actions, const char *action, const char *icon, const char *label)
{
  MeirUiVerb verb = { gtk_button_new (),
                      g_object_new (MEIR_UI_TYPE_BUTTON_CONTENT, "icon-name", icon, NULL) };

  gtk_button_set_child (GTK_BUTTON (verb.button), verb.content);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (verb.button), action);
  gtk_action_bar_pack_start (GTK_ACTION_BAR (actions), verb.button);
  name_verb (&verb, g_strdup (label));
  return verb;
}

static void
meir_ui_selection_bar_dispose (GObject *object)
{
  g_clear_pointer (&MEIR_UI_SELECTION_BAR (object)->revealer, gtk_widget_unparent);
  G_OBJECT_CLASS (meir_ui_selection_bar_parent_class)->dispose (object);
}

static void
meir_ui_selection_bar_class_init (MeirUiSelectionBarClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = meir_ui_selection_bar_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
meir_ui_selection_bar_init (MeirUiSelectionBar *bar)
{
  GtkWidget *actions = gtk_action_bar_new ();

  bar->pause = add_verb (actions, "win.pause", "meir-pause-symbolic", _ ("Pause"));
  bar->resume = add_verb (actions, "win.resume", "meir-resume-symbolic", _ ("Resume"));
  bar->remove = add_verb (actions, "win.remove", "meir-trash-symbolic", _ ("Remove From List"));
  bar->none = gtk_button_new_from_icon_name ("meir-stop-symbolic");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (bar->none), "win.select-none");
  gtk_widget_set_tooltip_text (bar->none, _ ("Select None"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (bar->none), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Select None"), -1);
  gtk_action_bar_pack_end (GTK_ACTION_BAR (actions), bar->none);
  bar->revealer = gtk_revealer_new ();
  gtk_revealer_set_transition_type (GTK_REVEALER (bar->revealer), GTK_REVEALER_TRANSITION_TYPE_SLIDE_UP);
  gtk_revealer_set_child (GTK_REVEALER (bar->revealer), actions);
  gtk_widget_set_parent (bar->revealer, GTK_WIDGET (bar));
}
