#!/usr/bin/env python3
# tests/tidy/rules_fire.py - every rule finds what it is for, at the right line, and lets the good neighbour pass.
import os
import sys
import tempfile
import unittest

import rules
import tidy


def lines_of(rule, path, text):
    return [number for number, _ in rule(path, text.split("\n")) or ()]


class IncludeEdges(unittest.TestCase):
    def fires(self, path, *includes):
        for include in includes:
            self.assertEqual([2], lines_of(rules.include_edges, path, f"// x\n#include {include}"), (path, include))

    def passes(self, path, *includes):
        for include in includes:
            self.assertEqual([], lines_of(rules.include_edges, path, f"// x\n#include {include}"), (path, include))

    def test_engine(self):
        self.fires("core/engine/legs.cpp", '"core/store/sql_store.hpp"', '"sdk/bus/codec.hpp"', "<boost/json.hpp>",
                   "<core/runtime/log.hpp>", '"../store/sql_store.hpp"', "<unistd.h>")
        self.passes("core/engine/legs.cpp", '"core/model/ids.hpp"', '"convene/service.h"', "<vector>", '"legs.hpp"')

    def test_engine_tests_may_use_more(self):
        self.passes("core/engine/legs_test.cpp", "<gtest/gtest.h>", '"tests/support/figure.hpp"')
        self.fires("core/engine/legs_test.cpp", '"core/runtime/node.hpp"')

    def test_model_does_not_know_the_engine(self):
        self.fires("core/model/ids.hpp", '"core/engine/engine.hpp"')

    def test_plugins_see_the_sdk_and_themselves(self):
        self.fires("plugins/policy_skills/policy_skills.cpp", '"core/model/ids.hpp"', '"sdk/host/loader.hpp"',
                   '"plugins/channel_page/page_url.hpp"', "<boost/json.hpp>")
        self.passes("plugins/channel_page/channel_page.cpp", '"plugins/channel_page/page_url.hpp"', '"page_url.hpp"',
                    '"convene/channel.hpp"', "<string>")

    def test_adapters_see_the_bus_and_only_the_web_one_the_host(self):
        self.fires("adapters/crm_rest/main.cpp", '"sdk/host/loader.hpp"', '"core/model/ids.hpp"')
        self.passes("adapters/web/main.cpp", '"sdk/host/loader.hpp"', '"sdk/bus/client.hpp"', "<boost/beast.hpp>")

    def test_sdk_stands_alone(self):
        self.fires("sdk/bus/client.cpp", '"core/engine/engine.hpp"', '"sdk/host/loader.hpp"')
        self.fires("sdk/include/convene/json.hpp", "<boost/json.hpp>")


class Others(unittest.TestCase):
    def test_third_party(self):
        self.assertEqual([1], lines_of(rules.third_party, "core/app/main.cpp", "#include <boost/dll.hpp>"))
        self.assertEqual([1], lines_of(rules.third_party, "adapters/web/x.cpp", "#include <zmq.hpp>"))
        self.assertEqual([], lines_of(rules.third_party, "sdk/bus/client.cpp", "#include <zmq.hpp>"))

    def test_purity(self):
        for bad in ["auto t = std::chrono::steady_clock::now();", "std::this_thread::yield();", "int x = rand();",
                    "auto t = ::time(nullptr);", "#include <random>", "#include <fstream>", "std::mt19937_64 g;",
                    "std::unordered_map<int, int> m;", 'FILE* f = fopen("x", "r");', 'std::cout << "x";',
                    "int s = socket(AF_INET, SOCK_STREAM, 0);", "#include <thread>", "std::random_device dice;"]:
            self.assertEqual([2], lines_of(rules.purity, "core/engine/a.cpp", "int x;\n" + bad), bad)
            self.assertEqual([], lines_of(rules.purity, "core/runtime/a.cpp", "int x;\n" + bad), bad)
            self.assertEqual([], lines_of(rules.purity, "core/engine/a_test.cpp", "int x;\n" + bad), bad)
        for good in ["// reads no steady_clock", "/* rand() */ int x;", 'say("time(now)");', "leg.open(3);",
                     "session->clock(2);", "Duration time_left(Time t);", "x = offer_time(3);"]:
            self.assertEqual([], lines_of(rules.purity, "core/engine/a.cpp", good), good)

    def test_first_line(self):
        good = {"a/b.cpp": "// a/b.cpp - does it.", "a/b.py": "#!/usr/bin/python3\n# a/b.py - does it.",
                "a/b.h": "/* a/b.h - does it.", "a/CMakeLists.txt": "# a - does it."}
        for path, text in good.items():
            self.assertEqual([], lines_of(rules.first_line, path, text), path)
            self.assertEqual(1, len(lines_of(rules.first_line, path, text.replace(" - ", " "))), path)
        self.assertEqual([1], lines_of(rules.first_line, "a/b.cpp", "// a/c.cpp - another file."))
        self.assertEqual([1], lines_of(rules.first_line, "a/b.cpp", ""))

    def test_length(self):
        self.assertEqual([501], lines_of(rules.length, "a/b.cpp", "\n" * 500))
        self.assertEqual([], lines_of(rules.length, "a/b.cpp", "\n" * 499))
        self.assertEqual([], lines_of(rules.length, "a/package-lock.json", "\n" * 900))

    def test_loose_ends(self):
        for word in ("TO" "DO", "FIX" "ME"):
            self.assertEqual([2], lines_of(rules.loose_ends, "a/b.cpp", f"x\n// {word}: later"))
        self.assertEqual([], lines_of(rules.loose_ends, "a/b.cpp", "// MASTODON"))

    def test_places(self):
        for place in ("/wo" "rk/main/x", "https://regi" "stry.npmjs.org/lit", "/ho" "me/anna/x"):
            self.assertEqual([1], lines_of(rules.places, "a/package-lock.json", place), place)

    def test_sql_text(self):
        for bad in ['auto q = "SELECT * FROM t WHERE id=" + id;', 'sql << "delete from t where id = " << id;',
                    'std::format("insert into t values ({})", x);', 'q = "select a "\n  + column;',
                    'sql << "pragma cache_size = " << text;']:
            self.assertEqual([1], lines_of(rules.sql_text, "core/store/a.cpp", bad), bad)
        for good in ['sql << "select a from t where id = :id", into(a), use(id);', 'say("updated " + name);',
                     '// "select " + x', 'prepare("select a"\n  " from t");', 'sql << "pragma user_version = " << kVersion;',
                     '*session << "pragma busy_timeout = " << options.busy_timeout.count();']:
            self.assertEqual([], lines_of(rules.sql_text, "core/store/a.cpp", good), good)

    def test_plugin_names(self):
        rule = rules.plugin_names(["service_talk_now", "service_rendezvous", "policy_skills"])
        for bad in ['"service_rendezvous"', "talk_now", "policy_skills"]:
            self.assertEqual([2], lines_of(rule, "core/runtime/a.cpp", "x\n" + bad), bad)
        self.assertEqual([], lines_of(rule, "core/runtime/a.cpp", "struct Rendezvous; // rendezvous"))
        self.assertEqual([], lines_of(rule, "adapters/web/a.cpp", "talk_now"))
        self.assertEqual([1], lines_of(rule, "core/sim/a.cpp", "talk_now"))

    def test_built_libraries(self):
        with tempfile.TemporaryDirectory() as build:
            for part, content in (("engine", b"\0service_talk_now\0"), ("store", b"\0my_service_talk_now\0"),
                                  ("sim", b"service_talk_now")):
                os.makedirs(os.path.join(build, "core", part))
                with open(os.path.join(build, "core", part, f"libconvene_{part}.a"), "wb") as file:
                    file.write(content)
            found = [bool(list(tidy.check_library(name, ["service_talk_now"]))) for name in tidy.core_libraries(build)]
            self.assertEqual([True, True, False], found)


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    unittest.main()
