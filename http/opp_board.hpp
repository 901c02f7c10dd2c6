// The opportunities detected last, each with what has become of it so far.
#pragma once

#include <optional>
#include <unordered_map>
#include <vector>

#include "bus/opportunity_record.hpp"
#include "http/newest.hpp"
#include "http/versioned_log.hpp"

namespace viz::http {

// Which ones are asked for: those that match all that is given.
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
    // Those detected last, at one moment; of any thread. Each of them has been detected.
    class View {
      public:
        // In the order of their detection, newest first, until `visit(record)` answers false.
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

    // What the record holds of the newest, oldest first: the fold of all events up to `up_to`.
    void begin_with(std::vector<bus::OpportunityRecord> past, std::uint64_t up_to);

    // Any event or record; what is about no candidate changes nothing.
    void apply(const bus::Envelope& event);

    View view() const {
        View view;
        view.records_ = records_.view();
        return view;
    }

  private:
    // What is said of a candidate before its detection has been heard of; and what is said of
    // those forgotten.
    static constexpr std::size_t kMaxEarly = 1024;

    void insert(bus::OpportunityRecord record);

    std::size_t capacity_;
    VersionedRows<bus::OpportunityRecord> records_;
    std::unordered_map<bus::Hash, std::uint64_t> places_; // by candidate: its position there
    Newest<bus::OpportunityRecord> early_;
    std::uint64_t begun_with_{};
};

} // namespace viz::http
