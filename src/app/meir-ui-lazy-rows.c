/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-lazy-rows.h"

/* How long one turn of the main loop may fill rows that are not in sight yet. */
#define SLICE_USEC 2000
/* How many contents one frame may make: the most costly there is to do. The others come soon after. */
#define MADE_A_FRAME 4u

/* One row: empty, or with a content. */

#define MEIR_UI_TYPE_LAZY_ROW (meir_ui_lazy_row_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiLazyRow, meir_ui_lazy_row, MEIR_UI, LAZY_ROW, GtkWidget)

struct _MeirUiLazyRow {
  GtkWidget parent_instance;

  MeirUiLazyRows *rows; /* which outlives it */
  GtkListItem *item;    /* which owns it */
  GtkWidget *content;   /* (nullable): child; kept when the row is emptied */
  gboolean filled;
};

G_DEFINE_FINAL_TYPE (MeirUiLazyRow, meir_ui_lazy_row, GTK_TYPE_WIDGET)

struct _MeirUiLazyRows {
  GObject parent_instance;

  GtkListView *view; /* which owns this */
  const MeirUiLazyFuncs *funcs;
  gpointer user_data;

  GPtrArray *bound;          /* MeirUiLazyRow */
  GPtrArray *filled;         /* GtkWidget: contents */
  GdkFrameClock *clock;      /* (nullable): while the view is realized */
  GtkAdjustment *adjustment; /* (nullable): of the view */
  guint idle;
  gboolean moved;    /* since rows in sight were looked for */
  int height;        /* of the lowest content that is filled */
  guint first, last; /* positions in sight, when they were looked for */
  guint n_created, n_fills;
  gint64 frame; /* counter of the last one with a layout, and how many contents there may be at its end */
  guint most;
};

G_DEFINE_FINAL_TYPE (MeirUiLazyRows, meir_ui_lazy_rows, G_TYPE_OBJECT)

/* Sentences wrap. */
static GtkSizeRequestMode
meir_ui_lazy_row_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
meir_ui_lazy_row_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                          int *natural, int *minimum_baseline, int *natural_baseline)
{
  MeirUiLazyRow *row = MEIR_UI_LAZY_ROW (widget);

  /* How high a list would be that has no width yet is only asked of what is scrolled anyway. */
  if (row->filled && (orientation == GTK_ORIENTATION_HORIZONTAL || for_size >= 0))
    gtk_widget_measure (row->content, orientation, for_size, minimum, natural, NULL, NULL);
  else
    *minimum = *natural = orientation == GTK_ORIENTATION_VERTICAL ? row->rows->height : 0;
}

static void
meir_ui_lazy_row_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  MeirUiLazyRow *row = MEIR_UI_LAZY_ROW (widget);

  if (row->filled)
    gtk_widget_size_allocate (row->content, &(GtkAllocation){ .width = width, .height = height }, baseline);
}

/* It has come in sight. */
static void
meir_ui_lazy_row_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (meir_ui_lazy_row_parent_class)->map (widget);
  MEIR_UI_LAZY_ROW (widget)->rows->moved = TRUE;
}

/* GTK takes the focus into a row at once, past the row itself, which then nobody could read. Here the row
 * comes first, and what can be done in it afterwards; backwards the other way round. */
static gboolean
meir_ui_lazy_row_focus (GtkWidget *widget, GtkDirectionType direction)
{
  GtkWidget *frame = gtk_widget_get_parent (widget);
  gboolean inside = gtk_widget_get_focus_child (widget) != NULL;

  if (direction == GTK_DIR_TAB_BACKWARD && gtk_widget_is_focus (frame))
    return FALSE;
  if (direction != GTK_DIR_TAB_BACKWARD && !inside && !gtk_widget_is_focus (frame))
    return gtk_widget_grab_focus (frame);
  if (GTK_WIDGET_CLASS (meir_ui_lazy_row_parent_class)->focus (widget, direction))
    return TRUE;
  return direction == GTK_DIR_TAB_BACKWARD && inside && gtk_widget_grab_focus (frame);
}

static void
meir_ui_lazy_row_dispose (GObject *object)
{
  g_clear_pointer (&MEIR_UI_LAZY_ROW (object)->content, gtk_widget_unparent);
  G_OBJECT_CLASS (meir_ui_lazy_row_parent_class)->dispose (object);
}

static void
meir_ui_lazy_row_class_init (MeirUiLazyRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = meir_ui_lazy_row_dispose;
  widget_class->map = meir_ui_lazy_row_map;
  widget_class->focus = meir_ui_lazy_row_focus;
  widget_class->get_request_mode = meir_ui_lazy_row_get_request_mode;
  widget_class->measure = meir_ui_lazy_row_measure;
  widget_class->size_allocate = meir_ui_lazy_row_size_allocate;
  /* Not a mere presentation: GTK 4.8 hides what is in such a one from assistive technology. */
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
meir_ui_lazy_row_init (MeirUiLazyRow *row)
{
}

static void
fill (MeirUiLazyRow *row)
{
  MeirUiLazyRows *rows = row->rows;

  if (row->content == NULL) {
    row->content = rows->funcs->create (rows->user_data);
    gtk_widget_set_parent (row->content, GTK_WIDGET (row));
    rows->n_created++;
  }
  row->filled = TRUE;
  gtk_widget_set_child_visible (row->content, TRUE);
  g_ptr_array_add (rows->filled, row->content);
  rows->n_fills++;
  rows->funcs->fill (row->content, row->item, rows->user_data);
  gtk_widget_queue_resize (GTK_WIDGET (row));
}

static void
empty (MeirUiLazyRow *row)
{
  MeirUiLazyRows *rows = row->rows;

  if (!row->filled)
    return;
  rows->funcs->clear (row->content, rows->user_data);
  g_ptr_array_remove_fast (rows->filled, row->content);
  row->filled = FALSE;
  gtk_widget_set_child_visible (row->content, FALSE);
  gtk_widget_queue_resize (GTK_WIDGET (row));
}

/* Looking. */

/* Empty rows are as high as the lowest of the others: most are, and more is filled rather than less. */
static void
learn_height (MeirUiLazyRows *rows)
{
  int height = G_MAXINT;

  for (guint i = 0; i < rows->filled->len; i++) {
    int own = gtk_widget_get_height (g_ptr_array_index (rows->filled, i));

    if (own > 0)
      height = MIN (height, own);
  }
  if (height == G_MAXINT || height == rows->height)
    return;
  rows->height = height;
  for (guint i = 0; i < rows->bound->len; i++) {
    MeirUiLazyRow *row = g_ptr_array_index (rows->bound, i);

    if (!row->filled)
      gtk_widget_queue_resize (GTK_WIDGET (row));
  }
}

static gboolean
is_near (MeirUiLazyRows *rows, MeirUiLazyRow *row)
{
  guint position = gtk_list_item_get_position (row->item);
  guint page = rows->last - rows->first + 1;

  return position + page >= rows->first && position <= rows->last + page;
}

/* The next row to be filled: one that is in sight before those that are a page away. (nullable) */
static MeirUiLazyRow *
find_empty (MeirUiLazyRows *rows)
{
  MeirUiLazyRow *near = NULL;

  for (guint i = 0; i < rows->bound->len; i++) {
    MeirUiLazyRow *row = g_ptr_array_index (rows->bound, i);

    if (row->filled)
      continue;
    if (gtk_widget_get_mapped (GTK_WIDGET (row)))
      return row;
    if (near == NULL && is_near (rows, row))
      near = row;
  }
  return near;
}

/* Some of them, until the turn has taken long enough. */
static gboolean
on_idle (gpointer user_data)
{
  MeirUiLazyRows *rows = user_data;
  gint64 began_usec = g_get_monotonic_time ();

  do {
    MeirUiLazyRow *row = find_empty (rows);

    if (row == NULL) {
      rows->idle = 0;
      return G_SOURCE_REMOVE;
    }
    fill (row);
  } while (g_get_monotonic_time () < began_usec + SLICE_USEC);
  return G_SOURCE_CONTINUE;
}

/* How many contents there may be by the end of this frame, which may be laid out several times. */
static guint
get_most (MeirUiLazyRows *rows, GdkFrameClock *clock)
{
  gint64 frame = gdk_frame_clock_get_frame_counter (clock);

  if (frame != rows->frame)
    rows->most = rows->n_created + MADE_A_FRAME;
  rows->frame = frame;
  return rows->most;
}

/* GTK maps the rows in sight when it gives them their place, and draws afterwards: what is filled here is
 * laid out once more, and nobody sees a row empty. */
static void
on_layout (GdkFrameClock *clock, gpointer user_data)
{
  MeirUiLazyRows *rows = user_data;
  guint n_fills = rows->n_fills;
  guint most = get_most (rows, clock);

  if (!rows->moved || !gtk_widget_get_mapped (GTK_WIDGET (rows->view)))
    return;
  learn_height (rows);
  rows->first = G_MAXUINT;
  rows->last = 0;
  for (guint i = 0; i < rows->bound->len; i++) {
    MeirUiLazyRow *row = g_ptr_array_index (rows->bound, i);
    guint position = gtk_list_item_get_position (row->item);

    if (!gtk_widget_get_mapped (GTK_WIDGET (row)))
      continue;
    rows->first = MIN (rows->first, position);
    rows->last = MAX (rows->last, position);
    if (!row->filled && (row->content != NULL || rows->n_created < most))
      fill (row);
  }
  /* With their heights known, others may have come in sight. */
  rows->moved = rows->n_fills != n_fills;
  if (rows->idle == 0 && rows->first <= rows->last)
    rows->idle = g_idle_add (on_idle, rows);
}

static void
on_moved (MeirUiLazyRows *rows)
{
  rows->moved = TRUE;
}

/* The list. */

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  MeirUiLazyRow *row = g_object_new (MEIR_UI_TYPE_LAZY_ROW, NULL);

  row->rows = user_data;
  row->item = item;
  gtk_list_item_set_child (item, GTK_WIDGET (row));
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  MeirUiLazyRows *rows = user_data;
  GtkWidget *row = gtk_list_item_get_child (item);
  GtkWidget *frame = gtk_widget_get_parent (row);
  g_autofree char *name = rows->funcs->dup_name (gtk_list_item_get_item (item), rows->user_data);

  g_ptr_array_add (rows->bound, row);
  rows->moved = TRUE;
  if (frame != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (frame), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  MeirUiLazyRows *rows = user_data;
  GtkWidget *row = gtk_list_item_get_child (item);

  empty (MEIR_UI_LAZY_ROW (row));
  g_ptr_array_remove_fast (rows->bound, row);
}

static void
follow (MeirUiLazyRows *rows, GtkAdjustment *adjustment)
{
  if (rows->adjustment == adjustment)
    return;
  if (rows->adjustment != NULL)
    g_signal_handlers_disconnect_by_data (rows->adjustment, rows);
  g_set_object (&rows->adjustment, adjustment);
  if (adjustment == NULL)
    return;
  g_signal_connect_swapped (adjustment, "value-changed", G_CALLBACK (on_moved), rows);
  g_signal_connect_swapped (adjustment, "changed", G_CALLBACK (on_moved), rows);
}

static void
on_adjustment (MeirUiLazyRows *rows)
{
  follow (rows, gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (rows->view)));
}

static void
on_realize (MeirUiLazyRows *rows)
{
  rows->clock = g_object_ref (gtk_widget_get_frame_clock (GTK_WIDGET (rows->view)));
  /* After GTK itself has laid out the window. */
  g_signal_connect_after (rows->clock, "layout", G_CALLBACK (on_layout), rows);
}

static void
on_unrealize (MeirUiLazyRows *rows)
{
  if (rows->clock != NULL)
    g_signal_handlers_disconnect_by_data (rows->clock, rows);
  g_clear_object (&rows->clock);
}

static void
meir_ui_lazy_rows_dispose (GObject *object)
{
  MeirUiLazyRows *rows = MEIR_UI_LAZY_ROWS (object);

  g_clear_handle_id (&rows->idle, g_source_remove);
  follow (rows, NULL);
  on_unrealize (rows);
  G_OBJECT_CLASS (meir_ui_lazy_rows_parent_class)->dispose (object);
}

static void
meir_ui_lazy_rows_finalize (GObject *object)
{
  MeirUiLazyRows *rows = MEIR_UI_LAZY_ROWS (object);

  g_ptr_array_unref (rows->bound);
  g_ptr_array_unref (rows->filled);
  G_OBJECT_CLASS (meir_ui_lazy_rows_parent_class)->finalize (object);
}

static void
meir_ui_lazy_rows_class_init (MeirUiLazyRowsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = meir_ui_lazy_rows_dispose;
  G_OBJECT_CLASS (klass)->finalize = meir_ui_lazy_rows_finalize;
}

static void
meir_ui_lazy_rows_init (MeirUiLazyRows *rows)
{
  rows->bound = g_ptr_array_new ();
  rows->filled = g_ptr_array_new ();
  rows->frame = -1; /* the first one is number 0 */
}

static GQuark
rows_quark (void)
{
  return g_quark_from_static_string ("meir-ui-lazy-rows");
}

MeirUiLazyRows *
meir_ui_lazy_rows_attach (GtkListView *view, const MeirUiLazyFuncs *funcs, gpointer user_data)
{
  MeirUiLazyRows *rows = g_object_new (MEIR_UI_TYPE_LAZY_ROWS, NULL);
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  rows->view = view;
  rows->funcs = funcs;
  rows->user_data = user_data;
  rows->height = funcs->height;
  g_object_set_qdata_full (G_OBJECT (view), rows_quark (), rows, g_object_unref);
  g_signal_connect_object (view, "realize", G_CALLBACK (on_realize), rows, G_CONNECT_SWAPPED);
  g_signal_connect_object (view, "unrealize", G_CALLBACK (on_unrealize), rows, G_CONNECT_SWAPPED);
  g_signal_connect_object (view, "notify::vadjustment", G_CALLBACK (on_adjustment), rows, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "setup", G_CALLBACK (on_setup), rows, 0);
  g_signal_connect_object (factory, "bind", G_CALLBACK (on_bind), rows, 0);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (on_unbind), rows, 0);
  on_adjustment (rows);
  gtk_list_view_set_factory (view, factory);
  return rows;
}

MeirUiLazyRows *
meir_ui_lazy_rows_of (GtkListView *view)
{
  return g_object_get_qdata (G_OBJECT (view), rows_quark ());
}

GPtrArray *
meir_ui_lazy_rows_get_filled (MeirUiLazyRows *rows)
{
  return rows->filled;
}

GtkWidget *
meir_ui_lazy_rows_find_frame (MeirUiLazyRows *rows, gpointer item)
{
  for (guint i = 0; i < rows->bound->len; i++) {
    MeirUiLazyRow *row = g_ptr_array_index (rows->bound, i);

    if (gtk_list_item_get_item (row->item) == item)
      return gtk_widget_get_parent (GTK_WIDGET (row));
  }
  return NULL;
}

GtkWidget *
meir_ui_lazy_rows_find_content (MeirUiLazyRows *rows, GtkWidget *widget)
{
  for (guint i = 0; widget != NULL && i < rows->filled->len; i++) {
    GtkWidget *content = g_ptr_array_index (rows->filled, i);
    GtkWidget *frame = meir_ui_lazy_rows_get_frame (content);

    if (frame != NULL && (widget == frame || gtk_widget_is_ancestor (widget, frame)))
      return content;
  }
  return NULL;
}

guint
meir_ui_lazy_rows_get_n_created (MeirUiLazyRows *rows)
{
  return rows->n_created;
}

guint
meir_ui_lazy_rows_get_n_fills (MeirUiLazyRows *rows)
{
  return rows->n_fills;
}

GtkListItem *
meir_ui_lazy_rows_get_item (GtkWidget *content)
{
  return MEIR_UI_LAZY_ROW (gtk_widget_get_parent (content))->item;
}

GtkWidget *
meir_ui_lazy_rows_get_frame (GtkWidget *content)
{
  GtkWidget *parent = gtk_widget_get_parent (content);

  return parent != NULL && MEIR_UI_IS_LAZY_ROW (parent) ? gtk_widget_get_parent (parent) : parent;
}
