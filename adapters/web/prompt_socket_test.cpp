// adapters/web/prompt_socket_test.cpp - what the kernel has no room for is kept, in order, and goes out later.
#include "adapters/web/prompt_socket.hpp"

#include <gtest/gtest.h>
#include <boost/asio/connect.hpp>
#include <boost/asio/read.hpp>

namespace convene::web {
namespace {

using boost::asio::buffer;

/// Two ends of a connection with little room in the kernel.
struct PromptSocketTest : testing::Test {
  PromptSocketTest() {
    boost::asio::basic_socket_acceptor<Tcp, boost::asio::io_context::executor_type> acceptor(
        context, Tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
    reader.open(Tcp::v4());
    reader.set_option(boost::asio::socket_base::receive_buffer_size(4'096));
    reader.connect(acceptor.local_endpoint());
    TcpSocket accepted = acceptor.accept();
    accepted.set_option(boost::asio::socket_base::send_buffer_size(4'096));
    writer.emplace(std::move(accepted));
  }

  /// What the reader gets until it has `size` bytes, the writer's turns between.
  std::string received(std::size_t size) {
    std::string all(size, '\0');
    reader.non_blocking(true);
    for (std::size_t have = 0; have < size;) {
      boost::system::error_code error;
      have += reader.read_some(buffer(all.data() + have, size - have), error);
      if (error && error != boost::asio::error::would_block) break;
      context.restart();
      context.poll();
    }
    return all;
  }

  boost::asio::io_context context;
  TcpSocket reader{context};
  std::optional<PromptSocket> writer;
};

std::string pattern(std::size_t size, char from) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(from + i % 53);
  return text;
}

TEST_F(PromptSocketTest, TakesAllThatItIsGivenAndKeepsTheRestInOrder) {
  const std::string first = pattern(8'000'000, 'A'), second = pattern(900, 'B'),
                    third = pattern(70'000, 'C');
  boost::system::error_code error;
  EXPECT_EQ(writer->write_some(buffer(first), error), first.size());
  EXPECT_FALSE(error);
  ASSERT_TRUE(writer->is_backlogged());
  bool drained = false;
  writer->drain([&](boost::system::error_code e) { drained = !e; });
  // What a WebSocket says of its own accord meanwhile comes after it, never within it.
  std::size_t answered = 0;
  writer->async_write_some(
      buffer(second), [&](boost::system::error_code e, std::size_t n) { answered = e ? 0 : n; });
  const std::array<boost::asio::const_buffer, 2> pieces{buffer(third.data(), 30'000),
                                                        buffer(third.data() + 30'000, 40'000)};
  EXPECT_EQ(writer->write_some(pieces, error), third.size());
  const std::string all = received(first.size() + second.size() + third.size());
  EXPECT_TRUE(all == first + second + third);
  EXPECT_EQ(answered, second.size());
  context.restart();
  context.poll();
  EXPECT_TRUE(drained);
  EXPECT_FALSE(writer->is_backlogged());
}

TEST_F(PromptSocketTest, GathersWhatIsFollowedAtOnce) {
  boost::system::error_code error;
  writer->gather(true);
  writer->write_some(buffer("joined ", 7), error);
  reader.non_blocking(true);
  std::array<char, 64> bytes{};
  boost::system::error_code none;
  EXPECT_EQ(reader.read_some(buffer(bytes), none), 0u);
  EXPECT_EQ(none, boost::asio::error::would_block);
  writer->gather(false);
  writer->write_some(buffer("connected", 9), error);
  EXPECT_FALSE(error);
  EXPECT_EQ(received(16), "joined connected");
}

TEST_F(PromptSocketTest, SaysThatTheOtherEndIsGone) {
  reader.set_option(boost::asio::socket_base::linger(true, 0));
  reader.close();
  boost::system::error_code error;
  std::size_t taken = 1;
  for (int i = 0; i < 2 && !error; ++i) taken = writer->write_some(buffer("something", 9), error);
  EXPECT_TRUE(error);
  EXPECT_EQ(taken, 0u);
  EXPECT_FALSE(writer->is_backlogged());
}

TEST_F(PromptSocketTest, ADrainEndsWithTheConnection) {
  const std::string much(8'000'000, 'x');
  boost::system::error_code error, end;
  writer->write_some(buffer(much), error);
  ASSERT_TRUE(writer->is_backlogged());
  writer->drain([&](boost::system::error_code e) { end = e; });
  reader.set_option(boost::asio::socket_base::linger(true, 0));
  reader.close();
  context.run();
  EXPECT_TRUE(end);
}

}  // namespace
}  // namespace convene::web
