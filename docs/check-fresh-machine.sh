#!/usr/bin/env bash
# What somebody sees who has a JDK and Maven and nothing else: clones the repository into an empty folder, with an empty
# local Maven repository, runs the README's commands, and prints the time of each and the bytes that it downloaded.
# Argument: what to clone; default: this repository, what is committed of it. JAVA_HOME chooses the JDK, as it does for Maven.
set -eu
source=${1:-$(cd "$(dirname "$0")/.." && git rev-parse --show-toplevel)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

git clone -q "$source" "$work/checkout"
cd "$work/checkout"
echo "commit $(git rev-parse --short HEAD), $("${JAVA_HOME:+$JAVA_HOME/bin/}java" -version 2>&1 | head -1), $(nproc) processors"

megabytes() { du -sm "$work/repository" 2>/dev/null | cut -f1 || true; }

run() {
  local before after start=$SECONDS
  before=$(megabytes)
  if ! "$@" "-Dmaven.repo.local=$work/repository" >"$work/log.txt" 2>&1; then
    tail -40 "$work/log.txt"
    echo "failed after $((SECONDS - start)) s: $*"
    exit 1
  fi
  after=$(megabytes)
  echo "$((SECONDS - start)) s, $((after - ${before:-0})) MB downloaded: $*"
}

run mvn -q install -DskipTests -pl agc-updater -am
run mvn -q -pl agc-examples -am compile exec:java
run mvn verify
grep 'Tests run: [0-9]*, Failures' "$work/log.txt" | tail -1
