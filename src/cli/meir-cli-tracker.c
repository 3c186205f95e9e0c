/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/meir-cli-command.h"
#include "cli/meir-cli-format.h"
#include "cli/meir-cli-input.h"
#include "cli/meir-cli-options.h"
#include "cli/meir-cli-signals.h"
#include "cli/meir-cli-terminal.h"
#include "meir-config.h"
#include "tracker/meir-tracker.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STATUS_INTERVAL_MSEC 500

typedef struct {
  char *port;
  char *udp_port;
  char *bind;
  char *https;
  char *certificate;
  char *key;
  char *allow_list;
  char **hosts;
  char *state;
} Flags;

static void
flags_clear (Flags *flags)
{
  g_free (flags->port);
  g_free (flags->udp_port);
  g_free (flags->bind);
  g_free (flags->https);
  g_free (flags->certificate);
  g_free (flags->key);
  g_free (flags->allow_list);
  g_strfreev (flags->hosts);
  g_free (flags->state);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Flags, flags_clear)

static gboolean
parse_flags (const MeirCliCommand *command, int argc, char **argv, Flags *flags, MeirCliExit *exit_code)
{
  const GOptionEntry entries[] = {
    { "port", 0, 0, G_OPTION_ARG_STRING, &flags->port,
      N_ ("TCP port for HTTP or HTTPS (default: 6969; 0: any free one)"), N_ ("N") },
    { "udp-port", 0, 0, G_OPTION_ARG_STRING, &flags->udp_port,
      N_ ("UDP port (default: the same number; off: none)"), N_ ("N") },
    { "bind", 0, 0, G_OPTION_ARG_STRING, &flags->bind, N_ ("Listen on this address only (default: on all)"),
      N_ ("ADDR") },
    { "https", 0, 0, G_OPTION_ARG_STRING, &flags->https,
      N_ ("Speak HTTPS instead of HTTP, with a self-signed key that is made once"), "auto" },
    { "cert", 0, 0, G_OPTION_ARG_FILENAME, &flags->certificate,
      N_ ("Speak HTTPS with this certificate (PEM); needs --key"), N_ ("FILE") },
    { "key", 0, 0, G_OPTION_ARG_FILENAME, &flags->key, N_ ("The certificate's private key (PEM)"),
      N_ ("FILE") },
    { "allow-list", 0, 0, G_OPTION_ARG_FILENAME, &flags->allow_list,
      N_ ("Track only the info-hashes in this file, one a line"), N_ ("FILE") },
    { "host", 0, 0, G_OPTION_ARG_STRING_ARRAY, &flags->hosts,
      N_ ("Name or address under which others reach this computer; may be repeated"), N_ ("NAME") },
    { "state", 0, 0, G_OPTION_ARG_FILENAME, &flags->state,
      N_ ("Folder that keeps the self-signed key (default: in the user's state folder)"), N_ ("DIR") },
    G_OPTION_ENTRY_NULL
  };
  g_auto (GStrv) arguments = NULL;

  return meir_cli_options_parse (command, entries, argc, argv, 0, 0, &arguments, exit_code);
}

/* One info-hash a line, in hex or base32; what follows a '#' is a remark. FALSE after a complaint. */
static gboolean
read_allow_list (const MeirCliCommand *command, const char *path, GArray *allowed)
{
  g_autofree char *shown = meir_cli_dup_shown_path (path);
  FILE *file = fopen (path, "re");
  char *line = NULL;
  size_t size = 0;
  gboolean good = TRUE;

  if (file == NULL) {
    meir_cli_usage (command, _ ("Cannot read the list “%s”: %s"), shown, g_strerror (errno));
    return FALSE;
  }
  for (guint number = 1; good && getline (&line, &size, file) >= 0; number++) {
    MeirInfoHash info_hash;

    line[strcspn (line, "#\n")] = '\0';
    g_strstrip (line);
    if (line[0] == '\0')
      continue;
    good = meir_info_hash_parse (&info_hash, line);
    if (good)
      g_array_append_val (allowed, info_hash);
    else
      meir_cli_usage (command, _ ("Line %u of the list “%s” is not an info-hash"), number, shown);
  }
  if (good && ferror (file)) {
    meir_cli_usage (command, _ ("Cannot read the list “%s”: %s"), shown, g_strerror (errno));
    good = FALSE;
  }
  free (line);
  fclose (file);
  return good;
}

static gboolean
config_https (const MeirCliCommand *command, const Flags *flags, MeirTrackerConfig *config)
{
  gboolean files = flags->certificate != NULL || flags->key != NULL;

  if (flags->https != NULL && !g_str_equal (flags->https, "auto")) {
    meir_cli_usage (command, _ ("--https “%s” is not known; the only value is “auto”"), flags->https);
    return FALSE;
  }
  if (flags->https != NULL && files) {
    meir_cli_usage (command, _ ("--https auto makes its own key; leave --cert and --key out, or --https"));
    return FALSE;
  }
  if (files && (flags->certificate == NULL || flags->key == NULL)) {
    meir_cli_usage (command, _ ("--cert and --key are needed together"));
    return FALSE;
  }
  config->https = flags->https != NULL ? MEIR_TRACKER_HTTPS_AUTO
                  : files              ? MEIR_TRACKER_HTTPS_FILES
                                       : MEIR_TRACKER_HTTPS_OFF;
  config->certificate_file = flags->certificate;
  config->key_file = flags->key;
  return TRUE;
}

/* @config borrows from @flags, @state and @allowed. */
static gboolean
config_from_flags (const MeirCliCommand *command, const Flags *flags, const char *state, GArray *allowed,
                   MeirTrackerConfig *config)
{
  static const MeirInfoHash nothing;
  guint16 port;

  meir_tracker_config_init (config);
  if (flags->port != NULL) {
    if (!meir_cli_parse_port (command, "--port", flags->port, &port))
      return FALSE;
    config->http_port = port;
  }
  if (flags->udp_port != NULL && g_str_equal (flags->udp_port, "off")) {
    config->udp_port = MEIR_TRACKER_PORT_OFF;
  } else if (flags->udp_port != NULL) {
    if (!meir_cli_parse_port (command, "--udp-port", flags->udp_port, &port))
      return FALSE;
    config->udp_port = port;
  }
  for (char **host = flags->hosts; host != NULL && *host != NULL; host++) {
    if (!meir_cli_is_host (*host)) {
      meir_cli_usage (command, _ ("--host “%s” is not a computer's name or address"), *host);
      return FALSE;
    }
  }
  if (!config_https (command, flags, config))
    return FALSE;
  if (flags->allow_list != NULL) {
    if (!read_allow_list (command, flags->allow_list, allowed))
      return FALSE;
    /* Never NULL, which would allow everything: an empty list allows nothing. */
    config->allowed = allowed->len != 0 ? (const MeirInfoHash *) (void *) allowed->data : &nothing;
    config->n_allowed = allowed->len;
  }
  config->bind_address = flags->bind;
  config->state_folder = state;
  config->names = (const char *const *) flags->hosts;
  return TRUE;
}

static void
print_urls (MeirTracker *tracker, const char *host)
{
  g_auto (GStrv) urls = meir_tracker_dup_announce_urls (tracker, host);

  for (char **url = urls; *url != NULL; url++)
    meir_cli_print_field (_ ("Tracker"), *url);
}

static void
print_start (MeirTracker *tracker, const Flags *flags)
{
  g_autofree char *fingerprint = meir_tracker_dup_fingerprint (tracker);

  if (flags->hosts != NULL)
    for (char **host = flags->hosts; *host != NULL; host++)
      print_urls (tracker, *host);
  else if (flags->bind != NULL)
    print_urls (tracker, flags->bind);
  else
    print_urls (tracker, "localhost");
  meir_cli_print_field (_ ("Pin"), fingerprint);
  if (flags->https != NULL)
    meir_cli_print ("%s\n", _ ("The key is self-signed; give peers the pin, as --tracker-pin"));
  meir_cli_print ("%s\n", _ ("Ctrl-C stops it"));
}

static gboolean
show_counters (gpointer user_data)
{
  MeirTracker *tracker = user_data;
  guint width = meir_cli_terminal_get_width ();
  g_autoptr (GString) line = g_string_new (NULL);
  g_autofree char *uptime = NULL;
  MeirTrackerCounters now;
  gulong announces;

  meir_tracker_get_counters (tracker, &now);
  announces = (gulong) (now.announces_http + now.announces_https + now.announces_udp);
  uptime = meir_cli_format_duration (now.uptime_usec / G_USEC_PER_SEC);
  meir_cli_format_take_field (
      line, width,
      g_strdup_printf (ngettext ("%lu torrent", "%lu torrents", now.torrents), (gulong) now.torrents));
  meir_cli_format_take_field (
      line, width, g_strdup_printf (ngettext ("%lu peer", "%lu peers", now.peers), (gulong) now.peers));
  meir_cli_format_take_field (
      line, width, g_strdup_printf (ngettext ("%lu seed", "%lu seeds", now.seeds), (gulong) now.seeds));
  meir_cli_format_take_field (
      line, width, g_strdup_printf (ngettext ("%lu announce", "%lu announces", announces), announces));
  meir_cli_format_take_field (
      line, width,
      g_strdup_printf (ngettext ("%lu scrape", "%lu scrapes", now.scrapes), (gulong) now.scrapes));
  meir_cli_format_take_field (
      line, width, g_strdup_printf (ngettext ("%lu error", "%lu errors", now.errors), (gulong) now.errors));
  /* Translators: %s is how long the tracker has run, such as "3 min 20 s" */
  meir_cli_format_take_field (line, width, g_strdup_printf (_ ("running for %s"), uptime));
  meir_cli_status (line->str);
  return G_SOURCE_CONTINUE;
}

static MeirCliExit
run_until_stopped (const MeirTrackerConfig *config, const Flags *flags)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (MeirTracker) tracker = NULL;
  g_autoptr (GError) error = NULL;
  guint timer;

  meir_cli_signals_on_stop ((MeirCliStopFunc) g_main_loop_quit, loop);
  tracker = meir_tracker_new (config, &error);
  if (tracker == NULL)
    return meir_cli_fail (error);

  print_start (tracker, flags);
  timer = meir_cli_terminal_is_live () ? g_timeout_add (STATUS_INTERVAL_MSEC, show_counters, tracker) : 0;
  g_main_loop_run (loop);
  g_clear_handle_id (&timer, g_source_remove);
  meir_cli_status (NULL);
  return MEIR_CLI_OK;
}

static MeirCliExit
run_tracker (const MeirCliCommand *command, int argc, char **argv)
{
  g_auto (Flags) flags = { NULL };
  g_autoptr (GArray) allowed = g_array_new (FALSE, FALSE, sizeof (MeirInfoHash));
  g_autofree char *state = NULL;
  MeirTrackerConfig config;
  MeirCliExit exit_code;

  if (!parse_flags (command, argc, argv, &flags, &exit_code))
    return exit_code;
  state = flags.state != NULL ? g_strdup (flags.state)
                              : g_build_filename (g_get_user_state_dir (), "meirtorrent", "tracker", NULL);
  if (!config_from_flags (command, &flags, state, allowed, &config))
    return MEIR_CLI_USAGE;
  return run_until_stopped (&config, &flags);
}

const MeirCliCommand meir_cli_tracker_command = {
  .name = "tracker",
  .arguments = NULL,
  .summary = N_ ("run a tracker, where peers find each other"),
  .description = N_ ("Runs a tracker over HTTP or HTTPS, and UDP, until it is stopped."),
  .run = run_tracker,
};
