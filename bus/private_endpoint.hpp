// Unix sockets that only their owner can use.
#pragma once

#include <stdexcept>
#include <string>

#include "bus/endpoint.hpp"

namespace zmq {
class socket_t;
}

namespace viz::bus {

// The endpoint cannot be used; the text gives the reason.
class EndpointError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

// Longest path of a Unix socket on Linux (sun_path, with its final zero).
inline constexpr std::size_t kLongestIpcPath = 107;

// Throws EndpointError for endpoints that bind_private refuses before it binds: a path that is too
// long, or an existing file that is not a socket.
void check_private(const Endpoint& endpoint);

// Binds an ipc endpoint with file mode 0600. A socket left by a killed process is replaced; any
// other existing file is kept. Throws EndpointError.
void bind_private(zmq::socket_t& socket, const Endpoint& endpoint);

// ZeroMQ connects in the background and does not report a missing listener. Throws EndpointError
// when no process listens at the ipc endpoint or permission is denied.
void require_listener(const Endpoint& endpoint);

} // namespace viz::bus
