/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-shrink.h"

#include "app/meir-ui-widget.h"

struct _MeirUiShrink {
  GtkWidget parent_instance;

  GtkWidget *child;
  int tight_chars; /* as many fitted side by side when the style was needed: with more it may not be */
  guint restyle;   /* the style of what is being laid out is left alone until that is done */
};

G_DEFINE_FINAL_TYPE (MeirUiShrink, meir_ui_shrink, GTK_TYPE_WIDGET)

enum {
  PROP_CHILD = 1,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static gboolean
is_cut_off (GtkWidget *widget)
{
  gboolean cut = GTK_IS_LABEL (widget) && gtk_widget_get_mapped (widget) &&
                 pango_layout_is_ellipsized (gtk_label_get_layout (GTK_LABEL (widget)));

  for (GtkWidget *w = gtk_widget_get_first_child (widget); w != NULL && !cut;
       w = gtk_widget_get_next_sibling (w))
    cut = is_cut_off (w);
  return cut;
}

/* The style that is needed where there is room for @chars side by side. */
static gboolean
is_to_be_tight (MeirUiShrink *shrink, int chars)
{
  if (gtk_widget_has_css_class (GTK_WIDGET (shrink), "tight"))
    return chars <= shrink->tight_chars;
  return is_cut_off (shrink->child);
}

static gboolean
on_restyle (gpointer user_data)
{
  MeirUiShrink *shrink = user_data;
  GtkWidget *widget = user_data;
  int chars = meir_ui_widget_count_chars (shrink, gtk_widget_get_width (widget));

  shrink->restyle = 0;
  if (!is_to_be_tight (shrink, chars)) {
    gtk_widget_remove_css_class (widget, "tight");
  } else if (!gtk_widget_has_css_class (widget, "tight")) {
    shrink->tight_chars = chars;
    gtk_widget_add_css_class (widget, "tight");
  }
  return G_SOURCE_REMOVE;
}

static void
meir_ui_shrink_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                        int *natural, int *minimum_baseline, int *natural_baseline)
{
  gtk_widget_measure (MEIR_UI_SHRINK (widget)->child, orientation, for_size, minimum, natural, NULL, NULL);
}

static void
meir_ui_shrink_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  MeirUiShrink *shrink = MEIR_UI_SHRINK (widget);

  gtk_widget_size_allocate (shrink->child, &(GtkAllocation){ .width = width, .height = height }, -1);
  if (shrink->restyle == 0 && gtk_widget_has_css_class (widget, "tight") !=
                                  is_to_be_tight (shrink, meir_ui_widget_count_chars (shrink, width)))
    shrink->restyle = g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_restyle, shrink, NULL);
}

static void
meir_ui_shrink_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  MeirUiShrink *shrink = MEIR_UI_SHRINK (object);

  switch (id) {
  case PROP_CHILD:
    shrink->child = g_value_get_object (value);
    gtk_widget_set_parent (shrink->child, GTK_WIDGET (shrink));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
meir_ui_shrink_dispose (GObject *object)
{
  MeirUiShrink *shrink = MEIR_UI_SHRINK (object);

  g_clear_handle_id (&shrink->restyle, g_source_remove);
  g_clear_pointer (&shrink->child, gtk_widget_unparent);
  G_OBJECT_CLASS (meir_ui_shrink_parent_class)->dispose (object);
}

static void
meir_ui_shrink_class_init (MeirUiShrinkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->set_property = meir_ui_shrink_set_property;
  object_class->dispose = meir_ui_shrink_dispose;
  widget_class->measure = meir_ui_shrink_measure;
  widget_class->size_allocate = meir_ui_shrink_size_allocate;
  gtk_widget_class_set_css_name (widget_class, "shrink");
  properties[PROP_CHILD] =
      g_param_spec_object ("child", NULL, NULL, GTK_TYPE_WIDGET,
                           G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
meir_ui_shrink_init (MeirUiShrink *shrink)
{
}

GtkWidget *
meir_ui_shrink_new (GtkWidget *child)
{
  return g_object_new (MEIR_UI_TYPE_SHRINK, "child", child, NULL);
}
