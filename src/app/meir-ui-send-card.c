/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-send-card.h"

#include "app/meir-ui-application.h"
#include "app/meir-ui-drag.h"
#include "app/meir-ui-link.h"
#include "app/meir-ui-metainfo.h"
#include "app/meir-ui-qr.h"
#include "app/meir-ui-resources.h"
#include "app/meir-ui-sight.h"
#include "app/meir-ui-widget.h"

#include <glib/gi18n.h>
#include <string.h>

#define REFRESH_SEC 1
/* A longer link makes a code that no telephone reads: then it is said with the info-hash alone. */
#define QR_BYTES_MAX 900

struct _MeirUiSendCard {
  GtkWidget parent_instance;

  AdwActionRow *link_row;
  GtkWidget *copy_button;
  AdwExpanderRow *qr_row;
  MeirUiQr *qr;
  AdwActionRow *file_row;
  AdwActionRow *reach_row;
  AdwExpanderRow *remedy_row;
  GtkLabel *remedy;

  MeirTorrent *torrent; /* (nullable) */
  char *link;           /* (nullable) */
  guint timer;
};

G_DEFINE_FINAL_TYPE (MeirUiSendCard, meir_ui_send_card, GTK_TYPE_WIDGET)

/* (nullable): a test may show the card alone */
static MeirUiApplication *
get_app (void)
{
  GApplication *application = g_application_get_default ();

  return MEIR_UI_IS_APPLICATION (application) ? MEIR_UI_APPLICATION (application) : NULL;
}

char *
meir_ui_send_card_dup_reach (const char *host, guint16 port, gboolean reached, const char *tracker)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gboolean alone = g_str_has_prefix (host, "127.");

  if (reached)
    g_string_append (text, _ ("People anywhere: somebody from outside your network has come."));
  else if (alone)
    g_string_append (text, _ ("Only this computer: it is in no network."));
  else
    g_string_append_printf (
        text,
        _ ("People in your network, at %s, port %u. Nobody from outside has come yet; a router "
           "may be in the way."),
        host, port);
  if (tracker != NULL)
    g_string_append_printf (text, " %s", _ ("The tracker on this computer leads them here."));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
meir_ui_send_card_dup_remedy (const char *host, guint16 port, gboolean reached)
{
  if (reached || port == 0 || g_str_has_prefix (host, "127."))
    return NULL;
  return g_strdup_printf (
      _ ("Let your router pass port %u (TCP) on to this computer, %s. In the settings of the "
         "router, which open in a browser, look for “port forwarding” or “port sharing”. "
         "A firewall on this computer has to let the port through, too."),
      port, host);
}

static void
show_remedy (MeirUiSendCard *card, const char *remedy)
{
  gtk_widget_set_visible (GTK_WIDGET (card->remedy_row), remedy != NULL);
  if (remedy != NULL)
    meir_ui_widget_set_text (card->remedy, remedy);
}

static char *
dup_link (MeirUiSendCard *card)
{
  MeirUiApplication *application = get_app ();
  g_autofree char *host = NULL;

  if (application != NULL)
    return meir_ui_application_dup_link (application, card->torrent);
  host = meir_ui_link_dup_local_host ();
  return meir_ui_link_dup_for_torrent (card->torrent, NULL, host, 0);
}

static void
show_link (MeirUiSendCard *card)
{
  g_autofree char *link = dup_link (card);
  const MeirInfoHash *info_hash = meir_torrent_get_info_hash (card->torrent);
  char hex[2 * MEIR_SHA1_LENGTH + 1];

  if (g_strcmp0 (link, card->link) == 0)
    return;
  g_free (card->link);
  card->link = g_steal_pointer (&link);
  adw_action_row_set_subtitle (card->link_row, card->link);
  if (strlen (card->link) > QR_BYTES_MAX) {
    g_autofree char *brief =
        g_strconcat ("magnet:?xt=urn:btih:", meir_info_hash_to_hex (info_hash, hex), NULL);

    meir_ui_qr_set_text (card->qr, brief);
  } else {
    meir_ui_qr_set_text (card->qr, card->link);
  }
}

static gboolean
refresh (gpointer user_data)
{
  MeirUiSendCard *card = user_data;
  MeirUiApplication *application = get_app ();
  g_autoptr (MeirTorrentSnapshot) snapshot = NULL;
  g_autofree char *host = meir_ui_link_dup_local_host ();
  g_autofree char *reach = NULL;
  g_autofree char *remedy = NULL;
  const char *tracker = NULL;
  guint16 port = 0;

  if (card->torrent == NULL)
    return G_SOURCE_CONTINUE;
  if (application != NULL) {
    tracker = meir_ui_tracker_get_address (meir_ui_application_get_tracker (application));
    port = meir_session_get_port (meir_ui_application_get_session (application));
  }
  snapshot = meir_torrent_ref_snapshot (card->torrent, MEIR_SNAPSHOT_NUMBERS);
  show_link (card);
  reach = meir_ui_send_card_dup_reach (host, port, snapshot->reached, tracker);
  meir_ui_widget_set_subtitle (card->reach_row, reach);
  remedy = meir_ui_send_card_dup_remedy (host, port, snapshot->reached);
  show_remedy (card, remedy);
  gtk_widget_set_visible (GTK_WIDGET (card->file_row), snapshot->has_metainfo);
  return G_SOURCE_CONTINUE;
}

void
meir_ui_send_card_set_torrent (MeirUiSendCard *card, MeirTorrent *torrent)
{
  if (!g_set_object (&card->torrent, torrent))
    return;
  g_clear_pointer (&card->link, g_free);
  adw_expander_row_set_expanded (card->qr_row, FALSE);
  refresh (card);
}

static MeirTorrent *
get_torrent (GtkWidget *widget)
{
  return MEIR_UI_SEND_CARD (gtk_widget_get_ancestor (widget, MEIR_UI_TYPE_SEND_CARD))->torrent;
}

static void
tell (const char *text)
{
  if (get_app () != NULL)
    meir_ui_application_tell (get_app (), text);
}

static void
on_copy (GtkButton *button, MeirUiSendCard *card)
{
  if (card->link == NULL)
    return;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (card)), card->link);
  tell (_ ("Link copied"));
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (meir_ui_metainfo_save_finish (result, &error))
    tell (_ ("Torrent file saved"));
  else if (error != NULL)
    tell (error->message);
}

static void
on_save (GtkButton *button, MeirUiSendCard *card)
{
  g_autoptr (MeirMetainfo) metainfo = meir_torrent_ref_metainfo (card->torrent);

  if (metainfo != NULL)
    meir_ui_metainfo_save_async (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (card))), metainfo, on_saved,
                                 NULL);
}

static void
on_sight (gpointer widget)
{
  MeirUiSendCard *card = widget;

  g_clear_handle_id (&card->timer, g_source_remove);
  if (!meir_ui_sight_has (card))
    return;
  refresh (card);
  card->timer = g_timeout_add_seconds (REFRESH_SEC, refresh, card);
}

static void
meir_ui_send_card_dispose (GObject *object)
{
  MeirUiSendCard *card = MEIR_UI_SEND_CARD (object);
  GtkWidget *child;

  g_clear_handle_id (&card->timer, g_source_remove);
  g_clear_object (&card->torrent);
  g_clear_pointer (&card->link, g_free);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (card))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (meir_ui_send_card_parent_class)->dispose (object);
}

static void
meir_ui_send_card_class_init (MeirUiSendCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = meir_ui_send_card_dispose;
  g_type_ensure (MEIR_UI_TYPE_QR);
  gtk_widget_class_set_template_from_resource (widget_class, MEIR_UI_RESOURCES "meir-ui-send-card.ui");
  gtk_widget_class_bind_template_child (widget_class, MeirUiSendCard, link_row);
  gtk_widget_class_bind_template_child (widget_class, MeirUiSendCard, copy_button);
  gtk_widget_class_bind_template_child (widget_class, MeirUiSendCard, qr_row);
  gtk_widget_class_bind_template_child (widget_class, MeirUiSendCard, qr);
  gtk_widget_class_bind_template_child (widget_class, MeirUiSendCard, file_row);
  gtk_widget_class_bind_template_child (widget_class, MeirUiSendCard, reach_row);
  gtk_widget_class_bind_template_child (widget_class, MeirUiSendCard, remedy_row);
  gtk_widget_class_bind_template_child (widget_class, MeirUiSendCard, remedy);
  gtk_widget_class_bind_template_callback (widget_class, on_copy);
  gtk_widget_class_bind_template_callback (widget_class, on_save);
}

static void
meir_ui_send_card_init (MeirUiSendCard *card)
{
  gtk_widget_init_template (GTK_WIDGET (card));
  meir_ui_sight_watch (card, on_sight);
  meir_ui_drag_attach (GTK_WIDGET (card->file_row), get_torrent);
}

GtkWidget *
meir_ui_send_card_new (void)
{
  return g_object_new (MEIR_UI_TYPE_SEND_CARD, NULL);
}
