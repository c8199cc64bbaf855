#!/usr/bin/env bash
# Everything that is done with a checkout; needs Python 3.11 or later, git and bash, nothing else.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

venv=${COLUMNCAST_VENV:-.venv}
bin=$venv/bin
[ ! -d "$venv/Scripts" ] || bin=$venv/Scripts # as Windows has it
locked=requirements-dev.lock

usage() {
  cat <<'EOF'
./run.sh demo [DIR]   build a complete sample show in DIR (demo-show) from the column and recording shipped here
./run.sh test [...]   run the tests (arguments go to pytest); what a machine lacks is skipped and said
./run.sh test --cov   the same, and say how much of the code ran; less than the floor is a failure
./run.sh test-all     the same as test after installing the Debian and npm packages that some tests need (asks for root)
./run.sh test-kills   kill every command at every call that changes a file, and publishing at every step
                      (long; Linux with strace)
./run.sh lock         write requirements-dev.lock anew: the newest releases that pyproject.toml allows
./run.sh lint         check formatting, style, spelling, types, and the links of the documents
./run.sh docs         build the documents as a site that needs no network; a broken link is an error
./run.sh fix          format, repair what can be repaired by machine, and write the generated documents
./run.sh bench [NAME] run a benchmark; without a name, list them
./run.sh bench --compare REV
                      what this checkout does quicker or slower, larger or smaller than the revision REV
./run.sh columncast … run the command from this checkout
EOF
}

say() { printf '%s\n' "$*" >&2; }

# The Python that PYTHON names, or the newest supported one that can make a virtual environment
# (Debian's own can't without python3-venv).
make_venv() {
  local python
  for python in ${PYTHON:-python3.13 python3.12 python3.11 python3 python}; do
    command -v "$python" >/dev/null || continue
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
    "$python" -m venv --clear "$venv" >/dev/null 2>&1 && return
  done
  say "No Python 3.11, 3.12 or 3.13 that can make a virtual environment was found${PYTHON:+ at $PYTHON}."
  say "Install one (Debian and Ubuntu: apt install python3 python3-venv), or name it: PYTHON=/path ./run.sh …"
  exit 1
}

# Install columncast from this checkout with the extras named; quick when nothing has changed. With
# `dev` everything comes in the versions of the lock file, each checked by its hash.
install() {
  local extras=$1 stamp pip
  if [ ! -x "$bin/python" ]; then
    say "Making a virtual environment in $venv …"
    make_venv
    [ ! -d "$venv/Scripts" ] || bin=$venv/Scripts
  fi
  stamp="$("$bin/python" -V) [$extras] $(git hash-object __init__.py pyproject.toml "$locked" | tr '\n' ' ')$PWD"
  if ! grep -qsxF "$stamp" "$venv/installed"; then
    say "Installing columncast and what it needs into $venv (once) …"
    pip=("$bin/python" -m pip install --quiet --disable-pip-version-check)
    case ",$extras," in
      *,dev,*)
        "${pip[@]}" --require-hashes --requirement "$locked"
        "${pip[@]}" --no-deps --no-build-isolation --editable .
        ;;
      *) "${pip[@]}" --editable ".[$extras]" ;;
    esac
    echo "$stamp" >>"$venv/installed"
  fi
  # For mypy, which does not see editable installs: the package `columncast` is this folder.
  mkdir -p .cache && ln -sfn .. .cache/columncast
}

lint() {
  install dev,all
  "$bin/ruff" format --check .
  "$bin/ruff" check .
  "$bin/typos"
  "$bin/mypy"
  "$bin/mypy" --config-file tests/mypy.ini tests benchmarks
  docs
}

docs() {
  install dev,all
  rm -rf .cache/docs && mkdir -p .cache/docs
  cp -R docs .cache/docs/pages && mv .cache/docs/pages/zensical.toml .cache/docs/
  rm -rf .cache/docs/pages/man .cache/docs/pages/*.py .cache/docs/pages/__pycache__ # not for readers
  "$bin/zensical" build --strict --config-file .cache/docs/zensical.toml
  say "Open .cache/docs/site/index.html"
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

debian_packages() {
  say "Installing the Debian packages that some tests need …"
  as_root apt-get update -qq
  DEBIAN_FRONTEND=noninteractive as_root apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

npm_packages() {
  command -v npm >/dev/null || debian_packages nodejs npm
  say "Installing the npm packages that some tests need …"
  npm install --silent --no-audit --no-fund --prefix .cache/npm "$@"
}

# One lock file for every Python and system that is supported.
lock() {
  install dev,all
  "$bin/python" -m pip install --quiet --disable-pip-version-check uv
  "$bin/uv" pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --custom-compile-command "./run.sh lock" \
    --extra dev --extra all pyproject.toml --output-file "$locked"
}

listed() { grep -v '^#' "$1"; }

bench() {
  if [ -z "${1:-}" ]; then
    ls benchmarks/*.py | sed 's|benchmarks/\(.*\)\.py|\1|'
    return
  fi
  install dev,all
  local name=${1/#--compare/compare}
  shift
  "$bin/python" "benchmarks/$name.py" "$@"
}

case "${1:-}" in
  demo) install all && "$bin/columncast" demo "${2:-demo-show}" ;;
  # Of --cov alone, pytest takes the next word for a folder to measure.
  test) shift && install dev,all && "$bin/python" -m pytest -n auto --dist worksteal "${@/%--cov/--cov=.}" ;;
  test-all)
    shift
    # shellcheck disable=SC2046 # one word a package
    debian_packages $(listed tests/debian-packages.txt)
    npm_packages $(listed tests/npm-packages.txt)
    "$0" test "$@"
    ;;
  test-kills) shift && install dev,all && "$bin/python" -m pytest -n auto --dist worksteal --all-kills tests/test_kills.py tests/test_live_kills.py "$@" ;;
  lock) lock ;;
  lint) lint ;;
  docs) docs ;;
  fix) install dev,all && "$bin/ruff" check --fix . && "$bin/ruff" format . && "$bin/python" docs/generate.py ;;
  bench) shift && bench "$@" ;;
  columncast) shift && install all && exec "$bin/columncast" "$@" ;;
  "" | help | -h | --help) usage ;;
  *) usage >&2 && exit 2 ;;
esac
