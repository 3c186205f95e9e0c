/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-application.h"
#include "app/meir-ui-settings.h"

#include "meir-config.h"
#include "session/meir.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <signal.h>
#include <sys/resource.h>

/* A swarm needs more descriptors than the 1,024 that are usual. */
static void
raise_file_limit (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= limit.rlim_max)
    return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);
}

int
main (int argc, char **argv)
{
  g_autoptr (MeirUiApplication) application = NULL;
  g_autoptr (GError) error = NULL;

  meir_init ();
  signal (SIGPIPE, SIG_IGN);
  signal (SIGXFSZ, SIG_IGN);
  raise_file_limit ();
  setlocale (LC_ALL, "");
  textdomain (GETTEXT_PACKAGE);

  if (!meir_ui_settings_load (&error)) {
    g_printerr ("meirtorrent: %s\n", error->message);
    return 1;
  }
  application = meir_ui_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
