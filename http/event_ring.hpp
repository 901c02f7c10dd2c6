// The newest numbered events as JSON text, so that it is made once for all clients. Ascending by
// seq_id.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bus/messages.hpp"
#include "http/versioned_log.hpp"

namespace viz::http {

// Selects the events for a client.
struct EventFilter {
    std::vector<bus::EventType> types; // empty: all
    std::optional<bus::ChainId> chain_id;

    bool wants(bus::EventType type, bus::ChainId chain) const {
        if (type == bus::EventType::damaged) return true; // its original type and chain are unknown
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
        std::uint64_t seq_id{};
        bus::EventType type{};
        bus::ChainId chain_id{};
        std::string json{};
    };

    // The window at one moment; usable on any thread.
    class View {
      public:
        // 0 while empty.
        std::uint64_t oldest() const { return empty() ? 0 : entries_[entries_.begin()].seq_id; }
        std::uint64_t newest() const { return empty() ? 0 : entries_[entries_.end() - 1].seq_id; }
        std::size_t size() const { return entries_.size(); }
        bool empty() const { return entries_.empty(); }
        // True when no event above `after` can be missing here.
        bool covers(std::uint64_t after) const { return !empty() && after + 1 >= oldest(); }

        // Calls `visit(entry)` for matching events above `after` until it returns false. Returns
        // the seq_id up to which the window has been searched.
        template <class Visit>
        std::uint64_t scan(std::uint64_t after, const EventFilter& filter, Visit visit) const {
            for (auto at = first_above(after); at < entries_.end(); ++at) {
                const auto& entry = entries_[at];
                if (filter.wants(entry.type, entry.chain_id) && !visit(entry)) return after;
                after = entry.seq_id;
            }
            return after;
        }

      private:
        friend class EventRing;
        std::uint64_t first_above(std::uint64_t after) const {
            if (empty() || after < oldest()) return entries_.begin();
            if (after >= newest()) return entries_.end();
            return entries_.begin() + (after - oldest()) + 1; // the window has no gaps
        }
        VersionedLog<Entry>::View entries_;
    };

    EventRing(std::size_t capacity, std::size_t max_bytes) : entries_(capacity, max_bytes) {}

    // seq_id must be above every earlier one. When it does not follow the newest, all earlier
    // events are removed: the window has no gaps, and missing events are read from the record.
    void push(const bus::Envelope& event);

    View view() const {
        View view;
        view.entries_ = entries_.view();
        return view;
    }

    std::size_t bytes() const { return entries_.bytes(); }

  private:
    VersionedLog<Entry> entries_;
};

} // namespace viz::http
