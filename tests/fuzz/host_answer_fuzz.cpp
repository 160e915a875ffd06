// tests/fuzz/host_answer_fuzz.cpp - whatever a plugin's process says is an answer, a hello or an error; of a failed
// answer no effect takes place.
// Links: convene_isolation
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "sdk/host/isolation/frames.cpp"
#include "sdk/host/isolation/hello.cpp"
#include "sdk/host/isolation/read_answers.cpp"
#include "sdk/host/isolation/values.cpp"
#include "sdk/host/isolation/write_answers.cpp"

namespace {

using namespace convene;
using namespace convene::isolation;

void check(bool holds) {
  if (!holds) std::abort();
}

convene_status keep(void* to, convene_text piece) noexcept {
  static_cast<std::string*>(to)->append(piece.data ? piece.data : "", piece.size);
  return CONVENE_OK;
}

/// What a plugin of this process would have done, done by an answer: recorded, read, recorded again.
template <class Recorder>
void perform(std::string_view body) {
  const auto answer = read_answer(body);
  if (!answer) return check(answer.error().code == "malformed");
  Recorder recorder;
  const convene_status status = hand_on(**answer, *recorder.table());
  if ((*answer)->status != CONVENE_OK) {
    check(status == (*answer)->status);
    return check(recorder.take() == R"({"status":0,"effects":[]})");
  }
  if (status != CONVENE_OK) return;
  const std::string once = recorder.take();
  const auto again = read_answer(once);
  check(static_cast<bool>(again));
  Recorder second;
  check(hand_on(**again, *second.table()) == CONVENE_OK);
  check(second.take() == once);
}

void decide(std::string_view body) {
  const auto answer = read_answer(body);
  if (!answer) return;
  std::string pool, reason;
  const convene_sink to_pool{&pool, &keep}, to_reason{&reason, &keep};
  ScoreTable scores;
  scores.begin(32);
  convene_routing_answer said{sizeof said, 0, 0, 0, &to_pool, &to_reason, scores.table()};
  if (hand_on(**answer, said) != CONVENE_OK) return;
  const std::string once = write_decision(said, pool, reason, scores.list());
  const auto again = read_answer(once);
  check(static_cast<bool>(again));
  pool.clear(), reason.clear(), scores.begin(32);
  check(hand_on(**again, said) == CONVENE_OK &&
        write_decision(said, pool, reason, scores.list()) == once);
}

}  // namespace

/// The input is the message's frames, separated by line feeds.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  std::vector<std::string_view> frames;
  std::string_view rest = all;
  for (std::size_t end = 0; frames.size() < 2 && (end = rest.find('\n')) != rest.npos;) {
    frames.push_back(rest.substr(0, end));
    rest.remove_prefix(end + 1);
  }
  frames.push_back(rest);
  const auto message = decode(frames);
  if (message) check(message->body.data() == frames.back().data());
  const std::string_view body = message ? message->body : all;
  perform<ServiceRecorder>(body);
  perform<ChannelRecorder>(body);
  decide(body);
  if (const auto hello = read_hello(body)) {
    const auto again = read_hello(write_hello(*hello));
    check(again && again->id == hello->id && again->offers == hello->offers &&
          again->config_schema == hello->config_schema);
  }
  return 0;
}
