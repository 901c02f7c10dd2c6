// What the HTTP tests and benchmarks stand on: a record in memory, events to fill it with, and a
// server's parts put together.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <mutex>

#include "bus/opportunity_fold.hpp"
#include "bus/transaction_fold.hpp"
#include "http/api.hpp"
#include "http/read_model.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/values.hpp"

namespace viz::test {

// A log that numbers what is appended, from 1.
class MemoryHistory : public http::History {
  public:
    bus::Envelope append(bus::Envelope event) {
        const std::lock_guard lock(mutex_);
        if (bus::is_numbered(bus::type_of(event.data))) {
            event.seq_id = log_.size() + 1;
            log_.push_back(event);
        }
        note_findings(event);
        if (const auto hash = bus::hash_of(event.data)) {
            const auto [record, made] =
                records_.try_emplace(*hash, bus::new_record(*hash, event.chain_id));
            bus::apply(record->second, event);
        }
        return event;
    }
    // As if the events up to `seq_id` had been pruned.
    void forget_up_to(std::uint64_t seq_id) {
        const std::lock_guard lock(mutex_);
        forgotten_ = seq_id;
    }

    // Runs before every look at the log; set before anybody looks.
    std::function<void()> before_events;

    std::vector<bus::Envelope> events(const http::EventQuery& query) override {
        if (before_events) before_events();
        const std::lock_guard lock(mutex_);
        const http::EventFilter filter{query.types, query.chain_id};
        std::vector<bus::Envelope> out;
        for (auto i = static_cast<std::size_t>(std::max(query.after, forgotten_));
             i < log_.size() && out.size() < query.limit; ++i)
            if (filter.wants(bus::type_of(log_[i].data), log_[i].chain_id)) out.push_back(log_[i]);
        return out;
    }
    std::optional<bus::TransactionRecord> transaction(const bus::Hash& hash) override {
        const std::lock_guard lock(mutex_);
        const auto found = records_.find(hash);
        if (found == records_.end()) return std::nullopt;
        return found->second;
    }
    std::vector<bus::TransactionRecord> open_transactions(std::size_t limit) override {
        const std::lock_guard lock(mutex_);
        std::vector<bus::TransactionRecord> out;
        for (const auto& [hash, record] : records_)
            if (bus::is_open(record.lifecycle_status) && out.size() < limit) out.push_back(record);
        return out;
    }
    std::vector<bus::OpportunityRecord> newest_opportunities(std::size_t limit) override {
        const std::lock_guard lock(mutex_);
        std::vector<bus::OpportunityRecord> out;
        for (const auto& [id, record] : opportunities_)
            if (record.detected) out.push_back(record);
        std::ranges::sort(out, {}, &bus::OpportunityRecord::detected_seq_id);
        if (out.size() > limit) out.erase(out.begin(), out.end() - static_cast<long>(limit));
        return out;
    }
    bus::ParityHistory parity_history(std::size_t checked, std::size_t misses) override {
        const std::lock_guard lock(mutex_);
        auto past = parity_;
        const auto keep_newest = [](auto& list, std::size_t most) {
            if (list.size() > most) list.erase(list.begin(), list.end() - static_cast<long>(most));
        };
        keep_newest(past.checked, checked);
        keep_newest(past.misses, misses);
        return past;
    }
    std::optional<bus::ExposureRecord> exposure(const bus::Hash& hash) override {
        const std::lock_guard lock(mutex_);
        const auto found = exposures_.find(hash);
        if (found == exposures_.end()) return std::nullopt;
        return found->second;
    }
    std::vector<bus::Envelope> events_about(const bus::Hash& id,
                                            std::span<const bus::EventType> types) override {
        const std::lock_guard lock(mutex_);
        std::vector<bus::Envelope> out;
        for (const auto& event : log_)
            if (std::ranges::count(types, bus::type_of(event.data)) != 0 &&
                std::ranges::count(bus::subjects_of(event.data), id) != 0)
                out.push_back(event);
        return out;
    }
    std::vector<bus::Envelope> newest_about(std::span<const bus::EventType> types,
                                            std::size_t limit, std::uint64_t last) override {
        const std::lock_guard lock(mutex_);
        std::map<bus::EventType, std::size_t> taken;
        std::vector<bus::Envelope> out;
        for (auto event = log_.rbegin(); event != log_.rend(); ++event) {
            const auto type = bus::type_of(event->data);
            if (event->seq_id > last || std::ranges::count(types, type) == 0) continue;
            if (taken[type]++ < limit) out.push_back(*event);
        }
        std::ranges::reverse(out);
        return out;
    }
    bus::BuilderHistory builder_history() override {
        const std::lock_guard lock(mutex_);
        return {.up_to_seq_id = log_.size(), .counts = building_};
    }
    std::vector<bus::Envelope> newest_blocks() override {
        const std::lock_guard lock(mutex_);
        std::vector<bus::Envelope> out;
        for (const auto& [chain, block] : blocks_) out.push_back(block);
        return out;
    }
    std::uint64_t latest_seq_id() override {
        const std::lock_guard lock(mutex_);
        return log_.size();
    }
    std::uint64_t oldest_seq_id() override {
        const std::lock_guard lock(mutex_);
        return log_.size() > forgotten_ ? forgotten_ + 1 : 0;
    }

  private:
    void note_findings(const bus::Envelope& event) {
        if (const auto id = bus::candidate_of(event.data))
            bus::apply(opportunities_.try_emplace(*id, bus::new_opportunity(*id, event.chain_id))
                           .first->second,
                       event);
        if (const auto* exposure = std::get_if<bus::Exposure>(&event.data))
            exposures_[exposure->hash] = {event.chain_id, *exposure, event.ingest_ts_unix_ms};
        if (std::holds_alternative<bus::BlockRecord>(event.data)) blocks_[event.chain_id] = event;
        if (const auto* decision = std::get_if<bus::AssemblyDecisionApplied>(&event.data))
            count_building({event.chain_id, decision->decision, decision->reason, 1});
        if (const auto* submitted = std::get_if<bus::BundleSubmitted>(&event.data))
            count_building({event.chain_id, "submitted", submitted->final_state, 1});
        const auto* parity = std::get_if<bus::SimParity>(&event.data);
        if (parity == nullptr) return;
        ++parity_.totals.of(*bus::parity_result_from_string(parity->result));
        if (parity->result != "unchecked") parity_.checked.push_back(parity->result == "match");
        if (parity->result == "mismatch") parity_.misses.push_back({event.chain_id, *parity});
    }

    void count_building(const bus::BuilderCounts& one) {
        for (auto& known : building_)
            if (known.chain_id == one.chain_id && known.what == one.what &&
                known.reason == one.reason) {
                ++known.count;
                return;
            }
        building_.push_back(one);
    }

    std::mutex mutex_;
    std::vector<bus::Envelope> log_;
    std::vector<bus::BuilderCounts> building_;
    std::map<bus::ChainId, bus::Envelope> blocks_;
    std::map<bus::Hash, bus::TransactionRecord> records_;
    std::map<bus::Hash, bus::OpportunityRecord> opportunities_;
    std::map<bus::Hash, bus::ExposureRecord> exposures_;
    bus::ParityHistory parity_;
    std::uint64_t forgotten_{};
};

inline constexpr std::int64_t kStartMs = 1'700'000'000'000;

inline bus::Envelope event(bus::EventData data, std::int64_t at_ms = kStartMs,
                           const std::string& source = "node-a", std::uint64_t chain = 1) {
    bus::Envelope envelope;
    envelope.ingest_ts_unix_ms = eth::UnixMs{at_ms};
    envelope.ingest_ts_mono_ns = eth::MonoNs{(at_ms - kStartMs) * 1'000'000 + 1};
    envelope.source_id = source;
    envelope.chain_id = eth::ChainId{chain};
    envelope.data = std::move(data);
    return envelope;
}

inline bus::TxDecoded decoded(std::uint64_t n) {
    bus::TxDecoded tx;
    tx.hash = hash_of(n);
    tx.sender = address_of(n % 1000);
    tx.tx_type = eth::TxType::dynamic_fee;
    tx.nonce = n / 1000;
    tx.to = address_of(7);
    tx.value = eth::U256{1'000'000'000'000'000'000} * eth::U256{100 + n};
    tx.gas_limit = eth::Gas{21000};
    tx.max_fee_per_gas = eth::U256{30'000'000'000};
    tx.max_priority_fee_per_gas = eth::U256{1'000'000'000};
    tx.calldata_len = 68;
    tx.raw_tx_len = 180;
    tx.selector = eth::Selector{{{0xa9, 0x05, 0x9c, 0xbb}}};
    tx.first_seen_unix_ms = eth::UnixMs{kStartMs};
    tx.first_seen_mono_ns = eth::MonoNs{1};
    return tx;
}

inline bus::Feature label(std::uint64_t n, std::uint64_t chain = 1, std::uint32_t mev_score = 50) {
    bus::Feature feature;
    feature.hash = hash_of(n);
    feature.chain_id = eth::ChainId{chain};
    feature.protocol = n % 2 == 0 ? "uniswap-v2" : "erc20";
    feature.category = n % 2 == 0 ? "swap" : "transfer";
    feature.mev_score = mev_score;
    feature.urgency_score = 20;
    feature.method_selector = eth::Selector{{{0xa9, 0x05, 0x9c, 0xbb}}};
    feature.engine_version = "1.0.0";
    return feature;
}

class FixedFigures final : public http::FigureSource {
  public:
    http::Figures figures() override { return value; }
    http::Figures value;
};

class FixedHealth final : public http::HealthSource {
  public:
    http::Health health() override { return value; }
    http::Health value;
};

// Model, record and Api over them.
struct ApiParts {
    explicit ApiParts(http::ApiConfig config = {}, const http::ReadModelLimits& limits = {})
        : model(&history, limits),
          api(http::Sources{model, history, figures, health, clock, metrics}, std::move(config)) {}

    // Records the event and shows it to the model.
    bus::Envelope feed(bus::Envelope e) {
        auto numbered = history.append(std::move(e));
        model.apply(numbered);
        return numbered;
    }
    // A transaction with its usual events: seen, decoded, ready, labelled.
    void feed_transaction(std::uint64_t n, std::uint64_t chain = 1, std::uint32_t mev_score = 50) {
        const auto at = kStartMs + static_cast<std::int64_t>(n);
        feed(event(bus::TxSeen{.hash = hash_of(n)}, at, "node-a", chain));
        feed(event(decoded(n), at, "node-a", chain));
        feed(event(bus::TxReady{.hash = hash_of(n),
                                .sender = address_of(n % 1000),
                                .nonce = n / 1000,
                                .reason = "next_nonce"},
                   at, "lifecycle", chain));
        feed(event(label(n, chain, mev_score), at, "features", chain));
    }
    http::Response get(const std::string& path, const std::string& query = {}) {
        return api.handle(http::Request{.path = path, .query = query});
    }

    MemoryHistory history;
    FixedFigures figures;
    FixedHealth health;
    FakeClock clock;
    bus::Metrics metrics;
    http::ReadModel model;
    http::Api api;
};

} // namespace viz::test
