#!/bin/sh
# Make .venv with pipelinekit and its tools. As root on Debian, install the Python packages that lack.
set -eu
PYTHON=${PYTHON:-python3}

say() { echo "setup: $*" >&2; }

usable() { "$PYTHON" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

if ! usable || ! command -v git >/dev/null; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    say "installing python3, python3-venv and git"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3 python3-venv git ca-certificates >/dev/null
  fi
  if ! usable; then
    say "Python 3.11 or later with venv is needed (Debian and Ubuntu: apt-get install python3 python3-venv),"
    say "or name another: make PYTHON=/path/to/python3.12 …"
    exit 4
  fi
fi

say "making .venv, with what the tests need in it: a minute, most of it without a word"
"$PYTHON" -m venv .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check -e '.[dev,docs]'
# Start-up is quick only with compiled modules, and an editable installation has none until they are used.
.venv/bin/python -m compileall -q pipelinekit
