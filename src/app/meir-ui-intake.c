/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-intake.h"

#include "app/meir-ui-link.h"
#include "app/meir-ui-metainfo.h"

#include <glib/gi18n.h>
#include <string.h>

/* Text is a list of links as long as it is no longer than this. */
#define LINES_MAX 1000

struct _MeirUiIntake {
  MeirUiApplication *application;
  guint n_taken;
  guint n_failed;
  char *first; /* (nullable): why the first of them failed */
};

MeirUiIntake *
meir_ui_intake_new (MeirUiApplication *application)
{
  MeirUiIntake *intake = g_rc_box_new0 (MeirUiIntake);

  intake->application = g_object_ref (application);
  return intake;
}

static void
report (MeirUiIntake *intake)
{
  g_autofree char *text = NULL;

  if (intake->n_failed == 0)
    return;
  if (intake->n_taken == 1)
    text = g_strdup (intake->first);
  else
    text =
        g_strdup_printf (ngettext ("%u of them could not be added: %s",
                                   "%u of them could not be added; the first because: %s", intake->n_failed),
                         intake->n_failed, intake->first);
  meir_ui_application_tell (intake->application, text);
}

static void
intake_clear (gpointer data)
{
  MeirUiIntake *intake = data;

  report (intake);
  g_object_unref (intake->application);
  g_free (intake->first);
}

void
meir_ui_intake_unref (MeirUiIntake *intake)
{
  g_rc_box_release_full (intake, intake_clear);
}

static void
fail (MeirUiIntake *intake, const char *message)
{
  intake->n_failed++;
  if (intake->first == NULL)
    intake->first = g_strdup (message);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MeirUiIntake) intake = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MeirMetainfo) metainfo = meir_ui_metainfo_finish (result, &error);

  meir_ui_application_end_load (intake->application);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (metainfo == NULL || !meir_ui_application_add_metainfo (intake->application, metainfo, &error))
    fail (intake, error->message);
}

static void
add_link (MeirUiIntake *intake, const char *link)
{
  g_autoptr (GError) error = NULL;

  intake->n_taken++;
  if (!meir_ui_application_add_link (intake->application, link, &error))
    fail (intake, error->message);
}

void
meir_ui_intake_add (MeirUiIntake *intake, GFile *file)
{
  g_autofree char *link = meir_ui_link_dup_from_file (file);

  if (link != NULL) {
    add_link (intake, link);
    return;
  }
  intake->n_taken++;
  meir_ui_metainfo_load_async (file, meir_ui_application_begin_load (intake->application), on_loaded,
                               g_rc_box_acquire (intake));
}

void
meir_ui_intake_share (MeirUiIntake *intake, GFile *file)
{
  intake->n_taken++;
  meir_ui_application_share (intake->application, file);
}

static gboolean
is_torrent (GFile *file)
{
  g_autofree char *name = g_file_get_basename (file);
  const char *suffix = name != NULL ? strrchr (name, '.') : NULL;

  return suffix != NULL && g_ascii_strcasecmp (suffix, ".torrent") == 0;
}

void
meir_ui_intake_take (MeirUiIntake *intake, GFile *file)
{
  g_autofree char *link = meir_ui_link_dup_from_file (file);

  if (link != NULL || is_torrent (file))
    meir_ui_intake_add (intake, file);
  else
    meir_ui_intake_share (intake, file);
}

static void
take_line (MeirUiIntake *intake, const char *line)
{
  g_autofree char *link = meir_ui_link_dup_from_text (line);
  g_autoptr (GFile) file = NULL;

  if (link != NULL) {
    add_link (intake, link);
  } else if (g_ascii_strncasecmp (line, "file:", strlen ("file:")) == 0) {
    file = g_file_new_for_uri (line);
    meir_ui_intake_take (intake, file);
  } else {
    intake->n_taken++;
    fail (intake, _ ("This is no magnet link"));
  }
}

void
meir_ui_intake_take_text (MeirUiIntake *intake, const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", LINES_MAX + 1);

  for (guint i = 0; lines[i] != NULL && i < LINES_MAX; i++) {
    if (*g_strstrip (lines[i]) != '\0')
      take_line (intake, lines[i]);
  }
}
