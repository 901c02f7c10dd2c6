// Any bytes are a document within the limits, or a reason.
#include <cstdlib>

#include "components/eth/json_reader.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace viz;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    constexpr eth::JsonLimits kLimits{.bytes = 4'096, .depth = 8, .values = 64};
    const auto beyond = eth::exceeds(text, kLimits);
    const auto document = eth::JsonDocument::read(text, kLimits);
    if (beyond && (document || document.error() != *beyond)) std::abort();
    if (!document && to_string(document.error()).empty()) std::abort();
    if (text.size() <= kLimits.bytes && !beyond) {
        const auto at = eth::fault_position(text);
        if (at && *at > text.size()) std::abort();
    }
    return 0;
}
