// adapters/web/result.hpp - Result, Status and Error, as the bus gives them to adapters.
#pragma once

#include "sdk/bus/frame.hpp"
