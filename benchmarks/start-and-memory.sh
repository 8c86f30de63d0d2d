#!/usr/bin/env bash
# Starts each app alone, several times, and prints medians: the time until it is registered, the
# processor time until then, and the resident memory ten seconds later. Needs the packaged jars.
# Arguments: runs, then apps; payment-boot4 is payment-app on Spring Boot 4.1. The warm-up is off
# unless WARM_UP is true.

set -eu

cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly RUNS=${1:-3}
APPS=("${@:2}")
[ ${#APPS[@]} -gt 0 ] || APPS=(order inventory payment payment-boot4)
readonly APPS
readonly SETTLE_SECONDS=10
readonly START_SECONDS=90
readonly ETCD_PORT=${ETCD_PORT:-23791} OTLP_PORT=${OTLP_PORT:-43171}
readonly SMALL=(-Xmx192m -XX:+UseSerialGC -XX:TieredStopAtLevel=1)

work=$(mktemp -d)
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
ticks=$(getconf CLK_TCK)
services_pid=""
app_pid=""
postgres_port=""

leave() {
  stop "$app_pid"
  stop "$services_pid"
  rm -rf "$work"
}

stop() { # pid
  if [ -n "$1" ]; then
    kill "$1" 2>/dev/null || true
    wait "$1" 2>/dev/null || true
  fi
}

fail() {
  printf 'start-and-memory: %s\n' "$*" >&2
  exit 1
}

await_line() { # file pattern pid
  local end=$((SECONDS + START_SECONDS))
  until grep -q -- "$2" "$1"; do
    kill -0 "$3" 2>/dev/null || fail "it ended while starting: $(tail -n 3 "$1")"
    [ "$SECONDS" -lt "$end" ] || fail "no '$2' after $START_SECONDS s: $(tail -n 3 "$1")"
    sleep 0.05
  done
}

start_services() {
  : >"$work/services.log"
  "$java" "${SMALL[@]}" -jar platform-dev/target/platform-dev-exec.jar \
    "--platform.etcd.endpoints=http://127.0.0.1:$ETCD_PORT" \
    "--management.otlp.tracing.endpoint=http://127.0.0.1:$OTLP_PORT" \
    "--platform.dev.postgres.data-directory=$work/postgres" >"$work/services.log" 2>&1 &
  services_pid=$!
  await_line "$work/services.log" '^ready$' "$services_pid"
  postgres_port=$(sed -n 's|^postgresql.*127\.0\.0\.1:\([0-9]*\)/.*|\1|p' "$work/services.log")
}

cpu_seconds() { # pid
  local fields
  # The name in parentheses may contain blanks, so count from its end.
  fields=$(sed 's/.*) //' "/proc/$1/stat")
  awk -v ticks="$ticks" '{ printf "%.1f\n", ($12 + $13) / ticks }' <<<"$fields"
}

# The names that the app's line of Spring Boot has for its gRPC server and the trace collector.
line_settings() { # app
  case $1 in
    *-boot4)
      printf '%s\n' SPRING_GRPC_SERVER_ADDRESS=127.0.0.1 SPRING_GRPC_SERVER_PORT=0 \
        "MANAGEMENT_OPENTELEMETRY_TRACING_EXPORT_OTLP_ENDPOINT=http://127.0.0.1:$OTLP_PORT" \
        MANAGEMENT_OPENTELEMETRY_TRACING_EXPORT_OTLP_TRANSPORT=grpc
      ;;
    *)
      printf '%s\n' GRPC_SERVER_ADDRESS=127.0.0.1 GRPC_SERVER_PORT=0 \
        "MANAGEMENT_OTLP_TRACING_ENDPOINT=http://127.0.0.1:$OTLP_PORT" \
        MANAGEMENT_OTLP_TRACING_TRANSPORT=grpc
      ;;
  esac
}

# Appends "seconds cpu-seconds megabytes" of one start to a file.
measure() { # app results java-arguments...
  local app=$1 results=$2 settings begin seconds cpu
  shift 2
  mapfile -t settings < <(line_settings "$app")
  : >"$work/$app.log"
  begin=$EPOCHREALTIME
  env "SPRING_DATASOURCE_URL=jdbc:postgresql://127.0.0.1:$postgres_port/${app%-boot4}" \
    SPRING_DATASOURCE_USERNAME=postgres SPRING_DATASOURCE_PASSWORD=postgres \
    SERVER_ADDRESS=127.0.0.1 SERVER_PORT=0 PLATFORM_REGISTRY_ADVERTISE_HOST=127.0.0.1 \
    "PLATFORM_START_WARMUP_ENABLED=${WARM_UP:-false}" \
    "PLATFORM_ETCD_ENDPOINTS=http://127.0.0.1:$ETCD_PORT" "${settings[@]}" \
    "$java" "$@" >"$work/$app.log" 2>&1 &
  app_pid=$!
  await_line "$work/$app.log" 'Registered \[' "$app_pid"
  seconds=$(awk -v from="$begin" -v to="$EPOCHREALTIME" 'BEGIN { printf "%.1f", to - from }')
  cpu=$(cpu_seconds "$app_pid")
  sleep "$SETTLE_SECONDS"
  printf '%s %s %s\n' "$seconds" "$cpu" \
    "$(awk '/^VmRSS/ { printf "%d", $2 / 1024 }' "/proc/$app_pid/status")" >>"$results"
  stop "$app_pid"
  app_pid=""
}

median() { # file column
  awk -v column="$2" '{ print $column }' "$1" | sort -n |
    awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

line() { # app name java-arguments...
  local app=$1 name=$2 results="$work/results" run
  shift 2
  rm -f "$results"
  for ((run = 0; run < RUNS; run++)); do
    measure "$app" "$results" "$@"
  done
  printf '| %s | %s | %s | %s | %s |\n' "$app" "$name" "$(median "$results" 1)" \
    "$(median "$results" 2)" "$(median "$results" 3)"
}

trap leave EXIT
build/class-archive make "${APPS[@]}"
start_services
printf '| app | how | registered after, s | CPU s until then | RSS MB %s s later |\n' "$SETTLE_SECONDS"
printf '|---|---|---|---|---|\n'
for app in "${APPS[@]}"; do
  case $app in
    *-boot4) jar=${app%-boot4}-app/boot4/target/${app%-boot4}-app-boot4.jar ;;
    *) jar=$app-app/target/$app-app.jar ;;
  esac
  [ -f "$jar" ] || fail "$jar is missing (expected: mvn package was run)"
  # The first start sets the database up, and is not counted.
  measure "$app" "$work/first" -jar "$jar"
  line "$app" 'java -jar' -jar "$jar"
  line "$app" "java ${SMALL[*]} -jar" "${SMALL[@]}" -jar "$jar"
  line "$app" 'java -jar, extracted' -jar "${jar%/*}/archive/app/${jar##*/}"
  mapfile -t archived < <(build/class-archive args-if-made "$app")
  line "$app" 'with its class-data archive' "${archived[@]}"
done
