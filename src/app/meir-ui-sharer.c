/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-sharer.h"

#include "app/meir-ui-metainfo.h"
#include "app/meir-ui-text.h"

#include <glib/gi18n.h>
#include <string.h>

#define PROGRESS_MSEC  200
#define NAME_CHARS_MAX 120
/* How much the rate that is shown keeps of the one before, a timer's turn. */
#define RATE_INERTIA 0.8

typedef struct {
  MeirCreateOptions *options; /* NULL once the engine has them */
  char *path;
  char *name;        /* safe to show */
  char *folder_name; /* (nullable): of the folder, where the torrent is called otherwise */
  char *save_as;     /* (nullable) */
} MeirUiShare;

struct _MeirUiSharer {
  GObject parent_instance;

  GQueue *waiting; /* MeirUiShare */
  MeirUiShare *current;
  GCancellable *cancellable;
  MeirPause *pause; /* of all that is prepared */
  MeirCreateProgress progress;
  guint timer;
  double fraction;
  double bytes_per_sec;
  guint64 bytes_before; /* at the timer's last turn */
  guint n_left_out;
  GArray *made_of; /* (nullable): as in MeirAddOptions */
};

G_DEFINE_FINAL_TYPE (MeirUiSharer, meir_ui_sharer, G_TYPE_OBJECT)

enum {
  PROP_BUSY = 1,
  PROP_NAME,
  PROP_FRACTION,
  PROP_RATE,
  PROP_WAITING,
  PROP_PAUSED,
  N_PROPS,
};

enum {
  SIGNAL_READY,
  SIGNAL_FAILED,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static void start_next (MeirUiSharer *self);

static void
share_free (gpointer data)
{
  MeirUiShare *share = data;

  g_clear_pointer (&share->options, meir_create_options_free);
  g_free (share->path);
  g_free (share->name);
  g_free (share->folder_name);
  g_free (share->save_as);
  g_free (share);
}

static void
notify_all (MeirUiSharer *self)
{
  for (guint i = PROP_BUSY; i < N_PROPS; i++)
    g_object_notify_by_pspec (G_OBJECT (self), properties[i]);
}

static void
show_progress (MeirUiSharer *self)
{
  guint64 done, total;
  double now;

  meir_create_progress_get (&self->progress, &done, &total);
  now = (double) (done - self->bytes_before) * 1000 / PROGRESS_MSEC;
  self->bytes_per_sec =
      self->bytes_before == 0 ? now : RATE_INERTIA * self->bytes_per_sec + (1 - RATE_INERTIA) * now;
  self->bytes_before = done;
  self->fraction = total > 0 ? (double) done / (double) total : 0;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RATE]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FRACTION]);
}

static gboolean
on_progress (gpointer user_data)
{
  show_progress (user_data);
  return G_SOURCE_CONTINUE;
}

static gboolean
is_cancelled (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* @metainfo: (nullable): NULL with @error */
static void
end_current (MeirUiSharer *self, MeirMetainfo *metainfo, const GError *error)
{
  g_autofree char *folder = g_path_get_dirname (self->current->path);
  g_autoptr (GArray) made_of = g_steal_pointer (&self->made_of);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->current, share_free);
  if (metainfo != NULL)
    g_signal_emit (self, signals[SIGNAL_READY], 0, metainfo, folder, self->n_left_out, made_of);
  else if (!is_cancelled (error))
    g_signal_emit (self, signals[SIGNAL_FAILED], 0, error->message);
  start_next (self);
}

static void
on_parsed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MeirUiSharer) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MeirMetainfo) metainfo = meir_ui_metainfo_finish (result, &error);

  end_current (self, metainfo, error);
}

static void
parse (MeirUiSharer *self, GBytes *torrent)
{
  meir_ui_metainfo_parse_async (torrent, self->current->folder_name, self->cancellable, on_parsed,
                                g_object_ref (self));
}

/* A copy of the .torrent where the user wants one. */
typedef struct {
  MeirUiSharer *sharer;
  GBytes *torrent;
} MeirUiCopy;

/* The copy is a gift on the way: what is shared does not depend on it. */
static void
on_copied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree MeirUiCopy *copy = user_data;
  g_autoptr (MeirUiSharer) self = copy->sharer;
  g_autoptr (GBytes) torrent = copy->torrent;
  g_autoptr (GError) error = NULL;

  if (!meir_create_write_finish (result, &error))
    g_signal_emit (self, signals[SIGNAL_FAILED], 0, error->message);
  parse (self, torrent);
}

static void
save_copy (MeirUiSharer *self, GBytes *torrent, const char *path)
{
  MeirUiCopy *copy = g_new (MeirUiCopy, 1);

  *copy = (MeirUiCopy){ g_object_ref (self), g_bytes_ref (torrent) };
  meir_create_write_async (path, torrent, NULL, on_copied, copy);
}

static void
on_created (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MeirUiSharer) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MeirCreateSummary) summary = NULL;
  g_autoptr (GBytes) torrent = meir_create_finish (result, &summary, &error);

  if (torrent == NULL) {
    end_current (self, NULL, error);
    return;
  }
  self->n_left_out = summary->n_hidden + summary->n_skipped;
  self->made_of = g_array_ref (summary->files);
  if (self->current->save_as != NULL)
    save_copy (self, torrent, self->current->save_as);
  else
    parse (self, torrent);
}

static void
start_next (MeirUiSharer *self)
{
  self->current = g_queue_pop_head (self->waiting);
  self->fraction = 0;
  self->bytes_per_sec = 0;
  self->bytes_before = 0;
  if (self->current == NULL) {
    meir_pause_set (self->pause, FALSE);
  } else {
    self->progress = (MeirCreateProgress){ 0 };
    self->cancellable = g_cancellable_new ();
    if (!meir_pause_get (self->pause))
      self->timer = g_timeout_add (PROGRESS_MSEC, on_progress, self);
    meir_create_async (g_steal_pointer (&self->current->options), &self->progress, self->cancellable,
                       on_created, g_object_ref (self));
  }
  notify_all (self);
}

static void
meir_ui_sharer_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MeirUiSharer *self = MEIR_UI_SHARER (object);

  switch (id) {
  case PROP_BUSY:
    g_value_set_boolean (value, self->current != NULL);
    break;
  case PROP_NAME:
    g_value_set_string (value, self->current != NULL ? self->current->name : NULL);
    break;
  case PROP_FRACTION:
    g_value_set_double (value, self->fraction);
    break;
  case PROP_RATE:
    g_value_set_uint64 (value, (guint64) self->bytes_per_sec);
    break;
  case PROP_WAITING:
    g_value_set_uint (value, self->waiting->length);
    break;
  case PROP_PAUSED:
    g_value_set_boolean (value, meir_pause_get (self->pause));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
meir_ui_sharer_finalize (GObject *object)
{
  MeirUiSharer *self = MEIR_UI_SHARER (object);

  g_queue_free_full (self->waiting, share_free);
  meir_pause_unref (self->pause);
  G_OBJECT_CLASS (meir_ui_sharer_parent_class)->finalize (object);
}

static void
meir_ui_sharer_class_init (MeirUiSharerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = meir_ui_sharer_get_property;
  object_class->finalize = meir_ui_sharer_finalize;
  properties[PROP_BUSY] =
      g_param_spec_boolean ("busy", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_NAME] =
      g_param_spec_string ("name", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_FRACTION] =
      g_param_spec_double ("fraction", NULL, NULL, 0, 1, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_RATE] =
      g_param_spec_uint64 ("rate", NULL, NULL, 0, G_MAXUINT64, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_WAITING] =
      g_param_spec_uint ("waiting", NULL, NULL, 0, G_MAXUINT, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_PAUSED] =
      g_param_spec_boolean ("paused", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[SIGNAL_READY] =
      g_signal_new ("ready", MEIR_UI_TYPE_SHARER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 4,
                    G_TYPE_POINTER, G_TYPE_STRING, G_TYPE_UINT, G_TYPE_ARRAY);
  signals[SIGNAL_FAILED] = g_signal_new ("failed", MEIR_UI_TYPE_SHARER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                         NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
meir_ui_sharer_init (MeirUiSharer *self)
{
  self->waiting = g_queue_new ();
  self->pause = meir_pause_new ();
}

MeirUiSharer *
meir_ui_sharer_new (void)
{
  return g_object_new (MEIR_UI_TYPE_SHARER, NULL);
}

void
meir_ui_sharer_add (MeirUiSharer *sharer, MeirCreateOptions *options, const char *save_as)
{
  MeirUiShare *share = g_new0 (MeirUiShare, 1);
  g_autofree char *base = g_path_get_basename (options->path);

  options->pause = meir_pause_ref (sharer->pause);
  share->options = options;
  share->path = g_strdup (options->path);
  if (options->name != NULL)
    share->folder_name = g_strdup (base);
  share->name = options->name != NULL ? g_strdup (options->name)
                                      : meir_text_dup_safe (base, strlen (base), NAME_CHARS_MAX);
  share->save_as = g_strdup (save_as);
  g_queue_push_tail (sharer->waiting, share);
  if (sharer->current == NULL)
    start_next (sharer);
  else
    g_object_notify_by_pspec (G_OBJECT (sharer), properties[PROP_WAITING]);
}

void
meir_ui_sharer_cancel (MeirUiSharer *sharer)
{
  if (sharer->cancellable != NULL)
    g_cancellable_cancel (sharer->cancellable);
}

void
meir_ui_sharer_set_paused (MeirUiSharer *sharer, gboolean paused)
{
  if (sharer->current == NULL || meir_pause_get (sharer->pause) == paused)
    return;
  meir_pause_set (sharer->pause, paused);
  show_progress (sharer);
  sharer->bytes_per_sec = 0;
  if (paused)
    g_clear_handle_id (&sharer->timer, g_source_remove);
  else
    sharer->timer = g_timeout_add (PROGRESS_MSEC, on_progress, sharer);
  notify_all (sharer);
}

void
meir_ui_sharer_stop (MeirUiSharer *sharer)
{
  g_queue_clear_full (sharer->waiting, share_free);
  meir_ui_sharer_cancel (sharer);
}

char *
meir_ui_sharer_dup_text (MeirUiSharer *sharer)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *name = NULL;
  g_autofree char *rate = NULL;
  guint n = sharer->waiting->length;

  if (sharer->current == NULL)
    return NULL;
  name = meir_ui_text_dup_isolated (sharer->current->name);
  rate = g_format_size ((guint64) sharer->bytes_per_sec);
  g_string_printf (text,
                   meir_pause_get (sharer->pause) ? _ ("Preparing “%s” · paused at %d %%")
                                                  : _ ("Preparing “%s” · %d %%"),
                   name, (int) (sharer->fraction * 100));
  if (sharer->bytes_per_sec >= 1)
    /* Translators: appended to a progress: " · 1.1 GB/s" */
    g_string_append_printf (text, _ (" · %s/s"), rate);
  if (n > 0)
    /* Translators: appended to a progress: how many wait for their turn */
    g_string_append_printf (text, ngettext (" · %u more", " · %u more", n), n);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

gboolean
meir_ui_sharer_is_busy (MeirUiSharer *sharer)
{
  return sharer->current != NULL;
}
