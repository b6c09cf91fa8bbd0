#!/usr/bin/env bash
# `npm test`: installs what the tests need (each only if missing), then runs every suite and prints "N passed, N failed".
set -uo pipefail
cd "$(dirname "$0")/.."

need() { # need COMMAND DEBIAN-PACKAGE
  command -v "$1" >/dev/null 2>&1 || missing+=("$2")
}
missing=()
need redis-server redis-server
need sipp sip-tester
need openssl openssl
need xmllint libxml2-utils
need chromium chromium
may_install() {
  [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1
}
# Software of others that our lamps are tried against; where it cannot be installed, its suites say so and skip.
optional=()
command -v baresip >/dev/null 2>&1 || optional+=(baresip-core)
ls /usr/lib/*/kamailio/modules/pua_dialoginfo.so >/dev/null 2>&1 || optional+=(kamailio kamailio-presence-modules)

install() { # install PACKAGE …
  echo "installing $* …" >&2
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq >/dev/null && apt-get install -y -qq --no-install-recommends "$@" >/dev/null || return 1
  # Packages may start servers of their own; the tests start theirs on free ports.
  command -v service >/dev/null 2>&1 && for name in redis-server kamailio; do service "$name" stop >/dev/null 2>&1; done
  return 0
}

if [ "${#missing[@]}" -gt 0 ]; then
  if ! may_install; then
    echo "npm test needs these programs: ${missing[*]} (Debian packages). Install them and run it again." >&2
    exit 2
  fi
  install "${missing[@]}" || exit 2
fi
if [ "${#optional[@]}" -gt 0 ] && { ! may_install || ! install "${optional[@]}"; }; then
  echo "without ${optional[*]} (Debian packages): their suites are skipped" >&2
fi

node bin/build.mjs || exit 2
exec node test/run-suites.mjs "$@"
