#include "components/search/pool_view.hpp"

#include <algorithm>

#include "components/evm/token_view.hpp"
#include "components/search/amm/pool_storage.hpp"

namespace viz::search {

namespace {

// Getters by their selectors.
constexpr std::uint32_t kToken0 = 0x0dfe1681;
constexpr std::uint32_t kToken1 = 0xd21220a7;
constexpr std::uint32_t kFactory = 0xc45a0155;
constexpr std::uint32_t kFee = 0xddca3f43;
constexpr std::uint32_t kTickSpacing = 0xd0c93a7c;

U256 slot_of(evm::Overlay& state, evm::AccountId account, const U256& key) {
    return state.slot(state.slot(account, key)).now;
}

} // namespace

amm::Hop PoolState::hop(const Pool& pool, bool zero_for_one) const {
    if (pool.kind == evm::PoolKind::v2) return zero_for_one ? v2 : amm::v2_reversed(v2);
    return amm::V3Hop{&curve, v3, zero_for_one};
}

amm::V2Fee PoolView::fee_of(const eth::Address& factory) const {
    const auto known = config_.v2_fees.find(factory);
    return known != config_.v2_fees.end() ? known->second : amm::V2Fee{};
}

void PoolView::adopt(PoolViewConfig config) {
    config_ = std::move(config);
    forget_discovered(); // not at the factories that are new
    for (auto& [address, pool] : pools_)
        if (pool && pool->kind == evm::PoolKind::v2) pool->v2_fee = fee_of(pool->factory);
}

amm::VirtualReserves PoolState::reserves(const Pool& pool, bool zero_for_one) const {
    if (pool.kind == evm::PoolKind::v2) {
        const auto side = zero_for_one ? v2 : amm::v2_reversed(v2);
        return {side.reserve_in, side.reserve_out};
    }
    if (eth::is_zero(v3.sqrt_price)) return {}; // not yet initialised
    return amm::virtual_reserves(v3, zero_for_one);
}

std::optional<Pool> PoolView::ask(evm::Machine& machine, evm::PoolKind kind,
                                  const eth::Address& address) const {
    const auto token0 = evm::view_address(machine, address, kToken0);
    const auto token1 = evm::view_address(machine, address, kToken1);
    if (!token0 || !token1 || *token0 >= *token1) return std::nullopt;
    Pool pool{.kind = kind, .address = address, .token0 = *token0, .token1 = *token1, .v2_fee = {}};
    if (kind == evm::PoolKind::v2) {
        pool.factory = evm::view_address(machine, address, kFactory).value_or(eth::Address{});
        pool.v2_fee = fee_of(pool.factory);
        return pool;
    }
    const auto fee = evm::view_word(machine, address, kFee);
    const auto spacing = evm::view_word(machine, address, kTickSpacing);
    if (!fee || !spacing || *fee >= U256(amm::kMillionth) || *spacing > U256(16384) ||
        eth::is_zero(*spacing))
        return std::nullopt;
    pool.fee_pips = static_cast<std::uint32_t>(fee->low_u64());
    pool.tick_spacing = static_cast<std::int32_t>(spacing->low_u64());
    return pool;
}

// With what containers and the allocator take for an entry; a pool is named by both its tokens.
std::size_t PoolView::bytes() const {
    constexpr std::size_t kPool = sizeof(std::pair<const eth::Address, std::optional<Pool>>) + 48;
    constexpr std::size_t kNames = 2 * (2 * sizeof(eth::Address) + 48);
    constexpr std::size_t kPair = sizeof(decltype(discovered_)::value_type) + 48;
    return pools_.size() * (kPool + kNames) + discovered_.size() * kPair +
           discovered_pools_ * sizeof(Pool) + created_.size() * sizeof(PoolCreation);
}

void PoolView::keep_within_bound() {
    if (bytes() < config_.bytes) return;
    forgotten_ += pools_.size();
    pools_.clear();
    of_token_.clear();
    forget_discovered();
}

void PoolView::forget_discovered() {
    discovered_.clear();
    discovered_pools_ = 0;
}

const Pool* PoolView::pool(evm::Machine& machine, evm::PoolKind kind, const eth::Address& address) {
    const auto known = pools_.find(address);
    if (known != pools_.end())
        return known->second && known->second->kind == kind ? &*known->second : nullptr;
    const auto asked = ask(machine, kind, address);
    // An answer from incomplete state is invalid. State missing earlier counts as well: its
    // placeholder is read again silently.
    if (!machine.state.missing().empty() || machine.interrupted()) return nullptr;
    keep_within_bound();
    const auto& kept = pools_.emplace(address, asked).first->second;
    if (!kept) return nullptr;
    of_token_[kept->token0].push_back(address);
    of_token_[kept->token1].push_back(address);
    return &*kept;
}

std::vector<Pool> PoolView::discover(evm::Machine& machine, const eth::Address& a,
                                     const eth::Address& b) {
    const std::pair<eth::Address, eth::Address> tokens = std::minmax(a, b);
    if (const auto known = discovered_.find(tokens); known != discovered_.end())
        return known->second;
    keep_within_bound();
    std::vector<Pool> found;
    const auto look = [&](evm::PoolKind kind, const eth::Address& address) {
        if (const auto* there = pool(machine, kind, address)) found.push_back(*there);
    };
    for (const auto& factory : config_.v2_factories)
        look(evm::PoolKind::v2, amm::v2_pair_address(factory, a, b));
    for (const auto& factory : config_.v3_factories)
        for (const auto fee : config_.v3_fees)
            look(evm::PoolKind::v3, amm::v3_pool_address(factory, a, b, fee));
    if (machine.state.missing().empty() && !machine.interrupted()) {
        discovered_pools_ += found.size();
        discovered_.emplace(tokens, found);
    }
    return found;
}

bool PoolView::made_by_factory(const PoolCreation& creation) const {
    const bool is_v2 = creation.kind == evm::PoolKind::v2;
    const auto made = [&](const amm::PoolFactory& factory) {
        return creation.pool ==
               (is_v2 ? amm::v2_pair_address(factory, creation.token0, creation.token1)
                      : amm::v3_pool_address(factory, creation.token0, creation.token1,
                                             creation.fee_pips));
    };
    const auto& factories = is_v2 ? config_.v2_factories : config_.v3_factories;
    return std::any_of(factories.begin(), factories.end(), made);
}

void PoolView::created(const PoolCreation& creation) {
    const auto known = pools_.find(creation.pool);
    if (known != pools_.end()) {
        if (known->second) return;
        pools_.erase(known);
    }
    if (const auto made = discovered_.find(std::minmax(creation.token0, creation.token1));
        made != discovered_.end()) {
        discovered_pools_ -= made->second.size();
        discovered_.erase(made);
    }
    if (created_.size() < config_.created && made_by_factory(creation))
        created_.push_back(creation);
}

void PoolView::ask_created(evm::Machine& machine) {
    for (const auto& each : created_) pool(machine, each.kind, each.pool);
    if (machine.state.missing().empty() && !machine.interrupted()) created_.clear();
}

void PoolView::forget_absent() {
    std::erase_if(pools_, [](const auto& each) { return !each.second; });
    forget_discovered();
}

std::vector<const Pool*> PoolView::between(const eth::Address& a, const eth::Address& b) const {
    auto found = of(a);
    std::erase_if(found, [&](const Pool* pool) { return pool->token0 != b && pool->token1 != b; });
    return found;
}

std::vector<const Pool*> PoolView::of(const eth::Address& token) const {
    std::vector<const Pool*> found;
    const auto known = of_token_.find(token);
    if (known == of_token_.end()) return found;
    for (const auto& address : known->second) found.push_back(&*pools_.at(address));
    std::sort(found.begin(), found.end(),
              [](const Pool* a, const Pool* b) { return a->address < b->address; });
    return found;
}

PoolState PoolView::read(evm::Overlay& state, const Pool& pool) const {
    PoolState out;
    const auto account = state.load(pool.address);
    if (pool.kind == evm::PoolKind::v2) {
        const auto held = amm::v2_reserves(slot_of(state, account, U256(amm::kV2ReservesSlot)));
        out.v2 = {held.reserve0, held.reserve1, pool.v2_fee};
        return out;
    }
    out.v3 = amm::v3_state(slot_of(state, account, U256(amm::kV3PriceSlot)),
                           slot_of(state, account, U256(amm::kV3LiquiditySlot)));
    read_curve(state, pool, out);
    return out;
}

void PoolView::read_curve(evm::Overlay& state, const Pool& pool, PoolState& out) const {
    auto& curve = out.curve;
    curve.fee_pips = pool.fee_pips;
    curve.tick_spacing = pool.tick_spacing;
    const int first = amm::v3_bitmap_position(amm::kMinTick, pool.tick_spacing);
    const int last = amm::v3_bitmap_position(amm::kMaxTick, pool.tick_spacing);
    const int middle = amm::v3_bitmap_position(out.v3.tick, pool.tick_spacing);
    const int low = std::max(first, middle - config_.bitmap_words);
    const int high = std::min(last, middle + config_.bitmap_words);
    const auto account = state.load(pool.address);
    for (int at = low; at <= high; ++at) {
        const auto position = static_cast<std::int16_t>(at);
        const auto word = slot_of(state, account, amm::v3_bitmap_slot(position));
        for (const auto tick : amm::v3_ticks_in(word, position, pool.tick_spacing))
            curve.ticks.push_back(
                amm::v3_tick(tick, slot_of(state, account, amm::v3_tick_slot(tick))));
    }
    out.partial = low > first || high < last;
    if (low > first) curve.known_low = low * 256 * pool.tick_spacing;
    if (high < last) curve.known_high = (high + 1) * 256 * pool.tick_spacing - 1;
}

} // namespace viz::search
