// The HTTP server: viz-api listens, Pistache reads and parses, Api makes the response, and viz-api
// sends it (Outbox, StreamHub). Pistache 0.0.5's listener can only bind its own socket and cannot
// use one that was passed to the process. Its writer is not used: it finds the connection by
// descriptor number, which may belong to another client by then, and throws in its worker, ending
// the process, when a peer disconnects at the wrong moment.
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
    // Listening sockets that replace `bind`: duplicated at start, the caller keeps ownership, and
    // connections wait in their queues while the server is not started.
    std::vector<int> sockets;
    int threads{2};                // threads that read requests and answer the quick ones
    std::size_t render_threads{2}; // threads that make slow answers
    std::size_t max_waiting{
        1024}; // requests waiting for render threads; beyond it 503 with Retry-After
    std::size_t max_connections{4096};
    // Further connections for /health, /ready and /metrics only: a new one replaces the oldest.
    std::size_t reserved_connections{64};
    // Unsent bytes of all clients together; beyond it the clients without progress for longest are
    // disconnected.
    std::size_t max_unsent_bytes{std::size_t{256} << 20};
    std::size_t max_request_bytes{std::size_t{16} * 1024}; // line, headers and body together
    // For a whole request to arrive, and between two requests of one connection.
    std::chrono::milliseconds request_timeout{15'000};
    // How long stop() waits for accepted clients that have not been answered.
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
    // bound or a passed socket does not listen.
    void start();
    // Accepts no more connections, answers the accepted ones, ends the rest. Connections queued in
    // passed sockets wait for their next owner. Idempotent.
    void stop();

    std::uint16_t port() const;         // 0 before start
    const std::string& address() const; // "host:port" as bound, or a Unix socket's path
    std::size_t connections() const;
    std::size_t unsent_bytes() const;
    std::size_t stream_clients() const;
    // The last turn of the worker that turned longest ago (steady clock; idle workers turn twice
    // per second); 0 when not serving. Thread-safe.
    std::int64_t last_turn_ns() const;
    // Announces new events to the streams. Thread-safe.
    void wake_streams();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace viz::http
