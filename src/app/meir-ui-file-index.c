/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-file-index.h"

#include <string.h>

struct _MeirUiFileIndex {
  gatomicrefcount ref_count;
  MeirMetainfo *metainfo;
  GArray *nodes;         /* MeirUiFileNode */
  GPtrArray *paths;      /* of each node; the names are the ends of them */
  GStringChunk *folders; /* what the paths of folders point into; those of files are the metainfo's */
  guint *children;       /* of all nodes, one after the other */
  guint *by_file;        /* the node of every file of the metainfo */
};

/* Building. */

typedef struct {
  MeirUiFileIndex *index;
  GHashTable *folders; /* path to node */
  GString *path;       /* scratch */
  guint last;          /* the folder of the file before */
} MeirUiFileBuild;

static MeirUiFileNode *
get (MeirUiFileIndex *index, guint node)
{
  return &g_array_index (index->nodes, MeirUiFileNode, node);
}

static const char *
last_component (const char *path)
{
  const char *slash = strrchr (path, '/');

  return slash != NULL ? slash + 1 : path;
}

static guint
append (MeirUiFileIndex *index, const char *path, guint parent, guint file)
{
  MeirUiFileNode node = {
    .name = last_component (path), .parent = parent, .file = file, .offset = G_MAXUINT64
  };

  g_array_append_val (index->nodes, node);
  g_ptr_array_add (index->paths, (gpointer) path);
  return index->nodes->len - 1;
}

/* The folder at the first @length bytes of @path, and every one above it. */
static guint
make_folders (MeirUiFileBuild *build, const char *path, gsize length)
{
  guint parent = MEIR_UI_FILE_ROOT;

  for (gsize end = 0; end < length;) {
    const char *slash = memchr (path + end + 1, '/', length - end - 1);
    gpointer found;

    end = slash != NULL ? (gsize) (slash - path) : length;
    g_string_truncate (build->path, 0);
    g_string_append_len (build->path, path, (gssize) end);
    if (!g_hash_table_lookup_extended (build->folders, build->path->str, NULL, &found)) {
      char *kept = g_string_chunk_insert (build->index->folders, build->path->str);

      found = GUINT_TO_POINTER (append (build->index, kept, parent, MEIR_UI_FILE_NONE));
      g_hash_table_insert (build->folders, kept, found);
    }
    parent = GPOINTER_TO_UINT (found);
  }
  return parent;
}

/* Files mostly follow others of the same folder. */
static guint
folder_of (MeirUiFileBuild *build, const char *path)
{
  const char *slash = strrchr (path, '/');
  gsize length = slash != NULL ? (gsize) (slash - path) : 0;
  const char *last = g_ptr_array_index (build->index->paths, build->last);

  if (strncmp (last, path, length) != 0 || last[length] != '\0')
    build->last = make_folders (build, path, length);
  return build->last;
}

static void
add_files (MeirUiFileBuild *build)
{
  MeirUiFileIndex *index = build->index;
  guint n_files = meir_metainfo_get_n_files (index->metainfo);
  gboolean folder = meir_metainfo_is_folder (index->metainfo);

  append (index, "", MEIR_UI_FILE_ROOT, MEIR_UI_FILE_NONE);
  for (guint i = 0; i < n_files; i++) {
    const MeirMetainfoFile *file = meir_metainfo_get_file (index->metainfo, i);
    const char *path = folder ? strchr (file->display_path, '/') + 1 : file->display_path;
    guint node;

    index->by_file[i] = MEIR_UI_FILE_NONE;
    if (file->is_pad || file->is_symlink)
      continue;
    node = append (index, path, folder_of (build, path), i);
    get (index, node)->n_files = 1;
    get (index, node)->bytes = file->length;
    get (index, node)->offset = file->offset;
    get (index, node)->end = file->offset + file->length;
    index->by_file[i] = node;
  }
}

/* Parents come before their children, so one walk from the end sums all up. */
static void
sum_up (MeirUiFileIndex *index)
{
  for (guint i = index->nodes->len - 1; i > MEIR_UI_FILE_ROOT; i--) {
    const MeirUiFileNode *node = get (index, i);
    MeirUiFileNode *parent = get (index, node->parent);

    parent->n_children++;
    parent->n_files += node->n_files;
    parent->bytes += node->bytes;
    parent->offset = MIN (parent->offset, node->offset);
    parent->end = MAX (parent->end, node->end);
  }
}

static void
list_children (MeirUiFileIndex *index)
{
  guint *next = index->children = g_new (guint, index->nodes->len);

  for (guint i = 0; i < index->nodes->len; i++) {
    get (index, i)->children = next;
    next += get (index, i)->n_children;
    get (index, i)->n_children = 0;
  }
  for (guint i = 1; i < index->nodes->len; i++) {
    MeirUiFileNode *parent = get (index, get (index, i)->parent);

    index->children[parent->children - index->children + parent->n_children++] = i;
  }
}

typedef struct {
  gboolean is_file;
  char *key;
  guint node;
} MeirUiSortItem;

static int
compare_items (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const MeirUiSortItem *one = a, *other = b;

  return one->is_file != other->is_file ? one->is_file - other->is_file : strcmp (one->key, other->key);
}

static void
sort_children (MeirUiFileIndex *index, const MeirUiFileNode *folder)
{
  g_autofree MeirUiSortItem *items = g_new (MeirUiSortItem, folder->n_children);
  guint *children = index->children + (folder->children - index->children);

  for (guint i = 0; i < folder->n_children; i++) {
    const MeirUiFileNode *child = get (index, children[i]);

    items[i].is_file = child->file != MEIR_UI_FILE_NONE;
    items[i].key = g_utf8_collate_key_for_filename (child->name, -1);
    items[i].node = children[i];
  }
  g_qsort_with_data (items, (int) folder->n_children, sizeof *items, compare_items, NULL);
  for (guint i = 0; i < folder->n_children; i++) {
    children[i] = items[i].node;
    g_free (items[i].key);
  }
}

MeirUiFileIndex *
meir_ui_file_index_new (MeirMetainfo *metainfo)
{
  MeirUiFileIndex *index = g_new0 (MeirUiFileIndex, 1);
  MeirUiFileBuild build = {
    .index = index,
    .folders = g_hash_table_new (g_str_hash, g_str_equal),
    .path = g_string_new (NULL),
    .last = MEIR_UI_FILE_ROOT,
  };

  g_atomic_ref_count_init (&index->ref_count);
  index->metainfo = meir_metainfo_ref (metainfo);
  index->nodes = g_array_new (FALSE, FALSE, sizeof (MeirUiFileNode));
  index->paths = g_ptr_array_new ();
  index->folders = g_string_chunk_new (4096);
  index->by_file = g_new (guint, meir_metainfo_get_n_files (metainfo));
  add_files (&build);
  sum_up (index);
  list_children (index);
  for (guint i = 0; i < index->nodes->len; i++)
    if (get (index, i)->n_children > 1)
      sort_children (index, get (index, i));
  g_hash_table_unref (build.folders);
  g_string_free (build.path, TRUE);
  return index;
}

MeirUiFileIndex *
meir_ui_file_index_ref (MeirUiFileIndex *index)
{
  g_atomic_ref_count_inc (&index->ref_count);
  return index;
}

void
meir_ui_file_index_unref (MeirUiFileIndex *index)
{
  if (!g_atomic_ref_count_dec (&index->ref_count))
    return;
  g_array_unref (index->nodes);
  g_ptr_array_unref (index->paths);
  g_string_chunk_free (index->folders);
  g_free (index->children);
  g_free (index->by_file);
  meir_metainfo_unref (index->metainfo);
  g_free (index);
}

MeirMetainfo *
meir_ui_file_index_get_metainfo (MeirUiFileIndex *index)
{
  return index->metainfo;
}

guint
meir_ui_file_index_get_n_nodes (MeirUiFileIndex *index)
{
  return index->nodes->len;
}

const MeirUiFileNode *
meir_ui_file_index_get (MeirUiFileIndex *index, guint node)
{
  g_return_val_if_fail (node < index->nodes->len, NULL);
  return get (index, node);
}

guint
meir_ui_file_index_find (MeirUiFileIndex *index, guint file)
{
  return index->by_file[file];
}

const char *
meir_ui_file_index_get_path (MeirUiFileIndex *index, guint node)
{
  return g_ptr_array_index (index->paths, node);
}

/* Finding. */

typedef struct {
  char *text; /* folded */
  GPatternSpec *glob;
  gboolean whole_path;
} MeirUiMatcher;

static gboolean
fits (const MeirUiMatcher *matcher, const char *path)
{
  g_autofree char *folded = g_utf8_casefold (path, -1);

  if (matcher->glob == NULL)
    return strstr (folded, matcher->text) != NULL;
  return g_pattern_spec_match_string (matcher->glob, matcher->whole_path ? folded : last_component (folded));
}

GArray *
meir_ui_file_index_match (MeirUiFileIndex *index, const char *pattern)
{
  GArray *nodes = g_array_new (FALSE, FALSE, sizeof (guint));
  MeirUiMatcher matcher = { .text = g_utf8_casefold (pattern, -1) };

  matcher.whole_path = strchr (pattern, '/') != NULL;
  if (strpbrk (pattern, "*?") != NULL)
    matcher.glob = g_pattern_spec_new (matcher.text);
  for (guint i = 0; i < index->nodes->len; i++)
    if (get (index, i)->file != MEIR_UI_FILE_NONE && fits (&matcher, g_ptr_array_index (index->paths, i)))
      g_array_append_val (nodes, i);
  g_clear_pointer (&matcher.glob, g_pattern_spec_free);
  g_free (matcher.text);
  return nodes;
}
