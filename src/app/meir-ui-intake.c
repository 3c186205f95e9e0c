/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-intake.h"

#include "app/meir-ui-add-dialog.h"
#include "app/meir-ui-fetch.h"
#include "app/meir-ui-link.h"
#include "app/meir-ui-metainfo.h"
#include "app/meir-ui-offer.h"
#include "app/meir-ui-settings.h"
#include "app/meir-ui-share-dialog.h"
#include "app/meir-ui-text.h"

#include <glib/gi18n.h>
#include <string.h>

/* Text is a list of links as long as it is no longer than this. */
#define LINES_MAX 1000

struct _MeirUiIntake {
  MeirUiApplication *application;
  GPtrArray *offers; /* MeirUiOffer: to download */
  GSList *files;     /* GFile: to share; the last first */
  guint n_taken;
  guint n_failed;
  char *first; /* (nullable): why the first of them failed */
};

MeirUiIntake *
meir_ui_intake_new (MeirUiApplication *application)
{
  MeirUiIntake *intake = g_rc_box_new0 (MeirUiIntake);

  intake->application = g_object_ref (application);
  intake->offers = g_ptr_array_new_with_free_func (g_object_unref);
  return intake;
}

static void
report (MeirUiIntake *intake)
{
  g_autofree char *text = NULL;

  if (intake->n_failed == 0)
    return;
  if (intake->n_taken == 1)
    text = g_strdup (intake->first);
  else
    text =
        g_strdup_printf (ngettext ("%u of them could not be added: %s",
                                   "%u of them could not be added; the first because: %s", intake->n_failed),
                         intake->n_failed, intake->first);
  meir_ui_application_tell (intake->application, text);
}

/* Downloading without asking. */

typedef struct {
  MeirUiApplication *application;
  gulong handler;
} MeirUiPending;

static void
pending_free (gpointer data, GClosure *closure)
{
  MeirUiPending *pending = data;

  g_object_unref (pending->application);
  g_free (pending);
}

static void
download (MeirUiApplication *application, MeirUiOffer *offer)
{
  g_autofree char *folder = meir_ui_settings_dup_download_folder ();
  g_autofree char *name = meir_ui_offer_dup_name (offer);
  g_autofree char *isolated = meir_ui_text_dup_isolated (name);
  g_autofree char *have = g_strdup_printf (_ ("You have “%s” already"), isolated);
  g_autoptr (GError) error = NULL;

  if (meir_ui_offer_add (offer, application, folder, TRUE, NULL, &error) == NULL)
    meir_ui_application_tell (application,
                              g_error_matches (error, MEIR_ERROR, MEIR_ERROR_EXISTS) ? have : error->message);
}

/* An address has answered: with a torrent, with a link, or with neither. */
static void
on_answer (MeirUiOffer *offer, gpointer user_data)
{
  MeirUiPending *pending = user_data;
  g_autoptr (MeirUiOffer) kept = g_object_ref (offer);

  if (meir_ui_offer_get_problem (offer) != NULL)
    meir_ui_application_tell (pending->application, meir_ui_offer_get_problem (offer));
  else
    download (pending->application, offer);
  g_signal_handler_disconnect (offer, pending->handler);
}

static void
download_silently (MeirUiApplication *application, MeirUiOffer *offer)
{
  MeirUiPending *pending;

  if (meir_ui_offer_get_info_hash (offer) != NULL) {
    download (application, offer);
    return;
  }
  pending = g_new (MeirUiPending, 1);
  pending->application = g_object_ref (application);
  pending->handler =
      g_signal_connect_data (offer, "changed", G_CALLBACK (on_answer), pending, pending_free, 0);
  meir_ui_offer_look (offer, application);
}

/* What is asked. */

typedef struct {
  MeirUiApplication *application;
  GSList *files;
} MeirUiToShare;

static void
to_share_free (gpointer data, GClosure *closure)
{
  MeirUiToShare *to_share = data;

  g_slist_free_full (to_share->files, g_object_unref);
  g_object_unref (to_share->application);
  g_free (to_share);
}

static gboolean
is_closing (MeirUiApplication *application)
{
  gboolean closing = g_cancellable_is_cancelled (meir_ui_application_begin_load (application));

  meir_ui_application_end_load (application);
  return closing;
}

static void
on_add_dialog_gone (GtkWidget *dialog, gpointer user_data)
{
  MeirUiToShare *to_share = user_data;

  if (!is_closing (to_share->application))
    meir_ui_share_dialog_present (to_share->application, to_share->files);
}

/* One question after the other: what to download comes first. */
static void
ask (MeirUiIntake *intake)
{
  MeirUiApplication *application = intake->application;
  GtkWindow *dialog = NULL;
  MeirUiToShare *to_share;

  if (intake->offers->len > 0 && g_settings_get_boolean (meir_ui_settings_get (), "ask-where")) {
    dialog = meir_ui_add_dialog_present (application, NULL, intake->offers);
  } else {
    for (guint i = 0; i < intake->offers->len; i++)
      download_silently (application, g_ptr_array_index (intake->offers, i));
  }
  if (intake->files == NULL)
    return;
  if (dialog == NULL) {
    meir_ui_share_dialog_present (application, intake->files);
    return;
  }
  to_share = g_new (MeirUiToShare, 1);
  to_share->application = g_object_ref (application);
  to_share->files = g_steal_pointer (&intake->files);
  g_signal_connect_data (dialog, "destroy", G_CALLBACK (on_add_dialog_gone), to_share, to_share_free, 0);
}

static void
intake_clear (gpointer data)
{
  MeirUiIntake *intake = data;

  MeirUiApplication *application = intake->application;

  intake->files = g_slist_reverse (intake->files);
  report (intake);
  if (meir_ui_application_get_session (application) == NULL)
    meir_ui_application_tell (application, meir_ui_application_get_problem (application));
  else if (!is_closing (application))
    ask (intake);
  g_ptr_array_unref (intake->offers);
  g_slist_free_full (intake->files, g_object_unref);
  g_object_unref (intake->application);
  g_free (intake->first);
}

void
meir_ui_intake_unref (MeirUiIntake *intake)
{
  g_rc_box_release_full (intake, intake_clear);
}

static void
fail (MeirUiIntake *intake, const char *message)
{
  intake->n_failed++;
  if (intake->first == NULL)
    intake->first = g_strdup (message);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MeirUiIntake) intake = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MeirMetainfo) metainfo = meir_ui_metainfo_finish (result, &error);

  meir_ui_application_end_load (intake->application);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (metainfo == NULL)
    fail (intake, error->message);
  else
    g_ptr_array_add (intake->offers, meir_ui_offer_new_metainfo (metainfo));
}

static void
add_link (MeirUiIntake *intake, const char *link)
{
  g_autoptr (GError) error = NULL;
  MeirUiOffer *offer = meir_ui_offer_new_link (link, &error);

  intake->n_taken++;
  if (offer == NULL)
    fail (intake, error->message);
  else
    g_ptr_array_add (intake->offers, offer);
}

void
meir_ui_intake_add (MeirUiIntake *intake, GFile *file)
{
  g_autofree char *link = meir_ui_link_dup_from_file (file);
  g_autofree char *uri = g_file_get_uri (file);

  if (link != NULL) {
    add_link (intake, link);
    return;
  }
  intake->n_taken++;
  if (meir_ui_fetch_is_address (uri)) {
    g_ptr_array_add (intake->offers, meir_ui_offer_new_address (uri));
    return;
  }
  meir_ui_metainfo_load_async (file, NULL, meir_ui_application_begin_load (intake->application), on_loaded,
                               g_rc_box_acquire (intake));
}

void
meir_ui_intake_share (MeirUiIntake *intake, GFile *file)
{
  intake->n_taken++;
  intake->files = g_slist_prepend (intake->files, g_object_ref (file));
}

static gboolean
is_torrent (GFile *file)
{
  g_autofree char *name = g_file_get_basename (file);
  const char *suffix = name != NULL ? strrchr (name, '.') : NULL;

  return suffix != NULL && g_ascii_strcasecmp (suffix, ".torrent") == 0;
}

gboolean
meir_ui_intake_is_download (GFile *file)
{
  g_autofree char *link = meir_ui_link_dup_from_file (file);
  g_autofree char *uri = g_file_get_uri (file);

  return link != NULL || is_torrent (file) || meir_ui_fetch_is_address (uri);
}

void
meir_ui_intake_take (MeirUiIntake *intake, GFile *file)
{
  if (meir_ui_intake_is_download (file))
    meir_ui_intake_add (intake, file);
  else
    meir_ui_intake_share (intake, file);
}

static void
take_line (MeirUiIntake *intake, const char *line)
{
  g_autofree char *link = meir_ui_link_dup_from_text (line);
  g_autoptr (GFile) file = NULL;

  if (link != NULL) {
    add_link (intake, link);
  } else if (meir_ui_fetch_is_address (line)) {
    intake->n_taken++;
    g_ptr_array_add (intake->offers, meir_ui_offer_new_address (line));
  } else if (g_ascii_strncasecmp (line, "file:", strlen ("file:")) == 0) {
    file = g_file_new_for_uri (line);
    meir_ui_intake_take (intake, file);
  } else {
    intake->n_taken++;
    fail (intake, _ ("This is no magnet link, and no address of a torrent"));
  }
}

void
meir_ui_intake_take_text (MeirUiIntake *intake, const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", LINES_MAX + 1);

  for (guint i = 0; lines[i] != NULL && i < LINES_MAX; i++) {
    if (*g_strstrip (lines[i]) != '\0')
      take_line (intake, lines[i]);
  }
}

guint
meir_ui_intake_count_text (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", LINES_MAX + 1);
  guint n = 0;

  for (guint i = 0; lines[i] != NULL && i < LINES_MAX; i++) {
    g_autofree char *link = meir_ui_link_dup_from_text (lines[i]);

    n += link != NULL || meir_ui_fetch_is_address (g_strstrip (lines[i]));
  }
  return n;
}
