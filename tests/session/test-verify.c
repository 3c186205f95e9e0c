/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session-fixture.h"

#include <glib/gstdio.h>
#include <unistd.h>

#define PIECE  16384u
#define LENGTH (40u * PIECE + 5u)

typedef struct {
  gboolean done;
  gboolean good;
  MeirBitfield whole;
  GError *error;
} Outcome;

static void
on_verified (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Outcome *outcome = user_data;

  outcome->good = meir_verify_finish (result, &outcome->whole, &outcome->error);
  outcome->done = TRUE;
}

static gboolean
is_done (gpointer data)
{
  return ((Outcome *) data)->done;
}

static void
verify (Outcome *outcome, MeirMetainfo *metainfo, const char *folder, GCancellable *cancellable)
{
  MeirVerifyProgress progress = { 0 };

  *outcome = (Outcome){ 0 };
  meir_verify_async (metainfo, folder, &progress, cancellable, on_verified, outcome);
  session_wait (is_done, outcome);
  if (outcome->good)
    g_assert_cmpint (progress.pieces_done, ==, (gint) outcome->whole.n_bits);
}

static void
test_verify (void)
{
  SessionFixture *fixture = session_fixture_new ();
  g_autofree char *folder = session_fixture_folder (fixture, "data");
  g_autofree char *path = g_build_filename (folder, "data.bin", NULL);
  g_autoptr (MeirMetainfo) metainfo = NULL;
  Outcome outcome;

  session_fixture_write (folder, "data.bin", LENGTH, 5);
  metainfo = session_fixture_create (folder, "data.bin", PIECE);
  verify (&outcome, metainfo, folder, NULL);
  g_assert_true (outcome.good && meir_bitfield_is_full (&outcome.whole));
  meir_bitfield_clear (&outcome.whole);

  session_fixture_flip (folder, "data.bin", 3 * PIECE);
  session_fixture_flip (folder, "data.bin", LENGTH - 1);
  verify (&outcome, metainfo, folder, NULL);
  g_assert_true (outcome.good);
  g_assert_cmpuint (outcome.whole.n_set, ==, 39);
  g_assert_false (meir_bitfield_get (&outcome.whole, 3));
  g_assert_false (meir_bitfield_get (&outcome.whole, 40));
  meir_bitfield_clear (&outcome.whole);

  g_assert_cmpint (truncate (path, 10 * PIECE + 1), ==, 0);
  verify (&outcome, metainfo, folder, NULL);
  g_assert_true (outcome.good);
  g_assert_cmpuint (outcome.whole.n_set, ==, 9);
  meir_bitfield_clear (&outcome.whole);

  g_assert_cmpint (g_remove (path), ==, 0);
  verify (&outcome, metainfo, folder, NULL);
  g_assert_true (outcome.good);
  g_assert_cmpuint (outcome.whole.n_set, ==, 0);
  meir_bitfield_clear (&outcome.whole);
  /* It changes nothing, above all it makes no file. */
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));

  g_assert_cmpint (g_rmdir (folder), ==, 0);
  verify (&outcome, metainfo, folder, NULL);
  g_assert_false (outcome.good);
  g_assert_error (outcome.error, MEIR_ERROR, MEIR_ERROR_NOT_FOUND);
  g_clear_error (&outcome.error);
  session_fixture_free (fixture);
}

static gboolean
cancel (gpointer user_data)
{
  g_cancellable_cancel (user_data);
  return G_SOURCE_REMOVE;
}

static void
test_cancel (void)
{
  SessionFixture *fixture = session_fixture_new ();
  g_autofree char *folder = session_fixture_folder (fixture, "data");
  g_autoptr (MeirMetainfo) metainfo = NULL;
  Outcome outcome;

  session_fixture_write (folder, "data.bin", 400 * PIECE, 5);
  metainfo = session_fixture_create (folder, "data.bin", PIECE);
  for (guint i = 0; i < 3; i++) {
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();

    if (i == 0)
      g_cancellable_cancel (cancellable);
    else
      g_timeout_add (i - 1, cancel, cancellable);
    outcome = (Outcome){ 0 };
    meir_verify_async (metainfo, folder, NULL, cancellable, on_verified, &outcome);
    session_wait (is_done, &outcome);
    /* A check that was through before is as good. */
    if (outcome.good)
      meir_bitfield_clear (&outcome.whole);
    else
      g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_assert_false (i == 0 && outcome.good);
    g_clear_error (&outcome.error);
    while (!g_cancellable_is_cancelled (cancellable))
      g_main_context_iteration (NULL, TRUE);
  }
  session_fixture_free (fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/verify/verify", test_verify);
  g_test_add_func ("/verify/cancel", test_cancel);
  return g_test_run ();
}
