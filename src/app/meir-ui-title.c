/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-title.h"

#include "app/meir-ui-widget.h"

#include <glib/gi18n.h>

/* Whether rates fit side by side is asked of large ones, so that it depends on the room alone. */
#define LARGE_RATE G_GUINT64_CONSTANT (888800000)
/* Text gets no smaller than this share of its size. */
#define SCALE_MIN 0.5f

struct _MeirUiTitle {
  GtkWidget parent_instance;

  GtkLabel *name;
  GtkLabel *rates;
  GtkLabel *down, *up; /* the same rates, one a line; a screen reader hears the one above */
  gboolean any_rates;
};

G_DEFINE_FINAL_TYPE (MeirUiTitle, meir_ui_title, GTK_TYPE_WIDGET)

enum {
  PROP_NAME = 1,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static char *
dup_rates (guint64 down_per_sec, guint64 up_per_sec)
{
  g_autofree char *down = g_format_size (down_per_sec);
  g_autofree char *up = g_format_size (up_per_sec);

  /* Translators: the rates of all torrents together */
  return g_strdup_printf (_ ("↓ %s/s   ↑ %s/s"), down, up);
}

static int
get_natural (GtkLabel *label, GtkOrientation orientation)
{
  int natural;

  gtk_widget_measure (GTK_WIDGET (label), orientation, -1, NULL, &natural, NULL, NULL);
  return natural;
}

/* What large rates side by side take. */
static int
get_rates_width (MeirUiTitle *title)
{
  g_autofree char *text = dup_rates (LARGE_RATE, LARGE_RATE);
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (title->rates), text);
  int width;

  pango_layout_get_pixel_size (layout, &width, NULL);
  return width;
}

/* Both lines are always kept, so that the header bar is as high with rates as without. */
static void
meir_ui_title_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                       int *natural, int *minimum_baseline, int *natural_baseline)
{
  MeirUiTitle *title = MEIR_UI_TITLE (widget);
  int name = get_natural (title->name, orientation);

  if (orientation == GTK_ORIENTATION_VERTICAL) {
    *minimum = *natural = name + get_natural (title->rates, orientation);
    return;
  }
  *natural = MAX (name, get_rates_width (title));
  *minimum = (int) ((float) name * SCALE_MIN);
}

/* Puts @label into the middle of a line, as large as it is or as the line lets it be. */
static void
place (GtkLabel *label, float scale, int y, int width, int height)
{
  int label_width = get_natural (label, GTK_ORIENTATION_HORIZONTAL);
  int label_height = get_natural (label, GTK_ORIENTATION_VERTICAL);
  graphene_point_t start;

  label_width = MIN (label_width, (int) ((float) width / scale));
  start = GRAPHENE_POINT_INIT (((float) width - scale * (float) label_width) / 2,
                               (float) y + ((float) height - scale * (float) label_height) / 2);
  gtk_widget_allocate (GTK_WIDGET (label), label_width, label_height, -1,
                       gsk_transform_scale (gsk_transform_translate (NULL, &start), scale, scale));
}

static float
get_scale (int wanted, int width)
{
  return wanted > width ? MAX (SCALE_MIN, (float) width / (float) wanted) : 1;
}

static void
meir_ui_title_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  MeirUiTitle *title = MEIR_UI_TITLE (widget);
  int name = get_natural (title->name, GTK_ORIENTATION_HORIZONTAL);
  gboolean apart = title->any_rates && MAX (name, get_rates_width (title)) > width;
  GtkLabel *first = apart ? title->down : title->name;
  GtkLabel *second = apart ? title->up : title->rates;
  int first_height = get_natural (first, GTK_ORIENTATION_VERTICAL);
  int second_height = title->any_rates ? get_natural (second, GTK_ORIENTATION_VERTICAL) : 0;
  int y = (height - first_height - second_height) / 2;
  float first_scale = get_scale (get_natural (first, GTK_ORIENTATION_HORIZONTAL), width);
  float second_scale = get_scale (get_natural (second, GTK_ORIENTATION_HORIZONTAL), width);

  gtk_widget_set_child_visible (GTK_WIDGET (title->name), !apart);
  gtk_widget_set_child_visible (GTK_WIDGET (title->rates), !apart && title->any_rates);
  gtk_widget_set_child_visible (GTK_WIDGET (title->down), apart);
  gtk_widget_set_child_visible (GTK_WIDGET (title->up), apart);
  /* Two rates are of one size. */
  if (apart)
    first_scale = second_scale = MIN (first_scale, second_scale);
  place (first, first_scale, y, width, first_height);
  if (title->any_rates)
    place (second, second_scale, y + first_height, width, second_height);
}

static void
meir_ui_title_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  switch (id) {
  case PROP_NAME:
    gtk_label_set_text (MEIR_UI_TITLE (object)->name, g_value_get_string (value));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
meir_ui_title_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (meir_ui_title_parent_class)->dispose (object);
}

static void
meir_ui_title_class_init (MeirUiTitleClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->set_property = meir_ui_title_set_property;
  object_class->dispose = meir_ui_title_dispose;
  widget_class->measure = meir_ui_title_measure;
  widget_class->size_allocate = meir_ui_title_size_allocate;
  gtk_widget_class_set_css_name (widget_class, "apptitle");
  properties[PROP_NAME] = g_param_spec_string (
      "name", NULL, NULL, NULL, G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static GtkLabel *
add_line (MeirUiTitle *title, const char *style, GtkAccessibleRole role)
{
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "accessible-role", role, "ellipsize", PANGO_ELLIPSIZE_END,
                                   "single-line-mode", TRUE, NULL);

  gtk_widget_add_css_class (label, style);
  gtk_widget_set_parent (label, GTK_WIDGET (title));
  return GTK_LABEL (label);
}

static void
meir_ui_title_init (MeirUiTitle *title)
{
  title->name = add_line (title, "title", GTK_ACCESSIBLE_ROLE_LABEL);
  title->rates = add_line (title, "subtitle", GTK_ACCESSIBLE_ROLE_LABEL);
  title->down = add_line (title, "subtitle", GTK_ACCESSIBLE_ROLE_PRESENTATION);
  title->up = add_line (title, "subtitle", GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

void
meir_ui_title_set_rates (MeirUiTitle *title, guint64 down_per_sec, guint64 up_per_sec)
{
  gboolean any = down_per_sec > 0 || up_per_sec > 0;
  g_autofree char *down_size = g_format_size (down_per_sec);
  g_autofree char *up_size = g_format_size (up_per_sec);
  g_autofree char *both = any ? dup_rates (down_per_sec, up_per_sec) : g_strdup ("");
  /* Translators: the rate at which all torrents together download */
  g_autofree char *down = g_strdup_printf (_ ("↓ %s/s"), down_size);
  /* Translators: the rate at which all torrents together upload */
  g_autofree char *up = g_strdup_printf (_ ("↑ %s/s"), up_size);

  meir_ui_widget_set_text (title->rates, both);
  meir_ui_widget_set_text (title->down, down);
  meir_ui_widget_set_text (title->up, up);
  if (title->any_rates == any)
    return;
  title->any_rates = any;
  gtk_widget_queue_allocate (GTK_WIDGET (title));
}
