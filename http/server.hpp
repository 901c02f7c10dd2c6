// The HTTP server: we listen; Pistache reads and parses; what a request gets is decided by Api;
// what is sent is sent by us (Outbox, StreamHub). Pistache 0.0.5's own listener can only bind a
// socket of its own, not take one that was handed over. Pistache 0.0.5's own way of writing is not
// used: it finds the connection by descriptor number, which may have been given to another client
// by then, and throws in its worker, ending the process, when a peer goes away at the wrong moment.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "http/api.hpp"
#include "http/sse.hpp"

namespace viz::http {

struct ServerConfig {
    std::string bind{"0.0.0.0:3000"}; // port 0: a free one
    // Sockets that listen already, in place of `bind`: duplicated at start, they stay the caller's,
    // and connections wait in them while nothing is started.
    std::vector<int> sockets;
    int threads{2};                // that read requests, and answer the quick ones
    std::size_t render_threads{2}; // that make the answers which take time
    std::size_t max_waiting{1024}; // requests for the latter; then 503 with Retry-After
    std::size_t max_connections{4096};
    // Beyond those, for /health, /ready and /metrics alone: the oldest of them makes room.
    std::size_t reserved_connections{64};
    // What all clients together have not taken; then those that took nothing for longest are cut.
    std::size_t max_unsent_bytes{std::size_t{256} << 20};
    std::size_t max_request_bytes{std::size_t{16} * 1024}; // line, headers and body together
    // For a whole request to arrive, and between two of one connection.
    std::chrono::milliseconds request_timeout{15'000};
    // How long stop() waits for clients that were let in and have not had their answer.
    std::chrono::milliseconds drain{300};
    StreamLimits streams;
};

class Server {
  public:
    // All outlive the server.
    Server(Api& api, const ReadModel& model, History& history, bus::Metrics& metrics,
           ServerConfig config);
    ~Server(); // stops

    // Listens and serves when it returns. Throws std::runtime_error when the address cannot be
    // bound, or a socket handed over does not listen.
    void start();
    // Takes no more connections, answers those that were taken, ends the rest. What waits in
    // sockets that were handed over waits for their next owner. Idempotent.
    void stop();

    std::uint16_t port() const;         // 0 before start
    const std::string& address() const; // "host:port" as bound, or a Unix socket's path
    std::size_t connections() const;
    std::size_t unsent_bytes() const;
    std::size_t stream_clients() const;
    // When the worker whose last turn is longest ago turned (steady clock; idle ones turn twice a
    // second); 0 when it does not serve. Thread-safe.
    std::int64_t last_turn_ns() const;
    // There are new events for the streams. Thread-safe.
    void wake_streams();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace viz::http
