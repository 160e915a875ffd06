// sdk/host/adapter/outbox.cpp - a bounded list, and the eventfd that tells of it.
#include "sdk/host/adapter/outbox.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <utility>

namespace convene::adapter {
namespace {

constexpr std::size_t kWaitingMax = 10'000;

std::string text(convene_text t) { return {t.data ? t.data : "", t.size}; }
Outbox& box(void* self) { return *static_cast<Outbox*>(self); }

}  // namespace

Outbox::Outbox()
    : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      table_{this,
             [](void* self, std::uint64_t token, std::int32_t good, convene_text body) noexcept {
               return box(self).put({Said::What::reply, token, good != 0, {}, text(body)});
             },
             [](void* self, convene_text name, convene_text body) noexcept {
               return box(self).put({Said::What::event, 0, true, text(name), text(body)});
             },
             [](void* self, convene_text body) noexcept {
               return box(self).put({Said::What::leg, 0, true, {}, text(body)});
             }} {}

Outbox::~Outbox() { ::close(fd_); }

convene_status Outbox::put(Said said, bool always) {
  const std::lock_guard lock(mutex_);
  if (!always && waiting_.size() >= kWaitingMax) return CONVENE_E_LIMIT;
  waiting_.push_back(std::move(said));
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(fd_, &one, sizeof one);
  return CONVENE_OK;
}

std::vector<Said> Outbox::take() {
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t drained = ::read(fd_, &count, sizeof count);
  const std::lock_guard lock(mutex_);
  return std::exchange(waiting_, {});
}

}  // namespace convene::adapter
