/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "discover/meir-http-failure.h"

#include "base/meir-error.h"

#include <libsoup/soup.h>
#include <string.h>

static void
check (GQuark domain, int code, const char *text, MeirError expected, const char *words)
{
  g_autoptr (GError) error = g_error_new_literal (domain, code, text);
  g_autoptr (GError) explained = meir_http_failure_explain ("t.example:80", error);

  g_assert_error (explained, MEIR_ERROR, (gint) expected);
  g_assert_nonnull (strstr (explained->message, "t.example:80"));
  g_assert_nonnull (strstr (explained->message, words));
  g_assert_false (g_str_has_suffix (explained->message, "."));
  g_assert_null (strpbrk (explained->message, "\x1b\n"));
  g_assert_cmpint (g_utf8_strlen (explained->message, -1), <, 400);
}

static void
test_words (void)
{
  g_autofree char *endless = g_strnfill (100000, 'x');

  check (G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED, "x", MEIR_ERROR_NETWORK, "connection refused");
  check (G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE, "x", MEIR_ERROR_NETWORK, "network unreachable");
  check (G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE, "x", MEIR_ERROR_NETWORK, "host unreachable");
  check (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "x", MEIR_ERROR_TIMED_OUT, "does not answer");
  check (G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT, "x", MEIR_ERROR_PROTOCOL, "broke off");
  check (G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED, "x", MEIR_ERROR_PROTOCOL, "broke off");
  check (G_IO_ERROR, G_IO_ERROR_FAILED, "something\n\x1b[2J odd", MEIR_ERROR_NETWORK, "something");
  check (G_IO_ERROR, G_IO_ERROR_FAILED, endless, MEIR_ERROR_NETWORK, "xxx");
  check (G_TLS_ERROR, G_TLS_ERROR_MISC, "bad\x1b hello", MEIR_ERROR_TLS, "TLS");
  check (SOUP_SESSION_ERROR, SOUP_SESSION_ERROR_PARSING, "garbage", MEIR_ERROR_PROTOCOL, "not HTTP");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http-failure/words", test_words);
  return g_test_run ();
}
