/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-people-line.h"

#include "app/meir-ui-widget.h"

#define SPACING 12
/* With as few columns as can be, in pixels. */
#define WIDTH_MIN 240
/* A line of fewer characters than this has an address of its width, and below it two figures. */
#define FOLDED_CHARS_MAX 30

struct _MeirUiPeopleLine {
  GtkWidget parent_instance;

  GtkWidget *cells[MEIR_UI_N_PEOPLE_COLUMNS];
};

G_DEFINE_FINAL_TYPE (MeirUiPeopleLine, meir_ui_people_line, GTK_TYPE_WIDGET)

/* In characters: how wide a line has to be for the column to be there, and how wide the column is; the rest
 * is shared by those of no width of their own. */
static const struct {
  int min_chars;
  int chars;
} column_info[MEIR_UI_N_PEOPLE_COLUMNS] = {
  [MEIR_UI_PEOPLE_ADDRESS] = { 0, 0 }, [MEIR_UI_PEOPLE_CLIENT] = { 75, 0 },
  [MEIR_UI_PEOPLE_HAVE] = { 0, 9 },    [MEIR_UI_PEOPLE_DOWN] = { 36, 12 },
  [MEIR_UI_PEOPLE_UP] = { 55, 12 },    [MEIR_UI_PEOPLE_DOING] = { 95, 18 },
};

gboolean
meir_ui_people_column_is_figure (MeirUiPeopleColumn column)
{
  return column == MEIR_UI_PEOPLE_HAVE || column == MEIR_UI_PEOPLE_DOWN || column == MEIR_UI_PEOPLE_UP;
}

/* Whether the address needs the width for itself, and the figures lie below it. */
static gboolean
is_folded (MeirUiPeopleLine *line, int width)
{
  return width >= 0 && meir_ui_widget_count_chars (line, width) < FOLDED_CHARS_MAX;
}

static int
get_height (GtkWidget *cell)
{
  int natural;

  gtk_widget_measure (cell, GTK_ORIENTATION_VERTICAL, -1, NULL, &natural, NULL, NULL);
  return natural;
}

static GtkSizeRequestMode
meir_ui_people_line_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
meir_ui_people_line_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                             int *natural, int *minimum_baseline, int *natural_baseline)
{
  MeirUiPeopleLine *line = MEIR_UI_PEOPLE_LINE (widget);
  int figures = 0, others = 0;

  *minimum = *natural = WIDTH_MIN;
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    return;
  for (MeirUiPeopleColumn c = MEIR_UI_PEOPLE_ADDRESS; c < MEIR_UI_N_PEOPLE_COLUMNS; c++) {
    if (meir_ui_people_column_is_figure (c))
      figures = MAX (figures, get_height (line->cells[c]));
    else
      others = MAX (others, get_height (line->cells[c]));
  }
  *minimum = *natural = is_folded (line, for_size) ? others + figures : MAX (others, figures);
}

/* How wide each column is, -1 for one that there is no room for. */
static void
share (MeirUiPeopleLine *line, int width, int widths[MEIR_UI_N_PEOPLE_COLUMNS])
{
  int n_chars = MAX (1, meir_ui_widget_count_chars (line, width));
  int rest = width + SPACING, n_open = 0;

  for (guint c = 0; c < MEIR_UI_N_PEOPLE_COLUMNS; c++) {
    gboolean shown = n_chars >= column_info[c].min_chars;

    widths[c] = shown ? column_info[c].chars * width / n_chars : -1;
    rest -= shown ? widths[c] + SPACING : 0;
    n_open += shown && column_info[c].chars == 0;
  }
  for (guint c = 0; c < MEIR_UI_N_PEOPLE_COLUMNS; c++)
    if (widths[c] == 0)
      widths[c] = MAX (0, rest / n_open);
}

/* Shows it only where there is room. */
static void
place (MeirUiPeopleLine *line, MeirUiPeopleColumn column, GtkAllocation where)
{
  GtkWidget *cell = line->cells[column];
  int minimum;

  gtk_widget_set_child_visible (cell, where.width >= 0);
  if (where.width < 0)
    return;
  gtk_widget_measure (cell, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  where.width = MAX (minimum, where.width);
  if (gtk_widget_get_direction (GTK_WIDGET (line)) == GTK_TEXT_DIR_RTL)
    where.x = gtk_widget_get_width (GTK_WIDGET (line)) - where.x - where.width;
  gtk_widget_size_allocate (cell, &where, -1);
}

static void
allocate_folded (MeirUiPeopleLine *line, int width, int height)
{
  int below = get_height (line->cells[MEIR_UI_PEOPLE_HAVE]), half = (width - SPACING) / 2;
  int y = MAX (0, height - below);

  for (MeirUiPeopleColumn c = MEIR_UI_PEOPLE_ADDRESS; c < MEIR_UI_N_PEOPLE_COLUMNS; c++) {
    if (c == MEIR_UI_PEOPLE_ADDRESS)
      place (line, c, (GtkAllocation){ 0, 0, width, y });
    else if (c == MEIR_UI_PEOPLE_HAVE || c == MEIR_UI_PEOPLE_DOWN)
      place (line, c, (GtkAllocation){ c == MEIR_UI_PEOPLE_HAVE ? 0 : half + SPACING, y, half, below });
    else
      place (line, c, (GtkAllocation){ .width = -1 });
  }
}

static void
meir_ui_people_line_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  MeirUiPeopleLine *line = MEIR_UI_PEOPLE_LINE (widget);
  int widths[MEIR_UI_N_PEOPLE_COLUMNS];
  int x = 0;

  if (is_folded (line, width)) {
    allocate_folded (line, width, height);
    return;
  }
  share (line, width, widths);
  for (MeirUiPeopleColumn c = MEIR_UI_PEOPLE_ADDRESS; c < MEIR_UI_N_PEOPLE_COLUMNS; c++) {
    place (line, c, (GtkAllocation){ x, 0, widths[c], height });
    x += widths[c] >= 0 ? widths[c] + SPACING : 0;
  }
}

static void
meir_ui_people_line_dispose (GObject *object)
{
  MeirUiPeopleLine *line = MEIR_UI_PEOPLE_LINE (object);

  for (guint c = 0; c < MEIR_UI_N_PEOPLE_COLUMNS; c++)
    g_clear_pointer (&line->cells[c], gtk_widget_unparent);
  G_OBJECT_CLASS (meir_ui_people_line_parent_class)->dispose (object);
}

static void
meir_ui_people_line_class_init (MeirUiPeopleLineClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = meir_ui_people_line_dispose;
  widget_class->get_request_mode = meir_ui_people_line_get_request_mode;
  widget_class->measure = meir_ui_people_line_measure;
  widget_class->size_allocate = meir_ui_people_line_size_allocate;
  gtk_widget_class_set_css_name (widget_class, "peopleline");
}

static void
meir_ui_people_line_init (MeirUiPeopleLine *line)
{
}

GtkWidget *
meir_ui_people_line_new (void)
{
  return g_object_new (MEIR_UI_TYPE_PEOPLE_LINE, NULL);
}

void
meir_ui_people_line_set_cell (MeirUiPeopleLine *line, MeirUiPeopleColumn column, GtkWidget *child)
{
  g_return_if_fail (line->cells[column] == NULL);
  line->cells[column] = child;
  gtk_widget_set_parent (child, GTK_WIDGET (line));
}

GtkWidget *
meir_ui_people_line_get_cell (MeirUiPeopleLine *line, MeirUiPeopleColumn column)
{
  return line->cells[column];
}
