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
        --access|--client|--config|--cursor|--database|--deadline-ms|--expect|--exported-at|--idempotency-key|--if-revision|--limit|--log-level|--name|--prefix|--protocol|--ready-fd|--socket|--timeout|--version|--workspace-id) skip=1 ;;
        -*) ;;
        *) [[ "$path" == *" "* ]] || path="${path:+$path }$word" ;;
        esac
    done
    case "$path" in
        "") options="--socket --timeout --json --help --version" following="start stop restart status call socket-path version completion daemon rpc settings transaction workspaces" ;;
        "start") options="--database --config --log-level --timeout --json --socket --help" following="" ;;
        "stop") options="--timeout --json --socket --help" following="" ;;
        "restart") options="--database --config --log-level --timeout --json --socket --help" following="" ;;
        "status") options="--timeout --json --socket --help" following="" ;;
        "call") options="--idempotency-key --deadline-ms --timeout --json --socket --help" following="daemon.health daemon.hello daemon.shutdown daemon.status rpc.discover settings.delete settings.export settings.get settings.import settings.list settings.set transaction.run workspaces.delete workspaces.get workspaces.list workspaces.open workspaces.relink workspaces.resolve workspaces.update" ;;
        "socket-path") options="--json --socket --help" following="" ;;
        "version") options="--timeout --json --socket --help" following="" ;;
        "completion") options="--socket --help" following="bash zsh fish" ;;
        "daemon") options="--database --config --log-level --ready-fd --socket --help" following="health hello shutdown status" ;;
        "daemon health") options="--json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "daemon hello") options="--client --version --protocol --expect --access --json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "daemon shutdown") options="--json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "daemon status") options="--json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "rpc") options="--socket --help" following="discover" ;;
        "rpc discover") options="--json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "settings") options="--socket --help" following="delete export get import list set" ;;
        "settings delete") options="--workspace-id --if-revision --json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "settings export") options="--workspace-id --json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "settings get") options="--workspace-id --json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "settings import") options="--workspace-id --exported-at --replace --json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "settings list") options="--prefix --workspace-id --effective --limit --cursor --json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
        "settings set") options="--workspace-id --if-revision --json --idempotency-key --deadline-ms --timeout --socket --help" following="" ;;
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
        "socket-path --log-level") choices="debug info warning error" ;;
        "version --log-level") choices="debug info warning error" ;;
        "completion --log-level") choices="debug info warning error" ;;
        "daemon --log-level") choices="debug info warning error" ;;
        "daemon hello --access") choices="read write" ;;
        "rpc --log-level") choices="debug info warning error" ;;
        "settings --log-level") choices="debug info warning error" ;;
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
