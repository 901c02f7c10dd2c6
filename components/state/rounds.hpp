// Running on a state that is not all here: optimistically, with nothing in place of what is
// missing; then what was missing is fetched in one batch, and it is run again, until nothing is.
// Where it is known which transactions are run, the first batch asks what they will touch, too, and
// the second fetches all of that.
#pragma once

#include "components/evm/run_guard.hpp"
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
    // The run that asks from now on, which may be interrupted in the middle of a fetch; null: none.
    // It outlives the fetches, or is taken back before.
    virtual void serve(evm::RunGuard*) {}
};

// Texts are label values of metrics and part of results: they do not change.
enum class RoundsEnd : std::uint8_t {
    complete,          // the result is that of the block's state
    state_not_found,   // the source did not have it
    too_many_rounds,   // each run asks for something else
    too_much_missing,  // more in one run than the limit
    too_many_requests, // more in all rounds than the limit
    too_much_code,     // more accounts and codes in all rounds than the limit
    too_many_steps,    // an execution was longer than the limit
    out_of_time,
    stopped,
};
inline constexpr std::size_t kRoundsEnds = 9;
std::string_view to_string(RoundsEnd end);

// What one run may take. Time is the guard's.
struct RoundLimits {
    std::size_t rounds{16}; // runs, the last one included
    std::size_t missing{20'000};
    std::size_t requests{100'000}; // accounts, slots, codes and block hashes fetched
    std::size_t accounts{20'000};  // of them accounts and codes: each brings up to 24 KiB of code
};
// Of one transaction by itself: several times what the longest of a mainnet block needs.
inline constexpr RoundLimits kTransactionLimits{
    .rounds = 40, .missing = 2'048, .requests = 4'096, .accounts = 512};

struct Rounds {
    RoundsEnd end{};
    std::size_t runs{};
    std::size_t fetched{};  // requests for state: accounts, slots, codes, block hashes
    std::size_t accounts{}; // of them, accounts and codes
    // Of them, what no run had missed yet.
    std::size_t fetched_ahead{};
};

// Counts `wanted` and fetches it, unless that is beyond the limits. Answers `complete` where the
// next run may follow.
RoundsEnd fetch_round(Rounds& rounds, std::span<const evm::Missing> wanted, Prefetch& ahead,
                      HeadState& state, StateSource& source, const RoundLimits& limits,
                      evm::RunGuard* guard);

// Nothing where the run may go on.
std::optional<RoundsEnd> interrupted(evm::RunGuard* guard);

// The source serves a run as long as this lives.
class Serving {
  public:
    Serving(StateSource& source, evm::RunGuard* guard) : source_(source) { source_.serve(guard); }
    ~Serving() { source_.serve(nullptr); }
    Serving(const Serving&) = delete;
    Serving& operator=(const Serving&) = delete;

  private:
    StateSource& source_;
};

inline Plan nothing_planned() {
    return {};
}

// `run(overlay)` executes on a fresh overlay over `state` and keeps its result where it wants; what
// it kept last is right when the end is `complete`, and not to be used otherwise. `planned()` says
// which transactions it executes; it is asked once, after a first run that missed something.
// `guard`, which the executions of `run` should look at too, ends it from outside.
template <class Run, class Planned = decltype(&nothing_planned)>
Rounds run_in_rounds(HeadState& state, evm::CodeCache& codes, StateSource& source,
                     const RoundLimits& limits, Run run, Planned planned = &nothing_planned,
                     evm::RunGuard* guard = nullptr) {
    Rounds rounds;
    Prefetch ahead;
    const Serving serving(source, guard);
    while (true) {
        evm::Overlay overlay(state, codes);
        ++rounds.runs;
        run(overlay);
        if (const auto end = interrupted(guard)) {
            rounds.end = *end;
            return rounds;
        }
        const auto& missing = overlay.missing();
        rounds.end = RoundsEnd::complete;
        if (missing.empty()) return rounds;
        rounds.end = RoundsEnd::too_much_missing;
        if (missing.size() > limits.missing) return rounds;
        rounds.end = RoundsEnd::too_many_rounds;
        if (rounds.runs >= limits.rounds) return rounds;
        if (rounds.runs == 1) ahead.plan = planned();
        const auto wanted = with_touched(missing, ahead.touched, state, limits.missing);
        ahead.touched.clear();
        rounds.end = fetch_round(rounds, wanted, ahead, state, source, limits, guard);
        if (rounds.end != RoundsEnd::complete) return rounds;
        rounds.fetched_ahead += wanted.size() - missing.size();
    }
}

} // namespace viz::state
