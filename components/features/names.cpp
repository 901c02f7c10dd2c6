// ENS: a registration begins with a commitment to the name. Source: ensdomains/ens-contracts,
// ETHRegistrarController.sol of each deployment.
#include <algorithm>

#include "components/eth/hex.hpp"
#include "components/features/swap_decoders.hpp"

namespace viz::features {
namespace {

using eth::AbiReader;

constexpr std::size_t kLongest = 255; // bytes; longer names are truncated

// Labels may contain any bytes; the result is printable.
std::string shown(eth::BytesView label) {
    label = label.first(std::min(label.size(), kLongest));
    const bool plain = std::ranges::all_of(label, [](std::uint8_t c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
    return plain ? std::string(label.begin(), label.end()) : eth::to_hex(label);
}

// (label, owner, duration, …)
bool registered(const AbiReader& in, DecodeContext& context) {
    const auto label = in.bytes(0);
    const auto owner = in.address(1);
    const auto duration = in.u64(2);
    if (!label || !owner || !duration) return false;
    context.out.emplace_back(Name{.protocol = "ens",
                                  .kind = NameKind::register_,
                                  .name = shown(*label),
                                  .owner = *owner,
                                  .duration_s = *duration,
                                  .paid = context.call.value});
    return true;
}

bool renewed(const AbiReader& in, DecodeContext& context) {
    const auto label = in.bytes(0);
    const auto duration = in.u64(1);
    if (!label || !duration) return false;
    context.out.emplace_back(Name{.protocol = "ens",
                                  .kind = NameKind::renew,
                                  .name = shown(*label),
                                  .owner = std::nullopt,
                                  .duration_s = *duration,
                                  .paid = context.call.value});
    return true;
}

} // namespace

bool decode_name(std::uint32_t selector, const AbiReader& args, DecodeContext& context) {
    if (context.protocol != "ens") return false; // other protocols use these names too
    switch (selector) {
    case 0xf14fcbc8: // commit(bytes32): a hash of the name to be registered
        context.out.emplace_back(Name{.protocol = "ens", .kind = NameKind::commit});
        return true;
    case 0x85f6d155: // register(string,address,uint256,bytes32)
    case 0xf7a16963: // registerWithConfig
    case 0x74694a2b: // register(string,address,uint256,bytes32,address,bytes[],bool,uint16)
        return registered(args, context);
    case 0xef9c8805: // register((string,address,uint256,…))
        if (const auto request = args.tuple(0)) return registered(*request, context);
        return false;
    case 0xacf1a841: // renew(string,uint256)
    case 0x18026ad1: // renew(string,uint256,bytes32)
        return renewed(args, context);
    default:
        return false;
    }
}

} // namespace viz::features
