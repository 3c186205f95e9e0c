/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-qr.h"

#include <glib/gi18n.h>
#include <qrencode.h>
#include <string.h>

/* Modules that stay white around the code (ISO/IEC 18004, 5.3.8). */
#define QUIET_ZONE      4
#define NATURAL_SIZE    232
#define MINIMUM_SIZE    120
#define BYTES_PER_PIXEL 3

struct _MeirUiQr {
  GtkWidget parent_instance;

  char *text;          /* (nullable) */
  QRcode *code;        /* (nullable) */
  GdkTexture *texture; /* (nullable) */
  int module;          /* the screen's pixels a module that the texture was made for */
};

G_DEFINE_FINAL_TYPE (MeirUiQr, meir_ui_qr, GTK_TYPE_WIDGET)

static gboolean
is_black (const QRcode *code, int x, int y)
{
  if (x < 0 || y < 0 || x >= code->width || y >= code->width)
    return FALSE;
  return (code->data[y * code->width + x] & 1) != 0;
}

/* A texture of whole modules, @module pixels each. */
static GdkTexture *
make_texture (const QRcode *code, int module)
{
  int modules = code->width + 2 * QUIET_ZONE;
  gsize side = (gsize) modules * (gsize) module;
  gsize stride = side * BYTES_PER_PIXEL;
  guint8 *pixels = g_malloc (stride * side);
  g_autoptr (GBytes) bytes = g_bytes_new_take (pixels, stride * side);

  memset (pixels, 0xff, stride * side);
  for (int y = 0; y < modules; y++) {
    guint8 *first = pixels + (gsize) y * (gsize) module * stride;

    for (int x = 0; x < modules; x++) {
      if (is_black (code, x - QUIET_ZONE, y - QUIET_ZONE))
        memset (first + (gsize) x * (gsize) module * BYTES_PER_PIXEL, 0, (gsize) module * BYTES_PER_PIXEL);
    }
    for (int row = 1; row < module; row++)
      memcpy (first + (gsize) row * stride, first, stride);
  }
  return gdk_memory_texture_new ((int) side, (int) side, GDK_MEMORY_R8G8B8, bytes, stride);
}

static void
meir_ui_qr_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  MeirUiQr *qr = MEIR_UI_QR (widget);
  int scale = gtk_widget_get_scale_factor (widget);
  int side = MIN (gtk_widget_get_width (widget), gtk_widget_get_height (widget)) * scale;
  int modules, module;
  float size, x, y;

  if (qr->code == NULL)
    return;
  modules = qr->code->width + 2 * QUIET_ZONE;
  module = MAX (side / modules, 1);
  if (qr->texture == NULL || module != qr->module) {
    g_clear_object (&qr->texture);
    qr->texture = make_texture (qr->code, module);
    qr->module = module;
  }
  size = (float) (modules * module) / (float) scale;
  x = (float) ((gtk_widget_get_width (widget) * scale - modules * module) / 2) / (float) scale;
  y = (float) ((gtk_widget_get_height (widget) * scale - modules * module) / 2) / (float) scale;
  gtk_snapshot_append_texture (snapshot, qr->texture, &GRAPHENE_RECT_INIT (x, y, size, size));
}

static void
meir_ui_qr_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                    int *minimum_baseline, int *natural_baseline)
{
  MeirUiQr *qr = MEIR_UI_QR (widget);
  /* A pixel a module is the least that can be read at all. */
  int least = qr->code != NULL ? qr->code->width + 2 * QUIET_ZONE : 0;

  /* A list gives its rows no more height than they need. */
  *minimum = MAX (orientation == GTK_ORIENTATION_VERTICAL ? NATURAL_SIZE : MINIMUM_SIZE, least);
  *natural = MAX (NATURAL_SIZE, *minimum);
}

gboolean
meir_ui_qr_set_text (MeirUiQr *qr, const char *text)
{
  if (g_strcmp0 (text, qr->text) == 0)
    return qr->code != NULL;
  g_free (qr->text);
  qr->text = g_strdup (text);
  g_clear_pointer (&qr->code, QRcode_free);
  g_clear_object (&qr->texture);
  if (text != NULL)
    qr->code = QRcode_encodeString8bit (text, 0, QR_ECLEVEL_L);
  gtk_widget_queue_resize (GTK_WIDGET (qr));
  return qr->code != NULL;
}

static void
meir_ui_qr_finalize (GObject *object)
{
  MeirUiQr *qr = MEIR_UI_QR (object);

  g_clear_pointer (&qr->code, QRcode_free);
  g_clear_object (&qr->texture);
  g_free (qr->text);
  G_OBJECT_CLASS (meir_ui_qr_parent_class)->finalize (object);
}

static void
meir_ui_qr_class_init (MeirUiQrClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = meir_ui_qr_finalize;
  widget_class->snapshot = meir_ui_qr_snapshot;
  widget_class->measure = meir_ui_qr_measure;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_set_css_name (widget_class, "qrcode");
}

static void
meir_ui_qr_init (MeirUiQr *qr)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (qr), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("The link as a QR code"), -1);
}

GtkWidget *
meir_ui_qr_new (void)
{
  return g_object_new (MEIR_UI_TYPE_QR, NULL);
}
