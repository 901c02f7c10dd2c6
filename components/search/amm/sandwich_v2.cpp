#include <algorithm>

#include "components/search/amm/sandwich.hpp"

namespace viz::search::amm {

namespace {

constexpr U256 kMaxReserve = max_of_bits(kV2ReserveBits);
// Wider amounts than any reserve cannot be swapped; below this no product here overflows.
constexpr unsigned kAmountBits = 113;

// v2_amount_out where all is within 113 bits and the reserves are not empty.
U256 out_of(const U256& in, const U256& reserve_in, const U256& reserve_out, const V2Fee& fee) {
    const auto counted = in * U256(fee.numerator);
    return counted * reserve_out / (reserve_in * U256(fee.denominator) + counted);
}

const U256 kAmountLimit = U256(1) << kAmountBits;

bool usable(const V2Side& side, const Victim& victim) {
    return !eth::is_zero(side.reserve_in) && !eth::is_zero(side.reserve_out) &&
           !eth::is_zero(victim.amount) && victim.amount < kAmountLimit;
}

// The victim's terms as v in and m out, both below 2^113: its amount and bound, or for exact out
// its bound and amount. Both swaps keep to the same curve; they differ in who is hurt by rounding.
struct Terms {
    bool exact_in{};
    U256 v;
    U256 m;
};
Terms terms_of(const Victim& victim) {
    // No pair gives nothing, so a bound of zero is one of one.
    const auto bound = std::min(victim.bound, kAmountLimit - U256(1));
    if (victim.exact_in) return {true, victim.amount, std::max(bound, U256(1))};
    return {false, bound, victim.amount};
}

// Does the victim keep its bound after that front-run? Monotone: true up to some amount.
bool keeps_bound(const V2Side& side, const Terms& victim, const U256& front_in) {
    const auto x = side.reserve_in + front_in;
    const auto y = side.reserve_out - out_of(front_in, side.reserve_in, side.reserve_out, side.fee);
    const U256 n(side.fee.numerator);
    const U256 d(side.fee.denominator);
    if (victim.exact_in) {
        // floor(v n y / (x d + v n)) >= m
        const auto counted = victim.v * n;
        return x + victim.v <= kMaxReserve && counted * y >= victim.m * (x * d + counted);
    }
    if (victim.m >= y) return false;
    // floor(x m d / ((y - m) n)) + 1 <= v, and the pair takes that much.
    const auto numerator = x * victim.m * d;
    const auto denominator = (y - victim.m) * n;
    if (numerator >= victim.v * denominator) return false;
    return x + victim.v <= kMaxReserve || x + numerator / denominator < kMaxReserve;
}

// The positive root of the quadratic in the header, rounded to near.
U256 closed_form(const V2Side& side, const Terms& victim) {
    const std::uint64_t n = side.fee.numerator;
    const std::uint64_t d = side.fee.denominator;
    const auto& x = side.reserve_in;
    const auto nd = U256(n * d);
    const auto ndv = nd * victim.v;
    const auto b = x * U256(d * d + n * d) + U256(n * n) * victim.v;
    const auto c_minus = product(ndv, x * side.reserve_out) / victim.m;
    const auto c_plus = product(x, x * U256(d * d) + ndv);
    if (c_minus <= c_plus) return {};
    const auto disc = product(b, b) + (c_minus - c_plus) * (4 * n * d);
    return (isqrt(disc) - b) / (nd << 1);
}

// The root is of the curve without roundings. What comes out of the front-run is rounded down,
// and while it stays the same, the victim stands on the same y: the largest input for that output
// that also leaves the victim its bound is the answer, exactly.
U256 largest_on_stair(const V2Side& side, const Terms& victim, const U256& root) {
    if (root > kMaxReserve) return root;
    const auto& x = side.reserve_in;
    const auto out = out_of(root, x, side.reserve_out, side.fee);
    const U256 n(side.fee.numerator);
    const U256 d(side.fee.denominator);
    const auto y = side.reserve_out - out;
    // Largest input that gives `out` and not one more.
    if (y <= U256(1)) return root;
    const auto stair = ((out + U256(1)) * x * d - U256(1)) / ((y - U256(1)) * n);
    // Largest x + a for the victim on this y.
    U256 reach;
    if (victim.exact_in) {
        const auto whole = victim.v * n * y / victim.m;
        if (whole < victim.v * n) return root;
        reach = (whole - victim.v * n) / d;
    } else {
        if (victim.m >= y) return root;
        const auto whole = victim.v * n * (y - victim.m);
        if (eth::is_zero(whole)) return root;
        reach = (whole - U256(1)) / (victim.m * d);
    }
    return reach < x ? root : std::min(stair, reach - x);
}

} // namespace

std::string_view to_string(NoSize reason) {
    switch (reason) {
    case NoSize::victim_fails:
        return "victim_fails";
    case NoSize::not_profitable:
        return "not_profitable";
    }
    return "unknown";
}

Result<U256, NoSize> v2_largest_front_run(const V2Side& side, const Victim& victim,
                                          const U256& most) {
    const auto terms = terms_of(victim);
    if (!usable(side, victim) || !keeps_bound(side, terms, U256()))
        return Failure{NoSize::victim_fails};
    const auto limit = std::min(most, kMaxReserve - side.reserve_in);
    const auto seed = largest_on_stair(side, terms, closed_form(side, terms));
    return passing_edge(seed, limit, [&](const U256& a) { return keeps_bound(side, terms, a); });
}

Result<Sandwich, NoSize> v2_sandwich(const V2Side& side, const Victim& victim,
                                     const U256& front_in) {
    if (!usable(side, victim) || front_in > kMaxReserve ||
        !keeps_bound(side, terms_of(victim), front_in))
        return Failure{NoSize::victim_fails};
    Sandwich s;
    s.front_in = front_in;
    s.front_out = out_of(front_in, side.reserve_in, side.reserve_out, side.fee);
    if (eth::is_zero(s.front_out)) return Failure{NoSize::not_profitable};
    const auto first = v2_after(side, s.front_in, s.front_out);
    const auto other =
        victim.exact_in ? v2_amount_out(first, victim.amount) : v2_amount_in(first, victim.amount);
    if (!other) return Failure{NoSize::victim_fails};
    s.victim_in = victim.exact_in ? victim.amount : *other;
    s.victim_out = victim.exact_in ? *other : victim.amount;
    const auto second = v2_after(first, s.victim_in, s.victim_out);
    s.back_out = out_of(s.front_out, second.reserve_out, second.reserve_in, side.fee);
    return s;
}

Result<Sandwich, NoSize> v2_best_sandwich(const V2Side& side, const Victim& victim,
                                          const U256& most) {
    const auto largest = v2_largest_front_run(side, victim, most);
    if (!largest) return Failure{largest.error()};
    const auto profit = [&](const U256& a) {
        const auto s = v2_sandwich(side, victim, a);
        return s ? s->profit() : eth::negate(U256(1));
    };
    auto top = *largest;
    // A little less is worth more only where the victim's bound hardly binds.
    const auto little = std::max(top >> 8, U256(1));
    if (little < top && eth::signed_less(profit(top), profit(top - little)))
        top = golden_section(U256(), top, U256(8), profit);
    Sandwich best;
    bool found = false;
    const auto consider = [&](const U256& a) {
        const auto s = v2_sandwich(side, victim, a);
        if (!s || eth::is_negative(s->profit()) || eth::is_zero(s->profit())) return;
        if (found && s->profit() <= best.profit()) return;
        best = *s;
        found = true;
    };
    consider(top);
    // The same output may cost less, and roundings make stairs: the cheapest inputs around.
    constexpr std::uint64_t kAround = 8;
    const auto at = out_of(top, side.reserve_in, side.reserve_out, side.fee);
    for (std::uint64_t i = 0; i <= 2 * kAround; ++i) {
        if (at + U256(kAround) <= U256(i)) break;
        const auto in = v2_least_in(side, at + U256(kAround) - U256(i));
        if (in && *in <= most) consider(*in);
    }
    if (!found) return Failure{NoSize::not_profitable};
    return best;
}

} // namespace viz::search::amm
