#include "components/features/swap_decoders.hpp"

#include <algorithm>

namespace viz::features {

std::uint32_t selector_number(eth::BytesView data) {
    return static_cast<std::uint32_t>(eth::from_be(data.first(4)).low_u64());
}

eth::Address low_address(const eth::U256& word) {
    const auto bytes = eth::to_be(word);
    eth::Address address;
    std::copy(bytes.begin() + 12, bytes.end(), address.bytes.begin());
    return address;
}

bool is_whole_balance(const eth::U256& amount) {
    return amount.limbs == std::array<std::uint64_t, 4>{0, 0, 0, 1ULL << 63U};
}

bool read_v3_path(eth::BytesView bytes, bool reversed, Swap& swap) {
    constexpr std::size_t kToken = 20;
    constexpr std::size_t kHop = 23;
    if (bytes.size() < kToken + kHop || (bytes.size() - kToken) % kHop != 0) return false;
    if ((bytes.size() - kToken) / kHop >= kMaxPath) return false;
    for (std::size_t at = 0;; at += kHop) {
        eth::Address token;
        std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), kToken, token.bytes.begin());
        swap.path.push_back(token);
        if (at + kToken == bytes.size()) break;
        const auto fee = eth::from_be(bytes.subspan(at + kToken, 3)).low_u64();
        swap.fees.push_back(static_cast<std::uint32_t>(fee));
    }
    if (reversed) {
        std::reverse(swap.path.begin(), swap.path.end());
        std::reverse(swap.fees.begin(), swap.fees.end());
    }
    return true;
}

bool read_token_path(const eth::AbiReader& args, std::size_t slot, Swap& swap) {
    const auto tokens = args.array(slot, 1, kMaxPath);
    if (!tokens || tokens->length < 2) return false;
    for (std::size_t i = 0; i < tokens->length; ++i) {
        const auto token = tokens->elements.address(i);
        if (!token) return false;
        swap.path.push_back(*token);
    }
    return true;
}

void set_pair_fees(const DecodeContext& context, Swap& swap) {
    const Factory* factory =
        context.registry.factory(context.call.chain_id, swap.protocol, Factory::Kind::v2);
    if (factory != nullptr && factory->fixed_fee)
        swap.fees.assign(swap.path.size() - 1, *factory->fixed_fee);
}

std::optional<eth::Address> router_recipient(const DecodeContext& context,
                                             const eth::Address& written) {
    const eth::U256 number = eth::from_be(written.view());
    if (number == eth::U256{1}) return context.call.from;
    if (number == eth::U256{2}) return context.call.to;
    return written;
}

bool is_native_coin(const eth::Address& token) {
    constexpr std::uint8_t kMarker = 0xee;
    const std::uint8_t first = token.bytes.front();
    return (first == 0 || first == kMarker) &&
           std::ranges::all_of(token.bytes, [first](std::uint8_t byte) { return byte == first; });
}

eth::Address token_of(const eth::Address& written, const DecodeContext& context) {
    return is_native_coin(written) ? context.wrapped_native.value_or(written) : written;
}

void add_router_swap(DecodeContext& context, Swap swap, bool router_pays) {
    const bool to_router = swap.recipient && swap.recipient == context.call.to;
    context.out.emplace_back(std::move(swap));
    if (router_pays) context.ledger.router_paid_swap();
    if (to_router) context.ledger.swap_paid_router();
}

} // namespace viz::features
