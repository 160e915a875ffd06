#!/bin/sh
# tests/abi/headers.sh - compiles every header of the SDK alone, as each language that it promises to be, without warnings.
set -u
include=$1
warnings="-Wall -Wextra -Wpedantic -Wshadow -Werror -fsyntax-only"
tried=0 failed=0

# check "HEADERS" COMPILER OPTIONS...
check() {
  headers=$1; shift
  tried=$((tried + 1))
  { printf '#include "convene/%s"\n' $headers; echo 'int convene_headers_ok(void);'; } |
    "$@" $warnings -I"$include" - || {
    failed=$((failed + 1))
    echo "headers: $headers: not clean with: $*" >&2
  }
}

c_headers=$(cd "$include/convene" && echo *.h)
cpp_headers=$(cd "$include/convene" && echo *.hpp)
for compiler in gcc clang; do
  command -v $compiler >/dev/null || { echo "headers: $compiler is not installed" >&2; exit 1; }
  for header in $c_headers; do
    check "$header" $compiler -x c -std=c11 -Wstrict-prototypes
    check "$header" $compiler -x c -std=c17
  done
done
for header in $c_headers; do
  check "$header" g++ -x c++ -std=c++17
  check "$header" clang++ -x c++ -std=c++17
done
for header in $cpp_headers; do check "$header" clang++ -x c++ -std=c++20; done
check "$cpp_headers" g++ -x c++ -std=c++20
check "$cpp_headers" g++ -x c++ -std=c++20 -fno-rtti
check "$cpp_headers" g++ -x c++ -std=c++20 -fno-exceptions
check "$cpp_headers" clang++ -x c++ -std=c++20 -stdlib=libc++ -fno-rtti
testing_headers=$(cd "$include/convene" && echo testing/*.hpp)  # these throw: they are for tests, not for plugins
check "$testing_headers" g++ -x c++ -std=c++20
check "$testing_headers" clang++ -x c++ -std=c++20 -stdlib=libc++

# What the headers may include: the standard library and one another (design 6).
if grep -nE '#include' "$include"/convene/*.h | grep -vE '<(stddef|stdint)\.h>|"convene/[a-z_]+\.h"'; then
  echo "headers: a C header includes more than <stddef.h>, <stdint.h> and its sisters" >&2
  failed=$((failed + 1))
fi
if grep -nE '#include' "$include"/convene/*.hpp "$include"/convene/testing/*.hpp |
  grep -vE '<[a-z_]+>|"convene/(testing/)?[a-z_]+\.(h|hpp)"'; then
  echo "headers: a C++ header includes more than the standard library and its sisters" >&2
  failed=$((failed + 1))
fi
echo "[  FIGURE  ] Headers: compilations without a warning as C11, C17, C++17 and C++20 with g++, clang, libc++ = $((tried - failed)) of $tried (to reach: all)"
[ "$failed" -eq 0 ]
