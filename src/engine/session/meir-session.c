/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/meir-session.h"

#include "base/meir-error.h"
#include "meir-config.h"
#include "net/meir-tls-priority.h"
#include "session/meir-previews.h"
#include "session/meir-torrent-private.h"
#include "session/meir.h"

#include <errno.h>
#include <glib/gi18n-lib.h>

struct _MeirSession {
  GObject parent_instance;

  /* Front end thread */
  MeirEngine *engine; /* NULL once closed */
  GPtrArray *torrents;
  GHashTable *by_info_hash; /* the same, by their own keys */
  MeirEngineSettings settings;
  MeirPreviews *previews; /* NULL as long as there is no engine */
  guint16 port;
  GError *port_error; /* (nullable) */
  gboolean closing;
  GPtrArray *removals; /* a GTask for each torrent that is being removed, which is its task data */
};

enum {
  PROP_PORT = 1,
  N_PROPS,
};

enum {
  SIGNAL_EVENT,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static GType
get_item_type (GListModel *model)
{
  return MEIR_TYPE_TORRENT;
}

static guint
get_n_items (GListModel *model)
{
  return MEIR_SESSION (model)->torrents->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  MeirSession *session = MEIR_SESSION (model);

  return position < session->torrents->len ? g_object_ref (g_ptr_array_index (session->torrents, position))
                                           : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (MeirSession, meir_session, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

void
meir_init (void)
{
  meir_tls_init_priority ();
  bindtextdomain (GETTEXT_PACKAGE, MEIR_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
}

static void
meir_session_finalize (GObject *object)
{
  MeirSession *session = MEIR_SESSION (object);

  if (session->engine != NULL)
    g_critical ("A MeirSession was dropped without meir_session_close_async ()");
  g_hash_table_unref (session->by_info_hash);
  g_ptr_array_unref (session->torrents);
  g_ptr_array_unref (session->removals);
  g_clear_pointer (&session->previews, meir_previews_free);
  g_clear_error (&session->port_error);
  G_OBJECT_CLASS (meir_session_parent_class)->finalize (object);
}

static void
meir_session_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id) {
  case PROP_PORT:
    g_value_set_uint (value, MEIR_SESSION (object)->port);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
meir_session_class_init (MeirSessionClass *klass)
{
  G_OBJECT_CLASS (klass)->get_property = meir_session_get_property;
  G_OBJECT_CLASS (klass)->finalize = meir_session_finalize;
  properties[PROP_PORT] =
      g_param_spec_uint ("port", NULL, NULL, 0, G_MAXUINT16, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), N_PROPS, properties);
  signals[SIGNAL_EVENT] = g_signal_new ("event", MEIR_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
meir_session_init (MeirSession *session)
{
  session->torrents = g_ptr_array_new_with_free_func (g_object_unref);
  session->by_info_hash = g_hash_table_new (meir_info_hash_hash, meir_info_hash_equal);
  session->removals = g_ptr_array_new_with_free_func (g_object_unref);
}

static void
on_event (const MeirEvent *event, gpointer user_data)
{
  MeirSession *session = user_data;

  if (!meir_previews_take_event (session->previews, event))
    g_signal_emit (session, signals[SIGNAL_EVENT], 0, event);
}

static gboolean
make_state_folder (const char *state_folder, GError **error)
{
  g_autofree char *folder = state_folder != NULL
                                ? g_build_filename (state_folder, "torrents", NULL)
                                : g_build_filename (g_get_user_state_dir (), "meirtorrent", "torrents", NULL);

  if (g_mkdir_with_parents (folder, 0700) == 0)
    return TRUE;
  meir_set_error_from_errno (error, errno, _ ("Cannot make the folder “%s”"), folder);
  return FALSE;
}

MeirSession *
meir_session_new (const MeirSessionConfig *config, GError **error)
{
  g_autoptr (MeirSession) session = g_object_new (MEIR_TYPE_SESSION, NULL);

  session->settings.tls = config->tls;
  session->settings.max_peers = config->max_peers > 0 ? config->max_peers : MEIR_CONNECTIONS_PER_SESSION;
  session->engine = meir_engine_new (config, &session->settings, on_event, session, &session->port, error);
  if (session->engine == NULL)
    return NULL;
  /* Only now: a session that cannot start leaves nothing behind. */
  if (!make_state_folder (config->state_folder, error)) {
    g_clear_pointer (&session->engine, meir_engine_free);
    return NULL;
  }
  session->previews = meir_previews_new (session->engine);
  return g_steal_pointer (&session);
}

/* Settings: kept here, and sent over whole. */

typedef struct {
  MeirEngine *engine;
  MeirEngineSettings settings;
} MeirSettingsMail;

static void
apply_settings_cb (gpointer data)
{
  MeirSettingsMail *mail = data;

  meir_engine_apply_settings (mail->engine, &mail->settings);
}

static void
send_settings (MeirSession *session)
{
  MeirSettingsMail *mail;

  if (session->closing)
    return;
  mail = g_new (MeirSettingsMail, 1);
  mail->engine = session->engine;
  mail->settings = session->settings;
  meir_mailbox_to_engine (session->engine->mailbox, apply_settings_cb, mail, g_free);
}

void
meir_session_set_limits (MeirSession *session, const MeirRateLimits *limits)
{
  session->settings.limits = *limits;
  send_settings (session);
}

void
meir_session_set_stop_rule (MeirSession *session, const MeirStopRule *rule)
{
  session->settings.stop_rule = *rule;
  send_settings (session);
}

void
meir_session_set_max_downloads (MeirSession *session, guint max_downloads)
{
  session->settings.max_downloads = max_downloads;
  send_settings (session);
}

void
meir_session_set_max_peers (MeirSession *session, guint max_peers)
{
  session->settings.max_peers = max_peers > 0 ? max_peers : MEIR_CONNECTIONS_PER_SESSION;
  send_settings (session);
}

void
meir_session_set_tls_policy (MeirSession *session, MeirTlsPolicy tls)
{
  session->settings.tls = tls;
  send_settings (session);
}

static void
set_order_cb (gpointer data)
{
  GPtrArray *order = data;

  meir_engine_set_order (((MeirTorrent *) g_ptr_array_index (order, 0))->engine, order);
}

static void
order_free (gpointer data)
{
  g_ptr_array_unref (data);
}

static gpointer
ref_torrent (gconstpointer torrent, gpointer user_data)
{
  return g_object_ref ((gpointer) torrent);
}

/* Those from @first to @last have other places among themselves. */
static void
tell_order (MeirSession *session, guint first, guint last)
{
  GPtrArray *order = g_ptr_array_copy (session->torrents, ref_torrent, NULL);
  guint n = last - first + 1;

  meir_mailbox_to_engine (session->engine->mailbox, set_order_cb, order, order_free);
  g_list_model_items_changed (G_LIST_MODEL (session), first, n, n);
}

void
meir_session_move_in_queue (MeirSession *session, MeirTorrent *torrent, guint position)
{
  guint old;

  if (session->closing || !g_ptr_array_find (session->torrents, torrent, &old))
    return;
  position = MIN (position, session->torrents->len - 1);
  if (position == old)
    return;
  g_ptr_array_insert (session->torrents, (gint) position, g_ptr_array_steal_index (session->torrents, old));
  tell_order (session, MIN (old, position), MAX (old, position));
}

void
meir_session_step_in_queue (MeirSession *session, GPtrArray *torrents, gboolean up)
{
  gpointer *list = session->torrents->pdata;
  g_autoptr (GHashTable) moving = g_hash_table_new (NULL, NULL);
  guint n = session->torrents->len, first = n, last = 0;

  for (guint i = 0; i < torrents->len; i++)
    g_hash_table_add (moving, g_ptr_array_index (torrents, i));
  /* Each changes places with who is in front of it, unless that one moves too. */
  for (guint i = 1; i < n && !session->closing; i++) {
    guint front = up ? i - 1 : n - 1 - i, back = front + 1;
    gpointer mover = list[up ? back : front], other = list[up ? front : back];

    if (!g_hash_table_contains (moving, mover) || g_hash_table_contains (moving, other))
      continue;
    list[front] = up ? mover : other;
    list[back] = up ? other : mover;
    first = MIN (first, front);
    last = MAX (last, back);
  }
  if (first < last)
    tell_order (session, first, last);
}

MeirTorrent *
meir_session_find (MeirSession *session, const MeirInfoHash *info_hash)
{
  MeirTorrent *torrent = g_hash_table_lookup (session->by_info_hash, info_hash);

  return torrent != NULL ? g_object_ref (torrent) : NULL;
}

/* The port: the engine is asked for it, and tells what came of it. */

typedef struct {
  MeirSession *session; /* not owned: it is there as long as mail is delivered */
  MeirEngine *engine;
  guint16 port;
  GError *error;
} MeirPortMail;

static void
port_mail_free (gpointer data)
{
  MeirPortMail *mail = data;

  g_clear_error (&mail->error);
  g_free (mail);
}

static void
port_answered_cb (gpointer data)
{
  MeirPortMail *mail = data;
  MeirSession *session = mail->session;

  session->port = mail->port;
  g_clear_error (&session->port_error);
  session->port_error = g_steal_pointer (&mail->error);
  g_object_notify_by_pspec (G_OBJECT (session), properties[PROP_PORT]);
}

static void
set_port_cb (gpointer data)
{
  const MeirPortMail *asked = data;
  MeirPortMail *answer = g_new0 (MeirPortMail, 1);

  answer->session = asked->session;
  meir_engine_listen (asked->engine, asked->port, &answer->error);
  answer->port = meir_greeter_get_port (asked->engine->greeter);
  meir_mailbox_to_front (asked->engine->mailbox, port_answered_cb, answer, port_mail_free);
}

void
meir_session_set_port (MeirSession *session, guint16 port)
{
  MeirPortMail *mail;

  if (session->closing)
    return;
  mail = g_new0 (MeirPortMail, 1);
  *mail = (MeirPortMail){ .session = session, .engine = session->engine, .port = port };
  meir_mailbox_to_engine (session->engine->mailbox, set_port_cb, mail, port_mail_free);
}

guint16
meir_session_get_port (MeirSession *session)
{
  return session->port;
}

const GError *
meir_session_get_port_error (MeirSession *session)
{
  return session->port_error;
}

/* The same torrent, removed before this one was added, that still holds its files and its journal, or a
 * preview of it; or NULL. */
static MeirTorrent *
find_old (MeirTorrent *torrent)
{
  GPtrArray *torrents = torrent->engine->torrents;

  for (guint i = 0; i < torrents->len; i++) {
    MeirTorrent *other = g_ptr_array_index (torrents, i);

    if (other != torrent && (other->stopping || other->is_preview) && other->state != MEIR_TORRENT_STOPPED &&
        meir_info_hash_equal (&other->info_hash, &torrent->info_hash))
      return other;
  }
  return NULL;
}

static void
on_place_free (MeirTorrent *gone, gpointer user_data)
{
  g_autoptr (MeirTorrent) torrent = user_data;
  MeirTorrent *old;

  if (torrent->stopping)
    return;
  old = find_old (torrent);
  if (old != NULL)
    meir_torrent_stop (old, on_place_free, g_object_ref (torrent));
  else
    meir_torrent_restart (torrent, FALSE);
}

static void
add_cb (gpointer data)
{
  MeirTorrent *torrent = data;
  MeirTorrent *old;

  meir_engine_add_torrent (torrent->engine, torrent);
  old = find_old (torrent);
  if (old != NULL)
    meir_torrent_stop (old, on_place_free, g_object_ref (torrent));
  else
    meir_torrent_begin (torrent);
}

static gboolean
make_folder (const char *folder, GError **error)
{
  if (g_file_test (folder, G_FILE_TEST_IS_DIR))
    return TRUE;
  if (g_mkdir_with_parents (folder, 0777) == 0)
    return TRUE;
  meir_set_error_from_errno (error, errno, _ ("Cannot make the folder “%s”"), folder);
  return FALSE;
}

MeirTorrent *
meir_session_add (MeirSession *session, const MeirAddOptions *options, GError **error)
{
  const MeirInfoHash *info_hash = options->metainfo != NULL ? meir_metainfo_get_info_hash (options->metainfo)
                                                            : &options->magnet->info_hash;
  MeirTorrent *torrent;

  if (session->closing) {
    g_set_error (error, MEIR_ERROR, MEIR_ERROR_BUSY, _ ("MeirTorrent is closing"));
    return NULL;
  }
  if (g_hash_table_contains (session->by_info_hash, info_hash)) {
    g_set_error (error, MEIR_ERROR, MEIR_ERROR_EXISTS, _ ("This torrent is there already"));
    return NULL;
  }
  if (!meir_torrent_priorities_fit (options->file_priorities, options->metainfo)) {
    g_set_error (error, MEIR_ERROR, MEIR_ERROR_INVALID,
                 _ ("The priorities do not fit the files of the torrent"));
    return NULL;
  }
  if (!options->folder_was_there && !make_folder (options->folder, error))
    return NULL;

  torrent = meir_torrent_new (session->engine, options);
  g_ptr_array_add (session->torrents, torrent);
  g_hash_table_insert (session->by_info_hash, &torrent->info_hash, torrent);
  meir_mailbox_to_engine (session->engine->mailbox, add_cb, g_object_ref (torrent), g_object_unref);
  g_list_model_items_changed (G_LIST_MODEL (session), session->torrents->len - 1, 0, 1);
  return torrent;
}

void
meir_session_preview_async (MeirSession *session, const MeirMagnet *magnet, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (session, cancellable, callback, user_data);
  MeirTorrent *torrent;

  if (g_task_return_error_if_cancelled (task))
    return;
  if (session->closing) {
    g_task_return_new_error (task, MEIR_ERROR, MEIR_ERROR_BUSY, _ ("MeirTorrent is closing"));
    return;
  }
  torrent = meir_previews_begin (session->previews, magnet, g_steal_pointer (&task));
  meir_mailbox_to_engine (session->engine->mailbox, add_cb, g_object_ref (torrent), g_object_unref);
}

MeirMetainfo *
meir_session_preview_finish (MeirSession *session, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Removing: the engine stops the torrent, then tells the front end. */

typedef struct {
  MeirSession *session; /* not owned: it is there as long as mail is delivered */
  MeirTorrent *torrent;
} MeirRemoval;

static MeirRemoval *
removal_new (MeirSession *session, MeirTorrent *torrent)
{
  MeirRemoval *removal = g_new (MeirRemoval, 1);

  *removal = (MeirRemoval){ session, g_object_ref (torrent) };
  return removal;
}

static void
removal_free (gpointer data)
{
  MeirRemoval *removal = data;

  g_object_unref (removal->torrent);
  g_free (removal);
}

static void
removed_cb (gpointer data)
{
  const MeirRemoval *removal = data;
  GPtrArray *removals = removal->session->removals;

  for (guint i = 0; i < removals->len; i++) {
    if (g_task_get_task_data (g_ptr_array_index (removals, i)) == removal->torrent) {
      g_autoptr (GTask) task = g_ptr_array_steal_index_fast (removals, i);

      g_task_return_boolean (task, TRUE);
      return;
    }
  }
}

/* The engine is gone without them. */
static void
give_up_removals (MeirSession *session)
{
  while (session->removals->len > 0) {
    g_autoptr (GTask) task = g_ptr_array_steal_index_fast (session->removals, 0);

    g_task_return_new_error (task, MEIR_ERROR, MEIR_ERROR_TIMED_OUT, "%s",
                             _ ("The disk does not answer; what was being removed may keep its files open"));
  }
}

static void
on_removed (MeirTorrent *torrent, gpointer user_data)
{
  MeirEngine *engine = torrent->engine;

  meir_mailbox_to_front (engine->mailbox, removed_cb, removal_new (user_data, torrent), removal_free);
  meir_engine_remove_torrent (engine, torrent);
}

static void
remove_cb (gpointer data)
{
  const MeirRemoval *removal = data;

  meir_torrent_remove (removal->torrent, on_removed, removal->session);
}

void
meir_session_remove_async (MeirSession *session, MeirTorrent *torrent, GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (session, NULL, callback, user_data);
  guint position;

  g_task_set_task_data (task, g_object_ref (torrent), g_object_unref);
  if (!g_ptr_array_find (session->torrents, torrent, &position)) {
    g_task_return_new_error (task, MEIR_ERROR, MEIR_ERROR_NOT_FOUND,
                             _ ("This torrent is not there any more"));
    return;
  }
  g_hash_table_remove (session->by_info_hash, &torrent->info_hash);
  g_ptr_array_remove_index (session->torrents, position);
  g_list_model_items_changed (G_LIST_MODEL (session), position, 1, 0);
  g_ptr_array_add (session->removals, g_object_ref (task));
  meir_mailbox_to_engine (session->engine->mailbox, remove_cb, removal_new (session, torrent), removal_free);
}

gboolean
meir_session_remove_finish (MeirSession *session, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Closing: every torrent is stopped, then the thread ends; or it ends without those whose disk hangs. */

typedef struct {
  MeirEngine *engine;
  GTask *task; /* a reference; NULL once the front end is told */
  guint left;
  MeirTimer give_up;
} MeirClosing;

static void
closed_cb (gpointer data)
{
  GTask *task = data;
  MeirSession *session = g_task_get_source_object (task);
  /* The last mail: nothing of the mailbox is touched after it. */
  gboolean whole = meir_engine_free (g_steal_pointer (&session->engine));

  give_up_removals (session);
  if (whole)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (
        task, MEIR_ERROR, MEIR_ERROR_TIMED_OUT,
        _ ("The disk does not answer; what was not written yet is fetched again next time"));
}

static void
tell_closed (MeirClosing *closing)
{
  if (closing->task != NULL)
    meir_mailbox_to_front (closing->engine->mailbox, closed_cb, g_steal_pointer (&closing->task),
                           g_object_unref);
}

/* Kept for the torrents that may still come to their end. */
static void
on_give_up (MeirTimer *timer, gint64 now_usec)
{
  tell_closed (MEIR_OWNER_OF (timer, MeirClosing, give_up));
}

static void
count_closed (MeirClosing *closing)
{
  if (closing->left > 0)
    return;
  meir_loop_clear_timer (closing->engine->loop, &closing->give_up);
  tell_closed (closing);
  g_free (closing);
}

static void
on_closed (MeirTorrent *torrent, gpointer user_data)
{
  MeirClosing *closing = user_data;

  meir_engine_remove_torrent (torrent->engine, torrent);
  closing->left--;
  count_closed (closing);
}

static void
close_cb (gpointer data)
{
  GTask *task = data;
  MeirSession *session = g_task_get_source_object (task);
  MeirClosing *closing = g_new0 (MeirClosing, 1);
  g_autoptr (GPtrArray) torrents = NULL;

  closing->engine = session->engine;
  closing->task = g_object_ref (task);
  closing->engine->leave_usec = g_get_monotonic_time () + MEIR_CLOSE_SEC * G_USEC_PER_SEC;
  meir_loop_set_timer (closing->engine->loop, &closing->give_up, closing->engine->leave_usec, on_give_up);
  torrents = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < closing->engine->torrents->len; i++)
    g_ptr_array_add (torrents, g_object_ref (g_ptr_array_index (closing->engine->torrents, i)));
  /* One more than there are, so that it is not counted out before all have been told. */
  closing->left = torrents->len + 1;
  for (guint i = 0; i < torrents->len; i++)
    meir_torrent_stop (g_ptr_array_index (torrents, i), on_closed, closing);
  closing->left--;
  count_closed (closing);
}

void
meir_session_close_async (MeirSession *session, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (session, NULL, callback, user_data);

  if (session->closing) {
    g_task_return_new_error (task, MEIR_ERROR, MEIR_ERROR_BUSY, _ ("MeirTorrent is closing already"));
    return;
  }
  session->closing = TRUE;
  meir_previews_end_all (session->previews);
  if (session->torrents->len > 0) {
    guint n = session->torrents->len;

    g_hash_table_remove_all (session->by_info_hash);
    g_ptr_array_set_size (session->torrents, 0);
    g_list_model_items_changed (G_LIST_MODEL (session), 0, n, 0);
  }
  meir_mailbox_to_engine (session->engine->mailbox, close_cb, g_object_ref (task), g_object_unref);
}

gboolean
meir_session_close_finish (MeirSession *session, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
