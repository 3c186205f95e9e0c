/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-button-content.h"

#define SPACING 6

struct _MeirUiButtonContent {
  GtkWidget parent_instance;

  GtkWidget *icon;
  GtkWidget *label;
};

G_DEFINE_FINAL_TYPE (MeirUiButtonContent, meir_ui_button_content, GTK_TYPE_WIDGET)

enum {
  PROP_ICON_NAME = 1,
  PROP_LABEL,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static int
natural_width (GtkWidget *widget)
{
  int natural;

  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);
  return natural;
}

static void
meir_ui_button_content_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                                int *natural, int *minimum_baseline, int *natural_baseline)
{
  MeirUiButtonContent *content = MEIR_UI_BUTTON_CONTENT (widget);
  int label_minimum, label_natural;

  gtk_widget_measure (content->icon, orientation, -1, minimum, natural, NULL, NULL);
  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    *natural += SPACING + natural_width (content->label);
    return;
  }
  gtk_widget_measure (content->label, orientation, -1, &label_minimum, &label_natural, NULL, NULL);
  *minimum = MAX (*minimum, label_minimum);
  *natural = MAX (*natural, label_natural);
}

static void
meir_ui_button_content_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  MeirUiButtonContent *content = MEIR_UI_BUTTON_CONTENT (widget);
  gboolean mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int icon_width = natural_width (content->icon);
  int label_width = natural_width (content->label);
  int both = icon_width + SPACING + label_width;
  gboolean fits = both <= width;
  GtkAllocation icon = { .x = (width - (fits ? both : icon_width)) / 2,
                         .width = icon_width,
                         .height = height };
  GtkAllocation label = { .x = icon.x + icon_width + SPACING, .width = label_width, .height = height };

  if (mirrored) {
    icon.x = width - icon.x - icon.width;
    label.x = width - label.x - label.width;
  }
  gtk_widget_set_child_visible (content->label, fits);
  gtk_widget_size_allocate (content->icon, &icon, -1);
  if (fits)
    gtk_widget_size_allocate (content->label, &label, -1);
}

static void
meir_ui_button_content_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MeirUiButtonContent *content = MEIR_UI_BUTTON_CONTENT (object);

  switch (id) {
  case PROP_ICON_NAME:
    g_value_set_string (value, gtk_image_get_icon_name (GTK_IMAGE (content->icon)));
    break;
  case PROP_LABEL:
    g_value_set_string (value, gtk_label_get_label (GTK_LABEL (content->label)));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
meir_ui_button_content_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  MeirUiButtonContent *content = MEIR_UI_BUTTON_CONTENT (object);

  switch (id) {
  case PROP_ICON_NAME:
    gtk_image_set_from_icon_name (GTK_IMAGE (content->icon), g_value_get_string (value));
    break;
  case PROP_LABEL:
    gtk_label_set_text_with_mnemonic (GTK_LABEL (content->label), g_value_get_string (value));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
meir_ui_button_content_dispose (GObject *object)
{
  MeirUiButtonContent *content = MEIR_UI_BUTTON_CONTENT (object);

  g_clear_pointer (&content->icon, gtk_widget_unparent);
  g_clear_pointer (&content->label, gtk_widget_unparent);
  G_OBJECT_CLASS (meir_ui_button_content_parent_class)->dispose (object);
}

static void
meir_ui_button_content_class_init (MeirUiButtonContentClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = meir_ui_button_content_get_property;
  object_class->set_property = meir_ui_button_content_set_property;
  object_class->dispose = meir_ui_button_content_dispose;
  widget_class->measure = meir_ui_button_content_measure;
  widget_class->size_allocate = meir_ui_button_content_size_allocate;
  properties[PROP_ICON_NAME] =
      g_param_spec_string ("icon-name", NULL, NULL, NULL, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_LABEL] =
      g_param_spec_string ("label", NULL, NULL, NULL, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
meir_ui_button_content_init (MeirUiButtonContent *content)
{
  content->icon = gtk_image_new ();
  content->label = gtk_label_new (NULL);
  gtk_widget_set_parent (content->icon, GTK_WIDGET (content));
  gtk_widget_set_parent (content->label, GTK_WIDGET (content));
}
