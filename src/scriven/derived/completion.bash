# bash completion for scriven. Derived; do not edit.

_scriven() {
    local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD - 1]}"
    local path="" word index skip="" options="" following="" choices=""
    for ((index = 1; index < COMP_CWORD; index++)); do
        word="${COMP_WORDS[index]}"
        if [[ -n "$skip" ]]; then
            skip=""
            continue
        fi
        case "$word" in
        --access|--agent|--category|--client|--completed-at|--config|--content|--cursor|--database|--day|--deadline-ms|--event-data|--event-type|--evidence|--expect|--exported-at|--from|--id|--idempotency-key|--idle-timeout-s|--if-revision|--limit|--log-level|--max-entries|--max-tokens|--metadata|--name|--note|--older-than-days|--order|--parent-id|--parts|--prefix|--protocol|--query|--ready-fd|--role|--scope|--search|--session-id|--since|--socket|--source|--status|--summary|--tags|--timeout|--timeout-ms|--timestamp|--timezone|--title|--to|--topics|--trigger|--ttl-ms|--version|--wait-ms|--workspace|--workspace-id) skip=1 ;;
        -*) ;;
        *) [[ "$path" == *" "* ]] || path="${path:+$path }$word" ;;
        esac
    done
    case "$path" in
        "") options="--socket --timeout --json --help --version" following="start stop restart status call watch import export socket-path version completion context daemon events leases logs memory messages parts rpc sessions settings state todos transaction workspaces" ;;
        "start") options="--database --config --log-level --timeout --json --socket --help" following="" ;;
        "stop") options="--timeout --json --socket --help" following="" ;;
        "restart") options="--database --config --log-level --timeout --json --socket --help" following="" ;;
        "status") options="--timeout --json --socket --help" following="" ;;
        "call") options="--idempotency-key --deadline-ms --timeout --json --socket --help" following="context.get daemon.clients daemon.health daemon.hello daemon.metrics daemon.shutdown daemon.status events.history events.publish events.subscribe events.unsubscribe events.wait leases.acquire leases.list leases.release leases.renew logs.append logs.days logs.get logs.list memory.forget memory.get memory.list memory.observe memory.purge memory.remember memory.restore memory.search memory.update messages.append messages.delete messages.get messages.list messages.search messages.update parts.delete parts.delta parts.get parts.put rpc.discover sessions.current sessions.delete sessions.end sessions.get sessions.list sessions.start sessions.update settings.delete settings.export settings.get settings.import settings.list settings.set state.export state.import todos.get todos.set transaction.run workspaces.delete workspaces.get workspaces.list workspaces.open workspaces.relink workspaces.resolve workspaces.update" ;;
        "watch") options="--since --workspace --json --socket --help" following="leases.acquire leases.expire leases.release leases.renew logs.append memory.forget memory.observe memory.purge memory.remember memory.restore memory.update messages.append messages.delete messages.update parts.delete parts.delta parts.put sessions.delete sessions.end sessions.start sessions.update settings.delete settings.set state.import todos.set workspaces.delete workspaces.open workspaces.relink workspaces.update" ;;
        "import") options="--dry-run --json --socket --help" following="claude-code idumb jarvis opencode scriven" ;;
        "import claude-code") options="--dry-run --json --socket --help" following="" ;;
        "import idumb") options="--dry-run --json --socket --help" following="" ;;
        "import jarvis") options="--dry-run --json --socket --help" following="" ;;
        "import opencode") options="--dry-run --json --socket --help" following="" ;;
        "import scriven") options="--dry-run --json --socket --help" following="" ;;
        "export") options="--workspace --timeout --socket --help" following="" ;;
        "socket-path") options="--json --socket --help" following="" ;;
        "version") options="--timeout --json --socket --help" following="" ;;
        "completion") options="--socket --help" following="bash zsh fish" ;;
        "completion bash") options="--socket --help" following="" ;;
        "completion zsh") options="--socket --help" following="" ;;
        "completion fish") options="--socket --help" following="" ;;
        "context") options="--socket --help" following="get" ;;
        "context get") options="--workspace-id --query --max-tokens --max-entries --json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "daemon") options="--database --config --log-level --ready-fd --socket --help" following="clients health hello metrics shutdown status" ;;
        "daemon clients") options="--json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "daemon health") options="--json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "daemon hello") options="--client --version --protocol --expect --access --json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "daemon metrics") options="--json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "daemon shutdown") options="--json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "daemon status") options="--json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "events") options="--socket --help" following="history publish subscribe unsubscribe wait" ;;
        "events history") options="--topics --workspace-id --since --limit --json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "events publish") options="--workspace-id --no-durable --json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "events subscribe") options="--workspace-id --since --json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "events unsubscribe") options="--json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "events wait") options="--workspace-id --since --timeout-ms --json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "leases") options="--socket --help" following="acquire list release renew" ;;
        "leases acquire") options="--workspace-id --ttl-ms --wait-ms --note --json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "leases list") options="--workspace-id --limit --cursor --json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "leases release") options="--workspace-id --json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "leases renew") options="--workspace-id --ttl-ms --json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "logs") options="--socket --help" following="append days get list" ;;
        "logs append") options="--event-data --session-id --workspace-id --timestamp --json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "logs days") options="--workspace-id --timezone --from --to --json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "logs get") options="--json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "logs list") options="--workspace-id --session-id --event-type --from --to --day --timezone --order --limit --cursor --json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "memory") options="--socket --help" following="forget get list observe purge remember restore search update" ;;
        "memory forget") options="--json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "memory get") options="--json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "memory list") options="--workspace-id --category --source --tags --deleted --limit --cursor --json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "memory observe") options="--evidence --workspace-id --session-id --json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "memory purge") options="--workspace-id --older-than-days --json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "memory remember") options="--category --source --workspace-id --tags --metadata --json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "memory restore") options="--json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "memory search") options="--workspace-id --scope --category --tags --limit --json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "memory update") options="--content --category --tags --metadata --if-revision --json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "messages") options="--socket --help" following="append delete get list search update" ;;
        "messages append") options="--parts --id --parent-id --metadata --json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "messages delete") options="--json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "messages get") options="--json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "messages list") options="--limit --cursor --json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "messages search") options="--workspace-id --session-id --role --limit --json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "messages update") options="--metadata --completed-at --if-revision --json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "parts") options="--socket --help" following="delete delta get put" ;;
        "parts delete") options="--json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "parts delta") options="--json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "parts get") options="--json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "parts put") options="--json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "rpc") options="--socket --help" following="discover" ;;
        "rpc discover") options="--json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "sessions") options="--socket --help" following="current delete end get list start update" ;;
        "sessions current") options="--workspace-id --agent --no-create --idle-timeout-s --json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "sessions delete") options="--json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "sessions end") options="--trigger --summary --json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "sessions get") options="--json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "sessions list") options="--workspace-id --parent-id --agent --active --no-active --archived --search --limit --cursor --json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "sessions start") options="--id --workspace-id --parent-id --title --agent --source --metadata --idle-timeout-s --replace --json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "sessions update") options="--title --status --summary --metadata --archived --no-archived --if-revision --json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "settings") options="--socket --help" following="delete export get import list set" ;;
        "settings delete") options="--workspace-id --if-revision --json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "settings export") options="--workspace-id --json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "settings get") options="--workspace-id --json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "settings import") options="--workspace-id --exported-at --replace --json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "settings list") options="--prefix --workspace-id --effective --limit --cursor --json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "settings set") options="--workspace-id --if-revision --json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "state") options="--socket --help" following="export import" ;;
        "state export") options="--workspace-id --limit --cursor --json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "state import") options="--dry-run --json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "todos") options="--socket --help" following="get set" ;;
        "todos get") options="--json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "todos set") options="--if-revision --json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "transaction") options="--socket --help" following="run" ;;
        "transaction run") options="--json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "workspaces") options="--socket --help" following="delete get list open relink resolve update" ;;
        "workspaces delete") options="--force --json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "workspaces get") options="--json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "workspaces list") options="--limit --cursor --json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "workspaces open") options="--name --json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "workspaces relink") options="--json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "workspaces resolve") options="--json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "workspaces update") options="--name --config --if-revision --json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        *) following="" options="" ;;
    esac
    if [[ -n "$skip" ]]; then
        case "$path $previous" in
        "start --log-level") choices="debug info warning error" ;;
        "stop --log-level") choices="debug info warning error" ;;
        "restart --log-level") choices="debug info warning error" ;;
        "status --log-level") choices="debug info warning error" ;;
        "call --log-level") choices="debug info warning error" ;;
        "watch --log-level") choices="debug info warning error" ;;
        "import --log-level") choices="debug info warning error" ;;
        "import claude-code --log-level") choices="debug info warning error" ;;
        "import idumb --log-level") choices="debug info warning error" ;;
        "import jarvis --log-level") choices="debug info warning error" ;;
        "import opencode --log-level") choices="debug info warning error" ;;
        "import scriven --log-level") choices="debug info warning error" ;;
        "export --log-level") choices="debug info warning error" ;;
        "socket-path --log-level") choices="debug info warning error" ;;
        "version --log-level") choices="debug info warning error" ;;
        "completion --log-level") choices="debug info warning error" ;;
        "completion bash --log-level") choices="debug info warning error" ;;
        "completion zsh --log-level") choices="debug info warning error" ;;
        "completion fish --log-level") choices="debug info warning error" ;;
        "context --log-level") choices="debug info warning error" ;;
        "daemon --log-level") choices="debug info warning error" ;;
        "daemon hello --access") choices="read write" ;;
        "events --log-level") choices="debug info warning error" ;;
        "leases --log-level") choices="debug info warning error" ;;
        "logs --log-level") choices="debug info warning error" ;;
        "logs list --order") choices="asc desc" ;;
        "memory --log-level") choices="debug info warning error" ;;
        "memory search --scope") choices="all workspace workspace+global" ;;
        "messages --log-level") choices="debug info warning error" ;;
        "messages search --role") choices="assistant system tool user" ;;
        "parts --log-level") choices="debug info warning error" ;;
        "rpc --log-level") choices="debug info warning error" ;;
        "sessions --log-level") choices="debug info warning error" ;;
        "sessions update --status") choices="busy idle retry" ;;
        "settings --log-level") choices="debug info warning error" ;;
        "state --log-level") choices="debug info warning error" ;;
        "todos --log-level") choices="debug info warning error" ;;
        "transaction --log-level") choices="debug info warning error" ;;
        "workspaces --log-level") choices="debug info warning error" ;;
        esac
        case "$previous" in
        --config|--database|--socket) mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
        *) mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$current") ;;
        esac
    elif [[ "$current" == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
    elif [[ -n "$following" ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$following" -- "$current")
    else
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
    fi
}

complete -o filenames -F _scriven scriven
