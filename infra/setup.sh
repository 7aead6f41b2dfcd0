#!/bin/sh
# Makes .venv from the newest Python >= 3.11 on this machine and the hash-pinned lock. Run again: nothing to do.
set -eu
cd "$(dirname "$0")/.."

find_python() {
  pyenv=${PYENV_ROOT:-$(pyenv root 2>/dev/null || echo "$HOME/.pyenv")}
  # a version manager's own folders first: its shims answer for one version only, not the newest
  for candidate in "${PYTHON:-}" $(ls -d "$pyenv"/versions/3.1[1-9]*/bin/python3 2>/dev/null | sort -rV) \
    python3.14 python3.13 python3.12 python3.11 python3; do
    [ -n "$candidate" ] || continue
    if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$candidate"
      return
    fi
  done
  echo "TREUM needs Python 3.11 or newer with venv: install python3.13 (on Debian also python3-venv), or name one with PYTHON=/path/to/python3" >&2
  exit 1
}

stamp=$(cat requirements.lock pyproject.toml infra/setup.sh | cksum)
if [ -x .venv/bin/python ] && [ "$(cat .venv/.stamp 2>/dev/null)" = "$stamp" ]; then
  exit 0
fi

python=$(find_python)
echo "setup: $("$python" --version) at $python"
[ -x .venv/bin/python ] || "$python" -m venv .venv
if ! [ -x .venv/bin/uv ]; then
  echo "setup: the installer"
  # uv's own block of the lock, hashes and all
  awk '/^uv==/ {on = 1} on && /^[a-z]/ && !/^uv==/ {on = 0} on' requirements.lock > .venv/uv.txt
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r .venv/uv.txt
fi
echo "setup: packages from requirements.lock"
export VIRTUAL_ENV="$PWD/.venv"
.venv/bin/uv pip sync --quiet --require-hashes requirements.lock
.venv/bin/uv pip install --quiet --no-deps --no-build-isolation --offline --editable .
echo "$stamp" > .venv/.stamp
echo "setup: done"
