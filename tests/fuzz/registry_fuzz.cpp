// A registry file of any bytes is taken or refused with a reason, and an overlay of them changes
// the one before only when taken.
#include <cstdlib>

#include "components/features/protocol_registry.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace viz;
    static const auto base = features::ProtocolRegistry::built_in();
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto alone = features::ProtocolRegistry::parse(text);
    if (!alone && alone.error().message().empty()) std::abort();
    const auto both = base.overlaid(text);
    if (alone && !both) std::abort(); // what stands alone may also be added
    if (both && both->contract_count() < base.contract_count()) std::abort();
    return 0;
}
