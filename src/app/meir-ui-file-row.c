/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-file-row.h"

#include "app/meir-ui-content.h"
#include "app/meir-ui-piece-strip.h"
#include "app/meir-ui-resources.h"
#include "app/meir-ui-text.h"
#include "app/meir-ui-widget.h"

#include <glib/gi18n.h>

struct _MeirUiFileRow {
  GtkWidget parent_instance;

  GtkCheckButton *tick;
  GtkImage *icon;
  GtkBox *body;
  GtkLabel *name;
  GtkLabel *size;
  MeirUiPieceStrip *strip;
  GtkLabel *percent;

  MeirUiFileTree *tree; /* (nullable) */
  guint node;
  gboolean showing; /* what the tick says, rather than the user */
};

G_DEFINE_FINAL_TYPE (MeirUiFileRow, meir_ui_file_row, GTK_TYPE_WIDGET)

double
meir_ui_file_fraction (MeirMetainfo *metainfo, GBytes *cells, guint64 offset, guint64 end)
{
  guint64 piece_length = meir_metainfo_get_piece_length (metainfo);
  gsize n_cells;
  const guint8 *cell = g_bytes_get_data (cells, &n_cells);
  guint64 here = 0;

  if (offset >= end)
    return 1;
  for (guint64 piece = offset / piece_length; piece * piece_length < end && piece < n_cells; piece++)
    if (cell[piece] == MEIR_CELL_HAVE)
      here += MIN (end, (piece + 1) * piece_length) - MAX (offset, piece * piece_length);
  return (double) here / (double) (end - offset);
}

static const MeirUiFileNode *
get_node (MeirUiFileRow *row)
{
  return meir_ui_file_index_get (meir_ui_file_tree_get_index (row->tree), row->node);
}

static void
on_toggled (GtkCheckButton *button, MeirUiFileRow *row)
{
  if (row->tree != NULL && !row->showing)
    meir_ui_file_tree_set_ticked (row->tree, row->node,
                                  meir_ui_file_tree_get_tick (row->tree, row->node) != MEIR_UI_TICK_ALL);
}

static void
show_tick (MeirUiFileRow *row)
{
  MeirUiTick tick = meir_ui_file_tree_get_tick (row->tree, row->node);

  row->showing = TRUE;
  gtk_check_button_set_inconsistent (row->tick, tick == MEIR_UI_TICK_SOME);
  gtk_check_button_set_active (row->tick, tick == MEIR_UI_TICK_ALL);
  row->showing = FALSE;
  meir_ui_widget_set_class (row, "skipped", tick == MEIR_UI_TICK_NONE);
}

static const char *
priority_text (MeirUiFileRow *row)
{
  switch (meir_ui_file_tree_get_priority (row->tree, row->node)) {
  case MEIR_PRIORITY_SKIP:
    return _ ("skip");
  case MEIR_PRIORITY_LOW:
    return _ ("last");
  case MEIR_PRIORITY_HIGH:
    return _ ("first");
  default:
    return NULL;
  }
}

/* The cells of a folder whose files do not lie together would show those of others too. */
static GBytes *
slice (MeirUiFileRow *row, GBytes *cells)
{
  const MeirUiFileNode *node = get_node (row);
  guint64 piece_length = meir_metainfo_get_piece_length (
      meir_ui_file_index_get_metainfo (meir_ui_file_tree_get_index (row->tree)));
  guint64 from = node->offset / piece_length;
  guint64 to = (node->end + piece_length - 1) / piece_length;

  if (node->bytes == 0 || to > g_bytes_get_size (cells) ||
      (node->file == MEIR_UI_FILE_NONE && node->bytes < (node->end - node->offset) / 2))
    return NULL;
  return g_bytes_new_from_bytes (cells, from, to - from);
}

static void
show_pieces (MeirUiFileRow *row, GBytes *cells)
{
  MeirMetainfo *metainfo = meir_ui_file_index_get_metainfo (meir_ui_file_tree_get_index (row->tree));
  const MeirUiFileNode *node = get_node (row);
  double fraction = meir_ui_file_fraction (metainfo, cells, node->offset, node->end);
  g_autofree char *percent = g_strdup_printf (_ ("%d %%"), (int) (fraction * 100));
  g_autoptr (GBytes) own = slice (row, cells);
  const char *priority = priority_text (row);

  meir_ui_piece_strip_set_cells (row->strip, own);
  meir_ui_piece_strip_set_fraction (row->strip, fraction);
  meir_ui_widget_set_class (row->strip, "complete", fraction >= 1);
  meir_ui_widget_set_text (row->percent, fraction < 1 && meir_ui_file_tree_get_tick (row->tree, row->node) ==
                                                             MEIR_UI_TICK_NONE
                                             ? priority
                                             : percent);
}

char *
meir_ui_file_row_dup_description (MeirUiFileRow *row)
{
  g_autofree char *name = meir_ui_text_dup_isolated (gtk_label_get_text (row->name));
  const char *priority = priority_text (row);
  g_autoptr (GString) text = g_string_new (name);

  g_string_append_printf (text, ". %s", gtk_label_get_text (row->size));
  if (gtk_widget_get_visible (GTK_WIDGET (row->percent)) && *gtk_label_get_text (row->percent) != '\0')
    g_string_append_printf (text, ". %s", gtk_label_get_text (row->percent));
  if (priority != NULL && g_strcmp0 (priority, gtk_label_get_text (row->percent)) != 0)
    g_string_append_printf (text, ". %s", priority);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

void
meir_ui_file_row_refresh (MeirUiFileRow *row, GBytes *cells)
{
  if (row->tree == NULL)
    return;
  show_tick (row);
  gtk_widget_set_visible (GTK_WIDGET (row->strip), cells != NULL);
  gtk_widget_set_visible (GTK_WIDGET (row->percent), cells != NULL);
  if (cells != NULL)
    show_pieces (row, cells);
}

/* In a list of what was found, where it lies tells one readme from another. */
static void
show_name (MeirUiFileRow *row)
{
  MeirUiFileIndex *index = meir_ui_file_tree_get_index (row->tree);
  const MeirUiFileNode *node = get_node (row);
  g_autofree char *size = g_format_size (node->bytes);
  g_autofree char *isolated = meir_ui_text_dup_isolated (node->name);
  g_autofree char *label = g_strdup_printf (_ ("Wanted: %s"), isolated);

  meir_ui_widget_set_text (row->name, meir_ui_file_tree_is_filtered (row->tree)
                                          ? meir_ui_file_index_get_path (index, row->node)
                                          : node->name);
  meir_ui_widget_set_text (row->size, size);
  meir_ui_widget_set_icon (row->icon, meir_ui_content_get_icon (node->file == MEIR_UI_FILE_NONE
                                                                    ? MEIR_UI_CONTENT_FOLDER
                                                                    : meir_ui_content_of_name (node->name)));
  gtk_accessible_update_property (GTK_ACCESSIBLE (row->tick), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  /* The arrow that unfolds a folder is named after what it is before. */
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, isolated, -1);
}

void
meir_ui_file_row_set_node (MeirUiFileRow *row, MeirUiFileTree *tree, guint node)
{
  g_set_object (&row->tree, tree);
  row->node = node;
  if (tree != NULL)
    show_name (row);
}

void
meir_ui_file_row_set_narrow (MeirUiFileRow *row, gboolean narrow)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (row->body),
                                  narrow ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL);
  gtk_box_set_spacing (row->body, narrow ? 2 : 10);
  gtk_widget_set_hexpand (GTK_WIDGET (row->strip), narrow);
  /* A label that fills its line would push what is below it to the other end. */
  gtk_label_set_xalign (row->size, narrow ? 0 : 1);
}

guint
meir_ui_file_row_get_node (MeirUiFileRow *row)
{
  return row->node;
}

static void
meir_ui_file_row_dispose (GObject *object)
{
  MeirUiFileRow *row = MEIR_UI_FILE_ROW (object);
  GtkWidget *child;

  g_clear_object (&row->tree);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (row))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (meir_ui_file_row_parent_class)->dispose (object);
}

static void
meir_ui_file_row_class_init (MeirUiFileRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = meir_ui_file_row_dispose;
  g_type_ensure (MEIR_UI_TYPE_PIECE_STRIP);
  gtk_widget_class_set_template_from_resource (widget_class, MEIR_UI_RESOURCES "meir-ui-file-row.ui");
  gtk_widget_class_bind_template_child (widget_class, MeirUiFileRow, tick);
  gtk_widget_class_bind_template_child (widget_class, MeirUiFileRow, icon);
  gtk_widget_class_bind_template_child (widget_class, MeirUiFileRow, body);
  gtk_widget_class_bind_template_child (widget_class, MeirUiFileRow, name);
  gtk_widget_class_bind_template_child (widget_class, MeirUiFileRow, size);
  gtk_widget_class_bind_template_child (widget_class, MeirUiFileRow, strip);
  gtk_widget_class_bind_template_child (widget_class, MeirUiFileRow, percent);
  gtk_widget_class_bind_template_callback (widget_class, on_toggled);
  gtk_widget_class_bind_template_callback (widget_class, meir_ui_widget_query_whole_text);
  gtk_widget_class_set_css_name (widget_class, "filerow");
}

static void
meir_ui_file_row_init (MeirUiFileRow *row)
{
  row->node = MEIR_UI_FILE_NONE;
  gtk_widget_init_template (GTK_WIDGET (row));
}

GtkWidget *
meir_ui_file_row_new (void)
{
  return g_object_new (MEIR_UI_TYPE_FILE_ROW, NULL);
}
