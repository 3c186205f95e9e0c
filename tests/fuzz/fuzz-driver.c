/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz-target.h"

#include "base/meir-random.h"

#include <glib.h>
#include <string.h>

/* Stands in for libFuzzer where there is none: runs a target over its kept corpus, tests/fuzz/corpus/NAME,
 * and over mutations of it that are the same every time. FUZZ_NAME is the target's name. */

#define MUTATIONS  4000u
#define LENGTH_MAX 8192u

static GPtrArray *corpus; /* of GBytes, in the order of their names */

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static void
load_corpus (void)
{
  g_autofree char *folder = g_test_build_filename (G_TEST_DIST, "fuzz", "corpus", FUZZ_NAME, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &error);

  corpus = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_assert_no_error (error);
  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir))
    g_ptr_array_add (names, g_build_filename (folder, name, NULL));
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++) {
    char *contents;
    gsize length;

    g_file_get_contents (g_ptr_array_index (names, i), &contents, &length, &error);
    g_assert_no_error (error);
    g_ptr_array_add (corpus, g_bytes_new_take (contents, length));
  }
  g_assert_cmpuint (corpus->len, >, 0);
}

/* From a block of exactly its size, so that the address sanitizer sees a byte too far. */
static void
run (const guint8 *bytes, gsize length)
{
  guint8 *copy = g_malloc (MAX (length, 1));

  if (length > 0)
    memcpy (copy, bytes, length);
  LLVMFuzzerTestOneInput (copy, length);
  g_free (copy);
}

static void
test_corpus (void)
{
  for (guint i = 0; i < corpus->len; i++) {
    gsize length;
    const guint8 *bytes = g_bytes_get_data (g_ptr_array_index (corpus, i), &length);

    run (bytes, length);
  }
}

static void
splice (GByteArray *input, MeirPrng *prng)
{
  gsize length;
  const guint8 *bytes =
      g_bytes_get_data (g_ptr_array_index (corpus, meir_prng_below (prng, corpus->len)), &length);
  guint from = length > 0 ? meir_prng_below (prng, (guint32) length) : 0;

  g_byte_array_set_size (input, meir_prng_below (prng, input->len + 1));
  if (length > 0)
    g_byte_array_append (input, bytes + from, (guint) MIN (length - from, LENGTH_MAX));
}

static void
mutate (GByteArray *input, MeirPrng *prng)
{
  static const char *fragments[] = { "i-0e",
                                     "e",
                                     "l",
                                     "d",
                                     "0:",
                                     "9223372036854775808",
                                     "99999999999:",
                                     "\xff\xff\xff\xff",
                                     "\x80",
                                     "\xe2\x80\xae",
                                     "i-1e",
                                     "\x7f\xff\xff\xff",
                                     "de" };
  const char *fragment = fragments[meir_prng_below (prng, G_N_ELEMENTS (fragments))];
  guint at = meir_prng_below (prng, input->len + 1);

  if (input->len == 0 || meir_prng_below (prng, 12) == 0) {
    g_byte_array_append (input, (const guint8 *) fragment, (guint) strlen (fragment));
    return;
  }
  at = MIN (at, input->len - 1);
  switch (meir_prng_below (prng, 6)) {
  case 0: /* a bit */
    input->data[at] ^= (guint8) (1 << meir_prng_below (prng, 8));
    break;
  case 1: /* a byte */
    input->data[at] = (guint8) meir_prng_next (prng);
    break;
  case 2: /* some bytes are missing */
    g_byte_array_remove_range (input, at, 1 + meir_prng_below (prng, MIN (8, input->len - at)));
    break;
  case 3: /* a known troublemaker */
    for (gsize i = 0; fragment[i] != '\0' && at + i < input->len; i++)
      input->data[at + i] = (guint8) fragment[i];
    break;
  case 4: /* it breaks off */
    g_byte_array_set_size (input, at);
    break;
  default:
    splice (input, prng);
  }
}

static void
test_mutations (void)
{
  g_autoptr (GByteArray) input = g_byte_array_new ();
  MeirPrng prng;

  meir_prng_init (&prng, 1);
  for (guint round = 0; round < MUTATIONS; round++) {
    gsize length;
    const guint8 *bytes =
        g_bytes_get_data (g_ptr_array_index (corpus, meir_prng_below (&prng, corpus->len)), &length);

    g_byte_array_set_size (input, 0);
    if (length > 0)
      g_byte_array_append (input, bytes, (guint) MIN (length, LENGTH_MAX));
    for (guint n = 1 + meir_prng_below (&prng, 4); n > 0; n--)
      mutate (input, &prng);
    run (input->data, input->len);
  }
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  load_corpus ();
  g_test_add_func ("/fuzz/" FUZZ_NAME "/corpus", test_corpus);
  g_test_add_func ("/fuzz/" FUZZ_NAME "/mutations", test_mutations);
  result = g_test_run ();
  g_ptr_array_unref (corpus);
  return result;
}
