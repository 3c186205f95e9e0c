/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz-target.h"

#include "swarm-driver.h"

/* The swarm counts everything anew after every few events: long inputs would only be slow. */
#define LENGTH_MAX 4096

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t length)
{
  swarm_drive (bytes, MIN (length, LENGTH_MAX), 4);
  return 0;
}
