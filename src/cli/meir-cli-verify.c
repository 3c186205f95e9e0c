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
#include <glib/gstdio.h>
#include <sys/stat.h>

/* One check. */
typedef struct {
  MeirMetainfo *metainfo;
  MeirCliWait wait;
  MeirVerifyProgress progress;
  MeirBitfield whole;   /* pieces that are right */
  MeirBitfield missing; /* pieces that are not, because a file is missing or short */
  GError *error;
} Check;

typedef enum {
  FILE_GOOD,
  FILE_MISSING,
  FILE_SHORT,
  FILE_LONG,
  FILE_DAMAGED,
} FileState;

static void
check_clear (Check *check)
{
  g_clear_pointer (&check->metainfo, meir_metainfo_unref);
  meir_cli_wait_clear (&check->wait);
  meir_bitfield_clear (&check->whole);
  meir_bitfield_clear (&check->missing);
  g_clear_error (&check->error);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Check, check_clear)

static gboolean
show_progress (gpointer user_data)
{
  Check *check = user_data;
  guint32 n_pieces = meir_metainfo_get_n_pieces (check->metainfo);
  guint32 done = (guint32) g_atomic_int_get (&check->progress.pieces_done);
  g_autofree char *line =
      g_strdup_printf (ngettext ("%u %%  %u of %u piece checked", "%u %%  %u of %u pieces checked", n_pieces),
                       meir_cli_percent (done, n_pieces), done, n_pieces);

  meir_cli_view_progress ((double) done / MAX (n_pieces, 1), line);
  return G_SOURCE_CONTINUE;
}

static void
on_verified (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Check *check = user_data;

  meir_verify_finish (result, &check->whole, &check->error);
  check->wait.done = TRUE;
}

static gboolean
run_check (Check *check, const char *folder)
{
  meir_cli_wait_init (&check->wait);
  meir_verify_async (check->metainfo, folder, &check->progress, check->wait.cancellable, on_verified, check);
  meir_cli_wait_run (&check->wait, show_progress, check);
  return check->error == NULL;
}

/* The pieces that [offset, offset + length) touches, length > 0. */
static void
piece_range (MeirMetainfo *metainfo, guint64 offset, guint64 length, guint32 *first, guint32 *past_last)
{
  guint32 piece_length = meir_metainfo_get_piece_length (metainfo);

  *first = (guint32) (offset / piece_length);
  *past_last = (guint32) ((offset + length - 1) / piece_length) + 1;
}

/* By its length on disk alone; marks in check->missing the pieces that lack bytes of this file. */
static FileState
look_at_file (Check *check, const char *folder, const MeirMetainfoFile *file)
{
  g_autofree char *path = g_build_filename (folder, file->path, NULL);
  GStatBuf status;
  gboolean there = g_lstat (path, &status) == 0 && S_ISREG (status.st_mode);
  guint64 length = there ? (guint64) status.st_size : 0;
  guint32 first;
  guint32 past_last;

  if (length < file->length) {
    piece_range (check->metainfo, file->offset + length, file->length - length, &first, &past_last);
    for (guint32 piece = first; piece < past_last; piece++) {
      if (!meir_bitfield_get (&check->whole, piece))
        meir_bitfield_set (&check->missing, piece);
    }
  }
  if (!there)
    return FILE_MISSING;
  if (length < file->length)
    return FILE_SHORT;
  return length > file->length ? FILE_LONG : FILE_GOOD;
}

/* Whether a piece of @file is wrong although all its bytes are there. */
static gboolean
is_damaged (const Check *check, const MeirMetainfoFile *file)
{
  guint32 first;
  guint32 past_last;
  guint32 n_accounted;

  if (file->length == 0)
    return FALSE;
  piece_range (check->metainfo, file->offset, file->length, &first, &past_last);
  n_accounted = meir_bitfield_count_range (&check->whole, first, past_last) +
                meir_bitfield_count_range (&check->missing, first, past_last);
  return n_accounted < past_last - first;
}

/* A FileState byte per file. */
static guint8 *
judge_files (Check *check, const char *folder)
{
  guint n_files = meir_metainfo_get_n_files (check->metainfo);
  guint8 *states = g_new0 (guint8, n_files);

  meir_bitfield_init (&check->missing, meir_metainfo_get_n_pieces (check->metainfo));
  for (guint i = 0; i < n_files; i++) {
    const MeirMetainfoFile *file = meir_metainfo_get_file (check->metainfo, i);

    if (!file->is_pad && !file->is_symlink)
      states[i] = look_at_file (check, folder, file);
  }
  for (guint i = 0; i < n_files; i++) {
    const MeirMetainfoFile *file = meir_metainfo_get_file (check->metainfo, i);

    if (states[i] == FILE_GOOD && !file->is_pad && !file->is_symlink && is_damaged (check, file))
      states[i] = FILE_DAMAGED;
  }
  return states;
}

static gboolean
print_text (const Check *check, const guint8 *states)
{
  const char *const labels[] = {
    [FILE_MISSING] = _ ("Missing"),
    [FILE_SHORT] = _ ("Too short"),
    [FILE_LONG] = _ ("Too long"),
    [FILE_DAMAGED] = _ ("Damaged"),
  };
  guint n_bad = check->whole.n_bits - check->whole.n_set - check->missing.n_set;
  gboolean good = meir_bitfield_is_full (&check->whole);
  g_autofree char *pieces =
      g_strdup_printf (_ ("%u good, %u bad, %u missing"), check->whole.n_set, n_bad, check->missing.n_set);

  meir_cli_print_field (_ ("Name"), meir_metainfo_get_display_name (check->metainfo));
  meir_cli_print_field (_ ("Pieces"), pieces);
  for (guint i = 0; i < meir_metainfo_get_n_files (check->metainfo); i++) {
    if (states[i] == FILE_GOOD)
      continue;
    good = FALSE;
    meir_cli_print_field (labels[states[i]], meir_metainfo_get_file (check->metainfo, i)->display_path);
  }
  if (good)
    meir_cli_print ("%s%s%s\n", meir_cli_terminal_colour (MEIR_CLI_GREEN), _ ("All of it is there and right"),
                    meir_cli_terminal_colour (MEIR_CLI_PLAIN));
  return good;
}

static gboolean
print_json (const Check *check, const guint8 *states)
{
  static const char *const words[] = {
    [FILE_MISSING] = "missing",
    [FILE_SHORT] = "short",
    [FILE_LONG] = "long",
    [FILE_DAMAGED] = "damaged",
  };
  gboolean good = meir_bitfield_is_full (&check->whole);
  MeirCliJson json;

  meir_cli_json_begin (&json, "verified");
  meir_cli_json_string (&json, "name", meir_metainfo_get_name (check->metainfo));
  meir_cli_json_uint (&json, "good", check->whole.n_set);
  meir_cli_json_uint (&json, "bad", check->whole.n_bits - check->whole.n_set - check->missing.n_set);
  meir_cli_json_uint (&json, "missing", check->missing.n_set);
  meir_cli_json_open (&json, "files", '[');
  for (guint i = 0; i < meir_metainfo_get_n_files (check->metainfo); i++) {
    if (states[i] == FILE_GOOD)
      continue;
    good = FALSE;
    meir_cli_json_open (&json, NULL, '{');
    meir_cli_json_string (&json, "path", meir_metainfo_get_file (check->metainfo, i)->path);
    meir_cli_json_string (&json, "state", words[states[i]]);
    meir_cli_json_close (&json, '}');
  }
  meir_cli_json_close (&json, ']');
  meir_cli_json_bool (&json, "whole", good);
  meir_cli_json_end (&json);
  return good;
}

static MeirCliExit
run_verify (const MeirCliCommand *command, int argc, char **argv)
{
  g_autofree char *folder = NULL;
  gboolean as_json = FALSE;
  const GOptionEntry entries[] = { { "path", 'p', 0, G_OPTION_ARG_FILENAME, &folder,
                                     N_ ("The folder that holds the torrent's file or folder"), N_ ("DIR") },
                                   { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_ ("Print one line of JSON"),
                                     NULL },
                                   G_OPTION_ENTRY_NULL };
  g_auto (GStrv) arguments = NULL;
  g_auto (Check) check = { NULL };
  g_autofree guint8 *states = NULL;
  MeirCliExit exit_code;
  gboolean good;

  if (!meir_cli_options_parse (command, entries, argc, argv, 1, 1, &arguments, &exit_code))
    return exit_code;
  if (folder == NULL)
    return meir_cli_usage (command,
                           _ ("--path is missing; name the folder that holds the torrent's file or folder"));
  check.metainfo = meir_cli_load_metainfo (arguments[0], &check.error);
  if (check.metainfo == NULL || !run_check (&check, folder))
    return meir_cli_fail (check.error);

  states = judge_files (&check, folder);
  good = as_json ? print_json (&check, states) : print_text (&check, states);
  return good ? MEIR_CLI_OK : MEIR_CLI_FAILED;
}

const MeirCliCommand meir_cli_verify_command = {
  .name = "verify",
  .arguments = N_ ("FILE --path DIR"),
  .summary = N_ ("check the files of a torrent on disk"),
  .description = N_ ("Checks every piece of a torrent's files on disk, and changes nothing.\n"
                     "Exits with 0 when all of it is there and right, else with 1."),
  .run = run_verify,
};
