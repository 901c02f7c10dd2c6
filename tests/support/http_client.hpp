// A plain HTTP/1.1 client on a blocking socket, for what a library would hide: half a request, a
// slow reader, a reset.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <chrono>
#include <map>
#include <stdexcept>
#include <string>
#include <system_error>

#include "http/unique_fd.hpp"
#include "tests/support/wait.hpp"

namespace viz::test {

struct HttpReply {
    int status{};
    std::map<std::string, std::string> headers; // names in lower case
    std::string body;
};

class HttpClient {
  public:
    explicit HttpClient(std::uint16_t port, int receive_buffer = 0)
        : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        if (receive_buffer > 0)
            ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
            throw std::system_error(errno, std::generic_category(), "connect");
    }

    int fd() const { return fd_.get(); }
    void close() { fd_.reset(); }
    // The other side sees ECONNRESET.
    void reset() {
        const linger hard{1, 0};
        ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
        fd_.reset();
    }
    void half_close() { ::shutdown(fd_.get(), SHUT_WR); }

    bool send(const std::string& bytes) {
        std::size_t at = 0;
        while (at < bytes.size()) {
            const auto n = ::send(fd_.get(), bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL);
            if (n <= 0) return false;
            at += static_cast<std::size_t>(n);
        }
        return true;
    }
    static std::string request(const std::string& target, const std::string& headers = {},
                               const std::string& method = "GET") {
        return method + " " + target + " HTTP/1.1\r\nHost: test\r\n" + headers + "\r\n";
    }

    // Whatever comes within the time; empty on the end of the connection or none.
    std::string receive(std::chrono::milliseconds limit = kDeadline) {
        pollfd waiting{.fd = fd_.get(), .events = POLLIN, .revents = 0};
        if (::poll(&waiting, 1, static_cast<int>(limit.count())) <= 0) return {};
        std::string bytes(65536, '\0');
        const auto n = ::recv(fd_.get(), bytes.data(), bytes.size(), 0);
        if (n <= 0) ended_ = true;
        bytes.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
        return bytes;
    }
    // The connection was ended by the other side (as far as reading has shown).
    bool ended() const { return ended_; }
    // Reads to the end of the connection.
    std::string drain() {
        std::string all = std::move(buffer_);
        while (!ended_) {
            const auto bytes = receive();
            if (bytes.empty()) break;
            all += bytes;
        }
        return all;
    }

    HttpReply read_reply(bool head_only = false) {
        HttpReply reply = read_head();
        if (head_only) return reply;
        const auto length = reply.headers.find("content-length");
        const auto wanted = length == reply.headers.end() ? 0 : std::stoul(length->second);
        need([&] { return buffer_.size() >= wanted; });
        reply.body = buffer_.substr(0, wanted);
        buffer_.erase(0, wanted);
        return reply;
    }
    HttpReply read_head() {
        need([&] { return buffer_.find("\r\n\r\n") != std::string::npos; });
        const auto end = buffer_.find("\r\n\r\n");
        const auto head = buffer_.substr(0, end + 2);
        buffer_.erase(0, end + 4);
        HttpReply reply;
        reply.status = std::stoi(head.substr(9, 3));
        for (auto at = head.find("\r\n") + 2; at < head.size();) {
            const auto line_end = head.find("\r\n", at);
            const auto line = head.substr(at, line_end - at);
            const auto colon = line.find(": ");
            auto name = line.substr(0, colon);
            std::ranges::transform(name, name.begin(),
                                   [](unsigned char c) { return std::tolower(c); });
            reply.headers[name] = line.substr(colon + 2);
            at = line_end + 2;
        }
        return reply;
    }
    HttpReply get(const std::string& target, const std::string& headers = {}) {
        send(request(target, headers));
        return read_reply();
    }

    // The next message of an event stream (its lines, without the blank one), chunks taken apart;
    // empty at the end.
    std::string read_event() {
        while (true) {
            if (const auto end = events_.find("\n\n"); end != std::string::npos) {
                auto message = events_.substr(0, end);
                events_.erase(0, end + 2);
                return message;
            }
            if (!read_chunk()) return {};
        }
    }

  private:
    template <class Enough> void need(Enough enough) {
        while (!enough()) {
            const auto bytes = receive();
            if (bytes.empty()) throw std::runtime_error("connection ended; have: " + buffer_);
            buffer_ += bytes;
        }
    }
    bool read_chunk() {
        try {
            need([&] { return buffer_.find("\r\n") != std::string::npos; });
            const auto line_end = buffer_.find("\r\n");
            std::size_t size = 0;
            std::from_chars(buffer_.data(), buffer_.data() + line_end, size, 16);
            need([&] { return buffer_.size() >= line_end + 4 + size; });
            events_ += buffer_.substr(line_end + 2, size);
            buffer_.erase(0, line_end + 4 + size);
            return size > 0;
        } catch (const std::runtime_error&) {
            return false;
        }
    }

    http::UniqueFd fd_;
    bool ended_{};
    std::string buffer_;
    std::string events_;
};

} // namespace viz::test
