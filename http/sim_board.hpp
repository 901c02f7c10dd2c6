// The newest simulations, by id.
#pragma once

#include <array>
#include <deque>
#include <optional>
#include <unordered_map>

#include "bus/messages.hpp"

namespace viz::http {

struct SimView {
    bus::ChainId chain_id;
    bus::SimDispatched dispatched;
    bus::UnixMs dispatched_unix_ms;
    std::optional<bus::SimCompleted> completed; // std::nullopt: still running
    bus::UnixMs completed_unix_ms;
};

class SimBoard {
  public:
    // The event types that it uses.
    static constexpr std::array kTypes{bus::EventType::sim_dispatched,
                                       bus::EventType::sim_completed};

    explicit SimBoard(std::size_t capacity) : capacity_(capacity) {}

    // Any event; other types change nothing.
    void apply(const bus::Envelope& event);

    // Null when not known (any more). A candidate's simulation is also found by the candidate's id.
    const SimView* find(const bus::Hash& id) const;
    // The simulation completed last.
    const SimView* latest() const { return latest_ ? find(*latest_) : nullptr; }

  private:
    SimView& view_of(const bus::Hash& id);

    std::size_t capacity_;
    std::unordered_map<bus::Hash, SimView> views_;
    std::unordered_map<bus::Hash, bus::Hash> by_candidate_;
    std::deque<bus::Hash> oldest_first_;
    std::optional<bus::Hash> latest_;
};

} // namespace viz::http
