#!/usr/bin/env bash
# Tells Lamplighter the state of a device through Redis, in a slot of its own beside what others say. With a number of seconds the state ends by
# itself unless it is told again: whoever may die should give one. "-" as the state takes it back.
#   tell-state.sh DEVICE SOURCE STATE [SECONDS] [-- options of redis-cli]
#   tell-state.sh SIP/100 door INUSE 60 -- -h 10.0.0.5 -a secret
set -euo pipefail
usage() {
  sed -n '2,5s/^# //p' "$0" >&2
  exit 2
}
[ $# -ge 3 ] || usage
device=$1 source=$2 state=$3 seconds=0
shift 3
if [ $# -gt 0 ] && [ "$1" != "--" ]; then
  seconds=$1
  shift
fi
[ $# -eq 0 ] || [ "$1" = "--" ] || usage
[ $# -eq 0 ] || shift
# Quotes and the like would need escapes that differ between writers.
case "$device$source" in *[!A-Za-z0-9_/.@:+*#=~%-]*) echo "device and source: ASCII letters, digits and _/.@:+*#=~%-" >&2; exit 2 ;; esac

# The shard of a device: FNV-1a of its name, modulo 16.
hash=$((0x811c9dc5))
for ((at = 0; at < ${#device}; at++)); do
  printf -v unit %d "'${device:at:1}"
  hash=$((((hash ^ unit) * 0x01000193) & 0xffffffff))
done
shard="lamplighter:{device.$((hash % 16))}"

reply=$(redis-cli "$@" --eval "$(dirname "$0")/tell-state.lua" "$shard:records" "$shard:seq" "$shard:life" "$shard:timers" "$shard:due" , \
  "$device" "$source" "$state" "$seconds" "$shard:changes")
# The version of the record; whatever else was said is an error.
case "$reply" in
'' | *[!0-9]*)
  echo "${reply:-no answer}" >&2
  exit 1
  ;;
esac
echo "$reply"
