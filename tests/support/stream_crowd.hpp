// Many clients of /stream at once, read on one thread: what a crowd of browsers is to the server.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>

#include <cstdint>
#include <deque>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/http_client.hpp"

namespace viz::test {

// A client costs its own descriptor and up to two of the server's, all in this process. Throws
// where the machine does not allow as many.
inline void allow_descriptors(rlim_t wanted) {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur >= wanted) return;
    limit.rlim_cur = std::min(wanted, limit.rlim_max);
    if (limit.rlim_cur < wanted || ::setrlimit(RLIMIT_NOFILE, &limit) != 0)
        throw std::runtime_error("needs " + std::to_string(wanted) + " open files (ulimit -Hn)");
}

// Of this process, bytes.
inline std::uint64_t resident_bytes() {
    std::ifstream statm("/proc/self/statm");
    std::uint64_t total = 0;
    std::uint64_t resident = 0;
    statm >> total >> resident;
    return resident * 4096;
}

class StreamCrowd {
  public:
    explicit StreamCrowd(std::uint16_t port) : port_(port) {}

    void join(std::size_t clients) {
        for (std::size_t i = 0; i < clients; ++i) {
            members_.emplace_back(port_);
            members_.back().client.send(HttpClient::request("/stream"));
        }
    }

    // Reads until everyone has had event `last`, or the time is up. The events must come one by
    // one: what does not is counted in faults().
    bool read_up_to(std::uint64_t last, std::chrono::milliseconds limit) {
        const auto end = std::chrono::steady_clock::now() + limit;
        while (std::chrono::steady_clock::now() < end) {
            std::vector<pollfd> waiting;
            std::vector<Member*> who;
            for (auto& member : members_) {
                if (member.at >= last || member.ended) continue;
                waiting.push_back({.fd = member.client.fd(), .events = POLLIN, .revents = 0});
                who.push_back(&member);
            }
            if (waiting.empty()) return ended_ == 0;
            ::poll(waiting.data(), waiting.size(), 100);
            for (std::size_t i = 0; i < waiting.size(); ++i)
                if (waiting[i].revents != 0) read(*who[i]);
        }
        return false;
    }
    // Everyone has been greeted.
    bool greeted(std::chrono::milliseconds limit) {
        const auto end = std::chrono::steady_clock::now() + limit;
        for (auto& member : members_)
            while (!member.greeted && std::chrono::steady_clock::now() < end) read(member);
        for (const auto& member : members_)
            if (!member.greeted) return false;
        return true;
    }
    std::uint64_t faults() const { return faults_; }
    std::uint64_t ended() const { return ended_; }
    // Where the next event is expected to be from.
    void expect_after(std::uint64_t seq_id) {
        for (auto& member : members_) member.at = seq_id;
    }

  private:
    struct Member {
        explicit Member(std::uint16_t port) : client(port) {}
        HttpClient client;
        std::string line; // begun
        std::uint64_t at{};
        bool greeted{};
        bool ended{};
    };

    void read(Member& member) {
        const auto bytes = member.client.receive(std::chrono::milliseconds(100));
        if (bytes.empty() && member.client.ended()) {
            member.ended = true;
            ++ended_;
            return;
        }
        for (const char c : bytes) {
            if (c != '\n') {
                member.line += c;
                continue;
            }
            take_line(member);
            member.line.clear();
        }
    }
    void take_line(Member& member) {
        if (member.line == "event: hello") member.greeted = true;
        if (!member.line.starts_with("id: ")) return;
        const auto id = std::stoull(member.line.substr(4));
        if (id != member.at + 1) ++faults_;
        member.at = id;
    }

    std::uint16_t port_;
    std::deque<Member> members_;
    std::uint64_t faults_{};
    std::uint64_t ended_{};
};

} // namespace viz::test
