// tests/day/statistics_test.cpp - Student's t, laws of chance, CSV cells, and markup that stays text.
#include <gtest/gtest.h>

#include <cmath>

#include "core/sim/contacts_csv.hpp"
#include "core/sim/markup.hpp"
#include "core/sim/statistics.hpp"

namespace convene::sim {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

TEST(Statistics, KnowsStudentsTable) {  // W. S. Gosset, 1908; values of common tables.
  EXPECT_NEAR(student_t(0.95, 1), 12.7062, 1e-4);
  EXPECT_NEAR(student_t(0.95, 9), 2.262157, 1e-6);
  EXPECT_NEAR(student_t(0.95, 19), 2.093024, 1e-6);
  EXPECT_NEAR(student_t(0.99, 9), 3.249836, 1e-6);
  EXPECT_NEAR(student_t(0.95, 1e6), 1.959966, 1e-5);
}

TEST(Statistics, GivesNoWidthToASingleValueAndLeavesGapsOut) {
  const double one[] = {3};
  EXPECT_EQ(interval_of(one).half, 0);
  const double some[] = {1, std::nan(""), 3};
  const Interval i = interval_of(some);
  EXPECT_EQ(i.mean, 2);
  EXPECT_EQ(i.values, 2);
  EXPECT_NEAR(i.half, 12.7062 * std::sqrt(2.0) / std::sqrt(2.0), 1e-3);
}

TEST(Statistics, CoversTheTruthAsOftenAsItSays) {
  Random dice(7);
  const Law law = Law::lognormal(minutes(5), minutes(3));
  int covered = 0;
  for (int study = 0; study < 1000; ++study) {
    double values[30];
    for (double& v : values) v = static_cast<double>(law.draw(dice).count());
    covered += interval_of(values).contains(300'000);
  }
  EXPECT_GT(covered, 900) << "of 1000 intervals of 95 %; a skewed law costs a little";
  EXPECT_LT(covered, 980);
}

TEST(Law, DrawsWithTheMeanThatItWasGiven) {
  for (const char* text :
       {"5m", "fixed 5m", "uniform 1m 9m", "exponential 5m", "lognormal 5m 3m"}) {
    const auto law = Law::parse(text);
    ASSERT_TRUE(law) << text;
    EXPECT_NEAR(static_cast<double>(law->mean().count()), 300'000, 1) << text;
    Random dice(1);
    double sum = 0;
    for (int i = 0; i < 20'000; ++i) sum += static_cast<double>(law->draw(dice).count());
    EXPECT_NEAR(sum / 20'000, 300'000, 6'500) << text;
  }
}

TEST(Law, ThrowsTheSameDiceWhateverTheLaw) {
  Random a(3), b(3);
  (void)Law::fixed(minutes(1)).draw(a);
  (void)Law::lognormal(minutes(1), minutes(9)).draw(b);
  EXPECT_EQ(a.next(), b.next());
}

TEST(Law, RefusesWhatIsNone) {
  for (const char* text : {"", "soon", "exponential", "exponential 5", "uniform 9m 1m",
                           "fixed 1m 2m", "lognormal 5m", "-5m", "5m 3m"}) {
    EXPECT_FALSE(Law::parse(text)) << text;
  }
}

TEST(ContactsCsv, ReadsCellsAsRfc4180HasThem) {
  const ContactsCsv csv = read_contacts_csv(
      "arrival,flow,handle,patience,context,booked,due,agent\r\n"
      "08:30:15.5,now,5m,90,\"{\"\"language\"\": \"\"fr\"\"}\",,,\r\n"
      "\r\n"
      "9:00,later,300.25,,,07:00,09:00,anna\n");
  ASSERT_FALSE(csv.error) << csv.error->text;
  ASSERT_EQ(csv.contacts.size(), 2u);
  EXPECT_EQ(csv.contacts[0].arrival, Duration{30'615'500});
  EXPECT_EQ(csv.contacts[0].patience, seconds(90));
  EXPECT_EQ(csv.contacts[0].context, R"({"language": "fr"})");
  EXPECT_FALSE(csv.contacts[0].booked);
  EXPECT_EQ(csv.contacts[1].handle, Duration{300'250});
  EXPECT_EQ(csv.contacts[1].patience, kEndless);
  EXPECT_EQ(csv.contacts[1].due, std::chrono::hours(9));
  EXPECT_EQ(csv.contacts[1].agent, "anna");
}

TEST(ContactsCsv, NamesTheLineThatIsWrong) {
  const auto line = [](const char* text) {
    const ContactsCsv csv = read_contacts_csv(text);
    return csv.error ? csv.error->line : 0;
  };
  EXPECT_EQ(line("arrival,flow\n08:00,now\n"), 1u) << "no handle";
  EXPECT_EQ(line("arrival,flow,handle,shoe\n"), 1u);
  EXPECT_EQ(line("arrival,flow,handle,flow\n"), 1u);
  EXPECT_EQ(line("arrival,flow,handle\n08:00,now,5m\n25:99,now,5m\n"), 3u);
  EXPECT_EQ(line("arrival,flow,handle\n08:00,now,soon\n"), 2u);
  EXPECT_EQ(line("arrival,flow,handle\n08:00,now\n"), 2u);
  EXPECT_EQ(line("arrival,flow,handle,context\n\n08:00,now,5m,[]\n"), 3u);
  EXPECT_EQ(line("arrival,flow,handle\n08:00,\"now,5m\n"), 2u) << "a quote that is never closed";
}

TEST(DurationsCsv, TakesTheFirstCellAndAllowsATitle) {
  const DurationsCsv csv = read_durations_csv("seconds,agent\n12.5,anna\n2m,ben\n");
  ASSERT_FALSE(csv.error);
  EXPECT_EQ(csv.durations, (std::vector<Duration>{Duration{12'500}, minutes(2)}));
  EXPECT_TRUE(read_durations_csv("").error);
  EXPECT_EQ(read_durations_csv("1\nx\n").error->line, 2u);
}

TEST(Markup, LeavesTextText) {
  Markup m = Markup::page();
  m.element("p", {{"title", "\"><script>alert(1)</script>"}}, "a < b & 'c'\x01");
  EXPECT_EQ(m.take(),
            "<!doctype html>\n<p title=\"&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;\">"
            "a &lt; b &amp; &#39;c&#39; </p>");
  EXPECT_EQ(svg_number(1.005), "1");
  EXPECT_EQ(svg_number(-0.001), "0");
  EXPECT_EQ(svg_number(std::nan("")), "0");
}

}  // namespace
}  // namespace convene::sim
