/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/meir-cli-peer-flags.h"

#include "cli/meir-cli-input.h"
#include "cli/meir-cli-only.h"
#include "cli/meir-cli-options.h"
#include "meir-config.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define PEERS_MAX 100000
/* kB/s: ten times what a fast network card carries. */
#define LIMIT_MAX 100000000

void
meir_cli_peer_flags_clear (MeirCliPeerFlags *flags)
{
  g_free (flags->torrent);
  g_free (flags->path);
  g_free (flags->port_text);
  g_free (flags->bind);
  g_strfreev (flags->peers);
  g_free (flags->tls_text);
  g_free (flags->on_complete);
  g_free (flags->exit_when);
  g_strfreev (flags->pins);
  g_free (flags->state);
  g_free (flags->allocate);
  g_free (flags->max_peers_text);
  g_free (flags->down_limit_text);
  g_free (flags->up_limit_text);
  g_strfreev (flags->only);
  g_clear_pointer (&flags->priorities, g_bytes_unref);
  g_clear_pointer (&flags->metainfo, meir_metainfo_unref);
  g_clear_pointer (&flags->magnet, meir_magnet_free);
  g_clear_pointer (&flags->resolver, meir_cli_resolver_free);
  g_clear_pointer (&flags->hook, meir_cli_hook_free);
}

static gboolean
read_options (MeirCliPeerFlags *flags, const MeirCliCommand *command, int argc, char **argv,
              MeirCliExit *exit_code)
{
  const GOptionEntry entries[] = {
    { "torrent", 't', 0, G_OPTION_ARG_FILENAME, &flags->torrent, N_ (".torrent file, or magnet link"),
      N_ ("FILE") },
    { "path", 'p', 0, G_OPTION_ARG_FILENAME, &flags->path,
      N_ ("The folder that holds what is shared, or that downloads go to"), N_ ("DIR") },
    { "port", 0, 0, G_OPTION_ARG_STRING, &flags->port_text, N_ ("Port to listen on (default: any free one)"),
      N_ ("N") },
    { "bind", 0, 0, G_OPTION_ARG_STRING, &flags->bind, N_ ("Use this address only (default: all)"),
      N_ ("ADDR") },
    { "seed", 0, 0, G_OPTION_ARG_NONE, &flags->seed, N_ ("Insist that all of it is there, and share it"),
      NULL },
    { "peer", 0, 0, G_OPTION_ARG_STRING_ARRAY, &flags->peers, N_ ("Peer to connect to; may be repeated"),
      N_ ("HOST:PORT") },
    { "tls", 0, 0, G_OPTION_ARG_STRING, &flags->tls_text,
      N_ ("Encrypt connections to peers: prefer (default), require or off"), N_ ("POLICY") },
    { "tracker-pin", 0, 0, G_OPTION_ARG_STRING_ARRAY, &flags->pins,
      N_ ("Trust the tracker whose key has this fingerprint; may be repeated"), "sha256:HEX" },
    { "on-complete", 0, 0, G_OPTION_ARG_STRING, &flags->on_complete,
      N_ ("Run this command when the download is complete"), N_ ("'CMD ARG'") },
    { "exit-when", 0, 0, G_OPTION_ARG_STRING, &flags->exit_when,
      N_ ("When to stop by itself: complete, or never (default)"), N_ ("WHEN") },
    { "only", 0, 0, G_OPTION_ARG_STRING_ARRAY, &flags->only,
      N_ ("Download only the files whose name or path fits this pattern; may be repeated"), N_ ("GLOB") },
    { "play-order", 0, 0, G_OPTION_ARG_NONE, &flags->play_order,
      N_ ("Download in the order of the files, to play them meanwhile"), NULL },
    { "recheck", 0, 0, G_OPTION_ARG_NONE, &flags->recheck, N_ ("Check everything that is on disk first"),
      NULL },
    { "allocate", 0, 0, G_OPTION_ARG_STRING, &flags->allocate,
      N_ ("Disk space: sparse (default), or full, taken at the start"), N_ ("HOW") },
    { "max-peers", 0, 0, G_OPTION_ARG_STRING, &flags->max_peers_text, N_ ("Most connections at once"),
      N_ ("N") },
    { "down-limit", 0, 0, G_OPTION_ARG_STRING, &flags->down_limit_text,
      N_ ("Download no faster than this many kB a second"), N_ ("N") },
    { "up-limit", 0, 0, G_OPTION_ARG_STRING, &flags->up_limit_text,
      N_ ("Upload no faster than this many kB a second"), N_ ("N") },
    { "state", 0, 0, G_OPTION_ARG_FILENAME, &flags->state,
      N_ ("Folder that remembers what is on disk (default: in the user's state folder)"), N_ ("DIR") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &flags->json, N_ ("Print every event as a line of JSON"), NULL },
    G_OPTION_ENTRY_NULL
  };
  g_auto (GStrv) arguments = NULL;

  return meir_cli_options_parse (command, entries, argc, argv, 0, 0, &arguments, exit_code);
}

/* The index of @text among @words, 0 for NULL; -1 after a complaint. */
static int
parse_choice (const MeirCliCommand *command, const char *option, const char *text, const char *const *words)
{
  g_autofree char *list = NULL;

  if (text == NULL)
    return 0;
  for (int i = 0; words[i] != NULL; i++) {
    if (g_str_equal (words[i], text))
      return i;
  }
  list = g_strjoinv (", ", (char **) words);
  meir_cli_usage (command, _ ("%s “%s” is none of these: %s"), option, text, list);
  return -1;
}

static gboolean
check_choices (MeirCliPeerFlags *flags, const MeirCliCommand *command)
{
  static const char *const tls_words[] = { "prefer", "require", "off", NULL };
  static const MeirTlsPolicy tls_policies[] = { MEIR_TLS_PREFER, MEIR_TLS_REQUIRE, MEIR_TLS_OFF };
  static const char *const exit_words[] = { "never", "complete", NULL };
  static const char *const allocate_words[] = { "sparse", "full", NULL };
  static const MeirAllocation allocations[] = { MEIR_ALLOCATE_SPARSE, MEIR_ALLOCATE_FULL };
  int tls = parse_choice (command, "--tls", flags->tls_text, tls_words);
  int exit_when = tls < 0 ? -1 : parse_choice (command, "--exit-when", flags->exit_when, exit_words);
  int allocate = exit_when < 0 ? -1 : parse_choice (command, "--allocate", flags->allocate, allocate_words);

  if (allocate < 0)
    return FALSE;
  flags->tls = tls_policies[tls];
  flags->exit_when_complete = exit_when == 1;
  flags->allocation = allocations[allocate];
  return TRUE;
}

static gboolean
check_options (MeirCliPeerFlags *flags, const MeirCliCommand *command)
{
  g_autoptr (GError) error = NULL;

  if (flags->torrent == NULL) {
    meir_cli_usage (command, _ ("--torrent is missing; name a .torrent file, or give a magnet link"));
    return FALSE;
  }
  if (flags->path == NULL) {
    meir_cli_usage (
        command, _ ("--path is missing; name the folder that holds what is shared, or that downloads go to"));
    return FALSE;
  }
  if (flags->seed && meir_magnet_is_link (flags->torrent)) {
    meir_cli_usage (command,
                    _ ("--seed needs a .torrent file; a magnet link does not say what has to be there"));
    return FALSE;
  }
  if (flags->seed && flags->only != NULL) {
    meir_cli_usage (command,
                    _ ("--seed insists on all files, and --only chooses some; leave one of them out"));
    return FALSE;
  }
  if ((flags->port_text != NULL &&
       !meir_cli_parse_port (command, "--port", flags->port_text, &flags->port)) ||
      (flags->max_peers_text != NULL &&
       !meir_cli_parse_count (command, "--max-peers", flags->max_peers_text, PEERS_MAX, &flags->max_peers)) ||
      (flags->down_limit_text != NULL &&
       !meir_cli_parse_count (command, "--down-limit", flags->down_limit_text, LIMIT_MAX,
                              &flags->down_limit)) ||
      (flags->up_limit_text != NULL &&
       !meir_cli_parse_count (command, "--up-limit", flags->up_limit_text, LIMIT_MAX, &flags->up_limit)) ||
      !check_choices (flags, command))
    return FALSE;
  if (flags->on_complete != NULL) {
    flags->hook = meir_cli_hook_new (flags->on_complete, &error);
    if (flags->hook == NULL) {
      meir_cli_usage (command, "%s", error->message);
      return FALSE;
    }
  }
  flags->resolver = meir_cli_resolver_new (flags->peers, &error);
  if (flags->resolver == NULL)
    meir_cli_usage (command, "%s", error->message);
  return flags->resolver != NULL;
}

gboolean
meir_cli_peer_flags_parse (MeirCliPeerFlags *flags, const MeirCliCommand *command, int argc, char **argv,
                           MeirCliExit *exit_code)
{
  g_autoptr (GError) error = NULL;

  if (!read_options (flags, command, argc, argv, exit_code))
    return FALSE;
  *exit_code = MEIR_CLI_USAGE;
  if (!check_options (flags, command))
    return FALSE;
  if (meir_magnet_is_link (flags->torrent))
    flags->magnet = meir_magnet_parse (flags->torrent, &error);
  else
    flags->metainfo = meir_cli_load_metainfo (flags->torrent, &error);
  if (flags->metainfo != NULL && flags->only != NULL)
    flags->priorities = meir_cli_only_choose ((const char *const *) flags->only, flags->metainfo, &error);
  if (error != NULL) {
    *exit_code = meir_cli_fail (error);
    return FALSE;
  }
  return TRUE;
}

/* Whether @path is a folder that can be entered or, where @may_make, a place where one can be made: told
 * beforehand, so that a session that cannot start leaves no new folder behind. */
static gboolean
check_folder (const char *path, gboolean may_make, GError **error)
{
  g_autofree char *shown = meir_cli_dup_shown_path (path);
  g_autofree char *at = g_canonicalize_filename (path, NULL);
  int mode = X_OK;
  GStatBuf status;

  while (g_stat (at, &status) != 0) {
    char *parent;

    if (errno != ENOENT || !may_make) {
      meir_set_error_from_errno (error, errno, _ ("Cannot use the folder “%s”"), shown);
      return FALSE;
    }
    parent = g_path_get_dirname (at);
    g_free (at);
    at = parent;
    mode = W_OK | X_OK;
  }
  if (S_ISDIR (status.st_mode) && g_access (at, mode) == 0)
    return TRUE;
  meir_set_error_from_errno (error, S_ISDIR (status.st_mode) ? errno : ENOTDIR,
                             _ ("Cannot use the folder “%s”"), shown);
  return FALSE;
}

/* A folder that we may not write to is good for sharing what is in it, and for nothing else. */
static gboolean
check_writable (const MeirCliPeerFlags *flags, GError **error)
{
  g_autofree char *shown = NULL;
  g_autofree char *content = NULL;
  int error_number;

  if (flags->metainfo == NULL || g_access (flags->path, W_OK) == 0 || errno == ENOENT)
    return TRUE;
  error_number = errno;
  content = g_build_filename (flags->path, meir_metainfo_get_name (flags->metainfo), NULL);
  if (g_access (content, F_OK) == 0)
    return TRUE;
  shown = meir_cli_dup_shown_path (flags->path);
  meir_set_error_from_errno (error, error_number, _ ("Cannot write into the folder “%s”"), shown);
  return FALSE;
}

gboolean
meir_cli_peer_flags_prepare (MeirCliPeerFlags *flags, MeirSessionConfig *config, MeirAddOptions *options,
                             MeirCliExit *exit_code)
{
  GArray *endpoints = meir_cli_resolver_get_endpoints (flags->resolver);
  g_autoptr (GError) error = NULL;

  if (!check_folder (flags->path, !flags->seed, &error) || !check_writable (flags, &error)) {
    *exit_code = meir_cli_fail (error);
    return FALSE;
  }
  if (flags->state == NULL)
    flags->state = g_build_filename (g_get_user_state_dir (), "meirtorrent", "peer", NULL);

  *config = (MeirSessionConfig){
    .bind_address = flags->bind,
    .port = flags->port,
    .tls = flags->tls,
    .state_folder = flags->state,
    .tracker_pins = (const char *const *) flags->pins,
    .max_peers = flags->max_peers,
  };
  *options = (MeirAddOptions){
    .metainfo = flags->metainfo,
    .magnet = flags->magnet,
    .folder = flags->path,
    .peers = (const MeirEndpoint *) (void *) endpoints->data,
    .n_peers = endpoints->len,
    .allocation = flags->allocation,
    .seed_only = flags->seed,
    .recheck = flags->recheck,
    .file_priorities = flags->priorities,
    .choose_files = flags->only != NULL,
    .play_order = flags->play_order,
    .limits = { flags->down_limit * G_GUINT64_CONSTANT (1000), flags->up_limit * G_GUINT64_CONSTANT (1000) },
  };
  return TRUE;
}
