#include "bus/private_endpoint.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <zmq.hpp>

namespace viz::bus {

namespace {

constexpr std::string_view kScheme = "ipc://";

// While this object lives, new files are accessible only to their owner.
class PrivateFiles {
  public:
    PrivateFiles() : before_(umask(S_IXUSR | S_IRWXG | S_IRWXO)) {}
    ~PrivateFiles() { umask(before_); }
    PrivateFiles(const PrivateFiles&) = delete;
    PrivateFiles& operator=(const PrivateFiles&) = delete;

  private:
    mode_t before_;
};

std::string path_of(const Endpoint& endpoint) {
    if (!endpoint.address.starts_with(kScheme))
        throw EndpointError("endpoint " + endpoint.address + ": expected ipc://path");
    auto path = endpoint.address.substr(kScheme.size());
    if (path.size() > kLongestIpcPath)
        throw EndpointError("endpoint " + endpoint.address + ": a socket's path has at most " +
                            std::to_string(kLongestIpcPath) + " bytes");
    return path;
}

} // namespace

void check_private(const Endpoint& endpoint) {
    const auto path = path_of(endpoint);
    // ZeroMQ removes any existing file at the path.
    std::error_code unknown;
    const auto status = std::filesystem::symlink_status(path, unknown);
    if (std::filesystem::exists(status) && status.type() != std::filesystem::file_type::socket)
        throw EndpointError("endpoint " + endpoint.address +
                            ": the path is a file that is not a socket");
}

void bind_private(zmq::socket_t& socket, const Endpoint& endpoint) {
    check_private(endpoint);
    const PrivateFiles only_mine;
    try {
        socket.bind(endpoint.address);
    } catch (const zmq::error_t& error) {
        throw EndpointError("endpoint " + endpoint.address + ": " + error.what());
    }
}

void require_listener(const Endpoint& endpoint) {
    const auto path = path_of(endpoint);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) throw EndpointError(std::string("socket: ") + std::strerror(errno));
    const int status = connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    const int error = errno;
    close(fd);
    if (status == 0) return;
    std::string why = std::strerror(error);
    if (error == ENOENT || error == ECONNREFUSED)
        why += "; is the service running with this endpoint in its settings?";
    if (error == EACCES || error == EPERM) why += "; only the service's own user may connect";
    throw EndpointError("endpoint " + endpoint.address + ": " + why);
}

} // namespace viz::bus
