#include "components/evm/code.hpp"

#include <algorithm>

#include "components/evm/opcodes.hpp"

namespace viz::evm {

namespace {

constexpr std::array<std::uint8_t, 3> kDesignator{0xef, 0x01, 0x00};
constexpr auto kPush1 = static_cast<std::uint8_t>(Opcode::PUSH1);
constexpr auto kPush32 = static_cast<std::uint8_t>(Opcode::PUSH32);
constexpr auto kJumpdest = static_cast<std::uint8_t>(Opcode::JUMPDEST);

} // namespace

// c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470
const eth::Hash kEmptyCodeHash{{{0xc5, 0xd2, 0x46, 0x01, 0x86, 0xf7, 0x23, 0x3c, 0x92, 0x7e, 0x7d,
                                 0xb2, 0xdc, 0xc7, 0x03, 0xc0, 0xe5, 0x00, 0xb6, 0x53, 0xca, 0x82,
                                 0x27, 0x3b, 0x7b, 0xfa, 0xd8, 0x04, 0x5d, 0x85, 0xa4, 0x70}}};

Code::Code(eth::BytesView code, const eth::Hash& hash)
    : padded_(code.size() + kPadding), destinations_(code.size() / 64 + 1), size_(code.size()),
      hash_(hash) {
    std::copy(code.begin(), code.end(), padded_.begin());
    for (std::size_t i = 0; i < size_; ++i) {
        const auto op = padded_[i];
        if (op >= kPush1 && op <= kPush32)
            i += op - kPush1 + 1U;
        else if (op == kJumpdest)
            destinations_[i / 64] |= 1ULL << (i % 64);
    }
    if (size_ == 23 && std::equal(kDesignator.begin(), kDesignator.end(), padded_.begin())) {
        eth::Address target;
        std::copy_n(padded_.begin() + 3, 20, target.bytes.begin());
        delegate_ = target;
    }
}

const CodePointer& empty_code() {
    static const CodePointer empty = std::make_shared<const Code>(eth::BytesView(), kEmptyCodeHash);
    return empty;
}

eth::Bytes delegation_designator(const eth::Address& target) {
    eth::Bytes code(kDesignator.size() + target.bytes.size());
    std::copy(kDesignator.begin(), kDesignator.end(), code.begin());
    std::copy(target.bytes.begin(), target.bytes.end(), code.begin() + kDesignator.size());
    return code;
}

} // namespace viz::evm
