/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk/meir-create.h"

#include "base/meir-error.h"
#include "base/meir-limits.h"
#include "base/meir-text.h"
#include "disk/meir-create-hash.h"
#include "disk/meir-create-list.h"
#include "disk/meir-journal-state.h"
#include "meir-config.h"
#include "meta/meir-metainfo-draft.h"
#include "meta/meir-metainfo.h"
#include "meta/meir-piece-length.h"
#include "base/meir-url.h"

#include <glib/gi18n-lib.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>

/* Longest name and path shown, characters. */
#define SHOWN_CHARS_MAX 500u
/* Longest name shown that somebody has typed, characters. */
#define NAME_CHARS_MAX 100u
/* Longest comment and source written, bytes. */
#define TEXT_BYTES_MAX (64u << 10)
/* How coarse the times of a file system may be: FAT counts in steps of two seconds. */
#define TIME_STEP_NSEC G_GINT64_CONSTANT (2000000000)

/* What meir_create_async () carries to its thread, and the thread's result. */
typedef struct {
  MeirCreateOptions *options;
  MeirCreateProgress *progress;
  gboolean has_date;
  gint64 date;
} Creation;

typedef struct {
  GBytes *torrent;
  MeirCreateSummary *summary;
} Created;

MeirCreateOptions *
meir_create_options_new (const char *path)
{
  MeirCreateOptions *options = g_new0 (MeirCreateOptions, 1);

  options->path = g_strdup (path);
  options->tiers = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  options->web_seeds = g_ptr_array_new_with_free_func (g_free);
  options->excludes = g_ptr_array_new_with_free_func (g_free);
  options->only = g_ptr_array_new_with_free_func (g_free);
  return options;
}

void
meir_create_options_free (MeirCreateOptions *options)
{
  g_free (options->path);
  g_ptr_array_unref (options->tiers);
  g_ptr_array_unref (options->web_seeds);
  g_ptr_array_unref (options->excludes);
  g_ptr_array_unref (options->only);
  g_free (options->name);
  g_free (options->comment);
  g_free (options->source);
  g_clear_pointer (&options->pause, meir_pause_unref);
  g_free (options);
}

gboolean
meir_create_options_add_tier (MeirCreateOptions *options, const char *urls, GError **error)
{
  g_auto (GStrv) tier = g_strsplit (urls, ",", -1);

  if (tier[0] == NULL) {
    g_set_error_literal (error, MEIR_ERROR, MEIR_ERROR_INVALID, _ ("The address of the tracker is empty"));
    return FALSE;
  }
  for (guint i = 0; tier[i] != NULL; i++) {
    g_autoptr (MeirUrl) url = meir_url_parse (g_strstrip (tier[i]), error);
    if (url == NULL)
      return FALSE;
    g_free (tier[i]);
    tier[i] = meir_url_to_string (url);
  }
  g_ptr_array_add (options->tiers, g_steal_pointer (&tier));
  return TRUE;
}

gboolean
meir_create_options_add_web_seed (MeirCreateOptions *options, const char *text, GError **error)
{
  g_autoptr (MeirUrl) url = meir_url_parse_web (text, error);

  if (url == NULL)
    return FALSE;
  g_ptr_array_add (options->web_seeds, meir_url_to_string (url));
  return TRUE;
}

gboolean
meir_create_options_set_name (MeirCreateOptions *options, const char *name, GError **error)
{
  g_autofree char *safe = meir_text_dup_safe (name, strlen (name), G_MAXSIZE);
  g_autofree char *shown = meir_text_dup_safe (name, strlen (name), NAME_CHARS_MAX);
  g_autofree char *fault = NULL;

  if (*name == '\0')
    fault = g_strdup (_ ("The torrent needs a name"));
  else if (strcmp (safe, name) != 0)
    fault = g_strdup_printf (_ ("The name “%s” has characters in it that cannot be shown"), shown);
  else if (strcmp (name, ".") == 0 || strcmp (name, "..") == 0)
    fault = g_strdup_printf (_ ("“%s” stands for another folder; it cannot be the name of one"), shown);
  else if (strchr (name, '/') != NULL)
    fault = g_strdup_printf (_ ("The name “%s” has a “/” in it, which would lead to another folder"), shown);
  else if (strlen (name) > MEIR_NAME_MAX)
    fault = g_strdup_printf (_ ("The name “%s” is longer than %u bytes"), shown, MEIR_NAME_MAX);
  if (fault != NULL) {
    g_set_error_literal (error, MEIR_ERROR, MEIR_ERROR_INVALID, fault);
    return FALSE;
  }
  g_free (options->name);
  options->name = g_strdup (name);
  return TRUE;
}

gboolean
meir_create_options_set_piece_length (MeirCreateOptions *options, guint64 piece_length, GError **error)
{
  if (piece_length != 0 && !meir_piece_length_is_valid (piece_length)) {
    g_set_error (error, MEIR_ERROR, MEIR_ERROR_INVALID,
                 _ ("The piece length %ju is not a power of two from %u to %u bytes"),
                 (uintmax_t) piece_length, MEIR_PIECE_LENGTH_MIN, MEIR_PIECE_LENGTH_MAX);
    return FALSE;
  }
  options->piece_length = (guint32) piece_length;
  return TRUE;
}

void
meir_create_progress_get (const MeirCreateProgress *progress, guint64 *bytes_done, guint64 *bytes_total)
{
  *bytes_done = atomic_load_explicit (&progress->bytes_done, memory_order_relaxed);
  *bytes_total = atomic_load_explicit (&progress->bytes_total, memory_order_relaxed);
}

void
meir_create_summary_free (MeirCreateSummary *summary)
{
  g_free (summary->name);
  g_ptr_array_unref (summary->skipped);
  g_array_unref (summary->files);
  g_free (summary);
}

static void
creation_free (gpointer data)
{
  Creation *creation = data;

  meir_create_options_free (creation->options);
  g_free (creation);
}

static void
created_free (gpointer data)
{
  Created *created = data;

  g_clear_pointer (&created->torrent, g_bytes_unref);
  g_clear_pointer (&created->summary, meir_create_summary_free);
  g_free (created);
}

static gboolean
is_good_text (const char *text)
{
  return text == NULL || (strlen (text) <= TEXT_BYTES_MAX && g_utf8_validate (text, -1, NULL));
}

static guint
count_trackers (const MeirCreateOptions *options)
{
  guint n = 0;

  for (guint i = 0; i < options->tiers->len; i++)
    n += g_strv_length (options->tiers->pdata[i]);
  return n;
}

static gboolean
check_options (const MeirCreateOptions *options, GError **error)
{
  if (count_trackers (options) > MEIR_TRACKERS_MAX) {
    g_set_error (error, MEIR_ERROR, MEIR_ERROR_INVALID, _ ("The number of trackers is above %u"),
                 MEIR_TRACKERS_MAX);
    return FALSE;
  }
  if (options->web_seeds->len > MEIR_WEB_SEEDS_MAX) {
    g_set_error (error, MEIR_ERROR, MEIR_ERROR_INVALID, _ ("The number of web seeds is above %u"),
                 MEIR_WEB_SEEDS_MAX);
    return FALSE;
  }
  if (!is_good_text (options->comment)) {
    g_set_error (error, MEIR_ERROR, MEIR_ERROR_INVALID,
                 _ ("The comment is not valid UTF-8, or is longer than %u bytes"), TEXT_BYTES_MAX);
    return FALSE;
  }
  if (!is_good_text (options->source)) {
    g_set_error (error, MEIR_ERROR, MEIR_ERROR_INVALID,
                 _ ("The source is not valid UTF-8, or is longer than %u bytes"), TEXT_BYTES_MAX);
    return FALSE;
  }
  return TRUE;
}

/* The files as they were hashed: whoever read one has made sure, before and after, that it is as it was
 * listed. One that was written to just before @begun_usec is left out: written to once more, it could have
 * the same time. */
static GArray *
list_files (const MeirCreateList *list, gint64 begun_usec)
{
  GArray *files = g_array_new (FALSE, FALSE, sizeof (MeirJournalFile));

  for (guint i = 0; i < list->files->len; i++) {
    const MeirCreateFile *file = &g_array_index (list->files, MeirCreateFile, i);
    MeirJournalFile entry = { .file = i, .length = file->length, .mtime_nsec = file->mtime_nsec };

    if (file->mtime_nsec < begun_usec * 1000 - TIME_STEP_NSEC)
      g_array_append_val (files, entry);
  }
  return files;
}

static MeirCreateSummary *
summarise (MeirCreateList *list, gint64 begun_usec, MeirMetainfo *metainfo, const char *reason)
{
  MeirCreateSummary *summary = g_new0 (MeirCreateSummary, 1);

  summary->info_hash = *meir_metainfo_get_info_hash (metainfo);
  summary->name = g_strdup (meir_metainfo_get_display_name (metainfo));
  summary->n_files = meir_metainfo_get_n_files (metainfo);
  summary->total_bytes = meir_metainfo_get_total_length (metainfo);
  summary->piece_length = meir_metainfo_get_piece_length (metainfo);
  summary->piece_length_reason = reason;
  summary->n_pieces = meir_metainfo_get_n_pieces (metainfo);
  summary->n_hidden = list->n_hidden;
  summary->n_excluded = list->n_excluded;
  summary->skipped = g_ptr_array_ref (list->skipped);
  summary->n_skipped = list->n_skipped;
  summary->files = list_files (list, begun_usec);
  return summary;
}

static gboolean
check_n_pieces (guint64 n_pieces, guint32 piece_length, GError **error)
{
  if (n_pieces <= MEIR_PIECES_MAX)
    return TRUE;
  g_set_error (error, MEIR_ERROR, MEIR_ERROR_INVALID,
               _ ("With pieces of %u bytes there would be %ju of them, which is more than %u; choose a "
                  "larger piece length"),
               piece_length, (uintmax_t) n_pieces, MEIR_PIECES_MAX);
  return FALSE;
}

static GBytes *
encode (const Creation *creation, const MeirCreateList *list, guint32 piece_length, const guint8 *digests,
        guint32 n_pieces)
{
  const MeirCreateOptions *options = creation->options;
  g_autofree MeirDraftFile *files = g_new (MeirDraftFile, list->files->len);
  const MeirMetainfoDraft draft = {
    .name = list->name,
    .files = files,
    .n_files = list->files->len,
    .piece_length = piece_length,
    .digests = digests,
    .n_pieces = n_pieces,
    .tiers = options->tiers,
    .web_seeds = options->web_seeds,
    .comment = options->comment,
    .created_by = "MeirTorrent " MEIR_VERSION,
    .source = options->source,
    .creation_date = creation->has_date ? &creation->date : NULL,
    .is_private = options->is_private,
  };

  for (guint i = 0; i < draft.n_files; i++) {
    const MeirCreateFile *file = &g_array_index (list->files, MeirCreateFile, i);
    files[i] = (MeirDraftFile){ .path = file->path, .length = file->length };
  }
  return meir_metainfo_draft_encode (&draft);
}

/* Lists, hashes, encodes; and reads the result as a stranger would, so that nothing is made that nobody
 * loads. */
static Created *
create (Creation *creation, GCancellable *cancellable, GError **error)
{
  const MeirCreateOptions *options = creation->options;
  g_autoptr (MeirCreateList) list = NULL;
  g_autoptr (MeirMetainfo) metainfo = NULL;
  g_autoptr (GBytes) torrent = NULL;
  g_autofree guint8 *digests = NULL;
  const char *reason = _ ("as asked for");
  guint32 piece_length = options->piece_length;
  guint64 n_pieces;
  gint64 begun_usec;
  Created *created;

  if (!check_options (options, error))
    return NULL;
  list = meir_create_list_new (options, cancellable, error);
  if (list == NULL)
    return NULL;
  if (piece_length == 0)
    piece_length = meir_piece_length_choose (list->total_bytes, &reason);
  n_pieces = (list->total_bytes + piece_length - 1) / piece_length;
  if (!check_n_pieces (n_pieces, piece_length, error))
    return NULL;
  if (creation->progress != NULL)
    atomic_store_explicit (&creation->progress->bytes_total, list->total_bytes, memory_order_relaxed);

  digests = g_malloc_n (n_pieces, MEIR_SHA1_LENGTH);
  begun_usec = g_get_real_time ();
  if (!meir_create_hash (list, piece_length, options, creation->progress, cancellable, digests, error))
    return NULL;
  torrent = encode (creation, list, piece_length, digests, (guint32) n_pieces);
  metainfo = meir_metainfo_parse (torrent, error);
  if (metainfo == NULL)
    return NULL;

  created = g_new0 (Created, 1);
  created->summary = summarise (list, begun_usec, metainfo, reason);
  created->torrent = g_steal_pointer (&torrent);
  return created;
}

static gpointer
create_worker (gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  Created *created = create (g_task_get_task_data (task), g_task_get_cancellable (task), &error);

  if (created != NULL)
    g_task_return_pointer (task, created, created_free);
  else
    g_task_return_error (task, error);
  return NULL;
}

/* https://reproducible-builds.org/specs/source-date-epoch/: a bad value is an error, not to be passed over.
 */
static gboolean
find_date (Creation *creation, GError **error)
{
  const char *epoch = g_getenv ("SOURCE_DATE_EPOCH");

  creation->has_date = !creation->options->no_date;
  if (!creation->has_date)
    return TRUE;
  if (epoch == NULL) {
    creation->date = g_get_real_time () / G_USEC_PER_SEC;
    return TRUE;
  }
  if (!g_ascii_string_to_signed (epoch, 10, 0, G_MAXINT64, &creation->date, NULL)) {
    g_autofree char *safe = meir_text_dup_safe (epoch, strlen (epoch), SHOWN_CHARS_MAX);
    g_set_error (error, MEIR_ERROR, MEIR_ERROR_INVALID,
                 _ ("The environment variable “SOURCE_DATE_EPOCH” is “%s”; it has to be a number of seconds "
                    "since 1970"),
                 safe);
    return FALSE;
  }
  return TRUE;
}

void
meir_create_async (MeirCreateOptions *options, MeirCreateProgress *progress, GCancellable *cancellable,
                   GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Creation *creation = g_new0 (Creation, 1);
  GError *error = NULL;
  GThread *thread;

  g_task_set_source_tag (task, meir_create_async);
  g_task_set_task_data (task, creation, creation_free);
  creation->options = options;
  creation->progress = progress;
  /* The working folder belongs to the process: what a relative path means is settled now. */
  if (!g_path_is_absolute (options->path)) {
    g_autofree char *folder = g_get_current_dir ();
    g_autofree char *path = g_steal_pointer (&options->path);
    options->path = g_build_filename (folder, path, NULL);
  }
  if (!find_date (creation, &error)) {
    g_task_return_error (task, error);
    return;
  }
  /* Not in GTask's own pool: that one is small, shared, and meant for what ends soon. */
  thread = g_thread_new ("meir-create", create_worker, g_steal_pointer (&task));
  g_thread_unref (thread);
}

GBytes *
meir_create_finish (GAsyncResult *result, MeirCreateSummary **summary, GError **error)
{
  Created *created;
  GBytes *torrent;

  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  created = g_task_propagate_pointer (G_TASK (result), error);
  if (created == NULL)
    return NULL;
  torrent = g_steal_pointer (&created->torrent);
  if (summary != NULL)
    *summary = g_steal_pointer (&created->summary);
  created_free (created);
  return torrent;
}
