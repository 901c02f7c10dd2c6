// A relay between Unix sockets whose connections a test can break, with what is on its way in them.
#pragma once

#include <array>
#include <atomic>
#include <cstring>
#include <list>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace viz::test {

class CutRelay {
  public:
    // Listens at `path` and connects who comes there with `target`.
    CutRelay(const std::string& path, std::string target)
        : target_(std::move(target)), listener_(unix_socket()) {
        const auto address = address_of(path);
        if (bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
            listen(listener_, 8) != 0)
            throw std::runtime_error("relay at " + path);
        thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
    }
    ~CutRelay() {
        thread_.request_stop();
        thread_.join();
        for (const auto& pair : pairs_) close_both(pair);
        close(listener_);
    }
    CutRelay(const CutRelay&) = delete;
    CutRelay& operator=(const CutRelay&) = delete;

    // From now on what the target says on the connections that there are goes nowhere.
    void swallow() { wait_for(swallowed_, ++swallow_); }
    // Breaks them; who comes anew is connected again.
    void cut() { wait_for(have_cut_, ++cut_); }

  private:
    static constexpr int kTurnMs = 2;
    struct Pair {
        int client;
        int target;
        bool swallows{};
    };

    static void wait_for(const std::atomic<int>& done, int wanted) {
        while (done != wanted) std::this_thread::yield();
    }
    static int unix_socket() { return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0); }
    static sockaddr_un address_of(const std::string& path) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
        return address;
    }
    static void close_both(const Pair& pair) {
        close(pair.client);
        close(pair.target);
    }

    void run(const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            obey();
            pollfd incoming{listener_, POLLIN, 0};
            std::vector<pollfd> all{incoming};
            for (const auto& pair : pairs_)
                for (const int fd : {pair.client, pair.target}) all.push_back({fd, POLLIN, 0});
            if (poll(all.data(), all.size(), kTurnMs) <= 0) continue;
            auto next = all.begin() + 1;
            for (auto pair = pairs_.begin(); pair != pairs_.end(); next += 2) {
                const bool open =
                    (next->revents == 0 || move(pair->client, pair->target, false)) &&
                    ((next + 1)->revents == 0 || move(pair->target, pair->client, pair->swallows));
                if (!open) close_both(*pair);
                pair = open ? std::next(pair) : pairs_.erase(pair);
            }
            if (all.front().revents != 0) welcome();
        }
    }
    void obey() {
        if (const auto wanted = swallow_.load(); wanted != swallowed_) {
            for (auto& pair : pairs_) pair.swallows = true;
            swallowed_ = wanted;
        }
        if (const auto wanted = cut_.load(); wanted != have_cut_) {
            for (const auto& pair : pairs_) close_both(pair);
            pairs_.clear();
            have_cut_ = wanted;
        }
    }
    void welcome() {
        const Pair pair{accept(listener_, nullptr, nullptr), unix_socket()};
        const auto address = address_of(target_);
        if (connect(pair.target, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
            pairs_.push_back(pair);
        else
            close_both(pair);
    }
    // False when one side has closed.
    bool move(int from, int to, bool swallows) {
        const auto got = read(from, buffer_.data(), buffer_.size());
        if (got <= 0) return false;
        for (ssize_t sent = 0; !swallows && sent < got;) {
            const auto n =
                send(to, buffer_.data() + sent, static_cast<std::size_t>(got - sent), MSG_NOSIGNAL);
            if (n <= 0) return false;
            sent += n;
        }
        return true;
    }

    std::string target_;
    int listener_;
    std::list<Pair> pairs_;
    std::array<char, 65536> buffer_{};
    std::atomic<int> swallow_{0};
    std::atomic<int> cut_{0};
    std::atomic<int> swallowed_{0};
    std::atomic<int> have_cut_{0};
    std::jthread thread_;
};

} // namespace viz::test
