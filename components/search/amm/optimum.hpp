// Searches over integers: the edge of what passes, and the top of what rises and then falls.
#pragma once

#include <string_view>

#include "components/eth/result.hpp"
#include "components/search/amm/wide.hpp"

namespace viz::search::amm {

// Why there is no amount. The texts are stable.
enum class NoSize : std::uint8_t {
    victim_fails,   // its own bound is not kept even with nothing before it
    not_profitable, // no amount gives more than it takes
};
std::string_view to_string(NoSize reason);

// The edge of `passes`, which holds at 0: an amount that passes, at most `most`, where the next
// does not (or is beyond `most`). Where `passes` only ever changes once, that is the largest that
// passes at all. `seed` is where to look first; the nearer, the fewer calls: two if it is exact.
template <class Passes> U256 passing_edge(const U256& seed, const U256& most, Passes passes) {
    U256 good; // passes
    U256 bad;  // does not
    bool has_bad = false;
    U256 distance(1);
    const U256 start = seed < most ? seed : most;
    if (passes(start)) {
        good = start;
        while (good < most && !has_bad) {
            const auto next = most - good > distance ? good + distance : most;
            if (passes(next)) {
                good = next;
                distance = distance << 1;
            } else {
                bad = next;
                has_bad = true;
            }
        }
        if (!has_bad) return good;
    } else {
        bad = start;
        while (bad > distance) {
            const auto next = bad - distance;
            if (passes(next)) {
                good = next;
                break;
            }
            bad = next;
            distance = distance << 1;
        }
    }
    while (bad - good > U256(1)) {
        const auto middle = good + ((bad - good) >> 1);
        (passes(middle) ? good : bad) = middle;
    }
    return good;
}

// Where `value` (two's complement) is greatest in [low, high], for one that rises and then falls,
// by golden section, until the range is no wider than `precision`; below it and on the stairs that
// rounding makes, the best that was seen. Values below 2^192.
template <class Value>
U256 golden_section(U256 low, U256 high, const U256& precision, Value value) {
    constexpr std::uint64_t kGolden = 0x9e3779b97f4a7c15; // 2^64 / 1.618...
    const auto part = [](const U256& span) { return (span * U256(kGolden)) >> 64; };
    auto right = low + part(high - low);
    auto left = high - part(high - low);
    auto at_left = value(left);
    auto at_right = value(right);
    while (high - low > precision && high - low > U256(3)) {
        if (eth::signed_less(at_left, at_right)) {
            low = left;
            left = right;
            at_left = at_right;
            right = low + part(high - low);
            at_right = value(right);
        } else {
            high = right;
            right = left;
            at_right = at_left;
            left = high - part(high - low);
            at_left = value(left);
        }
    }
    return eth::signed_less(at_left, at_right) ? right : left;
}

} // namespace viz::search::amm
