/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "meta/meir-metainfo-private.h"

#include "base/meir-error.h"
#include "base/meir-text.h"
#include "meir-config.h"

#include <glib/gi18n-lib.h>
#include <stdint.h>
#include <string.h>

/* Longest piece of a name in a message, characters. */
#define SHOWN_CHARS_MAX 100u

/* Every path is kept with the torrent's name before it, so a small file can ask for a lot of memory: a long
 * name, and very many short paths. All paths together may take this, and twice the info dictionary, bytes:
 * more than real ones need. */
#define PATHS_BYTES_FREE (8u << 20)

/* The reading of one list of files. */
typedef struct {
  MeirMetainfo *metainfo;
  GString *path;         /* scratch */
  gsize paths_bytes;     /* kept so far */
  gsize paths_bytes_max; /* to be kept */
} Reading;

/* What of BEP 47's `attr` matters here. */
typedef struct {
  gboolean is_pad;
  gboolean is_symlink;
} Attributes;

gboolean
meir_metainfo_check_component (const char *field, const guint8 *component, gsize length, GError **error)
{
  g_autofree char *shown = NULL;

  if (length == 0)
    return meir_metainfo_refuse (error, _ ("The field “%s” has an empty name"), field);
  shown = meir_text_dup_safe (component, length, SHOWN_CHARS_MAX);
  if (memchr (component, '\0', length) != NULL)
    return meir_metainfo_refuse (error, _ ("The field “%s” has the name “%s”, which contains a NUL"), field,
                                 shown);
  if (memchr (component, '/', length) != NULL)
    return meir_metainfo_refuse (
        error, _ ("The field “%s” has the name “%s”, which would lead to another folder"), field, shown);
  if ((length == 1 && component[0] == '.') || (length == 2 && memcmp (component, "..", 2) == 0))
    return meir_metainfo_refuse (
        error, _ ("The field “%s” has the name “%s”, which stands for another folder"), field, shown);
  if (length > MEIR_NAME_MAX)
    return meir_metainfo_refuse (error, _ ("The field “%s” has the name “%s”, which is longer than %u bytes"),
                                 field, shown, MEIR_NAME_MAX);
  return TRUE;
}

/* The value of @key in UTF-8 where a foreign client gave it (`name.utf-8`, by convention), else as it is. */
static const guint8 *
lookup_name (MeirBencodeNode info, gsize *length)
{
  const guint8 *name = meir_bencode_node_lookup_string (info, "name.utf-8", length);

  if (name != NULL && g_utf8_validate_len ((const char *) name, *length, NULL))
    return name;
  return meir_bencode_node_lookup_string (info, "name", length);
}

static gboolean
is_utf8_path (MeirBencodeNode path)
{
  MeirBencodeIter iter;
  MeirBencodeNode item;
  guint n = 0;

  meir_bencode_iter_init (&iter, path);
  while (meir_bencode_iter_next (&iter, &item)) {
    gsize length;
    const guint8 *component = meir_bencode_node_string (item, &length);
    if (component == NULL || !g_utf8_validate_len ((const char *) component, length, NULL))
      return FALSE;
    n++;
  }
  return n > 0;
}

static gboolean
parse_name (MeirMetainfo *metainfo, MeirBencodeNode info, GError **error)
{
  gsize length;
  const guint8 *name = lookup_name (info, &length);

  if (name == NULL)
    return meir_metainfo_refuse (error, _ ("The field “%s” is missing, or is not a string"), "info.name");
  if (!meir_metainfo_check_component ("info.name", name, length, error))
    return FALSE;
  metainfo->name = g_strndup ((const char *) name, length);
  metainfo->display_name = meir_text_dup_safe (name, length, G_MAXSIZE);
  return TRUE;
}

static gboolean
is_plain_ascii (const GString *text)
{
  for (gsize i = 0; i < text->len; i++) {
    if ((guchar) text->str[i] < 0x20 || (guchar) text->str[i] >= 0x7f)
      return FALSE;
  }
  return TRUE;
}

/* Keeps the scratch path and its safe form; FALSE when all paths together got too long. */
static gboolean
keep_path (Reading *reading, MeirMetainfoFile *file)
{
  GStringChunk *strings = reading->metainfo->strings;

  reading->paths_bytes += reading->path->len;
  if (reading->paths_bytes > reading->paths_bytes_max)
    return FALSE;
  file->path = g_string_chunk_insert_len (strings, reading->path->str, (gssize) reading->path->len);
  file->display_path = file->path;
  if (!is_plain_ascii (reading->path)) {
    g_autofree char *safe = meir_text_dup_safe (reading->path->str, reading->path->len, G_MAXSIZE);
    if (strcmp (safe, file->path) != 0) {
      gsize length = strlen (safe);
      reading->paths_bytes += length;
      if (reading->paths_bytes > reading->paths_bytes_max)
        return FALSE;
      file->display_path = g_string_chunk_insert_len (strings, safe, (gssize) length);
      file->is_renamed = TRUE;
    }
  }
  return TRUE;
}

static gboolean
refuse_paths (const Reading *reading, GError **error)
{
  return meir_metainfo_refuse (
      error,
      _ ("The field “%s” has paths of more than %zu bytes together, too many for a torrent of its size"),
      "info.files", reading->paths_bytes_max);
}

static gboolean
check_path (const Reading *reading, const char *field, GError **error)
{
  if (reading->path->len <= MEIR_METAINFO_PATH_BYTES_MAX)
    return TRUE;
  return meir_metainfo_refuse (error, _ ("The field “%s” has a path longer than %u bytes"), field,
                               MEIR_METAINFO_PATH_BYTES_MAX);
}

static gboolean
add_file (Reading *reading, const char *field, Attributes attributes, guint64 length, GError **error)
{
  MeirMetainfo *metainfo = reading->metainfo;
  MeirMetainfoFile file = {
    .offset = metainfo->total_length,
    .length = length,
    .is_pad = attributes.is_pad,
    .is_symlink = attributes.is_symlink,
  };

  if (length > (guint64) MEIR_TOTAL_LENGTH_MAX - metainfo->total_length)
    return meir_metainfo_refuse (error, _ ("The field “%s” brings the length of all files above %jd bytes"),
                                 field, (intmax_t) MEIR_TOTAL_LENGTH_MAX);
  if (!check_path (reading, field, error))
    return FALSE;
  if (!keep_path (reading, &file))
    return refuse_paths (reading, error);
  metainfo->total_length += length;
  g_array_append_val (metainfo->files, file);
  return TRUE;
}

/* The components of `path`, joined, into the scratch path, behind the torrent's name. */
static gboolean
parse_path (Reading *reading, MeirBencodeNode file, const char *field, GError **error)
{
  MeirBencodeNode path = meir_bencode_node_lookup (file, "path");
  MeirBencodeNode utf8_path = meir_bencode_node_lookup (file, "path.utf-8");
  MeirBencodeIter iter;
  MeirBencodeNode item;
  guint depth = 1;

  if (is_utf8_path (utf8_path))
    path = utf8_path;
  if (meir_bencode_node_type (path) != MEIR_BENCODE_LIST)
    return meir_metainfo_refuse (error, _ ("The field “%s” has no path, or one that is not a list"), field);
  g_string_assign (reading->path, reading->metainfo->name);
  meir_bencode_iter_init (&iter, path);
  while (meir_bencode_iter_next (&iter, &item)) {
    gsize length;
    const guint8 *component = meir_bencode_node_string (item, &length);

    if (component == NULL)
      return meir_metainfo_refuse (
          error, _ ("The field “%s” has a path with something in it that is not a string"), field);
    if (!meir_metainfo_check_component (field, component, length, error))
      return FALSE;
    if (++depth > MEIR_PATH_DEPTH_MAX)
      return meir_metainfo_refuse (error, _ ("The field “%s” is nested deeper than %u folders"), field,
                                   MEIR_PATH_DEPTH_MAX);
    g_string_append_c (reading->path, '/');
    g_string_append_len (reading->path, (const char *) component, (gssize) length);
  }
  if (depth == 1)
    return meir_metainfo_refuse (error, _ ("The field “%s” has an empty path"), field);
  return TRUE;
}

/* BEP 47: a string of letters; 'x' and 'h' and unknown ones change nothing here. */
static Attributes
parse_attributes (MeirBencodeNode file)
{
  gsize length;
  const guint8 *letters = meir_bencode_node_lookup_string (file, "attr", &length);
  Attributes attributes = { FALSE, FALSE };

  if (letters != NULL) {
    attributes.is_pad = memchr (letters, 'p', length) != NULL;
    attributes.is_symlink = memchr (letters, 'l', length) != NULL;
  }
  return attributes;
}

static gboolean
parse_length (MeirBencodeNode dict, const char *field, guint64 *length, GError **error)
{
  gint64 value;

  if (!meir_bencode_node_lookup_int (dict, "length", &value))
    return meir_metainfo_refuse (error, _ ("The field “%s” is missing, or is not a number"), field);
  if (value < 0 || value > MEIR_TOTAL_LENGTH_MAX)
    return meir_metainfo_refuse (error, _ ("The field “%s” is %jd; it has to be from 0 to %jd"), field,
                                 (intmax_t) value, (intmax_t) MEIR_TOTAL_LENGTH_MAX);
  *length = (guint64) value;
  return TRUE;
}

static gboolean
parse_file (Reading *reading, MeirBencodeNode node, guint index, GError **error)
{
  char field[64], length_field[64];
  Attributes attributes;
  guint64 length = 0;

  g_snprintf (field, sizeof field, "info.files[%u]", index);
  g_snprintf (length_field, sizeof length_field, "info.files[%u].length", index);
  if (meir_bencode_node_type (node) != MEIR_BENCODE_DICT)
    return meir_metainfo_refuse (error, _ ("The field “%s” is not a dictionary"), field);
  attributes = parse_attributes (node);
  /* BEP 47: a symbolic link has no data, and may have no `length`. */
  if (!attributes.is_symlink || meir_bencode_node_exists (meir_bencode_node_lookup (node, "length"))) {
    if (!parse_length (node, length_field, &length, error))
      return FALSE;
  }
  if (attributes.is_symlink && length > 0)
    return meir_metainfo_refuse (error, _ ("The field “%s” is %ju; it has to be 0 for a symbolic link"),
                                 length_field, (uintmax_t) length);
  return parse_path (reading, node, field, error) && add_file (reading, field, attributes, length, error);
}

/* Orders paths so that all that lies in a folder follows the folder at once: '/' comes before every other
 * byte. */
static gint
compare_paths (gconstpointer a, gconstpointer b)
{
  const guchar *left = (const guchar *) (*(const MeirMetainfoFile *const *) a)->path;
  const guchar *right = (const guchar *) (*(const MeirMetainfoFile *const *) b)->path;

  while (*left != '\0' && *left == *right) {
    left++;
    right++;
  }
  if (*left == *right)
    return 0;
  if (*left == '\0' || *right == '\0')
    return *left == '\0' ? -1 : 1;
  if (*left == '/' || *right == '/')
    return *left == '/' ? -1 : 1;
  return *left < *right ? -1 : 1;
}

/* No path may be another's, nor a folder of another's. Padding is never made on disk, and clients name it
 * alike. */
static gboolean
check_collisions (GArray *files, GError **error)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_sized_new (files->len);

  for (guint i = 0; i < files->len; i++) {
    MeirMetainfoFile *file = &g_array_index (files, MeirMetainfoFile, i);
    if (!file->is_pad)
      g_ptr_array_add (sorted, file);
  }
  g_ptr_array_sort (sorted, compare_paths);
  for (guint i = 1; i < sorted->len; i++) {
    const MeirMetainfoFile *before = sorted->pdata[i - 1];
    const MeirMetainfoFile *file = sorted->pdata[i];
    gsize length = strlen (before->path);

    if (strncmp (before->path, file->path, length) != 0)
      continue;
    if (file->path[length] == '\0')
      return meir_metainfo_refuse (error, _ ("The field “%s” names “%s” twice"), "info.files",
                                   file->display_path);
    if (file->path[length] == '/')
      return meir_metainfo_refuse (error,
                                   _ ("The field “%s” names “%s” as a file, and as the folder of “%s”"),
                                   "info.files", before->display_path, file->display_path);
  }
  return TRUE;
}

static gboolean
parse_list (Reading *reading, MeirBencodeNode list, GError **error)
{
  MeirMetainfo *metainfo = reading->metainfo;
  MeirBencodeIter iter;
  MeirBencodeNode item;

  if (meir_bencode_node_type (list) != MEIR_BENCODE_LIST)
    return meir_metainfo_refuse (error, _ ("The field “%s” is not a list"), "info.files");
  metainfo->is_folder = TRUE;
  meir_bencode_iter_init (&iter, list);
  while (meir_bencode_iter_next (&iter, &item)) {
    if (metainfo->files->len == MEIR_FILES_MAX)
      return meir_metainfo_refuse (error, _ ("The field “%s” lists more than %u files"), "info.files",
                                   MEIR_FILES_MAX);
    if (!parse_file (reading, item, metainfo->files->len, error))
      return FALSE;
  }
  if (metainfo->files->len == 0)
    return meir_metainfo_refuse (error, _ ("The field “%s” is empty"), "info.files");
  return check_collisions (metainfo->files, error);
}

gboolean
meir_metainfo_take_files (MeirMetainfo *metainfo, MeirMetainfo *from, GError **error)
{
  g_autoptr (GString) path = g_string_new (NULL);
  Reading reading = { .metainfo = metainfo, .path = path };

  reading.paths_bytes_max = PATHS_BYTES_FREE + 2 * g_bytes_get_size (from->info_bytes);
  for (guint i = 0; i < from->files->len; i++) {
    MeirMetainfoFile file = g_array_index (from->files, MeirMetainfoFile, i);

    g_string_assign (path, metainfo->name);
    g_string_append (path, file.path + strlen (from->name));
    file.is_renamed = FALSE;
    if (!check_path (&reading, "info.files", error))
      return FALSE;
    if (!keep_path (&reading, &file))
      return refuse_paths (&reading, error);
    g_array_append_val (metainfo->files, file);
  }
  metainfo->total_length = from->total_length;
  return TRUE;
}

gboolean
meir_metainfo_parse_files (MeirMetainfo *metainfo, MeirBencodeNode info, GError **error)
{
  g_autoptr (GString) path = g_string_new (NULL);
  Reading reading = { .metainfo = metainfo, .path = path };
  MeirBencodeNode files = meir_bencode_node_lookup (info, "files");
  MeirBencodeNode length = meir_bencode_node_lookup (info, "length");
  gsize info_length;

  meir_bencode_node_span (info, &info_length);
  reading.paths_bytes_max = PATHS_BYTES_FREE + 2 * info_length;
  if (!parse_name (metainfo, info, error))
    return FALSE;
  if (meir_bencode_node_exists (files) && meir_bencode_node_exists (length))
    return meir_metainfo_refuse (
        error, _ ("The field “%s” has both “length” and “files”; it has to have one of them"), "info");
  if (meir_bencode_node_exists (files)) {
    if (!parse_list (&reading, files, error))
      return FALSE;
  } else {
    Attributes attributes = { FALSE, FALSE };
    guint64 bytes = 0;

    g_string_assign (path, metainfo->name);
    if (!parse_length (info, "info.length", &bytes, error) ||
        !add_file (&reading, "info.length", attributes, bytes, error))
      return FALSE;
  }
  if (metainfo->total_length == 0)
    return meir_metainfo_refuse (error, _ ("The field “%s” describes no data: all of its files are empty"),
                                 "info");
  return TRUE;
}
