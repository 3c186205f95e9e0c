/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Where the templates, styles and icons lie inside the program. */
#define MEIR_UI_RESOURCES "/io/github/meirtorrent/MeirTorrent/"
