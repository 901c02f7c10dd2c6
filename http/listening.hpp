// The source of connections: a bound socket, or sockets passed by the service manager, whose queues
// hold connections while no viz-api process runs.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "http/unique_fd.hpp"

namespace viz::http {

// Listens on "host:port": IPv4, [IPv6], a name, or * for every address; port 0 selects a free one.
// Throws std::runtime_error on failure.
UniqueFd listen_on(const std::string& bind);
// Throws like listen_on() when `bind` is not an address or a name does not resolve.
void check_bind(const std::string& bind);

// A duplicate of another owner's listening socket; it shares the queue of connections, and closing
// it does not close the original. Throws std::runtime_error for a socket that does not listen.
UniqueFd share_listener(int socket);

// "127.0.0.1:3000", "[::1]:3000" or the path of a Unix socket.
std::string address_of(int socket);
std::uint16_t port_of(int socket); // 0 for a Unix socket

// Accepts connections of listening sockets on a separate thread, from construction to destruction.
// Connections not accepted by then stay in the sockets' queues.
class Acceptor {
  public:
    // `taken` is called on that thread with a non-blocking, close-on-exec descriptor.
    Acceptor(std::vector<UniqueFd> listeners, std::function<void(UniqueFd)> taken);
    ~Acceptor();
    Acceptor(const Acceptor&) = delete;
    Acceptor& operator=(const Acceptor&) = delete;

  private:
    void run(std::stop_token stop);
    void take_from(int listener, const std::stop_token& stop);

    std::vector<UniqueFd> listeners_;
    std::function<void(UniqueFd)> taken_;
    UniqueFd wake_;
    std::jthread thread_; // last: uses all of the above
};

} // namespace viz::http
