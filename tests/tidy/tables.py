# tests/tidy/tables.py - what may include whom, and what belongs where: the design's section 4 as data.

# Folder -> folders whose headers its files may include. The longest matching folder counts; `@` is the folder one
# level below the key that the file lies in (plugins/policy_skills). Tests beside their source may also use TEST_EDGES.
EDGES = {
    "sdk/include": ["sdk/include"],
    "sdk/host": ["sdk/host", "core/model", "sdk/include"],
    "sdk/host/isolation": ["sdk/host", "sdk/bus", "core/model", "sdk/include"],
    "sdk/host/adapter": ["sdk/host", "sdk/bus", "core/model", "sdk/include"],
    "sdk/bus": ["sdk/bus", "core/model", "sdk/include"],
    "sdk/template": ["sdk/include"],
    "core/model": ["core/model", "sdk/include"],
    "core/engine": ["core/engine", "core/model", "sdk/include"],
    "core/store": ["core/store", "core/model", "sdk/include"],
    "core/journal": ["core/journal", "core/engine", "core/store", "core/model", "sdk/include"],
    "core/replay": ["core/replay", "core/journal", "core/sim", "core/engine", "core/store", "core/model", "sdk/host", "sdk/include"],
    "core/runtime": ["core/runtime", "core/engine", "core/store", "core/model", "sdk/host", "sdk/bus", "sdk/include"],
    "core/sim": ["core/sim", "core/engine", "core/store", "core/model", "sdk/host", "sdk/bus", "sdk/include"],
    "core/check": ["core/check", "core/engine", "core/store", "core/model", "sdk/host", "sdk/bus", "sdk/include"],
    "core/app": ["core", "sdk/host", "sdk/bus", "sdk/include"],
    "plugins": ["@", "sdk/include"],
    "adapters": ["@", "sdk/bus", "sdk/include"],
    "adapters/web": ["adapters/web", "sdk/bus", "sdk/host", "sdk/include"],
    "examples": ["@", "sdk/include"],
    "tests": ["tests", "core", "sdk", "plugins", "adapters"],
}
TEST_EDGES = ["tests/support", "plugins/test", "sdk/host", "core/engine/testing"]

# Folders whose files may include nothing from outside but the standard library (tests beside them may).
STANDARD_ONLY = ["sdk/include", "core/model", "core/engine", "plugins"]

# Third-party header -> the files that may include it (regular expressions over the path). Tests may include any.
THIRD_PARTY = {
    r"boost/dll": r"^sdk/host/",
    r"zmq(_addon)?\.hp?p?": r"^(sdk/bus/|sdk/host/isolation/|core/runtime/)",
    r"toml\+\+/": r"^core/runtime/config",
    r"spdlog/": r"^(core/runtime/log|adapters/[a-z_]+/log)",
    r"soci/": r"^core/store/",
    r"sqlite3\.h": r"^core/store/",
    r"CLI/": r"^core/app/",
    r"qrencode\.h": r"^adapters/web/",
    r"boost/beast": r"^adapters/",
}

# Whatever tells time, rolls dice, waits, or touches the world: not in the engine, not in the model.
PURE = ["core/engine", "core/model"]
IMPURE_INCLUDES = {
    "atomic", "condition_variable", "ctime", "cstdio", "fcntl.h", "filesystem", "fstream", "future", "iostream",
    "mutex", "random", "semaphore", "shared_mutex", "signal.h", "sys/socket.h", "sys/time.h", "thread", "time.h",
    "unistd.h", "unordered_map", "unordered_set",
}
IMPURE_NAMES = (
    r"\b(system_clock|steady_clock|high_resolution_clock|utc_clock|this_thread|random_device|mt19937\w*|"
    r"unordered_\w+|getenv|fopen|clock_gettime|gettimeofday|usleep|nanosleep)\b"
    r"|(?<![\w.>:])(::|std::)?(rand|srand|time|clock|sleep|socket|open|printf)\s*\("
    r"|\bstd::(c?out|cerr|clog|cin)\b"
)

# File endings that the rules on text look at, and how a first line begins there.
FIRST_LINE = {
    ".h": "/* ", ".c": "/* ", ".hpp": "// ", ".cpp": "// ", ".ts": "// ", ".js": "// ", ".mjs": "// ",
    ".py": "# ", ".sh": "# ", ".cmake": "# ", ".toml": "# ", ".css": "/* ", "CMakeLists.txt": "# ",
}
LINES_MAX = 500

STANDARD_HEADERS = set(
    """algorithm any array barrier bit bitset cassert cctype cerrno cfenv cfloat charconv chrono cinttypes climits
    clocale cmath codecvt compare complex concepts condition_variable coroutine csetjmp csignal cstdarg cstddef cstdint
    cstdio cstdlib cstring ctime cuchar cwchar cwctype deque exception execution filesystem format forward_list fstream
    functional future initializer_list iomanip ios iosfwd iostream istream iterator latch limits list locale map memory
    memory_resource mutex new numbers numeric optional ostream queue random ranges ratio regex scoped_allocator
    semaphore set shared_mutex source_location span sstream stack stdexcept stop_token streambuf string string_view
    strstream syncstream system_error thread tuple type_traits typeindex typeinfo unordered_map unordered_set utility
    valarray variant vector version
    assert.h ctype.h errno.h float.h inttypes.h limits.h math.h setjmp.h signal.h stdalign.h stdarg.h stdatomic.h
    stdbool.h stddef.h stdint.h stdio.h stdlib.h stdnoreturn.h string.h time.h uchar.h wchar.h""".split()
)
