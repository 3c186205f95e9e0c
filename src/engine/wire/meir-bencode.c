/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire/meir-bencode.h"

#include "base/meir-error.h"
#include "base/meir-limits.h"
#include "meir-config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Small documents need not be sparse: {"a":{}} has a token for every one of its bytes but two. */
#define TOKENS_FREE 64u

/* What a token is, is told by the byte at its offset: 'i', 'l', 'd', a digit, or 'e' for the end of a
 * container. */
typedef struct {
  guint32 offset;
  guint32 next; /* token after this value; the end of a container is at its next - 1 */
} Token;

struct _MeirBencode {
  const guint8 *bytes;
  guint32 n_tokens;
  gboolean unsorted;
  Token tokens[];
};

typedef struct {
  guint32 token; /* of the container */
  gboolean is_dict;
  gboolean wants_value; /* the last thing was a key */
  gboolean has_key;
  gboolean unsorted;
  gsize key_offset; /* of the last key */
} Level;

/* Runs twice over the input: first it counts the tokens, then it fills the table that was made for them. */
typedef struct {
  const guint8 *bytes;
  gsize length;
  gsize position;
  MeirBencodeMode mode;
  MeirBencode *document; /* NULL in the first run */
  guint32 n_tokens;
  guint32 tokens_max;
  guint depth;
  guint depth_max;
  Level levels[MEIR_BENCODE_DEPTH_FILE];
} Parser;

static gboolean G_GNUC_PRINTF (3, 4) fail (const Parser *parser, GError **error, const char *format, ...)
{
  va_list arguments;

  if (error != NULL) {
    va_start (arguments, format);
    *error = g_error_new_valist (
        MEIR_ERROR, parser->mode == MEIR_BENCODE_STRICT ? MEIR_ERROR_INVALID : MEIR_ERROR_PROTOCOL, format,
        arguments);
    va_end (arguments);
  }
  return FALSE;
}

static gboolean
is_digit (guint8 byte)
{
  return byte >= '0' && byte <= '9';
}

/* The characters of the string that starts at @offset and is known to be whole. */
static const guint8 *
get_string_at (const guint8 *bytes, gsize offset, gsize *length)
{
  *length = 0;
  for (; bytes[offset] != ':'; offset++)
    *length = *length * 10 + (gsize) (bytes[offset] - '0');
  return bytes + offset + 1;
}

static gint
compare_strings (const guint8 *a, gsize a_length, const guint8 *b, gsize b_length)
{
  gint order = memcmp (a, b, MIN (a_length, b_length));

  return order != 0 ? order : (a_length > b_length) - (a_length < b_length);
}

/* Two keys by their offsets. */
static gint
compare_keys (gconstpointer a, gconstpointer b, gpointer bytes)
{
  gsize a_length, b_length;
  const guint8 *a_key = get_string_at (bytes, *(const guint32 *) a, &a_length);
  const guint8 *b_key = get_string_at (bytes, *(const guint32 *) b, &b_length);

  return compare_strings (a_key, a_length, b_key, b_length);
}

static gboolean
fail_duplicate (const Parser *parser, gsize offset, GError **error)
{
  return fail (parser, error, _ ("The key at byte %zu is there twice in one dictionary"), offset);
}

/* In a sorted dictionary duplicates are neighbours and found on the way; an unsorted one is sorted aside at
 * its end. */
static gboolean
check_unsorted (const Parser *parser, const Level *level, GError **error)
{
  const Token *tokens = parser->document->tokens;
  g_autoptr (GArray) offsets = g_array_new (FALSE, FALSE, sizeof (guint32));

  for (guint32 token = level->token + 1; token < parser->n_tokens; token = tokens[token + 1].next)
    g_array_append_val (offsets, tokens[token].offset);
  g_array_sort_with_data (offsets, compare_keys, (gpointer) parser->bytes);
  for (guint i = 1; i < offsets->len; i++) {
    const guint32 *offset = &g_array_index (offsets, guint32, i);

    if (compare_keys (offset - 1, offset, (gpointer) parser->bytes) == 0)
      return fail_duplicate (parser, *offset, error);
  }
  return TRUE;
}

static gboolean
check_key_order (Parser *parser, Level *level, gsize offset, GError **error)
{
  gsize length, last_length;
  const guint8 *key = get_string_at (parser->bytes, offset, &length);
  gint order = 1;

  if (level->has_key) {
    const guint8 *last = get_string_at (parser->bytes, level->key_offset, &last_length);
    order = compare_strings (key, length, last, last_length);
  }
  if (order == 0)
    return fail_duplicate (parser, offset, error);
  if (order < 0) {
    level->unsorted = TRUE;
    parser->document->unsorted = TRUE;
  }
  level->has_key = TRUE;
  level->key_offset = offset;
  return TRUE;
}

/* The next value, or the end of the innermost container, starts here. */
static gboolean
add_token (Parser *parser, GError **error)
{
  if (parser->n_tokens == parser->tokens_max)
    return fail (parser, error, _ ("It holds more than %u values in %zu bytes, more than anything real does"),
                 parser->tokens_max, parser->length);
  if (parser->document != NULL) {
    Token *token = &parser->document->tokens[parser->n_tokens];

    token->offset = (guint32) parser->position;
    token->next = parser->n_tokens + 1;
  }
  parser->n_tokens++;
  return TRUE;
}

static gboolean
parse_int (Parser *parser, GError **error)
{
  gsize start = parser->position;
  gsize first = start + 1;
  gsize end;
  gboolean negative = first < parser->length && parser->bytes[first] == '-';

  first += negative ? 1 : 0;
  for (end = first; end < parser->length && is_digit (parser->bytes[end]);)
    end++;
  if (end == parser->length)
    return fail (parser, error, _ ("The data breaks off in the number at byte %zu"), start);
  if (end == first || parser->bytes[end] != 'e')
    return fail (parser, error, _ ("The number at byte %zu holds something that is not a digit"), start);
  if (parser->mode == MEIR_BENCODE_STRICT) {
    gsize n_digits = end - first;
    guint64 limit = (guint64) G_MAXINT64 + (negative ? 1 : 0);
    guint64 value = 0;

    if (parser->bytes[first] == '0' && n_digits > 1)
      return fail (parser, error, _ ("The number at byte %zu has a leading zero"), start);
    if (parser->bytes[first] == '0' && negative)
      return fail (parser, error, _ ("The number at byte %zu is minus zero"), start);
    for (gsize i = first; i < end && n_digits <= 19; i++)
      value = value * 10 + (guint64) (parser->bytes[i] - '0');
    if (n_digits > 19 || value > limit)
      return fail (parser, error, _ ("The number at byte %zu does not fit 64 bits"), start);
  }
  parser->position = end + 1;
  return TRUE;
}

static gboolean
parse_string (Parser *parser, GError **error)
{
  gsize start = parser->position;
  gsize length = 0;
  gsize end;

  for (end = start; end < parser->length && is_digit (parser->bytes[end]); end++) {
    /* Once it is past the input it can only grow, so it may stay there. */
    if (length <= parser->length)
      length = length * 10 + (gsize) (parser->bytes[end] - '0');
  }
  if (end == parser->length)
    return fail (parser, error, _ ("The data breaks off in the string at byte %zu"), start);
  if (parser->bytes[end] != ':')
    return fail (parser, error, _ ("The length of the string at byte %zu is not a number"), start);
  if (parser->mode == MEIR_BENCODE_STRICT && parser->bytes[start] == '0' && end > start + 1)
    return fail (parser, error, _ ("The length of the string at byte %zu has a leading zero"), start);
  if (length > parser->length - (end + 1))
    return fail (parser, error, _ ("The string at byte %zu is longer than the data that follows it"), start);
  parser->position = end + 1 + length;
  return TRUE;
}

static gboolean
begin_container (Parser *parser, gboolean is_dict, GError **error)
{
  if (parser->depth == parser->depth_max)
    return fail (parser, error, _ ("It is nested more than %u deep at byte %zu"), parser->depth_max,
                 parser->position);
  parser->levels[parser->depth++] = (Level){ .token = parser->n_tokens - 1, .is_dict = is_dict };
  parser->position++;
  return TRUE;
}

static gboolean
end_container (Parser *parser, GError **error)
{
  Level *level = &parser->levels[parser->depth - 1];

  if (level->wants_value)
    return fail (parser, error, _ ("A key has no value before byte %zu"), parser->position);
  /* Before the end's own token exists, so that the keys end where the tokens do. */
  if (level->unsorted && !check_unsorted (parser, level, error))
    return FALSE;
  if (!add_token (parser, error))
    return FALSE;
  if (parser->document != NULL)
    parser->document->tokens[level->token].next = parser->n_tokens;
  parser->depth--;
  parser->position++;
  return TRUE;
}

/* Parses one token: a number, a string, the beginning or the end of a container. */
static gboolean
parse_token (Parser *parser, GError **error)
{
  Level *level = parser->depth > 0 ? &parser->levels[parser->depth - 1] : NULL;
  gsize start = parser->position;
  gboolean is_key;
  guint8 byte;

  if (start == parser->length)
    return fail (parser, error, _ ("The data breaks off at byte %zu"), start);
  byte = parser->bytes[start];
  if (byte == 'e' && level != NULL)
    return end_container (parser, error);
  is_key = level != NULL && level->is_dict && !level->wants_value;
  if (is_key && !is_digit (byte))
    return fail (parser, error, _ ("A key of a dictionary should start at byte %zu"), start);
  if (level != NULL && level->is_dict)
    level->wants_value = is_key;
  if (!add_token (parser, error))
    return FALSE;
  if (byte == 'i')
    return parse_int (parser, error);
  if (byte == 'l' || byte == 'd')
    return begin_container (parser, byte == 'd', error);
  if (!is_digit (byte))
    return fail (parser, error, _ ("There is no value at byte %zu"), start);
  if (!parse_string (parser, error))
    return FALSE;
  if (is_key && parser->document != NULL && parser->mode == MEIR_BENCODE_STRICT)
    return check_key_order (parser, level, start, error);
  return TRUE;
}

static gboolean
parse_value (Parser *parser, MeirBencode *document, GError **error)
{
  parser->document = document;
  parser->position = 0;
  parser->n_tokens = 0;
  parser->depth = 0;
  do {
    if (!parse_token (parser, error))
      return FALSE;
  } while (parser->depth > 0);
  return TRUE;
}

MeirBencode *
meir_bencode_parse (const void *bytes, gsize length, MeirBencodeMode mode, guint depth_max, gsize *consumed,
                    GError **error)
{
  g_autoptr (MeirBencode) document = NULL;
  Parser parser = { .bytes = bytes, .length = length, .mode = mode, .depth_max = depth_max };

  g_return_val_if_fail (depth_max <= MEIR_BENCODE_DEPTH_FILE, NULL);

  if (length == 0) {
    fail (&parser, error, _ ("It is empty"));
    return NULL;
  }
  if (length > G_MAXUINT32 - 1) {
    fail (&parser, error, _ ("It is larger than 4 GiB"));
    return NULL;
  }
  parser.tokens_max = (guint32) MIN (length / 2 + TOKENS_FREE, MEIR_BENCODE_TOKENS_MAX);
  if (!parse_value (&parser, NULL, error))
    return NULL;
  if (mode == MEIR_BENCODE_STRICT && parser.position != length) {
    fail (&parser, error, _ ("Something else follows its end at byte %zu"), parser.position);
    return NULL;
  }
  document = g_try_malloc (sizeof *document + parser.n_tokens * sizeof (Token));
  if (document == NULL) {
    fail (&parser, error, _ ("The memory is not enough for its %u values"), parser.n_tokens);
    return NULL;
  }
  *document = (MeirBencode){ .bytes = bytes, .n_tokens = parser.n_tokens };
  if (!parse_value (&parser, document, error))
    return NULL;
  if (consumed != NULL)
    *consumed = parser.position;
  return g_steal_pointer (&document);
}

void
meir_bencode_free (MeirBencode *document)
{
  g_free (document);
}

gboolean
meir_bencode_is_sorted (const MeirBencode *document)
{
  return !document->unsorted;
}

static MeirBencodeNode
make_node (const MeirBencode *document, guint32 index)
{
  return (MeirBencodeNode){ document, index };
}

MeirBencodeNode
meir_bencode_get_root (const MeirBencode *document)
{
  return make_node (document, 0);
}

gsize
meir_bencode_node_offset (MeirBencodeNode node)
{
  return node.document != NULL ? node.document->tokens[node.index].offset : 0;
}

MeirBencodeType
meir_bencode_node_type (MeirBencodeNode node)
{
  if (node.document == NULL)
    return MEIR_BENCODE_NONE;
  switch (node.document->bytes[meir_bencode_node_offset (node)]) {
  case 'i':
    return MEIR_BENCODE_INT;
  case 'l':
    return MEIR_BENCODE_LIST;
  case 'd':
    return MEIR_BENCODE_DICT;
  default:
    return MEIR_BENCODE_STRING;
  }
}

/* Reads a number; FALSE when it does not fit, with the nearest that does in @value. */
static gboolean
read_int (const guint8 *digits, gint64 *value)
{
  gboolean negative = *digits == '-';
  guint64 limit = (guint64) G_MAXINT64 + (negative ? 1 : 0);
  guint64 magnitude = 0;
  gboolean fits = TRUE;

  for (digits += negative ? 1 : 0; *digits != 'e' && fits; digits++) {
    guint digit = (guint) (*digits - '0');

    fits = magnitude <= (limit - digit) / 10;
    magnitude = fits ? magnitude * 10 + digit : limit;
  }
  *value = negative ? (gint64) (0 - magnitude) : (gint64) magnitude;
  return fits;
}

gboolean
meir_bencode_node_int (MeirBencodeNode node, gint64 *value)
{
  gint64 read;

  if (meir_bencode_node_type (node) != MEIR_BENCODE_INT)
    return FALSE;
  if (!read_int (node.document->bytes + meir_bencode_node_offset (node) + 1, &read))
    return FALSE;
  *value = read;
  return TRUE;
}

gboolean
meir_bencode_node_int_clamped (MeirBencodeNode node, gint64 *value)
{
  if (meir_bencode_node_type (node) != MEIR_BENCODE_INT)
    return FALSE;
  read_int (node.document->bytes + meir_bencode_node_offset (node) + 1, value);
  return TRUE;
}

const guint8 *
meir_bencode_node_string (MeirBencodeNode node, gsize *length)
{
  *length = 0;
  if (meir_bencode_node_type (node) != MEIR_BENCODE_STRING)
    return NULL;
  return get_string_at (node.document->bytes, meir_bencode_node_offset (node), length);
}

gboolean
meir_bencode_node_equals (MeirBencodeNode node, const char *text)
{
  gsize length;
  const guint8 *characters = meir_bencode_node_string (node, &length);

  return characters != NULL && length == strlen (text) && memcmp (characters, text, length) == 0;
}

const guint8 *
meir_bencode_node_span (MeirBencodeNode node, gsize *length)
{
  gsize offset = meir_bencode_node_offset (node);
  const guint8 *start, *end;
  gsize string_length;

  *length = 0;
  if (node.document == NULL)
    return NULL;
  start = node.document->bytes + offset;
  switch (*start) {
  case 'i':
    for (end = start; *end != 'e';)
      end++;
    end++;
    break;
  case 'l':
  case 'd':
    end = node.document->bytes + node.document->tokens[node.document->tokens[node.index].next - 1].offset + 1;
    break;
  default:
    end = get_string_at (node.document->bytes, offset, &string_length);
    end += string_length;
  }
  *length = (gsize) (end - start);
  return start;
}

MeirBencodeNode
meir_bencode_node_lookup (MeirBencodeNode dict, const char *key)
{
  MeirBencodeIter iter;
  MeirBencodeNode name, value;

  meir_bencode_iter_init (&iter, dict);
  while (meir_bencode_iter_next_entry (&iter, &name, &value)) {
    if (meir_bencode_node_equals (name, key))
      return value;
  }
  return make_node (NULL, 0);
}

gboolean
meir_bencode_node_lookup_int (MeirBencodeNode dict, const char *key, gint64 *value)
{
  return meir_bencode_node_int (meir_bencode_node_lookup (dict, key), value);
}

const guint8 *
meir_bencode_node_lookup_string (MeirBencodeNode dict, const char *key, gsize *length)
{
  return meir_bencode_node_string (meir_bencode_node_lookup (dict, key), length);
}

void
meir_bencode_iter_init (MeirBencodeIter *iter, MeirBencodeNode node)
{
  MeirBencodeType type = meir_bencode_node_type (node);

  *iter = (MeirBencodeIter){ .document = node.document, .type = type };
  if (type == MEIR_BENCODE_LIST || type == MEIR_BENCODE_DICT) {
    iter->index = node.index + 1;
    iter->end = node.document->tokens[node.index].next - 1;
  }
}

static MeirBencodeNode
take_item (MeirBencodeIter *iter)
{
  MeirBencodeNode node = make_node (iter->document, iter->index);

  iter->index = iter->document->tokens[iter->index].next;
  return node;
}

gboolean
meir_bencode_iter_next (MeirBencodeIter *iter, MeirBencodeNode *item)
{
  if (iter->type != MEIR_BENCODE_LIST || iter->index == iter->end)
    return FALSE;
  *item = take_item (iter);
  return TRUE;
}

gboolean
meir_bencode_iter_next_entry (MeirBencodeIter *iter, MeirBencodeNode *key, MeirBencodeNode *value)
{
  if (iter->type != MEIR_BENCODE_DICT || iter->index == iter->end)
    return FALSE;
  *key = take_item (iter);
  *value = take_item (iter);
  return TRUE;
}
