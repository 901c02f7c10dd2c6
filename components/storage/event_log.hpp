// Reads `events`: every row is verified before use, and every requested number is reported, with
// the event or with its damage.
#pragma once

#include <functional>
#include <optional>

#include "bus/messages.hpp"
#include "components/storage/damage.hpp"
#include "components/storage/event_chain.hpp"
#include "components/storage/sqlite.hpp"

namespace viz::storage {

// Columns of `events`, qualified by `e`; check_event() reads them from column 0.
extern const std::string_view kEventColumns;

struct CheckedEvent {
    std::uint64_t seq_id{};
    std::optional<DamageReason> damage{}; // if set, the fields below are unknown
    EventRow row{};                       // valid during the call only
    ChainLink link{};

    bus::EventType type() const {
        return damage ? bus::EventType::damaged : static_cast<bus::EventType>(row.type);
    }
    bus::ChainId chain_id() const { return bus::ChainId{static_cast<std::uint64_t>(row.chain_id)}; }
};

// `sealed`: the store's rows have checksums (since version 4).
CheckedEvent check_event(const Statement& row, bool sealed);
// The event, or a bus::Damaged in its place, with the time of the previous event.
bus::Envelope envelope_of(const CheckedEvent& event, bus::UnixMs time_before);

class EventLog {
  public:
    explicit EventLog(Connection& connection);

    using Visit = std::function<bool(const CheckedEvent&)>;
    // Calls `visit` for each number above `after` up to `last`, ascending, until it returns false.
    // The caller knows the log's end and passes it as `last`. Throws StoreFailure if the store
    // cannot be read at all, but not for a broken page.
    void scan(std::uint64_t after, std::uint64_t last, const Visit& visit);

    // The first and last number of the log: the oldest kept by retention, the newest assigned. 0 if
    // there is none. Wrong numbers in damaged rows are ignored.
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
