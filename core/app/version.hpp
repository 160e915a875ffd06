// core/app/version.hpp - the version that the build was given.
#pragma once

namespace convene::app {
inline constexpr const char* kVersion = CONVENE_VERSION;
}
