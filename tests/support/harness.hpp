// tests/support/harness.hpp - everything a test needs to run the real `convene serve` and talk to
// it as people do.
#pragma once

#include "tests/support/http.hpp"
#include "tests/support/people.hpp"
#include "tests/support/process.hpp"
#include "tests/support/site.hpp"
#include "tests/support/websocket.hpp"
