// The whole service under load: a fake node on loopback announces mainnet's transactions, signed
// anew, with full bodies; a whole NodeRuntime decodes, recovers senders, follows, labels, commits
// with synchronous=full and serves. Node, service and watcher share the machine's cores.
//
//   tx_per_s    first announcement until the last transaction is visible in the API's read model
//   visible_*   node's announcement (read from the socket) to the read model, as in /metrics:
//               upper bound of the bucket the percentile falls in
//   client_*    the same to a client of /stream, exact, at rates the watcher can read along
//   dropped     every kind of drop together
//   behind_ms   last announcement sent until it is visible
#include <algorithm>
#include <chrono>
#include <cmath>
#include <sstream>
#include <thread>
#include <unordered_map>

#include <benchmark/benchmark.h>
#include <spdlog/spdlog.h>

#include "runtime/node_runtime_builder.hpp"
#include "tests/support/fake_node.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/mainnet_load.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/wait.hpp"

namespace viz::test {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kMost = 100'000;

std::shared_ptr<const std::vector<std::string>> notices(std::size_t count) {
    static const auto load = mainnet_load(kMost, 32);
    auto out = std::make_shared<std::vector<std::string>>();
    for (std::size_t i = 0; i < count; ++i)
        out->push_back(FakeNode::pending_notice(load.bodies[i]));
    return out;
}

runtime::Config config_for(const FakeNode& node, const TempDir& dir) {
    runtime::Config config;
    config.bind = "127.0.0.1:0";
    config.storage_path = dir.file("record.db");
    config.log = "error";
    config.rate_limit_per_minute = 0;
    config.chains = {{.chain_key = "mainnet",
                      .chain_id = eth::ChainId{1},
                      .source_id = "node",
                      .endpoints = {{node.ws_url(), node.http_url(), ""}}}};
    return config;
}

// What /metrics says.
class Scrape {
  public:
    explicit Scrape(std::uint16_t port) : text_(HttpClient(port).get("/metrics").body) {}

    // Over all label sets of the series.
    double sum(const std::string& name) const {
        double total = 0;
        each(name, [&](const std::string&, double value) { total += value; });
        return total;
    }
    // Upper bound of the bucket that holds this share of the observations, in milliseconds.
    double bound_ms(const std::string& histogram, double share) const {
        const double wanted = share * sum(histogram + "_count");
        double bound = std::numeric_limits<double>::infinity();
        each(histogram + "_bucket", [&](const std::string& labels, double count) {
            const auto at = labels.find("le=\"");
            const auto le = labels.substr(at + 4, labels.find('"', at + 4) - at - 4);
            if (count >= wanted && le != "+Inf") bound = std::min(bound, std::stod(le));
        });
        return bound * 1e3;
    }

  private:
    template <class Take> void each(const std::string& name, Take take) const {
        std::istringstream lines(text_);
        const auto full = "viz_api_" + name;
        for (std::string line; std::getline(lines, line);) {
            if (!line.starts_with(full)) continue;
            const auto next = line[full.size()];
            if (next != '{' && next != ' ') continue;
            take(line, std::stod(line.substr(line.rfind(' ') + 1)));
        }
    }
    std::string text_;
};

// Reads /stream along and notes how long each transaction took to arrive there.
class Watcher {
  public:
    explicit Watcher(std::uint16_t port) : client_(port) {
        client_.send(HttpClient::request("/stream"));
        client_.read_head();
        thread_ = std::jthread([this] { run(); });
    }
    std::vector<double> stop() {
        ::shutdown(client_.fd(), SHUT_RDWR);
        thread_.join();
        std::ranges::sort(lags_ms_);
        return std::move(lags_ms_);
    }

  private:
    void run() {
        for (auto event = client_.read_event(); !event.empty(); event = client_.read_event()) {
            const auto now = SteadyClock::now().time_since_epoch();
            const auto hash = after(event, "\"hash\":\"").substr(0, 66);
            if (event.find("\"type\":\"TxSeen\"") != std::string::npos)
                seen_.emplace(hash, std::stoll(after(event, "\"ingest_ts_mono_ns\":")));
            else if (event.find("\"type\":\"TxDecoded\"") != std::string::npos)
                if (const auto seen = seen_.find(hash); seen != seen_.end())
                    lags_ms_.push_back(
                        static_cast<double>(std::chrono::nanoseconds(now).count() - seen->second) /
                        1e6);
        }
    }
    static std::string after(const std::string& text, const std::string& mark) {
        const auto at = text.find(mark);
        return at == std::string::npos ? "0" : text.substr(at + mark.size(), 80);
    }

    HttpClient client_;
    std::unordered_map<std::string, std::int64_t> seen_;
    std::vector<double> lags_ms_;
    std::jthread thread_;
};

double dropped(const Scrape& scrape) {
    return scrape.sum("ingest_drops_total") + scrape.sum("ingest_decode_fail_total");
}

void report(benchmark::State& state, const Scrape& scrape) {
    state.counters["visible_p50_ms"] = scrape.bound_ms("ingest_to_visible_seconds", 0.50);
    state.counters["visible_p99_ms"] = scrape.bound_ms("ingest_to_visible_seconds", 0.99);
    state.counters["dropped"] = dropped(scrape);
    state.counters["events_per_commit"] =
        scrape.sum("storage_events_total") / scrape.sum("storage_commit_seconds_count");
    state.counters["commit_p99_ms"] = scrape.bound_ms("storage_commit_seconds", 0.99);
}

// Transactions announced at `rate` a second for five seconds.
void Pipeline(benchmark::State& state) {
    spdlog::set_level(spdlog::level::err);
    const auto rate = static_cast<double>(state.range(0));
    const auto count = state.range(0) == 0
                           ? kMost
                           : std::min<std::size_t>(kMost, 5 * static_cast<std::size_t>(rate));
    const auto prepared = notices(count);
    for (auto _ : state) {
        const TempDir dir;
        FakeNode node({.chain_id = 1});
        auto service = runtime::NodeRuntimeBuilder().config(config_for(node, dir)).build();
        service.start();
        if (!eventually([&] { return node.subscribers() == 1; })) state.SkipWithError("down");
        std::optional<Watcher> watcher;
        if (rate <= 2000) watcher.emplace(service.http_port());

        const auto start = SteadyClock::now();
        node.play(prepared, rate, count);
        if (!eventually([&] { return node.played() == count; }, std::chrono::seconds(60)))
            state.SkipWithError("the node could not send");
        const auto sent = SteadyClock::now();
        const auto accounted = [&] {
            const Scrape now(service.http_port());
            return now.sum("ingest_to_visible_seconds_count") + dropped(now) >=
                   static_cast<double>(count);
        };
        if (!eventually(accounted, std::chrono::seconds(60)))
            state.SkipWithError("some transactions are neither visible nor counted as dropped");
        const std::chrono::duration<double> all = SteadyClock::now() - start;
        state.SetIterationTime(all.count());
        state.counters["tx_per_s"] = static_cast<double>(count) / all.count();
        state.counters["behind_ms"] =
            std::chrono::duration<double, std::milli>(SteadyClock::now() - sent).count();
        report(state, Scrape(service.http_port()));
        if (watcher) {
            const auto lags = watcher->stop();
            if (lags.empty()) return state.SkipWithError("the stream showed nothing");
            state.counters["client_p50_ms"] = lags[lags.size() / 2];
            state.counters["client_p99_ms"] = lags[lags.size() * 99 / 100];
        }
        service.shutdown();
    }
}
BENCHMARK(Pipeline)
    ->ArgName("rate")
    ->Arg(1'000)
    ->Arg(5'000)
    ->Arg(10'000)
    ->Arg(20'000)
    ->Iterations(1)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

} // namespace
} // namespace viz::test

BENCHMARK_MAIN();
