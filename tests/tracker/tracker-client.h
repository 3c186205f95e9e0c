/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-byte-cursor.h"
#include "base/meir-endpoint.h"
#include "tracker/meir-tracker.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

/* A tracker on a free port of the loopback, and blocking sockets that ask it. A read that waits longer than
 * PATIENCE fails the test: it is there to end a hanging test, not to measure. */
#define PATIENCE_SEC 40

#define ANNOUNCE                                                                                             \
  "GET /announce?info_hash=aaaaaaaaaaaaaaaaaaaa&peer_id=pppppppppppppppppppp&port=1000&left=5 HTTP/1.1\r\n"  \
  "Host: localhost\r\n"

static inline MeirTracker *
client_start_tracker (const char *bind_address, const char *https_folder, guint max_connections)
{
  MeirTrackerConfig config;
  g_autoptr (GError) error = NULL;
  MeirTracker *tracker;

  meir_tracker_config_init (&config);
  config.bind_address = bind_address;
  config.http_port = 0;
  if (https_folder != NULL) {
    config.https = MEIR_TRACKER_HTTPS_AUTO;
    config.state_folder = https_folder;
  }
  if (max_connections != 0)
    config.max_connections = max_connections;
  tracker = meir_tracker_new (&config, &error);
  g_assert_no_error (error);
  return tracker;
}

static inline int
client_connect (int type, const char *address, guint16 port)
{
  MeirEndpoint endpoint;
  struct sockaddr_storage storage;
  struct timeval patience = { PATIENCE_SEC, 0 };
  g_autofree char *text = g_strdup_printf (strchr (address, ':') ? "[%s]:%u" : "%s:%u", address, port);
  socklen_t length;
  int fd;

  g_assert_true (meir_endpoint_parse (&endpoint, text, NULL));
  length = meir_endpoint_to_sockaddr (&endpoint, &storage);
  fd = socket (storage.ss_family, type | SOCK_CLOEXEC, 0);
  g_assert_cmpint (fd, >=, 0);
  setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  g_assert_cmpint (connect (fd, (struct sockaddr *) &storage, length), ==, 0);
  return fd;
}

static inline void
client_send (int fd, const void *bytes, gsize length)
{
  for (gsize sent = 0; sent < length;) {
    gssize n = send (fd, (const char *) bytes + sent, length - sent, MSG_NOSIGNAL);

    g_assert_cmpint (n, >, 0);
    sent += (gsize) n;
  }
}

static inline void
client_say (int fd, const char *text)
{
  client_send (fd, text, strlen (text));
}

/* Takes bytes up to and with the first empty line. FALSE: the connection ended before. */
static inline gboolean
client_read_header (int fd, GString *header)
{
  while (strstr (header->str, "\r\n\r\n") == NULL) {
    char bytes[1024];
    gssize n = recv (fd, bytes, sizeof bytes, MSG_PEEK), taken;
    gsize before = header->len;
    const char *end;

    g_assert_false (n < 0 && errno == EAGAIN);
    if (n <= 0)
      return FALSE;
    g_string_append_len (header, bytes, n);
    end = g_strstr_len (header->str, (gssize) header->len, "\r\n\r\n");
    taken = end != NULL ? end + 4 - header->str - (gssize) before : n;
    g_string_truncate (header, before + (gsize) taken);
    g_assert_cmpint (recv (fd, bytes, (gsize) taken, 0), ==, taken);
  }
  return TRUE;
}

/* One whole response: its status; its body into @body when that is not NULL. 0: the connection ended before.
 */
static inline guint
client_read_response (int fd, GString *body)
{
  g_autoptr (GString) header = g_string_new (NULL);
  gsize length;

  if (!client_read_header (fd, header))
    return 0;
  g_assert_true (g_str_has_prefix (header->str, "HTTP/1.1 "));
  length = g_ascii_strtoull (strstr (header->str, "Content-Length: ") + 16, NULL, 10);
  while (length > 0) {
    char bytes[1024];
    gssize n = recv (fd, bytes, MIN (length, sizeof bytes), 0);

    g_assert_false (n < 0 && errno == EAGAIN);
    if (n <= 0)
      return 0;
    if (body != NULL)
      g_string_append_len (body, bytes, n);
    length -= (gsize) n;
  }
  return (guint) g_ascii_strtoull (header->str + 9, NULL, 10);
}

/* Waits for the end of the connection; what comes before it is thrown away. */
static inline void
client_expect_end (int fd)
{
  char bytes[4096];
  gssize n;

  while ((n = recv (fd, bytes, sizeof bytes, 0)) > 0)
    ;
  g_assert_false (n < 0 && errno == EAGAIN);
}

/* As many descriptors as the system lets us have, up to @n; returns how many there are. */
static inline guint
client_raise_descriptors (guint n)
{
  struct rlimit limit;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  if (limit.rlim_cur < n) {
    limit.rlim_cur = MIN ((rlim_t) n, limit.rlim_max);
    g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  }
  return (guint) MIN (limit.rlim_cur, (rlim_t) n);
}
