#include "http/listening.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <system_error>

namespace viz::http {

namespace {

constexpr int kBacklog = 1024;
// Without free descriptors the thread can only wait until some are closed.
constexpr std::chrono::milliseconds kOutOfDescriptors{20};

std::string text_of(int error) {
    return std::generic_category().message(error);
}

struct HostAndPort {
    std::string host;
    std::string port;
};

HostAndPort split(const std::string& bind) {
    const auto colon = bind.rfind(':');
    if (colon == std::string::npos) throw std::runtime_error("bind: expected addr:port: " + bind);
    HostAndPort parts{bind.substr(0, colon), bind.substr(colon + 1)};
    if (parts.port.empty() || parts.port.size() > 5 ||
        parts.port.find_first_not_of("0123456789") != std::string::npos ||
        std::stoul(parts.port) > 65535)
        throw std::runtime_error("bind: invalid port: " + bind);
    if (parts.host.starts_with('[') && parts.host.ends_with(']'))
        parts.host = parts.host.substr(1, parts.host.size() - 2);
    return parts;
}

using Addresses = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

Addresses resolve(const std::string& bind) {
    const auto [host, port] = split(bind);
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
    addrinfo* found = nullptr;
    const char* name = host.empty() || host == "*" ? nullptr : host.c_str();
    if (const int error = ::getaddrinfo(name, port.c_str(), &hints, &found); error != 0)
        throw std::runtime_error("bind: " + bind + ": " + ::gai_strerror(error));
    return {found, &::freeaddrinfo};
}

struct Name {
    sockaddr_storage storage{};
    socklen_t size{sizeof storage};
};

Name name_of(int socket) {
    Name name;
    if (::getsockname(socket, reinterpret_cast<sockaddr*>(&name.storage), &name.size) != 0)
        throw std::runtime_error("getsockname: " + text_of(errno));
    return name;
}

bool listens(int socket) {
    int type = 0;
    int accepts = 0;
    socklen_t size = sizeof type;
    if (::getsockopt(socket, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_STREAM)
        return false;
    size = sizeof accepts;
    return ::getsockopt(socket, SOL_SOCKET, SO_ACCEPTCONN, &accepts, &size) == 0 && accepts != 0;
}

} // namespace

UniqueFd listen_on(const std::string& bind) {
    const auto addresses = resolve(bind);
    int error = 0;
    for (const auto* one = addresses.get(); one != nullptr; one = one->ai_next) {
        UniqueFd socket(::socket(one->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        const int on = 1;
        if (socket && ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
            ::bind(socket.get(), one->ai_addr, one->ai_addrlen) == 0 &&
            ::listen(socket.get(), kBacklog) == 0)
            return socket;
        error = errno;
    }
    throw std::runtime_error(text_of(error));
}

void check_bind(const std::string& bind) {
    (void)resolve(bind);
}

UniqueFd share_listener(int socket) {
    if (!listens(socket))
        throw std::runtime_error("descriptor " + std::to_string(socket) +
                                 " is not a listening stream socket");
    UniqueFd own(::fcntl(socket, F_DUPFD_CLOEXEC, 0));
    const int flags = own ? ::fcntl(own.get(), F_GETFL) : -1;
    if (flags < 0 || ::fcntl(own.get(), F_SETFL, flags | O_NONBLOCK) != 0)
        throw std::runtime_error("descriptor " + std::to_string(socket) + ": " + text_of(errno));
    return own;
}

std::string address_of(int socket) {
    const auto name = name_of(socket);
    if (name.storage.ss_family == AF_UNIX)
        return reinterpret_cast<const sockaddr_un*>(&name.storage)->sun_path;
    std::array<char, NI_MAXHOST> host{};
    std::array<char, NI_MAXSERV> port{};
    if (const int error =
            ::getnameinfo(reinterpret_cast<const sockaddr*>(&name.storage), name.size, host.data(),
                          host.size(), port.data(), port.size(), NI_NUMERICHOST | NI_NUMERICSERV);
        error != 0)
        throw std::runtime_error(std::string("getnameinfo: ") + ::gai_strerror(error));
    const bool v6 = name.storage.ss_family == AF_INET6;
    return (v6 ? "[" : "") + std::string(host.data()) + (v6 ? "]:" : ":") + port.data();
}

std::uint16_t port_of(int socket) {
    const auto name = name_of(socket);
    switch (name.storage.ss_family) {
    case AF_INET:
        return ntohs(reinterpret_cast<const sockaddr_in*>(&name.storage)->sin_port);
    case AF_INET6:
        return ntohs(reinterpret_cast<const sockaddr_in6*>(&name.storage)->sin6_port);
    default:
        return 0;
    }
}

Acceptor::Acceptor(std::vector<UniqueFd> listeners, std::function<void(UniqueFd)> taken)
    : listeners_(std::move(listeners)), taken_(std::move(taken)),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (!wake_) throw std::runtime_error("eventfd: " + text_of(errno));
    thread_ = std::jthread([this](std::stop_token stop) { run(std::move(stop)); });
    pthread_setname_np(thread_.native_handle(), "viz-accept");
}

Acceptor::~Acceptor() {
    thread_.request_stop();
    ::eventfd_write(wake_.get(), 1);
}

void Acceptor::run(std::stop_token stop) {
    std::vector<pollfd> watched;
    for (const auto& listener : listeners_)
        watched.push_back({.fd = listener.get(), .events = POLLIN, .revents = 0});
    watched.push_back({.fd = wake_.get(), .events = POLLIN, .revents = 0});
    while (!stop.stop_requested()) {
        if (::poll(watched.data(), watched.size(), -1) < 0) continue; // EINTR
        for (const auto& one : watched)
            if (one.fd != wake_.get() && one.revents != 0) take_from(one.fd, stop);
    }
}

void Acceptor::take_from(int listener, const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        UniqueFd taken(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (taken) {
            taken_(std::move(taken));
            continue;
        }
        switch (errno) {
        case EMFILE:
        case ENFILE:
        case ENOBUFS:
        case ENOMEM: {
            pollfd wake{.fd = wake_.get(), .events = POLLIN, .revents = 0};
            ::poll(&wake, 1, static_cast<int>(kOutOfDescriptors.count()));
            return;
        }
        case EINTR:
        case ECONNABORTED: // closed before it was accepted; also network errors of accept(2)
        case EPROTO:
        case ENETDOWN:
        case ENOPROTOOPT:
        case EHOSTDOWN:
        case EHOSTUNREACH:
        case EOPNOTSUPP:
        case ENETUNREACH:
            continue;
        default: // EAGAIN: the queue is empty
            return;
        }
    }
}

} // namespace viz::http
