// A process at one end of a bridge, without being one: for tests of bridges.
#pragma once

#include <list>
#include <thread>

#include "bus/bridge.hpp"
#include "tests/support/values.hpp"

namespace viz::bus {

// What a process has: a bus of its own and its bridges, each on its thread.
class Process {
  public:
    explicit Process(std::uint64_t incarnation, std::optional<CurveKey> key = {},
                     std::unique_ptr<Clock> clock = std::make_unique<SystemClock>())
        : clock_(std::move(clock)), hub_({.metrics = metrics,
                                          .clock = *clock_,
                                          .board = board,
                                          .key = std::move(key),
                                          .incarnation = incarnation}) {
        if (auto gatekeeper = hub_.gatekeeper()) run(std::move(gatekeeper));
    }
    ~Process() { stop(); }
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    void exports(Stream stream, const Endpoint& to, std::set<std::string> components) {
        run(hub_.exporter({stream, to, std::move(components)}, bus.receiver(stream)));
    }
    void imports(Stream stream, const Endpoint& from, std::set<std::string> components) {
        run(hub_.importer({stream, from, std::move(components)}, bus.sender(stream, "bridge")));
    }
    void stop() {
        bus.stop_sending();
        for (auto& each : running_) each.thread.request_stop();
        running_.clear();
    }
    // Of a stream, for whatever reason.
    double lost(const std::string& stream) const {
        double all = 0;
        for (const char* reason : {"absent", "cut", "full", "unconfirmed"})
            all += metric("bus_remote_lost_total{reason=\"" + std::string(reason) + "\",stream=\"" +
                          stream + "\"}");
        return all;
    }
    double metric(const std::string& name) const {
        const auto text = metrics.text();
        const auto at = text.find("\nviz_api_" + name + " ");
        return at == std::string::npos ? 0 : std::stod(text.substr(at + name.size() + 10));
    }

    Metrics metrics;
    PeerBoard board;

  private:
    struct Running {
        std::unique_ptr<Component> component;
        std::jthread thread;
    };
    void run(std::unique_ptr<Component> component) {
        auto& each = running_.emplace_back();
        each.component = std::move(component);
        each.thread = std::jthread([&c = *each.component](std::stop_token stop) { c.run(stop); });
    }

    std::unique_ptr<Clock> clock_;

  public:
    Bus bus{metrics, *clock_};

  private:
    BridgeHub hub_;
    std::list<Running> running_;
};

inline DecodedTx decoded(std::uint64_t n) {
    return DecodedTx{
        .chain_id = ChainId{1}, .source_id = "a", .hash = test::hash_of(n), .nonce = n};
}

// Takes what has come; the nonces in order.
inline std::vector<std::uint64_t> take(TxIn& in) {
    std::vector<std::uint64_t> nonces;
    Received received;
    while (in.receiver().try_receive(received))
        if (const auto tx = in.decode(received)) nonces.push_back(std::get<DecodedTx>(*tx).nonce);
    return nonces;
}

} // namespace viz::bus
