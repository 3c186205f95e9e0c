/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk/meir-disk-queue.h"

#include "disk/meir-disk.h"

void
meir_disk_queue_push (MeirDiskQueue *queue, MeirDiskJob *job)
{
  job->next = NULL;
  if (queue->last != NULL)
    queue->last->next = job;
  else
    queue->first = job;
  queue->last = job;
  queue->length++;
}

MeirDiskJob *
meir_disk_queue_pop (MeirDiskQueue *queue)
{
  MeirDiskJob *job = queue->first;

  if (job == NULL)
    return NULL;
  queue->first = job->next;
  if (queue->first == NULL)
    queue->last = NULL;
  queue->length--;
  job->next = NULL;
  return job;
}

gboolean
meir_disk_queue_remove (MeirDiskQueue *queue, MeirDiskJob *job)
{
  MeirDiskJob *before = NULL;

  for (MeirDiskJob *candidate = queue->first; candidate != job; candidate = candidate->next) {
    if (candidate == NULL)
      return FALSE;
    before = candidate;
  }
  if (before == NULL)
    return meir_disk_queue_pop (queue) != NULL;
  before->next = job->next;
  if (queue->last == job)
    queue->last = before;
  queue->length--;
  job->next = NULL;
  return TRUE;
}
