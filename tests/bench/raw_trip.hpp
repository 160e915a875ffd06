// tests/bench/raw_trip.hpp - the least that a message from a browser to the core and back can cost.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <zmq.hpp>

#include "tests/support/harness.hpp"

namespace convene::bench {

/// The least there is: a message on a Beast WebSocket, to a ZeroMQ ROUTER over ipc and back, to the browser.
class RawTrip {
 public:
  explicit RawTrip(const std::string& endpoint)
      : acceptor_(io_, {boost::asio::ip::address_v4::loopback(), 0}) {
    router_ = std::thread([this, endpoint] {
      zmq::socket_t router(context_, zmq::socket_type::router);
      router.bind(endpoint);
      bound_ = true;
      for (;;) {
        zmq::message_t who, what;
        if (!router.recv(who) || !router.recv(what)) return;
        const bool last = what.size() == 4;
        router.send(who, zmq::send_flags::sndmore);
        router.send(what, zmq::send_flags::none);
        if (last) return;
      }
    });
    while (!bound_) std::this_thread::yield();
    server_ = std::thread([this, endpoint] {
      zmq::socket_t dealer(context_, zmq::socket_type::dealer);
      dealer.connect(endpoint);
      boost::beast::websocket::stream<boost::asio::ip::tcp::socket> ws(acceptor_.accept());
      ws.next_layer().set_option(boost::asio::ip::tcp::no_delay(true));
      ws.accept();
      for (;;) {
        boost::beast::flat_buffer buffer;
        boost::system::error_code error;
        ws.read(buffer, error);
        const std::string text = error ? "stop" : boost::beast::buffers_to_string(buffer.data());
        dealer.send(zmq::buffer(text), zmq::send_flags::none);
        zmq::message_t back;
        if (!dealer.recv(back) || error) return;
        ws.text(true);
        ws.write(boost::asio::buffer(back.data(), back.size()), error);
      }
    });
    socket_ = test::WebSocket::open(acceptor_.local_endpoint().port(), "/", {});
  }
  ~RawTrip() {
    socket_.cut();
    server_.join();
    router_.join();
  }
  /// Microseconds of one round trip.
  double us() {
    const auto start = std::chrono::steady_clock::now();
    socket_.send_text(R"({"t":"return","id":"AAAAAAAAAAAAAAAAAAAAAA"})");
    if (!socket_.receive()) std::perror("the raw trip has no end"), std::exit(1);
    return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start)
        .count();
  }

 private:
  zmq::context_t context_;
  boost::asio::io_context io_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::atomic<bool> bound_{false};
  std::thread router_, server_;
  test::WebSocket socket_;
};

}  // namespace convene::bench
