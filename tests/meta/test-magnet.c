/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "meta/meir-magnet.h"

#include "torrent-text.h"

#define HEX    "0123456789abcdef0123456789abcdef01234567"
#define BASE32 "AERUKZ4JVPG66AJDIVTYTK6N54ASGRLH"
#define LINK   "magnet:?xt=urn:btih:" HEX

static MeirMagnet *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  MeirMagnet *magnet = meir_magnet_parse (text, &error);

  g_assert_no_error (error);
  return magnet;
}

static void
assert_round_trip (const char *text, const char *canonical)
{
  g_autoptr (MeirMagnet) magnet = parse (text);
  g_autofree char *written = meir_magnet_to_string (magnet);
  g_autoptr (MeirMagnet) again = parse (written);
  g_autofree char *rewritten = meir_magnet_to_string (again);

  g_assert_cmpstr (written, ==, canonical);
  g_assert_cmpstr (rewritten, ==, canonical);
}

static void
test_info_hash (void)
{
  g_autoptr (MeirMagnet) hex = parse (LINK);
  g_autoptr (MeirMagnet) base32 = parse ("magnet:?xt=urn:btih:" BASE32);
  g_autoptr (MeirMagnet) upper = parse ("MAGNET:?XT=URN:BTIH:0123456789ABCDEF0123456789ABCDEF01234567");
  g_autoptr (MeirMagnet) numbered = parse ("magnet:?xt.1=urn:btih:" HEX);
  g_autoptr (MeirMagnet) escaped = parse ("magnet:?xt=urn%3Abtih%3A" HEX);
  char text[41];

  g_assert_cmpstr (meir_info_hash_to_hex (&hex->info_hash, text), ==, HEX);
  g_assert_true (meir_info_hash_equal (&hex->info_hash, &base32->info_hash));
  g_assert_true (meir_info_hash_equal (&hex->info_hash, &upper->info_hash));
  g_assert_true (meir_info_hash_equal (&hex->info_hash, &numbered->info_hash));
  g_assert_true (meir_info_hash_equal (&hex->info_hash, &escaped->info_hash));
}

static void
test_first_topic_counts (void)
{
  g_autoptr (MeirMagnet) magnet = parse ("magnet:?xt=urn:sha1:WHATEVER&xt=urn:btmh:1220ab&xt=urn:btih:" HEX
                                         "&xt=urn:btih:ffffffffffffffffffffffffffffffffffffffff");
  char text[41];

  g_assert_cmpstr (meir_info_hash_to_hex (&magnet->info_hash, text), ==, HEX);
}

static void
test_everything (void)
{
  g_autoptr (MeirMagnet) magnet =
      parse (LINK "&dn=My+File%20%C3%A4&xl=12345&tr=http%3A%2F%2Ft.example%2Fannounce&tr.2=udp://u.example:80"
                  "&ws=https://w.example/f&x.pe=192.0.2.1:6881&x.pe=%5B2001:db8::1%5D:6881&so=0-3&kt=a+b");
  const MeirEndpoint *peer = &g_array_index (magnet->peers, MeirEndpoint, 1);

  g_assert_cmpstr (magnet->display_name, ==, "My File ä");
  g_assert_cmpuint (magnet->length, ==, 12345);
  g_assert_cmpuint (magnet->trackers->len, ==, 2);
  g_assert_cmpstr (magnet->trackers->pdata[0], ==, "http://t.example/announce");
  g_assert_cmpstr (magnet->trackers->pdata[1], ==, "udp://u.example:80");
  g_assert_cmpuint (magnet->web_seeds->len, ==, 1);
  g_assert_cmpstr (magnet->web_seeds->pdata[0], ==, "https://w.example/f");
  g_assert_cmpuint (magnet->peers->len, ==, 2);
  g_assert_cmpuint (peer->family, ==, 6);
  g_assert_cmpuint (peer->port, ==, 6881);
  g_assert_cmpuint (magnet->n_dropped, ==, 0);
}

static void
test_nothing_optional (void)
{
  g_autoptr (MeirMagnet) magnet = parse (LINK "&&dn=&tr&=x&xl=&tr=&");

  g_assert_null (magnet->display_name);
  g_assert_cmpuint (magnet->length, ==, 0);
  g_assert_cmpuint (magnet->trackers->len, ==, 0);
  g_assert_cmpuint (magnet->peers->len, ==, 0);
  g_assert_cmpuint (magnet->web_seeds->len, ==, 0);
}

static void
test_written (void)
{
  assert_round_trip ("magnet:?xt=urn:btih:" BASE32, LINK);
  assert_round_trip ("  " LINK "\n", LINK);
  assert_round_trip (LINK "&x.pe=[2001:db8::1]:6881&x.pe=192.0.2.1:6881&ws=http://w/&tr=http://t/a?b=c&xl=7"
                          "&dn=a%26b%3Dc+d",
                     LINK "&dn=a%26b%3Dc%20d&xl=7&tr=http%3A%2F%2Ft%2Fa%3Fb%3Dc&ws=http%3A%2F%2Fw%2F"
                          "&x.pe=%5B2001:db8::1%5D:6881&x.pe=192.0.2.1:6881");
  assert_round_trip (LINK "&dn=%E6%97%A5%E6%9C%AC", LINK "&dn=%E6%97%A5%E6%9C%AC");
}

static const struct {
  const char *text;
  const char *part;
} refused[] = {
  { "", "does not begin with" },
  { "magnet", "does not begin with" },
  { "magnet:", "does not begin with" },
  { "magnet:xt=urn:btih:" HEX, "does not begin with" },
  { "http://example/", "does not begin with" },
  { "-" LINK, "does not begin with" },
  { "magnet:?", "no xt=urn:btih: part" },
  { "magnet:?dn=name&tr=http://t/", "no xt=urn:btih: part" },
  { "magnet:?xt", "no xt=urn:btih: part" },
  { "magnet:?xt.=urn:btih:" HEX, "no xt=urn:btih: part" },
  { "magnet:?xt.a=urn:btih:" HEX, "no xt=urn:btih: part" },
  { "magnet:?xtc=urn:btih:" HEX, "no xt=urn:btih: part" },
  { "magnet:?xt=urn:btmh:1220" HEX, "version 2" },
  { "magnet:?xt=urn:btih:", "info-hash “”" },
  { "magnet:?xt=urn:btih:0123", "info-hash “0123”" },
  { "magnet:?xt=urn:btih:" HEX "0", "is not 40 hexadecimal digits" },
  { "magnet:?xt=urn:btih:g123456789abcdef0123456789abcdef01234567", "is not 40 hexadecimal digits" },
  { "magnet:?xt=urn:btih:" HEX "%00", "is not 40 hexadecimal digits" },
  { "magnet:?xt=urn:btih:%zz" HEX, "is not 40 hexadecimal digits" },
  { "magnet:?xt=urn:btih:1ERUKZ4JVPG66AJDIVTYTK6N54ASGRLH", "is not 40 hexadecimal digits" },
  { LINK "&dn=a\nb", "control character" },
  { LINK "&dn=\x1b[31m", "control character" },
  { LINK "&tr=http://t/\r\nHost:x", "control character" },
};

static void
test_refused (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (meir_magnet_parse (refused[i].text, &error));
    assert_sentence (error, refused[i].part);
  }
}

static void
test_length_limit (void)
{
  g_autoptr (GString) text = g_string_new (LINK "&dn=");
  g_autoptr (MeirMagnet) magnet = NULL;
  g_autoptr (GError) error = NULL;

  while (text->len < MEIR_MAGNET_LENGTH_MAX)
    g_string_append_c (text, 'x');
  magnet = parse (text->str);
  g_assert_cmpint (g_utf8_strlen (magnet->display_name, -1), <=, 500);
  g_string_append_c (text, 'x');
  g_assert_null (meir_magnet_parse (text->str, &error));
  assert_sentence (error, "longer than 64 KiB");
}

static void
test_dropped (void)
{
  g_autoptr (MeirMagnet) magnet = parse (
      LINK "&tr=file:///etc/passwd&tr=javascript:alert(1)&tr=http://t/%25zz&tr=http://t/%zz"
           "&tr=http://t%00.evil/&tr=http://user@/&tr=http://t/%0d%0aX:y"
           "&ws=udp://w:80&x.pe=example.com:80&x.pe=1.2.3.4:0&x.pe=0.0.0.0:1&x.pe=1.2.3.4&x.pe=1.2.3.4:5%00"
           "&tr=http://good/&tr=http://good/&x.pe=1.2.3.4:5&x.pe=1.2.3.4:5");

  g_assert_cmpuint (magnet->trackers->len, ==, 1);
  g_assert_cmpstr (magnet->trackers->pdata[0], ==, "http://good/");
  g_assert_cmpuint (magnet->web_seeds->len, ==, 0);
  g_assert_cmpuint (magnet->peers->len, ==, 1);
  g_assert_cmpuint (magnet->n_dropped, ==, 15);
}

static void
test_caps (void)
{
  g_autoptr (GString) text = g_string_new (LINK);
  g_autoptr (MeirMagnet) magnet = NULL;

  for (guint i = 0; i < 100; i++)
    g_string_append_printf (text, "&tr=http://t%u/&ws=http://w%u/&x.pe=192.0.2.%u:80", i, i, i);
  magnet = parse (text->str);
  g_assert_cmpuint (magnet->trackers->len, ==, MEIR_MAGNET_LIST_MAX);
  g_assert_cmpuint (magnet->web_seeds->len, ==, MEIR_MAGNET_LIST_MAX);
  g_assert_cmpuint (magnet->peers->len, ==, MEIR_MAGNET_LIST_MAX);
  g_assert_cmpuint (magnet->n_dropped, ==, 3 * (100 - MEIR_MAGNET_LIST_MAX));
}

static void
test_name_is_made_safe (void)
{
  g_autoptr (MeirMagnet) magnet = parse (LINK "&dn=%1b%5b31mred%E2%80%AEgnp.exe%00%ff&dn=second");
  g_autoptr (MeirMagnet) percent = parse (LINK "&dn=100%+sure%2");

  g_assert_cmpstr (magnet->display_name, ==, "\uFFFD[31mred\uFFFDgnp.exe\uFFFD\uFFFD");
  g_assert_cmpstr (percent->display_name, ==, "100% sure%2");
}

static void
test_lengths (void)
{
  static const char *const ignored[] = { "-1",   "1e3", "18446744073709551616",
                                         "0x10", " 5",  "1152921504606846977" };
  g_autoptr (MeirMagnet) largest = parse (LINK "&xl=1152921504606846976");

  g_assert_cmpuint (largest->length, ==, MEIR_TOTAL_LENGTH_MAX);
  for (guint i = 0; i < G_N_ELEMENTS (ignored); i++) {
    g_autofree char *text = g_strdup_printf (LINK "&xl=%s", ignored[i]);
    g_autoptr (MeirMagnet) magnet = parse (text);
    g_assert_cmpuint (magnet->length, ==, 0);
  }
}

static void
test_is_link (void)
{
  g_assert_true (meir_magnet_is_link (LINK));
  g_assert_true (meir_magnet_is_link ("  MagNet:?"));
  g_assert_false (meir_magnet_is_link ("magnet.torrent"));
  g_assert_false (meir_magnet_is_link ("./magnet:?"));
  g_assert_false (meir_magnet_is_link (""));
}

static void
test_from_metainfo (void)
{
  g_autoptr (MeirMetainfo) metainfo = parse_or_die (wrap_info (
      "13:announce-listll8:http://aee8:url-list9:http://w/", make_info ("6:lengthi5e4:name3:a b", 4, 2)));
  g_autoptr (MeirMagnet) magnet = meir_magnet_new_from_metainfo (metainfo);
  g_autofree char *text = meir_magnet_to_string (magnet);
  g_autofree char *expected = NULL;
  char hex[41];

  meir_info_hash_to_hex (meir_metainfo_get_info_hash (metainfo), hex);
  expected = g_strdup_printf (
      "magnet:?xt=urn:btih:%s&dn=a%%20b&xl=5&tr=http%%3A%%2F%%2Fa&ws=http%%3A%%2F%%2Fw%%2F", hex);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_from_metainfo_with_many_trackers (void)
{
  g_autoptr (GString) outer = g_string_new ("13:announce-listl");
  g_autoptr (MeirMetainfo) metainfo = NULL;
  g_autoptr (MeirMagnet) magnet = NULL;

  for (guint i = 100; i < 200; i++)
    g_string_append_printf (outer, "l11:http://t%ue", i);
  g_string_append_c (outer, 'e');
  metainfo = parse_or_die (wrap_info (outer->str, make_info ("6:lengthi5e4:name1:a", 4, 2)));
  magnet = meir_magnet_new_from_metainfo (metainfo);
  g_assert_cmpuint (magnet->trackers->len, ==, MEIR_MAGNET_LIST_MAX);
  g_assert_cmpuint (magnet->n_dropped, ==, 36);
}

static void
test_tiers (void)
{
  g_autoptr (MeirMagnet) magnet = parse (LINK "&tr=http://a/&tr=http://b/");
  g_autoptr (GPtrArray) tiers = meir_magnet_dup_tiers (magnet);
  g_autoptr (GBytes) info = make_info ("6:lengthi5e4:name1:a", 4, 2);
  g_autoptr (MeirMetainfo) metainfo = meir_metainfo_new_from_info (info, tiers, magnet->web_seeds, NULL);

  g_assert_cmpuint (tiers->len, ==, 2);
  g_assert_cmpuint (g_strv_length (tiers->pdata[1]), ==, 1);
  g_assert_cmpstr (((char **) tiers->pdata[1])[0], ==, "http://b/");
  g_assert_cmpuint (meir_metainfo_get_tiers (metainfo)->len, ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/meta/magnet/info-hash", test_info_hash);
  g_test_add_func ("/meta/magnet/first-topic-counts", test_first_topic_counts);
  g_test_add_func ("/meta/magnet/everything", test_everything);
  g_test_add_func ("/meta/magnet/nothing-optional", test_nothing_optional);
  g_test_add_func ("/meta/magnet/written", test_written);
  g_test_add_func ("/meta/magnet/refused", test_refused);
  g_test_add_func ("/meta/magnet/length-limit", test_length_limit);
  g_test_add_func ("/meta/magnet/dropped", test_dropped);
  g_test_add_func ("/meta/magnet/caps", test_caps);
  g_test_add_func ("/meta/magnet/name-is-made-safe", test_name_is_made_safe);
  g_test_add_func ("/meta/magnet/lengths", test_lengths);
  g_test_add_func ("/meta/magnet/is-link", test_is_link);
  g_test_add_func ("/meta/magnet/from-metainfo", test_from_metainfo);
  g_test_add_func ("/meta/magnet/from-metainfo-with-many-trackers", test_from_metainfo_with_many_trackers);
  g_test_add_func ("/meta/magnet/tiers", test_tiers);
  return g_test_run ();
}
