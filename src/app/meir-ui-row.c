/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-row.h"

#include "app/meir-ui-drag.h"
#include "app/meir-ui-piece-strip.h"
#include "app/meir-ui-resources.h"
#include "app/meir-ui-status.h"
#include "app/meir-ui-text.h"

#include <glib/gi18n.h>

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

  MeirTorrent *torrent;
  gboolean shown; /* a snapshot of it; which one: */
  guint64 serial;
  gboolean resting; /* the button starts it */
};

G_DEFINE_FINAL_TYPE (MeirUiRow, meir_ui_row, GTK_TYPE_WIDGET)

static guint pause_toggled_signal;

static void
on_clicked (GtkButton *button, MeirUiRow *row)
{
  if (row->torrent != NULL)
    g_signal_emit (row, pause_toggled_signal, 0, row->torrent, !row->resting);
}

static gboolean
needs_attention (const MeirTorrentSnapshot *snapshot)
{
  return snapshot->state == MEIR_TORRENT_FAILED || snapshot->state == MEIR_TORRENT_DISK_FULL;
}

static void
set_class (gpointer widget, const char *name, gboolean set)
{
  if (set)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

/* Text is set only when it differs, so that a row at rest costs no layout. */
static void
set_text (GtkLabel *label, const char *text)
{
  if (g_strcmp0 (gtk_label_get_text (label), text) != 0)
    gtk_label_set_text (label, text);
}

/* What does not fit its line can be read here. */
static gboolean
on_query_tooltip (GtkLabel *label, int x, int y, gboolean keyboard, GtkTooltip *tooltip, MeirUiRow *row)
{
  if (!pango_layout_is_ellipsized (gtk_label_get_layout (label)))
    return FALSE;
  gtk_tooltip_set_text (tooltip, gtk_label_get_text (label));
  return TRUE;
}

static void
show_button (MeirUiRow *row, const MeirTorrentSnapshot *snapshot)
{
  gboolean failed = snapshot->state == MEIR_TORRENT_FAILED;
  const char *label;

  row->resting = failed || snapshot->state == MEIR_TORRENT_PAUSED;
  label = failed ? _ ("Try Again") : row->resting ? _ ("Resume") : _ ("Pause");
  if (g_strcmp0 (gtk_widget_get_tooltip_text (GTK_WIDGET (row->button)), label) == 0)
    return;
  gtk_button_set_icon_name (row->button, row->resting ? "meir-resume-symbolic" : "meir-pause-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (row->button), label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row->button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static void
show_icon (MeirUiRow *row, const MeirTorrentSnapshot *snapshot)
{
  g_autoptr (MeirMetainfo) metainfo = meir_torrent_ref_metainfo (row->torrent);
  gboolean folder = metainfo == NULL || meir_metainfo_is_folder (metainfo);
  const char *icon = needs_attention (snapshot) ? "meir-attention-symbolic"
                     : folder                   ? "meir-folder-symbolic"
                                                : "meir-file-symbolic";

  set_class (row->icon, "warning", needs_attention (snapshot));
  if (g_strcmp0 (gtk_image_get_icon_name (row->icon), icon) != 0)
    gtk_image_set_from_icon_name (row->icon, icon);
}

static void
show_pieces (MeirUiRow *row, const MeirTorrentSnapshot *snapshot)
{
  double fraction = snapshot->n_pieces > 0 ? (double) snapshot->n_have / (double) snapshot->n_pieces : 0;

  set_class (row->strip, "complete", snapshot->complete);
  set_class (row->strip, "resting", row->resting);
  if (snapshot->cells != NULL || !row->shown)
    meir_ui_piece_strip_set_cells (row->strip, snapshot->cells);
  meir_ui_piece_strip_set_fraction (row->strip, fraction);
}

/* A narrow row has two lines for it; what has to be read to go on, and may name a path, has more. */
static void
show_sentence (MeirUiRow *row, const MeirTorrentSnapshot *snapshot)
{
  g_autofree char *sentence = meir_ui_status_dup_sentence (snapshot);
  gboolean attention = needs_attention (snapshot);

  set_text (row->sentence, sentence);
  set_class (row->sentence, "dim-label", !attention);
  gtk_label_set_lines (row->sentence, attention ? ATTENTION_LINES : SENTENCE_LINES);
}

/* A screen reader hears the row as one sentence. */
static void
describe (MeirUiRow *row)
{
  GtkWidget *item = gtk_widget_get_parent (GTK_WIDGET (row));
  g_autofree char *name = meir_ui_text_dup_isolated (gtk_label_get_text (row->name));
  const char *size = gtk_label_get_text (row->size);
  const char *sentence = gtk_label_get_text (row->sentence);
  g_autofree char *text = *size != '\0' ? g_strdup_printf ("%s. %s. %s", name, size, sentence)
                                        : g_strdup_printf ("%s. %s", name, sentence);

  if (item != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (item), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

void
meir_ui_row_refresh (MeirUiRow *row)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = NULL;
  g_autofree char *name = NULL;
  g_autofree char *size = NULL;

  if (row->torrent == NULL)
    return;
  snapshot = meir_torrent_ref_snapshot (row->torrent, MEIR_SNAPSHOT_CELLS);
  if (row->shown && snapshot->serial == row->serial)
    return;
  name = meir_torrent_dup_name (row->torrent);
  size = meir_ui_status_dup_size (snapshot);
  set_text (row->name, name);
  set_text (row->size, size);
  gtk_widget_set_visible (GTK_WIDGET (row->size), *size != '\0');
  show_button (row, snapshot);
  show_icon (row, snapshot);
  show_pieces (row, snapshot);
  show_sentence (row, snapshot);
  describe (row);
  row->serial = snapshot->serial;
  row->shown = TRUE;
}

void
meir_ui_row_set_torrent (MeirUiRow *row, MeirTorrent *torrent)
{
  g_set_object (&row->torrent, torrent);
  row->shown = FALSE;
  meir_ui_row_refresh (row);
}

MeirTorrent *
meir_ui_row_get_torrent (MeirUiRow *row)
{
  return row->torrent;
}

static void
meir_ui_row_dispose (GObject *object)
{
  MeirUiRow *row = MEIR_UI_ROW (object);
  GtkWidget *child;

  g_clear_object (&row->torrent);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (row))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (meir_ui_row_parent_class)->dispose (object);
}

static void
meir_ui_row_class_init (MeirUiRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = meir_ui_row_dispose;
  pause_toggled_signal = g_signal_new ("pause-toggled", MEIR_UI_TYPE_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                       NULL, G_TYPE_NONE, 2, MEIR_TYPE_TORRENT, G_TYPE_BOOLEAN);
  g_type_ensure (MEIR_UI_TYPE_PIECE_STRIP);
  gtk_widget_class_set_template_from_resource (widget_class, MEIR_UI_RESOURCES "meir-ui-row.ui");
  gtk_widget_class_bind_template_child (widget_class, MeirUiRow, icon);
  gtk_widget_class_bind_template_child (widget_class, MeirUiRow, name);
  gtk_widget_class_bind_template_child (widget_class, MeirUiRow, size);
  gtk_widget_class_bind_template_child (widget_class, MeirUiRow, sentence);
  gtk_widget_class_bind_template_child (widget_class, MeirUiRow, strip);
  gtk_widget_class_bind_template_child (widget_class, MeirUiRow, button);
  gtk_widget_class_bind_template_callback (widget_class, on_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_query_tooltip);
  gtk_widget_class_set_css_name (widget_class, "torrentrow");
}

static MeirTorrent *
get_torrent (GtkWidget *widget)
{
  return MEIR_UI_ROW (widget)->torrent;
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
