/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-folder.h"

#include "app-support.h"

#include <string.h>

/* Opening with other programs: what the one that is asked does is made up. That a file manager marks what is
 * shown is tested in tests/ui. */

static char *launched; /* URI, of the last */
static GTask *asked;   /* (nullable): it waits for its answer */

void __wrap_g_app_info_launch_default_for_uri_async (const char *uri, GAppLaunchContext *context,
                                                     GCancellable *cancellable, GAsyncReadyCallback callback,
                                                     gpointer user_data);
gboolean __wrap_g_app_info_launch_default_for_uri_finish (GAsyncResult *result, GError **error);

/* As a portal does: being cancelled does not make it answer. */
void
__wrap_g_app_info_launch_default_for_uri_async (const char *uri, GAppLaunchContext *context,
                                                GCancellable *cancellable, GAsyncReadyCallback callback,
                                                gpointer user_data)
{
  g_free (launched);
  launched = g_strdup (uri);
  asked = g_task_new (NULL, NULL, callback, user_data);
}

gboolean
__wrap_g_app_info_launch_default_for_uri_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

typedef struct {
  char *folder, *path;
  GCancellable *cancellable;
  gboolean done, opened;
  GError *error;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->folder = app_make_folder ();
  fixture->path = app_make_file (fixture->folder, "a song.ogg", 10);
  fixture->cancellable = g_cancellable_new ();
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  app_remove_folder (fixture->folder);
  g_clear_error (&fixture->error);
  g_clear_pointer (&launched, g_free);
  g_assert_null (asked);
  /* Nothing is left that would hear of it. */
  g_cancellable_cancel (fixture->cancellable);
  while (g_main_context_iteration (NULL, FALSE)) {
  }
  g_object_unref (fixture->cancellable);
  g_free (fixture->path);
  g_free (fixture->folder);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_false (fixture->done);
  fixture->opened = meir_ui_folder_open_finish (result, &fixture->error);
  fixture->done = TRUE;
}

static void
on_shown (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->opened = meir_ui_folder_show_finish (result, &fixture->error);
  fixture->done = TRUE;
}

static void
answer (gboolean with_success)
{
  g_autoptr (GTask) task = g_steal_pointer (&asked);

  if (with_success)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, "no program for it");
}

static void
test_open (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *uri = g_filename_to_uri (fixture->path, NULL, NULL);

  meir_ui_folder_open_async (fixture->path, fixture->cancellable, on_opened, fixture);
  app_wait_until (asked != NULL);
  g_assert_cmpstr (launched, ==, uri);
  answer (TRUE);
  app_wait_until (fixture->done);
  g_assert_no_error (fixture->error);
  g_assert_true (fixture->opened);
}

static void
test_failure (Fixture *fixture, gconstpointer unused)
{
  meir_ui_folder_open_async (fixture->path, NULL, on_opened, fixture);
  app_wait_until (asked != NULL);
  answer (FALSE);
  app_wait_until (fixture->done);
  g_assert_error (fixture->error, MEIR_ERROR, MEIR_ERROR_FAILED);
  g_assert_nonnull (strstr (fixture->error->message, "a song.ogg"));
  g_assert_nonnull (strstr (fixture->error->message, "no program for it"));
}

static void
test_missing (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *path = g_build_filename (fixture->folder, "gone", NULL);

  meir_ui_folder_open_async (path, fixture->cancellable, on_opened, fixture);
  app_wait_until (fixture->done);
  g_assert_error (fixture->error, MEIR_ERROR, MEIR_ERROR_NOT_FOUND);
  g_assert_null (launched);
}

/* The user is still being asked which program it shall be, and quits: that is not waited for. */
static void
test_unanswered (Fixture *fixture, gconstpointer late)
{
  meir_ui_folder_open_async (fixture->path, fixture->cancellable, on_opened, fixture);
  app_wait_until (asked != NULL);
  g_cancellable_cancel (fixture->cancellable);
  if (late == NULL)
    answer (TRUE); /* at the same moment */
  app_wait_until (fixture->done);
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  if (late != NULL)
    answer (FALSE); /* and nobody hears it */
}

/* Who has quit by the time that there is no file manager is not shown another program. */
static void
test_cancelled (Fixture *fixture, gconstpointer unused)
{
  meir_ui_folder_show_async (fixture->path, fixture->cancellable, on_shown, fixture);
  g_cancellable_cancel (fixture->cancellable);
  app_wait_until (fixture->done);
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (launched);
}

/* Without a bus, the folder that it lies in is what can be shown. */
static void
test_show (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *uri = g_filename_to_uri (fixture->folder, NULL, NULL);

  meir_ui_folder_show_async (fixture->path, fixture->cancellable, on_shown, fixture);
  app_wait_until (asked != NULL);
  g_assert_cmpstr (launched, ==, uri);
  answer (TRUE);
  app_wait_until (fixture->done);
  g_assert_no_error (fixture->error);
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*test) (Fixture *, gconstpointer);
    gconstpointer data;
  } tests[] = {
    { "/app/folder/open", test_open, NULL },
    { "/app/folder/failure", test_failure, NULL },
    { "/app/folder/missing", test_missing, NULL },
    { "/app/folder/unanswered/now", test_unanswered, NULL },
    { "/app/folder/unanswered/late", test_unanswered, "late" },
    { "/app/folder/cancelled", test_cancelled, NULL },
    { "/app/folder/show", test_show, NULL },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, tests[i].data, set_up, tests[i].test, tear_down);
  return g_test_run ();
}
