/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk/meir-disk-queue.h"

#include "disk/meir-disk.h"

static void
test_order (void)
{
  MeirDiskQueue queue = { 0 };
  MeirDiskJob jobs[5] = { 0 };

  g_assert_null (meir_disk_queue_pop (&queue));
  for (guint i = 0; i < G_N_ELEMENTS (jobs); i++)
    meir_disk_queue_push (&queue, &jobs[i]);
  g_assert_cmpuint (queue.length, ==, 5);
  for (guint i = 0; i < G_N_ELEMENTS (jobs); i++) {
    g_assert_true (meir_disk_queue_pop (&queue) == &jobs[i]);
    g_assert_null (jobs[i].next);
  }
  g_assert_cmpuint (queue.length, ==, 0);
  g_assert_null (meir_disk_queue_pop (&queue));
}

/* Emptied and filled again, and with the same job, which moves from one queue to another. */
static void
test_reuse (void)
{
  MeirDiskQueue queue = { 0 };
  MeirDiskQueue other = { 0 };
  MeirDiskJob first = { 0 };
  MeirDiskJob second = { 0 };

  for (guint round = 0; round < 3; round++) {
    meir_disk_queue_push (&queue, &first);
    meir_disk_queue_push (&queue, &second);
    meir_disk_queue_push (&other, meir_disk_queue_pop (&queue));
    meir_disk_queue_push (&queue, meir_disk_queue_pop (&other));
    g_assert_true (queue.first == &second);
    g_assert_true (queue.last == &first);
    g_assert_true (meir_disk_queue_pop (&queue) == &second);
    g_assert_true (meir_disk_queue_pop (&queue) == &first);
    g_assert_null (queue.first);
    g_assert_null (queue.last);
  }
}

/* From the front, the middle and the end; not what is not in it; and what comes afterwards is in its place.
 */
static void
test_remove (void)
{
  MeirDiskQueue queue = { 0 };
  MeirDiskJob jobs[4] = { 0 };
  MeirDiskJob other = { 0 };

  g_assert_false (meir_disk_queue_remove (&queue, &other));
  for (guint i = 0; i < G_N_ELEMENTS (jobs); i++)
    meir_disk_queue_push (&queue, &jobs[i]);
  g_assert_false (meir_disk_queue_remove (&queue, &other));
  g_assert_true (meir_disk_queue_remove (&queue, &jobs[1]));
  g_assert_false (meir_disk_queue_remove (&queue, &jobs[1]));
  g_assert_true (meir_disk_queue_remove (&queue, &jobs[3]));
  g_assert_cmpuint (queue.length, ==, 2);
  meir_disk_queue_push (&queue, &jobs[1]);
  g_assert_true (meir_disk_queue_remove (&queue, &jobs[0]));
  g_assert_true (meir_disk_queue_pop (&queue) == &jobs[2]);
  g_assert_true (meir_disk_queue_pop (&queue) == &jobs[1]);
  g_assert_null (meir_disk_queue_pop (&queue));
  meir_disk_queue_push (&queue, &other);
  g_assert_true (meir_disk_queue_remove (&queue, &other));
  g_assert_null (queue.first);
  g_assert_null (queue.last);
  g_assert_cmpuint (queue.length, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/disk/disk-queue/order", test_order);
  g_test_add_func ("/disk/disk-queue/reuse", test_reuse);
  g_test_add_func ("/disk/disk-queue/remove", test_remove);
  return g_test_run ();
}
