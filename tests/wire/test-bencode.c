/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire/meir-bencode.h"

#include "base/meir-error.h"
#include "base/meir-limits.h"
#include "base/meir-random.h"
#include "wire/meir-bencode-writer.h"

#include <string.h>

static MeirBencode *
parse (const char *text, MeirBencodeMode mode)
{
  g_autoptr (GError) error = NULL;
  MeirBencode *document =
      meir_bencode_parse (text, strlen (text), mode, MEIR_BENCODE_DEPTH_FILE, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (document);
  return document;
}

/* Items of a list, entries of a dictionary. */
static guint
count_items (MeirBencodeNode node)
{
  MeirBencodeIter iter;
  MeirBencodeNode key, value;
  guint n = 0;

  meir_bencode_iter_init (&iter, node);
  while (meir_bencode_iter_next (&iter, &value) || meir_bencode_iter_next_entry (&iter, &key, &value))
    n++;
  return n;
}

static void
assert_refused (const char *bytes, gsize length, MeirBencodeMode mode, const char *expected)
{
  int code = mode == MEIR_BENCODE_STRICT ? MEIR_ERROR_INVALID : MEIR_ERROR_PROTOCOL;
  g_autoptr (GError) error = NULL;

  g_assert_null (meir_bencode_parse (bytes, length, mode, MEIR_BENCODE_DEPTH_FILE, NULL, &error));
  g_assert_error (error, MEIR_ERROR, code);
  g_assert_cmpstr (error->message, ==, expected);
  g_assert_null (meir_bencode_parse (bytes, length, mode, MEIR_BENCODE_DEPTH_FILE, NULL, NULL));
}

static void
test_values (void)
{
  g_autoptr (MeirBencode) document =
      parse ("d1:ai-42e4:listli1e0:l4:deepedee3:str5:hello5:zeroei0ee", MEIR_BENCODE_STRICT);
  MeirBencodeNode root = meir_bencode_get_root (document);
  MeirBencodeNode list = meir_bencode_node_lookup (root, "list");
  gint64 value = 0;
  gsize length;

  g_assert_true (meir_bencode_is_sorted (document));
  g_assert_cmpint (meir_bencode_node_type (root), ==, MEIR_BENCODE_DICT);
  g_assert_cmpuint (count_items (root), ==, 4);
  g_assert_true (meir_bencode_node_lookup_int (root, "a", &value));
  g_assert_cmpint (value, ==, -42);
  g_assert_true (meir_bencode_node_lookup_int (root, "zeroe", &value));
  g_assert_cmpint (value, ==, 0);
  g_assert_cmpmem (meir_bencode_node_lookup_string (root, "str", &length), length, "hello", 5);
  g_assert_true (meir_bencode_node_equals (meir_bencode_node_lookup (root, "str"), "hello"));
  g_assert_false (meir_bencode_node_equals (meir_bencode_node_lookup (root, "str"), "hell"));
  g_assert_cmpint (meir_bencode_node_type (list), ==, MEIR_BENCODE_LIST);
  g_assert_cmpuint (count_items (list), ==, 4);
}

/* What is not there, or of another type, is found by nobody and crashes nobody. */
static void
test_missing (void)
{
  g_autoptr (MeirBencode) document = parse ("d1:ai1e1:b1:xe", MEIR_BENCODE_STRICT);
  MeirBencodeNode root = meir_bencode_get_root (document);
  MeirBencodeNode none = meir_bencode_node_lookup (root, "c");
  MeirBencodeNode number = meir_bencode_node_lookup (root, "a");
  MeirBencodeIter iter;
  MeirBencodeNode key, item;
  gint64 value = 7;
  gsize length = 7;

  g_assert_false (meir_bencode_node_exists (none));
  g_assert_cmpint (meir_bencode_node_type (none), ==, MEIR_BENCODE_NONE);
  g_assert_false (meir_bencode_node_exists (meir_bencode_node_lookup (none, "x")));
  g_assert_false (meir_bencode_node_exists (meir_bencode_node_lookup (number, "x")));
  g_assert_false (meir_bencode_node_int (none, &value));
  g_assert_false (meir_bencode_node_int_clamped (none, &value));
  g_assert_false (meir_bencode_node_lookup_int (root, "b", &value));
  g_assert_cmpint (value, ==, 7);
  g_assert_null (meir_bencode_node_string (none, &length));
  g_assert_cmpuint (length, ==, 0);
  g_assert_null (meir_bencode_node_string (number, &length));
  g_assert_null (meir_bencode_node_span (none, &length));
  g_assert_false (meir_bencode_node_equals (none, ""));
  g_assert_cmpuint (count_items (none), ==, 0);
  g_assert_cmpuint (count_items (number), ==, 0);
  g_assert_cmpuint (meir_bencode_node_offset (none), ==, 0);
  meir_bencode_iter_init (&iter, none);
  g_assert_false (meir_bencode_iter_next (&iter, &item));
  g_assert_false (meir_bencode_iter_next_entry (&iter, &key, &item));
  meir_bencode_iter_init (&iter, root); /* a dictionary is no list, nor the other way round */
  g_assert_false (meir_bencode_iter_next (&iter, &item));
}

static void
test_iteration (void)
{
  g_autoptr (MeirBencode) document = parse ("li1eli2ei3eed1:ki4e1:li5eee", MEIR_BENCODE_STRICT);
  MeirBencodeIter iter, inner;
  MeirBencodeNode item, key;
  gint64 value, sum = 0;
  guint n_items = 0;

  meir_bencode_iter_init (&iter, meir_bencode_get_root (document));
  g_assert_false (meir_bencode_iter_next_entry (&iter, &key, &item));
  for (; meir_bencode_iter_next (&iter, &item); n_items++) {
    if (meir_bencode_node_int (item, &value))
      sum += value;
    meir_bencode_iter_init (&inner, item);
    while (meir_bencode_node_type (item) == MEIR_BENCODE_LIST && meir_bencode_iter_next (&inner, &key)) {
      g_assert_true (meir_bencode_node_int (key, &value));
      sum += 10 * value;
    }
  }
  g_assert_cmpuint (n_items, ==, 3);
  g_assert_cmpint (sum, ==, 51);
  meir_bencode_iter_init (&inner, item);
  g_assert_true (meir_bencode_iter_next_entry (&inner, &key, &item));
  g_assert_true (meir_bencode_node_equals (key, "k"));
  g_assert_true (meir_bencode_iter_next_entry (&inner, &key, &item));
  g_assert_true (meir_bencode_node_equals (key, "l"));
  g_assert_true (meir_bencode_node_int (item, &value));
  g_assert_cmpint (value, ==, 5);
  g_assert_false (meir_bencode_iter_next_entry (&inner, &key, &item));
}

static void
test_span (void)
{
  static const char text[] = "d4:infod4:name1:x6:piecesli1eeee";
  g_autoptr (MeirBencode) document = parse (text, MEIR_BENCODE_STRICT);
  MeirBencodeNode root = meir_bencode_get_root (document);
  MeirBencodeNode info = meir_bencode_node_lookup (root, "info");
  gsize length;

  g_assert_cmpmem (meir_bencode_node_span (root, &length), length, text, strlen (text));
  g_assert_cmpmem (meir_bencode_node_span (info, &length), length, "d4:name1:x6:piecesli1eee", 24);
  g_assert_cmpuint (meir_bencode_node_offset (info), ==, 7);
  g_assert_cmpmem (meir_bencode_node_span (meir_bencode_node_lookup (info, "name"), &length), length, "1:x",
                   3);
  g_assert_cmpmem (meir_bencode_node_span (meir_bencode_node_lookup (info, "pieces"), &length), length,
                   "li1ee", 5);
}

/* Each with the words a user gets. */
static void
test_strict_refuses (void)
{
  static const struct {
    const char *bytes;
    const char *message;
  } cases[] = {
    { "i1", "The data breaks off in the number at byte 0" },
    { "i", "The data breaks off in the number at byte 0" },
    { "i-", "The data breaks off in the number at byte 0" },
    { "ie", "The number at byte 0 holds something that is not a digit" },
    { "i-e", "The number at byte 0 holds something that is not a digit" },
    { "i+1e", "The number at byte 0 holds something that is not a digit" },
    { "i1.5e", "The number at byte 0 holds something that is not a digit" },
    { "i 1e", "The number at byte 0 holds something that is not a digit" },
    { "i--1e", "The number at byte 0 holds something that is not a digit" },
    { "li01ee", "The number at byte 1 has a leading zero" },
    { "i-01e", "The number at byte 0 has a leading zero" },
    { "i00e", "The number at byte 0 has a leading zero" },
    { "i-0e", "The number at byte 0 is minus zero" },
    { "i9223372036854775808e", "The number at byte 0 does not fit 64 bits" },
    { "i-9223372036854775809e", "The number at byte 0 does not fit 64 bits" },
    { "i18446744073709551617e", "The number at byte 0 does not fit 64 bits" },
    { "i99999999999999999999999999999999999e", "The number at byte 0 does not fit 64 bits" },
    { "5:abcd", "The string at byte 0 is longer than the data that follows it" },
    { "l1:ae3:abc", "Something else follows its end at byte 5" },
    { "18446744073709551615:x", "The string at byte 0 is longer than the data that follows it" },
    { "18446744073709551621:abcde", "The string at byte 0 is longer than the data that follows it" },
    { "99999999999999999999999999:x", "The string at byte 0 is longer than the data that follows it" },
    { "05:hello", "The length of the string at byte 0 has a leading zero" },
    { "00:", "The length of the string at byte 0 has a leading zero" },
    { "5hello", "The length of the string at byte 0 is not a number" },
    { "5", "The data breaks off in the string at byte 0" },
    { "-1:x", "There is no value at byte 0" },
    { ":x", "There is no value at byte 0" },
    { "x", "There is no value at byte 0" },
    { "e", "There is no value at byte 0" },
    { " i1e", "There is no value at byte 0" },
    { "<html>", "There is no value at byte 0" },
    { "l", "The data breaks off at byte 1" },
    { "d1:a", "The data breaks off at byte 4" },
    { "d1:ai1e", "The data breaks off at byte 7" },
    { "d1:ae", "A key has no value before byte 4" },
    { "di1ei2ee", "A key of a dictionary should start at byte 1" },
    { "dlei2ee", "A key of a dictionary should start at byte 1" },
    { "d1:ai1e1:ai2ee", "The key at byte 7 is there twice in one dictionary" },
    { "d0:i1e0:i2ee", "The key at byte 6 is there twice in one dictionary" },
    { "i1ei2e", "Something else follows its end at byte 3" },
    { "de\n", "Something else follows its end at byte 2" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_refused (cases[i].bytes, strlen (cases[i].bytes), MEIR_BENCODE_STRICT, cases[i].message);
  assert_refused ("", 0, MEIR_BENCODE_STRICT, "It is empty");
  assert_refused ("i1\0e", 4, MEIR_BENCODE_STRICT,
                  "The number at byte 0 holds something that is not a digit");
}

/* A whole document, cut at every place: refused, and not a byte past the cut is read (the copy is exact, so
 * that the address sanitizer sees it). */
static void
test_truncated (void)
{
  static const char text[] =
      "d8:announce18:http://example.org4:infod6:lengthi12345e4:name1:xe5:otherl2:abi-7eee";

  for (gsize length = 0; length < strlen (text); length++) {
    g_autofree char *cut = g_memdup2 (text, length);

    for (MeirBencodeMode mode = MEIR_BENCODE_STRICT; mode <= MEIR_BENCODE_LENIENT; mode++) {
      g_autoptr (GError) error = NULL;

      g_assert_null (meir_bencode_parse (cut, length, mode, MEIR_BENCODE_DEPTH_FILE, NULL, &error));
      g_assert_nonnull (error);
    }
  }
}

static void
test_unsorted (void)
{
  static const struct {
    const char *bytes;
    gboolean accepted, sorted;
  } cases[] = {
    { "d1:ai1e1:bi2ee", TRUE, TRUE },
    { "d1:bi1e1:ai2ee", TRUE, FALSE },
    { "d2:aai1e1:bi1e1:ai1ee", TRUE, FALSE },
    { "d1:ai1e2:aai1ee", TRUE, TRUE },
    { "d2:aai1e1:ai1ee", TRUE, FALSE },              /* a prefix comes first */
    { "d1:\xffi1e1:ai1ee", TRUE, FALSE },            /* bytes are unsigned */
    { "d1:bi1e1:ai2e1:bi3ee", FALSE, FALSE },        /* not neighbours, but twice */
    { "d1:cd1:bi1e1:ad1:cleee1:alee", TRUE, FALSE }, /* levels do not mix */
    { "ld1:bi1e1:ai2eed1:ai1eee", TRUE, FALSE },
    { "d1:ad1:bi1e1:ai1e1:bi1eee", FALSE, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (MeirBencode) document = meir_bencode_parse (
        cases[i].bytes, strlen (cases[i].bytes), MEIR_BENCODE_STRICT, MEIR_BENCODE_DEPTH_FILE, NULL, NULL);

    g_test_message ("case %" G_GSIZE_FORMAT, i);
    g_assert_cmpint (document != NULL, ==, cases[i].accepted);
    if (document != NULL)
      g_assert_cmpint (meir_bencode_is_sorted (document), ==, cases[i].sorted);
  }
}

/* A hostile dictionary of many keys in the worst order does not take quadratic time. */
static void
test_unsorted_many (void)
{
  g_autoptr (GString) text = g_string_new ("d");
  g_autoptr (MeirBencode) document = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 200000; i > 0; i--)
    g_string_append_printf (text, "7:%07ui1e", i);
  g_string_append (text, "e");
  document = meir_bencode_parse (text->str, text->len, MEIR_BENCODE_STRICT, 1, NULL, &error);
  g_assert_no_error (error);
  g_assert_false (meir_bencode_is_sorted (document));
  g_assert_cmpuint (count_items (meir_bencode_get_root (document)), ==, 200000);

  g_string_truncate (text, text->len - 1);
  g_string_append (text, "7:0100000i2ee");
  g_assert_null (meir_bencode_parse (text->str, text->len, MEIR_BENCODE_STRICT, 1, NULL, &error));
  g_assert_error (error, MEIR_ERROR, MEIR_ERROR_INVALID);
}

static void
test_lenient (void)
{
  g_autoptr (MeirBencode) document = parse (
      "d1:zi-0e1:zi5e1:ai007e1:bi-007e1:c003:abc1:di99999999999999999999e1:ei-99999999999999999999eetail",
      MEIR_BENCODE_LENIENT);
  MeirBencodeNode root = meir_bencode_get_root (document);
  gint64 value = 1;
  gsize length;

  g_assert_true (meir_bencode_node_lookup_int (root, "z", &value)); /* the first counts */
  g_assert_cmpint (value, ==, 0);
  g_assert_true (meir_bencode_node_lookup_int (root, "a", &value));
  g_assert_cmpint (value, ==, 7);
  g_assert_true (meir_bencode_node_lookup_int (root, "b", &value));
  g_assert_cmpint (value, ==, -7);
  g_assert_cmpmem (meir_bencode_node_lookup_string (root, "c", &length), length, "abc", 3);
  g_assert_cmpmem (meir_bencode_node_span (meir_bencode_node_lookup (root, "c"), &length), length, "003:abc",
                   7);
  g_assert_false (meir_bencode_node_lookup_int (root, "d", &value));
  g_assert_cmpint (value, ==, -7);
  g_assert_true (meir_bencode_node_int_clamped (meir_bencode_node_lookup (root, "d"), &value));
  g_assert_cmpint (value, ==, G_MAXINT64);
  g_assert_true (meir_bencode_node_int_clamped (meir_bencode_node_lookup (root, "e"), &value));
  g_assert_cmpint (value, ==, G_MININT64);
}

static void
test_extreme_ints (void)
{
  static const struct {
    const char *bytes;
    gint64 value;
  } cases[] = {
    { "i9223372036854775807e", G_MAXINT64 },
    { "i-9223372036854775808e", G_MININT64 },
    { "i-9223372036854775807e", -G_MAXINT64 },
    { "i1000000000000000000e", G_GINT64_CONSTANT (1000000000000000000) },
    { "i-1e", -1 },
    { "i0e", 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    for (MeirBencodeMode mode = MEIR_BENCODE_STRICT; mode <= MEIR_BENCODE_LENIENT; mode++) {
      g_autoptr (MeirBencode) document = parse (cases[i].bytes, mode);
      gint64 value = 5;

      g_assert_true (meir_bencode_node_int (meir_bencode_get_root (document), &value));
      g_assert_cmpint (value, ==, cases[i].value);
    }
  }
}

/* BEP 9: the metadata block follows the dictionary. */
static void
test_consumed (void)
{
  static const char text[] = "d8:msg_typei1eeDATA";
  g_autoptr (MeirBencode) document = NULL;
  g_autoptr (MeirBencode) strict = NULL;
  gsize consumed = 0;

  document = meir_bencode_parse (text, strlen (text), MEIR_BENCODE_LENIENT, 4, &consumed, NULL);
  g_assert_nonnull (document);
  g_assert_cmpuint (consumed, ==, strlen (text) - 4);
  strict = meir_bencode_parse (text, strlen (text) - 4, MEIR_BENCODE_STRICT, 4, &consumed, NULL);
  g_assert_nonnull (strict);
  g_assert_cmpuint (consumed, ==, strlen (text) - 4);
}

static char *
make_nest (guint depth, char open)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < depth; i++)
    g_string_append (text, open == 'd' ? "d1:a" : "l");
  g_string_append (text, "i1e");
  for (guint i = 0; i < depth; i++)
    g_string_append_c (text, 'e');
  return g_string_free (text, FALSE);
}

static void
test_depth (void)
{
  static const char kinds[] = "ld";

  for (const char *kind = kinds; *kind != '\0'; kind++) {
    g_autofree char *fits = make_nest (32, *kind);
    g_autofree char *too_deep = make_nest (33, *kind);
    g_autofree char *absurd = make_nest (100000, *kind); /* E03, and no recursion to overflow */
    g_autoptr (MeirBencode) document =
        meir_bencode_parse (fits, strlen (fits), MEIR_BENCODE_STRICT, MEIR_BENCODE_DEPTH_WIRE, NULL, NULL);
    g_autoptr (GError) error = NULL;

    g_assert_nonnull (document);
    g_assert_null (meir_bencode_parse (too_deep, strlen (too_deep), MEIR_BENCODE_STRICT,
                                       MEIR_BENCODE_DEPTH_WIRE, NULL, &error));
    g_assert_cmpstr (error->message, ==,
                     *kind == 'l' ? "It is nested more than 32 deep at byte 32"
                                  : "It is nested more than 32 deep at byte 128");
    g_assert_null (meir_bencode_parse (absurd, strlen (absurd), MEIR_BENCODE_LENIENT, MEIR_BENCODE_DEPTH_FILE,
                                       NULL, NULL));
  }
}

/* A file of nothing but tiny values would cost many times its size: it is refused before that memory is
 * taken. */
static void
test_token_cap (void)
{
  g_autoptr (GString) text = g_string_new ("l");
  g_autoptr (GError) error = NULL;
  g_autoptr (MeirBencode) small = NULL;

  for (guint i = 0; i < 30; i++)
    g_string_append (text, "le");
  g_string_append (text, "e");
  small = meir_bencode_parse (text->str, text->len, MEIR_BENCODE_STRICT, 4, NULL, NULL);
  g_assert_nonnull (small); /* a small document may be dense */
  g_assert_cmpuint (count_items (meir_bencode_get_root (small)), ==, 30);

  g_string_truncate (text, text->len - 1);
  for (guint i = 0; i < 100000; i++)
    g_string_append (text, "le");
  g_string_append (text, "e");
  g_assert_null (meir_bencode_parse (text->str, text->len, MEIR_BENCODE_STRICT, 4, NULL, &error));
  g_assert_error (error, MEIR_ERROR, MEIR_ERROR_INVALID);
  g_assert_true (g_str_has_prefix (error->message, "It holds more than 100095 values in "));
}

/* The densest that a torrent of many tiny files can be is not refused. */
static void
test_many_files (void)
{
  g_autoptr (GString) text = g_string_new ("l");
  g_autoptr (MeirBencode) document = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 50000; i++)
    g_string_append (text, "d6:lengthi1e4:pathl1:aee");
  g_string_append (text, "e");
  document = meir_bencode_parse (text->str, text->len, MEIR_BENCODE_STRICT, 8, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (count_items (meir_bencode_get_root (document)), ==, 50000);
}

static void
write_random (MeirBencodeWriter *writer, MeirPrng *prng, guint depth)
{
  guint8 bytes[20];
  char key[8];

  switch (meir_prng_below (prng, depth < 6 ? 4 : 2)) {
  case 0:
    meir_bencode_writer_int (writer, (gint64) meir_prng_next (prng));
    break;
  case 1:
    for (gsize i = 0; i < sizeof bytes; i++)
      bytes[i] = (guint8) meir_prng_next (prng);
    meir_bencode_writer_string (writer, bytes, meir_prng_below (prng, sizeof bytes + 1));
    break;
  case 2:
    meir_bencode_writer_begin_list (writer);
    for (guint i = meir_prng_below (prng, 5); i > 0; i--)
      write_random (writer, prng, depth + 1);
    meir_bencode_writer_end (writer);
    break;
  default:
    meir_bencode_writer_begin_dict (writer);
    for (guint i = 0; i < meir_prng_below (prng, 5) + 1; i++) {
      g_snprintf (key, sizeof key, "k%u", i);
      meir_bencode_writer_key (writer, key);
      write_random (writer, prng, depth + 1);
    }
    meir_bencode_writer_end (writer);
  }
}

static void
copy_node (MeirBencodeWriter *writer, MeirBencodeNode node)
{
  MeirBencodeIter iter;
  MeirBencodeNode key, item;
  const guint8 *bytes;
  gsize length;
  gint64 value;

  meir_bencode_iter_init (&iter, node);
  switch (meir_bencode_node_type (node)) {
  case MEIR_BENCODE_INT:
    g_assert_true (meir_bencode_node_int (node, &value));
    meir_bencode_writer_int (writer, value);
    break;
  case MEIR_BENCODE_STRING:
    bytes = meir_bencode_node_string (node, &length);
    meir_bencode_writer_string (writer, bytes, length);
    break;
  case MEIR_BENCODE_LIST:
    meir_bencode_writer_begin_list (writer);
    while (meir_bencode_iter_next (&iter, &item))
      copy_node (writer, item);
    meir_bencode_writer_end (writer);
    break;
  case MEIR_BENCODE_DICT:
    meir_bencode_writer_begin_dict (writer);
    while (meir_bencode_iter_next_entry (&iter, &key, &item)) {
      g_autofree char *text = NULL;

      bytes = meir_bencode_node_string (key, &length);
      text = g_strndup ((const char *) bytes, length);
      meir_bencode_writer_key (writer, text);
      copy_node (writer, item);
    }
    meir_bencode_writer_end (writer);
    break;
  case MEIR_BENCODE_NONE:
  default:
    g_assert_not_reached ();
  }
}

/* Whatever the writer writes, the reader reads, and what it read writes itself again to the same bytes. */
static void
test_round_trip (void)
{
  MeirPrng prng;

  meir_prng_init (&prng, 5);
  for (guint round = 0; round < 500; round++) {
    g_autoptr (GByteArray) bytes = g_byte_array_new ();
    g_autoptr (GByteArray) copy = g_byte_array_new ();
    g_autoptr (MeirBencode) document = NULL;
    g_autoptr (GError) error = NULL;
    MeirBencodeWriter writer;
    gsize length;

    meir_bencode_writer_init (&writer, bytes);
    write_random (&writer, &prng, 0);
    document = meir_bencode_parse (bytes->data, bytes->len, MEIR_BENCODE_STRICT, 8, NULL, &error);
    g_assert_no_error (error);
    g_assert_true (meir_bencode_is_sorted (document));
    meir_bencode_writer_init (&writer, copy);
    copy_node (&writer, meir_bencode_get_root (document));
    g_assert_cmpmem (copy->data, copy->len, bytes->data, bytes->len);
    g_assert_cmpmem (meir_bencode_node_span (meir_bencode_get_root (document), &length), length, bytes->data,
                     bytes->len);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bencode/values", test_values);
  g_test_add_func ("/bencode/missing", test_missing);
  g_test_add_func ("/bencode/iteration", test_iteration);
  g_test_add_func ("/bencode/span", test_span);
  g_test_add_func ("/bencode/strict-refuses", test_strict_refuses);
  g_test_add_func ("/bencode/truncated", test_truncated);
  g_test_add_func ("/bencode/unsorted", test_unsorted);
  g_test_add_func ("/bencode/unsorted-many", test_unsorted_many);
  g_test_add_func ("/bencode/lenient", test_lenient);
  g_test_add_func ("/bencode/extreme-ints", test_extreme_ints);
  g_test_add_func ("/bencode/consumed", test_consumed);
  g_test_add_func ("/bencode/depth", test_depth);
  g_test_add_func ("/bencode/token-cap", test_token_cap);
  g_test_add_func ("/bencode/many-files", test_many_files);
  g_test_add_func ("/bencode/round-trip", test_round_trip);
  return g_test_run ();
}
