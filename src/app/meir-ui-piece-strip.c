/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-piece-strip.h"

#include "app/compat/meir-ui-compat.h"
#include "session/meir.h"

#include <glib/gi18n.h>
#include <string.h>

#define STRIP_HEIGHT    8
#define STRIP_WIDTH     200
#define STRIP_WIDTH_MIN 32
#define N_CELLS         (MEIR_CELL_UNWANTED + 1)

struct _MeirUiPieceStrip {
  GtkWidget parent_instance;

  GtkWidget *colours[N_CELLS]; /* never drawn: they carry the colours that CSS gives them */
  GBytes *cells;
  GdkTexture *texture; /* (nullable): as drawn last: for how many pixels, and in what colours */
  int texture_width;
  GdkRGBA texture_colours[N_CELLS];
};

G_DEFINE_FINAL_TYPE (MeirUiPieceStrip, meir_ui_piece_strip, GTK_TYPE_WIDGET)

static const char *const cell_classes[N_CELLS] = {
  [MEIR_CELL_MISSING] = "missing", [MEIR_CELL_ARRIVING] = "arriving", [MEIR_CELL_HAVE] = "have",
  [MEIR_CELL_FAILED] = "failed",   [MEIR_CELL_UNWANTED] = "unwanted",
};

static void
meir_ui_piece_strip_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                             int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? STRIP_WIDTH_MIN : STRIP_HEIGHT;
  *natural = *minimum;
  /* One that expands takes what the words beside it leave. */
  if (orientation == GTK_ORIENTATION_HORIZONTAL && !gtk_widget_get_hexpand (widget))
    *natural = STRIP_WIDTH;
}

/* One pixel is the average colour of the pieces that fall on it. */
static void
fill_pixel (guint8 *pixel, const guint8 *cells, gsize from, gsize to, const GdkRGBA colours[N_CELLS])
{
  gsize counts[N_CELLS] = { 0 };
  float red = 0, green = 0, blue = 0, alpha = 0;

  for (gsize i = from; i < to; i++)
    counts[cells[i] < N_CELLS ? cells[i] : MEIR_CELL_MISSING]++;
  for (guint c = 0; c < N_CELLS; c++) {
    float share = (float) counts[c] / (float) (to - from) * colours[c].alpha;

    red += colours[c].red * share;
    green += colours[c].green * share;
    blue += colours[c].blue * share;
    alpha += share;
  }
  pixel[0] = (guint8) (red * 255.0f + 0.5f);
  pixel[1] = (guint8) (green * 255.0f + 0.5f);
  pixel[2] = (guint8) (blue * 255.0f + 0.5f);
  pixel[3] = (guint8) (alpha * 255.0f + 0.5f);
}

static GdkTexture *
make_texture (MeirUiPieceStrip *strip, int width, const GdkRGBA colours[N_CELLS])
{
  gsize n_cells;
  const guint8 *cells = g_bytes_get_data (strip->cells, &n_cells);
  gboolean mirrored = gtk_widget_get_direction (GTK_WIDGET (strip)) == GTK_TEXT_DIR_RTL;
  g_autoptr (GBytes) bytes = NULL;
  guint8 *pixels = g_malloc ((gsize) width * 4);

  for (int x = 0; x < width; x++) {
    gsize from = (gsize) x * n_cells / (gsize) width;
    gsize to = MAX (((gsize) x + 1) * n_cells / (gsize) width, from + 1);

    fill_pixel (pixels + 4 * (mirrored ? width - 1 - x : x), cells, from, to, colours);
  }
  bytes = g_bytes_new_take (pixels, (gsize) width * 4);
  return gdk_memory_texture_new (width, 1, GDK_MEMORY_R8G8B8A8_PREMULTIPLIED, bytes, (gsize) width * 4);
}

/* The colours are asked for at every drawing: a style class, the theme or dark mode may have changed them. */
static GdkTexture *
get_texture (MeirUiPieceStrip *strip, int width)
{
  GdkRGBA colours[N_CELLS];

  for (guint c = 0; c < N_CELLS; c++)
    meir_ui_widget_get_color (strip->colours[c], &colours[c]);
  if (strip->texture != NULL && strip->texture_width == width &&
      memcmp (colours, strip->texture_colours, sizeof colours) == 0)
    return strip->texture;
  g_clear_object (&strip->texture);
  strip->texture = make_texture (strip, width, colours);
  strip->texture_width = width;
  memcpy (strip->texture_colours, colours, sizeof colours);
  return strip->texture;
}

static void
meir_ui_piece_strip_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  MeirUiPieceStrip *strip = MEIR_UI_PIECE_STRIP (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height);
  GskRoundedRect clip;
  GdkRGBA missing;

  if (width == 0)
    return;
  gsk_rounded_rect_init_from_rect (&clip, &bounds, (float) height / 2);
  gtk_snapshot_push_rounded_clip (snapshot, &clip);
  if (strip->cells == NULL || g_bytes_get_size (strip->cells) == 0) {
    meir_ui_widget_get_color (strip->colours[MEIR_CELL_MISSING], &missing);
    gtk_snapshot_append_color (snapshot, &missing, &bounds);
  } else {
    gtk_snapshot_append_texture (snapshot, get_texture (strip, width * gtk_widget_get_scale_factor (widget)),
                                 &bounds);
  }
  gtk_snapshot_pop (snapshot);
}

static void
forget_texture (MeirUiPieceStrip *strip)
{
  g_clear_object (&strip->texture);
  gtk_widget_queue_draw (GTK_WIDGET (strip));
}

static void
meir_ui_piece_strip_direction_changed (GtkWidget *widget, GtkTextDirection previous)
{
  GTK_WIDGET_CLASS (meir_ui_piece_strip_parent_class)->direction_changed (widget, previous);
  forget_texture (MEIR_UI_PIECE_STRIP (widget));
}

static void
meir_ui_piece_strip_dispose (GObject *object)
{
  MeirUiPieceStrip *strip = MEIR_UI_PIECE_STRIP (object);

  for (guint c = 0; c < N_CELLS; c++)
    g_clear_pointer (&strip->colours[c], gtk_widget_unparent);
  g_clear_pointer (&strip->cells, g_bytes_unref);
  g_clear_object (&strip->texture);
  G_OBJECT_CLASS (meir_ui_piece_strip_parent_class)->dispose (object);
}

static void
meir_ui_piece_strip_class_init (MeirUiPieceStripClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = meir_ui_piece_strip_dispose;
  widget_class->measure = meir_ui_piece_strip_measure;
  widget_class->snapshot = meir_ui_piece_strip_snapshot;
  widget_class->direction_changed = meir_ui_piece_strip_direction_changed;
  gtk_widget_class_set_css_name (widget_class, "piecestrip");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PROGRESS_BAR);
}

static void
meir_ui_piece_strip_init (MeirUiPieceStrip *strip)
{
  for (guint c = 0; c < N_CELLS; c++) {
    strip->colours[c] = g_object_new (GTK_TYPE_BOX, "css-name", "piece", "visible", FALSE, NULL);
    gtk_widget_add_css_class (strip->colours[c], cell_classes[c]);
    gtk_widget_set_parent (strip->colours[c], GTK_WIDGET (strip));
  }
  /* A style class may change the colours below and nothing of the strip itself. */
  g_signal_connect (strip, "notify::css-classes", G_CALLBACK (gtk_widget_queue_draw), NULL);
}

void
meir_ui_piece_strip_set_cells (MeirUiPieceStrip *strip, GBytes *cells)
{
  if (strip->cells == cells || (strip->cells != NULL && cells != NULL && g_bytes_equal (strip->cells, cells)))
    return;
  g_clear_pointer (&strip->cells, g_bytes_unref);
  if (cells != NULL)
    strip->cells = g_bytes_ref (cells);
  forget_texture (strip);
}

void
meir_ui_piece_strip_set_fraction (MeirUiPieceStrip *strip, double fraction)
{
  /* GTK 4.8 tells assistive technology no value of a widget that is not its own: the label has it too. */
  g_autofree char *text = g_strdup_printf (_ ("Pieces · %d %%"), (int) (fraction * 100));

  gtk_accessible_update_property (GTK_ACCESSIBLE (strip), GTK_ACCESSIBLE_PROPERTY_LABEL, text,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_MIN, 0.0, GTK_ACCESSIBLE_PROPERTY_VALUE_MAX,
                                  1.0, GTK_ACCESSIBLE_PROPERTY_VALUE_NOW, fraction, -1);
}
