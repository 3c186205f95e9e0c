/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/meir-cli-command.h"
#include "cli/meir-cli-format.h"
#include "cli/meir-cli-input.h"
#include "cli/meir-cli-json.h"
#include "cli/meir-cli-options.h"
#include "cli/meir-cli-terminal.h"
#include "meir-config.h"

#include <glib/gi18n.h>
#include <string.h>

#define URL_CHARS_MAX 2048u
#define INDENT        2

static void
print_url (const char *label, const char *url)
{
  g_autofree char *safe = meir_text_dup_safe (url, strlen (url), URL_CHARS_MAX);

  meir_cli_print_field (label, safe);
}

static void
print_date (MeirMetainfo *metainfo)
{
  g_autoptr (GDateTime) date = NULL;
  g_autofree char *text = NULL;
  gint64 seconds;

  if (!meir_metainfo_get_creation_date (metainfo, &seconds))
    return;
  date = g_date_time_new_from_unix_utc (seconds);
  text = date != NULL ? g_date_time_format (date, "%Y-%m-%d %H:%M:%S UTC") : NULL;
  meir_cli_print_field (_ ("Created"), text);
}

static void
print_sizes (MeirMetainfo *metainfo)
{
  guint32 n_pieces = meir_metainfo_get_n_pieces (metainfo);
  g_autofree char *size = meir_cli_format_size_exact (meir_metainfo_get_total_length (metainfo));
  g_autofree char *piece_size = meir_cli_format_size (meir_metainfo_get_piece_length (metainfo));
  g_autofree char *pieces =
      g_strdup_printf (ngettext ("%u of %s", "%u of %s", n_pieces), n_pieces, piece_size);

  meir_cli_print_field (_ ("Size"), size);
  meir_cli_print_field (_ ("Pieces"), pieces);
}

static void
print_addresses (MeirMetainfo *metainfo)
{
  GPtrArray *tiers = meir_metainfo_get_tiers (metainfo);
  GPtrArray *web_seeds = meir_metainfo_get_web_seeds (metainfo);
  guint n_dropped = meir_metainfo_get_n_dropped_urls (metainfo);

  for (guint tier = 0; tier < tiers->len; tier++) {
    g_autofree char *label =
        tiers->len == 1 ? g_strdup (_ ("Tracker")) : g_strdup_printf (_ ("Tier %u"), tier + 1);

    for (char **url = g_ptr_array_index (tiers, tier); *url != NULL; url++)
      print_url (label, *url);
  }
  for (guint i = 0; i < web_seeds->len; i++)
    print_url (_ ("Web seed"), g_ptr_array_index (web_seeds, i));
  if (n_dropped != 0) {
    g_autofree char *text = g_strdup_printf (
        ngettext ("%u address that cannot be used", "%u addresses that cannot be used", n_dropped),
        n_dropped);
    meir_cli_print_field (_ ("Ignored"), text);
  }
}

/* What a file is, beside its length; "" for a plain one. */
static const char *
file_remark (const MeirMetainfoFile *file)
{
  if (file->is_pad)
    return _ ("  (padding, never written)");
  if (file->is_symlink)
    return _ ("  (symbolic link, never made)");
  return file->is_renamed ? _ ("  (name shown changed)") : "";
}

/* The folders of @path that @before was not in, each on a line, and then the file. */
static void
print_file (const MeirMetainfoFile *file, char **before, char **path)
{
  g_autofree char *size = meir_cli_format_size (file->length);
  gboolean same = TRUE;
  guint depth = 0;

  for (; path[depth] != NULL && path[depth + 1] != NULL; depth++) {
    same = same && before != NULL && before[depth] != NULL && g_str_equal (before[depth], path[depth]);
    if (!same)
      meir_cli_print ("%*s%s%s/%s\n", (int) (INDENT * (depth + 1)), "",
                      meir_cli_terminal_colour (MEIR_CLI_BLUE), path[depth],
                      meir_cli_terminal_colour (MEIR_CLI_PLAIN));
  }
  meir_cli_print ("%*s%s  %s%s%s%s\n", (int) (INDENT * (depth + 1)), "", path[depth],
                  meir_cli_terminal_colour (MEIR_CLI_DIM), size, file_remark (file),
                  meir_cli_terminal_colour (MEIR_CLI_PLAIN));
}

static void
print_files (MeirMetainfo *metainfo)
{
  guint n_files = meir_metainfo_get_n_files (metainfo);
  g_autofree char *count = g_strdup_printf ("%u", n_files);
  g_auto (GStrv) before = NULL;

  meir_cli_print_field (_ ("Files"), count);
  for (guint i = 0; i < n_files && !meir_cli_output_is_broken (); i++) {
    const MeirMetainfoFile *file = meir_metainfo_get_file (metainfo, i);
    char **path = g_strsplit (file->display_path, "/", -1);

    print_file (file, before, path);
    g_strfreev (before);
    before = path;
  }
}

static void
print_text (MeirMetainfo *metainfo)
{
  char hex[2 * MEIR_SHA1_LENGTH + 1];

  meir_cli_print_field (_ ("Name"), meir_metainfo_get_display_name (metainfo));
  meir_cli_print_field (_ ("Info-hash"), meir_info_hash_to_hex (meir_metainfo_get_info_hash (metainfo), hex));
  print_sizes (metainfo);
  meir_cli_print_field (_ ("Private"), meir_metainfo_is_private (metainfo)
                                           ? _ ("yes: peers from the trackers only")
                                           : _ ("no"));
  if (meir_metainfo_is_hybrid (metainfo))
    meir_cli_print_field (_ ("Version"), _ ("1 and 2 (hybrid); version 1 is used"));
  meir_cli_print_field (_ ("Source"), meir_metainfo_get_source (metainfo));
  meir_cli_print_field (_ ("Comment"), meir_metainfo_get_comment (metainfo));
  meir_cli_print_field (_ ("Created by"), meir_metainfo_get_created_by (metainfo));
  print_date (metainfo);
  print_addresses (metainfo);
  print_files (metainfo);
}

static void
json_addresses (MeirCliJson *json, MeirMetainfo *metainfo)
{
  GPtrArray *tiers = meir_metainfo_get_tiers (metainfo);
  GPtrArray *web_seeds = meir_metainfo_get_web_seeds (metainfo);

  meir_cli_json_open (json, "trackers", '[');
  for (guint tier = 0; tier < tiers->len; tier++) {
    meir_cli_json_open (json, NULL, '[');
    for (char **url = g_ptr_array_index (tiers, tier); *url != NULL; url++)
      meir_cli_json_string (json, NULL, *url);
    meir_cli_json_close (json, ']');
  }
  meir_cli_json_close (json, ']');
  meir_cli_json_open (json, "web_seeds", '[');
  for (guint i = 0; i < web_seeds->len; i++)
    meir_cli_json_string (json, NULL, g_ptr_array_index (web_seeds, i));
  meir_cli_json_close (json, ']');
}

static void
json_files (MeirCliJson *json, MeirMetainfo *metainfo)
{
  meir_cli_json_open (json, "files", '[');
  for (guint i = 0; i < meir_metainfo_get_n_files (metainfo); i++) {
    const MeirMetainfoFile *file = meir_metainfo_get_file (metainfo, i);

    meir_cli_json_open (json, NULL, '{');
    meir_cli_json_string (json, "path", file->path);
    meir_cli_json_uint (json, "bytes", file->length);
    if (file->is_pad)
      meir_cli_json_bool (json, "pad", TRUE);
    if (file->is_symlink)
      meir_cli_json_bool (json, "symlink", TRUE);
    meir_cli_json_close (json, '}');
  }
  meir_cli_json_close (json, ']');
}

static void
print_json (MeirMetainfo *metainfo)
{
  char hex[2 * MEIR_SHA1_LENGTH + 1];
  MeirCliJson json;
  gint64 created;

  meir_cli_json_begin (&json, "info");
  meir_cli_json_string (&json, "name", meir_metainfo_get_name (metainfo));
  meir_cli_json_string (&json, "info_hash",
                        meir_info_hash_to_hex (meir_metainfo_get_info_hash (metainfo), hex));
  meir_cli_json_uint (&json, "bytes", meir_metainfo_get_total_length (metainfo));
  meir_cli_json_uint (&json, "pieces", meir_metainfo_get_n_pieces (metainfo));
  meir_cli_json_uint (&json, "piece_length", meir_metainfo_get_piece_length (metainfo));
  meir_cli_json_bool (&json, "private", meir_metainfo_is_private (metainfo));
  meir_cli_json_bool (&json, "hybrid", meir_metainfo_is_hybrid (metainfo));
  meir_cli_json_string (&json, "source", meir_metainfo_get_source (metainfo));
  meir_cli_json_string (&json, "comment", meir_metainfo_get_comment (metainfo));
  meir_cli_json_string (&json, "created_by", meir_metainfo_get_created_by (metainfo));
  if (meir_metainfo_get_creation_date (metainfo, &created))
    meir_cli_json_int (&json, "created", created);
  json_addresses (&json, metainfo);
  json_files (&json, metainfo);
  meir_cli_json_end (&json);
}

static MeirCliExit
run_info (const MeirCliCommand *command, int argc, char **argv)
{
  gboolean as_json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_ ("Print one line of JSON"), NULL }, G_OPTION_ENTRY_NULL
  };
  g_auto (GStrv) arguments = NULL;
  g_autoptr (MeirMetainfo) metainfo = NULL;
  g_autoptr (GError) error = NULL;
  MeirCliExit exit_code;

  if (!meir_cli_options_parse (command, entries, argc, argv, 1, 1, &arguments, &exit_code))
    return exit_code;
  metainfo = meir_cli_load_metainfo (arguments[0], &error);
  if (metainfo == NULL)
    return meir_cli_fail (error);
  if (as_json)
    print_json (metainfo);
  else
    print_text (metainfo);
  return MEIR_CLI_OK;
}

const MeirCliCommand meir_cli_info_command = {
  .name = "info",
  .arguments = N_ ("FILE"),
  .summary = N_ ("show what a .torrent holds"),
  .description = N_ ("Shows what a .torrent holds: name, info-hash, sizes, trackers and files."),
  .run = run_info,
};
