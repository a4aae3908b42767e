# shellcheck shell=bash
# Shared by the service scripts: sourced, never run.
# A service keeps everything in the folder it was given: ports, process ids, logs and data.

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

die() {
    say "$*"
    exit 1
}

# The first of the names that can be run; each is a path or a name looked up on PATH.
find_program() {
    local name
    for name in "$@"; do
        if command -v "$name" 2>/dev/null; then
            return 0
        fi
    done
    return 1
}

port_open() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# A loopback port nobody listens on, nor on the one 10,000 above it (the bus of a Redis Cluster node).
# Both lie below the range from which the system takes ports for outgoing connections.
free_port() {
    local port
    while :; do
        port=$((12000 + (RANDOM * 32768 + RANDOM) % 10000))
        if ! port_open "$port" && ! port_open $((port + 10000)); then
            echo "$port"
            return 0
        fi
    done
}

# The port kept in a file, chosen at the first start.
kept_port() {
    [ -s "$1" ] || free_port >"$1"
    cat "$1"
}

# Whether the process of a pid file lives and is still ours: its command line contains the mark.
# A process that has ended but was not yet reaped by its parent shows no command line.
running() {
    local pid_file=$1 mark=$2
    [ -s "$pid_file" ] || return 1
    case "$(ps -o stat=,args= -p "$(cat "$pid_file")" 2>/dev/null)" in
        Z*) return 1 ;;
        *"$mark"*) return 0 ;;
        *) return 1 ;;
    esac
}

# Runs the rest of the arguments until they succeed, at most so many seconds.
wait_until() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.05
    done
}

ended() { ! running "$@"; }

# Ends the process of a pid file: with SIGTERM if so told, and with SIGKILL if it stays.
end_process() {
    local pid_file=$1 mark=$2 patience=$3
    if running "$pid_file" "$mark"; then
        if [ "$patience" -gt 0 ]; then
            kill -TERM "$(cat "$pid_file")" 2>/dev/null
            wait_until "$patience" ended "$pid_file" "$mark" || say "did not end in ${patience} s, killing it"
        fi
        if running "$pid_file" "$mark"; then
            kill -KILL "$(cat "$pid_file")" 2>/dev/null
            wait_until 10 ended "$pid_file" "$mark" || die "process $(cat "$pid_file") does not end"
        fi
    fi
    rm -f "$pid_file"
}
