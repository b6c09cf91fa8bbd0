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
if may_install; then
  need baresip baresip-core
  ls /usr/lib/*/kamailio/modules/pua_dialoginfo.so >/dev/null 2>&1 || missing+=(kamailio kamailio-presence-modules)
fi

if [ "${#missing[@]}" -gt 0 ]; then
  if ! may_install; then
    echo "npm test needs these programs: ${missing[*]} (Debian packages). Install them and run it again." >&2
    exit 2
  fi
  echo "installing ${missing[*]} …" >&2
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq >/dev/null && apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null || exit 2
  # Packages may start servers of their own; the tests start theirs on free ports.
  command -v service >/dev/null 2>&1 && for name in redis-server kamailio; do service "$name" stop >/dev/null 2>&1; done
fi

node bin/build.mjs || exit 2
exec node test/run-suites.mjs "$@"
