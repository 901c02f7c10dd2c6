#include "components/search/observation.hpp"

#include <algorithm>
#include <unordered_set>

namespace viz::search {

namespace {

using state::RoundsEnd;

struct MissingHash {
    std::size_t operator()(const evm::Missing& what) const noexcept {
        return state::SlotKeyHash{}({what.address, what.slot}) * 4 +
               static_cast<std::size_t>(what.kind);
    }
};

std::size_t accounts_in(const std::vector<evm::Missing>& missing) {
    return static_cast<std::size_t>(std::ranges::count_if(missing, [](const evm::Missing& what) {
        return what.kind == evm::Missing::Kind::account || what.kind == evm::Missing::Kind::code;
    }));
}

class Observing {
  public:
    Observing(const SearchContext& context, PoolView& pools, const ObservationLimits& limits)
        : world_(context), pools_(pools), limits_(limits), serving_(context.source, context.guard) {
    }

    Observation observe(std::span<const PooledCall* const> calls) {
        for (const auto* call : calls) tasks_.push_back({.call = call});
        while (run_all() && fetch()) {
        }
        run_long();
        for (auto& task : tasks_) {
            if (task.at == At::done) made_.observed.push_back(std::move(task.seen));
            // Only where the whole was ended.
            if (task.at == At::to_run || task.at == At::missing || task.at == At::too_long)
                set_aside(task, made_.rounds.end, false);
        }
        if (made_.rounds.end == RoundsEnd::out_of_time) made_.rounds.end = RoundsEnd::complete;
        return std::move(made_);
    }

  private:
    enum class At : std::uint8_t { to_run, missing, too_long, done, set_aside };
    struct Task {
        const PooledCall* call{};
        Observed seen;
        std::vector<evm::Missing> missing;
        state::Rounds rounds; // of its own
        At at{At::to_run};
    };

    void set_aside(Task& task, RoundsEnd reason, bool lasting) {
        task.at = At::set_aside;
        task.missing.clear();
        made_.set_aside.push_back({task.call->pending.hash, reason, lasting});
    }

    // Every one that has what it missed before. False when all was ended from outside.
    bool run_all() {
        ++made_.rounds.runs;
        for (auto& task : tasks_)
            if (task.at == At::to_run && !run(task)) return false;
        return true;
    }

    bool run(Task& task) {
        evm::Overlay overlay(*world_.head.state, world_.codes);
        auto guard =
            world_.guard != nullptr ? world_.guard->part(limits_.first_time) : evm::RunGuard();
        Trial trial(overlay, *world_.head.next_rules, world_.head.next, {}, &guard);
        trial.most_steps = limits_.first_steps;
        task.seen = search::observe(trial, pools_, task.call->pending);
        ++task.rounds.runs;
        if (const auto end = state::interrupted(world_.guard)) {
            made_.rounds.end = *end;
            return false;
        }
        if (trial.too_long())
            task.at = At::too_long;
        else if (overlay.missing().empty())
            task.at = At::done;
        else
            ask_for(task, overlay.missing());
        return true;
    }

    void ask_for(Task& task, const std::vector<evm::Missing>& missing) {
        const auto accounts = accounts_in(missing);
        auto& of_sender = senders_[task.call->pending.sender];
        if (missing.size() > limits_.each.missing)
            return set_aside(task, RoundsEnd::too_much_missing, true);
        if (task.rounds.runs >= limits_.each.rounds)
            return set_aside(task, RoundsEnd::too_many_rounds, true);
        if (task.rounds.fetched + missing.size() > limits_.each.requests ||
            of_sender + missing.size() > limits_.sender_requests)
            return set_aside(task, RoundsEnd::too_many_requests, true);
        if (task.rounds.accounts + accounts > limits_.each.accounts)
            return set_aside(task, RoundsEnd::too_much_code, true);
        task.rounds.fetched += missing.size();
        task.rounds.accounts += accounts;
        of_sender += missing.size();
        task.missing = missing;
        task.at = At::missing;
    }

    // Fetches for the calls with the fewest requests. False when nothing is missing, or nothing is
    // available.
    bool fetch() {
        std::vector<Task*> waiting;
        for (auto& task : tasks_)
            if (task.at == At::missing) waiting.push_back(&task);
        if (waiting.empty()) return false;
        std::ranges::stable_sort(waiting, {},
                                 [](const Task* task) { return task->rounds.fetched; });
        std::vector<evm::Missing> wanted;
        std::unordered_set<evm::Missing, MissingHash> known;
        state::Prefetch ahead;
        for (auto* task : waiting) {
            std::vector<evm::Missing> fresh;
            for (const auto& what : task->missing)
                if (!known.contains(what)) fresh.push_back(what);
            if (!wanted.empty() && wanted.size() + fresh.size() > limits_.round_requests) continue;
            if (made_.rounds.fetched + wanted.size() + fresh.size() > limits_.all_requests) {
                set_aside(*task, RoundsEnd::too_many_requests, false);
                continue;
            }
            known.insert(fresh.begin(), fresh.end());
            wanted.insert(wanted.end(), fresh.begin(), fresh.end());
            task->at = At::to_run;
            if (task->rounds.runs == 1)
                ahead.plan.calls.push_back({&task->call->pending.tx, task->call->pending.sender});
        }
        if (wanted.empty()) return true; // those that waited are set aside
        return fetch(wanted, ahead);
    }

    bool fetch(const std::vector<evm::Missing>& missing, state::Prefetch& ahead) {
        const auto wanted = with_touched(missing, touched_, *world_.head.state,
                                         std::max(missing.size(), limits_.round_requests));
        const state::RoundLimits no_more; // counted by task
        made_.rounds.end = fetch_round(made_.rounds, wanted, ahead, *world_.head.state,
                                       world_.source, no_more, world_.guard);
        made_.rounds.fetched_ahead += wanted.size() - missing.size();
        touched_ = std::move(ahead.touched);
        return made_.rounds.end == RoundsEnd::complete;
    }

    // Those that take long, one after the other, as long as there is time for such.
    void run_long() {
        if (made_.rounds.end != RoundsEnd::complete) return;
        std::uint64_t left = limits_.all_long_steps;
        auto all =
            world_.guard != nullptr ? world_.guard->part(limits_.all_long_time) : evm::RunGuard();
        for (auto& task : tasks_) {
            if (task.at != At::too_long) continue;
            if (left < limits_.most_steps || all.check() != evm::Interrupt::none) {
                set_aside(task, RoundsEnd::too_many_steps, false);
                continue;
            }
            left -= limits_.most_steps;
            run_long(task, all);
        }
    }

    void run_long(Task& task, const evm::RunGuard& all) {
        auto guard = all.part(limits_.most_time);
        bool too_long = false;
        const auto run = [&](evm::Overlay& overlay) {
            Trial trial(overlay, *world_.head.next_rules, world_.head.next, {}, &guard);
            trial.most_steps = limits_.most_steps;
            task.seen = search::observe(trial, pools_, task.call->pending);
            too_long = trial.too_long();
        };
        const auto rounds =
            state::run_in_rounds(*world_.head.state, world_.codes, world_.source, limits_.each, run,
                                 &state::nothing_planned, &guard);
        made_.rounds.fetched += rounds.fetched;
        if (rounds.end == RoundsEnd::complete && !too_long)
            task.at = At::done;
        else
            set_aside(task, too_long ? RoundsEnd::too_many_steps : rounds.end,
                      rounds.end != RoundsEnd::state_not_found);
    }

    const SearchContext& world_;
    PoolView& pools_;
    const ObservationLimits& limits_;
    state::Serving serving_;
    Observation made_;
    std::vector<Task> tasks_;
    std::vector<evm::Missing> touched_;
    std::unordered_map<eth::Address, std::size_t> senders_; // what they asked for
};

} // namespace

Observation observe_all(const SearchContext& context, PoolView& pools,
                        std::span<const PooledCall* const> calls, const ObservationLimits& limits) {
    return Observing(context, pools, limits).observe(calls);
}

} // namespace viz::search
