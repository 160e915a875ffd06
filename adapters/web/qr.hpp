// adapters/web/qr.hpp - a link as a QR code (ISO/IEC 18004) in SVG.
#pragma once

#include <string>

namespace convene::web {

/// Empty when the text is too long for a code. Dark on light with the quiet zone, one path, no script.
std::string qr_svg(const std::string& text);

}  // namespace convene::web
