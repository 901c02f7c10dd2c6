#include "tests/support/reference_evm/program.hpp"

#include <algorithm>
#include <array>

namespace viz::test::reference {

namespace {

using evm::Fork;

template <std::size_t N> unsigned pick(Choices& choices, const std::array<std::uint8_t, N>& from) {
    return from[choices.below(N)];
}

constexpr std::array<std::uint8_t, 22> kBinary{0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x0a,
                                               0x0b, 0x10, 0x11, 0x12, 0x13, 0x14, 0x16, 0x17,
                                               0x18, 0x1a, 0x1b, 0x1c, 0x1d, 0x20};
constexpr std::array<std::uint8_t, 20> kSeen{0x30, 0x32, 0x33, 0x34, 0x36, 0x38, 0x3a,
                                             0x3d, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46,
                                             0x47, 0x48, 0x58, 0x59, 0x5a, 0x4a};

} // namespace

std::uint8_t Choices::byte() {
    if (bytes_.empty()) return 0;
    const auto value = bytes_.front();
    bytes_ = bytes_.subspan(1);
    return value;
}

std::uint64_t Choices::below(std::uint64_t bound) {
    std::uint64_t number = byte();
    if (bound > 256) number = number << 8 | byte();
    return number % bound;
}

eth::Address actor(unsigned number) {
    eth::Address address;
    address.bytes.fill(0xc0);
    address.bytes[19] = static_cast<std::uint8_t>(number);
    return address;
}

eth::Bytes Program::make(unsigned groups) {
    if (choices_.one_in(5)) // something for the far DUPs and SWAPs
        for (auto count = choices_.below(18); count > 0; --count) value();
    for (unsigned i = 0; i < groups && !choices_.done(); ++i) group();
    if (!choices_.one_in(4)) end_group();
    return std::move(code_);
}

void Program::group() {
    if (height_ > 20) {
        op(0x50);
        --height_;
    }
    switch (choices_.below(20)) {
    case 0:
    case 1:
    case 2:
        return word_group();
    case 3:
        return environment_group();
    case 4:
    case 5:
        return memory_group();
    case 6:
    case 7:
    case 8:
        return state_group();
    case 9:
    case 10:
        return stack_group();
    case 11:
        return copy_group();
    case 12:
        return log_group();
    case 13:
    case 14:
    case 15:
        return call_group();
    case 16:
        return create_group();
    case 17:
        return jump_group();
    case 18:
        return loop_group();
    default: // anything at all, seldom
        if (choices_.one_in(8)) op(choices_.byte());
    }
}

void Program::push_bytes(eth::BytesView bytes) {
    op(0x5f + static_cast<unsigned>(bytes.size()));
    code_.insert(code_.end(), bytes.begin(), bytes.end());
    ++height_;
}

void Program::push(const Word& value) {
    if (value == 0 && fork_ >= Fork::shanghai && choices_.one_in(2)) {
        op(0x5f);
        ++height_;
        return;
    }
    const auto bytes = bytes_of(value);
    auto first = std::find_if(bytes.begin(), bytes.end(), [](auto byte) { return byte != 0; });
    if (first == bytes.end()) --first;
    push_bytes(eth::BytesView(bytes).subspan(static_cast<std::size_t>(first - bytes.begin())));
}

void Program::value() {
    const Word all = ~Word(0);
    switch (choices_.below(12)) {
    case 0:
        return push(0);
    case 1:
        return push(1);
    case 2:
        return push(all - choices_.below(3));
    case 3: // around powers of two
        return push((Word(1) << static_cast<unsigned>(choices_.below(256))) - choices_.below(2));
    case 4:
        return push(choices_.below(65536));
    case 5: {
        eth::Bytes bytes(1 + choices_.below(32));
        for (auto& byte : bytes) byte = choices_.byte();
        return push_bytes(bytes);
    }
    case 6: // the most negative number
        return push(Word(1) << 255);
    case 7:
        op(pick(choices_, kSeen));
        ++height_;
        return;
    case 8:
    case 9:
        if (height_ > 0) {
            op(0x80 + static_cast<unsigned>(
                          choices_.below(static_cast<std::uint64_t>(std::min(height_, 16)))));
            ++height_;
            return;
        }
        return push(2);
    default:
        return push(choices_.below(40));
    }
}

void Program::offset() {
    if (choices_.one_in(40)) return value();
    push(choices_.below(160));
}

void Program::size() {
    if (choices_.one_in(40)) return value();
    if (choices_.one_in(16)) return push(choices_.below(8192));
    push(choices_.below(100));
}

void Program::slot() {
    if (choices_.one_in(30)) return value();
    push(choices_.below(4));
}

void Program::address() {
    switch (choices_.below(8)) {
    case 0:
        op(0x30);
        ++height_;
        return;
    case 1: // precompiled contracts and their neighbours
        return push(choices_.one_in(8) ? Word(0x100) : Word(choices_.below(0x13)));
    case 2: // bits above the address do not count
        return push(word_of(actor(static_cast<unsigned>(choices_.below(kActors)))) |
                    (Word(choices_.byte()) << 200));
    default:
        return push(word_of(actor(static_cast<unsigned>(choices_.below(kActors + 1)))));
    }
}

void Program::gas() {
    switch (choices_.below(5)) {
    case 0:
        return push(choices_.below(10000));
    case 1:
        return push(~Word(0));
    case 2:
        return push(choices_.below(3) * 1150);
    default:
        op(0x5a);
        ++height_;
    }
}

void Program::word_group() {
    const auto kind = choices_.below(6);
    if (kind == 0) { // ADDMOD, MULMOD
        for (int i = 0; i < 3; ++i) value();
        op(0x08 + static_cast<unsigned>(choices_.below(2)));
        height_ -= 2;
    } else if (kind == 1) { // ISZERO, NOT, CLZ
        value();
        const auto which = choices_.below(3);
        op(which == 0 ? 0x15 : which == 1 || fork_ < Fork::osaka ? 0x19 : 0x1e);
    } else {
        const auto opcode = pick(choices_, kBinary);
        if (opcode == 0x20) { // KECCAK256
            size();
            offset();
        } else {
            value();
            // Shifts, BYTE and SIGNEXTEND are dull beyond their range.
            if (opcode >= 0x1a || opcode == 0x0b)
                push(choices_.below(260));
            else
                value();
        }
        op(opcode);
        --height_;
    }
}

void Program::environment_group() {
    switch (choices_.below(5)) {
    case 0:
        address();
        return op(pick(choices_, std::array<std::uint8_t, 3>{0x31, 0x3b, 0x3f}));
    case 1: // CALLDATALOAD
        offset();
        return op(0x35);
    case 2: // BLOCKHASH around the last 256
        push(700 + choices_.below(310));
        return op(0x40);
    case 3: // BLOBHASH
        push(choices_.below(3));
        return op(fork_ >= Fork::cancun ? 0x49 : 0x35);
    default:
        op(pick(choices_, kSeen));
        ++height_;
    }
}

void Program::memory_group() {
    const auto kind = choices_.below(3);
    if (kind == 0) {
        offset();
        return op(0x51);
    }
    value();
    offset();
    op(kind == 1 ? 0x52 : 0x53);
    height_ -= 2;
}

void Program::state_group() {
    const bool transient = fork_ >= Fork::cancun && choices_.one_in(4);
    if (choices_.one_in(3)) {
        slot();
        return op(transient ? 0x5c : 0x54);
    }
    if (choices_.one_in(5))
        value();
    else
        push(choices_.below(3));
    slot();
    op(transient ? 0x5d : 0x55);
    height_ -= 2;
}

void Program::stack_group() {
    if (height_ == 0) return value();
    const auto reach = static_cast<std::uint64_t>(std::clamp(height_, 1, 16));
    const auto n = static_cast<unsigned>(choices_.below(reach));
    if (choices_.one_in(2)) {
        op(0x80 + n);
        ++height_;
    } else if (choices_.one_in(3)) {
        op(0x50);
        --height_;
    } else {
        op(0x90 + (n + 1 < reach ? n : 0));
    }
}

eth::Bytes Program::initcode() {
    const auto kind = nesting_ < 2 ? choices_.below(8) : 0;
    const auto groups = 1 + static_cast<unsigned>(choices_.below(4));
    if (kind == 0) return {0x60, 0x01, 0x60, 0x00, 0x53, 0x60, 0x20, 0x60, 0x00, 0xf3};
    if (kind == 1) return {0x60, 0xef, 0x60, 0x00, 0x53, 0x60, 0x01, 0x60, 0x00, 0xf3}; // EIP-3541
    if (kind == 2) return {0x62, 0x00, 0x60, 0x01, 0x60, 0x00, 0xf3};                   // EIP-170
    if (kind == 3) return {0x30, 0xff};
    if (kind == 4) return Program(choices_, fork_, nesting_ + 1).make(groups);
    // CODECOPY of what follows, and RETURN.
    auto runtime = kind == 5 ? eth::Bytes{0x33, 0xff} // self-destructs in the caller's favour
                             : Program(choices_, fork_, nesting_ + 1).make(groups);
    runtime.resize(std::min<std::size_t>(runtime.size(), 255));
    const auto length = static_cast<std::uint8_t>(runtime.size());
    eth::Bytes code{0x60, length, 0x60, 12, 0x60, 0, 0x39, 0x60, length, 0x60, 0, 0xf3};
    code.insert(code.end(), runtime.begin(), runtime.end());
    return code;
}

} // namespace viz::test::reference
