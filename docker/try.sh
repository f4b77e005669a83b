#!/usr/bin/env bash
# Builds the image and runs it as compose.yaml does, without a Docker daemon: buildah and podman,
# as root, on Debian. Where the base image cannot be pulled, a stand-in is made with debootstrap
# and a Python of this machine (PYTHON_PREFIX, the folder that holds bin/python3.12).
#
#   docker/try.sh            build, then: empty volume, health, drain, restart, Datasette beside it,
#                            upgrade and way back, another user's volume, 512 MB for everything
#
# HEAVY=FOLDER: a folder with the feeds.yaml of a bigger site on loopback that is being served
# (bench/newsweb.py leaves one); the round within 512 MB is then made on that.
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
trap 'for name in try-site try-monitor try-archive try-small; do run kill "$name" >/dev/null 2>&1 || true; done' EXIT

harden=(--read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges --network host
        "${limits[@]}"
        -v "$data:/app/storage" -v "$site/feeds.yaml:/app/feeds.yaml:ro")
start() {
  run rm -f try-monitor >/dev/null 2>&1 || true
  run run -d --name try-monitor "${harden[@]}" "$image" >/dev/null
}
# The memory cgroup of a running container, wherever this machine has it: the most it held (page
# cache included) and its limit, in MB.
group_megabytes() {
  local pid group held limit
  pid=$(run inspect "$1" --format '{{.State.Pid}}')
  [ "$pid" != 0 ] || return 1
  group=$(awk -F: '$2 ~ /memory/ || $2 == "" {print $3; exit}' "/proc/$pid/cgroup") || return 1
  held="/sys/fs/cgroup/memory$group/memory.max_usage_in_bytes" limit="/sys/fs/cgroup/memory$group/memory.limit_in_bytes"
  [ -r "$held" ] || held="/sys/fs/cgroup$group/memory.peak" limit="/sys/fs/cgroup$group/memory.max"
  echo "$(($(cat "$held") / 1000000)) of $(($(cat "$limit") / 1000000))"
}
# Proportional share of every process of a container, in MB: shared libraries count once.
pss_megabytes() {
  local pid total=0 share
  for pid in $(run top "$1" hpid 2>/dev/null | tail -n +2); do
    share=$(awk '/^Pss:/ {print $2}' "/proc/$pid/smaps_rollup" 2>/dev/null || echo 0)
    total=$((total + ${share:-0}))
  done
  echo $((total / 1000))
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

say "the next version on this volume: one more schema step"
next='
import sys
from monitor.store.schema import migrations
@migrations(name="rehearsal")
def step(db):
    db.conn.execute("ALTER TABLE articles ADD COLUMN rehearsal TEXT")
from monitor.cli import main
sys.exit(main())'
count() { python3 -c 'import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute("select count(*) from articles").fetchone()[0], "articles")' "$data/monitor.db"; }
count
run run --rm "${harden[@]}" "$image" python -c "$next" once --quiet || echo "exit code $?"
count
ls "$data/backups" | grep before-upgrade

say "this version refuses it, and goes back with the copy from before"
run run --rm "${harden[@]}" "$image" monitor once --quiet || echo "exit code $?"
run run --rm "${harden[@]}" "$image" monitor restore "storage/backups/$(ls "$data/backups" | grep before-upgrade | tail -1)"
run run --rm "${harden[@]}" "$image" monitor once --quiet && count

say "one round with 512 MB for the whole container, swap off"
small="$work/small" && rm -rf "$small" && mkdir -p "$small" && chown 10001:10001 "$small"
heavy=${HEAVY:-$site}
run rm -f try-small >/dev/null 2>&1 || true
run run -d --name try-small --memory 512m --memory-swap 512m --read-only --tmpfs /tmp --cap-drop ALL \
  --security-opt no-new-privileges --network host "${limits[@]}" -v "$small:/app/storage" \
  -v "$heavy/feeds.yaml:/app/feeds.yaml:ro" "$image" monitor once --force --quiet >/dev/null
most=0 held="?"
while [ "$(run inspect try-small --format '{{.State.Running}}')" = true ]; do
  now=$(pss_megabytes try-small) && [ "$now" -gt "$most" ] && most=$now
  held=$(group_megabytes try-small 2>/dev/null || echo "$held")
  sleep 1
done
run logs try-small 2>&1 | tail -2
echo "exit code $(run inspect try-small --format '{{.State.ExitCode}}'), killed for memory: $(run inspect try-small --format '{{.State.OOMKilled}}')"
echo "most at once: $most MB of all processes (PSS); the cgroup's peak, page cache included: $held MB"
run rm -f try-small >/dev/null

say "a volume that belongs to somebody else"
other="$work/other" && rm -rf "$other" && mkdir -p "$other" && chown 0:0 "$other" && chmod 755 "$other"
run run --rm "${harden[@]/$data:/$other:}" "$image" || echo "exit code $?"
