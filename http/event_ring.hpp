// The newest numbered events as the JSON text clients get, so that it is made once for all of
// them. Ascending by seq_id.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bus/messages.hpp"
#include "http/versioned_log.hpp"

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
        std::uint64_t seq_id{};
        bus::EventType type{};
        bus::ChainId chain_id{};
        std::string json{};
    };

    // The window at one moment; of any thread.
    class View {
      public:
        // 0 while empty.
        std::uint64_t oldest() const { return empty() ? 0 : entries_[entries_.begin()].seq_id; }
        std::uint64_t newest() const { return empty() ? 0 : entries_[entries_.end() - 1].seq_id; }
        std::size_t size() const { return entries_.size(); }
        bool empty() const { return entries_.empty(); }
        // True when no event above `after` can be missing here.
        bool covers(std::uint64_t after) const { return !empty() && after + 1 >= oldest(); }

        // Calls `visit(entry)` for wanted events above `after` until it answers false. Answers the
        // seq_id up to which the window has been looked through.
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
            return entries_.begin() + (after - oldest()) + 1; // the window has no holes
        }
        VersionedLog<Entry>::View entries_;
    };

    explicit EventRing(std::size_t capacity) : entries_(capacity) {}

    // seq_id must be above every earlier one. Where it does not follow the newest, that and all
    // before it are forgotten: the window has no holes, what is missing in it is asked of the
    // record.
    void push(const bus::Envelope& event);

    View view() const {
        View view;
        view.entries_ = entries_.view();
        return view;
    }

  private:
    VersionedLog<Entry> entries_;
};

} // namespace viz::http
