// Pools as a state has them. Nothing is copied that would have to be kept in step: amounts are read
// from the overlay at hand, so that pending swaps executed on it are in, and a rollback or another
// head takes them out. What never changes of a pool is remembered.
#pragma once

#include <map>
#include <optional>
#include <unordered_map>
#include <utility>
#include <variant>

#include "components/evm/machine.hpp"
#include "components/evm/swapper.hpp"
#include "components/search/amm/path.hpp"
#include "components/search/amm/pool_address.hpp"
#include "components/search/pool_creations.hpp"

namespace viz::search {

using eth::U256;

struct Pool {
    evm::PoolKind kind{};
    eth::Address address;
    eth::Address token0;
    eth::Address token1;
    amm::V2Fee v2_fee;
    std::uint32_t fee_pips{}; // V3
    std::int32_t tick_spacing{};
    eth::Address factory{}; // of V2, as the pair names it; zero where it names none
    friend bool operator==(const Pool&, const Pool&) = default;

    const eth::Address& token_in(bool zero_for_one) const { return zero_for_one ? token0 : token1; }
    const eth::Address& token_out(bool zero_for_one) const {
        return zero_for_one ? token1 : token0;
    }
};

// A pool's amounts at one moment.
struct PoolState {
    amm::V2Side v2;     // from token0
    amm::V3State v3;    //
    amm::V3Curve curve; // of V3: the ticks in the window
    bool partial{};     // of V3: there may be ticks outside the window
    amm::Hop hop(const Pool& pool, bool zero_for_one) const; // points into this
    // What a small swap meets: the pair's reserves, or those of the range around the price.
    amm::VirtualReserves reserves(const Pool& pool, bool zero_for_one) const;
};

struct PoolViewConfig {
    // Fees of V2 forks by their factories; any other pair is taken to have 0.3 %. A wrong fee is
    // found out when a swap is executed.
    std::unordered_map<eth::Address, amm::V2Fee> v2_fees;
    // Where discover() looks.
    std::vector<amm::PoolFactory> v2_factories;
    std::vector<amm::PoolFactory> v3_factories;
    std::vector<std::uint32_t> v3_fees{100, 500, 3000, 10'000};
    int bitmap_words{3};          // of V3, read to each side of the price's own
    std::size_t created{1024};    // waiting to be asked; those beyond are found when touched
    std::size_t bytes{24U << 20}; // of what is remembered; beyond, all is learned again
};

class PoolView {
  public:
    explicit PoolView(PoolViewConfig config = {}) : config_(std::move(config)) {}

    // Goes on with another configuration: the pools that are known stay, with the fees it gives.
    void adopt(PoolViewConfig config);

    // What the contract at that address says of itself, asked once. Null where it is no such pool.
    // The pointer holds until the next call.
    const Pool* pool(evm::Machine& machine, evm::PoolKind kind, const eth::Address& address);
    // Asks for all pools that the factories may have made for two tokens, and returns those that
    // are there. What is not there is remembered too, until created() or forget_absent().
    std::vector<Pool> discover(evm::Machine& machine, const eth::Address& a, const eth::Address& b);
    // A pool that is there from now on. Where one of the factories made it, it is among those of
    // its tokens once ask_created() has seen it; anyone else's is found when something touches it.
    void created(const PoolCreation& creation);
    void ask_created(evm::Machine& machine);
    // There may be a pool now where there was none.
    void forget_absent();
    // All remembered pools between two tokens, by address.
    std::vector<const Pool*> between(const eth::Address& a, const eth::Address& b) const;
    // All remembered pools of a token, by address.
    std::vector<const Pool*> of(const eth::Address& token) const;

    std::size_t bytes() const;
    std::uint64_t forgotten() const { return forgotten_; } // pools, to keep to the bound

    // As the overlay has it. What the overlay's reader does not have is noted there as missing, and
    // the answer is not to be used.
    PoolState read(evm::Overlay& state, const Pool& pool) const;

  private:
    std::optional<Pool> ask(evm::Machine& machine, evm::PoolKind kind,
                            const eth::Address& address) const;
    void keep_within_bound();
    void forget_discovered();
    bool made_by_factory(const PoolCreation& creation) const;
    amm::V2Fee fee_of(const eth::Address& factory) const;
    void read_curve(evm::Overlay& state, const Pool& pool, PoolState& out) const;

    PoolViewConfig config_;
    std::unordered_map<eth::Address, std::optional<Pool>> pools_;
    std::unordered_map<eth::Address, std::vector<eth::Address>> of_token_;
    // What the factories made, by tokens, the lower first.
    std::map<std::pair<eth::Address, eth::Address>, std::vector<Pool>> discovered_;
    std::vector<PoolCreation> created_; // not asked yet
    std::size_t discovered_pools_{};
    std::uint64_t forgotten_{};
};

} // namespace viz::search
