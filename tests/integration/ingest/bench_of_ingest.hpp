// Ingest against fake nodes: the component on a real bus, with everything it sends collected.
#pragma once

#include <memory>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

#include "bus/reactor.hpp"
#include "components/eth/hex.hpp"
#include "components/ingest/component.hpp"
#include "tests/support/fake_node.hpp"
#include "tests/support/values.hpp"
#include "tests/support/wait.hpp"

namespace viz::ingest {

inline constexpr eth::ChainId kChain{31337};

inline ChainConfig chain_of(const std::vector<const test::FakeNode*>& nodes,
                            ChainMode mode = ChainMode::rotate) {
    ChainConfig chain{.chain_key = "devnet",
                      .chain_id = kChain,
                      .source_id = "node",
                      .endpoints = {},
                      .mode = mode};
    for (const auto* node : nodes)
        chain.endpoints.push_back(
            {.ws_url = node->ws_url(), .http_url = node->http_url(), .source_id = {}});
    return chain;
}

// Short times, so that tests need not wait.
inline IngestConfig config_of(ChainConfig chain) {
    using std::chrono::milliseconds;
    IngestConfig config;
    config.chains = {std::move(chain)};
    config.rpc_retry_backoff = milliseconds{10};
    config.rpc_batch_flush = milliseconds{5};
    config.silence_limit = milliseconds{60'000};
    config.connect_timeout = milliseconds{5'000};
    config.request_timeout = milliseconds{5'000};
    config.reconnect_backoff = milliseconds{10};
    config.reconnect_backoff_max = milliseconds{100};
    return config;
}

class IngestBench {
  public:
    // decode_capacity 0: nobody bounds the queue below its default.
    explicit IngestBench(IngestConfig config, std::vector<ChainRecovery> recovery = {},
                         std::int64_t decode_capacity = 0, bool read_pending = true)
        : bus_(metrics_, clock_) {
        if (decode_capacity > 0) bus_.set_capacity(bus::Stream::pending, decode_capacity);
        // The receivers' ends that bind come first.
        journal_in_.emplace(bus_.receiver(bus::Stream::journal));
        ports_ = std::make_unique<IngestPorts>(
            IngestPorts{.pending = bus::PendingOut(bus_.sender(bus::Stream::pending, "ingest")),
                        .chain = bus::ChainOut(bus_.sender(bus::Stream::chain, "ingest")),
                        .query = bus::QueryIn(bus_.receiver(bus::Stream::query)),
                        .journal = bus::JournalOut(bus_.sender(bus::Stream::journal, "ingest"),
                                                   "ingest", metrics_)});
        pending_in_.emplace(bus_.receiver(bus::Stream::pending));
        chain_in_.emplace(bus_.receiver(bus::Stream::chain));
        query_out_.emplace(bus_.sender(bus::Stream::query, "test"));
        collect(read_pending);
        component_ = std::make_unique<IngestComponent>(
            std::move(config), *ports_, clock_, metrics_,
            [engine = std::make_shared<std::mt19937_64>(42)] { return (*engine)(); },
            std::move(recovery));
        collector_ = std::jthread([this](std::stop_token stop) { reactor_.run(stop); });
        thread_ = std::jthread([this](std::stop_token stop) { component_->run(stop); });
    }
    ~IngestBench() {
        stop();
        collector_.request_stop();
        collector_.join();
    }
    IngestBench(const IngestBench&) = delete;
    IngestBench& operator=(const IngestBench&) = delete;

    void stop() {
        if (!thread_.joinable()) return;
        thread_.request_stop();
        thread_.join();
    }

    template <class T> std::vector<T> all() const {
        const std::lock_guard lock(mutex_);
        return std::get<std::vector<T>>(lists_);
    }
    template <class T> std::size_t count() const { return all<T>().size(); }
    std::vector<bus::PendingTx> bodies_of(const eth::Hash& hash) const {
        std::vector<bus::PendingTx> out;
        for (auto& tx : all<bus::PendingTx>())
            if (tx.announced_hash == hash) out.push_back(tx);
        return out;
    }
    template <class T> std::vector<bus::Envelope> journal_of(const eth::Hash& hash) const {
        std::vector<bus::Envelope> out;
        for (auto& entry : all<bus::Envelope>()) {
            const auto* data = std::get_if<T>(&entry.data);
            if (data != nullptr && data->hash == hash) out.push_back(entry);
        }
        return out;
    }
    std::optional<bus::EndpointStatus> status() const {
        const auto list = all<bus::EndpointStatus>();
        if (list.empty()) return std::nullopt;
        return list.back();
    }
    bool was_in(bus::EndpointState state) const {
        for (const auto& status : all<bus::EndpointStatus>())
            if (status.state == state) return true;
        return false;
    }
    bool saw_error(std::string_view text) const {
        for (const auto& status : all<bus::EndpointStatus>())
            if (status.last_error == text) return true;
        return false;
    }
    // What lifecycle and decode send.
    template <class Message> void send(const Message& message) {
        // A socket belongs to one thread: the collector's.
        reactor_.post([this, message] { (void)query_out_->send(message); });
    }

    double counter(const std::string& name, const bus::Metrics::Labels& labels) {
        return metrics_.counter(name, "", labels).Value();
    }
    double received() { return counter("ingest_received_total", {{"chain", "devnet"}}); }
    double observed(const std::string& result) {
        return counter("ingest_observations_total", {{"chain", "devnet"}, {"result", result}});
    }
    double dropped(const std::string& reason) {
        return counter("ingest_drops_total", {{"reason", reason}, {"component", "ingest"}});
    }
    double faults(const std::string& kind) {
        return counter("ingest_faults_total", {{"chain", "devnet"}, {"kind", kind}});
    }
    // The law: what was taken in has ended in exactly one way.
    bool conserved() {
        return received() == observed("new") + observed("duplicate") + observed("dropped");
    }

  private:
    void collect(bool read_pending) {
        if (read_pending) reactor_.on(*pending_in_, [this](const bus::PendingTx& tx) { keep(tx); });
        reactor_.on(*chain_in_, [this](const auto& message) { keep(message); });
        reactor_.on_message(*journal_in_, [this](bus::Received& received) {
            if (auto entry = bus::decode<bus::Envelope>(received.payload())) keep(*entry);
        });
    }
    template <class T> void keep(const T& value) {
        const std::lock_guard lock(mutex_);
        std::get<std::vector<T>>(lists_).push_back(value);
    }

    bus::SystemClock clock_;
    bus::Metrics metrics_;
    bus::Bus bus_;
    std::optional<bus::Receiver> journal_in_;
    std::unique_ptr<IngestPorts> ports_;
    std::optional<bus::PendingIn> pending_in_;
    std::optional<bus::ChainIn> chain_in_;
    std::optional<bus::QueryOut> query_out_;
    bus::Reactor reactor_;
    mutable std::mutex mutex_;
    std::tuple<std::vector<bus::PendingTx>, std::vector<bus::Head>, std::vector<bus::Reorg>,
               std::vector<bus::EndpointStatus>, std::vector<bus::AccountNonce>,
               std::vector<bus::TxPresence>, std::vector<bus::Envelope>>
        lists_;
    std::unique_ptr<IngestComponent> component_;
    std::jthread collector_;
    std::jthread thread_;
};

inline std::string hex_of(const eth::Hash& hash) {
    return eth::to_hex(hash.view());
}
inline std::string tx(std::uint64_t n) {
    return test::transaction_json(test::hash_of(n), test::address_of(n), n);
}

} // namespace viz::ingest
