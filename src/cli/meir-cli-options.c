/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/meir-cli-options.h"

#include "cli/meir-cli-terminal.h"
#include "meir-config.h"
#include "session/meir.h"

#include <glib/gi18n.h>
#include <stdarg.h>
#include <string.h>

/* RFC 1035, section 2.3.4, without the byte for the root. */
#define HOST_NAME_LENGTH_MAX 253u

MeirCliExit
meir_cli_usage (const MeirCliCommand *command, const char *format, ...)
{
  g_autofree char *reason = NULL;
  va_list arguments;

  va_start (arguments, format);
  reason = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  meir_cli_strip_full_stop (reason);
  /* Translators: the first %s is a complaint about the command line, the second a sub-command's name */
  meir_cli_complain (_ ("%s (“meir %s --help” says more)"), reason, command->name);
  return MEIR_CLI_USAGE;
}

MeirCliExit
meir_cli_fail (const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return MEIR_CLI_INTERRUPTED;
  meir_cli_complain ("%s", error->message);
  return meir_error_is_bad_input (error) ? MEIR_CLI_USAGE : MEIR_CLI_FAILED;
}

static GOptionContext *
context_new (const MeirCliCommand *command, const GOptionEntry *entries, gboolean *help, char ***arguments)
{
  const GOptionEntry common[] = {
    { "help", 'h', G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, help, N_ ("Show this help"), NULL },
    { G_OPTION_REMAINING, 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_FILENAME_ARRAY, arguments, NULL, NULL },
    G_OPTION_ENTRY_NULL
  };
  GOptionContext *context = g_option_context_new (command->arguments != NULL ? _ (command->arguments) : NULL);

  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_set_summary (context, _ (command->description));
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, common, GETTEXT_PACKAGE);
  return context;
}

/* An empty path would be taken for the current folder by some, and makes no sentence in a complaint. */
static gboolean
check_names (const MeirCliCommand *command, const GOptionEntry *entries, char **arguments)
{
  for (; entries->long_name != NULL; entries++) {
    char *const *value = entries->arg_data;

    if (entries->arg == G_OPTION_ARG_FILENAME && g_strcmp0 (*value, "") == 0) {
      meir_cli_usage (command, _ ("The value of --%s is empty"), entries->long_name);
      return FALSE;
    }
  }
  for (; *arguments != NULL; arguments++) {
    if (g_str_equal (*arguments, "")) {
      meir_cli_usage (command, _ ("A file name is empty"));
      return FALSE;
    }
  }
  return TRUE;
}

gboolean
meir_cli_options_parse (const MeirCliCommand *command, const GOptionEntry *entries, int argc, char **argv,
                        guint n_arguments_min, guint n_arguments_max, char ***arguments,
                        MeirCliExit *exit_code)
{
  g_autoptr (GOptionContext) context = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_strconcat ("meir ", command->name, NULL);
  g_auto (GStrv) rest = NULL;
  gboolean help = FALSE;
  guint n;

  g_set_prgname (name);
  context = context_new (command, entries, &help, &rest);
  if (!g_option_context_parse (context, &argc, &argv, &error)) {
    *exit_code = meir_cli_usage (command, "%s", error->message);
    return FALSE;
  }
  if (help) {
    g_autofree char *text = g_option_context_get_help (context, TRUE, NULL);

    meir_cli_print ("%s", text);
    *exit_code = MEIR_CLI_OK;
    return FALSE;
  }
  if (rest == NULL)
    rest = g_new0 (char *, 1);
  n = g_strv_length (rest);
  if (n < n_arguments_min) {
    *exit_code = meir_cli_usage (command, _ ("FILE is missing"));
    return FALSE;
  }
  if (n > n_arguments_max) {
    *exit_code = meir_cli_usage (command, _ ("“%s” is one argument too many"), rest[n_arguments_max]);
    return FALSE;
  }
  if (!check_names (command, entries, rest)) {
    *exit_code = MEIR_CLI_USAGE;
    return FALSE;
  }
  *arguments = g_steal_pointer (&rest);
  return TRUE;
}

gboolean
meir_cli_is_host (const char *text)
{
  g_autofree char *ascii = NULL;

  if (g_hostname_is_ip_address (text))
    return TRUE;
  ascii = g_hostname_to_ascii (text);
  return ascii != NULL && ascii[0] != '\0' && strlen (ascii) <= HOST_NAME_LENGTH_MAX &&
         strspn (ascii, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "-._") == strlen (ascii);
}

gboolean
meir_cli_parse_port (const MeirCliCommand *command, const char *option, const char *text, guint16 *port)
{
  guint64 number;

  if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT16, &number, NULL)) {
    /* Translators: an option and what was given for it, as in the two below: "--port “x” is not a port" */
    meir_cli_usage (command, _ ("%s “%s” is not a port; give a number from 0 to 65535"), option, text);
    return FALSE;
  }
  *port = (guint16) number;
  return TRUE;
}

gboolean
meir_cli_parse_count (const MeirCliCommand *command, const char *option, const char *text, guint max,
                      guint *count)
{
  guint64 number;

  if (!g_ascii_string_to_unsigned (text, 10, 1, max, &number, NULL)) {
    meir_cli_usage (command, _ ("%s “%s” is not a number from 1 to %u"), option, text, max);
    return FALSE;
  }
  *count = (guint) number;
  return TRUE;
}

gboolean
meir_cli_parse_bytes (const MeirCliCommand *command, const char *option, const char *text, guint64 *bytes)
{
  static const struct {
    const char *suffix;
    guint shift;
  } units[] = { { "KiB", 10 }, { "MiB", 20 }, { "K", 10 }, { "M", 20 } };
  g_autofree char *digits = g_strdup (text);
  guint shift = 0;
  guint64 number;

  for (guint i = 0; i < G_N_ELEMENTS (units) && shift == 0; i++) {
    if (g_str_has_suffix (digits, units[i].suffix)) {
      digits[strlen (digits) - strlen (units[i].suffix)] = '\0';
      shift = units[i].shift;
    }
  }
  if (!g_ascii_string_to_unsigned (digits, 10, 0, G_MAXINT64 >> shift, &number, NULL)) {
    meir_cli_usage (command, _ ("%s “%s” is not a number of bytes; write it as 262144, 256K or 4M"), option,
                    text);
    return FALSE;
  }
  *bytes = number << shift;
  return TRUE;
}
