/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-offer.h"

#include "app/meir-ui-fetch.h"
#include "app/meir-ui-metainfo.h"

#include <glib/gi18n.h>

struct _MeirUiOffer {
  GObject parent_instance;

  MeirMetainfo *metainfo; /* (nullable) */
  MeirMagnet *magnet;     /* (nullable) */
  char *link;             /* (nullable): as it was given */
  char *address;          /* (nullable) */
  GCancellable *cancellable;
  char *problem; /* (nullable) */
  gboolean looking;
};

G_DEFINE_FINAL_TYPE (MeirUiOffer, meir_ui_offer, G_TYPE_OBJECT)

static guint changed_signal;

/* What a look carries until its answer comes. */
typedef struct {
  MeirUiOffer *offer;
  MeirUiApplication *application;
} MeirUiLook;

static void
meir_ui_offer_finalize (GObject *object)
{
  MeirUiOffer *offer = MEIR_UI_OFFER (object);

  g_clear_pointer (&offer->metainfo, meir_metainfo_unref);
  g_clear_pointer (&offer->magnet, meir_magnet_free);
  g_object_unref (offer->cancellable);
  g_free (offer->link);
  g_free (offer->address);
  g_free (offer->problem);
  G_OBJECT_CLASS (meir_ui_offer_parent_class)->finalize (object);
}

static void
meir_ui_offer_class_init (MeirUiOfferClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = meir_ui_offer_finalize;
  changed_signal =
      g_signal_new ("changed", MEIR_UI_TYPE_OFFER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
meir_ui_offer_init (MeirUiOffer *offer)
{
  offer->cancellable = g_cancellable_new ();
}

MeirUiOffer *
meir_ui_offer_new_metainfo (MeirMetainfo *metainfo)
{
  MeirUiOffer *offer = g_object_new (MEIR_UI_TYPE_OFFER, NULL);

  offer->metainfo = meir_metainfo_ref (metainfo);
  return offer;
}

MeirUiOffer *
meir_ui_offer_new_link (const char *link, GError **error)
{
  MeirMagnet *magnet = meir_magnet_parse (link, error);
  MeirUiOffer *offer;

  if (magnet == NULL)
    return NULL;
  offer = g_object_new (MEIR_UI_TYPE_OFFER, NULL);
  offer->magnet = magnet;
  offer->link = g_strdup (link);
  return offer;
}

MeirUiOffer *
meir_ui_offer_new_address (const char *address)
{
  MeirUiOffer *offer = g_object_new (MEIR_UI_TYPE_OFFER, NULL);

  offer->address = g_strdup (address);
  return offer;
}

/* Looking. */

static MeirUiLook *
look_new (MeirUiOffer *offer, MeirUiApplication *application)
{
  MeirUiLook *look = g_new (MeirUiLook, 1);

  meir_ui_application_begin_load (application);
  look->offer = g_object_ref (offer);
  look->application = g_object_ref (application);
  return look;
}

static void
look_free (MeirUiLook *look)
{
  meir_ui_application_end_load (look->application);
  g_object_unref (look->application);
  g_object_unref (look->offer);
  g_free (look);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeirUiLook, look_free)

/* @metainfo: (transfer full) (nullable): NULL with @error */
static void
end_look (MeirUiOffer *offer, MeirMetainfo *metainfo, const GError *error)
{
  offer->looking = FALSE;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  offer->metainfo = metainfo;
  if (error != NULL)
    offer->problem = g_strdup (error->message);
  g_signal_emit (offer, changed_signal, 0);
}

static void
on_previewed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MeirUiLook) look = user_data;
  g_autoptr (GError) error = NULL;
  MeirMetainfo *metainfo = meir_session_preview_finish (MEIR_SESSION (source), result, &error);

  end_look (look->offer, metainfo, error);
}

static void
look_in_swarm (MeirUiOffer *offer, MeirUiApplication *application)
{
  meir_session_preview_async (meir_ui_application_get_session (application), offer->magnet,
                              offer->cancellable, on_previewed, look_new (offer, application));
}

static void
on_parsed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MeirUiLook) look = user_data;
  g_autoptr (GError) error = NULL;
  MeirMetainfo *metainfo = meir_ui_metainfo_finish (result, &error);

  end_look (look->offer, metainfo, error);
}

/* What a site sends to who has to log in first, or is to be counted. */
static gboolean
is_web_page (GBytes *bytes)
{
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);

  while (length > 0 && g_ascii_isspace (*text)) {
    text++;
    length--;
  }
  return length > 0 && *text == '<';
}

/* The address leads to a magnet link. */
static void
become_link (MeirUiOffer *offer, const char *link, MeirUiApplication *application)
{
  g_autoptr (GError) error = NULL;

  offer->magnet = meir_magnet_parse (link, &error);
  if (offer->magnet == NULL) {
    end_look (offer, NULL, error);
    return;
  }
  offer->link = g_strdup (link);
  look_in_swarm (offer, application);
  g_signal_emit (offer, changed_signal, 0);
}

static void
on_fetched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MeirUiLook) look = user_data;
  MeirUiOffer *offer = look->offer;
  g_autofree char *host = meir_ui_fetch_dup_host (offer->address);
  g_autofree char *link = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = meir_ui_fetch_finish (result, &link, &error);

  if (link != NULL) {
    become_link (offer, link, look->application);
  } else if (bytes != NULL && is_web_page (bytes)) {
    g_set_error (&error, MEIR_ERROR, MEIR_ERROR_INVALID,
                 _ ("“%s” sent a web page, not a torrent; open the address in your browser"), host);
    end_look (offer, NULL, error);
  } else if (bytes != NULL) {
    meir_ui_metainfo_parse_async (bytes, NULL, offer->cancellable, on_parsed, g_steal_pointer (&look));
  } else {
    end_look (offer, NULL, error);
  }
}

void
meir_ui_offer_look (MeirUiOffer *offer, MeirUiApplication *application)
{
  if (offer->looking || offer->metainfo != NULL || offer->problem != NULL)
    return;
  offer->looking = TRUE;
  if (offer->magnet != NULL)
    look_in_swarm (offer, application);
  else
    meir_ui_fetch_async (offer->address, offer->cancellable, on_fetched, look_new (offer, application));
}

void
meir_ui_offer_stop (MeirUiOffer *offer)
{
  g_cancellable_cancel (offer->cancellable);
}

gboolean
meir_ui_offer_is_looking (MeirUiOffer *offer)
{
  return offer->looking;
}

const char *
meir_ui_offer_get_problem (MeirUiOffer *offer)
{
  return offer->problem;
}

/* What is known of it. */

char *
meir_ui_offer_dup_name (MeirUiOffer *offer)
{
  char hex[2 * MEIR_SHA1_LENGTH + 1];

  if (offer->metainfo != NULL)
    return g_strdup (meir_metainfo_get_display_name (offer->metainfo));
  if (offer->magnet == NULL)
    return meir_ui_fetch_dup_host (offer->address);
  if (offer->magnet->display_name != NULL)
    return g_strdup (offer->magnet->display_name);
  return g_strdup (meir_info_hash_to_hex (&offer->magnet->info_hash, hex));
}

/* Files that will be made, and their bytes. */
static guint
count_files (MeirMetainfo *metainfo, guint64 *bytes)
{
  guint n = 0;

  *bytes = 0;
  for (guint i = 0; i < meir_metainfo_get_n_files (metainfo); i++) {
    const MeirMetainfoFile *file = meir_metainfo_get_file (metainfo, i);

    if (!file->is_pad && !file->is_symlink) {
      n++;
      *bytes += file->length;
    }
  }
  return n;
}

char *
meir_ui_offer_dup_description (MeirUiOffer *offer)
{
  g_autofree char *size = NULL;
  guint64 bytes;
  guint n_files;

  if (offer->problem != NULL)
    return g_strdup (offer->problem);
  if (offer->metainfo == NULL)
    return g_strdup (offer->magnet != NULL ? _ ("Getting the file list…") : _ ("Getting the torrent…"));
  n_files = count_files (offer->metainfo, &bytes);
  size = g_format_size (bytes);
  /* Translators: a number of files, and their size */
  return g_strdup_printf (ngettext ("%u file · %s", "%u files · %s", n_files), n_files, size);
}

MeirMetainfo *
meir_ui_offer_get_metainfo (MeirUiOffer *offer)
{
  return offer->metainfo;
}

const MeirInfoHash *
meir_ui_offer_get_info_hash (MeirUiOffer *offer)
{
  if (offer->metainfo != NULL)
    return meir_metainfo_get_info_hash (offer->metainfo);
  return offer->magnet != NULL ? &offer->magnet->info_hash : NULL;
}

static gboolean
has_tracker (GPtrArray *tiers, const char *tracker)
{
  for (guint i = 0; i < tiers->len; i++) {
    if (g_strv_contains (g_ptr_array_index (tiers, i), tracker))
      return TRUE;
  }
  return FALSE;
}

GPtrArray *
meir_ui_offer_dup_new_tiers (MeirUiOffer *offer, MeirTorrent *torrent)
{
  g_autoptr (GPtrArray) there = meir_torrent_dup_trackers (torrent);
  g_autoptr (GPtrArray) here = NULL;
  GPtrArray *fresh = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);

  if (offer->metainfo != NULL)
    here = g_ptr_array_ref (meir_metainfo_get_tiers (offer->metainfo));
  else
    here = meir_magnet_dup_tiers (offer->magnet);
  for (guint i = 0; i < here->len; i++) {
    const char *const *tier = g_ptr_array_index (here, i);
    g_autoptr (GStrvBuilder) kept = g_strv_builder_new ();
    g_auto (GStrv) strings = NULL;

    for (guint k = 0; tier[k] != NULL; k++) {
      if (!has_tracker (there, tier[k]))
        g_strv_builder_add (kept, tier[k]);
    }
    strings = g_strv_builder_end (kept);
    if (strings[0] != NULL)
      g_ptr_array_add (fresh, g_steal_pointer (&strings));
  }
  return fresh;
}

MeirTorrent *
meir_ui_offer_add (MeirUiOffer *offer, MeirUiApplication *application, const char *folder, gboolean start,
                   GBytes *priorities, GError **error)
{
  MeirAddOptions options = {
    .metainfo = offer->metainfo,
    .magnet = offer->metainfo == NULL ? offer->magnet : NULL,
    .folder = folder,
    .paused = !start,
    .file_priorities = priorities,
  };

  meir_ui_offer_stop (offer);
  /* Whom the link names is not in its metainfo. */
  if (offer->metainfo != NULL && offer->magnet != NULL) {
    options.peers = (const MeirEndpoint *) (gpointer) offer->magnet->peers->data;
    options.n_peers = offer->magnet->peers->len;
  }
  return meir_ui_application_add (application, &options, offer->link, error);
}
