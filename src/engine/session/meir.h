/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The engine's face: all that cli/ and app/ include of it. */

#include "base/meir-digest.h"
#include "base/meir-endpoint.h"
#include "base/meir-error.h"
#include "base/meir-limits.h"
#include "base/meir-text.h"
#include "disk/meir-create.h"
#include "disk/meir-metainfo-load.h"
#include "meta/meir-magnet.h"
#include "meta/meir-metainfo.h"
#include "meta/meir-piece-length.h"
#include "session/meir-session.h"
#include "session/meir-snapshot.h"
#include "session/meir-torrent.h"
#include "session/meir-verify.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * meir_init:
 *
 * Sets up what has to stand before the first use of GIO's TLS in this process, and says where the
 * translations of our sentences are. Call it first in main (), before any thread; setlocale () and
 * textdomain () are the program's own.
 */
void meir_init (void);

G_END_DECLS
