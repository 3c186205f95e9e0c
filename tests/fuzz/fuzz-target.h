/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* What every fuzz-NAME.c defines: feeds @bytes to the code under test and aborts (g_assert) when it does
 * wrong. Called by libFuzzer, or by fuzz-driver.c in ordinary builds. Returns 0. */
int LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t length);
