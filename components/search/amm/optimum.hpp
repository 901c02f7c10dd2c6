// Searches over integers: the boundary of a predicate, and the maximum of a unimodal function.
#pragma once

#include <string_view>

#include "components/eth/result.hpp"
#include "components/search/amm/wide.hpp"

namespace viz::search::amm {

// Why there is no amount. The texts are stable.
enum class NoSize : std::uint8_t {
    victim_fails,   // its bound fails even without a front-run
    not_profitable, // no amount gives more than it takes
};
std::string_view to_string(NoSize reason);

// The boundary of `passes`, which holds at 0: an amount of at most `most` that passes while the
// next does not (or exceeds `most`). If `passes` changes only once, it is the largest that passes.
// `seed` is the first guess; the nearer, the fewer calls: two if it is exact.
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

// The maximum of `value` (two's complement) in [low, high] for a function that rises and then
// falls, by golden section until the range is no wider than `precision`; within it, and on the
// steps that rounding makes, the best value seen. Values below 2^192.
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
