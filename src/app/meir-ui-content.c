/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-content.h"

#include <string.h>

/* How many files are looked at: more say nothing new, and may take too long for one turn of the main loop. */
#define FILES_MAX 1000

static const char *const icons[MEIR_UI_N_CONTENTS] = {
  [MEIR_UI_CONTENT_FOLDER] = "meir-folder-symbolic", [MEIR_UI_CONTENT_FILE] = "meir-file-symbolic",
  [MEIR_UI_CONTENT_DISC] = "meir-disc-symbolic",     [MEIR_UI_CONTENT_PICTURES] = "meir-pictures-symbolic",
  [MEIR_UI_CONTENT_VIDEO] = "meir-video-symbolic",   [MEIR_UI_CONTENT_MUSIC] = "meir-music-symbolic",
  [MEIR_UI_CONTENT_DOCUMENT] = "meir-file-symbolic", [MEIR_UI_CONTENT_ARCHIVE] = "meir-archive-symbolic",
};

/* Endings of names, with the dot, between blanks. */
static const char *const endings[MEIR_UI_N_CONTENTS] = {
  [MEIR_UI_CONTENT_DISC] = " .iso .img .dmg .nrg .mdf .cue .vhd .vmdk .qcow2 .raw ",
  [MEIR_UI_CONTENT_PICTURES] =
      " .jpg .jpeg .png .gif .webp .avif .heic .svg .tif .tiff .bmp .psd .xcf .raf .cr2 .nef "
      ".dng .kra ",
  [MEIR_UI_CONTENT_VIDEO] = " .mkv .mp4 .avi .mov .webm .m4v .mpg .mpeg .wmv .flv .ts .m2ts .ogv .vob .3gp ",
  [MEIR_UI_CONTENT_MUSIC] = " .mp3 .flac .ogg .oga .opus .m4a .aac .wav .wma .aif .aiff .ape .mid .m4b .dsf ",
  [MEIR_UI_CONTENT_DOCUMENT] =
      " .pdf .epub .txt .odt .ods .odp .doc .docx .xls .xlsx .ppt .pptx .djvu .mobi .azw3 .md "
      ".html .htm .csv .cbz .cbr .tex .rtf ",
  [MEIR_UI_CONTENT_ARCHIVE] = " .zip .tar .gz .tgz .xz .bz2 .zst .7z .rar .lz4 .deb .rpm .apk .jar .cab ",
};

#define ENDING_MAX 8

MeirUiContent
meir_ui_content_of_name (const char *name)
{
  const char *dot = strrchr (name, '.');
  char ending[ENDING_MAX + 3];
  gsize length = dot != NULL ? strlen (dot) : 0;

  if (length < 2 || length > ENDING_MAX || strchr (dot, '/') != NULL || strchr (dot, ' ') != NULL)
    return MEIR_UI_CONTENT_FILE;
  ending[0] = ' ';
  for (gsize i = 0; i < length; i++)
    ending[i + 1] = g_ascii_tolower (dot[i]);
  ending[length + 1] = ' ';
  ending[length + 2] = '\0';
  for (guint content = 0; content < MEIR_UI_N_CONTENTS; content++)
    if (endings[content] != NULL && strstr (endings[content], ending) != NULL)
      return content;
  return MEIR_UI_CONTENT_FILE;
}

MeirUiContent
meir_ui_content_of_folder (const guint64 bytes[MEIR_UI_N_CONTENTS])
{
  guint64 total = 0;

  for (guint content = 0; content < MEIR_UI_N_CONTENTS; content++)
    total += bytes[content];
  for (guint content = MEIR_UI_CONTENT_DISC; content < MEIR_UI_N_CONTENTS; content++)
    if (bytes[content] > total / 2)
      return content;
  return MEIR_UI_CONTENT_FOLDER;
}

MeirUiContent
meir_ui_content_of_metainfo (MeirMetainfo *metainfo)
{
  guint64 bytes[MEIR_UI_N_CONTENTS] = { 0 };
  guint n = MIN (meir_metainfo_get_n_files (metainfo), FILES_MAX);

  if (!meir_metainfo_is_folder (metainfo))
    return meir_ui_content_of_name (meir_metainfo_get_name (metainfo));
  for (guint i = 0; i < n; i++) {
    const MeirMetainfoFile *file = meir_metainfo_get_file (metainfo, i);

    if (!file->is_pad)
      bytes[meir_ui_content_of_name (file->path)] += file->length;
  }
  return meir_ui_content_of_folder (bytes);
}

const char *
meir_ui_content_get_icon (MeirUiContent content)
{
  return icons[content];
}
