// core/app/more_status.cpp - what the program adds to a node's status: its children, its plugins,
// its configuration.
#include <unistd.h>

#include "core/app/serving.hpp"
#include "core/app/version.hpp"
#include "core/runtime/config_document.hpp"

namespace convene::app {
namespace {

using config::quote_json;

std::string child_json(const ChildStatus& child) {
  return "{\"name\":" + quote_json(child.name) + ",\"state\":\"" + to_text(child.state) +
         "\",\"pid\":" + std::to_string(child.pid) + ",\"deaths\":" + std::to_string(child.deaths) +
         ",\"last_exit\":" + quote_json(child.last_exit) + "}";
}

template <class List, class Write>
std::string list_of(const List& list, Write write) {
  std::string out = "[";
  for (const auto& item : list) {
    if (out.size() > 1) out += ',';
    out += write(item);
  }
  return out + "]";
}

}  // namespace

std::string Serving::more_status() const {
  const std::lock_guard lock(mutex_);
  const auto children = supervisor_ ? supervisor_->status() : std::vector<ChildStatus>{};
  return "{\"version\":\"" + std::string(kVersion) + "\",\"pid\":" + std::to_string(::getpid()) +
         ",\"config\":{\"revision\":" + std::to_string(revision_) +
         ",\"refused\":" + std::to_string(refused_) +
         "},\"adapters\":" + list_of(children, child_json) + ",\"plugins\":" + slots_.short_view() +
         "}";
}

}  // namespace convene::app
