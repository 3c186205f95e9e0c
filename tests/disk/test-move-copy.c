/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk/meir-move-copy.h"

#include "disk-fixture.h"

#include <string.h>
#include <sys/stat.h>

typedef struct {
  char *folder;
  int from, to;
  guint64 seen;
  guint64 stop_after;
} Case;

static gboolean
on_step (gpointer user_data, guint64 bytes)
{
  Case *c = user_data;

  c->seen += bytes;
  return c->seen < c->stop_after;
}

static int
open_new (Case *c, const char *name)
{
  g_autofree char *path = g_build_filename (c->folder, name, NULL);
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);

  g_assert_cmpint (fd, >=, 0);
  return fd;
}

static void
case_init (Case *c)
{
  *c = (Case){ .folder = g_dir_make_tmp ("meir-move-XXXXXX", NULL), .stop_after = G_MAXUINT64 };
  c->from = open_new (c, "from");
  c->to = open_new (c, "to");
}

static void
case_clear (Case *c)
{
  disk_fixture_heal ();
  close (c->from);
  close (c->to);
  disk_fixture_remove (c->folder);
  g_free (c->folder);
}

static void
fill (int fd, guint64 offset, gsize length, guint8 seed)
{
  g_autofree guint8 *bytes = g_malloc (length);

  for (gsize i = 0; i < length; i++)
    bytes[i] = (guint8) (seed + i * 7 + i / 256);
  g_assert_cmpint (pwrite (fd, bytes, length, (off_t) offset), ==, (gssize) length);
}

static struct stat
look (int fd)
{
  struct stat status;

  g_assert_cmpint (fstat (fd, &status), ==, 0);
  return status;
}

static gboolean
are_equal (Case *c)
{
  guint64 stop_after = c->stop_after;
  int result;

  c->stop_after = G_MAXUINT64;
  result = meir_move_compare (c->from, c->to, on_step, c);
  c->stop_after = stop_after;
  return result == 0;
}

/* Bytes, holes, mode and times. */
static void
test_whole (void)
{
  const struct timespec times[2] = { { 1000, 1 }, { 1234567890, 123456789 } };
  struct stat from, to;
  Case c;

  case_init (&c);
  fill (c.from, 0, 3000000, 1);
  fill (c.from, 40u << 20, 5, 2);
  g_assert_cmpint (ftruncate (c.from, 60u << 20), ==, 0);
  g_assert_cmpint (fchmod (c.from, 0755), ==, 0);
  g_assert_cmpint (futimens (c.from, times), ==, 0);
  g_assert_cmpint (meir_move_copy (c.from, c.to, on_step, &c), ==, 0);
  g_assert_cmpuint (c.seen, ==, 60u << 20);
  from = look (c.from);
  to = look (c.to);
  g_assert_cmpint (to.st_size, ==, 60 << 20);
  g_assert_cmpint (to.st_mtim.tv_sec, ==, 1234567890);
  g_assert_cmpint (to.st_mtim.tv_nsec, ==, from.st_mtim.tv_nsec);
  g_assert_cmpuint (to.st_mode & 0777, ==, 0755);
  g_assert_cmpint (to.st_blocks, <, 20000); /* not 60 MiB of zeros */
  g_assert_true (are_equal (&c));
  case_clear (&c);
}

static void
test_empty (void)
{
  Case c;

  case_init (&c);
  g_assert_cmpint (meir_move_copy (c.from, c.to, on_step, &c), ==, 0);
  g_assert_cmpint (look (c.to).st_size, ==, 0);
  g_assert_true (are_equal (&c));
  g_assert_cmpint (ftruncate (c.from, 1u << 20), ==, 0); /* nothing but a hole */
  g_assert_cmpint (meir_move_copy (c.from, c.to, on_step, &c), ==, 0);
  g_assert_cmpuint (c.seen, ==, 1u << 20);
  g_assert_true (are_equal (&c));
  case_clear (&c);
}

static void
test_short_calls (void)
{
  Case c;

  case_init (&c);
  fill (c.from, 0, 100000, 3);
  disk_fixture_fail (FAULT_PREADV, (FaultPlan){ 1, 20, 0, 777 });
  disk_fixture_fail (FAULT_PWRITEV, (FaultPlan){ 1, 20, 0, 333 });
  g_assert_cmpint (meir_move_copy (c.from, c.to, on_step, &c), ==, 0);
  disk_fixture_heal ();
  g_assert_true (are_equal (&c));
  case_clear (&c);
}

static void
test_interrupted (void)
{
  Case c;

  case_init (&c);
  fill (c.from, 0, 100000, 3);
  disk_fixture_fail (FAULT_PREADV, (FaultPlan){ 1, 1, EINTR, 0 });
  disk_fixture_fail (FAULT_PWRITEV, (FaultPlan){ 1, 1, EINTR, 0 });
  g_assert_cmpint (meir_move_copy (c.from, c.to, on_step, &c), ==, 0);
  g_assert_true (are_equal (&c));
  case_clear (&c);
}

static void
test_failures (void)
{
  static const struct {
    FaultKind kind;
    FaultPlan plan;
  } cases[] = {
    { FAULT_PREADV, { 2, 1, EIO, 0 } },     { FAULT_PREADV, { 2, 9, 0, 0 } }, /* shorter than it was */
    { FAULT_PWRITEV, { 2, 1, ENOSPC, 0 } }, { FAULT_PWRITEV, { 1, 1, 0, 0 } },
    { FAULT_FDATASYNC, { 1, 1, EIO, 0 } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    int expected = cases[i].plan.error_number != 0 ? cases[i].plan.error_number : EIO;
    Case c;

    case_init (&c);
    fill (c.from, 0, 3u << 20, 3);
    disk_fixture_fail (cases[i].kind, cases[i].plan);
    g_assert_cmpint (meir_move_copy (c.from, c.to, on_step, &c), ==, expected);
    case_clear (&c);
  }
}

static void
test_cancel (void)
{
  Case c;

  case_init (&c);
  fill (c.from, 0, 5u << 20, 3);
  c.stop_after = 2u << 20;
  g_assert_cmpint (meir_move_copy (c.from, c.to, on_step, &c), ==, ECANCELED);
  g_assert_cmpuint (c.seen, ==, 2u << 20);
  c.seen = 0;
  c.stop_after = G_MAXUINT64;
  g_assert_cmpint (meir_move_copy (c.from, c.to, on_step, &c), ==, 0);
  c.seen = 0;
  c.stop_after = 1;
  g_assert_cmpint (meir_move_compare (c.from, c.to, on_step, &c), ==, ECANCELED);
  case_clear (&c);
}

static void
test_compare (void)
{
  Case c;

  case_init (&c);
  fill (c.from, 0, 3000000, 3);
  fill (c.to, 0, 3000000, 3);
  g_assert_cmpint (meir_move_compare (c.from, c.to, on_step, &c), ==, 0);
  fill (c.to, 2999999, 1, 77);
  g_assert_cmpint (meir_move_compare (c.from, c.to, on_step, &c), ==, EEXIST);
  fill (c.to, 0, 3000001, 3);
  g_assert_cmpint (meir_move_compare (c.from, c.to, on_step, &c), ==, EEXIST);
  disk_fixture_fail (FAULT_PREADV, (FaultPlan){ 2, 1, EIO, 0 });
  g_assert_cmpint (meir_move_compare (c.from, c.to, on_step, &c), ==, EIO);
  case_clear (&c);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/move-copy/whole", test_whole);
  g_test_add_func ("/move-copy/empty", test_empty);
  g_test_add_func ("/move-copy/short-calls", test_short_calls);
  g_test_add_func ("/move-copy/interrupted", test_interrupted);
  g_test_add_func ("/move-copy/failures", test_failures);
  g_test_add_func ("/move-copy/cancel", test_cancel);
  g_test_add_func ("/move-copy/compare", test_compare);
  return g_test_run ();
}
