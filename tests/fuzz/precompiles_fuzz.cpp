// Calls of precompiled contracts as hostile code makes them: any input under any fork, with the gas
// of a call bounded as a block bounds it. No crash, the same answer twice, nothing left behind by
// a failure, an output of the size the contract promises. Random bytes are hardly ever a point of a
// curve; so a part of the inputs is built of points, and there the group law itself is the check.
#include <algorithm>
#include <cstdlib>

#include "components/evm/precompile.hpp"

namespace {

using namespace viz;
using evm::Fork;

constexpr std::uint64_t kGasLimit = 400'000;

void require(bool condition) {
    if (!condition) std::abort();
}

const evm::Precompile* find(std::uint16_t number, Fork fork) {
    eth::Address address;
    address.bytes[18] = static_cast<std::uint8_t>(number >> 8);
    address.bytes[19] = static_cast<std::uint8_t>(number);
    return evm::find_precompile(address, fork);
}

struct Answer {
    bool success{};
    eth::Bytes output;
    friend bool operator==(const Answer&, const Answer&) = default;
};

Answer call(std::uint16_t number, eth::BytesView input, Fork fork) {
    const auto* contract = find(number, fork);
    if (contract == nullptr || contract->run == nullptr) return {};
    if (contract->gas(input, fork) > kGasLimit) return {};
    Answer answer;
    answer.success = contract->run(input, fork, answer.output);
    if (!answer.success) answer.output.clear();
    return answer;
}

// Output sizes of a successful call, smallest and largest.
void check_size(std::uint16_t number, std::size_t size) {
    switch (number) {
    case 0x01:
    case 0x100:
        return require(size == 0 || size == 32);
    case 0x02:
    case 0x03:
    case 0x08:
    case 0x0f:
        return require(size == 32);
    case 0x06:
    case 0x07:
    case 0x09:
    case 0x0a:
        return require(size == 64);
    case 0x0b:
    case 0x0c:
    case 0x10:
        return require(size == 128);
    case 0x0d:
    case 0x0e:
    case 0x11:
        return require(size == 256);
    default:
        return;
    }
}

void try_input(std::uint16_t number, eth::BytesView input, Fork fork) {
    const auto answer = call(number, input, fork);
    require(answer == call(number, input, fork));
    if (answer.success) check_size(number, answer.output.size());
}

// Reads what is left, then zeros.
class Source {
  public:
    explicit Source(eth::BytesView data) : data_(data) {}
    std::uint8_t byte() {
        if (data_.empty()) return 0;
        const auto v = data_.front();
        data_ = data_.subspan(1);
        return v;
    }
    eth::Bytes bytes(std::size_t size) {
        eth::Bytes out(size);
        for (auto& b : out) b = byte();
        return out;
    }

  private:
    eth::BytesView data_;
};

eth::Bytes joined(std::initializer_list<eth::BytesView> parts) {
    eth::Bytes all;
    for (const auto part : parts) all.insert(all.end(), part.begin(), part.end());
    return all;
}

// The contracts of a group: from a field element or the generator to points, to sums of multiples.
struct Group {
    std::uint16_t add, multiply, map; // map is 0 where the group has none
    std::size_t coordinate;
};
constexpr Group kGroups[] = {{0x06, 0x07, 0, 32}, {0x0b, 0x0c, 0x10, 64}, {0x0d, 0x0e, 0x11, 128}};

eth::Bytes one(std::uint8_t v = 1) {
    eth::Bytes word(32);
    word[31] = v;
    return word;
}

eth::Bytes point(const Group& group, Source& source) {
    if (group.map == 0) {
        const auto generator = joined({one(1), one(2)});
        return call(group.multiply, joined({generator, source.bytes(32)}), Fork::osaka).output;
    }
    eth::Bytes element(group.coordinate);
    for (std::size_t i = 0; i < element.size(); i += 64)
        for (std::size_t j = 17; j < 64; j += 5) element[i + j] = source.byte();
    return call(group.map, element, Fork::osaka).output;
}

// Sums of points by two ways; then the same input with one byte changed.
void try_group(Source& source) {
    const auto& group = kGroups[source.byte() % std::size(kGroups)];
    const auto p = point(group, source);
    const auto q = point(group, source);
    const auto sum = call(group.add, joined({p, q}), Fork::osaka);
    require(sum.success && sum == call(group.add, joined({q, p}), Fork::osaka));
    const auto scalar = source.bytes(32);
    const auto multiple = [&](const eth::Bytes& of) {
        const auto answer = call(group.multiply, joined({of, scalar}), Fork::osaka);
        require(answer.success);
        return answer.output;
    };
    const auto spread = call(group.add, joined({multiple(p), multiple(q)}), Fork::osaka);
    require(spread.success && spread.output == multiple(sum.output));
    if (group.map != 0) {
        const auto both = joined({p, scalar, q, scalar});
        require(call(group.multiply, both, Fork::osaka).output == spread.output);
    }
    auto changed = joined({p, q});
    changed[source.byte() * std::size_t{2} % changed.size()] ^= source.byte();
    try_input(group.add, changed, Fork::osaka);
    try_input(group.multiply, changed, Fork::osaka);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const auto fork = static_cast<Fork>(data[1] % 5);
    const eth::BytesView rest(data + 2, size - 2);
    if (data[0] % 20 == 19) {
        Source source(rest);
        try_group(source);
        return 0;
    }
    const auto number = static_cast<std::uint16_t>(data[0] % 20 == 18 ? 0x100 : data[0] % 20);
    try_input(number, rest, fork);
    return 0;
}
