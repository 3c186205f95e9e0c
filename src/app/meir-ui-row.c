/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-row.h"

#include "app/meir-ui-piece-strip.h"
#include "app/meir-ui-resources.h"
#include "app/meir-ui-status.h"

#include <glib/gi18n.h>

struct _MeirUiRow {
  GtkWidget parent_instance;

  GtkImage *icon;
  GtkLabel *name;
  GtkLabel *size;
  GtkLabel *sentence;
  MeirUiPieceStrip *strip;
  GtkButton *button;

  MeirTorrent *torrent;
  guint64 serial; /* of the snapshot that is shown */
  gboolean paused;
};

G_DEFINE_FINAL_TYPE (MeirUiRow, meir_ui_row, GTK_TYPE_WIDGET)

static guint pause_toggled_signal;

static void
on_clicked (GtkButton *button, MeirUiRow *row)
{
  if (row->torrent != NULL)
    g_signal_emit (row, pause_toggled_signal, 0, row->torrent, !row->paused);
}

/* Text is set only when it differs, so that a row at rest costs no layout. */
static void
set_text (GtkLabel *label, const char *text)
{
  if (g_strcmp0 (gtk_label_get_text (label), text) != 0)
    gtk_label_set_text (label, text);
}

static void
show_button (MeirUiRow *row, const MeirTorrentSnapshot *snapshot)
{
  gboolean paused = snapshot->state == MEIR_TORRENT_PAUSED || snapshot->state == MEIR_TORRENT_FAILED;
  const char *label = paused ? _ ("Resume") : _ ("Pause");

  if (row->serial != 0 && paused == row->paused)
    return;
  row->paused = paused;
  gtk_button_set_icon_name (row->button, paused ? "meir-resume-symbolic" : "meir-pause-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (row->button), label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row->button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static void
show_icon (MeirUiRow *row, const MeirTorrentSnapshot *snapshot)
{
  g_autoptr (MeirMetainfo) metainfo = meir_torrent_ref_metainfo (row->torrent);
  gboolean folder = metainfo == NULL || meir_metainfo_is_folder (metainfo);
  gboolean attention = snapshot->state == MEIR_TORRENT_FAILED || snapshot->state == MEIR_TORRENT_DISK_FULL;

  gtk_image_set_from_icon_name (row->icon, attention ? "meir-attention-symbolic"
                                           : folder  ? "meir-folder-symbolic"
                                                     : "meir-file-symbolic");
}

/* A screen reader hears the row as one sentence. */
static void
describe (MeirUiRow *row)
{
  GtkWidget *item = gtk_widget_get_parent (GTK_WIDGET (row));
  g_autofree char *text =
      g_strdup_printf ("%s. %s. %s", gtk_label_get_text (row->name), gtk_label_get_text (row->size),
                       gtk_label_get_text (row->sentence));

  if (item != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (item), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

void
meir_ui_row_refresh (MeirUiRow *row)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = NULL;
  g_autofree char *name = NULL;
  g_autofree char *size = NULL;
  g_autofree char *sentence = NULL;

  if (row->torrent == NULL)
    return;
  snapshot = meir_torrent_ref_snapshot (row->torrent, MEIR_SNAPSHOT_CELLS);
  if (snapshot->serial == row->serial)
    return;
  name = meir_torrent_dup_name (row->torrent);
  size = meir_ui_status_dup_size (snapshot);
  sentence = meir_ui_status_dup_sentence (snapshot);
  show_button (row, snapshot);
  show_icon (row, snapshot);
  set_text (row->name, name);
  set_text (row->size, size);
  set_text (row->sentence, sentence);
  if (snapshot->complete)
    gtk_widget_add_css_class (GTK_WIDGET (row->strip), "complete");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (row->strip), "complete");
  if (snapshot->cells != NULL || row->serial == 0)
    meir_ui_piece_strip_set_cells (row->strip, snapshot->cells);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row->strip), GTK_ACCESSIBLE_PROPERTY_LABEL, sentence, -1);
  row->serial = snapshot->serial;
  describe (row);
}

void
meir_ui_row_set_torrent (MeirUiRow *row, MeirTorrent *torrent)
{
  g_set_object (&row->torrent, torrent);
  row->serial = 0;
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
  gtk_widget_class_set_css_name (widget_class, "torrentrow");
}

static void
meir_ui_row_init (MeirUiRow *row)
{
  gtk_widget_init_template (GTK_WIDGET (row));
}

GtkWidget *
meir_ui_row_new (void)
{
  return g_object_new (MEIR_UI_TYPE_ROW, NULL);
}
