/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-tabs.h"

struct _MeirUiTabs {
  GtkWidget parent_instance;

  AdwViewSwitcher *switcher;
  GtkLabel *title;
  gboolean squeezed;
  guint notify_idle; /* others hear of another layout when this one is done */
};

G_DEFINE_FINAL_TYPE (MeirUiTabs, meir_ui_tabs, GTK_TYPE_WIDGET)

enum {
  PROP_STACK = 1,
  PROP_TITLE,
  PROP_SQUEEZED,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void
show_children (MeirUiTabs *tabs)
{
  gtk_widget_set_child_visible (GTK_WIDGET (tabs->switcher), !tabs->squeezed);
  gtk_widget_set_child_visible (GTK_WIDGET (tabs->title), tabs->squeezed);
}

static gboolean
on_notify_idle (gpointer user_data)
{
  MeirUiTabs *tabs = user_data;

  tabs->notify_idle = 0;
  g_object_notify_by_pspec (G_OBJECT (tabs), properties[PROP_SQUEEZED]);
  return G_SOURCE_REMOVE;
}

static void
set_squeezed (MeirUiTabs *tabs, gboolean squeezed)
{
  if (tabs->squeezed == squeezed)
    return;
  tabs->squeezed = squeezed;
  show_children (tabs);
  if (tabs->notify_idle == 0)
    tabs->notify_idle = g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_notify_idle, tabs, NULL);
}

/* As wide as the tabs would like to be, and as narrow as the title can be: so the window can always be made
 * too narrow for the tabs. */
static void
meir_ui_tabs_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                      int *minimum_baseline, int *natural_baseline)
{
  MeirUiTabs *tabs = MEIR_UI_TABS (widget);
  int title_minimum, title_natural, tabs_minimum, tabs_natural;

  gtk_widget_measure (GTK_WIDGET (tabs->title), orientation, -1, &title_minimum, &title_natural, NULL, NULL);
  gtk_widget_measure (GTK_WIDGET (tabs->switcher), orientation, -1, &tabs_minimum, &tabs_natural, NULL, NULL);
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? title_minimum : MAX (title_minimum, tabs_minimum);
  *natural = MAX (MAX (title_natural, tabs_natural), *minimum);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *natural = MAX (tabs_natural, *minimum);
}

static void
meir_ui_tabs_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  MeirUiTabs *tabs = MEIR_UI_TABS (widget);
  GtkAllocation place = { .width = width, .height = height };
  int needed;

  gtk_widget_measure (GTK_WIDGET (tabs->switcher), GTK_ORIENTATION_HORIZONTAL, -1, NULL, &needed, NULL, NULL);
  set_squeezed (tabs, width < needed);
  gtk_widget_size_allocate (GTK_WIDGET (tabs->squeezed ? (gpointer) tabs->title : tabs->switcher), &place,
                            -1);
}

void
meir_ui_tabs_set_title (MeirUiTabs *tabs, const char *title)
{
  if (g_strcmp0 (gtk_label_get_text (tabs->title), title) == 0)
    return;
  gtk_label_set_text (tabs->title, title);
  g_object_notify_by_pspec (G_OBJECT (tabs), properties[PROP_TITLE]);
}

gboolean
meir_ui_tabs_get_squeezed (MeirUiTabs *tabs)
{
  return tabs->squeezed;
}

static void
meir_ui_tabs_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MeirUiTabs *tabs = MEIR_UI_TABS (object);

  switch (id) {
  case PROP_STACK:
    g_value_set_object (value, adw_view_switcher_get_stack (tabs->switcher));
    break;
  case PROP_TITLE:
    g_value_set_string (value, gtk_label_get_text (tabs->title));
    break;
  case PROP_SQUEEZED:
    g_value_set_boolean (value, tabs->squeezed);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
meir_ui_tabs_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  MeirUiTabs *tabs = MEIR_UI_TABS (object);

  if (id == PROP_STACK)
    adw_view_switcher_set_stack (tabs->switcher, g_value_get_object (value));
  else if (id == PROP_TITLE)
    meir_ui_tabs_set_title (tabs, g_value_get_string (value) != NULL ? g_value_get_string (value) : "");
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
meir_ui_tabs_dispose (GObject *object)
{
  MeirUiTabs *tabs = MEIR_UI_TABS (object);

  g_clear_handle_id (&tabs->notify_idle, g_source_remove);
  g_clear_pointer ((GtkWidget **) &tabs->switcher, gtk_widget_unparent);
  g_clear_pointer ((GtkWidget **) &tabs->title, gtk_widget_unparent);
  G_OBJECT_CLASS (meir_ui_tabs_parent_class)->dispose (object);
}

static void
meir_ui_tabs_class_init (MeirUiTabsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = meir_ui_tabs_get_property;
  object_class->set_property = meir_ui_tabs_set_property;
  object_class->dispose = meir_ui_tabs_dispose;
  widget_class->measure = meir_ui_tabs_measure;
  widget_class->size_allocate = meir_ui_tabs_size_allocate;
  properties[PROP_STACK] = g_param_spec_object ("stack", NULL, NULL, ADW_TYPE_VIEW_STACK, flags);
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, "", flags);
  properties[PROP_SQUEEZED] =
      g_param_spec_boolean ("squeezed", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
meir_ui_tabs_init (MeirUiTabs *tabs)
{
  tabs->switcher = ADW_VIEW_SWITCHER (adw_view_switcher_new ());
  adw_view_switcher_set_policy (tabs->switcher, ADW_VIEW_SWITCHER_POLICY_WIDE);
  gtk_widget_set_parent (GTK_WIDGET (tabs->switcher), GTK_WIDGET (tabs));
  tabs->title = GTK_LABEL (gtk_label_new (""));
  gtk_label_set_ellipsize (tabs->title, PANGO_ELLIPSIZE_END);
  gtk_label_set_single_line_mode (tabs->title, TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (tabs->title), "title");
  gtk_widget_set_parent (GTK_WIDGET (tabs->title), GTK_WIDGET (tabs));
  show_children (tabs);
}
