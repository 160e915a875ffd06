// tests/day/day_file_test.cpp - a workday that is wrong is refused with place and remedy; a good one is what it says.
#include <gtest/gtest.h>

#include "core/app/day/day_file.hpp"

namespace convene::app {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

class DayFileTest : public ::testing::Test {
 protected:
  DayFileTest() {
    for (const char* id : {"talk_now", "talk_later"}) house_.flows[id].id = id;
    house_.pools["sales"] = "Sales";
    for (const char* id : {"anna", "ben"}) {
      house_.agents[id].settings.id = id;
      house_.agents[id].settings.pools = {"sales"};
    }
    files_["handle.csv"] = "seconds\n60\n120\n";
  }
  DayFileOutcome read(const std::string& text) {
    return parse_day({"day.toml", text}, house_,
                     [this](const std::string& name) -> Result<std::string> {
                       const auto it = files_.find(name);
                       if (it == files_.end()) return Error{"day.file", "cannot read " + name};
                       return it->second;
                     });
  }
  /// The first error as people see it.
  std::string refusal(const std::string& text) {
    const DayFileOutcome out = read(text);
    return out.errors.empty() ? "" : to_text(out.errors.front());
  }
  static constexpr const char* kShift =
      "[shift.a]\npool = \"sales\"\nfrom = \"08:00\"\nto = \"16:00\"\n";

  Config house_;
  std::map<std::string, std::string> files_;
};

TEST_F(DayFileTest, IsWhatItSays) {
  const DayFileOutcome out = read(R"(
[day]
title = "Monday"
date = "2026-11-23"
within = "30s"
[arrivals.walk_in]
flow = "talk_now"
per_hour = { 08 = 20, 09-11 = 45.5 }
patience = "exponential 3m"
handle = "file handle.csv"
context = { language = "fr" }
[arrivals.agreed]
flow = "talk_later"
kind = "appointment"
agent = "anna"
per_hour = { 14 = 4 }
handle = "10m"
[shift.early]
agents = ["anna"]
pool = "sales"
from = "08:00"
to = "16:00"
breaks = ["12:00-12:30"]
[desk]
answer = "exponential 4s"
misses = 3
)");
  for (const ConfigError& e : out.errors) ADD_FAILURE() << to_text(e);
  const sim::DayLoad& load = out.day.load;
  EXPECT_EQ(out.day.title, "Monday");
  EXPECT_EQ(to_ms(load.frame.start), 1'795'392'000'000);
  EXPECT_EQ(load.frame.within, std::chrono::seconds(30));
  ASSERT_EQ(load.streams.size(), 2u);
  const sim::DayStream& walk_in = load.streams[0];
  EXPECT_EQ(walk_in.per_hour[7], 0);
  EXPECT_EQ(walk_in.per_hour[8], 20);
  EXPECT_EQ(walk_in.per_hour[11], 45.5);
  EXPECT_EQ(walk_in.handle.mean(), Duration{90'000});
  EXPECT_EQ(walk_in.context, R"({"language":"fr"})");
  EXPECT_EQ(load.streams[1].coming, sim::Coming::appointment);
  ASSERT_EQ(load.frame.shifts.size(), 4u) << "two agents, each before and after the break";
  EXPECT_EQ(load.frame.shifts[1].from, hours(12) + minutes(30));
  EXPECT_EQ(load.frame.desk.misses_ppm, 30'000u);
}

TEST_F(DayFileTest, NamesFileLineColumnAndRemedy) {
  EXPECT_EQ(refusal("[day]\nwithing = \"20s\"\n"),
            "day.toml:2:1: error: unknown key 'withing' in [day]; did you mean 'within'?");
  const std::string stream =
      "[arrivals.a]\nflow = \"talk_nwo\"\nper_hour = { 8 = 1 }\nhandle = \"5m\"\n";
  EXPECT_NE(refusal(stream + kShift).find("day.toml:2:1: error: there is no flow 'talk_nwo'"),
            std::string::npos);
  EXPECT_NE(refusal(stream + kShift).find("did you mean 'talk_now'?"), std::string::npos);
}

TEST_F(DayFileTest, RefusesWhatMakesNoSense) {
  const auto arrivals = [](const std::string& line) {
    return "[arrivals.a]\nflow = \"talk_now\"\nper_hour = { 8 = 1 }\nhandle = \"5m\"\n" + line +
           "\n" + kShift;
  };
  EXPECT_EQ(refusal(arrivals("")), "");
  EXPECT_NE(refusal(arrivals("patience = \"often\"")).find("is no law"), std::string::npos);
  EXPECT_NE(refusal(arrivals("patience = \"file none.csv\"")).find("cannot read none.csv"),
            std::string::npos);
  EXPECT_NE(refusal(arrivals("agent = \"anna\"")).find("only bookings name an agent"),
            std::string::npos);
  EXPECT_NE(refusal("[day]\ndate = \"2026-02-30\"\n").find("is no date"), std::string::npos);
  const std::string rates = "[arrivals.a]\nflow = \"talk_now\"\nhandle = \"5m\"\nper_hour = ";
  EXPECT_NE(refusal(rates + "{ 24 = 1 }\n" + kShift).find("no hour of the day"), std::string::npos);
  EXPECT_NE(refusal(rates + "{ 8 = -1 }\n" + kShift).find("no number of contacts"),
            std::string::npos);
  EXPECT_NE(refusal(rates + "{ 8 = 1, 07-09 = 1 }\n" + kShift).find("given twice"),
            std::string::npos);
  EXPECT_NE(refusal(std::string(kShift)).find("nobody comes"), std::string::npos);
  EXPECT_NE(refusal(arrivals("[shift.b]\nagents = [\"bne\"]\nfrom = \"8:00\"\nto = \"9:00\""))
                .find("did you mean 'ben'?"),
            std::string::npos);
  EXPECT_NE(refusal(arrivals("[shift.b]\nagents = [\"ben\"]\nfrom = \"18:00\"\nto = \"9:00\""))
                .find("ends before it begins"),
            std::string::npos);
  EXPECT_NE(
      refusal(arrivals("[desk]\nmisses = 60\ndeclines = 40")).find("no offer is ever accepted"),
      std::string::npos);
}

TEST_F(DayFileTest, TakesContactsFromATable) {
  files_["contacts.csv"] = "arrival,flow,handle\n08:00,talk_now,5m\n08:01,talk_now,x\n";
  const std::string text = std::string("[contacts]\nfile = \"contacts.csv\"\n") + kShift;
  EXPECT_NE(refusal(text).find("contacts.csv:3:1: error: this line 'x' is no duration"),
            std::string::npos)
      << refusal(text);
  files_["contacts.csv"] = "arrival,flow,handle\n08:00,talk_now,5m\n";
  EXPECT_EQ(read(text).day.load.frame.contacts.size(), 1u);
}

TEST_F(DayFileTest, PrintsAReferenceThatNamesEveryKey) {
  const std::string text = day_reference();
  for (const char* key : {"per_hour", "patience", "handle", "breaks", "misses", "promise_within"}) {
    EXPECT_NE(text.find(key), std::string::npos) << key;
  }
}

}  // namespace
}  // namespace convene::app
