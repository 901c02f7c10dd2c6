// Calldata of any bytes decodes within the bounds, and to the same actions each time, whichever
// contract is called: some decoders ask whose it is.
#include <array>
#include <cstdlib>

#include "components/eth/hex.hpp"
#include "components/features/action_fields.hpp"
#include "components/features/actions.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace viz;
    static const auto registry = features::ProtocolRegistry::built_in();
    static const std::array kContracts{
        eth::Address{{1}},
        *eth::address_from_hex("0x3fc91a3afd70395cd496c647d5a6cc9d4b2b7fad"), // Universal Router
        *eth::address_from_hex("0x39aa39c021dfbae8fac545936693ac917d5e7563"), // cUSDC
        *eth::address_from_hex("0xc3d688b66703497daa19211eedff47f25384cdc3"), // Comet
        *eth::address_from_hex("0xdd3f50f8a6cafbe9b31a427582963f465e745af8"), // Rocket Pool
        *eth::address_from_hex("0x00000000000000adc04c56bf30ac9d3c0aaf14dc"), // Seaport
        *eth::address_from_hex("0x3154cf16ccdb4c6d922629664174b904d80f2c35"), // Base's bridge
    };
    for (const auto& to : kContracts) {
        const features::Call call{.chain_id = eth::ChainId{1},
                                  .from = {},
                                  .to = to,
                                  .value = 1000U,
                                  .data = eth::BytesView(data, size)};
        const auto actions = features::decode_actions(call, registry);
        if (actions.size() > features::kMaxActions) std::abort();
        for (const auto& action : actions) {
            if (const auto* swap = std::get_if<features::Swap>(&action))
                if (swap->path.size() > features::kMaxPath ||
                    swap->pools.size() > features::kMaxPath)
                    std::abort();
            if (features::to_message(action).type.empty()) std::abort();
        }
        if (features::decode_actions(call, registry).size() != actions.size()) std::abort();
    }
    return 0;
}
