/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-overview.h"

#include "app/compat/meir-ui-compat.h"
#include "app/meir-ui-link.h"
#include "app/meir-ui-page.h"
#include "app/meir-ui-piece-map.h"
#include "app/meir-ui-resources.h"
#include "app/meir-ui-send-card.h"
#include "app/meir-ui-status.h"
#include "app/meir-ui-text.h"
#include "app/meir-ui-widget.h"

#include <glib/gi18n.h>
#include <math.h>

#define N_FIGURES 4
#define N_LEGEND  5
#define KB        1000

struct _MeirUiOverview {
  GtkWidget parent_instance;

  GtkLabel *name, *sentence;
  GtkFlowBox *figures;
  GtkBox *send_card;
  GtkWidget *pieces_heading, *pieces_card;
  GtkLabel *pieces_text;
  GtkToggleButton *have_button, *availability_button;
  MeirUiPieceMap *map;
  GtkLabel *pointed;
  GtkFlowBox *legend;
  AdwActionRow *folder_row, *link_row, *encryption_row, *finished_row;
  GtkWidget *move_button;
  GtkSpinButton *down_limit, *up_limit;

  GtkLabel *figure_values[N_FIGURES], *figure_texts[N_FIGURES];
  GtkImage *legend_images[N_LEGEND];
  GtkLabel *legend_texts[N_LEGEND];

  MeirTorrent *torrent; /* (nullable) */
  gboolean showing;     /* what the limits are, rather than the user */
};

G_DEFINE_FINAL_TYPE (MeirUiOverview, meir_ui_overview, GTK_TYPE_WIDGET)

static guint show_file_signal;

/* Figures. */

static void
show_figure (MeirUiOverview *overview, guint i, const char *value, const char *text)
{
  GtkWidget *box = gtk_widget_get_parent (GTK_WIDGET (overview->figure_values[i]));
  g_autofree char *label = g_strdup_printf ("%s %s", value, text);

  if (g_strcmp0 (gtk_label_get_text (overview->figure_values[i]), value) == 0 &&
      g_strcmp0 (gtk_label_get_text (overview->figure_texts[i]), text) == 0)
    return;
  meir_ui_widget_set_text (overview->figure_values[i], value);
  meir_ui_widget_set_text (overview->figure_texts[i], text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_parent (box)), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  label, -1);
}

static void
show_figures (MeirUiOverview *overview, const MeirTorrentSnapshot *snapshot)
{
  guint64 here = snapshot->wanted_bytes - MIN (snapshot->wanted_left_bytes, snapshot->wanted_bytes);
  double fraction = snapshot->wanted_bytes > 0 ? (double) here / (double) snapshot->wanted_bytes : 0;
  g_autofree char *percent = g_strdup_printf (_ ("%d %%"), (int) (fraction * 100));
  g_autofree char *here_text = g_format_size (here);
  g_autofree char *wanted = g_format_size (snapshot->wanted_bytes);
  g_autofree char *of = g_strdup_printf (_ ("%s of %s"), here_text, wanted);
  g_autofree char *down_text = g_format_size (snapshot->down_per_sec);
  g_autofree char *up_text = g_format_size (snapshot->up_per_sec);
  g_autofree char *down = g_strdup_printf (_ ("%s/s"), down_text);
  g_autofree char *up = g_strdup_printf (_ ("%s/s"), up_text);
  g_autofree char *times = g_strdup_printf ("%.2f", meir_ui_status_get_ratio (snapshot));

  show_figure (overview, 0, snapshot->has_metainfo ? percent : "–", snapshot->has_metainfo ? of : _ ("size"));
  show_figure (overview, 1, down, _ ("download"));
  show_figure (overview, 2, up, _ ("upload"));
  show_figure (overview, 3, times, _ ("ratio"));
}

/* Pieces. */

double
meir_ui_overview_count_copies (GBytes *availability)
{
  gsize size = 0;
  const guint16 *copies = availability != NULL ? g_bytes_get_data (availability, &size) : NULL;
  gsize n = size / sizeof *copies, n_more = 0;
  guint16 least = G_MAXUINT16;

  if (n == 0)
    return 0;
  for (gsize i = 0; i < n; i++)
    least = MIN (least, copies[i]);
  for (gsize i = 0; i < n; i++)
    n_more += copies[i] > least;
  return least + (double) n_more / (double) n;
}

static char *
dup_piece_size (guint32 bytes)
{
  if (bytes >= 1u << 20 && bytes % (1u << 20) == 0)
    return g_strdup_printf (_ ("%u MiB"), bytes >> 20);
  if (bytes % (1u << 10) == 0)
    return g_strdup_printf (_ ("%u KiB"), bytes >> 10);
  return g_format_size_full (bytes, G_FORMAT_SIZE_IEC_UNITS);
}

static void
show_pieces_text (MeirUiOverview *overview, const MeirTorrentSnapshot *snapshot, MeirMetainfo *metainfo)
{
  g_autofree char *size = dup_piece_size (meir_metainfo_get_piece_length (metainfo));
  double copies = floor (meir_ui_overview_count_copies (snapshot->availability) * 10) / 10;
  g_autoptr (GString) text = g_string_new (NULL);

  /* Translators: "2002 pieces of 2 MiB" */
  g_string_append_printf (text, ngettext ("%u piece of %s", "%u pieces of %s", snapshot->n_pieces),
                          snapshot->n_pieces, size);
  if (snapshot->n_peers > 0)
    g_string_append_printf (text,
                            ngettext (" · %u person holds %.1f full copies",
                                      " · %u people hold %.1f full copies between them", snapshot->n_peers),
                            snapshot->n_peers, copies);
  meir_ui_widget_set_text (overview->pieces_text, text->str);
}

static void
show_legend (MeirUiOverview *overview, guint i, const char *icon, const char *style, const char *name,
             guint count, gboolean always)
{
  GtkWidget *child =
      gtk_widget_get_ancestor (GTK_WIDGET (overview->legend_texts[i]), GTK_TYPE_FLOW_BOX_CHILD);
  const char *classes[] = { "legend", style, NULL };
  g_autofree char *text = g_strdup_printf ("%s %'u", name, count);

  gtk_widget_set_visible (child, always || count > 0);
  if (g_strcmp0 (gtk_label_get_text (overview->legend_texts[i]), text) == 0)
    return;
  gtk_image_set_from_icon_name (overview->legend_images[i], icon);
  gtk_widget_set_css_classes (GTK_WIDGET (overview->legend_images[i]), classes);
  gtk_label_set_text (overview->legend_texts[i], text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (child), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

static void
show_cells_legend (MeirUiOverview *overview, GBytes *cells)
{
  guint counts[MEIR_CELL_UNWANTED + 1] = { 0 };
  gsize size;
  const guint8 *cell = g_bytes_get_data (cells, &size);

  for (gsize i = 0; i < size; i++)
    counts[MIN (cell[i], MEIR_CELL_UNWANTED)]++;
  show_legend (overview, 0, "meir-piece-full-symbolic", "have", _ ("Here"), counts[MEIR_CELL_HAVE], TRUE);
  show_legend (overview, 1, "meir-piece-half-symbolic", "arriving", _ ("Arriving"),
               counts[MEIR_CELL_ARRIVING], TRUE);
  show_legend (overview, 2, "meir-piece-full-symbolic", "missing", _ ("Missing"), counts[MEIR_CELL_MISSING],
               TRUE);
  show_legend (overview, 3, "meir-piece-cross-symbolic", "failed", _ ("Failed check"),
               counts[MEIR_CELL_FAILED], TRUE);
  show_legend (overview, 4, "meir-piece-full-symbolic", "unwanted", _ ("Not wanted"),
               counts[MEIR_CELL_UNWANTED], FALSE);
}

static void
show_copies_legend (MeirUiOverview *overview, GBytes *cells, GBytes *availability)
{
  gsize n_cells, size = 0;
  const guint8 *cell = g_bytes_get_data (cells, &n_cells);
  const guint16 *copies = availability != NULL ? g_bytes_get_data (availability, &size) : NULL;
  guint n_nobody = 0, n_here = 0, n_one = 0, n_more = 0;

  for (gsize i = 0; i < MIN (n_cells, size / sizeof *copies); i++) {
    n_nobody += copies[i] == 0 && cell[i] != MEIR_CELL_HAVE;
    n_here += copies[i] == 0 && cell[i] == MEIR_CELL_HAVE;
    n_one += copies[i] == 1;
    n_more += copies[i] > 1;
  }
  show_legend (overview, 0, "meir-piece-full-symbolic", "have", _ ("Several people"), n_more, TRUE);
  show_legend (overview, 1, "meir-piece-full-symbolic", "one", _ ("One person"), n_one, TRUE);
  show_legend (overview, 2, "meir-piece-full-symbolic", "missing", _ ("You alone"), n_here, TRUE);
  show_legend (overview, 3, "meir-piece-cross-symbolic", "failed", _ ("Nobody"), n_nobody, TRUE);
  show_legend (overview, 4, "meir-piece-full-symbolic", "missing", "", 0, FALSE);
}

static void
show_pointed (MeirUiOverview *overview)
{
  guint piece = meir_ui_piece_map_get_pointed (overview->map);
  g_autofree char *text = meir_ui_piece_map_dup_text (overview->map, piece);

  /* The place is kept, so that nothing below it jumps. */
  meir_ui_widget_set_text (overview->pointed,
                           *text != '\0' ? text : _ ("Point at a piece to see what it is part of"));
}

static void
on_pointed (MeirUiPieceMap *map, MeirUiOverview *overview)
{
  show_pointed (overview);
}

static void
on_piece_activated (MeirUiPieceMap *map, guint piece, MeirUiOverview *overview)
{
  g_autoptr (MeirMetainfo) metainfo = meir_torrent_ref_metainfo (overview->torrent);
  MeirFileSpanIter iter;
  MeirFileSpan span;

  if (metainfo == NULL || piece >= meir_metainfo_get_n_pieces (metainfo))
    return;
  meir_metainfo_map (metainfo, (guint64) piece * meir_metainfo_get_piece_length (metainfo),
                     meir_metainfo_get_piece_size (metainfo, piece), &iter);
  while (meir_file_span_iter_next (&iter, &span))
    if (!meir_metainfo_get_file (metainfo, span.file)->is_pad) {
      g_signal_emit (overview, show_file_signal, 0, span.file);
      return;
    }
}

static void
refresh_legend (MeirUiOverview *overview, const MeirTorrentSnapshot *snapshot)
{
  if (snapshot->cells == NULL)
    return;
  if (meir_ui_piece_map_get_mode (overview->map) == MEIR_UI_PIECE_MAP_HAVE)
    show_cells_legend (overview, snapshot->cells);
  else
    show_copies_legend (overview, snapshot->cells, snapshot->availability);
}

static void
on_mode_toggled (GtkToggleButton *have_button, MeirUiOverview *overview)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = NULL;

  meir_ui_piece_map_set_mode (overview->map, gtk_toggle_button_get_active (have_button)
                                                 ? MEIR_UI_PIECE_MAP_HAVE
                                                 : MEIR_UI_PIECE_MAP_AVAILABILITY);
  if (overview->torrent == NULL)
    return;
  snapshot = meir_torrent_ref_snapshot (overview->torrent, MEIR_UI_OVERVIEW_MAP_PARTS);
  refresh_legend (overview, snapshot);
}

void
meir_ui_overview_refresh_map (MeirUiOverview *overview, const MeirTorrentSnapshot *snapshot)
{
  g_autoptr (MeirMetainfo) metainfo = meir_torrent_ref_metainfo (overview->torrent);

  if (snapshot->cells != NULL)
    meir_ui_piece_map_set_pieces (overview->map, metainfo, snapshot->cells, snapshot->availability);
  refresh_legend (overview, snapshot);
}

static void
show_pieces (MeirUiOverview *overview, const MeirTorrentSnapshot *snapshot)
{
  g_autoptr (MeirMetainfo) metainfo = meir_torrent_ref_metainfo (overview->torrent);

  gtk_widget_set_visible (overview->pieces_heading, metainfo != NULL);
  gtk_widget_set_visible (overview->pieces_card, metainfo != NULL);
  if (metainfo != NULL)
    show_pieces_text (overview, snapshot, metainfo);
  meir_ui_overview_refresh_map (overview, snapshot);
}

/* About. */

static void
show_encryption (MeirUiOverview *overview, const MeirTorrentSnapshot *snapshot)
{
  guint64 all = snapshot->encrypted_bytes + snapshot->clear_bytes;
  g_autofree char *text = NULL;

  if (all > 0)
    text = g_strdup_printf (_ ("%d %% of the bytes were encrypted"),
                            (int) ((double) snapshot->encrypted_bytes * 100 / (double) all));
  else
    text = g_strdup (_ ("Nothing has been sent or received yet"));
  meir_ui_widget_set_subtitle (overview->encryption_row, text);
}

/* Of what the trackers say the highest: they count the same people. */
static void
show_finished (MeirUiOverview *overview, const MeirTorrentSnapshot *snapshot)
{
  gint64 seeds = snapshot->n_seeds, completed = -1;
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; snapshot->trackers != NULL && i < snapshot->trackers->len; i++) {
    const MeirTrackerStatus *status = g_ptr_array_index (snapshot->trackers, i);

    seeds = MAX (seeds, status->seeds);
    completed = MAX (completed, status->completed);
  }
  g_string_append_printf (text, ngettext ("%u is sharing now", "%u are sharing now", (gulong) seeds),
                          (guint) MIN (seeds, G_MAXUINT));
  if (completed >= 0)
    g_string_append_printf (
        text, ngettext (" · downloaded %u time so far", " · downloaded %u times so far", (gulong) completed),
        (guint) MIN (completed, G_MAXUINT));
  meir_ui_widget_set_subtitle (overview->finished_row, text->str);
}

static GFile *
dup_folder (MeirUiOverview *overview)
{
  return g_file_new_for_path (meir_torrent_get_folder (overview->torrent));
}

static void
on_open_folder (GtkButton *button, MeirUiOverview *overview)
{
  g_autoptr (GFile) folder = dup_folder (overview);

  meir_ui_page_launch (overview, folder);
}

static char *
dup_link (MeirUiOverview *overview)
{
  MeirUiApplication *application = meir_ui_page_get_application (overview);

  if (application != NULL)
    return meir_ui_application_dup_link (application, overview->torrent);
  return meir_ui_link_dup_for_torrent (overview->torrent, NULL, "127.0.0.1", 1);
}

static void
on_copy_link (GtkButton *button, MeirUiOverview *overview)
{
  g_autofree char *link = dup_link (overview);

  meir_ui_page_copy (overview, link, _ ("Link copied"));
}

/* The window has the action; without a window, or where it has none, there is no button. */
static void
on_move (GtkButton *button, MeirUiOverview *overview)
{
  gtk_widget_activate_action (GTK_WIDGET (overview), "win.move", NULL);
}

static void
show_folder (MeirUiOverview *overview)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (overview));

  meir_ui_widget_set_path (overview->folder_row, meir_torrent_get_folder (overview->torrent));
  gtk_widget_set_visible (overview->move_button,
                          G_IS_ACTION_GROUP (root) &&
                              g_action_group_has_action (G_ACTION_GROUP (root), "move"));
}

/* Limits. */

static void
on_limit_changed (GtkSpinButton *button, MeirUiOverview *overview)
{
  if (overview->torrent != NULL && !overview->showing)
    gtk_widget_activate_action (GTK_WIDGET (overview),
                                button == overview->down_limit ? "win.limit-download" : "win.limit-upload",
                                "u", (guint32) gtk_spin_button_get_value_as_int (button));
}

static gboolean
on_limit_output (GtkSpinButton *button, MeirUiOverview *overview)
{
  if (gtk_spin_button_get_value_as_int (button) != 0)
    return FALSE;
  if (g_strcmp0 (gtk_editable_get_text (GTK_EDITABLE (button)), _ ("No limit")) != 0)
    gtk_editable_set_text (GTK_EDITABLE (button), _ ("No limit"));
  return TRUE;
}

static int
on_limit_input (GtkSpinButton *button, double *value, MeirUiOverview *overview)
{
  *value = 0;
  return g_strcmp0 (gtk_editable_get_text (GTK_EDITABLE (button)), _ ("No limit")) == 0;
}

/* What is being typed stays as long as nothing else is set, and the torrent is the same. */
static void
show_limit (GtkSpinButton *button, guint64 bytes_per_sec, gboolean anew)
{
  int kb_per_sec = (int) MIN (bytes_per_sec / KB, G_MAXINT);

  if (anew || gtk_spin_button_get_value_as_int (button) != kb_per_sec)
    gtk_spin_button_set_value (button, kb_per_sec);
}

static void
show_limits (MeirUiOverview *overview, gboolean anew)
{
  MeirRateLimits limits;

  meir_torrent_get_limits (overview->torrent, &limits);
  overview->showing = TRUE;
  show_limit (overview->down_limit, limits.down_per_sec, anew);
  show_limit (overview->up_limit, limits.up_per_sec, anew);
  overview->showing = FALSE;
}

/* The page. */

MeirSnapshotParts
meir_ui_overview_get_parts (MeirUiOverview *overview)
{
  return MEIR_UI_OVERVIEW_MAP_PARTS | MEIR_SNAPSHOT_TRACKERS;
}

void
meir_ui_overview_refresh (MeirUiOverview *overview, const MeirTorrentSnapshot *snapshot)
{
  g_autofree char *name = meir_ui_page_dup_name (overview, overview->torrent);
  g_autofree char *sentence = meir_ui_page_dup_sentence (overview, overview->torrent, snapshot);

  meir_ui_widget_set_text (overview->name, name);
  meir_ui_widget_set_text (overview->sentence, sentence);
  show_figures (overview, snapshot);
  /* Who has not got it yet has other worries. */
  gtk_widget_set_visible (GTK_WIDGET (overview->send_card), snapshot->complete);
  /* The card has the link, too. */
  gtk_widget_set_visible (GTK_WIDGET (overview->link_row), !snapshot->complete);
  show_pieces (overview, snapshot);
  show_folder (overview);
  show_limits (overview, FALSE);
  show_encryption (overview, snapshot);
  show_finished (overview, snapshot);
}

static MeirUiSendCard *
get_send_card (MeirUiOverview *overview)
{
  return MEIR_UI_SEND_CARD (gtk_widget_get_first_child (GTK_WIDGET (overview->send_card)));
}

void
meir_ui_overview_set_torrent (MeirUiOverview *overview, MeirTorrent *torrent)
{
  g_autofree char *link = NULL;

  if (overview->torrent == torrent)
    return;
  g_set_object (&overview->torrent, torrent);
  meir_ui_piece_map_set_pieces (overview->map, NULL, NULL, NULL);
  meir_ui_send_card_set_torrent (get_send_card (overview), torrent);
  if (torrent == NULL)
    return;
  link = dup_link (overview);
  meir_ui_widget_set_subtitle (overview->link_row, link);
  show_pointed (overview);
  show_limits (overview, TRUE);
}

static void
add_figure (MeirUiOverview *overview, guint i)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);

  overview->figure_values[i] = GTK_LABEL (gtk_label_new (""));
  gtk_widget_add_css_class (GTK_WIDGET (overview->figure_values[i]), "title-2");
  gtk_widget_add_css_class (GTK_WIDGET (overview->figure_values[i]), "numeric");
  overview->figure_texts[i] = GTK_LABEL (gtk_label_new (""));
  gtk_widget_add_css_class (GTK_WIDGET (overview->figure_texts[i]), "caption");
  gtk_widget_add_css_class (GTK_WIDGET (overview->figure_texts[i]), "dim-label");
  gtk_label_set_ellipsize (overview->figure_texts[i], PANGO_ELLIPSIZE_END);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (overview->figure_values[i]));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (overview->figure_texts[i]));
  gtk_flow_box_append (overview->figures, box);
  gtk_widget_set_focusable (gtk_widget_get_parent (box), FALSE);
}

static void
add_legend (MeirUiOverview *overview, guint i)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  overview->legend_images[i] =
      g_object_new (GTK_TYPE_IMAGE, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  overview->legend_texts[i] = GTK_LABEL (gtk_label_new (""));
  gtk_widget_add_css_class (GTK_WIDGET (overview->legend_texts[i]), "caption");
  gtk_widget_add_css_class (GTK_WIDGET (overview->legend_texts[i]), "numeric");
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (overview->legend_images[i]));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (overview->legend_texts[i]));
  gtk_flow_box_append (overview->legend, box);
  gtk_widget_set_focusable (gtk_widget_get_parent (box), FALSE);
}

static void
meir_ui_overview_dispose (GObject *object)
{
  MeirUiOverview *overview = MEIR_UI_OVERVIEW (object);
  GtkWidget *child;

  g_clear_object (&overview->torrent);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (overview))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (meir_ui_overview_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class, MEIR_UI_RESOURCES "meir-ui-overview.ui");
  gtk_widget_class_bind_template_child (widget_class, MeirUiOverview, name);
  gtk_widget_class_bind_template_child (widget_class, MeirUiOverview, sentence);
  gtk_widget_class_bind_template_child (widget_class, MeirUiOverview, figures);
  gtk_widget_class_bind_template_child (widget_class, MeirUiOverview, send_card);
  gtk_widget_class_bind_template_child (widget_class, MeirUiOverview, pieces_heading);
  gtk_widget_class_bind_template_child (widget_class, MeirUiOverview, pieces_text);
  gtk_widget_class_bind_template_child (widget_class, MeirUiOverview, pieces_card);
  gtk_widget_class_bind_template_child (widget_class, MeirUiOverview, have_button);
  gtk_widget_class_bind_template_child (widget_class, MeirUiOverview, availability_button);
  gtk_widget_class_bind_template_child (widget_class, MeirUiOverview, map);
  gtk_widget_class_bind_template_child (widget_class, MeirUiOverview, pointed);
  gtk_widget_class_bind_template_child (widget_class, MeirUiOverview, legend);
  gtk_widget_class_bind_template_child (widget_class, MeirUiOverview, folder_row);
  gtk_widget_class_bind_template_child (widget_class, MeirUiOverview, link_row);
  gtk_widget_class_bind_template_child (widget_class, MeirUiOverview, encryption_row);
  gtk_widget_class_bind_template_child (widget_class, MeirUiOverview, finished_row);
  gtk_widget_class_bind_template_child (widget_class, MeirUiOverview, move_button);
  gtk_widget_class_bind_template_child (widget_class, MeirUiOverview, down_limit);
  gtk_widget_class_bind_template_child (widget_class, MeirUiOverview, up_limit);
  gtk_widget_class_bind_template_callback (widget_class, on_mode_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_pointed);
  gtk_widget_class_bind_template_callback (widget_class, on_piece_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_open_folder);
  gtk_widget_class_bind_template_callback (widget_class, on_copy_link);
  gtk_widget_class_bind_template_callback (widget_class, on_move);
  gtk_widget_class_bind_template_callback (widget_class, on_limit_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_limit_output);
  gtk_widget_class_bind_template_callback (widget_class, on_limit_input);
}

static void
meir_ui_overview_class_init (MeirUiOverviewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = meir_ui_overview_dispose;
  show_file_signal = g_signal_new ("show-file", MEIR_UI_TYPE_OVERVIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, G_TYPE_UINT);
  g_type_ensure (MEIR_UI_TYPE_PIECE_MAP);
  bind_template (GTK_WIDGET_CLASS (klass));
}

static void
meir_ui_overview_init (MeirUiOverview *overview)
{
  gtk_widget_init_template (GTK_WIDGET (overview));
  for (guint i = 0; i < N_FIGURES; i++)
    add_figure (overview, i);
  for (guint i = 0; i < N_LEGEND; i++)
    add_legend (overview, i);
  gtk_box_append (overview->send_card, meir_ui_send_card_new ());
}
