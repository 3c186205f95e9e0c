/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-piece-sizes.h"

#include "session/meir.h"

#include <glib/gi18n.h>

static char *
dup_pieces (const char *size, guint64 bytes, guint32 piece_length)
{
  guint n = (guint) MIN ((bytes + piece_length - 1) / piece_length, G_MAXUINT);

  /* Translators: the size of a piece, and how many there are: "1 MiB · 1843 pieces" */
  return g_strdup_printf (ngettext ("%s · %u piece", "%s · %u pieces", n), size, n);
}

GtkStringList *
meir_ui_piece_sizes_new (guint64 bytes)
{
  GtkStringList *sizes = gtk_string_list_new (NULL);
  g_autofree char *automatic = dup_pieces (_ ("Automatic"), bytes, meir_piece_length_choose (bytes, NULL));

  gtk_string_list_append (sizes, automatic);
  for (guint32 length = MEIR_PIECE_LENGTH_MIN; length <= MEIR_PIECE_LENGTH_MAX; length <<= 1) {
    g_autofree char *size = g_format_size_full (length, G_FORMAT_SIZE_IEC_UNITS);
    g_autofree char *text = dup_pieces (size, bytes, length);

    gtk_string_list_append (sizes, text);
  }
  return sizes;
}

guint32
meir_ui_piece_sizes_get_length (guint choice)
{
  return choice == 0 || choice == GTK_INVALID_LIST_POSITION ? 0 : MEIR_PIECE_LENGTH_MIN << (choice - 1);
}
