#include "http/replay.hpp"

#include <algorithm>
#include <unordered_map>

#include "bus/transaction_fold.hpp"
#include "components/eth/keccak.hpp"

namespace viz::http {

namespace {

constexpr std::size_t kBatch = 5000;

// Decoded transactions that are neither lost nor included.
class PendingSet {
  public:
    void apply(const bus::Envelope& event) {
        const auto hash = bus::hash_of(event.data);
        if (!hash || std::holds_alternative<bus::TxSeen>(event.data)) return;
        const auto found = open_.find(*hash);
        const auto was = found == open_.end() ? State{} : found->second;
        auto now = was;
        switch (bus::type_of(event.data)) {
        case bus::EventType::tx_decoded:
            now.decoded = true;
            break;
        case bus::EventType::tx_ready:
        case bus::EventType::tx_blocked:
        case bus::EventType::tx_reorged:
            now.out = false;
            break;
        case bus::EventType::tx_replaced:
        case bus::EventType::tx_dropped:
        case bus::EventType::tx_confirmed_provisional:
        case bus::EventType::tx_confirmed_final:
            now.out = true;
            break;
        default:
            return;
        }
        if (was.pending() && !now.pending()) --count_;
        if (!was.pending() && now.pending()) ++count_;
        // What is final never comes back: it need not be remembered.
        if (bus::type_of(event.data) == bus::EventType::tx_confirmed_final)
            open_.erase(*hash);
        else
            open_[*hash] = now;
    }

    std::uint64_t count() const { return count_; }
    std::vector<eth::Hash> sorted() const {
        std::vector<eth::Hash> out;
        out.reserve(count_);
        for (const auto& [hash, state] : open_)
            if (state.pending()) out.push_back(hash);
        std::ranges::sort(out);
        return out;
    }

  private:
    struct State {
        bool decoded{};
        bool out{};
        bool pending() const { return decoded && !out; }
    };
    std::unordered_map<eth::Hash, State> open_;
    std::uint64_t count_{};
};

// Calls `visit` for every event of the log up to and including `last`, in order.
template <class Visit> void walk(History& history, std::uint64_t last, Visit visit) {
    std::uint64_t after = 0;
    while (after < last) {
        const auto batch = history.events({.after = after,
                                           .types = {},
                                           .chain_id = {},
                                           .limit = std::min<std::size_t>(kBatch, last - after)});
        if (batch.empty()) return;
        for (const auto& event : batch) {
            if (event.seq_id > last) return;
            visit(event);
        }
        after = batch.back().seq_id;
    }
}

} // namespace

std::string_view to_string(ReplayError error) {
    switch (error) {
    case ReplayError::unknown_seq:
        return "unknown seq_id";
    case ReplayError::busy:
        return "another replay is running";
    }
    return "unknown";
}

eth::Hash checkpoint_hash(std::vector<eth::Hash> pending) {
    std::ranges::sort(pending);
    eth::Bytes bytes;
    bytes.reserve(pending.size() * 32);
    for (const auto& hash : pending)
        bytes.insert(bytes.end(), hash.bytes.begin(), hash.bytes.end());
    return eth::keccak256(bytes);
}

Result<RangeSummary, ReplayError> RangeReplay::run(std::uint64_t from, std::uint64_t to,
                                                   std::uint64_t stride) {
    const std::unique_lock lock(running_, std::try_to_lock);
    if (!lock) return Failure{ReplayError::busy};
    const auto oldest = history_.oldest_seq_id();
    if (oldest == 0 || from < oldest || to > history_.latest_seq_id())
        return Failure{ReplayError::unknown_seq};

    RangeSummary out{.from_seq_id = from, .to_seq_id = to};
    out.stride = std::max(stride, (to - from + kMaxFrames) / kMaxFrames);
    PendingSet set;
    std::vector<eth::Hash> before;
    walk(history_, to, [&](const bus::Envelope& event) {
        set.apply(event);
        const auto seq = event.seq_id;
        if (seq == from) {
            before = set.sorted();
            out.from_pending_count = set.count();
        }
        if (seq >= from && ((seq - from) % out.stride == 0 || seq == to))
            out.frames.push_back({seq, event.ingest_ts_unix_ms, set.count()});
    });
    auto after = set.sorted();
    out.to_pending_count = set.count();
    std::ranges::set_difference(after, before, std::back_inserter(out.added));
    std::ranges::set_difference(before, after, std::back_inserter(out.removed));
    std::ranges::reverse(out.frames);
    out.from_checkpoint = checkpoint_hash(std::move(before));
    out.to_checkpoint = checkpoint_hash(std::move(after));
    return out;
}

} // namespace viz::http
