#include "components/search/amm/v3.hpp"

#include <algorithm>

namespace viz::search::amm {

namespace {

std::int32_t floor_div(std::int32_t a, std::int32_t b) {
    return a / b - (a % b != 0 && a < 0 ? 1 : 0);
}

// Adds what crossing upwards adds, or takes it away; nothing where that leaves 128 bits.
std::optional<Uint128> cross(Uint128 liquidity, Int128 net, bool down) {
    const auto size = net < 0 ? Uint128{} - static_cast<Uint128>(net) : static_cast<Uint128>(net);
    if ((net < 0) == down) {
        const Uint128 sum = liquidity + size;
        return sum < liquidity ? std::nullopt : std::optional(sum);
    }
    return size > liquidity ? std::nullopt : std::optional(liquidity - size);
}

std::optional<U256> limit_of(const V3State& state, const V3Request& request) {
    const auto lowest = min_sqrt_ratio() + U256(1);
    const auto highest = max_sqrt_ratio() - U256(1);
    const auto limit = request.price_limit.value_or(request.zero_for_one ? lowest : highest);
    const bool right = request.zero_for_one ? limit < state.sqrt_price && limit >= lowest
                                            : limit > state.sqrt_price && limit <= highest;
    return right ? std::optional(limit) : std::nullopt;
}

// One swap on its way.
class Walk {
  public:
    Walk(const V3Curve& curve, const V3State& state, const V3Request& request, const U256& limit)
        : curve_(curve), request_(request), limit_(limit), left_(request.amount) {
        swap_.after = state;
    }

    bool done() const { return eth::is_zero(left_) || swap_.after.sqrt_price == limit_; }

    std::optional<SwapError> advance() {
        const bool down = request_.zero_for_one;
        auto& at = swap_.after;
        const auto stop = v3_next_stop(curve_, at.tick, down);
        const auto stop_tick = std::clamp(stop.tick, kMinTick, kMaxTick);
        const auto stop_price = sqrt_ratio_at_tick(stop_tick);
        const auto& target = down ? std::max(stop_price, limit_) : std::min(stop_price, limit_);
        const auto start = at.sqrt_price;
        const auto step =
            v3_step(start, target, at.liquidity, left_, request_.exact_in, curve_.fee_pips);
        if (!step) return step.error();
        if (!in_known_range(stop_tick, step->price)) return SwapError::outside_known_ticks;
        if (const auto refused = take(*step)) return refused;
        at.sqrt_price = step->price;
        if (step->price != stop_price) {
            if (step->price != start) at.tick = tick_at_sqrt_ratio(step->price);
            return std::nullopt;
        }
        if (stop.initialized != nullptr) {
            const auto liquidity = cross(at.liquidity, stop.initialized->liquidity_net, down);
            if (!liquidity) return SwapError::liquidity_overflow;
            at.liquidity = *liquidity;
            ++swap_.crossed;
        }
        at.tick = down ? stop_tick - 1 : stop_tick;
        return std::nullopt;
    }

    V3Swap result() {
        swap_.complete = eth::is_zero(left_);
        return swap_;
    }

  private:
    bool in_known_range(std::int32_t stop_tick, const U256& price) const {
        if (request_.zero_for_one)
            return stop_tick >= curve_.known_low || price >= sqrt_ratio_at_tick(curve_.known_low);
        return stop_tick <= curve_.known_high || price <= sqrt_ratio_at_tick(curve_.known_high);
    }

    std::optional<SwapError> take(const V3Step& step) {
        ++swap_.steps;
        const auto paid = eth::checked_add(step.amount_in, step.fee);
        const auto in = paid ? eth::checked_add(swap_.amount_in, *paid) : std::nullopt;
        const auto out = eth::checked_add(swap_.amount_out, step.amount_out);
        if (!in || eth::is_negative(*in) || !out || eth::is_negative(*out))
            return SwapError::overflow;
        swap_.amount_in = *in;
        swap_.amount_out = *out;
        swap_.fee = swap_.fee + step.fee;
        left_ = left_ - (request_.exact_in ? *paid : step.amount_out);
        return std::nullopt;
    }

    const V3Curve& curve_;
    const V3Request& request_;
    const U256 limit_;
    U256 left_;
    V3Swap swap_;
};

} // namespace

V3Stop v3_next_stop(const V3Curve& curve, std::int32_t tick, bool zero_for_one) {
    // Ticks divided by the spacing stand 256 to a word.
    const auto compressed = floor_div(tick, curve.tick_spacing);
    const auto& ticks = curve.ticks;
    const auto below = [](std::int32_t at, const V3Tick& t) { return at < t.index; };
    if (zero_for_one) {
        const auto end = (compressed & ~255) * curve.tick_spacing;
        auto found = std::upper_bound(ticks.begin(), ticks.end(), tick, below);
        if (found == ticks.begin() || (--found)->index < end) return {end, nullptr};
        return {found->index, &*found};
    }
    const auto end = ((compressed + 1) | 255) * curve.tick_spacing;
    const auto found = std::upper_bound(ticks.begin(), ticks.end(), tick, below);
    if (found == ticks.end() || found->index > end) return {end, nullptr};
    return {found->index, &*found};
}

Swap<V3Swap> v3_swap(const V3Curve& curve, const V3State& state, const V3Request& request) {
    if (eth::is_zero(request.amount)) return Failure{SwapError::zero_amount};
    if (eth::is_negative(request.amount)) return Failure{SwapError::overflow};
    if (eth::is_zero(state.sqrt_price)) return Failure{SwapError::not_initialized};
    const auto limit = limit_of(state, request);
    if (!limit) return Failure{SwapError::price_limit};
    Walk walk(curve, state, request, *limit);
    while (!walk.done())
        if (const auto refused = walk.advance()) return Failure{*refused};
    return walk.result();
}

} // namespace viz::search::amm
