/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-row.h"

#include "app/meir-ui-drag.h"
#include "app/meir-ui-lazy-rows.h"
#include "app/meir-ui-piece-strip.h"
#include "app/meir-ui-resources.h"
#include "app/meir-ui-row-layout.h"
#include "app/meir-ui-text.h"
#include "app/meir-ui-widget.h"

#define SENTENCE_LINES  2
#define ATTENTION_LINES 5

struct _MeirUiRow {
  GtkWidget parent_instance;

  GtkImage *icon;
  GtkLabel *name;
  GtkLabel *size;
  GtkLabel *sentence;
  MeirUiPieceStrip *strip;
  GtkButton *button;
  GtkButton *button_below; /* in its place where a word would leave no room for the rest */

  MeirUiItem *item;
  gboolean narrow;
  gboolean shown; /* something of it; which version: */
  guint version;
  gboolean has_button; /* it stays from one item to the next: a button is much work to change */
  MeirUiButton shown_button;
};

G_DEFINE_FINAL_TYPE (MeirUiRow, meir_ui_row, GTK_TYPE_WIDGET)

static guint button_clicked_signal;

static void
on_clicked (GtkButton *button, MeirUiRow *row)
{
  if (row->item != NULL)
    g_signal_emit (row, button_clicked_signal, 0, row->item, (guint) row->shown_button);
}

/* Which of the two buttons is there. */
static void
place_button (MeirUiRow *row)
{
  gboolean any = row->shown_button != MEIR_UI_BUTTON_NONE;
  gboolean below = row->narrow && meir_ui_button_get_icon (row->shown_button) == NULL;

  gtk_widget_set_visible (GTK_WIDGET (row->button), any && !below);
  gtk_widget_set_visible (GTK_WIDGET (row->button_below), any && below);
}

static void
show_button (MeirUiRow *row, MeirUiButton button)
{
  const char *label = meir_ui_button_get_label (button);
  const char *icon = meir_ui_button_get_icon (button);

  if (row->has_button && row->shown_button == button)
    return;
  row->has_button = TRUE;
  row->shown_button = button;
  if (icon != NULL) {
    gtk_button_set_icon_name (row->button, icon);
  } else {
    gtk_button_set_label (row->button, label);
    gtk_button_set_label (row->button_below, label);
  }
  meir_ui_widget_set_class (row->button, "circular", icon != NULL);
  meir_ui_widget_set_class (row->button, "flat", icon != NULL);
  gtk_widget_set_tooltip_text (GTK_WIDGET (row->button), icon != NULL ? label : NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row->button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  place_button (row);
}

static void
show_icon (MeirUiRow *row, gboolean attention)
{
  const char *icon =
      attention ? "meir-attention-symbolic" : meir_ui_content_get_icon (meir_ui_item_get_content (row->item));

  meir_ui_widget_set_class (row->icon, "warning", attention);
  meir_ui_widget_set_icon (row->icon, icon);
}

/* At rest, or not yet trusted: their colour says that nothing moves. */
static gboolean
is_resting (const MeirTorrentSnapshot *snapshot)
{
  return snapshot->state != MEIR_TORRENT_DOWNLOADING && snapshot->state != MEIR_TORRENT_SEEDING &&
         snapshot->state != MEIR_TORRENT_DISK_FULL;
}

static void
show_pieces (MeirUiRow *row, const MeirTorrentSnapshot *snapshot)
{
  double fraction = snapshot->n_pieces > 0 ? (double) snapshot->n_have / (double) snapshot->n_pieces : 0;

  meir_ui_widget_set_class (row->strip, "complete", snapshot->finished);
  meir_ui_widget_set_class (row->strip, "resting", is_resting (snapshot));
  if (snapshot->cells != NULL || !row->shown)
    meir_ui_piece_strip_set_cells (row->strip, snapshot->cells);
  meir_ui_piece_strip_set_fraction (row->strip, fraction);
}

/* A narrow row has two lines for it; what has to be read to go on, and may name a path, has more. */
static void
show_sentence (MeirUiRow *row, gboolean attention)
{
  g_autofree char *sentence = meir_ui_status_dup_sentence (meir_ui_item_get_status (row->item));

  meir_ui_widget_set_text (row->sentence, sentence);
  meir_ui_widget_set_class (row->sentence, "dim-label", !attention);
  gtk_label_set_lines (row->sentence, attention ? ATTENTION_LINES : SENTENCE_LINES);
}

/* A screen reader hears the row as one sentence. */
static void
describe (MeirUiRow *row)
{
  GtkWidget *item = meir_ui_lazy_rows_get_frame (GTK_WIDGET (row));
  g_autofree char *name = meir_ui_text_dup_isolated (gtk_label_get_text (row->name));
  const char *size = gtk_label_get_text (row->size);
  const char *sentence = gtk_label_get_text (row->sentence);
  g_autofree char *text = *size != '\0' ? g_strdup_printf ("%s. %s. %s", name, size, sentence)
                                        : g_strdup_printf ("%s. %s", name, sentence);

  if (item != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (item), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

void
meir_ui_row_update (MeirUiRow *row)
{
  const MeirTorrentSnapshot *snapshot;
  g_autofree char *size = NULL;
  gboolean attention;

  if (row->item == NULL || (row->shown && row->version == meir_ui_item_get_version (row->item)))
    return;
  snapshot = meir_ui_item_get_snapshot (row->item);
  attention = meir_ui_item_get_group (row->item) == MEIR_UI_GROUP_ATTENTION;
  size = meir_ui_status_dup_size (snapshot);
  meir_ui_widget_set_text (row->name, meir_ui_item_get_name (row->item));
  meir_ui_widget_set_text (row->size, size);
  gtk_widget_set_visible (GTK_WIDGET (row->size), *size != '\0');
  show_button (row, meir_ui_status_get_button (meir_ui_item_get_status (row->item)));
  show_icon (row, attention);
  show_pieces (row, snapshot);
  show_sentence (row, attention);
  describe (row);
  row->version = meir_ui_item_get_version (row->item);
  row->shown = TRUE;
}

void
meir_ui_row_set_item (MeirUiRow *row, MeirUiItem *item)
{
  g_set_object (&row->item, item);
  row->shown = FALSE;
  meir_ui_row_update (row);
}

void
meir_ui_row_set_narrow (MeirUiRow *row, gboolean narrow)
{
  if (row->narrow == narrow)
    return;
  row->narrow = narrow;
  gtk_label_set_xalign (row->size, narrow ? 0 : 1);
  place_button (row);
  gtk_widget_queue_resize (GTK_WIDGET (row));
}

MeirUiItem *
meir_ui_row_get_item (MeirUiRow *row)
{
  return row->item;
}

static void
get_layout (MeirUiRow *row, MeirUiRowLayout *layout)
{
  *layout = (MeirUiRowLayout){
    .icon = GTK_WIDGET (row->icon),
    .name = GTK_WIDGET (row->name),
    .size = GTK_WIDGET (row->size),
    .strip = GTK_WIDGET (row->strip),
    .sentence = GTK_WIDGET (row->sentence),
    .button_below = GTK_WIDGET (row->button_below),
    .button = GTK_WIDGET (row->button),
    .narrow = row->narrow,
  };
}

static GtkSizeRequestMode
meir_ui_row_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
meir_ui_row_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                     int *minimum_baseline, int *natural_baseline)
{
  MeirUiRowLayout layout;

  get_layout (MEIR_UI_ROW (widget), &layout);
  meir_ui_row_layout_measure (&layout, widget, orientation, for_size, minimum, natural);
}

static void
meir_ui_row_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  MeirUiRowLayout layout;

  get_layout (MEIR_UI_ROW (widget), &layout);
  meir_ui_row_layout_allocate (&layout, widget, width, height);
}

static void
meir_ui_row_dispose (GObject *object)
{
  MeirUiRow *row = MEIR_UI_ROW (object);
  GtkWidget *child;

  g_clear_object (&row->item);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (row))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (meir_ui_row_parent_class)->dispose (object);
}

static void
meir_ui_row_class_init (MeirUiRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = meir_ui_row_dispose;
  widget_class->get_request_mode = meir_ui_row_get_request_mode;
  widget_class->measure = meir_ui_row_measure;
  widget_class->size_allocate = meir_ui_row_size_allocate;
  button_clicked_signal = g_signal_new ("button-clicked", MEIR_UI_TYPE_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                        NULL, G_TYPE_NONE, 2, MEIR_UI_TYPE_ITEM, G_TYPE_UINT);
  g_type_ensure (MEIR_UI_TYPE_PIECE_STRIP);
  gtk_widget_class_set_template_from_resource (widget_class, MEIR_UI_RESOURCES "meir-ui-row.ui");
  gtk_widget_class_bind_template_child (widget_class, MeirUiRow, icon);
  gtk_widget_class_bind_template_child (widget_class, MeirUiRow, name);
  gtk_widget_class_bind_template_child (widget_class, MeirUiRow, size);
  gtk_widget_class_bind_template_child (widget_class, MeirUiRow, sentence);
  gtk_widget_class_bind_template_child (widget_class, MeirUiRow, strip);
  gtk_widget_class_bind_template_child (widget_class, MeirUiRow, button);
  gtk_widget_class_bind_template_child (widget_class, MeirUiRow, button_below);
  gtk_widget_class_bind_template_callback (widget_class, on_clicked);
  gtk_widget_class_bind_template_callback (widget_class, meir_ui_widget_query_whole_text);
  gtk_widget_class_set_css_name (widget_class, "torrentrow");
}

static MeirTorrent *
get_torrent (GtkWidget *widget)
{
  MeirUiItem *item = MEIR_UI_ROW (widget)->item;

  return item != NULL ? meir_ui_item_get_torrent (item) : NULL;
}

static void
meir_ui_row_init (MeirUiRow *row)
{
  gtk_widget_init_template (GTK_WIDGET (row));
  meir_ui_drag_attach (GTK_WIDGET (row), get_torrent);
}

GtkWidget *
meir_ui_row_new (void)
{
  return g_object_new (MEIR_UI_TYPE_ROW, NULL);
}
