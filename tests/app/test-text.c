/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-text.h"

#include <gio/gio.h>
#include <string.h>

/* Names and messages from outside, on their way into a sentence. */

static void
test_isolated (void)
{
  g_autofree char *latin = meir_ui_text_dup_isolated ("a <b>&amp;");
  g_autofree char *hebrew = meir_ui_text_dup_isolated ("\327\220\327\221");
  g_autofree char *nothing = meir_ui_text_dup_isolated ("");

  g_assert_cmpstr (latin, ==, "\342\201\250a <b>&amp;\342\201\251");
  g_assert_cmpstr (hebrew, ==, "\342\201\250\327\220\327\221\342\201\251");
  g_assert_cmpstr (nothing, ==, "\342\201\250\342\201\251");
}

static void
test_error (void)
{
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "a\nb\342\200\256c\033[1m");
  g_autofree char *text = meir_ui_text_dup_error (error);
  g_autofree char *many = g_strnfill (10000, 'x');
  g_autoptr (GError) long_error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, many);
  g_autofree char *long_text = meir_ui_text_dup_error (long_error);

  g_assert_cmpstr (text, ==, "a\357\277\275b\357\277\275c\357\277\275[1m");
  g_assert_cmpint (g_utf8_strlen (long_text, -1), ==, 500);
  g_assert_true (g_str_has_suffix (long_text, "…"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/text/isolated", test_isolated);
  g_test_add_func ("/app/text/error", test_error);
  return g_test_run ();
}
