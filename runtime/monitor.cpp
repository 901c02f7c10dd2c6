#include "runtime/monitor.hpp"

#include <algorithm>
#include <cmath>

#include <spdlog/fmt/fmt.h>

#include "runtime/process_figures.hpp"

namespace viz::runtime {

namespace {

// The current rate follows changes within seconds.
constexpr double kCurrentSeconds = 5;
// So many heads in a row, and for so long: after an outage many heads come at once.
constexpr std::size_t kBlindHeads = 3;
constexpr std::int64_t kBlindNs = 10'000'000'000;

struct SumCount {
    double sum;
    double count;
};
SumCount totals_of(const bus::Histogram& histogram) {
    const auto collected = histogram.Collect().histogram;
    return {collected.sample_sum, static_cast<double>(collected.sample_count)};
}

double mean_ms(double sum, double count) {
    return count > 0 ? sum / count * 1000 : 0;
}

bool is_live(bus::EndpointState state) {
    return state == bus::EndpointState::subscribed;
}

} // namespace

Monitor::Monitor(bus::Metrics& metrics, bus::Bus& bus, const bus::Clock& clock,
                 MonitorInputs inputs)
    : metrics_(metrics), bus_(bus), clock_(clock), inputs_(std::move(inputs)),
      started_ns_(clock.mono_ns()),
      decoded_(metrics.counter("ingest_decode_total", "Transactions decoded and verified.")),
      failed_(metrics.counter("ingest_decode_fail_total",
                              "Transaction bodies rejected by verification.")),
      cpu_seconds_(
          metrics.counter("process_cpu_seconds_total", "User and system time of all threads.")),
      visible_(metrics.histogram("ingest_to_visible_seconds",
                                 "Time from the node's announcement to the read model.")),
      commit_(metrics.histogram("storage_commit_seconds", "Duration of one group commit.")),
      disconnects_(metrics.counter("ingest_disconnects_total",
                                   "Connections to nodes that ended, all endpoints.")),
      blind_heads_(metrics.gauge("search_blind_heads",
                                 "The newest heads in a row on which pending calls were wanted and "
                                 "none was observed; the most of all chains.")) {
    last_ = read_totals();
    metrics
        .gauge("process_start_time_seconds", "Start time of the service, seconds since the epoch.")
        .Set(static_cast<double>(clock.wall_unix_ns()) * 1e-9);
    export_process();
}

Monitor::Totals Monitor::read_totals() const {
    const auto visible = totals_of(visible_);
    const auto commit = totals_of(commit_);
    return {.at_ns = clock_.mono_ns(),
            .decoded = decoded_.Value(),
            .lag_sum = visible.sum,
            .lag_count = visible.count,
            .commit_sum = commit.sum,
            .commit_count = commit.count};
}

void Monitor::update_rates(const Totals& now) {
    const double elapsed = static_cast<double>(now.at_ns - last_.at_ns) * 1e-9;
    if (elapsed <= 0) return;
    const double rate = (now.decoded - last_.decoded) / elapsed;
    figures_.tx_per_sec_current =
        RateBaseline::blend(figures_.tx_per_sec_current, rate, elapsed, kCurrentSeconds);
    baseline_.sample(now.decoded, now.at_ns);
    // Until the usual rate is known, the current rate is used.
    figures_.tx_per_sec_baseline = baseline_.per_second().value_or(figures_.tx_per_sec_current);
    figures_.ingest_lag_ms = mean_ms(now.lag_sum - last_.lag_sum, now.lag_count - last_.lag_count);
    figures_.storage_write_latency_ms =
        mean_ms(now.commit_sum - last_.commit_sum, now.commit_count - last_.commit_count);
    last_ = now;
}

void Monitor::export_gauges() {
    const auto set = [this](const char* name, const char* help, double value) {
        metrics_.gauge(name, help).Set(value);
    };
    const auto& f = figures_;
    set("ingest_queue_depth", "Entries queued for storage.",
        static_cast<double>(f.queue_depth_current));
    set("ingest_queue_capacity", "Limit of the entries queued for storage.",
        static_cast<double>(f.queue_depth_capacity));
    set("ingest_lag_ms", "Mean time from announcement to visibility in the last interval.",
        f.ingest_lag_ms);
    set("ingest_tx_per_sec_current", "Transactions decoded per second, averaged over seconds.",
        f.tx_per_sec_current);
    set("ingest_tx_per_sec_baseline", "Transactions decoded per second, averaged over minutes.",
        f.tx_per_sec_baseline);
    // The total may shrink when an endpoint is forgotten; the counter must not.
    disconnects_.Increment(
        std::max(0.0, static_cast<double>(f.peer_disconnects_total) - disconnects_.Value()));
    set("clock_skew_seconds",
        "Provable lag of the local clock: a block's timestamp minus its arrival time, when "
        "positive.",
        f.clock_skew_ms / 1000);
    set("replay_lag_events", "Committed events that the read model has not applied yet.",
        static_cast<double>(inputs_.replay_lag_events()));
    for (const auto stream :
         {bus::Stream::pending, bus::Stream::query, bus::Stream::candidate, bus::Stream::journal}) {
        const bus::Metrics::Labels labels{{"stream", std::string(to_string(stream))}};
        const auto& stats = bus_.stats(stream);
        metrics_.gauge("bus_queue_depth", "Messages sent and not yet received.", labels)
            .Set(static_cast<double>(std::max<std::int64_t>(stats.depth(), 0)));
        metrics_
            .gauge("bus_queue_bytes", "Payloads of the messages sent and not yet received.", labels)
            .Set(static_cast<double>(std::max<std::int64_t>(stats.queued_bytes(), 0)));
    }
}

void Monitor::export_state_memory() {
    if (!inputs_.state_memory) return;
    for (const auto& chain : inputs_.state_memory()) {
        const std::map<std::string, std::string> label{
            {"chain_id", std::to_string(chain.chain_id)}};
        metrics_
            .gauge("state_cache_bytes",
                   "Cached state of a chain's newest blocks, limited by state-cache-mib.", label)
            .Set(static_cast<double>(chain.state_bytes));
        metrics_
            .gauge("state_code_cache_bytes",
                   "Cached analysed code, at most a quarter of state-cache-mib.", label)
            .Set(static_cast<double>(chain.code_bytes));
        metrics_
            .gauge("state_block_bytes",
                   "Transactions and results of the newest blocks, at most an eighth of "
                   "state-cache-mib.",
                   label)
            .Set(static_cast<double>(chain.block_bytes));
        const auto reach = [](bus::Counter& counter, std::uint64_t total) {
            counter.Increment(std::max(0.0, static_cast<double>(total) - counter.Value()));
        };
        reach(metrics_.counter(
                  "state_cache_evicted_total",
                  "Entries evicted by the limit from the newest state and its parents.", label),
              chain.evicted);
        reach(metrics_.counter("state_blocks_dropped_total",
                               "Blocks dropped by the limit on their bytes.", label),
              chain.blocks_gone);
    }
}

void Monitor::export_process() {
    const auto process = read_process_figures();
    if (!process) return;
    cpu_seconds_.Increment(std::max(0.0, process->cpu_s - cpu_seconds_.Value()));
    metrics_.gauge("process_resident_memory_bytes", "Physical memory in use.")
        .Set(static_cast<double>(process->resident_bytes));
    metrics_.gauge("process_open_fds", "Open file descriptors.")
        .Set(static_cast<double>(process->open_fds));
}

void Monitor::read_totals_and_depths(const std::vector<bus::EndpointStatus>& endpoints) {
    figures_.tx_decode_total = static_cast<std::uint64_t>(decoded_.Value());
    figures_.tx_decode_fail_total = static_cast<std::uint64_t>(failed_.Value());
    figures_.peer_disconnects_total = 0;
    figures_.clock_skew_ms = 0;
    figures_.search_blind_heads = static_cast<std::uint64_t>(blind_heads_.Value());
    for (const auto& endpoint : endpoints) {
        figures_.peer_disconnects_total += endpoint.disconnect_count;
        figures_.clock_skew_ms =
            std::max(figures_.clock_skew_ms, static_cast<double>(endpoint.clock_skew_ms));
    }
    figures_.queue_depth_current = static_cast<std::uint64_t>(
        std::max<std::int64_t>(bus_.stats(bus::Stream::journal).depth(), 0));
    figures_.queue_depth_capacity = static_cast<std::uint64_t>(bus_.capacity(bus::Stream::journal));
}

void Monitor::sample() {
    const auto endpoints = inputs_.endpoints();
    const std::scoped_lock lock(mutex_);
    update_problems(endpoints);
    update_rates(read_totals());
    read_totals_and_depths(endpoints);
    export_gauges();
    export_state_memory();
    export_process();
}

void Monitor::set_ready(bool ready) {
    const std::scoped_lock lock(mutex_);
    ready_ = ready;
}

// Totals and depths are current; rates are those of the last sample.
http::Figures Monitor::figures() {
    const auto endpoints = inputs_.endpoints();
    const std::scoped_lock lock(mutex_);
    read_totals_and_depths(endpoints);
    return figures_;
}

void Monitor::update_problem(const std::string& kind, std::string reason) {
    if (reason.empty()) {
        problems_.erase(kind);
        return;
    }
    auto& problem =
        problems_
            .try_emplace(kind, http::HealthProblem{.reason = {}, .since_unix_ms = clock_.unix_ms()})
            .first->second;
    problem.reason = std::move(reason);
}

// Where no search runs, nothing sets the gauge.
std::string Monitor::blindness() {
    const auto heads = static_cast<std::size_t>(blind_heads_.Value());
    if (heads < kBlindHeads) {
        blind_since_ns_.reset();
        return "";
    }
    if (!blind_since_ns_) blind_since_ns_ = clock_.mono_ns();
    if (clock_.mono_ns() - *blind_since_ns_ < kBlindNs) return "";
    return fmt::format("search_blind: no pending call was observed on the newest {} heads", heads);
}

void Monitor::update_problems(const std::vector<bus::EndpointStatus>& endpoints) {
    auto trouble = inputs_.storage_trouble();
    update_problem("storage", trouble.empty() ? "" : "storage: " + std::move(trouble));
    if (inputs_.record_problems)
        for (const auto& [kind, text] : inputs_.record_problems())
            update_problem(kind, text.empty() ? "" : kind + ": " + text);
    std::map<std::string_view, bool> live;
    for (const auto& endpoint : endpoints) live[endpoint.chain_key] |= is_live(endpoint.state);
    chains_ = live.size();
    chains_live_ = static_cast<std::size_t>(
        std::count_if(live.begin(), live.end(), [](const auto& chain) { return chain.second; }));
    update_problem("search_blind", blindness());
    update_problem("chains", chains_ == 0 || chains_live_ > 0 ? "" : "every chain is down");
}

http::Health Monitor::health() {
    http::Health health{.version = inputs_.version,
                        .ingest_mode = inputs_.ingest_mode,
                        .uptime_s = (clock_.mono_ns() - started_ns_) / 1'000'000'000};
    for (const auto& report : inputs_.components()) {
        const auto endpoint = inputs_.component_endpoints.find(report.name);
        health.components.push_back(
            {report.name, std::string(to_string(report.state)),
             endpoint != inputs_.component_endpoints.end() ? endpoint->second : "inproc"});
    }
    const auto endpoints = inputs_.endpoints();
    const std::scoped_lock lock(mutex_);
    update_problems(endpoints);
    for (const auto& [kind, problem] : problems_) health.problems.push_back(problem);
    health.ready = ready_;
    return health;
}

std::string Monitor::status_line() const {
    const std::scoped_lock lock(mutex_);
    std::string line;
    for (const auto& [kind, problem] : problems_) line += "degraded: " + problem.reason + "; ";
    if (chains_ > 0) line += fmt::format("{} of {} chains live, ", chains_live_, chains_);
    return line + fmt::format("{:.0f} tx/s, lag {:.1f} ms, {} decoded", figures_.tx_per_sec_current,
                              figures_.ingest_lag_ms, figures_.tx_decode_total);
}

std::vector<std::string> Monitor::stuck(std::int64_t limit_ns) const {
    const auto now = clock_.mono_ns();
    std::vector<std::string> names;
    for (const auto& report : inputs_.components())
        if (report.state == ComponentState::running && report.last_turn_ns != 0 &&
            now - report.last_turn_ns >= limit_ns)
            names.push_back(report.name);
    return names;
}

} // namespace viz::runtime
