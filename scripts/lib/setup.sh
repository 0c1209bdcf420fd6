# shellcheck shell=sh
# Sourced by every command in scripts/: installs what is needed and finds the pinned Bun. POSIX sh; needs only Node
# with npm, or only Bun. Sets `root` (the project's folder, absolute), `bun` (the pinned binary) and
# `env_file` (the flag that says which .env it reads); does not change
# the directory, so that file arguments keep their meaning.

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

# The stamp says which lockfile, on which kind of machine, node_modules was installed from. Comparing it takes
# milliseconds, so only the first start installs.
stamp=$root/node_modules/.installed-from
wanted="$(cksum <"$root/package-lock.json") $(uname -sm)"

install_packages() {
  if command -v npm >/dev/null 2>&1; then
    echo 'Installing packages with npm …' >&2
    set -- npm ci --loglevel=error --no-update-notifier
  elif command -v bun >/dev/null 2>&1; then
    echo 'Installing packages with Bun …' >&2
    set -- bun install --frozen-lockfile --silent
  else
    fail 'Neither npm nor bun is on the PATH. Install Node 20 or newer (https://nodejs.org) or Bun (https://bun.sh), then start again.'
  fi
  rm -f "$stamp"
  # Both keep a cache at home. A user without a writable home gets one for as long as the installation lasts.
  if [ -w "${HOME:-}" ]; then
    (cd "$root" && "$@" >&2) || fail 'The packages could not be installed: see above.'
  else
    home=$(mktemp -d)
    (cd "$root" && HOME=$home "$@" >&2) || {
      rm -rf "$home"
      fail 'The packages could not be installed: see above.'
    }
    rm -rf "$home"
  fi
  printf '%s\n' "$wanted" >"$stamp"
}

[ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] || install_packages

# The package manager fetches only the binaries that fit the machine, into node_modules/@oven; Bun's install script,
# where it ran, has moved one of them to node_modules/bun. The first that runs and has the pinned version is it.
find_bun() {
  pinned=$(sed -n 's/^ *"version": "\([^"]*\)".*/\1/p' "$root/node_modules/bun/package.json")
  for candidate in "$root"/node_modules/@oven/*/bin/bun "$root/node_modules/bun/bin/bun.exe"; do
    [ -x "$candidate" ] || continue
    if [ "$("$candidate" --version 2>/dev/null)" = "$pinned" ]; then
      printf '%s\n' "$candidate"
      return
    fi
  done
  fail "Bun $pinned does not run here ($(uname -sm)). Delete node_modules and start again; if it stays, this kind of machine is not supported."
}

bun=$(find_bun) || exit 1

# Settings come from the environment and from the project's own .env, not from a .env that lies where somebody
# happens to stand: it may belong to another program, and name its database.
# shellcheck disable=SC2034
if [ -f "$root/.env" ]; then env_file=--env-file=$root/.env; else env_file=--no-env-file; fi
