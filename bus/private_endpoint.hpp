// Unix sockets that only their owner may use.
#pragma once

#include <stdexcept>
#include <string>

#include "bus/endpoint.hpp"

namespace zmq {
class socket_t;
}

namespace viz::bus {

// The endpoint cannot be used; the text says why.
class EndpointError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

// Longest path of a Unix socket on Linux (sun_path, with its final zero).
inline constexpr std::size_t kLongestIpcPath = 107;

// What bind_private refuses before it binds: a path that is too long, or a file there that is no
// socket. Throws EndpointError.
void check_private(const Endpoint& endpoint);

// Binds an ipc endpoint whose file is of mode 0600. A socket left by a killed process is taken
// over; any other file there is left alone. Throws EndpointError.
void bind_private(zmq::socket_t& socket, const Endpoint& endpoint);

// ZeroMQ connects in the background and never says that nobody is there: throws EndpointError when
// nobody listens at the ipc endpoint or we may not connect.
void require_listener(const Endpoint& endpoint);

} // namespace viz::bus
