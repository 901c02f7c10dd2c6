#include "components/search/amm/swap_error.hpp"

namespace viz::search::amm {

std::string_view to_string(SwapError reason) {
    switch (reason) {
    case SwapError::zero_amount:
        return "zero_amount";
    case SwapError::insufficient_liquidity:
        return "insufficient_liquidity";
    case SwapError::overflow:
        return "overflow";
    case SwapError::reserve_overflow:
        return "reserve_overflow";
    case SwapError::invariant:
        return "invariant";
    case SwapError::not_initialized:
        return "not_initialized";
    case SwapError::price_limit:
        return "price_limit";
    case SwapError::liquidity_overflow:
        return "liquidity_overflow";
    case SwapError::output_unreachable:
        return "output_unreachable";
    case SwapError::outside_known_ticks:
        return "outside_known_ticks";
    case SwapError::empty_path:
        return "empty_path";
    }
    return "unknown";
}

} // namespace viz::search::amm
