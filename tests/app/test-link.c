/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-link.h"

#include "app-support.h"

#include <string.h>

#define HASH "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define LINK                                                                                                 \
  "magnet:?xt=urn:btih:" HASH                                                                                \
  "&dn=a+b%20c%26d%2F&tr=http%3A%2F%2Flocalhost%3A6969%2Fannounce&x.pe=127.0.0.1:1"

/* Magnet links on their way in and out. */

static void
assert_from_uri (const char *uri, const char *expected)
{
  g_autoptr (GFile) file = g_file_new_for_uri (uri);
  g_autofree char *link = meir_ui_link_dup_from_file (file);

  g_assert_cmpstr (link, ==, expected);
}

/* What GApplication hands over is a GFile: '+', %20, '&' and %2F come through it as they were. */
static void
test_from_file (void)
{
  g_autoptr (GFile) argument = g_file_new_for_commandline_arg (LINK);
  g_autofree char *link = meir_ui_link_dup_from_file (argument);

  g_assert_cmpstr (link, ==, LINK);
  assert_from_uri (LINK, LINK);
  assert_from_uri ("MAGNET:?xt=urn:btih:" HASH, "MAGNET:?xt=urn:btih:" HASH);
  /* As gvfs writes it. */
  assert_from_uri ("magnet:///?xt=urn:btih:" HASH "&dn=a+b%20c", "magnet:?xt=urn:btih:" HASH "&dn=a+b%20c");
  assert_from_uri ("file:///tmp/magnet:?xt=a", NULL);
  assert_from_uri ("https://example.org/a.torrent", NULL);
}

static void
assert_from_text (const char *text, const char *expected)
{
  g_autofree char *link = meir_ui_link_dup_from_text (text);

  g_assert_cmpstr (link, ==, expected);
}

static void
test_from_text (void)
{
  assert_from_text ("  " LINK "\r\n", LINK);
  assert_from_text (HASH, "magnet:?xt=urn:btih:" HASH);
  assert_from_text (" " HASH "\n", "magnet:?xt=urn:btih:" HASH);
  assert_from_text ("MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U",
                    "magnet:?xt=urn:btih:MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U");
  assert_from_text ("", NULL);
  assert_from_text ("hello", NULL);
  assert_from_text (HASH "a", NULL);
  assert_from_text ("https://example.org/a.torrent", NULL);
}

static char *
dup_link_of (GBytes *bytes, const char *folder)
{
  MeirSession *session = app_session_new (folder);
  g_autoptr (MeirMetainfo) metainfo = meir_metainfo_parse (bytes, NULL);
  MeirAddOptions options = { .metainfo = metainfo, .folder = folder };
  MeirTorrent *torrent;
  char *link;

  g_assert_nonnull (metainfo);
  torrent = meir_session_add (session, &options, NULL);
  link = meir_ui_link_dup_for_torrent (torrent, NULL, "192.168.7.9", 51413);
  app_session_close (session);
  return link;
}

static GBytes *
torrent_with (const char *before_info, const char *in_info)
{
  g_autofree char *text = g_strdup_printf (
      "d%s4:infod6:lengthi5e4:name3:a&b12:piece lengthi16384e6:pieces20:xxxxxxxxxxxxxxxxxxxx%see",
      before_info, in_info);

  return g_bytes_new (text, strlen (text));
}

static void
test_for_torrent (void)
{
  g_autofree char *folder = app_make_folder ();
  g_autoptr (GBytes) lonely = torrent_with ("", "");
  g_autoptr (GBytes) tracked = torrent_with ("8:announce22:http://tracker.org:80/", "");
  g_autoptr (GBytes) secret = torrent_with ("", "7:privatei1e");
  g_autofree char *lonely_link = dup_link_of (lonely, folder);
  g_autofree char *tracked_link = dup_link_of (tracked, folder);
  g_autofree char *secret_link = dup_link_of (secret, folder);
  g_autoptr (MeirMagnet) magnet = meir_magnet_parse (lonely_link, NULL);
  char text[MEIR_ENDPOINT_TEXT_MAX];

  /* Nobody else could tell where it is: the link does. */
  g_assert_cmpstr (magnet->display_name, ==, "a&b");
  g_assert_cmpuint (magnet->peers->len, ==, 1);
  meir_endpoint_format (&g_array_index (magnet->peers, MeirEndpoint, 0), text);
  g_assert_cmpstr (text, ==, "192.168.7.9:51413");
  g_assert_nonnull (strstr (tracked_link, "&tr="));
  g_assert_null (strstr (tracked_link, "x.pe"));
  g_assert_null (strstr (secret_link, "x.pe"));
  app_remove_folder (folder);
}

static void
test_for_magnet (void)
{
  g_autofree char *folder = app_make_folder ();
  MeirSession *session = app_session_new (folder);
  g_autoptr (MeirMagnet) magnet = meir_magnet_parse ("magnet:?xt=urn:btih:" HASH, NULL);
  MeirAddOptions options = { .magnet = magnet, .folder = folder };
  MeirTorrent *torrent = meir_session_add (session, &options, NULL);
  g_autofree char *with_origin = meir_ui_link_dup_for_torrent (torrent, LINK, "127.0.0.1", 1);
  g_autofree char *without = meir_ui_link_dup_for_torrent (torrent, NULL, "127.0.0.1", 1);

  /* Until the metadata is here, there is nothing better than what was given. */
  g_assert_cmpstr (with_origin, ==, LINK);
  g_assert_cmpstr (without, ==, "magnet:?xt=urn:btih:" HASH);
  app_session_close (session);
  app_remove_folder (folder);
}

static void
test_local_host (void)
{
  g_autofree char *host = meir_ui_link_dup_local_host ();
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  g_assert_nonnull (address);
  g_assert_cmpint (g_inet_address_get_family (address), ==, G_SOCKET_FAMILY_IPV4);
  g_assert_false (g_inet_address_get_is_any (address));
}

int
main (int argc, char **argv)
{
  meir_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/link/from-file", test_from_file);
  g_test_add_func ("/app/link/from-text", test_from_text);
  g_test_add_func ("/app/link/for-torrent", test_for_torrent);
  g_test_add_func ("/app/link/for-magnet", test_for_magnet);
  g_test_add_func ("/app/link/local-host", test_local_host);
  return g_test_run ();
}
