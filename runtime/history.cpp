#include "runtime/history.hpp"

#include <iterator>

#include <spdlog/spdlog.h>

namespace viz::runtime {

static_assert(http::History::kPointEvery == storage::kPointEvery);

namespace {

template <class T> T value_of(storage::Reader::Answer<T> answer) {
    if (answer) return std::move(*answer);
    const std::string reason(storage::to_string(answer.error().reason));
    spdlog::warn("cannot read the record reason={} detail=\"{}\"", reason, answer.error().detail);
    throw http::RecordUnavailable(reason);
}

} // namespace

std::vector<bus::Envelope> StoreHistory::events(const http::EventQuery& query) {
    return value_of(reader_.events({.after = query.after,
                                    .types = query.types,
                                    .chain_id = query.chain_id,
                                    .limit = query.limit}));
}

std::optional<http::TransactionRecord> StoreHistory::transaction(const bus::Hash& hash) {
    return value_of(reader_.transaction(hash));
}

std::vector<http::TransactionRecord> StoreHistory::open_transactions(std::size_t limit) {
    std::vector<http::TransactionRecord> all;
    for (const auto chain : chains_) {
        auto some = value_of(reader_.open_transactions(chain, limit));
        all.insert(all.end(), std::make_move_iterator(some.begin()),
                   std::make_move_iterator(some.end()));
    }
    return all;
}

std::uint64_t StoreHistory::latest_seq_id() {
    return value_of(reader_.latest_seq_id());
}
std::uint64_t StoreHistory::oldest_seq_id() {
    return value_of(reader_.oldest_seq_id());
}

std::vector<bus::OpportunityRecord> StoreHistory::newest_opportunities(std::size_t limit) {
    return value_of(reader_.newest_opportunities(limit));
}
bus::ParityHistory StoreHistory::parity_history(std::size_t checked, std::size_t misses) {
    return value_of(reader_.parity_history(checked, misses));
}
std::optional<bus::ExposureRecord> StoreHistory::exposure(const bus::Hash& hash) {
    return value_of(reader_.exposure(hash));
}

std::vector<bus::Envelope> StoreHistory::events_about(const bus::Hash& id,
                                                      std::span<const bus::EventType> types) {
    return value_of(reader_.events_about(id, types, kMostAbout));
}
std::vector<bus::Envelope> StoreHistory::newest_about(std::span<const bus::EventType> types,
                                                      std::size_t limit, std::uint64_t last) {
    return value_of(reader_.newest_about(types, limit, last));
}
bus::BuilderHistory StoreHistory::builder_history() {
    return value_of(reader_.builder_history());
}
std::vector<bus::Envelope> StoreHistory::newest_blocks() {
    std::vector<bus::Envelope> newest;
    for (const auto chain : chains_)
        for (const auto& block : value_of(reader_.newest_blocks(chain, 1))) {
            auto& record = newest.emplace_back();
            record.chain_id = chain;
            record.data = block;
        }
    return newest;
}

void StoreHistory::walk(std::uint64_t after, std::uint64_t last,
                        const std::function<void(const bus::PendingStep&)>& visit) {
    value_of(reader_.walk(after, last, visit));
}

// An unusable checkpoint makes the answer slower, not wrong: the log contains everything.
http::PendingStart StoreHistory::pending_before(std::uint64_t seq_id) {
    if (checkpoints_ == nullptr) return {};
    std::vector<std::string> skipped;
    const auto state = checkpoints_->load(seq_id, skipped);
    for (const auto& line : skipped) spdlog::warn("replay reads the log instead: {}", line);
    if (!state) {
        spdlog::warn("replay reads the log instead: reason={} detail=\"{}\"",
                     storage::to_string(state.error()), state.error().detail);
        return {};
    }
    if (!*state) return {};
    return {(*state)->seq_id, bus::PendingSet((*state)->members, (*state)->gone)};
}

std::vector<bus::PendingPoint> StoreHistory::points(std::uint64_t from, std::uint64_t to) {
    if (checkpoints_ == nullptr) return {};
    auto points = checkpoints_->points(from, to);
    return points ? std::move(*points) : std::vector<bus::PendingPoint>{};
}

} // namespace viz::runtime
