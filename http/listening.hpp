// Where connections come from: a socket bound by us, or ones handed over by the service manager, in
// whose queue they wait while no process of ours is there.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "http/unique_fd.hpp"

namespace viz::http {

// Listens on "host:port": IPv4, [IPv6], a name, or * for every address; port 0 is a free one.
// Throws std::runtime_error when it cannot.
UniqueFd listen_on(const std::string& bind);
// Throws as listen_on() does where `bind` is no address, or a name that does not resolve.
void check_bind(const std::string& bind);

// A duplicate of a socket that somebody else listens on; it shares the queue of connections, and
// closing it closes nothing of theirs. Throws std::runtime_error for what is no listening socket.
UniqueFd share_listener(int socket);

// "127.0.0.1:3000", "[::1]:3000" or the path of a Unix socket.
std::string address_of(int socket);
std::uint16_t port_of(int socket); // 0 for a Unix socket

// Takes connections of some listening sockets on a thread of its own, from construction to
// destruction. What nobody has taken then stays in the sockets' queues.
class Acceptor {
  public:
    // `taken` is called on that thread with a descriptor that neither blocks nor outlives an exec.
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
