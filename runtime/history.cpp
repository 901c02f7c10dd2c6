#include "runtime/history.hpp"

#include <iterator>

#include <spdlog/spdlog.h>

namespace viz::runtime {

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

} // namespace viz::runtime
