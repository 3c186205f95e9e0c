/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/meir-cli-command.h"
#include "cli/meir-cli-format.h"
#include "cli/meir-cli-input.h"
#include "cli/meir-cli-json.h"
#include "cli/meir-cli-options.h"
#include "cli/meir-cli-terminal.h"
#include "cli/meir-cli-view.h"
#include "cli/meir-cli-wait.h"
#include "meir-config.h"

#include <glib/gi18n.h>

#define THREADS_MAX 256

typedef struct {
  char *path;
  char **trackers;
  char *length;
  char *output;
  gboolean is_private;
  char *comment;
  char *source;
  char **web_seeds;
  char **excludes;
  char *threads;
  gboolean hidden;
  gboolean no_date;
  gboolean json;
} Flags;

static void
flags_clear (Flags *flags)
{
  g_free (flags->path);
  g_strfreev (flags->trackers);
  g_free (flags->length);
  g_free (flags->output);
  g_free (flags->comment);
  g_free (flags->source);
  g_strfreev (flags->web_seeds);
  g_strfreev (flags->excludes);
  g_free (flags->threads);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Flags, flags_clear)

/* One creation. */
typedef struct {
  MeirCliWait wait;
  MeirCreateProgress progress;
  gint64 start_usec;
  GBytes *torrent;
  MeirCreateSummary *summary;
  gboolean written;
  GError *error;
} Creation;

static gboolean
parse_flags (const MeirCliCommand *command, int argc, char **argv, Flags *flags, MeirCliExit *exit_code)
{
  const GOptionEntry entries[] = {
    { "path", 'p', 0, G_OPTION_ARG_FILENAME, &flags->path, N_ ("The file or folder to make a torrent of"),
      N_ ("PATH") },
    { "tracker", 't', 0, G_OPTION_ARG_STRING_ARRAY, &flags->trackers,
      N_ ("Tracker to announce to; again for the next tier, commas within a tier"), N_ ("URL") },
    { "length", 'l', 0, G_OPTION_ARG_STRING, &flags->length,
      N_ ("Piece length: a power of two from 16K to 64M (default: by size)"), N_ ("BYTES") },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &flags->output,
      N_ ("The .torrent to write (default: NAME.torrent in this folder)"), N_ ("FILE") },
    { "private", 0, 0, G_OPTION_ARG_NONE, &flags->is_private, N_ ("Peers come from the trackers only"),
      NULL },
    { "comment", 0, 0, G_OPTION_ARG_STRING, &flags->comment, N_ ("Text that travels with it"), N_ ("TEXT") },
    { "source", 0, 0, G_OPTION_ARG_STRING, &flags->source, N_ ("Where it is from; changes the info-hash"),
      N_ ("TEXT") },
    { "web-seed", 0, 0, G_OPTION_ARG_STRING_ARRAY, &flags->web_seeds,
      N_ ("Web server that has the files too; may be repeated"), N_ ("URL") },
    { "exclude", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &flags->excludes,
      N_ ("Leave out what matches, such as '*.tmp'; may be repeated"), N_ ("GLOB") },
    { "hidden", 0, 0, G_OPTION_ARG_NONE, &flags->hidden, N_ ("Take in names that begin with a dot"), NULL },
    { "no-date", 0, 0, G_OPTION_ARG_NONE, &flags->no_date, N_ ("Leave the creation date out"), NULL },
    { "threads", 0, 0, G_OPTION_ARG_STRING, &flags->threads, N_ ("Threads that hash (default: one a core)"),
      N_ ("N") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &flags->json, N_ ("Print the result as one line of JSON"), NULL },
    G_OPTION_ENTRY_NULL
  };
  g_auto (GStrv) arguments = NULL;

  if (!meir_cli_options_parse (command, entries, argc, argv, 0, 0, &arguments, exit_code))
    return FALSE;
  if (flags->path != NULL)
    return TRUE;
  *exit_code =
      meir_cli_usage (command, _ ("--path is missing; name the file or folder to make a torrent of"));
  return FALSE;
}

/* NULL after a complaint. */
static MeirCreateOptions *
options_from_flags (const MeirCliCommand *command, Flags *flags)
{
  g_autoptr (MeirCreateOptions) options = meir_create_options_new (flags->path);
  g_autoptr (GError) error = NULL;
  guint64 piece_length = 0;
  gboolean good = TRUE;

  if (flags->length != NULL && !meir_cli_parse_bytes (command, "--length", flags->length, &piece_length))
    return NULL;
  if (flags->threads != NULL &&
      !meir_cli_parse_count (command, "--threads", flags->threads, THREADS_MAX, &options->threads))
    return NULL;

  for (char **url = flags->trackers; good && url != NULL && *url != NULL; url++)
    good = meir_create_options_add_tier (options, *url, &error);
  for (char **url = flags->web_seeds; good && url != NULL && *url != NULL; url++)
    good = meir_create_options_add_web_seed (options, *url, &error);
  if (good && flags->length != NULL)
    good = meir_create_options_set_piece_length (options, piece_length, &error);
  if (!good) {
    meir_cli_usage (command, "%s", error->message);
    return NULL;
  }

  for (char **glob = flags->excludes; glob != NULL && *glob != NULL; glob++)
    g_ptr_array_add (options->excludes, g_strdup (*glob));
  options->comment = g_steal_pointer (&flags->comment);
  options->source = g_steal_pointer (&flags->source);
  options->is_private = flags->is_private;
  options->include_hidden = flags->hidden;
  options->no_date = flags->no_date;
  return g_steal_pointer (&options);
}

static gboolean
show_progress (gpointer user_data)
{
  Creation *creation = user_data;
  gint64 elapsed_usec = MAX (g_get_monotonic_time () - creation->start_usec, 1);
  guint width = meir_cli_terminal_get_width ();
  g_autoptr (GString) line = g_string_new (NULL);
  g_autofree char *rate = NULL;
  g_autofree char *left = NULL;
  guint64 done;
  guint64 total;
  double per_sec;

  meir_create_progress_get (&creation->progress, &done, &total);
  if (total == 0) {
    meir_cli_status (_ ("Listing files…"));
    return G_SOURCE_CONTINUE;
  }
  per_sec = (double) done * G_USEC_PER_SEC / (double) elapsed_usec;
  rate = meir_cli_format_rate ((guint64) per_sec);
  meir_cli_format_take_field (line, width, g_strdup_printf (_ ("%u %%"), meir_cli_percent (done, total)));
  meir_cli_format_take_field (line, width, g_steal_pointer (&rate));
  if (done != 0) {
    left = meir_cli_format_duration (MAX ((gint64) ((double) (total - done) / per_sec), 1));
    meir_cli_format_take_field (line, width, g_strdup_printf (_ ("%s left"), left));
  }
  meir_cli_view_progress ((double) done / (double) total, line->str);
  return G_SOURCE_CONTINUE;
}

static void
on_created (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Creation *creation = user_data;

  creation->torrent = meir_create_finish (result, &creation->summary, &creation->error);
  creation->wait.done = TRUE;
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Creation *creation = user_data;

  creation->written = meir_create_write_finish (result, &creation->error);
  creation->wait.done = TRUE;
}

static gboolean
show_writing (gpointer user_data)
{
  meir_cli_status (_ ("Writing the .torrent…"));
  return G_SOURCE_CONTINUE;
}

/* Ctrl-C is heard here too, so that it leaves no half of a file. */
static gboolean
write_output (Creation *creation, const char *output)
{
  creation->wait.done = FALSE;
  meir_create_write_async (output, creation->torrent, creation->wait.cancellable, on_written, creation);
  meir_cli_wait_run (&creation->wait, show_writing, creation);
  return creation->written;
}

static void
run_creation (Creation *creation, MeirCreateOptions *options)
{
  meir_cli_wait_init (&creation->wait);
  creation->start_usec = g_get_monotonic_time ();
  meir_create_async (options, &creation->progress, creation->wait.cancellable, on_created, creation);
  meir_cli_wait_run (&creation->wait, show_progress, creation);
}

static void
creation_clear (Creation *creation)
{
  meir_cli_wait_clear (&creation->wait);
  g_clear_pointer (&creation->torrent, g_bytes_unref);
  g_clear_pointer (&creation->summary, meir_create_summary_free);
  g_clear_error (&creation->error);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Creation, creation_clear)

static void
print_left_out (const MeirCreateSummary *summary)
{
  if (summary->n_hidden != 0) {
    g_autofree char *hidden =
        g_strdup_printf (ngettext ("%u hidden name (--hidden takes it in)",
                                   "%u hidden names (--hidden takes them in)", summary->n_hidden),
                         summary->n_hidden);
    meir_cli_print_field (_ ("Left out"), hidden);
  }
  if (summary->n_excluded != 0) {
    g_autofree char *excluded = g_strdup_printf (
        ngettext ("%u name that --exclude matched", "%u names that --exclude matched", summary->n_excluded),
        summary->n_excluded);
    meir_cli_print_field (_ ("Left out"), excluded);
  }
  for (guint i = 0; i < summary->skipped->len; i++)
    meir_cli_print_field (_ ("Left out"), g_ptr_array_index (summary->skipped, i));
  if (summary->n_skipped > summary->skipped->len) {
    guint n_more = summary->n_skipped - summary->skipped->len;
    g_autofree char *more = g_strdup_printf (ngettext ("%u more symbolic link or special file",
                                                       "%u more symbolic links and special files", n_more),
                                             n_more);
    meir_cli_print_field (_ ("Left out"), more);
  }
}

static void
print_summary (const MeirCreateSummary *summary, const char *output, const char *magnet)
{
  g_autofree char *size = meir_cli_format_size (summary->total_bytes);
  g_autofree char *shown = meir_cli_dup_shown_path (output);
  g_autofree char *sizes = g_strdup_printf (ngettext ("%s in %u file", "%s in %u files", summary->n_files),
                                            size, summary->n_files);
  g_autofree char *pieces = g_strdup_printf ("%u", summary->n_pieces);
  g_autofree char *piece_size = meir_cli_format_size (summary->piece_length);
  g_autofree char *piece_length = NULL;
  char hex[2 * MEIR_SHA1_LENGTH + 1];

  meir_cli_print_field (_ ("Created"), shown);
  meir_cli_print_field (_ ("Name"), summary->name);
  meir_cli_print_field (_ ("Info-hash"), meir_info_hash_to_hex (&summary->info_hash, hex));
  meir_cli_print_field (_ ("Size"), sizes);
  meir_cli_print_field (_ ("Pieces"), pieces);
  /* Translators: a size, and why it was chosen: "256 KiB (enough pieces to share early, …)" */
  piece_length = g_strdup_printf (_ ("%s (%s)"), piece_size, summary->piece_length_reason);
  meir_cli_print_field (_ ("Piece length"), piece_length);
  print_left_out (summary);
  meir_cli_print_field (_ ("Magnet"), magnet);
}

static void
print_json (const MeirCreateSummary *summary, MeirMetainfo *metainfo, const char *output, const char *magnet)
{
  char hex[2 * MEIR_SHA1_LENGTH + 1];
  MeirCliJson json;

  meir_cli_json_begin (&json, "created");
  meir_cli_json_string (&json, "output", output);
  meir_cli_json_string (&json, "name", meir_metainfo_get_name (metainfo));
  meir_cli_json_string (&json, "info_hash", meir_info_hash_to_hex (&summary->info_hash, hex));
  meir_cli_json_uint (&json, "bytes", summary->total_bytes);
  meir_cli_json_uint (&json, "files", summary->n_files);
  meir_cli_json_uint (&json, "pieces", summary->n_pieces);
  meir_cli_json_uint (&json, "piece_length", summary->piece_length);
  meir_cli_json_uint (&json, "hidden", summary->n_hidden);
  meir_cli_json_uint (&json, "excluded", summary->n_excluded);
  meir_cli_json_uint (&json, "skipped", summary->n_skipped);
  meir_cli_json_string (&json, "magnet", magnet);
  meir_cli_json_end (&json);
}

/* NAME.torrent for what --path names, "." and trailing slashes included. */
static char *
default_output (const char *path)
{
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_autofree char *name = g_path_get_basename (absolute);

  return g_strconcat (g_str_equal (name, G_DIR_SEPARATOR_S) ? "root" : name, ".torrent", NULL);
}

static MeirCliExit
run_create (const MeirCliCommand *command, int argc, char **argv)
{
  g_auto (Flags) flags = { NULL };
  g_auto (Creation) creation = { 0 };
  g_autoptr (MeirCreateOptions) options = NULL;
  g_autoptr (MeirMetainfo) metainfo = NULL;
  g_autoptr (MeirMagnet) magnet = NULL;
  g_autofree char *output = NULL;
  g_autofree char *link = NULL;
  MeirCliExit exit_code;

  if (!parse_flags (command, argc, argv, &flags, &exit_code))
    return exit_code;
  options = options_from_flags (command, &flags);
  if (options == NULL)
    return MEIR_CLI_USAGE;

  run_creation (&creation, g_steal_pointer (&options));
  if (creation.torrent == NULL)
    return meir_cli_fail (creation.error);

  output = flags.output != NULL ? g_strdup (flags.output) : default_output (flags.path);
  /* What we made is read back before it is kept, by the same parser that every peer's input passes. */
  metainfo = meir_metainfo_parse (creation.torrent, &creation.error);
  if (metainfo == NULL || !write_output (&creation, output))
    return meir_cli_fail (creation.error);

  magnet = meir_magnet_new_from_metainfo (metainfo);
  link = meir_magnet_to_string (magnet);
  if (flags.json)
    print_json (creation.summary, metainfo, output, link);
  else
    print_summary (creation.summary, output, link);
  return MEIR_CLI_OK;
}

const MeirCliCommand meir_cli_create_command = {
  .name = "create",
  .arguments = N_ ("--path PATH"),
  .summary = N_ ("make a .torrent of a file or folder"),
  .description = N_ ("Makes a .torrent of a file or folder, and prints its magnet link."),
  .run = run_create,
};
