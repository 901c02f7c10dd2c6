#include "components/search/cycles.hpp"

#include <algorithm>
#include <map>

#include "components/search/sandwich_size.hpp"

namespace viz::search {

namespace {

class Cycles {
  public:
    Cycles(const evm::Machine& machine, const PoolView& pools, const BaseToken& base,
           std::span<const eth::Address> through, const CycleLimits& limits)
        : machine_(machine), state_(machine.state), pools_(pools), base_(base), through_(through),
          limits_(limits) {}

    std::vector<CyclePlan> find() {
        for (const auto* first : pools_.of(base_.address)) {
            if (full()) break;
            const auto token = other(*first, base_.address);
            for (const auto* last : pools_.between(token, base_.address))
                if (last != first) around({first, last});
            for (const auto* middle : pools_.of(token)) {
                if (full()) break;
                const auto next = other(*middle, token);
                if (next == base_.address) continue;
                for (const auto* last : pools_.between(next, base_.address))
                    around({first, middle, last});
            }
        }
        std::stable_sort(plans_.begin(), plans_.end(), [](const auto& a, const auto& b) {
            return a.cycle.profit() > b.cycle.profit();
        });
        if (plans_.size() > limits_.plans) plans_.resize(limits_.plans);
        return std::move(plans_);
    }

  private:
    static const eth::Address& other(const Pool& pool, const eth::Address& token) {
        return pool.token0 == token ? pool.token1 : pool.token0;
    }
    const PoolState& state_of(const Pool& pool) {
        const auto known = states_.find(pool.address);
        if (known != states_.end()) return known->second;
        return states_.emplace(pool.address, pools_.read(state_, pool)).first->second;
    }
    bool full() const { return looked_at_ >= limits_.cycles || machine_.interrupted(); }
    bool wanted(const std::vector<const Pool*>& path) const {
        return through_.empty() || std::any_of(path.begin(), path.end(), [&](const Pool* pool) {
                   return std::find(through_.begin(), through_.end(), pool->address) !=
                          through_.end();
               });
    }
    void around(const std::vector<const Pool*>& path) {
        if (!wanted(path) || full()) return;
        ++looked_at_;
        CyclePlan plan;
        std::vector<amm::Hop> hops;
        auto token = base_.address;
        for (const auto* pool : path) {
            const bool zero_for_one = pool->token0 == token;
            const auto& state = state_of(*pool);
            hops.push_back(state.hop(*pool, zero_for_one));
            plan.legs.push_back(leg_of(*pool, zero_for_one, evm::kEverything));
            token = pool->token_out(zero_for_one);
        }
        const auto best = amm::best_cycle(hops, base_.capital);
        if (!best) return;
        plan.cycle = *best;
        plan.legs.front().amount_in = best->amount_in;
        plan.partial = near_unknown(path, hops, best->amount_in);
        plans_.push_back(std::move(plan));
    }

    bool near_unknown(const std::vector<const Pool*>& path, std::span<const amm::Hop> hops,
                      U256 amount) {
        auto token = base_.address;
        for (std::size_t i = 0; i < path.size(); ++i) {
            const bool zero_for_one = path[i]->token0 == token;
            if (near_unknown_ticks(*path[i], state_of(*path[i]), zero_for_one, amount)) return true;
            const auto out = amm::hop_out(hops[i], amount);
            if (!out) return true;
            amount = *out;
            token = path[i]->token_out(zero_for_one);
        }
        return false;
    }

    const evm::Machine& machine_;
    evm::Overlay& state_;
    const PoolView& pools_;
    const BaseToken& base_;
    std::span<const eth::Address> through_;
    CycleLimits limits_;
    std::map<eth::Address, PoolState> states_; // hops point into them: they do not move
    std::size_t looked_at_{};
    std::vector<CyclePlan> plans_;
};

} // namespace

std::vector<CyclePlan> profitable_cycles(const evm::Machine& machine, const PoolView& pools,
                                         const BaseToken& base,
                                         std::span<const eth::Address> through,
                                         const CycleLimits& limits) {
    return Cycles(machine, pools, base, through, limits).find();
}

} // namespace viz::search
