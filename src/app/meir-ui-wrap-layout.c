/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-wrap-layout.h"

/* Between what is beside and what is below each other once there are two lines. */
#define COLUMN_SPACING 12
#define LINE_SPACING   6

struct _MeirUiWrapLayout {
  GtkLayoutManager parent_instance;

  GtkLayoutManager *line; /* how the box would do it: all in a line */
};

G_DEFINE_FINAL_TYPE (MeirUiWrapLayout, meir_ui_wrap_layout, GTK_TYPE_LAYOUT_MANAGER)

static GtkWidget *
next_shown (GtkWidget *child)
{
  while (child != NULL && !gtk_widget_should_layout (child))
    child = gtk_widget_get_next_sibling (child);
  return child;
}

/* What may go below: the last of several, unless it is the words themselves. (nullable) */
static GtkWidget *
find_end (GtkWidget *box)
{
  GtkWidget *first = next_shown (gtk_widget_get_first_child (box));
  GtkWidget *last = first;

  for (GtkWidget *child = first; child != NULL; child = next_shown (gtk_widget_get_next_sibling (child)))
    last = child;
  return last != first && !gtk_widget_compute_expand (last, GTK_ORIENTATION_HORIZONTAL) ? last : NULL;
}

/* All but @end, in a line. */
static void
measure_start (GtkWidget *box, GtkWidget *end, int *minimum, int *natural)
{
  *minimum = *natural = -COLUMN_SPACING;
  for (GtkWidget *child = next_shown (gtk_widget_get_first_child (box)); child != end;
       child = next_shown (gtk_widget_get_next_sibling (child))) {
    int least, liked;

    gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &least, &liked, NULL, NULL);
    *minimum += least + COLUMN_SPACING;
    *natural += liked + COLUMN_SPACING;
  }
}

/* Words keep half of the width to themselves, or what they need. */
static gboolean
is_wrapped (GtkWidget *box, GtkWidget *end, int width)
{
  int minimum, natural, left;

  if (end == NULL || width < 0)
    return FALSE;
  gtk_widget_measure (end, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural, NULL, NULL);
  left = width - natural - COLUMN_SPACING;
  measure_start (box, end, &minimum, &natural);
  return left < minimum || (left < natural && left < width / 2);
}

static int
get_height (GtkWidget *widget, int width)
{
  int natural;

  gtk_widget_measure (widget, GTK_ORIENTATION_VERTICAL, width, NULL, &natural, NULL, NULL);
  return natural;
}

/* How wide @child of the first line is, which has @spare pixels more than its children need. */
static int
get_width (GtkWidget *child, int spare)
{
  int minimum, natural;

  gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural, NULL, NULL);
  return gtk_widget_compute_expand (child, GTK_ORIENTATION_HORIZONTAL) ? minimum + spare : minimum;
}

static int
get_start_height (GtkWidget *box, GtkWidget *end, int width)
{
  int minimum, natural, height = 0;

  measure_start (box, end, &minimum, &natural);
  for (GtkWidget *child = next_shown (gtk_widget_get_first_child (box)); child != end;
       child = next_shown (gtk_widget_get_next_sibling (child)))
    height = MAX (height, get_height (child, get_width (child, MAX (width - minimum, 0))));
  return height;
}

static GtkSizeRequestMode
meir_ui_wrap_layout_get_request_mode (GtkLayoutManager *layout, GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
meir_ui_wrap_layout_measure (GtkLayoutManager *layout, GtkWidget *widget, GtkOrientation orientation,
                             int for_size, int *minimum, int *natural, int *minimum_baseline,
                             int *natural_baseline)
{
  MeirUiWrapLayout *self = MEIR_UI_WRAP_LAYOUT (layout);
  GtkWidget *end = find_end (widget);
  int least, liked;

  if (orientation == GTK_ORIENTATION_VERTICAL && is_wrapped (widget, end, for_size)) {
    *minimum = *natural =
        get_start_height (widget, end, for_size) + LINE_SPACING + get_height (end, for_size);
    *minimum_baseline = *natural_baseline = -1;
    return;
  }
  gtk_layout_manager_measure (self->line, widget, orientation, for_size, minimum, natural, minimum_baseline,
                              natural_baseline);
  if (orientation == GTK_ORIENTATION_VERTICAL || end == NULL)
    return;
  gtk_widget_measure (end, GTK_ORIENTATION_HORIZONTAL, -1, minimum, NULL, NULL, NULL);
  measure_start (widget, end, &least, &liked);
  *minimum = MAX (*minimum, least);
}

static void
allocate_at (GtkWidget *box, GtkWidget *child, int x, int y, int width, int height)
{
  gboolean mirrored = gtk_widget_get_direction (box) == GTK_TEXT_DIR_RTL;

  if (mirrored)
    x = gtk_widget_get_width (box) - x - width;
  gtk_widget_size_allocate (child, &(GtkAllocation){ x, y, width, height }, -1);
}

static void
meir_ui_wrap_layout_allocate (GtkLayoutManager *layout, GtkWidget *widget, int width, int height,
                              int baseline)
{
  MeirUiWrapLayout *self = MEIR_UI_WRAP_LAYOUT (layout);
  GtkWidget *end = find_end (widget);
  int minimum, natural, line, below, x = 0;

  if (!is_wrapped (widget, end, width)) {
    gtk_layout_manager_allocate (self->line, widget, width, height, baseline);
    return;
  }
  measure_start (widget, end, &minimum, &natural);
  below = get_height (end, width);
  line = MAX (height - LINE_SPACING - below, 0);
  for (GtkWidget *child = next_shown (gtk_widget_get_first_child (widget)); child != end;
       child = next_shown (gtk_widget_get_next_sibling (child))) {
    int own = get_width (child, MAX (width - minimum, 0));

    allocate_at (widget, child, x, 0, own, line);
    x += own + COLUMN_SPACING;
  }
  gtk_widget_measure (end, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural, NULL, NULL);
  natural = MIN (natural, width);
  allocate_at (widget, end, width - natural, line + LINE_SPACING, natural, below);
}

static void
meir_ui_wrap_layout_finalize (GObject *object)
{
  g_object_unref (MEIR_UI_WRAP_LAYOUT (object)->line);
  G_OBJECT_CLASS (meir_ui_wrap_layout_parent_class)->finalize (object);
}

static void
meir_ui_wrap_layout_class_init (MeirUiWrapLayoutClass *klass)
{
  GtkLayoutManagerClass *layout_class = GTK_LAYOUT_MANAGER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = meir_ui_wrap_layout_finalize;
  layout_class->get_request_mode = meir_ui_wrap_layout_get_request_mode;
  layout_class->measure = meir_ui_wrap_layout_measure;
  layout_class->allocate = meir_ui_wrap_layout_allocate;
}

static void
meir_ui_wrap_layout_init (MeirUiWrapLayout *self)
{
  self->line = gtk_box_layout_new (GTK_ORIENTATION_HORIZONTAL);
}

void
meir_ui_wrap_layout_set (GtkBox *box)
{
  MeirUiWrapLayout *self = g_object_new (MEIR_UI_TYPE_WRAP_LAYOUT, NULL);

  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (self->line), (guint) gtk_box_get_spacing (box));
  gtk_widget_set_layout_manager (GTK_WIDGET (box), GTK_LAYOUT_MANAGER (self));
}

void
meir_ui_wrap_layout_use (GtkWidget *widget)
{
  if (ADW_IS_ACTION_ROW (widget)) {
    meir_ui_wrap_layout_set (GTK_BOX (gtk_list_box_row_get_child (GTK_LIST_BOX_ROW (widget))));
    return;
  }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    meir_ui_wrap_layout_use (child);
}
