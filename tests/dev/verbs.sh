# tests/dev/verbs.sh - what ./dev's longer verbs do; read by ./dev, not run by itself.

# run_tests PRESET [NAME] - whoever names one test program waits for that one to be built, with what it needs.
run_tests() {
  local preset=$1 name=${2:-} log target=()
  configure "$preset"
  if [[ $name == *_test ]] && ninja -C "build/$preset" -t query "$name" >/dev/null 2>&1; then
    target=("$name") name="^$name\$"
  fi
  configure_and_build "$preset" "${target[@]}"
  log=build/$preset/test.log
  local status=0
  ctest --test-dir "build/$preset" --output-on-failure --no-tests=error -V ${name:+-R "$name"} >"$log" 2>&1 || status=$?
  grep -E '^ *[0-9]+/[0-9]+ Test|^The following tests|Failed|Timeout' "$log" || true
  if [ "$status" -ne 0 ]; then
    say "what the failed tests said (all of it: $log)"
    grep -E 'Failure|FAILED|error:|Error:|Expected|Which is|actual' "$log" | head -150 || true
  fi
  say "figures"
  grep -oE '\[  FIGURE  \].*' "$log" | sort -u || true
  tail -n 8 "$log"
  return "$status"
}

# run_sanitized SANITIZER [NAME] - the tests under it. Nobody reads what a passed test said, nor how a program that it started
# ended: all of them write what they find into build/SANITIZER/reports, and one report fails the run. What tests do wrong on
# purpose, to see it contained, is not counted.
run_sanitized() {
  local reports=$root/build/$1/reports status=0 report found=()
  local wanted='tests/zoo/|tests/isolation/hostile'
  rm -rf "$reports"; mkdir -p "$reports"
  local common="log_path=$reports/report log_exe_name=1"
  export UBSAN_OPTIONS="$common print_stacktrace=1"
  export ASAN_OPTIONS="$common detect_stack_use_after_return=1 check_initialization_order=1 strict_string_checks=1"
  export TSAN_OPTIONS="$common suppressions=$root/tests/support/tsan.supp history_size=7 second_deadlock_stack=1"
  run_tests "$@" || status=$?
  for report in "$reports"/*; do
    [ ! -s "$report" ] || grep -qE "$wanted" "$report" || found+=("$report")
  done
  [ ${#found[@]} -eq 0 ] || { say "reports: ${found[*]}"; grep -hE 'SUMMARY|runtime error' "${found[@]}" | sort | uniq -c; return 1; }
  return "$status"
}

# run_bench [NAME] - what every program prints, then one line for each target that it was held against.
run_bench() {
  configure_and_build release
  local program lines failed=()
  lines=$(mktemp)
  for program in build/release/bench/*; do
    [ -x "$program" ] || continue
    case $program in *"${1:-}"*)
      say "$(basename "$program")"
      "$program" | tee -a "$lines" | grep -v '^target' || true
      [ "${PIPESTATUS[0]}" -eq 0 ] || failed+=("$(basename "$program")") ;;
    esac
  done
  say "targets: reached or missed, what, figure, baseline beside it, ratio, to reach"
  awk -F '\t' '$1 == "target" { printf "%-8s %-68s %11s   %-48s %6s   %s\n", $2, $3, $4, $5, $6, $7 }' "$lines"
  rm -f "$lines"
  [ ${#failed[@]} -eq 0 ] || die "not reached, or not run to its end: ${failed[*]}"
}

# run_fuzz SECONDS
run_fuzz() {
  configure_and_build fuzz
  local program
  for program in build/fuzz/fuzz/*; do
    [ -x "$program" ] || continue
    local corpus=tests/fuzz/corpus/$(basename "$program")
    mkdir -p "$corpus"
    say "$(basename "$program") for $1 s"
    "$program" -max_total_time="$1" -timeout=1 -rss_limit_mb=2048 "$corpus"
  done
}

# run_kill N
run_kill() { configure_and_build dev; CONVENE_KILLS=$1 build/dev/tests/kill_test; }

# run_reload N
run_reload() {
  configure_and_build dev reload_test
  CONVENE_RELOADS=$1 CONVENE_RELOAD_SESSIONS=500 build/dev/tests/reload_test
}

# run_sim SEEDS
run_sim() { configure_and_build release convene; build/release/bin/convene sim --seeds "$1" --hours 24; }

# build_docs [PRESET] - the site; the page of commands is what the program says: that of PRESET, of the build that is there, or a
# release's, which needs the fewest packages.
build_docs() {
  local preset=${1:-dev}
  [ -f "build/$preset/build.ninja" ] || preset=release
  configure_and_build "$preset" convene
  python3 -B sdk/docs/site/build.py build/docs "build/$preset/bin/convene"
  python3 -B tests/docs/links.py build/docs
  say "the documentation is build/docs/index.html"
}

# install_release PREFIX
install_release() {
  configure_and_build release product
  build_docs release
  cmake --install build/release --prefix "$1" >/dev/null
  say "installed under $1; programs are in $1/bin, the documentation is $1/share/doc/convene/html/index.html"
}
