/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-qr.h"

#include "widget-support.h"

#include <adwaita.h>
#include <qrencode.h>
#include <string.h>

/* The code on the screen is the code of the text, module by module. */

#define LINK  "magnet:?xt=urn:btih:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define QUIET 4

typedef struct {
  GtkWidget *window;
  MeirUiQr *qr;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
  adw_init ();
  fixture->window = gtk_window_new ();
  fixture->qr = MEIR_UI_QR (meir_ui_qr_new ());
  gtk_window_set_child (GTK_WINDOW (fixture->window), GTK_WIDGET (fixture->qr));
  /* No multiple of the code's modules: what is left over goes to the rim. */
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 251, 263);
  gtk_window_present (GTK_WINDOW (fixture->window));
}

static void
tear_down (Fixture *fixture, gconstpointer user_data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->window));
}

static gboolean
is_black (const QRcode *code, int x, int y)
{
  if (x < 0 || y < 0 || x >= code->width || y >= code->width)
    return FALSE;
  return (code->data[y * code->width + x] & 1) != 0;
}

static guint32
get_pixel (const guchar *data, gsize stride, int x, int y)
{
  guint32 pixel;

  memcpy (&pixel, data + (gsize) y * stride + (gsize) x * 4, sizeof pixel);
  return pixel;
}

/* Every corner of every module has its colour: nothing is blurred, and nothing shifted. */
static void
assert_shows (Fixture *fixture, const char *text)
{
  QRcode *code = QRcode_encodeString8bit (text, 0, QR_ECLEVEL_L);
  g_autoptr (GdkTexture) texture = NULL;
  g_autofree guchar *data = NULL;
  int modules = code->width + 2 * QUIET, module, left, top;
  gsize stride;

  widget_settle (fixture->window);
  texture = widget_render (fixture->qr);
  stride = (gsize) gdk_texture_get_width (texture) * 4;
  data = g_malloc (stride * (gsize) gdk_texture_get_height (texture));
  gdk_texture_download (texture, data, stride);
  module = MIN (gdk_texture_get_width (texture), gdk_texture_get_height (texture)) / modules;
  g_assert_cmpint (module, >=, 1);
  left = (gdk_texture_get_width (texture) - modules * module) / 2;
  top = (gdk_texture_get_height (texture) - modules * module) / 2;
  for (int y = 0; y < modules * module; y++) {
    for (int x = 0; x < modules * module; x++) {
      gboolean black = is_black (code, x / module - QUIET, y / module - QUIET);

      g_assert_cmphex (get_pixel (data, stride, left + x, top + y), ==, black ? 0xff000000 : 0xffffffff);
    }
  }
  QRcode_free (code);
}

static void
test_link (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *longer = g_strconcat (LINK, "&tr=http%3A%2F%2F127.0.0.1%3A6969%2Fannounce", NULL);

  g_assert_true (meir_ui_qr_set_text (fixture->qr, LINK));
  assert_shows (fixture, LINK);
  g_assert_true (meir_ui_qr_set_text (fixture->qr, LINK));
  g_assert_true (meir_ui_qr_set_text (fixture->qr, longer));
  assert_shows (fixture, longer);
}

/* Black on white in the dark, too, and the same way round from right to left. */
static void
test_dark (Fixture *fixture, gconstpointer user_data)
{
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_FORCE_DARK);
  gtk_widget_set_direction (GTK_WIDGET (fixture->qr), GTK_TEXT_DIR_RTL);
  g_assert_true (meir_ui_qr_set_text (fixture->qr, LINK));
  assert_shows (fixture, LINK);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_DEFAULT);
}

/* No code holds that much: nothing is shown, rather than a part. */
static void
test_too_long (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *text = g_strnfill (5000, 'a');
  g_autoptr (GdkTexture) texture = NULL;

  g_assert_true (meir_ui_qr_set_text (fixture->qr, LINK));
  g_assert_false (meir_ui_qr_set_text (fixture->qr, text));
  g_assert_false (meir_ui_qr_set_text (fixture->qr, text));
  widget_settle (fixture->window);
  g_assert_false (meir_ui_qr_set_text (fixture->qr, NULL));
}

static void
test_accessible (Fixture *fixture, gconstpointer user_data)
{
  gtk_test_accessible_assert_role (fixture->qr, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_test_accessible_assert_property (fixture->qr, GTK_ACCESSIBLE_PROPERTY_LABEL, "The link as a QR code");
}

/* It is never less than a pixel a module. */
static void
test_size (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *text = g_strnfill (2500, 'a');
  int minimum;

  g_assert_true (meir_ui_qr_set_text (fixture->qr, text));
  gtk_widget_measure (GTK_WIDGET (fixture->qr), GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, >, 165);
  assert_shows (fixture, text);
}

static void
add (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv);
  add ("/app/qr/link", test_link);
  add ("/app/qr/dark", test_dark);
  add ("/app/qr/too-long", test_too_long);
  add ("/app/qr/accessible", test_accessible);
  add ("/app/qr/size", test_size);
  return g_test_run ();
}
