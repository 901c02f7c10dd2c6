// Executes on partial state: optimistically, with missing state as empty; then fetches the missing
// state in one batch and executes again until nothing is missing. When the transactions are known,
// the first batch also asks which state they will touch, and the second fetches all of it.
#pragma once

#include "components/evm/run_guard.hpp"
#include "components/state/prefetch.hpp"

namespace viz::state {

// The source of missing state; a call may take as long as a node needs.
class StateSource {
  public:
    StateSource() = default;
    StateSource(const StateSource&) = default;
    StateSource& operator=(const StateSource&) = default;
    virtual ~StateSource() = default;
    // False when nothing was obtained. Obtained state is added to `into`.
    virtual bool fetch(std::span<const evm::Missing> missing, HeadState& into) = 0;
    // The same; a source that supports it also returns what `ahead.plan` will touch, in the same
    // round trip.
    virtual bool fetch_ahead(std::span<const evm::Missing> missing, Prefetch&, HeadState& into) {
        return fetch(missing, into);
    }
    // The guard of the current run, which may interrupt a fetch; null: none. It must outlive the
    // fetches or be removed before.
    virtual void serve(evm::RunGuard*) {}
};

// The texts are metric labels and part of results, and therefore stable.
enum class RoundsEnd : std::uint8_t {
    complete,          // the result is exact for the block's state
    state_not_found,   // the source did not have it
    too_many_rounds,   // each run needs further state
    too_much_missing,  // more in one run than the limit
    too_many_requests, // more in all rounds than the limit
    too_much_code,     // more accounts and codes in all rounds than the limit
    too_many_steps,    // an execution was longer than the limit
    out_of_time,
    stopped,
};
inline constexpr std::size_t kRoundsEnds = 9;
std::string_view to_string(RoundsEnd end);

// Limits of one run. The guard limits time.
struct RoundLimits {
    std::size_t rounds{16}; // runs, the last one included
    std::size_t missing{20'000};
    std::size_t requests{100'000}; // accounts, slots, codes and block hashes fetched
    std::size_t accounts{20'000};  // of them accounts and codes; each code has up to 24 KiB
};
// For a single transaction: several times the maximum seen in mainnet blocks.
inline constexpr RoundLimits kTransactionLimits{
    .rounds = 40, .missing = 2'048, .requests = 4'096, .accounts = 512};

struct Rounds {
    RoundsEnd end{};
    std::size_t runs{};
    std::size_t fetched{};  // requests for state: accounts, slots, codes, block hashes
    std::size_t accounts{}; // of them, accounts and codes
    // Those that no earlier run missed.
    std::size_t fetched_ahead{};
};

// Counts `wanted` and fetches it within the limits. Returns `complete` when the next run may
// follow.
RoundsEnd fetch_round(Rounds& rounds, std::span<const evm::Missing> wanted, Prefetch& ahead,
                      HeadState& state, StateSource& source, const RoundLimits& limits,
                      evm::RunGuard* guard);

// Nothing when the run may continue.
std::optional<RoundsEnd> interrupted(evm::RunGuard* guard);

// The source serves a run for this object's lifetime.
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

// `run(overlay)` executes on a fresh overlay over `state` and stores its own result, which is valid
// only when the end is `complete`. `planned()` names the transactions it executes; called once,
// after a first run with missing state. `guard` ends the rounds from outside; `run` should check it
// as well.
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
