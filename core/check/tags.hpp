// core/check/tags.hpp - what a tag of abi.h says about a function.
#pragma once

namespace convene::check {

/// [init], [lane], [any].
enum class Thread { init_, lane_, any_ };

/// One function pointer of the boundary, as its comment tags it.
struct Function {
  const char* table;
  const char* name;
  Thread thread;
  bool quick, pure;
  bool offered;      ///< By a plugin; otherwise by a host.
  bool may_be_null;  ///< The plugin may leave it out.
};

}  // namespace convene::check
