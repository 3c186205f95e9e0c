/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widget-support.h"

#include "app-support.h"

#include <adwaita.h>
#include <glib/gstdio.h>
#include <string.h>

typedef gboolean (*Matches) (GtkWidget *widget, gconstpointer wanted);

static gpointer
find (GtkWidget *root, Matches matches, gconstpointer wanted)
{
  GtkWidget *found = matches (root, wanted) ? root : NULL;

  for (GtkWidget *w = gtk_widget_get_first_child (root); w != NULL && found == NULL;
       w = gtk_widget_get_next_sibling (w))
    found = find (w, matches, wanted);
  return found;
}

static gboolean
has_id (GtkWidget *widget, gconstpointer id)
{
  return g_strcmp0 (gtk_buildable_get_buildable_id (GTK_BUILDABLE (widget)), id) == 0;
}

static gboolean
has_type (GtkWidget *widget, gconstpointer type)
{
  return G_TYPE_CHECK_INSTANCE_TYPE (widget, *(const GType *) type);
}

static gboolean
is_button (GtkWidget *widget, gconstpointer text)
{
  return GTK_IS_BUTTON (widget) && (g_strcmp0 (gtk_button_get_label (GTK_BUTTON (widget)), text) == 0 ||
                                    g_strcmp0 (gtk_widget_get_tooltip_text (widget), text) == 0);
}

static gboolean
is_icon_button (GtkWidget *widget, gconstpointer icon)
{
  return GTK_IS_BUTTON (widget) && g_strcmp0 (gtk_button_get_icon_name (GTK_BUTTON (widget)), icon) == 0;
}

static gboolean
is_label (GtkWidget *widget, gconstpointer text)
{
  return GTK_IS_LABEL (widget) && g_strcmp0 (gtk_label_get_text (GTK_LABEL (widget)), text) == 0;
}

gpointer
widget_find_icon_button (gpointer root, const char *icon)
{
  gpointer found = find (root, is_icon_button, icon);

  g_assert_nonnull (found);
  return found;
}

gboolean
widget_has_text (gpointer root, const char *text)
{
  return find (root, is_label, text) != NULL;
}

gpointer
widget_find (gpointer root, const char *id)
{
  gpointer found = find (root, has_id, id);

  g_assert_nonnull (found);
  return found;
}

gpointer
widget_find_type (gpointer root, GType type)
{
  gpointer found = find (root, has_type, &type);

  g_assert_nonnull (found);
  return found;
}

gpointer
widget_find_button (gpointer root, const char *text)
{
  gpointer found = find (root, is_button, text);

  g_assert_nonnull (found);
  return found;
}

GdkTexture *
widget_render (gpointer widget)
{
  g_autoptr (GdkPaintable) live = gtk_widget_paintable_new (widget);
  g_autoptr (GdkPaintable) now = gdk_paintable_get_current_image (live);
  int width = gdk_paintable_get_intrinsic_width (now);
  int height = gdk_paintable_get_intrinsic_height (now);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  GskRenderer *renderer = gtk_native_get_renderer (gtk_widget_get_native (widget));
  g_autoptr (GskRenderNode) node = NULL;

  gdk_paintable_snapshot (now, snapshot, width, height);
  node = gtk_snapshot_free_to_node (snapshot);
  g_assert_nonnull (node);
  return gsk_renderer_render_texture (renderer, node,
                                      &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
}

GdkRGBA
widget_pixel (GdkTexture *texture, int x, int y)
{
  gsize stride = (gsize) gdk_texture_get_width (texture) * 4;
  g_autofree guchar *data = g_malloc (stride * (gsize) gdk_texture_get_height (texture));
  guint32 pixel;

  g_assert_cmpint (x, <, gdk_texture_get_width (texture));
  g_assert_cmpint (y, <, gdk_texture_get_height (texture));
  gdk_texture_download (texture, data, stride);
  memcpy (&pixel, data + (gsize) y * stride + (gsize) x * 4, sizeof pixel);
  return (GdkRGBA){
    .red = (float) ((pixel >> 16) & 0xff) / 255,
    .green = (float) ((pixel >> 8) & 0xff) / 255,
    .blue = (float) (pixel & 0xff) / 255,
    .alpha = (float) (pixel >> 24) / 255,
  };
}

void
widget_set_width (gpointer window, gpointer inner, int width)
{
  gtk_window_set_default_size (window, width, 300);
  gtk_window_present (window);
  app_wait_until (gtk_widget_get_width (inner) == width);
  widget_settle (window);
}

void
widget_settle (gpointer widget)
{
  /* A frame to lay out, one to draw, one for what the first of them changed. */
  for (guint i = 0; i < 3; i++) {
    gtk_widget_queue_draw (widget);
    gtk_test_widget_wait_for_draw (widget);
  }
}

void
widget_save_picture (GdkTexture *texture, const char *name)
{
  gboolean contrast = adw_style_manager_get_high_contrast (adw_style_manager_get_default ());
  g_autofree char *folder = g_test_build_filename (G_TEST_BUILT, "app", "pictures", NULL);
  g_autofree char *file = g_strconcat (name, contrast ? "-contrast.png" : ".png", NULL);
  g_autofree char *path = g_build_filename (folder, file, NULL);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  g_assert_true (gdk_texture_save_to_png (texture, path));
}

static void
use_sheet (const char *path)
{
  g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();

  gtk_css_provider_load_from_resource (provider, path);
  gtk_style_context_add_provider_for_display (gdk_display_get_default (), GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}

void
widget_use_style (void)
{
  use_sheet ("/io/github/meirtorrent/MeirTorrent/style.css");
  if (adw_style_manager_get_high_contrast (adw_style_manager_get_default ()))
    use_sheet ("/io/github/meirtorrent/MeirTorrent/style-hc.css");
  gtk_icon_theme_add_resource_path (gtk_icon_theme_get_for_display (gdk_display_get_default ()),
                                    "/io/github/meirtorrent/MeirTorrent/icons");
}

GtkWindow *
widget_find_window (GtkWindow *parent)
{
  g_autoptr (GList) toplevels = gtk_window_list_toplevels ();

  for (GList *l = toplevels; l != NULL; l = l->next)
    if (l->data != parent)
      return l->data;
  return NULL;
}
