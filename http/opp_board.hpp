// The newest opportunities, each with its current state.
#pragma once

#include <optional>
#include <unordered_map>
#include <vector>

#include "bus/opportunity_record.hpp"
#include "http/newest.hpp"
#include "http/versioned_log.hpp"

namespace viz::http {

// Selects opportunities that match all given values.
struct OppFilter {
    std::optional<bus::ChainId> chain{};
    std::uint64_t min_score{};
    std::optional<bus::OppStatus> status{};

    bool matches(const bus::OpportunityRecord& record) const {
        return (!chain || *chain == record.chain_id) && record.detected->score >= min_score &&
               (!status || *status == record.status);
    }
};

class OppBoard {
  public:
    // The detected opportunities at one moment; usable on any thread.
    class View {
      public:
        // In the order of detection, newest first, until `visit(record)` returns false.
        template <class Visit> void newest_first(const OppFilter& filter, Visit visit) const {
            records_.newest_first([&](const bus::OpportunityRecord& record) {
                return !filter.matches(record) || visit(record);
            });
        }

      private:
        friend class OppBoard;
        VersionedRows<bus::OpportunityRecord>::View records_;
    };

    explicit OppBoard(std::size_t capacity)
        : capacity_(capacity), records_(capacity), early_(kMaxEarly) {}

    // The newest opportunities of the record, oldest first, including all events up to `up_to`.
    void begin_with(std::vector<bus::OpportunityRecord> past, std::uint64_t up_to);

    // Any event or record; those without a candidate change nothing.
    void apply(const bus::Envelope& event);

    View view() const {
        View view;
        view.records_ = records_.view();
        return view;
    }

  private:
    // Candidates with messages before their detection arrives, and messages of evicted candidates.
    static constexpr std::size_t kMaxEarly = 1024;

    void insert(bus::OpportunityRecord record);

    std::size_t capacity_;
    VersionedRows<bus::OpportunityRecord> records_;
    std::unordered_map<bus::Hash, std::uint64_t>
        places_; // by candidate: its position in the log above
    Newest<bus::OpportunityRecord> early_;
    std::uint64_t begun_with_{};
};

} // namespace viz::http
