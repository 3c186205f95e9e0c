/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-row-layout.h"

#include "app/meir-ui-widget.h"

/* Pixels between columns, and between lines. */
#define COLUMN_SPACING 12
#define LINE_SPACING   4
/* How many characters of a text have to fit, about. */
#define CHARS_MIN 6

/* What @widget wants to have; nothing when it is not there. */
static int
get_natural (GtkWidget *widget, GtkOrientation orientation, int for_size)
{
  int natural;

  if (!gtk_widget_get_visible (widget))
    return 0;
  gtk_widget_measure (widget, orientation, for_size, NULL, &natural, NULL, NULL);
  return natural;
}

/* A column or a line that is there, with the space before it. */
static int
get_extent (GtkWidget *widget, GtkOrientation orientation, int for_size, int spacing)
{
  return gtk_widget_get_visible (widget) ? spacing + get_natural (widget, orientation, for_size) : 0;
}

static int
get_button_width (const MeirUiRowLayout *layout)
{
  return get_extent (layout->button, GTK_ORIENTATION_HORIZONTAL, -1, COLUMN_SPACING);
}

/* Of the texts, when the row is @width wide, or has no width yet (-1). */
static int
get_column_width (const MeirUiRowLayout *layout, int width)
{
  int others =
      get_natural (layout->icon, GTK_ORIENTATION_HORIZONTAL, -1) + COLUMN_SPACING + get_button_width (layout);

  return width < 0 ? -1 : MAX (width - others, 0);
}

/* The height of name and size. */
static int
get_head_height (const MeirUiRowLayout *layout)
{
  int name = get_natural (layout->name, GTK_ORIENTATION_VERTICAL, -1);
  int size = get_natural (layout->size, GTK_ORIENTATION_VERTICAL, -1);

  return layout->narrow ? name + size : MAX (name, size);
}

static int
get_column_height (const MeirUiRowLayout *layout, int width)
{
  return get_head_height (layout) + get_extent (layout->strip, GTK_ORIENTATION_VERTICAL, -1, LINE_SPACING) +
         get_extent (layout->sentence, GTK_ORIENTATION_VERTICAL, width, LINE_SPACING) +
         get_extent (layout->button_below, GTK_ORIENTATION_VERTICAL, -1, LINE_SPACING);
}

void
meir_ui_row_layout_measure (const MeirUiRowLayout *layout, GtkWidget *row, GtkOrientation orientation,
                            int for_size, int *minimum, int *natural)
{
  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    int texts = meir_ui_widget_measure_chars (row, CHARS_MIN);
    int below = get_natural (layout->button_below, GTK_ORIENTATION_HORIZONTAL, -1);

    *minimum = get_natural (layout->icon, GTK_ORIENTATION_HORIZONTAL, -1) + COLUMN_SPACING +
               MAX (texts, below) + get_button_width (layout);
  } else {
    *minimum = MAX (get_column_height (layout, get_column_width (layout, for_size)),
                    MAX (get_natural (layout->icon, GTK_ORIENTATION_VERTICAL, -1),
                         get_natural (layout->button, GTK_ORIENTATION_VERTICAL, -1)));
  }
  *natural = *minimum;
}

/* What @row has to give, from its start: mirrored where text goes from right to left. */
static void
place (GtkWidget *row, GtkWidget *widget, int x, int y, int width, int height)
{
  gboolean mirrored = gtk_widget_get_direction (row) == GTK_TEXT_DIR_RTL;
  GtkAllocation allocation = { .y = y, .width = width, .height = height };

  allocation.x = mirrored ? gtk_widget_get_width (row) - x - width : x;
  if (gtk_widget_get_visible (widget))
    gtk_widget_size_allocate (widget, &allocation, -1);
}

/* How much of a head that is @width wide the size gets: all it wants, unless both want more than half. */
static int
get_size_width (const MeirUiRowLayout *layout, int width)
{
  int wanted = get_natural (layout->size, GTK_ORIENTATION_HORIZONTAL, -1);
  int half = width / 2;

  if (wanted <= half)
    return wanted;
  return MIN (wanted, MAX (width - get_natural (layout->name, GTK_ORIENTATION_HORIZONTAL, -1), half));
}

/* Returns: where the next line begins */
static int
place_head (const MeirUiRowLayout *layout, GtkWidget *row, int x, int y, int width)
{
  int height = get_head_height (layout);
  int name_height, size_width;

  if (layout->narrow) {
    name_height = get_natural (layout->name, GTK_ORIENTATION_VERTICAL, -1);
    place (row, layout->name, x, y, width, name_height);
    place (row, layout->size, x, y + name_height, width, height - name_height);
  } else if (gtk_widget_get_visible (layout->size)) {
    size_width = get_size_width (layout, MAX (width - COLUMN_SPACING, 0));
    place (row, layout->name, x, y, MAX (width - COLUMN_SPACING - size_width, 0), height);
    place (row, layout->size, x + width - size_width, y, size_width, height);
  } else {
    place (row, layout->name, x, y, width, height);
  }
  return y + height;
}

/* Likewise. */
static int
place_line (GtkWidget *row, GtkWidget *line, int x, int y, int width, int for_size)
{
  int height;

  if (!gtk_widget_get_visible (line))
    return y;
  height = get_natural (line, GTK_ORIENTATION_VERTICAL, for_size);
  place (row, line, x, y + LINE_SPACING, width, height);
  return y + LINE_SPACING + height;
}

void
meir_ui_row_layout_allocate (const MeirUiRowLayout *layout, GtkWidget *row, int width, int height)
{
  int icon = get_natural (layout->icon, GTK_ORIENTATION_HORIZONTAL, -1);
  int button = get_natural (layout->button, GTK_ORIENTATION_HORIZONTAL, -1);
  int column = get_column_width (layout, width);
  int x = icon + COLUMN_SPACING;
  int y = (height - get_column_height (layout, column)) / 2;

  place (row, layout->icon, 0, 0, icon, height);
  y = place_head (layout, row, x, y, column);
  y = place_line (row, layout->strip, x, y, column, -1);
  y = place_line (row, layout->sentence, x, y, column, column);
  place_line (row, layout->button_below, x, y, column, -1);
  place (row, layout->button, width - button, 0, button, height);
}
