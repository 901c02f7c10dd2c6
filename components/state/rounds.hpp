// Running on a state that is not all here: optimistically, with nothing in place of what is
// missing; then what was missing is fetched in one batch, and it is run again, until nothing is.
// Where it is known which transactions are run, the first batch asks what they will touch, too, and
// the second fetches all of that.
#pragma once

#include "components/state/prefetch.hpp"

namespace viz::state {

// Where missing state comes from; a call may take as long as a node does.
class StateSource {
  public:
    StateSource() = default;
    StateSource(const StateSource&) = default;
    StateSource& operator=(const StateSource&) = default;
    virtual ~StateSource() = default;
    // False when nothing of it could be had. What could is in `into` afterwards.
    virtual bool fetch(std::span<const evm::Missing> missing, HeadState& into) = 0;
    // The same; and, of a source that can tell, what `ahead.plan` will touch, in the same round
    // trip.
    virtual bool fetch_ahead(std::span<const evm::Missing> missing, Prefetch&, HeadState& into) {
        return fetch(missing, into);
    }
};

enum class RoundsEnd : std::uint8_t {
    complete,         // the result is that of the block's state
    state_not_found,  // the source did not have it
    too_many_rounds,  // each run asks for something else
    too_much_missing, // more in one run than the limit
};
std::string_view to_string(RoundsEnd end);

struct RoundLimits {
    std::size_t rounds{16}; // runs, the last one included
    std::size_t missing{20'000};
};

struct Rounds {
    RoundsEnd end{};
    std::size_t runs{};
    std::size_t fetched{}; // requests for state: accounts, slots, codes, block hashes
    // Of them, what no run had missed yet.
    std::size_t fetched_ahead{};
};

inline Plan nothing_planned() {
    return {};
}

// `run(overlay)` executes on a fresh overlay over `state` and keeps its result where it wants; what
// it kept last is right when the end is `complete`, and not to be used otherwise. `planned()` says
// which transactions it executes; it is asked once, after a first run that missed something.
template <class Run, class Planned = decltype(&nothing_planned)>
Rounds run_in_rounds(HeadState& state, evm::CodeCache& codes, StateSource& source,
                     const RoundLimits& limits, Run run, Planned planned = &nothing_planned) {
    Rounds rounds;
    Prefetch ahead;
    while (true) {
        evm::Overlay overlay(state, codes);
        ++rounds.runs;
        run(overlay);
        const auto& missing = overlay.missing();
        if (missing.empty()) return rounds;
        rounds.end = RoundsEnd::too_much_missing;
        if (missing.size() > limits.missing) return rounds;
        rounds.end = RoundsEnd::too_many_rounds;
        if (rounds.runs >= limits.rounds) return rounds;
        rounds.end = RoundsEnd::state_not_found;
        if (rounds.runs == 1) ahead.plan = planned();
        const auto wanted = with_touched(missing, ahead.touched, state, limits.missing);
        ahead.touched.clear();
        if (!source.fetch_ahead(wanted, ahead, state)) return rounds;
        rounds.fetched += wanted.size();
        rounds.fetched_ahead += wanted.size() - missing.size();
        rounds.end = RoundsEnd::complete;
    }
}

} // namespace viz::state
