// RLP of any bytes: refused, or exactly what writing the items again gives.
#include <algorithm>
#include <cstdlib>

#include "components/eth/rlp.hpp"

namespace {

using namespace viz::eth;

void require(bool condition) {
    if (!condition) std::abort();
}

void copy(RlpReader reader, RlpWriter& out) {
    while (!reader.at_end()) {
        const auto item = reader.next();
        require(item.has_value());
        if (!item->is_list) {
            out.string(item->payload);
            continue;
        }
        const auto mark = out.open_list();
        copy(RlpReader(item->payload), out);
        out.close_list(mark);
    }
}

// An error leaves a reader where it was, whatever it was asked for; success moves it on.
void ask(BytesView bytes) {
    RlpReader reader(bytes);
    while (!reader.at_end()) {
        const auto before = reader.rest().size();
        std::array<std::uint8_t, 20> address{};
        const bool moved = reader.next_u64() || reader.next_u256() || !reader.next_fixed(address) ||
                           reader.next_string() || reader.next_list();
        require(moved == (reader.rest().size() < before));
        if (!moved) return;
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const BytesView bytes(data, size);
    ask(bytes);
    if (check_rlp(bytes, 256)) return 0;
    RlpWriter out;
    copy(RlpReader(bytes), out);
    require(std::equal(bytes.begin(), bytes.end(), out.bytes().begin(), out.bytes().end()));
    return 0;
}
