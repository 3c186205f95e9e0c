/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "meta/meir-url-sieve.h"

#include <string.h>

static char *
take (MeirUrlSieve *sieve, const char *text)
{
  return meir_url_sieve_take (sieve, text, strlen (text));
}

static void
test_trackers (void)
{
  g_auto (MeirUrlSieve) sieve;
  g_autofree char *http = NULL;
  g_autofree char *udp = NULL;

  meir_url_sieve_init (&sieve, 10, TRUE);
  http = take (&sieve, "HTTP://Host/announce");
  udp = take (&sieve, "udp://host:80");
  g_assert_cmpstr (http, ==, "http://host/announce");
  g_assert_cmpstr (udp, ==, "udp://host:80");
  g_assert_cmpuint (sieve.n_dropped, ==, 0);
  g_assert_null (take (&sieve, "ftp://host/"));
  g_assert_null (take (&sieve, "http://host/announce")); /* once is enough */
  g_assert_cmpuint (sieve.n_dropped, ==, 2);
  g_assert_null (take (&sieve, ""));
  g_assert_cmpuint (sieve.n_dropped, ==, 2);
}

static void
test_web_seeds (void)
{
  g_auto (MeirUrlSieve) sieve;
  g_autofree char *https = NULL;

  meir_url_sieve_init (&sieve, 10, FALSE);
  https = take (&sieve, "https://host/file");
  g_assert_cmpstr (https, ==, "https://host/file");
  g_assert_null (take (&sieve, "udp://host:80"));
  g_assert_cmpuint (sieve.n_dropped, ==, 1);
}

static void
test_cap (void)
{
  g_auto (MeirUrlSieve) sieve;
  guint kept = 0;

  meir_url_sieve_init (&sieve, 3, TRUE);
  for (guint i = 0; i < 1000; i++) {
    g_autofree char *text = g_strdup_printf ("http://host/%u", i);
    g_autofree char *url = take (&sieve, text);
    kept += url != NULL;
  }
  g_assert_cmpuint (kept, ==, 3);
  g_assert_cmpuint (sieve.n_dropped, ==, 997);
}

static void
test_hostile (void)
{
  g_auto (MeirUrlSieve) sieve;
  g_autofree char *huge = g_strnfill (1 << 20, 'x');

  meir_url_sieve_init (&sieve, 10, TRUE);
  g_assert_null (meir_url_sieve_take (&sieve, "http://host\0.evil/", 18));
  g_assert_null (take (&sieve, huge));
  g_assert_cmpuint (sieve.n_dropped, ==, 2);
  /* Not NUL-terminated: only the given bytes are read. */
  {
    g_autofree char *bounded = meir_url_sieve_take (&sieve, "http://host/abc", 12);
    g_assert_cmpstr (bounded, ==, "http://host/");
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/meta/url-sieve/trackers", test_trackers);
  g_test_add_func ("/meta/url-sieve/web-seeds", test_web_seeds);
  g_test_add_func ("/meta/url-sieve/cap", test_cap);
  g_test_add_func ("/meta/url-sieve/hostile", test_hostile);
  return g_test_run ();
}
