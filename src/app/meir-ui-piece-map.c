/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-piece-map.h"

#include "app/compat/meir-ui-compat.h"
#include "app/meir-ui-piece-grid.h"
#include "app/meir-ui-text.h"

#include <glib/gi18n.h>
#include <string.h>

#define N_CELLS   (MEIR_CELL_UNWANTED + 1)
#define CURSOR    N_CELLS
#define N_COLOURS (N_CELLS + 1)
#define PAGE_ROWS 10
/* From nobody to many in so many steps. */
#define N_LEVELS 8u

struct _MeirUiPieceMap {
  GtkWidget parent_instance;

  GtkWidget *colours[N_COLOURS]; /* never drawn: they carry the colours that CSS gives them */
  MeirMetainfo *metainfo;
  GBytes *cells, *availability;
  MeirUiPieceMapMode mode;
  guint hovered, cursor; /* pieces, or MEIR_UI_PIECE_NONE */

  GdkTexture *texture; /* (nullable): as drawn last: where, and in what colours */
  MeirUiPieceGrid texture_grid;
  GdkRGBA texture_colours[N_COLOURS];
};

G_DEFINE_FINAL_TYPE (MeirUiPieceMap, meir_ui_piece_map, GTK_TYPE_WIDGET)

static guint pointed_signal, activated_signal;

static const char *const colour_classes[N_COLOURS] = {
  [MEIR_CELL_MISSING] = "missing", [MEIR_CELL_ARRIVING] = "arriving", [MEIR_CELL_HAVE] = "have",
  [MEIR_CELL_FAILED] = "failed",   [MEIR_CELL_UNWANTED] = "unwanted", [CURSOR] = "cursor",
};

static guint
get_n_pieces (MeirUiPieceMap *map)
{
  return map->cells != NULL ? (guint) g_bytes_get_size (map->cells) : 0;
}

static guint8
get_cell (MeirUiPieceMap *map, guint piece)
{
  guint8 cell = ((const guint8 *) g_bytes_get_data (map->cells, NULL))[piece];

  return cell < N_CELLS ? cell : MEIR_CELL_MISSING;
}

/* -1 where it is not known. */
static int
get_copies (MeirUiPieceMap *map, guint piece)
{
  gsize size;
  const guint16 *copies;

  if (map->availability == NULL)
    return -1;
  copies = g_bytes_get_data (map->availability, &size);
  return piece < size / sizeof *copies ? copies[piece] : -1;
}

static MeirUiPieceGrid
get_grid (MeirUiPieceMap *map, int width)
{
  guint scale = (guint) gtk_widget_get_scale_factor (GTK_WIDGET (map));

  return meir_ui_piece_grid_fit (MAX (get_n_pieces (map), 1), (guint) MAX (width, 1) * scale, scale);
}

static GtkSizeRequestMode
meir_ui_piece_map_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
meir_ui_piece_map_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                           int *natural, int *minimum_baseline, int *natural_baseline)
{
  int scale = gtk_widget_get_scale_factor (widget);
  MeirUiPieceGrid grid;

  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    *minimum = 100;
    *natural = 600;
    return;
  }
  grid = get_grid (MEIR_UI_PIECE_MAP (widget), for_size > 0 ? for_size : 600);
  *minimum = *natural = ((int) meir_ui_piece_grid_get_height (&grid) + scale - 1) / scale;
}

/* Drawing. */

static guint32
to_pixel (const GdkRGBA *colour, double share)
{
  double alpha = (double) colour->alpha * share;
  guint8 bytes[4] = {
    (guint8) ((double) colour->red * alpha * 255 + 0.5),
    (guint8) ((double) colour->green * alpha * 255 + 0.5),
    (guint8) ((double) colour->blue * alpha * 255 + 0.5),
    (guint8) (alpha * 255 + 0.5),
  };
  guint32 pixel;

  memcpy (&pixel, bytes, sizeof pixel);
  return pixel;
}

/* A cell of several pieces shows what is least complete in it. */
static guint8 *
dup_cell_shades (MeirUiPieceMap *map, const MeirUiPieceGrid *grid, MeirUiShades *shades)
{
  static const guint8 urgency[N_CELLS] = {
    [MEIR_CELL_HAVE] = 0,     [MEIR_CELL_UNWANTED] = 1, [MEIR_CELL_MISSING] = 2,
    [MEIR_CELL_ARRIVING] = 3, [MEIR_CELL_FAILED] = 4,
  };
  guint8 *values = g_malloc (grid->n_cells);
  guint n_pieces = get_n_pieces (map);

  shades->half = MEIR_CELL_ARRIVING;
  shades->cross = MEIR_CELL_FAILED;
  shades->ground = MEIR_CELL_MISSING;
  for (guint c = 0; c < N_CELLS; c++)
    shades->colours[c] = to_pixel (&map->texture_colours[c], 1);
  for (guint i = 0, piece = 0; i < grid->n_cells; i++) {
    values[i] = get_cell (map, piece++);
    for (guint k = 1; k < grid->per_cell && piece < n_pieces; k++, piece++)
      if (urgency[get_cell (map, piece)] > urgency[values[i]])
        values[i] = get_cell (map, piece);
  }
  return values;
}

/* The more people have it, the stronger. What nobody has is a cross, unless it is here. */
static guint8 *
dup_level_shades (MeirUiPieceMap *map, const MeirUiPieceGrid *grid, MeirUiShades *shades)
{
  guint8 *values = g_malloc (grid->n_cells);
  guint most = 1;

  shades->half = MEIR_UI_SHADE_NONE;
  shades->cross = N_LEVELS;
  shades->ground = 0;
  shades->colours[0] = to_pixel (&map->texture_colours[MEIR_CELL_MISSING], 1);
  shades->colours[N_LEVELS] = to_pixel (&map->texture_colours[MEIR_CELL_FAILED], 1);
  for (guint l = 1; l < N_LEVELS; l++)
    shades->colours[l] = to_pixel (&map->texture_colours[MEIR_CELL_HAVE], (double) l / (N_LEVELS - 1));
  for (guint i = 0; i < grid->n_cells; i++)
    most = MAX (most, (guint) MAX (get_copies (map, i * grid->per_cell), 0));
  for (guint i = 0; i < grid->n_cells; i++) {
    guint piece = i * grid->per_cell;
    int copies = get_copies (map, piece);

    if (copies > 0)
      values[i] = (guint8) (1 + (guint) (copies - 1) * (N_LEVELS - 2) / MAX (most - 1, 1));
    else
      values[i] = copies == 0 && get_cell (map, piece) != MEIR_CELL_HAVE ? N_LEVELS : 0;
  }
  return values;
}

static GdkTexture *
make_texture (MeirUiPieceMap *map, const MeirUiPieceGrid *grid)
{
  guint height = meir_ui_piece_grid_get_height (grid);
  gsize stride = (gsize) grid->width * sizeof (guint32);
  gboolean mirrored = gtk_widget_get_direction (GTK_WIDGET (map)) == GTK_TEXT_DIR_RTL;
  guint32 *pixels = g_malloc (stride * height);
  MeirUiShades shades;
  g_autofree guint8 *values = map->mode == MEIR_UI_PIECE_MAP_HAVE ? dup_cell_shades (map, grid, &shades)
                                                                  : dup_level_shades (map, grid, &shades);
  g_autoptr (GBytes) bytes = NULL;

  meir_ui_piece_grid_paint (grid, values, &shades, mirrored, pixels);
  bytes = g_bytes_new_take (pixels, stride * height);
  return gdk_memory_texture_new ((int) grid->width, (int) height, GDK_MEMORY_R8G8B8A8_PREMULTIPLIED, bytes,
                                 stride);
}

/* The colours are asked for at every drawing: the theme or dark mode may have changed them. */
static GdkTexture *
get_texture (MeirUiPieceMap *map, const MeirUiPieceGrid *grid)
{
  GdkRGBA colours[N_COLOURS];

  for (guint c = 0; c < N_COLOURS; c++)
    meir_ui_widget_get_color (map->colours[c], &colours[c]);
  if (map->texture != NULL && memcmp (grid, &map->texture_grid, sizeof *grid) == 0 &&
      memcmp (colours, map->texture_colours, sizeof colours) == 0)
    return map->texture;
  g_clear_object (&map->texture);
  memcpy (map->texture_colours, colours, sizeof colours);
  map->texture_grid = *grid;
  map->texture = make_texture (map, grid);
  return map->texture;
}

static graphene_rect_t
get_cell_bounds (MeirUiPieceMap *map, const MeirUiPieceGrid *grid, guint piece)
{
  guint cell = piece / grid->per_cell;
  guint column = cell % grid->columns;
  guint from = meir_ui_piece_grid_get_x (grid, column);
  guint to = meir_ui_piece_grid_get_x (grid, column + 1) - grid->gap;
  float scale = (float) gtk_widget_get_scale_factor (GTK_WIDGET (map));
  gboolean mirrored = gtk_widget_get_direction (GTK_WIDGET (map)) == GTK_TEXT_DIR_RTL;

  return GRAPHENE_RECT_INIT ((float) (mirrored ? grid->width - to : from) / scale,
                             (float) (cell / grid->columns * grid->pitch) / scale,
                             (float) (to - from) / scale, (float) (grid->pitch - grid->gap) / scale);
}

/* A frame around the piece that is named, two pixels wide however small the piece. */
static void
draw_cursor (MeirUiPieceMap *map, const MeirUiPieceGrid *grid, GtkSnapshot *snapshot)
{
  static const float widths[4] = { 2, 2, 2, 2 };
  GdkRGBA colours[4];
  graphene_rect_t bounds;
  GskRoundedRect frame;

  if (meir_ui_piece_map_get_pointed (map) == MEIR_UI_PIECE_NONE)
    return;
  bounds = get_cell_bounds (map, grid, meir_ui_piece_map_get_pointed (map));
  graphene_rect_inset (&bounds, -3, -3);
  gsk_rounded_rect_init_from_rect (&frame, &bounds, 2);
  for (guint i = 0; i < G_N_ELEMENTS (colours); i++)
    colours[i] = map->texture_colours[CURSOR];
  gtk_snapshot_append_border (snapshot, &frame, widths, colours);
}

static void
meir_ui_piece_map_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  MeirUiPieceMap *map = MEIR_UI_PIECE_MAP (widget);
  int width = gtk_widget_get_width (widget);
  MeirUiPieceGrid grid = get_grid (map, width);
  float scale = (float) gtk_widget_get_scale_factor (widget);
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, (float) grid.width / scale,
                                               (float) meir_ui_piece_grid_get_height (&grid) / scale);

  if (width == 0 || get_n_pieces (map) == 0)
    return;
  gtk_snapshot_append_texture (snapshot, get_texture (map, &grid), &bounds);
  draw_cursor (map, &grid, snapshot);
}

static void
forget_texture (MeirUiPieceMap *map)
{
  g_clear_object (&map->texture);
  gtk_widget_queue_draw (GTK_WIDGET (map));
}

/* Words. */

static char *
dup_state_text (guint8 cell)
{
  switch ((MeirCell) cell) {
  case MEIR_CELL_MISSING:
    return g_strdup (_ ("missing"));
  case MEIR_CELL_ARRIVING:
    return g_strdup (_ ("arriving"));
  case MEIR_CELL_HAVE:
    return g_strdup (_ ("here"));
  case MEIR_CELL_FAILED:
    return g_strdup (_ ("failed its check"));
  case MEIR_CELL_UNWANTED:
    return g_strdup (_ ("not wanted"));
  }
  g_return_val_if_reached (NULL);
}

/* The file a piece is of, or the first of several. */
static char *
dup_files_text (MeirMetainfo *metainfo, guint piece)
{
  g_autofree char *isolated = NULL;
  const char *first = NULL, *slash;
  MeirFileSpanIter iter;
  MeirFileSpan span;
  guint n_more = 0;

  meir_metainfo_map (metainfo, (guint64) piece * meir_metainfo_get_piece_length (metainfo),
                     meir_metainfo_get_piece_size (metainfo, piece), &iter);
  while (meir_file_span_iter_next (&iter, &span)) {
    const MeirMetainfoFile *file = meir_metainfo_get_file (metainfo, span.file);

    if (!file->is_pad && first != NULL)
      n_more++;
    else if (!file->is_pad)
      first = file->display_path;
  }
  if (first == NULL)
    return NULL;
  slash = strrchr (first, '/');
  isolated = meir_ui_text_dup_isolated (slash != NULL ? slash + 1 : first);
  if (n_more == 0)
    /* Translators: of a piece: in a file */
    return g_strdup_printf (_ ("in %s"), isolated);
  return g_strdup_printf (ngettext ("in %s and %u other file", "in %s and %u other files", n_more), isolated,
                          n_more);
}

char *
meir_ui_piece_map_dup_text (MeirUiPieceMap *map, guint piece)
{
  g_autofree char *state = NULL;
  g_autofree char *files = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  int copies = get_copies (map, piece);

  if (piece >= get_n_pieces (map))
    return g_strdup ("");
  state = dup_state_text (get_cell (map, piece));
  if (map->metainfo != NULL && piece < meir_metainfo_get_n_pieces (map->metainfo))
    files = dup_files_text (map->metainfo, piece);
  /* Translators: "Piece 1200: arriving" */
  g_string_append_printf (text, _ ("Piece %u: %s"), piece + 1, state);
  if (files != NULL)
    g_string_append_printf (text, ", %s", files);
  if (copies >= 0)
    g_string_append (text, ", ");
  if (copies == 0)
    g_string_append (text, _ ("nobody has it"));
  else if (copies > 0)
    g_string_append_printf (text, ngettext ("%d person", "%d people", (gulong) copies), copies);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* Assistive technology hears of the piece as of a description that changes. */
static void
tell_pointed (MeirUiPieceMap *map)
{
  guint piece = meir_ui_piece_map_get_pointed (map);
  g_autofree char *text = meir_ui_piece_map_dup_text (map, piece);

  gtk_accessible_update_property (GTK_ACCESSIBLE (map), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
  gtk_widget_queue_draw (GTK_WIDGET (map));
  g_signal_emit (map, pointed_signal, 0);
}

guint
meir_ui_piece_map_get_pointed (MeirUiPieceMap *map)
{
  guint piece = map->hovered != MEIR_UI_PIECE_NONE ? map->hovered : map->cursor;

  return piece < get_n_pieces (map) ? piece : MEIR_UI_PIECE_NONE;
}

/* Pointer and keys. */

static guint
find_piece (MeirUiPieceMap *map, double x, double y)
{
  int width = gtk_widget_get_width (GTK_WIDGET (map));
  MeirUiPieceGrid grid = get_grid (map, width);
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (map));
  guint cell;

  if (gtk_widget_get_direction (GTK_WIDGET (map)) == GTK_TEXT_DIR_RTL)
    x = width - x;
  if (x < 0 || y < 0 || get_n_pieces (map) == 0 ||
      !meir_ui_piece_grid_find (&grid, (guint) (x * scale), (guint) (y * scale), &cell))
    return MEIR_UI_PIECE_NONE;
  return cell * grid.per_cell;
}

static void
set_hovered (MeirUiPieceMap *map, guint piece)
{
  if (map->hovered == piece)
    return;
  map->hovered = piece;
  tell_pointed (map);
}

static void
on_motion (GtkEventControllerMotion *motion, double x, double y, gpointer user_data)
{
  set_hovered (user_data, find_piece (user_data, x, y));
}

static void
on_leave (GtkEventControllerMotion *motion, gpointer user_data)
{
  set_hovered (user_data, MEIR_UI_PIECE_NONE);
}

static void
on_released (GtkGestureClick *click, int n_press, double x, double y, gpointer user_data)
{
  guint piece = find_piece (user_data, x, y);

  if (piece != MEIR_UI_PIECE_NONE)
    g_signal_emit (user_data, activated_signal, 0, piece);
}

static void
on_focus (GtkWidget *widget, GParamSpec *pspec, gpointer user_data)
{
  MeirUiPieceMap *map = MEIR_UI_PIECE_MAP (widget);

  if (!gtk_widget_has_focus (widget))
    map->cursor = MEIR_UI_PIECE_NONE;
  else if (map->cursor == MEIR_UI_PIECE_NONE)
    map->cursor = 0;
  tell_pointed (map);
}

/* The steps of the keys: so many cells, and so many rows. */
static gboolean
on_move (GtkWidget *widget, GVariant *arguments, gpointer user_data)
{
  MeirUiPieceMap *map = MEIR_UI_PIECE_MAP (widget);
  MeirUiPieceGrid grid = get_grid (map, gtk_widget_get_width (widget));
  gint64 last = (gint64) get_n_pieces (map) - 1;
  gint64 to;
  int cells, rows;

  if (last < 0)
    return GDK_EVENT_PROPAGATE;
  g_variant_get (arguments, "(ii)", &cells, &rows);
  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL)
    cells = -cells;
  to = (map->cursor == MEIR_UI_PIECE_NONE ? 0 : (gint64) map->cursor) +
       ((gint64) cells + (gint64) rows * grid.columns) * grid.per_cell;
  /* Off the upper or lower edge the focus goes on to what is there. */
  if ((to < 0 || to > last) && ABS (rows) == 1)
    return GDK_EVENT_PROPAGATE;
  map->hovered = MEIR_UI_PIECE_NONE;
  map->cursor = (guint) CLAMP (to, 0, last);
  tell_pointed (map);
  return GDK_EVENT_STOP;
}

static gboolean
on_move_to_end (GtkWidget *widget, GVariant *arguments, gpointer user_data)
{
  MeirUiPieceMap *map = MEIR_UI_PIECE_MAP (widget);
  guint n_pieces = get_n_pieces (map);

  if (n_pieces == 0)
    return GDK_EVENT_PROPAGATE;
  map->hovered = MEIR_UI_PIECE_NONE;
  map->cursor = g_variant_get_boolean (arguments) ? n_pieces - 1 : 0;
  tell_pointed (map);
  return GDK_EVENT_STOP;
}

static gboolean
on_return (GtkWidget *widget, GVariant *arguments, gpointer user_data)
{
  guint piece = meir_ui_piece_map_get_pointed (MEIR_UI_PIECE_MAP (widget));

  if (piece == MEIR_UI_PIECE_NONE)
    return GDK_EVENT_PROPAGATE;
  g_signal_emit (widget, activated_signal, 0, piece);
  return GDK_EVENT_STOP;
}

/* The pieces. */

static gboolean
replace (GBytes **slot, GBytes *bytes)
{
  if (*slot == bytes || (*slot != NULL && bytes != NULL && g_bytes_equal (*slot, bytes)))
    return FALSE;
  g_clear_pointer (slot, g_bytes_unref);
  if (bytes != NULL)
    *slot = g_bytes_ref (bytes);
  return TRUE;
}

void
meir_ui_piece_map_set_pieces (MeirUiPieceMap *map, MeirMetainfo *metainfo, GBytes *cells,
                              GBytes *availability)
{
  guint n_before = get_n_pieces (map);
  gboolean new_cells = replace (&map->cells, cells);
  gboolean new_copies = replace (&map->availability, availability);

  if (map->metainfo != metainfo) {
    g_clear_pointer (&map->metainfo, meir_metainfo_unref);
    map->metainfo = metainfo != NULL ? meir_metainfo_ref (metainfo) : NULL;
  }
  if (get_n_pieces (map) != n_before)
    gtk_widget_queue_resize (GTK_WIDGET (map));
  if (new_cells || (new_copies && map->mode == MEIR_UI_PIECE_MAP_AVAILABILITY))
    forget_texture (map);
  if ((new_cells || new_copies) && meir_ui_piece_map_get_pointed (map) != MEIR_UI_PIECE_NONE)
    tell_pointed (map);
}

void
meir_ui_piece_map_set_mode (MeirUiPieceMap *map, MeirUiPieceMapMode mode)
{
  if (map->mode == mode)
    return;
  map->mode = mode;
  forget_texture (map);
}

MeirUiPieceMapMode
meir_ui_piece_map_get_mode (MeirUiPieceMap *map)
{
  return map->mode;
}

static void
meir_ui_piece_map_direction_changed (GtkWidget *widget, GtkTextDirection previous)
{
  GTK_WIDGET_CLASS (meir_ui_piece_map_parent_class)->direction_changed (widget, previous);
  forget_texture (MEIR_UI_PIECE_MAP (widget));
}

static void
meir_ui_piece_map_dispose (GObject *object)
{
  MeirUiPieceMap *map = MEIR_UI_PIECE_MAP (object);

  for (guint c = 0; c < N_COLOURS; c++)
    g_clear_pointer (&map->colours[c], gtk_widget_unparent);
  g_clear_pointer (&map->metainfo, meir_metainfo_unref);
  g_clear_pointer (&map->cells, g_bytes_unref);
  g_clear_pointer (&map->availability, g_bytes_unref);
  g_clear_object (&map->texture);
  G_OBJECT_CLASS (meir_ui_piece_map_parent_class)->dispose (object);
}

static void
bind_keys (GtkWidgetClass *widget_class)
{
  static const struct {
    guint key;
    int cells, rows;
  } moves[] = {
    { GDK_KEY_Left, -1, 0 },
    { GDK_KEY_Right, 1, 0 },
    { GDK_KEY_Up, 0, -1 },
    { GDK_KEY_Down, 0, 1 },
    { GDK_KEY_Page_Up, 0, -PAGE_ROWS },
    { GDK_KEY_Page_Down, 0, PAGE_ROWS },
  };

  for (guint i = 0; i < G_N_ELEMENTS (moves); i++)
    gtk_widget_class_add_binding (widget_class, moves[i].key, 0, on_move, "(ii)", moves[i].cells,
                                  moves[i].rows);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Home, 0, on_move_to_end, "b", FALSE);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_End, 0, on_move_to_end, "b", TRUE);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Return, 0, on_return, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_KP_Enter, 0, on_return, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_space, 0, on_return, NULL);
}

static void
meir_ui_piece_map_class_init (MeirUiPieceMapClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = meir_ui_piece_map_dispose;
  widget_class->get_request_mode = meir_ui_piece_map_get_request_mode;
  widget_class->measure = meir_ui_piece_map_measure;
  widget_class->snapshot = meir_ui_piece_map_snapshot;
  widget_class->direction_changed = meir_ui_piece_map_direction_changed;
  pointed_signal = g_signal_new ("pointed", MEIR_UI_TYPE_PIECE_MAP, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
  activated_signal = g_signal_new ("activated", MEIR_UI_TYPE_PIECE_MAP, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  gtk_widget_class_set_css_name (widget_class, "piecemap");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  bind_keys (widget_class);
}

static void
meir_ui_piece_map_init (MeirUiPieceMap *map)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  map->hovered = map->cursor = MEIR_UI_PIECE_NONE;
  for (guint c = 0; c < N_COLOURS; c++) {
    map->colours[c] = g_object_new (GTK_TYPE_BOX, "css-name", "piece", "visible", FALSE, NULL);
    gtk_widget_add_css_class (map->colours[c], colour_classes[c]);
    gtk_widget_set_parent (map->colours[c], GTK_WIDGET (map));
  }
  gtk_widget_set_focusable (GTK_WIDGET (map), TRUE);
  g_signal_connect (map, "notify::has-focus", G_CALLBACK (on_focus), NULL);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), map);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), map);
  gtk_widget_add_controller (GTK_WIDGET (map), motion);
  g_signal_connect (click, "released", G_CALLBACK (on_released), map);
  gtk_widget_add_controller (GTK_WIDGET (map), GTK_EVENT_CONTROLLER (click));
  gtk_accessible_update_property (GTK_ACCESSIBLE (map), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Pieces"), -1);
}

GtkWidget *
meir_ui_piece_map_new (void)
{
  return g_object_new (MEIR_UI_TYPE_PIECE_MAP, NULL);
}
