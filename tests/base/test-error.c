/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/meir-error.h"

#include <errno.h>
#include <gio/gio.h>
#include <string.h>

static void
test_from_errno (void)
{
  static const struct {
    int error_number;
    MeirError code;
  } cases[] = {
    { ENOENT, MEIR_ERROR_NOT_FOUND }, { ENOTDIR, MEIR_ERROR_NOT_FOUND },
    { EEXIST, MEIR_ERROR_EXISTS },    { EACCES, MEIR_ERROR_PERMISSION },
    { EROFS, MEIR_ERROR_READ_ONLY },  { ENOSPC, MEIR_ERROR_NO_SPACE },
    { EDQUOT, MEIR_ERROR_NO_SPACE },  { EFBIG, MEIR_ERROR_NO_SPACE },
    { EIO, MEIR_ERROR_IO },           { ENAMETOOLONG, MEIR_ERROR_INVALID },
    { ELOOP, MEIR_ERROR_INVALID },    { ETIMEDOUT, MEIR_ERROR_TIMED_OUT },
    { EADDRINUSE, MEIR_ERROR_BUSY },  { ECONNREFUSED, MEIR_ERROR_NETWORK },
    { EPIPE, MEIR_ERROR_NETWORK },    { EMFILE, MEIR_ERROR_FAILED },
    { 0, MEIR_ERROR_FAILED },         { 99999, MEIR_ERROR_FAILED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    meir_set_error_from_errno (&error, cases[i].error_number, "It failed");
    g_assert_error (error, MEIR_ERROR, (gint) cases[i].code);
  }
}

static void
test_message (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *expected = g_strdup_printf ("Cannot read /x/y: %s", g_strerror (EACCES));

  meir_set_error_from_errno (&error, EACCES, "Cannot read %s", "/x/y");
  g_assert_error (error, MEIR_ERROR, MEIR_ERROR_PERMISSION);
  g_assert_cmpstr (error->message, ==, expected);
  meir_set_error_from_errno (NULL, EACCES, "Nobody asks"); /* allowed */
}

/* A path is bytes: neither invalid UTF-8 nor an escape sequence gets into a message. */
static void
test_message_is_safe (void)
{
  g_autoptr (GError) error = NULL;

  meir_set_error_from_errno (&error, ENOENT, "Cannot read %s", "/\033[31m\xff\n");
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_null (strpbrk (error->message, "\033\n"));
}

static void
test_bad_input (void)
{
  for (int code = MEIR_ERROR_FAILED; code <= MEIR_ERROR_READ_ONLY; code++) {
    g_autoptr (GError) error = g_error_new (MEIR_ERROR, code, "x");
    gboolean expected = code == MEIR_ERROR_INVALID || code == MEIR_ERROR_NOT_FOUND ||
                        code == MEIR_ERROR_EXISTS || code == MEIR_ERROR_PERMISSION ||
                        code == MEIR_ERROR_READ_ONLY;

    g_assert_cmpint (meir_error_is_bad_input (error), ==, expected);
  }
  {
    g_autoptr (GError) foreign = g_error_new (G_IO_ERROR, MEIR_ERROR_INVALID, "x");

    g_assert_false (meir_error_is_bad_input (foreign));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/error/from-errno", test_from_errno);
  g_test_add_func ("/error/message", test_message);
  g_test_add_func ("/error/message-is-safe", test_message_is_safe);
  g_test_add_func ("/error/bad-input", test_bad_input);
  return g_test_run ();
}
