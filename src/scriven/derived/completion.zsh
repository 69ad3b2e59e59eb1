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
    --access|--agent|--category|--client|--completed-at|--config|--content|--cursor|--database|--day|--deadline-ms|--event-data|--event-type|--evidence|--expect|--exported-at|--from|--id|--idempotency-key|--idle-timeout-s|--if-revision|--limit|--log-level|--max-entries|--max-tokens|--metadata|--name|--note|--older-than-days|--order|--parent-id|--parts|--prefix|--protocol|--query|--ready-fd|--role|--scope|--search|--session-id|--since|--socket|--source|--status|--summary|--tags|--timeout|--timeout-ms|--timestamp|--timezone|--title|--to|--topics|--trigger|--ttl-ms|--version|--wait-ms|--workspace|--workspace-id) skip=1 ;;
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
    'watch --log-level') compadd -- debug info warning error; return ;;
    'import --log-level') compadd -- debug info warning error; return ;;
    'import claude-code --log-level') compadd -- debug info warning error; return ;;
    'import idumb --log-level') compadd -- debug info warning error; return ;;
    'import jarvis --log-level') compadd -- debug info warning error; return ;;
    'import opencode --log-level') compadd -- debug info warning error; return ;;
    'import scriven --log-level') compadd -- debug info warning error; return ;;
    'export --log-level') compadd -- debug info warning error; return ;;
    'socket-path --log-level') compadd -- debug info warning error; return ;;
    'version --log-level') compadd -- debug info warning error; return ;;
    'completion --log-level') compadd -- debug info warning error; return ;;
    'completion bash --log-level') compadd -- debug info warning error; return ;;
    'completion zsh --log-level') compadd -- debug info warning error; return ;;
    'completion fish --log-level') compadd -- debug info warning error; return ;;
    'context --log-level') compadd -- debug info warning error; return ;;
    'daemon --log-level') compadd -- debug info warning error; return ;;
    'daemon hello --access') compadd -- read write; return ;;
    'events --log-level') compadd -- debug info warning error; return ;;
    'leases --log-level') compadd -- debug info warning error; return ;;
    'logs --log-level') compadd -- debug info warning error; return ;;
    'logs list --order') compadd -- asc desc; return ;;
    'memory --log-level') compadd -- debug info warning error; return ;;
    'memory search --scope') compadd -- all workspace workspace+global; return ;;
    'messages --log-level') compadd -- debug info warning error; return ;;
    'messages search --role') compadd -- assistant system tool user; return ;;
    'parts --log-level') compadd -- debug info warning error; return ;;
    'rpc --log-level') compadd -- debug info warning error; return ;;
    'sessions --log-level') compadd -- debug info warning error; return ;;
    'sessions update --status') compadd -- busy idle retry; return ;;
    'settings --log-level') compadd -- debug info warning error; return ;;
    'state --log-level') compadd -- debug info warning error; return ;;
    'todos --log-level') compadd -- debug info warning error; return ;;
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
        'watch:Print changes as they come, each once; TOPIC is a glob'
        'import:Bring over what another system stored, or an export of Scriven'
        'export:Write everything as lines of JSON, to a file or to standard output'
        'socket-path:Print where the daemon listens'
        'version:Print this command'\''s version, and the daemon'\''s'
        'completion:Print a completion script for a shell'
        'context:What an agent should know when it begins'
        'daemon:The daemon itself'
        'events:What happened'
        'leases:Leases'
        'logs:Daily logs'
        'memory:What agents remember across sessions'
        'messages:What was said in a session, message by message, with its parts'
        'parts:The parts of messages'
        'rpc:What this daemon can be asked'
        'sessions:Sessions of agents'
        'settings:Named values, global or of one workspace'
        'state:Everything that is stored, as records'
        'todos:The todo list of a session'
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
        'context.get'
        'daemon.clients'
        'daemon.health'
        'daemon.hello'
        'daemon.metrics'
        'daemon.shutdown'
        'daemon.status'
        'events.history'
        'events.publish'
        'events.subscribe'
        'events.unsubscribe'
        'events.wait'
        'leases.acquire'
        'leases.list'
        'leases.release'
        'leases.renew'
        'logs.append'
        'logs.days'
        'logs.get'
        'logs.list'
        'memory.forget'
        'memory.get'
        'memory.list'
        'memory.observe'
        'memory.purge'
        'memory.remember'
        'memory.restore'
        'memory.search'
        'memory.update'
        'messages.append'
        'messages.delete'
        'messages.get'
        'messages.list'
        'messages.search'
        'messages.update'
        'parts.delete'
        'parts.delta'
        'parts.get'
        'parts.put'
        'rpc.discover'
        'sessions.current'
        'sessions.delete'
        'sessions.end'
        'sessions.get'
        'sessions.list'
        'sessions.start'
        'sessions.update'
        'settings.delete'
        'settings.export'
        'settings.get'
        'settings.import'
        'settings.list'
        'settings.set'
        'state.export'
        'state.import'
        'todos.get'
        'todos.set'
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
    'watch')
      following=(
        'leases.acquire'
        'leases.expire'
        'leases.release'
        'leases.renew'
        'logs.append'
        'memory.forget'
        'memory.observe'
        'memory.purge'
        'memory.remember'
        'memory.restore'
        'memory.update'
        'messages.append'
        'messages.delete'
        'messages.update'
        'parts.delete'
        'parts.delta'
        'parts.put'
        'sessions.delete'
        'sessions.end'
        'sessions.start'
        'sessions.update'
        'settings.delete'
        'settings.set'
        'state.import'
        'todos.set'
        'workspaces.delete'
        'workspaces.open'
        'workspaces.relink'
        'workspaces.update'
      )
      options=(
        '--since:Begin with what came after this cursor, not with what comes.'
        '--workspace:Only what belongs to this workspace.'
        '--json:Print each event as one line of JSON.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'import')
      following=(
        'claude-code'
        'idumb'
        'jarvis'
        'opencode'
        'scriven'
      )
      options=(
        '--dry-run:Store nothing; say what would be.'
        '--json:Print the result as one line of JSON.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'import claude-code')
      following=(

      )
      options=(
        '--dry-run:Store nothing; say what would be.'
        '--json:Print the result as one line of JSON.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'import idumb')
      following=(

      )
      options=(
        '--dry-run:Store nothing; say what would be.'
        '--json:Print the result as one line of JSON.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'import jarvis')
      following=(

      )
      options=(
        '--dry-run:Store nothing; say what would be.'
        '--json:Print the result as one line of JSON.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'import opencode')
      following=(

      )
      options=(
        '--dry-run:Store nothing; say what would be.'
        '--json:Print the result as one line of JSON.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'import scriven')
      following=(

      )
      options=(
        '--dry-run:Store nothing; say what would be.'
        '--json:Print the result as one line of JSON.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'export')
      following=(

      )
      options=(
        '--workspace:Only what belongs to this workspace.'
        '--timeout:Give up when there is no reply for so long.'
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
    'completion bash')
      following=(

      )
      options=(
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'completion zsh')
      following=(

      )
      options=(
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'completion fish')
      following=(

      )
      options=(
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'context')
      following=(
        'get:What an agent should load when it begins, as one text'
      )
      options=(
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'context get')
      following=(

      )
      options=(
        '--workspace-id:A workspace, or `global`.'
        '--query:What it will be about.'
        '--max-tokens:How long the text may be; a token is 4 characters.'
        '--max-entries:At most so many memories.'
        '--json:Print the result as one line of JSON.'
        '--idempotency-key:A repeated call with the same key takes effect once.'
        '--deadline-ms:The daemon gives the call up after so many milliseconds.'
        '--timeout:Give up when there is no reply for so long.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'daemon')
      following=(
        'clients:Who is connected'
        'health:Whether calls are being served'
        'hello:Introduce a client and learn who answers, which protocol it speaks and what it accepts'
        'metrics:What the process has counted'
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
    'daemon clients')
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
    'daemon metrics')
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
    'events')
      following=(
        'history:Changes from the log, the oldest first'
        'publish:Tell subscribers something of your own. A body that is kept has at most 4 KiB, one that is not 64 KiB'
        'subscribe:Hear of changes as events.event {subscription, cursor, at, topic, workspaceId, body}, each once and in order'
        'unsubscribe:End a subscription of this connection. What was sent already may still arrive before the reply'
        'wait:Wait for changes'
      )
      options=(
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'events history')
      following=(

      )
      options=(
        '--topics:Only these; all when they are left out.'
        '--workspace-id:Only of this workspace; all when it is left out.'
        '--since:Only what came after this place; all when it is left out.'
        '--limit:At most this many.'
        '--json:Print the result as one line of JSON.'
        '--idempotency-key:A repeated call with the same key takes effect once.'
        '--deadline-ms:The daemon gives the call up after so many milliseconds.'
        '--timeout:Give up when there is no reply for so long.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'events publish')
      following=(

      )
      options=(
        '--workspace-id:A workspace, or `global`.'
        '--no-durable:Keep it in the log; else only who listens right now hears it.'
        '--json:Print the result as one line of JSON.'
        '--idempotency-key:A repeated call with the same key takes effect once.'
        '--deadline-ms:The daemon gives the call up after so many milliseconds.'
        '--timeout:Give up when there is no reply for so long.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'events subscribe')
      following=(

      )
      options=(
        '--workspace-id:Only of this workspace; all when it is left out.'
        '--since:Go on after this place.'
        '--json:Print the result as one line of JSON.'
        '--idempotency-key:A repeated call with the same key takes effect once.'
        '--deadline-ms:The daemon gives the call up after so many milliseconds.'
        '--timeout:Give up when there is no reply for so long.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'events unsubscribe')
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
    'events wait')
      following=(

      )
      options=(
        '--workspace-id:Only of this workspace; all when it is left out.'
        '--since:Go on after this place.'
        '--timeout-ms:Give up waiting after so long.'
        '--json:Print the result as one line of JSON.'
        '--idempotency-key:A repeated call with the same key takes effect once.'
        '--deadline-ms:The daemon gives the call up after so many milliseconds.'
        '--timeout:Give up when there is no reply for so long.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'leases')
      following=(
        'acquire:Take something that only one may hold, or wait for it in the order of asking'
        'list:What is held, by workspace and name'
        'release:Let go of it'
        'renew:Hold it longer, if that token is still the one that holds it'
      )
      options=(
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'leases acquire')
      following=(

      )
      options=(
        '--workspace-id:A workspace, or `global`.'
        '--ttl-ms:End after so many milliseconds unless renewed.'
        '--wait-ms:Wait so long for it while another has it.'
        '--note:What it is held for, for whoever waits.'
        '--json:Print the result as one line of JSON.'
        '--idempotency-key:A repeated call with the same key takes effect once.'
        '--deadline-ms:The daemon gives the call up after so many milliseconds.'
        '--timeout:Give up when there is no reply for so long.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'leases list')
      following=(

      )
      options=(
        '--workspace-id:Only of this workspace; all when it is left out.'
        '--limit:At most this many.'
        '--cursor:`nextCursor` of the page before.'
        '--json:Print the result as one line of JSON.'
        '--idempotency-key:A repeated call with the same key takes effect once.'
        '--deadline-ms:The daemon gives the call up after so many milliseconds.'
        '--timeout:Give up when there is no reply for so long.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'leases release')
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
    'leases renew')
      following=(

      )
      options=(
        '--workspace-id:A workspace, or `global`.'
        '--ttl-ms:End after so many milliseconds from now; as many as before by default.'
        '--json:Print the result as one line of JSON.'
        '--idempotency-key:A repeated call with the same key takes effect once.'
        '--deadline-ms:The daemon gives the call up after so many milliseconds.'
        '--timeout:Give up when there is no reply for so long.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'logs')
      following=(
        'append:Note that something happened, now or at any other time'
        'days:How many logs each day of timezone has, by event type'
        'get:A log by its id'
        'list:Logs by the time they happened, newest first unless order says otherwise'
      )
      options=(
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'logs append')
      following=(

      )
      options=(
        '--event-data:A JSON object of at most 256 KiB, kept as written.'
        '--session-id:The session it belongs to.'
        '--workspace-id:A workspace; the session'\''s, else `global`, when it is left out.'
        '--timestamp:When it happened, `YYYY-MM-DDTHH:MM:SS.sssZ`; now when it is left out.'
        '--json:Print the result as one line of JSON.'
        '--idempotency-key:A repeated call with the same key takes effect once.'
        '--deadline-ms:The daemon gives the call up after so many milliseconds.'
        '--timeout:Give up when there is no reply for so long.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'logs days')
      following=(

      )
      options=(
        '--workspace-id:Only of this workspace; of all when it is left out.'
        '--timezone:The IANA time zone whose midnights part the days.'
        '--from:The first day, `YYYY-MM-DD`; 29 days before the last when it is left out.'
        '--to:The last day, `YYYY-MM-DD`; today when it is left out.'
        '--json:Print the result as one line of JSON.'
        '--idempotency-key:A repeated call with the same key takes effect once.'
        '--deadline-ms:The daemon gives the call up after so many milliseconds.'
        '--timeout:Give up when there is no reply for so long.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'logs get')
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
    'logs list')
      following=(

      )
      options=(
        '--workspace-id:Only of this workspace; of all when it is left out.'
        '--session-id:Only of this session.'
        '--event-type:Only of this kind.'
        '--from:The earliest moment, `YYYY-MM-DDTHH:MM:SS.sssZ`, inclusive.'
        '--to:The latest moment, `YYYY-MM-DDTHH:MM:SS.sssZ`, inclusive.'
        '--day:One day of `timezone`, `YYYY-MM-DD`, instead of `from` and `to`.'
        '--timezone:The IANA time zone whose midnights part the days.'
        '--order:Newest first, or oldest first.'
        '--limit:At most this many.'
        '--cursor:`nextCursor` of the page before.'
        '--json:Print the result as one line of JSON.'
        '--idempotency-key:A repeated call with the same key takes effect once.'
        '--deadline-ms:The daemon gives the call up after so many milliseconds.'
        '--timeout:Give up when there is no reply for so long.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'memory')
      following=(
        'forget:Forget entries'
        'get:An entry by its id, also a forgotten one'
        'list:The entries of a workspace, the one used last first'
        'observe:Note a pattern in what the user does'
        'purge:Delete for good what was forgotten in a workspace some time ago'
        'remember:Remember something, once in a workspace, whatever its case, spacing or end marks'
        'restore:Take back that entries were forgotten'
        'search:Entries that have any of the words of a query, whatever their form, the best first'
        'update:Change what is given. To say what another entry of the workspace says already is a conflict that carries it'
      )
      options=(
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'memory forget')
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
    'memory get')
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
    'memory list')
      following=(

      )
      options=(
        '--workspace-id:A workspace, or `global`.'
        '--category:`preference`, `fact`, `pattern`, or a word of the clients'\'' own.'
        '--source:`user_explicit`, `jarvis_inferred`, or a word of the clients'\'' own. Only what is inferred fades.'
        '--tags:Only what has all of these.'
        '--deleted:What was forgotten, instead of what was not.'
        '--limit:At most this many.'
        '--cursor:`nextCursor` of the page before.'
        '--json:Print the result as one line of JSON.'
        '--idempotency-key:A repeated call with the same key takes effect once.'
        '--deadline-ms:The daemon gives the call up after so many milliseconds.'
        '--timeout:Give up when there is no reply for so long.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'memory observe')
      following=(

      )
      options=(
        '--evidence:What shows it.'
        '--workspace-id:A workspace, or `global`.'
        '--session-id:A session'\''s id.'
        '--json:Print the result as one line of JSON.'
        '--idempotency-key:A repeated call with the same key takes effect once.'
        '--deadline-ms:The daemon gives the call up after so many milliseconds.'
        '--timeout:Give up when there is no reply for so long.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'memory purge')
      following=(

      )
      options=(
        '--workspace-id:A workspace, or `global`.'
        '--older-than-days:Only what was forgotten that long ago.'
        '--json:Print the result as one line of JSON.'
        '--idempotency-key:A repeated call with the same key takes effect once.'
        '--deadline-ms:The daemon gives the call up after so many milliseconds.'
        '--timeout:Give up when there is no reply for so long.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'memory remember')
      following=(

      )
      options=(
        '--category:`preference`, `fact`, `pattern`, or a word of the clients'\'' own.'
        '--source:`user_explicit`, `jarvis_inferred`, or a word of the clients'\'' own. Only what is inferred fades.'
        '--workspace-id:A workspace, or `global`.'
        '--tags:Words to file it under.'
        '--metadata:A JSON object of the clients'\'' own.'
        '--json:Print the result as one line of JSON.'
        '--idempotency-key:A repeated call with the same key takes effect once.'
        '--deadline-ms:The daemon gives the call up after so many milliseconds.'
        '--timeout:Give up when there is no reply for so long.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'memory restore')
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
    'memory search')
      following=(

      )
      options=(
        '--workspace-id:A workspace, or `global`.'
        '--scope:Where to look: the workspace and what is global, it alone, or everywhere.'
        '--category:`preference`, `fact`, `pattern`, or a word of the clients'\'' own.'
        '--tags:Only what has all of these.'
        '--limit:At most this many.'
        '--json:Print the result as one line of JSON.'
        '--idempotency-key:A repeated call with the same key takes effect once.'
        '--deadline-ms:The daemon gives the call up after so many milliseconds.'
        '--timeout:Give up when there is no reply for so long.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'memory update')
      following=(

      )
      options=(
        '--content:What to remember, at most 64 KiB.'
        '--category:`preference`, `fact`, `pattern`, or a word of the clients'\'' own.'
        '--tags:In place of all its tags.'
        '--metadata:In place of the whole metadata.'
        '--if-revision:Fail with `conflict` unless this is the stored revision.'
        '--json:Print the result as one line of JSON.'
        '--idempotency-key:A repeated call with the same key takes effect once.'
        '--deadline-ms:The daemon gives the call up after so many milliseconds.'
        '--timeout:Give up when there is no reply for so long.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'messages')
      following=(
        'append:Add a message at the end of a session, with its parts'
        'delete:Delete a message and its parts'
        'get:A message by its id, with its parts'
        'list:The newest messages of a session, the oldest of them first'
        'search:Messages about the words of a query, the best first'
        'update:Change what is given. Metadata is replaced as a whole and kept as written'
      )
      options=(
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'messages append')
      following=(

      )
      options=(
        '--parts:JSON objects with a `type`, in their order. Each is kept as written.'
        '--id:A message'\''s id.'
        '--parent-id:The message it answers.'
        '--metadata:A JSON object of the clients'\'' own. It is kept as written.'
        '--json:Print the result as one line of JSON.'
        '--idempotency-key:A repeated call with the same key takes effect once.'
        '--deadline-ms:The daemon gives the call up after so many milliseconds.'
        '--timeout:Give up when there is no reply for so long.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'messages delete')
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
    'messages get')
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
    'messages list')
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
    'messages search')
      following=(

      )
      options=(
        '--workspace-id:Only sessions of this workspace.'
        '--session-id:Only this session.'
        '--role:Only what this one said.'
        '--limit:At most this many.'
        '--json:Print the result as one line of JSON.'
        '--idempotency-key:A repeated call with the same key takes effect once.'
        '--deadline-ms:The daemon gives the call up after so many milliseconds.'
        '--timeout:Give up when there is no reply for so long.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'messages update')
      following=(

      )
      options=(
        '--metadata:In place of the whole metadata.'
        '--completed-at:When it was complete; null when it is not.'
        '--if-revision:Fail with `conflict` unless this is the stored revision.'
        '--json:Print the result as one line of JSON.'
        '--idempotency-key:A repeated call with the same key takes effect once.'
        '--deadline-ms:The daemon gives the call up after so many milliseconds.'
        '--timeout:Give up when there is no reply for so long.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'parts')
      following=(
        'delete:Delete a part of a message'
        'delta:Tell subscribers that a field of a part grows, in order with every other change. Nothing is stored'
        'get:A part by its id'
        'put:Store a part of a message'
      )
      options=(
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'parts delete')
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
    'parts delta')
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
    'parts get')
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
    'parts put')
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
    'sessions')
      following=(
        'current:The active session of a workspace, else a new one, or null without create. However many ask at once, it is one'
        'delete:Delete a session, its messages and todos, and its children with theirs. Its logs stay'
        'end:End a session. The first end stands'
        'get:A session by its id'
        'list:Sessions, the one in which something happened last first'
        'start:Start a session'
        'update:Change what is given. A session that is busy or in retry falls back to idle when its client vanishes'
      )
      options=(
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'sessions current')
      following=(

      )
      options=(
        '--workspace-id:A workspace, or `global`.'
        '--agent:Who works in it.'
        '--no-create:Start one when there is none.'
        '--idle-timeout-s:End it after so many seconds in which nothing happens.'
        '--json:Print the result as one line of JSON.'
        '--idempotency-key:A repeated call with the same key takes effect once.'
        '--deadline-ms:The daemon gives the call up after so many milliseconds.'
        '--timeout:Give up when there is no reply for so long.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'sessions delete')
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
    'sessions end')
      following=(

      )
      options=(
        '--trigger:`explicit`, `timeout`, `browser_close` …'
        '--summary:What it came to.'
        '--json:Print the result as one line of JSON.'
        '--idempotency-key:A repeated call with the same key takes effect once.'
        '--deadline-ms:The daemon gives the call up after so many milliseconds.'
        '--timeout:Give up when there is no reply for so long.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'sessions get')
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
    'sessions list')
      following=(

      )
      options=(
        '--workspace-id:Only of this workspace; all when it is left out.'
        '--parent-id:Only the children of this session.'
        '--agent:Who works in it.'
        '--active:Only those that have not ended, or only those that have.'
        '--no-active:The opposite of --active.'
        '--archived:Those that were archived, instead of the others.'
        '--search:Only titles and summaries with this text.'
        '--limit:At most this many.'
        '--cursor:`nextCursor` of the page before.'
        '--json:Print the result as one line of JSON.'
        '--idempotency-key:A repeated call with the same key takes effect once.'
        '--deadline-ms:The daemon gives the call up after so many milliseconds.'
        '--timeout:Give up when there is no reply for so long.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'sessions start')
      following=(

      )
      options=(
        '--id:A session'\''s id.'
        '--workspace-id:A workspace; its parent'\''s, else `global`.'
        '--parent-id:A session'\''s id.'
        '--title:What people call it.'
        '--agent:Who works in it.'
        '--source:What began it.'
        '--metadata:A JSON object of the clients'\'' own.'
        '--idle-timeout-s:End it after so many seconds in which nothing happens.'
        '--replace:End the workspace'\''s and agent'\''s other active sessions first.'
        '--json:Print the result as one line of JSON.'
        '--idempotency-key:A repeated call with the same key takes effect once.'
        '--deadline-ms:The daemon gives the call up after so many milliseconds.'
        '--timeout:Give up when there is no reply for so long.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'sessions update')
      following=(

      )
      options=(
        '--title:What people call it.'
        '--status:What it is doing.'
        '--summary:What it came to.'
        '--metadata:A JSON merge patch (RFC 7396) of it.'
        '--archived:Put it away, or take it out again.'
        '--no-archived:The opposite of --archived.'
        '--if-revision:Fail with `conflict` unless this is the stored revision.'
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
    'state')
      following=(
        'export:Everything, as records that state.import takes'
        'import:Take in records of other systems or another file'
      )
      options=(
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'state export')
      following=(

      )
      options=(
        '--workspace-id:Only what belongs to it; all when it is left out.'
        '--limit:At most this many.'
        '--cursor:`nextCursor` of the page before.'
        '--json:Print the result as one line of JSON.'
        '--idempotency-key:A repeated call with the same key takes effect once.'
        '--deadline-ms:The daemon gives the call up after so many milliseconds.'
        '--timeout:Give up when there is no reply for so long.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'state import')
      following=(

      )
      options=(
        '--dry-run:Say what would become of the records, and change nothing.'
        '--json:Print the result as one line of JSON.'
        '--idempotency-key:A repeated call with the same key takes effect once.'
        '--deadline-ms:The daemon gives the call up after so many milliseconds.'
        '--timeout:Give up when there is no reply for so long.'
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'todos')
      following=(
        'get:The todo list of a session, empty when it was never set'
        'set:Replace the todo list of a session by another one, which may be empty'
      )
      options=(
        '--socket:The daemon'\''s socket, if not the usual one.'
        '--help:Print this.'
      ) ;;
    'todos get')
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
    'todos set')
      following=(

      )
      options=(
        '--if-revision:Fail unless this is the stored revision; 0: never set.'
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
