/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-people-line.h"

#include "app/meir-ui-widget.h"

#define SPACING 12
/* With as few columns as can be, in pixels. */
#define WIDTH_MIN 240

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

static void
meir_ui_people_line_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                             int *natural, int *minimum_baseline, int *natural_baseline)
{
  MeirUiPeopleLine *line = MEIR_UI_PEOPLE_LINE (widget);

  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? WIDTH_MIN : 0;
  for (guint c = 0; c < MEIR_UI_N_PEOPLE_COLUMNS && orientation == GTK_ORIENTATION_VERTICAL; c++) {
    int cell_minimum, cell_natural;

    gtk_widget_measure (line->cells[c], orientation, -1, &cell_minimum, &cell_natural, NULL, NULL);
    *minimum = MAX (*minimum, cell_minimum);
    *natural = MAX (*natural, cell_natural);
  }
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

static void
meir_ui_people_line_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  MeirUiPeopleLine *line = MEIR_UI_PEOPLE_LINE (widget);
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int widths[MEIR_UI_N_PEOPLE_COLUMNS];
  int x = 0;

  share (line, width, widths);
  for (guint c = 0; c < MEIR_UI_N_PEOPLE_COLUMNS; c++) {
    GtkWidget *cell = line->cells[c];
    int minimum;

    gtk_widget_set_child_visible (cell, widths[c] >= 0);
    if (widths[c] < 0)
      continue;
    gtk_widget_measure (cell, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
    minimum = MAX (minimum, widths[c]);
    gtk_widget_size_allocate (
        cell, &(GtkAllocation){ .x = rtl ? width - x - minimum : x, .width = minimum, .height = height }, -1);
    x += widths[c] + SPACING;
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
