// The newest numbered events as the JSON text clients get, so that it is made once for all of
// them. Ascending by seq_id.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "bus/messages.hpp"

namespace viz::http {

// Which events a client wants.
struct EventFilter {
    std::vector<bus::EventType> types; // empty: all
    std::optional<bus::ChainId> chain_id;

    bool wants(bus::EventType type, bus::ChainId chain) const {
        if (type == bus::EventType::damaged) return true; // its own are not known
        if (chain_id && *chain_id != chain) return false;
        if (types.empty()) return true;
        for (const auto wanted : types)
            if (wanted == type) return true;
        return false;
    }
};

class EventRing {
  public:
    struct Entry {
        std::uint64_t seq_id;
        bus::EventType type;
        bus::ChainId chain_id;
        std::string json;
    };

    explicit EventRing(std::size_t capacity) : capacity_(capacity) {}

    // seq_id must be above every earlier one. Where it does not follow the newest, that and all
    // before it are forgotten: the window has no holes, what is missing in it is asked of the
    // record.
    void push(const bus::Envelope& event);

    // 0 while empty.
    std::uint64_t oldest() const { return entries_.empty() ? 0 : entries_.front().seq_id; }
    std::uint64_t newest() const { return entries_.empty() ? 0 : entries_.back().seq_id; }
    std::size_t size() const { return entries_.size(); }
    // True when no event above `after` can be missing here.
    bool covers(std::uint64_t after) const { return !entries_.empty() && after + 1 >= oldest(); }

    // Calls `visit(entry)` for wanted events above `after` until it answers false. Answers the
    // seq_id up to which the ring has been looked through.
    template <class Visit>
    std::uint64_t scan(std::uint64_t after, const EventFilter& filter, Visit visit) const {
        for (auto i = first_above(after); i < entries_.size(); ++i) {
            const auto& entry = entries_[i];
            if (filter.wants(entry.type, entry.chain_id) && !visit(entry)) return after;
            after = entry.seq_id;
        }
        return after;
    }

  private:
    std::size_t first_above(std::uint64_t after) const;

    std::size_t capacity_;
    std::deque<Entry> entries_;
};

} // namespace viz::http
