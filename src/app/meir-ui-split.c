/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-split.h"

/* How much of the width the list gets beside the details. */
#define START_SHARE 0.42

struct _MeirUiSplit {
  GtkWidget parent_instance;

  GtkWidget *start, *end; /* (nullable) */
  GtkWidget *separator;
  gboolean collapsed, show_details;
  guint notify_idle; /* the children hear of another layout when this one is done */
};

static void meir_ui_split_buildable_init (GtkBuildableIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MeirUiSplit, meir_ui_split, GTK_TYPE_WIDGET,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_BUILDABLE, meir_ui_split_buildable_init))

enum {
  PROP_START = 1,
  PROP_END,
  PROP_COLLAPSED,
  PROP_SHOW_DETAILS,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];
static guint focus_moved_signal;

static gboolean
shows_start (MeirUiSplit *split)
{
  return !split->collapsed || !split->show_details || split->end == NULL;
}

static gboolean
shows_end (MeirUiSplit *split)
{
  return split->end != NULL && split->show_details;
}

static void
show_children (MeirUiSplit *split)
{
  gboolean both = shows_start (split) && shows_end (split);

  if (split->start != NULL)
    gtk_widget_set_child_visible (split->start, shows_start (split));
  if (split->end != NULL)
    gtk_widget_set_child_visible (split->end, shows_end (split));
  gtk_widget_set_child_visible (split->separator, both);
}

static void
measure_child (GtkWidget *child, GtkOrientation orientation, int for_size, int *minimum, int *natural)
{
  *minimum = *natural = 0;
  if (child != NULL)
    gtk_widget_measure (child, orientation, for_size, minimum, natural, NULL, NULL);
}

/* Either may be shown alone: the window is never narrower than the wider of them. */
static void
meir_ui_split_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                       int *natural, int *minimum_baseline, int *natural_baseline)
{
  MeirUiSplit *split = MEIR_UI_SPLIT (widget);
  int start_minimum, start_natural, end_minimum, end_natural;

  /* Height for width would ask the children about widths they may not get. */
  if (orientation == GTK_ORIENTATION_VERTICAL)
    for_size = -1;
  measure_child (split->start, orientation, for_size, &start_minimum, &start_natural);
  measure_child (split->end, orientation, for_size, &end_minimum, &end_natural);
  *minimum = MAX (start_minimum, end_minimum);
  *natural = MAX (start_natural, end_natural);
}

/* A GtkWidget that is not shown keeps the focus, and the keys would go nowhere. */
static void
move_focus (MeirUiSplit *split)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (split));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  GtkWidget *hidden = !shows_end (split) ? split->end : !shows_start (split) ? split->start : NULL;
  GtkWidget *shown = hidden == split->start ? split->end : split->start;

  if (focus == NULL || hidden == NULL || shown == NULL)
    return;
  if (focus != hidden && !gtk_widget_is_ancestor (focus, hidden))
    return;
  gtk_widget_child_focus (shown, GTK_DIR_TAB_FORWARD);
  g_signal_emit (split, focus_moved_signal, 0);
}

static gboolean
on_notify_idle (gpointer user_data)
{
  MeirUiSplit *split = user_data;

  split->notify_idle = 0;
  move_focus (split);
  g_object_notify_by_pspec (G_OBJECT (split), properties[PROP_COLLAPSED]);
  return G_SOURCE_REMOVE;
}

static void
set_collapsed (MeirUiSplit *split, gboolean collapsed)
{
  if (split->collapsed == collapsed)
    return;
  split->collapsed = collapsed;
  show_children (split);
  if (split->notify_idle == 0)
    split->notify_idle = g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_notify_idle, split, NULL);
}

static void
allocate (MeirUiSplit *split, GtkWidget *child, int x, int width, int height)
{
  int total = gtk_widget_get_width (GTK_WIDGET (split));
  gboolean mirrored = gtk_widget_get_direction (GTK_WIDGET (split)) == GTK_TEXT_DIR_RTL;
  GtkAllocation place = { .x = mirrored ? total - x - width : x, .width = width, .height = height };

  gtk_widget_size_allocate (child, &place, -1);
}

static void
meir_ui_split_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  MeirUiSplit *split = MEIR_UI_SPLIT (widget);
  int start_minimum, end_minimum, line, natural, start;

  measure_child (split->start, GTK_ORIENTATION_HORIZONTAL, -1, &start_minimum, &natural);
  measure_child (split->end, GTK_ORIENTATION_HORIZONTAL, -1, &end_minimum, &natural);
  measure_child (split->separator, GTK_ORIENTATION_HORIZONTAL, -1, &line, &natural);
  /* Large text may need more than the usual width for two. */
  set_collapsed (split, width < MAX (MEIR_UI_SPLIT_WIDTH, start_minimum + line + end_minimum));
  if (!shows_end (split)) {
    if (split->start != NULL)
      allocate (split, split->start, 0, width, height);
  } else if (!shows_start (split) || split->start == NULL) {
    allocate (split, split->end, 0, width, height);
  } else {
    start = CLAMP ((int) (width * START_SHARE), start_minimum, width - line - end_minimum);
    allocate (split, split->start, 0, start, height);
    allocate (split, split->separator, start, line, height);
    allocate (split, split->end, start + line, width - start - line, height);
  }
}

gboolean
meir_ui_split_get_collapsed (MeirUiSplit *split)
{
  return split->collapsed;
}

gboolean
meir_ui_split_get_show_details (MeirUiSplit *split)
{
  return split->show_details;
}

void
meir_ui_split_set_show_details (MeirUiSplit *split, gboolean show_details)
{
  if (split->show_details == show_details)
    return;
  split->show_details = show_details;
  show_children (split);
  move_focus (split);
  gtk_widget_queue_resize (GTK_WIDGET (split));
  g_object_notify_by_pspec (G_OBJECT (split), properties[PROP_SHOW_DETAILS]);
}

static void
set_child (MeirUiSplit *split, GtkWidget **slot, GtkWidget *child, GtkWidget *before, guint property)
{
  if (*slot == child)
    return;
  g_clear_pointer (slot, gtk_widget_unparent);
  *slot = child;
  if (child != NULL)
    gtk_widget_insert_before (child, GTK_WIDGET (split), before);
  show_children (split);
  g_object_notify_by_pspec (G_OBJECT (split), properties[property]);
}

void
meir_ui_split_set_start (MeirUiSplit *split, GtkWidget *child)
{
  set_child (split, &split->start, child, split->separator, PROP_START);
}

void
meir_ui_split_set_end (MeirUiSplit *split, GtkWidget *child)
{
  set_child (split, &split->end, child, NULL, PROP_END);
}

static void
meir_ui_split_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MeirUiSplit *split = MEIR_UI_SPLIT (object);

  switch (id) {
  case PROP_START:
    g_value_set_object (value, split->start);
    break;
  case PROP_END:
    g_value_set_object (value, split->end);
    break;
  case PROP_COLLAPSED:
    g_value_set_boolean (value, split->collapsed);
    break;
  case PROP_SHOW_DETAILS:
    g_value_set_boolean (value, split->show_details);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
meir_ui_split_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  MeirUiSplit *split = MEIR_UI_SPLIT (object);

  switch (id) {
  case PROP_START:
    meir_ui_split_set_start (split, g_value_get_object (value));
    break;
  case PROP_END:
    meir_ui_split_set_end (split, g_value_get_object (value));
    break;
  case PROP_SHOW_DETAILS:
    meir_ui_split_set_show_details (split, g_value_get_boolean (value));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
meir_ui_split_add_child (GtkBuildable *buildable, GtkBuilder *builder, GObject *child, const char *type)
{
  if (g_strcmp0 (type, "end") == 0)
    meir_ui_split_set_end (MEIR_UI_SPLIT (buildable), GTK_WIDGET (child));
  else
    meir_ui_split_set_start (MEIR_UI_SPLIT (buildable), GTK_WIDGET (child));
}

static void
meir_ui_split_buildable_init (GtkBuildableIface *iface)
{
  iface->add_child = meir_ui_split_add_child;
}

static void
meir_ui_split_dispose (GObject *object)
{
  MeirUiSplit *split = MEIR_UI_SPLIT (object);

  g_clear_handle_id (&split->notify_idle, g_source_remove);
  g_clear_pointer (&split->start, gtk_widget_unparent);
  g_clear_pointer (&split->separator, gtk_widget_unparent);
  g_clear_pointer (&split->end, gtk_widget_unparent);
  G_OBJECT_CLASS (meir_ui_split_parent_class)->dispose (object);
}

static void
meir_ui_split_class_init (MeirUiSplitClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = meir_ui_split_get_property;
  object_class->set_property = meir_ui_split_set_property;
  object_class->dispose = meir_ui_split_dispose;
  widget_class->measure = meir_ui_split_measure;
  widget_class->size_allocate = meir_ui_split_size_allocate;
  properties[PROP_START] = g_param_spec_object ("start", NULL, NULL, GTK_TYPE_WIDGET, flags);
  properties[PROP_END] = g_param_spec_object ("end", NULL, NULL, GTK_TYPE_WIDGET, flags);
  properties[PROP_COLLAPSED] =
      g_param_spec_boolean ("collapsed", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_SHOW_DETAILS] = g_param_spec_boolean ("show-details", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  focus_moved_signal = g_signal_new ("focus-moved", MEIR_UI_TYPE_SPLIT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                     NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_css_name (widget_class, "split");
}

static void
meir_ui_split_init (MeirUiSplit *split)
{
  split->collapsed = TRUE; /* until it is known that there is room */
  split->separator = gtk_separator_new (GTK_ORIENTATION_VERTICAL);
  gtk_widget_set_child_visible (split->separator, FALSE);
  gtk_widget_set_parent (split->separator, GTK_WIDGET (split));
}

GtkWidget *
meir_ui_split_new (void)
{
  return g_object_new (MEIR_UI_TYPE_SPLIT, NULL);
}
