/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/meir-cli-command.h"
#include "cli/meir-cli-hook.h"
#include "cli/meir-cli-resolver.h"
#include "session/meir.h"

G_BEGIN_DECLS

/**
 * MeirCliPeerFlags:
 * @metainfo: (nullable): of --torrent FILE
 * @magnet: (nullable): of --torrent 'magnet:…'; one of the two is set
 * @only: (nullable): the patterns of --only
 * @priorities: (nullable): the files of @metainfo that they choose, for a session
 * @resolver: the peers of --peer
 * @hook: (nullable): of --on-complete
 *
 * The command line of `meir peer`, checked. Zeroed before use.
 */
typedef struct {
  /*< private >*/
  char *torrent;
  char *path;
  char *port_text;
  char *bind;
  char **peers;
  char *tls_text;
  char *on_complete;
  char *exit_when;
  char **pins;
  char *state;
  char *allocate;
  char *max_peers_text;
  char *down_limit_text;
  char *up_limit_text;
  guint16 port;
  guint max_peers;
  guint down_limit, up_limit; /* kB/s; 0: none */
  MeirTlsPolicy tls;
  MeirAllocation allocation;
  gboolean seed;
  gboolean recheck;
  /*< public >*/
  gboolean json;
  gboolean play_order;
  char **only;
  GBytes *priorities;
  gboolean exit_when_complete;
  MeirMetainfo *metainfo;
  MeirMagnet *magnet;
  MeirCliResolver *resolver;
  MeirCliHook *hook;
} MeirCliPeerFlags;

void meir_cli_peer_flags_clear (MeirCliPeerFlags *flags);

/* Reads the command line and the torrent, and checks them. FALSE after a complaint, or when help was asked
 * for: exit with @exit_code. Nothing has been written. */
gboolean meir_cli_peer_flags_parse (MeirCliPeerFlags *flags, const MeirCliCommand *command, int argc,
                                    char **argv, MeirCliExit *exit_code);
/* Checks that the folder is there, or can be made where --seed does not insist, and fills in what a session
 * wants; both borrow from @flags. FALSE after a complaint. Nothing has been written. */
gboolean meir_cli_peer_flags_prepare (MeirCliPeerFlags *flags, MeirSessionConfig *config,
                                      MeirAddOptions *options, MeirCliExit *exit_code);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MeirCliPeerFlags, meir_cli_peer_flags_clear)

G_END_DECLS
