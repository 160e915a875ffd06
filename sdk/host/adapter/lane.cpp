// sdk/host/adapter/lane.cpp - a queue of calls, and what is said about those that fail.
#include "sdk/host/adapter/lane.hpp"

#include <utility>

#include "sdk/host/settings.hpp"

namespace convene::adapter {
namespace {

constexpr std::size_t kJobsMax = 10'000;
constexpr const char* kBusy =
    R"({"code":"busy","text":"The adapter has too much to do; ask again later."})";
constexpr const char* kFailed =
    R"({"code":"failed","text":"The adapter could not do it; its log says why."})";

convene_text text(const std::string& s) { return {s.data(), s.size()}; }

}  // namespace

Lane::Lane(HostOptions options, PluginWish wish, Outbox& outbox)
    : options_(std::move(options)), wish_(std::move(wish)), outbox_(outbox), loader_(options_) {
  thread_ = std::thread([this] { run(); });
}

Lane::~Lane() {
  if (finish(Millis{0})) {
    thread_.join();
  } else {
    thread_.detach();
  }
}

void Lane::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return ending_ || !jobs_.empty(); });
    Job job = [this] { plugin_.reset(); };
    if (!ending_) {
      job = std::move(jobs_.front());
      jobs_.pop_front();
    }
    const bool last = ending_;
    since_ = now();
    lock.unlock();
    job();
    lock.lock();
    since_.reset();
    if (!last) continue;
    over_ = true;
    changed_.notify_all();
    return;
  }
}

void Lane::put(Job job) {
  const std::lock_guard lock(mutex_);
  jobs_.push_back(std::move(job));
  changed_.notify_all();
}

void Lane::configure(std::string settings) {
  put([this, settings = std::move(settings)] { begin(settings); });
}

void Lane::ask(Question question) {
  {
    const std::lock_guard lock(mutex_);
    if (jobs_.size() >= kJobsMax) {
      if (question.token != 0)
        outbox_.put({Said::What::reply, question.token, false, {}, kBusy}, true);
      return;
    }
  }
  put([this, question = std::move(question)] { perform(question); });
}

void Lane::leg(std::string body) {
  put([this, body = std::move(body)] {
    if (!plugin_) return;
    const auto adapter = plugin_->extension<convene_adapter>();
    adapter.table->leg(adapter.self, text(body));
  });
}

std::optional<Millis> Lane::busy_for() const {
  const std::lock_guard lock(mutex_);
  return since_ ? std::optional(now() - *since_) : std::nullopt;
}

bool Lane::finish(Millis patience) {
  std::unique_lock lock(mutex_);
  ending_ = true;
  jobs_.clear();
  changed_.notify_all();
  return changed_.wait_for(lock, patience, [this] { return over_; });
}

void Lane::tell(const std::string& sentence) const {
  if (options_.log) options_.log({wish_.id, CONVENE_LOG_WARNING, wish_.id, sentence});
}

void Lane::begin(const std::string& settings) {
  if (plugin_) {
    if (const auto fine = check_settings(plugin_->description(), settings); !fine) {
      return tell("keeps its settings, because the new ones do not fit: " + fine.error().text);
    }
    plugin_.reset();
  }
  PluginWish wish = wish_;
  wish.config = settings;
  const auto over = [this](const std::string& why) {
    plugin_.reset();
    outbox_.put({Said::What::over, 0, false, {}, why}, true);
  };
  auto made = loader_.load(wish);
  if (!made) return over(made.error().text);
  plugin_ = std::move(*made);
  const auto adapter = plugin_->extension<convene_adapter>();
  if (!adapter) return over(wish_.id + " does not offer " CONVENE_ADAPTER ": it is no adapter");
  if (adapter.table->connect(adapter.self, outbox_.table()) != CONVENE_OK)
    over(wish_.id + " cannot begin: " + plugin_->last_failure());
}

void Lane::perform(const Question& question) {
  const Millis left = question.deadline - now();
  const bool notice = question.token == 0;
  if (!plugin_ || (!notice && left <= Millis{0})) return;  // the bus has answered by then
  convene_adapter_request request{};
  request.size = sizeof request;
  request.token = question.token;
  request.name = text(question.name);
  request.idempotency_key = text(question.idempotency_key);
  request.body = text(question.body);
  request.deadline_ms = notice ? 0 : left.count();
  const auto adapter = plugin_->extension<convene_adapter>();
  const convene_status status = adapter.table->request(adapter.self, &request);
  if (status == CONVENE_OK) return;
  tell("could not do " + question.name + ": " + plugin_->last_failure());
  if (!notice)
    outbox_.put(
        {Said::What::reply, question.token, false, {}, status == CONVENE_E_LIMIT ? kBusy : kFailed},
        true);
}

}  // namespace convene::adapter
