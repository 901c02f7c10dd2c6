#include "runtime/history.hpp"

#include <iterator>

#include <spdlog/spdlog.h>

namespace viz::runtime {

namespace {

template <class T> T value_or_empty(storage::Reader::Answer<T> answer) {
    if (answer) return std::move(*answer);
    spdlog::warn("cannot read the record reason={} detail=\"{}\"",
                 storage::to_string(answer.error().reason), answer.error().detail);
    return T{};
}

} // namespace

std::vector<bus::Envelope> StoreHistory::events(const http::EventQuery& query) {
    return value_or_empty(reader_.events({.after = query.after,
                                          .types = query.types,
                                          .chain_id = query.chain_id,
                                          .limit = query.limit}));
}

std::optional<http::TransactionRecord> StoreHistory::transaction(const bus::Hash& hash) {
    return value_or_empty(reader_.transaction(hash));
}

std::vector<http::TransactionRecord> StoreHistory::open_transactions(std::size_t limit) {
    std::vector<http::TransactionRecord> all;
    for (const auto chain : chains_) {
        auto some = value_or_empty(reader_.open_transactions(chain, limit));
        all.insert(all.end(), std::make_move_iterator(some.begin()),
                   std::make_move_iterator(some.end()));
    }
    return all;
}

std::uint64_t StoreHistory::latest_seq_id() {
    return value_or_empty(reader_.latest_seq_id());
}
std::uint64_t StoreHistory::oldest_seq_id() {
    return value_or_empty(reader_.oldest_seq_id());
}

} // namespace viz::runtime
