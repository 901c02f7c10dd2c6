// A signature, a zero byte, calldata: refused, or values that encode to something which decodes to
// the same again.
#include <algorithm>
#include <cstdlib>

#include "components/eth/abi.hpp"

namespace {

using namespace viz::eth;

void require(bool condition) {
    if (!condition) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto* const end = data + size;
    const auto* const split = std::find(data, end, std::uint8_t{0});
    const std::string text(data, split);
    const auto signature = parse_abi_signature(text);
    if (!signature) return 0;
    const auto canonical = signature->canonical();
    require(parse_abi_signature(canonical)->inputs == signature->inputs);
    if (split == end) return 0;
    const BytesView calldata(split + 1, end);
    const auto values = abi_decode(signature->inputs, calldata, {.values = 512});
    if (!values) return 0;
    const auto encoded = abi_encode(signature->inputs, *values);
    require(encoded.has_value());
    const auto again = abi_decode(signature->inputs, *encoded, {.values = 512});
    require(again.has_value());
    require(*abi_encode(signature->inputs, *again) == *encoded);
    return 0;
}
