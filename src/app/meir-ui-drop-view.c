/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-drop-view.h"

#include "app/meir-ui-intake.h"
#include "app/meir-ui-tally.h"
#include "app/meir-ui-text.h"

#include <glib/gi18n.h>
#include <string.h>

#define NAME_CHARS_MAX 120

struct _MeirUiDropView {
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkWidget *icon;
  GtkLabel *title;
  GtkLabel *text;
  GCancellable *counting; /* (nullable) */
};

G_DEFINE_FINAL_TYPE (MeirUiDropView, meir_ui_drop_view, GTK_TYPE_WIDGET)

/* @title, @text: (transfer full) */
static void
say (MeirUiDropView *view, const char *icon, char *title, char *text)
{
  gtk_image_set_from_icon_name (GTK_IMAGE (view->icon), icon);
  gtk_label_set_text (view->title, title);
  gtk_label_set_text (view->text, text);
  gtk_widget_set_visible (GTK_WIDGET (view->text), *text != '\0');
  g_free (title);
  g_free (text);
}

static void
on_counted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MeirUiDropView) view = user_data;
  g_autofree char *size = NULL;
  g_autofree char *text = NULL;
  MeirUiTally tally;

  if (!meir_ui_tally_finish (result, &tally, NULL) || !tally.is_there)
    return;
  size = g_format_size (tally.bytes);
  if (tally.is_folder)
    text =
        g_strdup_printf (ngettext ("A torrent will be made from this folder · %u file, %s",
                                   "A torrent will be made from this folder · %u files, %s", tally.n_files),
                         tally.n_files, size);
  else
    text = g_strdup_printf (_ ("A torrent will be made from this file · %s"), size);
  gtk_label_set_text (view->text, text);
}

static char *
dup_name (GFile *file)
{
  g_autofree char *base = g_file_get_basename (file);
  g_autofree char *safe = NULL;

  if (g_str_has_suffix (base, ".torrent"))
    base[strlen (base) - strlen (".torrent")] = '\0';
  safe = meir_text_dup_safe (base, strlen (base), NAME_CHARS_MAX);
  return meir_ui_text_dup_isolated (safe);
}

static void
show_downloads (MeirUiDropView *view, GFile *only, guint n)
{
  g_autofree char *name = only != NULL ? dup_name (only) : NULL;

  say (view, "meir-add-symbolic",
       name != NULL
           ? g_strdup_printf (_ ("Drop to Download “%s”"), name)
           : g_strdup_printf (ngettext ("Drop to Download %u Torrent", "Drop to Download %u Torrents", n), n),
       g_strdup (""));
}

/* Then they can be one torrent where they are. */
static gboolean
lie_in_one_folder (GSList *files)
{
  g_autoptr (GFile) folder = g_file_get_parent (files->data);

  for (GSList *l = files; folder != NULL && l != NULL; l = l->next) {
    if (!g_file_has_parent (l->data, folder))
      return FALSE;
  }
  return folder != NULL;
}

static void
show_shares (MeirUiDropView *view, GSList *files, guint n)
{
  g_autofree char *name = NULL;
  GFile *only = files->data;

  if (n > 1) {
    say (view, "meir-share-symbolic",
         g_strdup_printf (ngettext ("Drop to Share %u Thing", "Drop to Share %u Things", n), n),
         g_strdup (lie_in_one_folder (files) ? _ ("One torrent will be made of them, or one of each")
                                             : _ ("A torrent will be made of each")));
    return;
  }
  name = dup_name (only);
  say (view, "meir-share-symbolic", g_strdup_printf (_ ("Drop to Share “%s”"), name),
       g_strdup (_ ("A torrent will be made from it")));
  if (g_file_peek_path (only) != NULL) {
    view->counting = g_cancellable_new ();
    meir_ui_tally_async (g_file_peek_path (only), view->counting, on_counted, g_object_ref (view));
  }
}

static void
show_both (MeirUiDropView *view, guint n_downloads, guint n_shares)
{
  g_autofree char *downloads =
      g_strdup_printf (ngettext ("Download %u Torrent", "Download %u Torrents", n_downloads), n_downloads);
  g_autofree char *shares =
      g_strdup_printf (ngettext ("Share %u Thing", "Share %u Things", n_shares), n_shares);

  say (view, "meir-add-symbolic",
       /* Translators: "Drop to Download 2 Torrents and Share 1 Thing" */
       g_strdup_printf (_ ("Drop to %s and %s"), downloads, shares), g_strdup (_ ("One after the other")));
}

static void
show_files (MeirUiDropView *view, GSList *files)
{
  guint n_downloads = 0, n_shares = 0;

  for (GSList *l = files; l != NULL; l = l->next) {
    if (meir_ui_intake_is_download (l->data))
      n_downloads++;
    else
      n_shares++;
  }
  if (files == NULL)
    say (view, "meir-attention-symbolic", g_strdup (_ ("This Cannot Be Reached From Here")),
         g_strdup (_ ("Let it go to choose the files instead")));
  else if (n_downloads > 0 && n_shares > 0)
    show_both (view, n_downloads, n_shares);
  else if (n_downloads > 0)
    show_downloads (view, n_downloads == 1 ? files->data : NULL, n_downloads);
  else
    show_shares (view, files, n_shares);
}

static void
show_text (MeirUiDropView *view, const char *text)
{
  guint n = meir_ui_intake_count_text (text);

  if (n > 0)
    show_downloads (view, NULL, n);
  else
    say (view, "meir-attention-symbolic", g_strdup (_ ("This Is No Link")),
         g_strdup (_ ("Magnet links, addresses of torrents, files and folders can be dropped")));
}

void
meir_ui_drop_view_set_value (MeirUiDropView *view, const GValue *value)
{
  g_cancellable_cancel (view->counting);
  g_clear_object (&view->counting);
  if (value != NULL && G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST))
    show_files (view, g_value_get_boxed (value));
  else if (value != NULL && G_VALUE_HOLDS_STRING (value) && g_value_get_string (value) != NULL)
    show_text (view, g_value_get_string (value));
  else
    say (view, "meir-add-symbolic", g_strdup (_ ("Drop to Download or Share")), g_strdup (""));
}

const char *
meir_ui_drop_view_get_title (MeirUiDropView *view)
{
  return gtk_label_get_text (view->title);
}

const char *
meir_ui_drop_view_get_text (MeirUiDropView *view)
{
  return gtk_label_get_text (view->text);
}

static void
meir_ui_drop_view_dispose (GObject *object)
{
  MeirUiDropView *view = MEIR_UI_DROP_VIEW (object);

  g_cancellable_cancel (view->counting);
  g_clear_object (&view->counting);
  g_clear_pointer (&view->box, gtk_widget_unparent);
  G_OBJECT_CLASS (meir_ui_drop_view_parent_class)->dispose (object);
}

static void
meir_ui_drop_view_class_init (MeirUiDropViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = meir_ui_drop_view_dispose;
  gtk_widget_class_set_css_name (widget_class, "dropview");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_ALERT);
}

static GtkLabel *
add_label (GtkBox *box, const char *style)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_widget_add_css_class (label, style);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_CENTER);
  gtk_label_set_lines (GTK_LABEL (label), 4);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_box_append (box, label);
  return GTK_LABEL (label);
}

static void
meir_ui_drop_view_init (MeirUiDropView *view)
{
  GtkBox *inner = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 12));

  view->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_widget_add_css_class (view->box, "dropzone");
  gtk_widget_set_parent (view->box, GTK_WIDGET (view));
  gtk_widget_set_valign (GTK_WIDGET (inner), GTK_ALIGN_CENTER);
  gtk_widget_set_vexpand (GTK_WIDGET (inner), TRUE);
  gtk_box_append (GTK_BOX (view->box), GTK_WIDGET (inner));
  view->icon = gtk_image_new ();
  gtk_image_set_pixel_size (GTK_IMAGE (view->icon), 64);
  gtk_box_append (inner, view->icon);
  view->title = add_label (inner, "title-2");
  view->text = add_label (inner, "dim-label");
  gtk_widget_set_can_target (GTK_WIDGET (view), FALSE);
  meir_ui_drop_view_set_value (view, NULL);
}

GtkWidget *
meir_ui_drop_view_new (void)
{
  return g_object_new (MEIR_UI_TYPE_DROP_VIEW, NULL);
}
