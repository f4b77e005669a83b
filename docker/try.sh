#!/usr/bin/env bash
# Builds the image and runs it as compose.yaml does, without a Docker daemon: buildah and podman,
# as root, on Debian. Where the base image cannot be pulled, a stand-in is made with debootstrap
# and a Python of this machine (PYTHON_PREFIX, the folder that holds bin/python3.12).
#
#   docker/try.sh            build, then: empty volume, health, drain, restart, Datasette beside it
#
# Needs: apt-get install buildah podman runc debootstrap; hadolint is used if present.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
work=${WORK:-/var/tmp/kz-monitor-container}
base=${BASE_IMAGE:-docker.io/library/python:3.12-slim-bookworm}
image=localhost/kz-monitor:try
mkdir -p "$work/store" "$work/run"
store=(--root "$work/store" --runroot "$work/run" --storage-driver "${STORAGE_DRIVER:-overlay}")
say() { printf '\n== %s\n' "$*"; }
build() { buildah "${store[@]}" build --isolation chroot --pull-never --format docker "$@"; }
run() { podman "${store[@]}" --runtime runc --cgroup-manager cgroupfs --log-level fatal "$@"; }

if command -v hadolint >/dev/null; then
  say "hadolint"
  hadolint "$here/Dockerfile" && echo clean
fi

if ! buildah "${store[@]}" inspect --type image "$base" >/dev/null 2>&1; then
  say "a stand-in for $base"
  prefix=${PYTHON_PREFIX:-$(python3.12 -c 'import sys; print(sys.base_prefix)')}
  root="$work/rootfs"
  if [ ! -x "$root/usr/local/bin/python3.12" ]; then
    debootstrap --variant=minbase --include=ca-certificates,libsqlite3-0,libssl3,libffi8,libbz2-1.0,liblzma5,zlib1g,libreadline8,libncursesw6,libexpat1,libuuid1,tzdata bookworm "$root" >"$work/debootstrap.log"
    cp -a "$prefix"/{bin,lib,include} "$root/usr/local/"
    rm -rf "$root"/usr/local/lib/python3.12/{test,idlelib,tkinter}
    ln -sf python3.12 "$root/usr/local/bin/python3"
    ln -sf python3.12 "$root/usr/local/bin/python"
    chroot "$root" ldconfig
    cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
    # How this machine reaches its package registry is its own business: pip's settings come along.
    [ -f /etc/pip.conf ] && cp /etc/pip.conf "$root/etc/pip.conf"
  fi
  tar -C "$root" -cf "$work/base.tar" .
  printf 'FROM scratch\nADD base.tar /\nENV PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8\nCMD ["python3"]\n' >"$work/base.Dockerfile"
  build -t "$base" -f "$work/base.Dockerfile" "$work" >/dev/null
fi

say "build"
build --layers --build-arg "PYTHON_IMAGE=$base" -t "$image" "$here" | tail -3
run images --format '{{.Repository}}:{{.Tag}} {{.Size}}' | grep kz-monitor

# Explicit limits: without CAP_SYS_RESOURCE the runtime may not raise them.
limits=(--ulimit nofile=10000:10000 --ulimit nproc=5000:5000)

say "a loopback news site for the container to read"
data="$work/volume"
rm -rf "$data" && mkdir -p "$data" && chown 10001:10001 "$data"
site=$(mktemp -d)
run run --rm "${limits[@]}" --network host -v "$site:/site" --user 0:0 "$image" python -c '
from datetime import datetime, UTC
from monitor.demo import DemoSite
print(DemoSite(datetime.now(UTC)).config_yaml(18765), file=open("/site/feeds.yaml", "w"))'
printf 'subscriptions:\n  - {name: daily, channels: [folder]}\n' >>"$site/feeds.yaml"
run run -d --rm --name try-site "${limits[@]}" --network host "$image" python -c '
import time
from datetime import datetime, UTC
from monitor.demo import DemoSite
with DemoSite(datetime.now(UTC)).serve(18765):
    time.sleep(900)' >/dev/null
trap 'run kill try-site try-monitor try-archive >/dev/null 2>&1 || true' EXIT

harden=(--read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges --network host
        "${limits[@]}"
        -v "$data:/app/storage" -v "$site/feeds.yaml:/app/feeds.yaml:ro")
start() {
  run rm -f try-monitor >/dev/null 2>&1 || true
  run run -d --name try-monitor "${harden[@]}" "$image" >/dev/null
}
wait_for_articles() {
  for _ in $(seq 60); do
    count=$(python3 - "$data/monitor.db" <<'PY'
import sqlite3, sys
try:
    print(sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True).execute("select count(*) from articles").fetchone()[0])
except sqlite3.Error:
    print(0)
PY
)
    [ "$count" -ge 100 ] && break
    sleep 1
  done
  echo "articles: $count"
}
stop() {
  run stop -t 60 try-monitor >/dev/null
  echo "exit code after SIGTERM: $(run inspect try-monitor --format '{{.State.ExitCode}}')"
}

say "first start on an empty volume"
start && wait_for_articles
sleep 3
run healthcheck run try-monitor && echo "healthcheck: healthy"
run exec try-monitor id
run exec try-monitor monitor health
run exec try-monitor sh -c 'touch /app/x 2>&1 || true'

say "Datasette beside it, on the same volume"
run rm -f try-archive >/dev/null 2>&1 || true
run run -d --name try-archive "${harden[@]}" "$image" monitor archive --host 127.0.0.1 --port 18801 >/dev/null
for _ in $(seq 30); do
  python3 -c "import urllib.request as u; print('archive answers', u.urlopen('http://127.0.0.1:18801/monitor/articles.json?_size=1', timeout=5).status)" 2>/dev/null && break
  sleep 1
done

say "a second instance is refused"
run run --rm "${harden[@]}" "$image" || echo "exit code $?"

say "drain, restart on the same volume"
stop
start && wait_for_articles && sleep 2
run healthcheck run try-monitor && echo "healthcheck: healthy"
stop

say "a volume that belongs to somebody else"
other="$work/other" && rm -rf "$other" && mkdir -p "$other" && chown 0:0 "$other" && chmod 755 "$other"
run run --rm "${harden[@]/$data:/$other:}" "$image" || echo "exit code $?"
