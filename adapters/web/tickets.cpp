// adapters/web/tickets.cpp - one open ticket per leg at most.
#include "adapters/web/tickets.hpp"

namespace convene::web {

void TicketBook::add(const std::string& secret, std::uint64_t leg, std::uint32_t epoch,
                     std::int64_t expires_ms) {
  if (secret.empty()) return;
  Newest& newest = newest_[leg];
  if (epoch <= newest.epoch && newest.epoch != 0) return;
  if (!newest.secret.empty()) open_.erase(newest.secret);
  newest = Newest{epoch, secret};
  open_[secret] = Ticket{leg, epoch, expires_ms};
}

std::optional<TicketBook::Ticket> TicketBook::take(std::string_view secret, std::int64_t now_ms) {
  const auto it = open_.find(std::string(secret));
  if (it == open_.end()) return std::nullopt;
  const Ticket ticket = it->second;
  open_.erase(it);
  newest_[ticket.leg].secret.clear();
  if (ticket.expires_ms <= now_ms) return std::nullopt;
  return ticket;
}

void TicketBook::drop(std::uint64_t leg) {
  const auto it = newest_.find(leg);
  if (it == newest_.end()) return;
  if (!it->second.secret.empty()) open_.erase(it->second.secret);
  newest_.erase(it);
}

}  // namespace convene::web
