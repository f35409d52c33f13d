#!/usr/bin/env bash
# ./dev demo [--once] [--port P]: page and worker, with real photographs of a Debian package.
#
# --once needs no one: it ends by itself, and exits 0 only if every thumbnail is there, of the right size, and was made by a
# child of queue:worker. Everything lives in a temporary folder that is removed at the end. --photographs only fetches the
# photographs and prints where they are.
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)

photo_package=lomiri-wallpapers-16.04 # 16 MB of it, fetched once into build/photographs
photo_folder=usr/share/backgrounds
# CC-BY-4.0, the first one CC0-1.0; the names say who took them (docs/images/README.md)
photo_names=(seeding_by_Clements_Engelhardt.jpg aitzgorri_by_Aitzol_Berasategi.jpg life_by_Aitzol_Berasategi.jpg
  friends_by_Aitzol_Berasategi.jpg Picture_0B_by_freespace.jpg Picture_1A_by_freespace.jpg picosdeeuropa_by_Aitzol_Berasategi.jpg)

studio=${STUDIO:-$root/build/release/bin/studio}
children=4
sizes=4
once=false
only_photographs=false
port=

usage() { echo "usage: demo.sh [--once] [--port P] | --photographs"; }
die() {
  printf 'demo: %s\n' "$*" >&2
  exit 1
}

while [ $# -gt 0 ]; do
  case $1 in
    --once) once=true ;;
    --photographs) only_photographs=true ;;
    --port)
      port=${2:?demo: --port needs a number}
      shift
      ;;
    --help | -h)
      usage
      exit 0
      ;;
    *)
      usage >&2
      exit 2
      ;;
  esac
  shift
done
$only_photographs || [ -x "$studio" ] || die "$studio is not built; run ./dev build release, or ./dev demo, which does"

# ---- photographs

cache=$root/build/photographs
fetch_photographs() {
  [ -d "$cache/$photo_package" ] && return
  command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || die "the photographs come from the Debian package $photo_package, and there is no apt-get or dpkg-deb here"
  echo >&2 "Fetching photographs: package $photo_package, about 16 MB, once ..."
  local download=$cache/download
  rm -rf "$download" && mkdir -p "$download"
  (
    cd "$download"
    # As root apt would hand the download to its own user, who cannot write here.
    apt=(apt-get -qq -o APT::Sandbox::User="$(id -un)")
    "${apt[@]}" download "$photo_package" 2>apt.log || {
      if [ "$(id -u)" = 0 ]; then apt-get -qq update; elif command -v sudo >/dev/null; then sudo apt-get -qq update; fi
      "${apt[@]}" download "$photo_package" 2>>apt.log
    }
  ) || die "cannot fetch the package $photo_package with the photographs: $(tail -n 3 "$download/apt.log" 2>/dev/null)"
  dpkg-deb -x "$download"/*.deb "$download/tree" || die "the package $photo_package cannot be unpacked"
  mv "$download/tree" "$cache/$photo_package" && rm -rf "$download"
}
fetch_photographs
photographs=()
for name in "${photo_names[@]}"; do
  [ -s "$cache/$photo_package/$photo_folder/$name" ] || die "no photograph $name in $cache/$photo_package/$photo_folder; remove that folder and try again"
  photographs+=("$cache/$photo_package/$photo_folder/$name")
done

$only_photographs && { printf '%s\n' "${photographs[@]}"; exit 0; }

# ---- a place, and an end that leaves nothing

work=$(mktemp -d "${TMPDIR:-/tmp}/studio.XXXXXX")
export SPARK_STORE_URL=sqlite:$work/spark.db STUDIO_DATA=$work/pictures
server=
worker=
cd "$work"

alive() { [ -n "$1" ] && kill -0 "$1" 2>/dev/null; }

# TERM, a bounded wait, then KILL. The worker needs its stop time for jobs that run.
end_process() {
  local pid=$1 tenths=$2
  alive "$pid" || return 0
  kill -TERM "$pid" 2>/dev/null || true
  while alive "$pid" && [ "$tenths" -gt 0 ]; do
    sleep 0.1
    tenths=$((tenths - 1))
  done
  kill -KILL "$pid" 2>/dev/null || true
}

cleanup() {
  local status=$?
  trap '' INT TERM HUP
  trap - EXIT
  end_process "$worker" 300
  end_process "$server" 100
  wait 2>/dev/null || true
  cd "$root"
  if [ "$status" != 0 ] && $once; then
    for log in server worker; do
      [ -s "$work/$log.log" ] && printf -- '--- last lines of the %s\n' "$log" >&2 && tail -n 25 "$work/$log.log" >&2
    done
  fi
  rm -rf "$work"
  exit "$status"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

# Processes whose parent is the given one, from the kernel's own table.
children_of() {
  local stat line fields
  for stat in /proc/[0-9]*/stat; do
    { read -r line <"$stat"; } 2>/dev/null || continue
    read -ra fields <<<"${line##*) }" # the name before may hold anything, also blanks
    [ "${fields[1]}" = "$1" ] && { stat=${stat#/proc/}; echo "${stat%/stat}"; }
  done
  return 0
}

# ---- page and worker; setsid keeps Ctrl-C from them, so that this script ends them in order

log_of() { if $once; then echo "$work/$1.log"; else echo /dev/stderr; fi; }
setsid "$studio" server --port "${port:-0}" >"$work/address" 2>>"$(log_of server)" &
server=$!
setsid "$studio" queue:worker -c $children >>"$(log_of worker)" 2>&1 &
worker=$!

url=
for _ in $(seq 100); do
  url=$(sed -n 's/^Studio  *\(http[^ ]*\)$/\1/p' "$work/address")
  [ -n "$url" ] && break
  alive "$server" || die "the page did not start$($once || printf ' (see above)')"
  sleep 0.1
done
[ -n "$url" ] || die "the page did not start within 10 s"
seen=
for _ in $(seq 100); do
  seen=$(children_of "$worker" | tr '\n' ' ')
  [ "$(wc -w <<<"$seen")" -ge $children ] && break
  alive "$worker" || die "queue:worker did not start$($once || printf ' (see above)')"
  sleep 0.1
done
[ "$(wc -w <<<"$seen")" -ge $children ] || die "queue:worker had not $children children within 10 s, but: ${seen:-none}"

printf '\n  Studio is at  %s\n\n' "$url"
$once || sed 's/^/  /; 1d' "$work/address"

"$studio" upload --to "${url%/}" "${photographs[@]}" | sed 's/^/  /'
echo

if ! $once; then
  printf '  Drop your own pictures on the page. Ctrl-C ends everything.\n\n'
  wait -n "$server" "$worker" || true # Ctrl-C leaves this line by the trap
  die "the page or queue:worker has ended by itself"
fi

# ---- --once: wait until every file is there, then look at each

expected=$((${#photographs[@]} * sizes))
made() { find "$STUDIO_DATA/pictures" -name '*.jpg' | wc -l; }
for _ in $(seq 400); do
  seen+=" $(children_of "$worker" | tr '\n' ' ')"
  [ "$(made)" -ge $expected ] && break
  alive "$worker" || die "queue:worker has ended by itself"
  sleep 0.1
done
[ "$(made)" -ge $expected ] || die "only $(made) of $expected thumbnails were made within 40 s"
verified=1
for _ in $(seq 5); do # the last file stands a moment before the store says completed
  verified=0
  "$studio" verify --pictures ${#photographs[@]} --master "$worker" --server "$server" --children "$seen" >"$work/table" 2>"$work/wrong" || verified=$?
  [ $verified = 0 ] && break
  sleep 0.5
done
cat "$work/table"
[ $verified = 0 ] || { grep -v ' info ' "$work/wrong" >&2; die "the thumbnails are not what they should be"; }
