#!/usr/bin/env bash
# tests/sim/history_test.sh - promise A2: the same seeds give the same history with g++ and clang, unoptimised and not.
#
#   history_test.sh SOURCE BUILD COMPILER OTHER_COMPILER
set -euo pipefail
source=$1 build=$2 first=$3 other=$4
seeds=${CONVENE_HISTORY_SEEDS:-20}

# variant NAME COMPILER FLAGS - builds the simulator and leaves its hashes in NAME.txt.
variant() {
  local folder=$build/plain_sim/$1
  cmake -S "$source/tests/sim/plain" -B "$folder" -G Ninja -DCMAKE_CXX_COMPILER="$2" -DCMAKE_CXX_FLAGS="$3" >/dev/null
  cmake --build "$folder" -j 2 >"$folder/build.log" || { tail -n 40 "$folder/build.log"; exit 1; }
  "$folder/plain_sim" "$build/plugins" --seeds "$seeds" --hours 24 --hash >"$build/plain_sim/$1.txt"
}

variant debug "$first" "-O0"
variant release "$first" "-O2"
variant other "$other" "-O2"
cd "$build/plain_sim"
[ "$(wc -l <debug.txt)" -eq "$seeds" ] || { echo "not every seed was played"; exit 1; }
cmp debug.txt release.txt
cmp debug.txt other.txt
echo "[  FIGURE  ] A2: seeds of 24 hours whose SHA-256 is equal in g++ -O0, g++ -O2 and clang++ -O2 = $seeds of $seeds (to reach: all)"
