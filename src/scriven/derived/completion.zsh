#compdef scriven
# zsh completion for scriven. Derived; do not edit.

_scriven() {
  local place="" word skip="" index
  local -a following options
  for ((index = 2; index < CURRENT; index++)); do
    word="${words[index]}"
    if [[ -n "$skip" ]]; then
      skip=""
      continue
    fi
    case "$word" in
    --access|--client|--config|--cursor|--database|--deadline-ms|--expect|--exported-at|--idempotency-key|--if-revision|--limit|--log-level|--name|--prefix|--protocol|--ready-fd|--socket|--timeout|--version|--workspace-id) skip=1 ;;
    -*) ;;
    *) [[ "$place" == *" "* ]] || place="${place:+$place }$word" ;;
    esac
  done
  if [[ -n "$skip" ]]; then
    case "$place ${words[CURRENT - 1]}" in
    'start --log-level') compadd -- debug info warning error; return ;;
    'stop --log-level') compadd -- debug info warning error; return ;;
    'restart --log-level') compadd -- debug info warning error; return ;;
    'status --log-level') compadd -- debug info warning error; return ;;
    'call --log-level') compadd -- debug info warning error; return ;;
    'socket-path --log-level') compadd -- debug info warning error; return ;;
    'version --log-level') compadd -- debug info warning error; return ;;
    'completion --log-level') compadd -- debug info warning error; return ;;
    'daemon --log-level') compadd -- debug info warning error; return ;;
    'daemon hello --access') compadd -- read write; return ;;
    'rpc --log-level') compadd -- debug info warning error; return ;;
    'settings --log-level') compadd -- debug info warning error; return ;;
    'transaction --log-level') compadd -- debug info warning error; return ;;
    'workspaces --log-level') compadd -- debug info warning error; return ;;
    esac
    case "${words[CURRENT - 1]}" in
    --config|--database|--socket) _files ;;
    esac
    return
  fi
  case "$place" in
    '')
      following=(
        'start:Start the daemon in the background, unless it runs'
        'stop:End the daemon, and wait until it has ended'
        'restart:Stop, then start, on the same database'
        'status:Whether the daemon runs, and what it holds'
        'call:Call a method by its name, with params as JSON; print its result as JSON'
        'socket-path:Print where the daemon listens'
        'version:Print this command'\''s version, and the daemon'\''s'
        'completion:Print a completion script for a shell'
        'daemon:The daemon itself'
        'rpc:What this daemon can be asked'
        'settings:Named values, global or of one workspace'
        'transaction:Several calls as one'
        'workspaces:Projects by their directory'
      )
      options=(
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--timeout:Give up when there is no reply for so long.'
        '--json:Print the result as one line of JSON.'
        '--help:Print this.'
        '--version:Print versions.'
      ) ;;
    'start')
      following=(

      )
      options=(
        '--database:The database file.'
        '--config:The configuration file.'
        '--log-level:debug, info, warning or error.'
        '--timeout:Give up when there is no reply for so long.'
        '--json:Print the result as one line of JSON.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'stop')
      following=(

      )
      options=(
        '--timeout:Give up when there is no reply for so long.'
        '--json:Print the result as one line of JSON.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'restart')
      following=(

      )
      options=(
        '--database:The database file.'
        '--config:The configuration file.'
        '--log-level:debug, info, warning or error.'
        '--timeout:Give up when there is no reply for so long.'
        '--json:Print the result as one line of JSON.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'status')
      following=(

      )
      options=(
        '--timeout:Give up when there is no reply for so long.'
        '--json:Print the result as one line of JSON.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'call')
      following=(
        'daemon.health'
        'daemon.hello'
        'daemon.shutdown'
        'daemon.status'
        'rpc.discover'
        'settings.delete'
        'settings.export'
        'settings.get'
        'settings.import'
        'settings.list'
        'settings.set'
        'transaction.run'
        'workspaces.delete'
        'workspaces.get'
        'workspaces.list'
        'workspaces.open'
        'workspaces.relink'
        'workspaces.resolve'
        'workspaces.update'
      )
      options=(
        '--idempotency-key:A repeated call with the same key takes effect once.'
        '--deadline-ms:The daemon gives the call up after so many milliseconds.'
        '--timeout:Give up when there is no reply for so long.'
        '--json:Print the result as one line of JSON.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'socket-path')
      following=(

      )
      options=(
        '--json:Print the result as one line of JSON.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'version')
      following=(

      )
      options=(
        '--timeout:Give up when there is no reply for so long.'
        '--json:Print the result as one line of JSON.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'completion')
      following=(
        'bash'
        'zsh'
        'fish'
      )
      options=(
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'daemon')
      following=(
        'health:Whether calls are being served'
        'hello:Introduce a client and learn who answers, which protocol it speaks and what it accepts'
        'shutdown:Drain and end'
        'status:The daemon at a glance'
      )
      options=(
        '--database:The database file.'
        '--config:The configuration file.'
        '--log-level:debug, info, warning or error.'
        '--ready-fd:Where to write one line of JSON when it is ready, or why it is not.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'daemon health')
      following=(

      )
      options=(
        '--json:Print the result as one line of JSON.'
        '--idempotency-key:A repeated call with the same key takes effect once.'
        '--deadline-ms:The daemon gives the call up after so many milliseconds.'
        '--timeout:Give up when there is no reply for so long.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'daemon hello')
      following=(

      )
      options=(
        '--client:Who is calling, for people.'
        '--version:The caller'\''s own version.'
        '--protocol:The oldest and newest protocol it speaks.'
        '--expect:Fail with `mismatch` unless these are so.'
        '--access:`read` gives up the right to write, for this connection and for good.'
        '--json:Print the result as one line of JSON.'
        '--idempotency-key:A repeated call with the same key takes effect once.'
        '--deadline-ms:The daemon gives the call up after so many milliseconds.'
        '--timeout:Give up when there is no reply for so long.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'daemon shutdown')
      following=(

      )
      options=(
        '--json:Print the result as one line of JSON.'
        '--idempotency-key:A repeated call with the same key takes effect once.'
        '--deadline-ms:The daemon gives the call up after so many milliseconds.'
        '--timeout:Give up when there is no reply for so long.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'daemon status')
      following=(

      )
      options=(
        '--json:Print the result as one line of JSON.'
        '--idempotency-key:A repeated call with the same key takes effect once.'
        '--deadline-ms:The daemon gives the call up after so many milliseconds.'
        '--timeout:Give up when there is no reply for so long.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'rpc')
      following=(
        'discover:This interface as an OpenRPC 1.3 document'
      )
      options=(
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'rpc discover')
      following=(

      )
      options=(
        '--json:Print the result as one line of JSON.'
        '--idempotency-key:A repeated call with the same key takes effect once.'
        '--deadline-ms:The daemon gives the call up after so many milliseconds.'
        '--timeout:Give up when there is no reply for so long.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'settings')
      following=(
        'delete:Delete a value of exactly this scope'
        'export:All values of one scope, as one document that settings.import takes back'
        'get:The value stored under a key, or null'
        'import:Store every value of an export, all or nothing'
        'list:The values of one scope, by key'
        'set:Store a value under a key, creating or replacing it'
      )
      options=(
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'settings delete')
      following=(

      )
      options=(
        '--workspace-id:A workspace, or `global`.'
        '--if-revision:Fail with `conflict` unless this is the stored revision.'
        '--json:Print the result as one line of JSON.'
        '--idempotency-key:A repeated call with the same key takes effect once.'
        '--deadline-ms:The daemon gives the call up after so many milliseconds.'
        '--timeout:Give up when there is no reply for so long.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'settings export')
      following=(

      )
      options=(
        '--workspace-id:A workspace, or `global`.'
        '--json:Print the result as one line of JSON.'
        '--idempotency-key:A repeated call with the same key takes effect once.'
        '--deadline-ms:The daemon gives the call up after so many milliseconds.'
        '--timeout:Give up when there is no reply for so long.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'settings get')
      following=(

      )
      options=(
        '--workspace-id:A workspace, or `global`.'
        '--json:Print the result as one line of JSON.'
        '--idempotency-key:A repeated call with the same key takes effect once.'
        '--deadline-ms:The daemon gives the call up after so many milliseconds.'
        '--timeout:Give up when there is no reply for so long.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'settings import')
      following=(

      )
      options=(
        '--workspace-id:A workspace, or `global`.'
        '--exported-at:When it was exported; not stored.'
        '--replace:Delete the keys that the import does not name.'
        '--json:Print the result as one line of JSON.'
        '--idempotency-key:A repeated call with the same key takes effect once.'
        '--deadline-ms:The daemon gives the call up after so many milliseconds.'
        '--timeout:Give up when there is no reply for so long.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'settings list')
      following=(

      )
      options=(
        '--prefix:Only keys that begin so.'
        '--workspace-id:A workspace, or `global`.'
        '--effective:With the global values that the workspace does not set itself.'
        '--limit:At most this many.'
        '--cursor:`nextCursor` of the page before.'
        '--json:Print the result as one line of JSON.'
        '--idempotency-key:A repeated call with the same key takes effect once.'
        '--deadline-ms:The daemon gives the call up after so many milliseconds.'
        '--timeout:Give up when there is no reply for so long.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'settings set')
      following=(

      )
      options=(
        '--workspace-id:A workspace, or `global`.'
        '--if-revision:Fail unless this is the stored revision; 0: only create.'
        '--json:Print the result as one line of JSON.'
        '--idempotency-key:A repeated call with the same key takes effect once.'
        '--deadline-ms:The daemon gives the call up after so many milliseconds.'
        '--timeout:Give up when there is no reply for so long.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'transaction')
      following=(
        'run:Run calls in one transaction'
      )
      options=(
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'transaction run')
      following=(

      )
      options=(
        '--json:Print the result as one line of JSON.'
        '--idempotency-key:A repeated call with the same key takes effect once.'
        '--deadline-ms:The daemon gives the call up after so many milliseconds.'
        '--timeout:Give up when there is no reply for so long.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'workspaces')
      following=(
        'delete:Delete a workspace. One that still holds records is a conflict unless force is given'
        'get:A workspace by its id'
        'list:Every workspace but global, the one opened last first'
        'open:The workspace of a directory, created on first use'
        'relink:Point a workspace at the directory its project moved to'
        'resolve:The workspace whose directory is the nearest one around a path, or null. The path need not exist'
        'update:Rename a workspace, or merge a patch into its config'
      )
      options=(
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'workspaces delete')
      following=(

      )
      options=(
        '--force:Delete what belongs to it as well.'
        '--json:Print the result as one line of JSON.'
        '--idempotency-key:A repeated call with the same key takes effect once.'
        '--deadline-ms:The daemon gives the call up after so many milliseconds.'
        '--timeout:Give up when there is no reply for so long.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'workspaces get')
      following=(

      )
      options=(
        '--json:Print the result as one line of JSON.'
        '--idempotency-key:A repeated call with the same key takes effect once.'
        '--deadline-ms:The daemon gives the call up after so many milliseconds.'
        '--timeout:Give up when there is no reply for so long.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'workspaces list')
      following=(

      )
      options=(
        '--limit:At most this many.'
        '--cursor:`nextCursor` of the page before.'
        '--json:Print the result as one line of JSON.'
        '--idempotency-key:A repeated call with the same key takes effect once.'
        '--deadline-ms:The daemon gives the call up after so many milliseconds.'
        '--timeout:Give up when there is no reply for so long.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'workspaces open')
      following=(

      )
      options=(
        '--name:What people call it.'
        '--json:Print the result as one line of JSON.'
        '--idempotency-key:A repeated call with the same key takes effect once.'
        '--deadline-ms:The daemon gives the call up after so many milliseconds.'
        '--timeout:Give up when there is no reply for so long.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'workspaces relink')
      following=(

      )
      options=(
        '--json:Print the result as one line of JSON.'
        '--idempotency-key:A repeated call with the same key takes effect once.'
        '--deadline-ms:The daemon gives the call up after so many milliseconds.'
        '--timeout:Give up when there is no reply for so long.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'workspaces resolve')
      following=(

      )
      options=(
        '--json:Print the result as one line of JSON.'
        '--idempotency-key:A repeated call with the same key takes effect once.'
        '--deadline-ms:The daemon gives the call up after so many milliseconds.'
        '--timeout:Give up when there is no reply for so long.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'workspaces update')
      following=(

      )
      options=(
        '--name:What people call it.'
        '--config:A JSON merge patch (RFC 7396) of the config.'
        '--if-revision:Fail with `conflict` unless this is the stored revision.'
        '--json:Print the result as one line of JSON.'
        '--idempotency-key:A repeated call with the same key takes effect once.'
        '--deadline-ms:The daemon gives the call up after so many milliseconds.'
        '--timeout:Give up when there is no reply for so long.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
  esac
  if [[ "${words[CURRENT]}" == -* ]]; then
    _describe option options
  elif (( ${#following} )); then
    _describe command following
  else
    _files
  fi
}

if [[ "$funcstack[1]" == _scriven ]]; then
  _scriven "$@"
else
  compdef _scriven scriven
fi
