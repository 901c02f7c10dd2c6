// Reading `events`: every row that anybody gets from here has been checked, and every number of the
// stretch that is asked for is answered, with the event or with what is wrong with it.
#pragma once

#include <functional>
#include <optional>

#include "bus/messages.hpp"
#include "components/storage/damage.hpp"
#include "components/storage/event_chain.hpp"
#include "components/storage/sqlite.hpp"

namespace viz::storage {

// As of `events`, qualified by `e`; check_event() reads them from column 0 on.
extern const std::string_view kEventColumns;

struct CheckedEvent {
    std::uint64_t seq_id{};
    std::optional<DamageReason> damage{}; // with it, nothing below is known
    EventRow row{};                       // valid within the call
    ChainLink link{};

    bus::EventType type() const {
        return damage ? bus::EventType::damaged : static_cast<bus::EventType>(row.type);
    }
    bus::ChainId chain_id() const { return bus::ChainId{static_cast<std::uint64_t>(row.chain_id)}; }
};

// `sealed`: the store's rows have checksums (since version 4).
CheckedEvent check_event(const Statement& row, bool sealed);
// The event, or what stands for it: bus::Damaged, at the time of the event before it.
bus::Envelope envelope_of(const CheckedEvent& event, bus::UnixMs time_before);

class EventLog {
  public:
    explicit EventLog(Connection& connection);

    using Visit = std::function<bool(const CheckedEvent&)>;
    // Calls `visit` for each number above `after` up to `last`, ascending, until it answers false.
    // The caller says with `last` how far the log goes. Throws StoreFailure where the store cannot
    // be read at all; a page that is broken is no reason.
    void scan(std::uint64_t after, std::uint64_t last, const Visit& visit);

    // The numbers between which the log is: the first that retention has kept, the newest that was
    // given out. 0 where there is none. Wrong numbers of damaged rows do not count.
    std::uint64_t oldest();
    std::uint64_t latest();

    bool sealed() const { return sealed_; }

  private:
    struct Pass;
    bool scan_rows(Pass& pass);
    bool read_singly(Pass& pass);

    Connection& connection_;
    bool sealed_;
    Statement newest_;
    Statement above_;
    Statement one_;
};

} // namespace viz::storage
