# Finds a Python, keeps .venv in step with the lock files. Source it in the project's folder.

say() { printf '%s\n' "$*" >&2; }

stop() {
    say "$@"
    exit 1
}

fits() {
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null
}

find_python() {
    local candidate
    for candidate in "${TANDEM_PYTHON:-}" python3 python3.13 python3.12 python3.11 \
        "$HOME"/.pyenv/versions/3.1[123].*/bin/python "$HOME"/.local/share/uv/python/*/bin/python3; do
        if [ -n "$candidate" ] && command -v "$candidate" >/dev/null 2>&1 && fits "$candidate"; then
            command -v "$candidate"
            return
        fi
    done
    stop "Tandem needs Python 3.11, 3.12 or 3.13, and none was found." \
        $'\n  Debian, Ubuntu:  apt-get install python3 python3-venv' \
        $'\n  Fedora:          dnf install python3.13' \
        $'\n  macOS:           brew install python@3.13' \
        $'\n  anywhere:        uv python install 3.13' \
        $'\nThen run this again. If yours has another name: TANDEM_PYTHON=/path/to/python' "$0"
}

make_venv() {
    local python
    python=$(find_python)
    "$python" -c 'import venv, ensurepip' 2>/dev/null ||
        stop "$python has no venv module. On Debian and Ubuntu it is a package of its own:" \
            $'\n  apt-get install python3-venv\nThen run this again.'
    say "Making .venv with $python"
    rm -rf .venv
    "$python" -m venv .venv
}

# Install what requirements/NAME.txt locks, for each NAME, unless that was done before.
install_locked() {
    local files=() name wanted
    for name in "$@"; do files+=("requirements/$name.txt"); done
    wanted=$(cat "${files[@]}" pyproject.toml | cksum)
    if [ -x .venv/bin/python ] && fits .venv/bin/python &&
        [ "$(cat ".venv/installed-$1" 2>/dev/null)" = "$wanted" ]; then
        return
    fi
    if ! { [ -x .venv/bin/python ] && fits .venv/bin/python; }; then make_venv; fi
    say "Installing the locked packages of ${files[*]}"
    local arguments=()
    for name in "${files[@]}"; do arguments+=(-r "$name"); done
    run_pip install --require-hashes "${arguments[@]}"
    run_pip install --no-deps --no-build-isolation --editable .
    printf '%s' "$wanted" >".venv/installed-$1"
}

run_pip() {
    .venv/bin/python -m pip --quiet --disable-pip-version-check "$@" ||
        stop "pip could not install the packages; what it said stands above." \
            $'\nCheck the network and the free space, then run this again: what is there is kept.'
}
