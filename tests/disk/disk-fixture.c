/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk-fixture.h"

#include "base/meir-digest.h"
#include "base/meir-random.h"
#include "wire/meir-bencode-writer.h"

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

static guint8 *
make_content (const FixtureFile *files, gsize length)
{
  guint8 *content = g_malloc (length + 8);
  gsize offset = 0;
  MeirPrng prng;

  meir_prng_init (&prng, 20240229);
  for (gsize i = 0; i < length; i += 8) {
    guint64 value = meir_prng_next (&prng);

    memcpy (content + i, &value, 8);
  }
  for (guint i = 0; files != NULL && files[i].path != NULL; i++) {
    if (files[i].is_pad)
      memset (content + offset, 0, files[i].length);
    offset += files[i].length;
  }
  return content;
}

static void
write_file_entry (MeirBencodeWriter *writer, const FixtureFile *file)
{
  g_auto (GStrv) components = g_strsplit (file->path, "/", -1);

  meir_bencode_writer_begin_dict (writer);
  if (file->is_pad)
    meir_bencode_writer_entry_text (writer, "attr", "p");
  meir_bencode_writer_entry_int (writer, "length", (gint64) file->length);
  meir_bencode_writer_key (writer, "path");
  meir_bencode_writer_begin_list (writer);
  for (guint i = 0; components[i] != NULL; i++)
    meir_bencode_writer_text (writer, components[i]);
  meir_bencode_writer_end (writer);
  meir_bencode_writer_end (writer);
}

static MeirMetainfo *
make_metainfo (const DiskFixture *fixture, const FixtureFile *files)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GByteArray) digests = g_byte_array_new ();
  g_autoptr (GBytes) torrent = NULL;
  g_autoptr (GError) error = NULL;
  MeirBencodeWriter writer;
  MeirMetainfo *metainfo;

  for (guint32 piece = 0; piece < fixture->n_pieces; piece++) {
    gsize offset = (gsize) piece * fixture->piece_length;
    guint8 digest[MEIR_SHA1_LENGTH];

    meir_sha1 (fixture->content + offset, MIN (fixture->length - offset, fixture->piece_length), digest);
    g_byte_array_append (digests, digest, sizeof digest);
  }
  meir_bencode_writer_init (&writer, bytes);
  meir_bencode_writer_begin_dict (&writer);
  meir_bencode_writer_key (&writer, "info");
  meir_bencode_writer_begin_dict (&writer);
  if (files != NULL) {
    meir_bencode_writer_key (&writer, "files");
    meir_bencode_writer_begin_list (&writer);
    for (guint i = 0; files[i].path != NULL; i++)
      write_file_entry (&writer, &files[i]);
    meir_bencode_writer_end (&writer);
  } else {
    meir_bencode_writer_entry_int (&writer, "length", (gint64) fixture->length);
  }
  meir_bencode_writer_entry_text (&writer, "name", "torrent");
  meir_bencode_writer_entry_int (&writer, "piece length", fixture->piece_length);
  meir_bencode_writer_entry_string (&writer, "pieces", digests->data, digests->len);
  meir_bencode_writer_end (&writer);
  meir_bencode_writer_end (&writer);
  torrent = g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
  metainfo = meir_metainfo_parse (torrent, &error);
  g_assert_no_error (error);
  return metainfo;
}

DiskFixture *
disk_fixture_new (guint32 piece_length, const FixtureFile *files, guint64 length)
{
  DiskFixture *fixture = g_new0 (DiskFixture, 1);
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("meir-disk-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->piece_length = piece_length;
  fixture->length = length;
  for (guint i = 0; files != NULL && files[i].path != NULL; i++)
    fixture->length += files[i].length;
  fixture->n_pieces = (guint32) ((fixture->length + piece_length - 1) / piece_length);
  fixture->content = make_content (files, fixture->length);
  fixture->metainfo = make_metainfo (fixture, files);
  return fixture;
}

void
disk_fixture_free (DiskFixture *fixture)
{
  disk_fixture_heal ();
  disk_fixture_remove (fixture->folder);
  meir_metainfo_unref (fixture->metainfo);
  g_free (fixture->content);
  g_free (fixture->folder);
  g_free (fixture);
}

MeirStorage *
disk_fixture_open (DiskFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  MeirStorage *storage = meir_storage_new (fixture->metainfo, fixture->folder, MEIR_ALLOCATE_SPARSE, &error);

  g_assert_no_error (error);
  return storage;
}

MeirStorage *
disk_fixture_prepare (DiskFixture *fixture)
{
  MeirStorage *storage = disk_fixture_open (fixture);
  g_autoptr (GError) error = NULL;

  meir_storage_prepare (storage, &error);
  g_assert_no_error (error);
  return storage;
}

char *
disk_fixture_path (DiskFixture *fixture, const char *path)
{
  return g_build_filename (fixture->folder, path, NULL);
}

char *
disk_fixture_file_path (DiskFixture *fixture, guint index)
{
  return disk_fixture_path (fixture, meir_metainfo_get_file (fixture->metainfo, index)->path);
}

void
disk_fixture_fill (DiskFixture *fixture)
{
  for (guint i = 0; i < meir_metainfo_get_n_files (fixture->metainfo); i++) {
    const MeirMetainfoFile *file = meir_metainfo_get_file (fixture->metainfo, i);
    g_autofree char *path = disk_fixture_file_path (fixture, i);
    g_autofree char *parent = g_path_get_dirname (path);
    g_autoptr (GError) error = NULL;

    if (file->is_pad)
      continue;
    g_assert_cmpint (g_mkdir_with_parents (parent, 0777), ==, 0);
    g_file_set_contents (path, (const char *) fixture->content + file->offset, (gssize) file->length, &error);
    g_assert_no_error (error);
  }
}

gboolean
disk_fixture_is_whole (DiskFixture *fixture)
{
  for (guint i = 0; i < meir_metainfo_get_n_files (fixture->metainfo); i++) {
    const MeirMetainfoFile *file = meir_metainfo_get_file (fixture->metainfo, i);
    g_autofree char *path = disk_fixture_file_path (fixture, i);
    g_autofree char *bytes = NULL;
    gsize length;

    if (file->is_pad)
      continue;
    if (!g_file_get_contents (path, &bytes, &length, NULL) || length != file->length ||
        memcmp (bytes, fixture->content + file->offset, length) != 0)
      return FALSE;
  }
  return TRUE;
}

const guint8 *
disk_fixture_piece (DiskFixture *fixture, guint32 piece, guint32 *size)
{
  *size = meir_metainfo_get_piece_size (fixture->metainfo, piece);
  return fixture->content + (gsize) piece * fixture->piece_length;
}

void
disk_fixture_write_piece (DiskFixture *fixture, MeirStorage *storage, guint32 piece)
{
  guint32 size;
  const guint8 *bytes = disk_fixture_piece (fixture, piece, &size);
  struct iovec vector = { (void *) bytes, size };
  g_autoptr (GError) error = NULL;

  meir_storage_write (storage, (guint64) piece * fixture->piece_length, &vector, 1, &error);
  g_assert_no_error (error);
}

gboolean
disk_fixture_has_piece (DiskFixture *fixture, MeirStorage *storage, guint32 piece)
{
  guint32 size;
  const guint8 *bytes = disk_fixture_piece (fixture, piece, &size);
  g_autofree guint8 *buffer = g_malloc (size);
  struct iovec vector = { buffer, size };

  return meir_storage_read (storage, (guint64) piece * fixture->piece_length, &vector, 1, NULL) &&
         memcmp (buffer, bytes, size) == 0;
}

void
disk_fixture_flip_byte (const char *path, guint64 offset)
{
  int fd = open (path, O_RDWR | O_CLOEXEC);
  guint8 byte;

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (pread (fd, &byte, 1, (off_t) offset), ==, 1);
  byte ^= 0x20;
  g_assert_cmpint (pwrite (fd, &byte, 1, (off_t) offset), ==, 1);
  close (fd);
}

void
disk_fixture_remove (const char *path)
{
  g_autoptr (GDir) folder = NULL;
  const char *name;

  if (!g_file_test (path, G_FILE_TEST_IS_SYMLINK) && (folder = g_dir_open (path, 0, NULL)) != NULL) {
    while ((name = g_dir_read_name (folder)) != NULL) {
      g_autofree char *child = g_build_filename (path, name, NULL);

      disk_fixture_remove (child);
    }
  }
  g_remove (path);
}

static FaultPlan plans[N_FAULTS];
static gint n_calls[N_FAULTS];

/* The plan, if this call is one that it is for. */
static const FaultPlan *
next_call (FaultKind kind)
{
  guint n = (guint) g_atomic_int_add (&n_calls[kind], 1) + 1;
  const FaultPlan *plan = &plans[kind];

  return plan->at > 0 && n >= plan->at && n - plan->at < plan->count ? plan : NULL;
}

static ssize_t
move_short (int fd, const struct iovec *vectors, off_t offset, gsize n_bytes, gboolean is_write)
{
  n_bytes = MIN (n_bytes, vectors[0].iov_len);
  return is_write ? pwrite (fd, vectors[0].iov_base, n_bytes, offset)
                  : pread (fd, vectors[0].iov_base, n_bytes, offset);
}

static ssize_t
fault_pwritev (int fd, const struct iovec *vectors, int n_vectors, off_t offset)
{
  const FaultPlan *plan = next_call (FAULT_PWRITEV);

  if (plan == NULL)
    return pwritev (fd, vectors, n_vectors, offset);
  if (plan->error_number == 0)
    return move_short (fd, vectors, offset, plan->short_bytes, TRUE);
  errno = plan->error_number;
  return -1;
}

static ssize_t
fault_preadv (int fd, const struct iovec *vectors, int n_vectors, off_t offset)
{
  const FaultPlan *plan = next_call (FAULT_PREADV);

  if (plan == NULL)
    return preadv (fd, vectors, n_vectors, offset);
  if (plan->error_number == 0)
    return move_short (fd, vectors, offset, plan->short_bytes, FALSE);
  errno = plan->error_number;
  return -1;
}

static int
fault_fdatasync (int fd)
{
  const FaultPlan *plan = next_call (FAULT_FDATASYNC);

  if (plan == NULL)
    return fdatasync (fd);
  errno = plan->error_number;
  return -1;
}

static int
fault_openat (int folder, const char *path, int flags, mode_t mode)
{
  const FaultPlan *plan = next_call (FAULT_OPENAT);

  if (plan == NULL)
    return openat (folder, path, flags, mode);
  errno = plan->error_number;
  return -1;
}

static int
fault_fallocate (int fd, int mode, off_t offset, off_t length)
{
  const FaultPlan *plan = next_call (FAULT_FALLOCATE);

  if (plan == NULL)
    return fallocate (fd, mode, offset, length);
  errno = plan->error_number;
  return -1;
}

static int
fault_renameat (int from_folder, const char *from, int to_folder, const char *to)
{
  const FaultPlan *plan = next_call (FAULT_RENAMEAT);

  if (plan == NULL)
    return renameat (from_folder, from, to_folder, to);
  errno = plan->error_number;
  return -1;
}

static MeirDiskFaults faults;

void
disk_fixture_fail (FaultKind kind, FaultPlan plan)
{
  plans[kind] = plan;
  n_calls[kind] = 0;
  switch (kind) {
  case FAULT_PWRITEV:
    faults.pwritev = fault_pwritev;
    break;
  case FAULT_PREADV:
    faults.preadv = fault_preadv;
    break;
  case FAULT_FDATASYNC:
    faults.fdatasync = fault_fdatasync;
    break;
  case FAULT_OPENAT:
    faults.openat = fault_openat;
    break;
  case FAULT_FALLOCATE:
    faults.fallocate = fault_fallocate;
    break;
  case FAULT_RENAMEAT:
    faults.renameat = fault_renameat;
    break;
  case N_FAULTS:
    g_assert_not_reached ();
  }
  meir_disk_faults = &faults;
}

guint
disk_fixture_count_calls (FaultKind kind)
{
  return (guint) g_atomic_int_get (&n_calls[kind]);
}

void
disk_fixture_lack (gboolean no_openat2, gboolean no_nowait)
{
  faults.no_openat2 = no_openat2;
  faults.no_nowait = no_nowait;
  meir_disk_faults = &faults;
}

void
disk_fixture_heal (void)
{
  meir_disk_faults = NULL;
  faults = (MeirDiskFaults){ 0 };
  memset (plans, 0, sizeof plans);
}
