/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/meir-stream.h"

/**
 * StreamSuite:
 * @make: two ends of one connection; with @buffer_bytes > 0, over sockets with buffers of about that size
 * @binding: whether the two ends have a channel binding
 * @detects_truncation: whether a cut connection differs from one that was closed in order
 *
 * What every MeirStream must do: stamped over each implementation.
 */
typedef struct {
  const char *name;
  void (*make) (MeirStream *streams[2], int buffer_bytes);
  gboolean encrypted;
  gboolean binding;
  gboolean detects_truncation;
} StreamSuite;

/* @suite must stay valid. */
void stream_suite_add (const StreamSuite *suite);
