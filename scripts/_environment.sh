# Sourced by the commands beside it: makes .venv from the hash-pinned lock named in $1 (run or dev).
# Needs only Python >= 3.11 and pip; does nothing when the lock has not changed since last time.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$root"

find_python() {
    for name in "${PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11 python; do
        [ -n "$name" ] || continue
        if command -v "$name" >/dev/null && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    echo "Gọi Lại needs Python 3.11 or newer; none was found on PATH." >&2
    exit 1
}

make_environment() {
    local python
    python="$(find_python)"
    if ! "$python" -m venv .venv >/dev/null 2>&1; then
        # Debian ships Python without the venv module; a pinned virtualenv stands in for it.
        rm -rf .venv
        "$python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
            --target .bootstrap --requirement requirements/bootstrap.txt
        PYTHONPATH=.bootstrap "$python" -m virtualenv --quiet .venv
    fi
}

# ensure_environment run|dev|bench (bench adds to dev what only the measurements need)
ensure_environment() {
    local lock="requirements/$1.txt" stamp=".venv/.installed-$1" want
    want="$(cat "$lock" pyproject.toml scripts/_environment.sh | sha256sum | cut -d' ' -f1)"
    if [ "$1" = run ] && [ -f .venv/.installed-dev ]; then
        # The developer's environment holds everything the run-time one does.
        stamp=".venv/.installed-dev" lock="requirements/dev.txt"
        want="$(cat "$lock" pyproject.toml scripts/_environment.sh | sha256sum | cut -d' ' -f1)"
    fi
    [ -x .venv/bin/python ] && [ "$(cat "$stamp" 2>/dev/null)" = "$want" ] && return
    [ -x .venv/bin/python ] || make_environment
    echo "Installing the packages of $lock (once) …" >&2
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --requirement "$lock"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
    echo "$want" >"$stamp"
}

# Prints the path of a Chromium; installs the distribution's when root, otherwise says how.
ensure_chromium() {
    local name
    for name in chromium chromium-browser google-chrome; do
        command -v "$name" && return
    done
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "Installing the distribution's Chromium (once) …" >&2
        { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends chromium; } >&2
        command -v chromium && return
    fi
    echo "The browser tests need Chromium. Install it: sudo apt-get install chromium" >&2
    exit 1
}
