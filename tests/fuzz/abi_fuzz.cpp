// ABI data of any bytes, for types of any shape: refused, or a value whose own encoding decodes to
// it again. The input is a type, a zero byte, data.
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
    const BytesView input(data, size);
    const auto end = std::find(input.begin(), input.end(), std::uint8_t{0});
    if (end == input.end()) return 0;
    const auto length = static_cast<std::size_t>(end - input.begin());
    const auto type = parse_abi_type(std::string_view(reinterpret_cast<const char*>(data), length));
    if (!type) return 0;
    const BytesView body = input.subspan(length + 1);
    const AbiReader reader(body);
    for (std::size_t slot = 0; slot < 8; ++slot) {
        if (const auto bytes = reader.bytes(slot)) require(bytes->size() <= body.size());
        if (const auto array = reader.array(slot, 1, 64))
            require(array->elements.data().size() >= array->length * kAbiWord);
    }
    const auto value = decode_abi(*type, body);
    if (!value) return 0;
    const auto encoded = encode_abi(*type, *value);
    require(encoded.has_value());
    const auto again = decode_abi(*type, *encoded);
    require(again.has_value() && *again == *value);
    return 0;
}
