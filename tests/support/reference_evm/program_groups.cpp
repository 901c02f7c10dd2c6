// Groups that move bytes, call, create and jump.
#include <algorithm>
#include <array>

#include "tests/support/reference_evm/program.hpp"

namespace viz::test::reference {

using evm::Fork;

namespace {
constexpr unsigned kCounter = 0x1e0; // where loops count in memory
}

void Program::copy_group() {
    const auto kind = choices_.below(5);
    if (kind == 0) { // RETURNDATACOPY, mostly of what is there
        if (choices_.one_in(4)) {
            size();
        } else {
            op(0x3d);
            ++height_;
        }
        push(choices_.one_in(6) ? 1 : 0);
    } else {
        size();
        offset();
    }
    offset();
    height_ -= 3;
    if (kind == 0) return op(0x3e);
    if (kind == 1) return op(0x37);
    if (kind == 2) return op(0x39);
    if (kind == 3 && fork_ >= Fork::cancun) return op(0x5e);
    address();
    op(0x3c);
    --height_;
}

void Program::log_group() {
    const auto topics = static_cast<unsigned>(choices_.below(5));
    for (unsigned i = 0; i < topics; ++i) value();
    size();
    offset();
    op(0xa0 + topics);
    height_ -= static_cast<int>(2 + topics);
}

// The address is the word on top of the stack, or a new one.
void Program::call(unsigned opcode, bool to_top) {
    const bool has_value = opcode <= 0xf2;
    const int before = height_;
    size();
    offset();
    size();
    offset();
    if (has_value) push(choices_.one_in(3) ? choices_.below(300) : 0);
    if (to_top)
        op(0x80 + (has_value ? 5 : 4));
    else
        address();
    gas();
    op(opcode);
    height_ = before + 1;
}

void Program::call_group() {
    constexpr std::array<std::uint8_t, 6> kKinds{0xf1, 0xf1, 0xf1, 0xf2, 0xf4, 0xfa};
    call(kKinds[choices_.below(kKinds.size())], false);
    if (choices_.one_in(3)) copy_group();
}

void Program::store(const eth::Bytes& bytes, unsigned at) {
    for (std::size_t i = 0; i < bytes.size(); i += 32) {
        eth::Bytes chunk(32);
        std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(i),
                    std::min<std::size_t>(32, bytes.size() - i), chunk.begin());
        push_bytes(chunk);
        push(at + i);
        op(0x52);
        height_ -= 2;
    }
}

void Program::create_group() {
    const auto code = initcode();
    const bool salted = choices_.one_in(2);
    const auto times = choices_.one_in(6) ? 2 : 1; // the second CREATE2 meets the first
    store(code, 0);
    for (int i = 0; i < times; ++i) {
        if (salted) push(choices_.below(2));
        if (choices_.one_in(12))
            size();
        else
            push(code.size());
        push(0);
        push(choices_.one_in(4) ? choices_.below(300) : 0);
        op(salted ? 0xf5 : 0xf0);
        height_ -= salted ? 3 : 2;
    }
    if (choices_.one_in(2)) call(choices_.one_in(4) ? 0xf4 : 0xf1, true);
}

std::size_t Program::push_label() {
    op(0x61);
    code_.resize(code_.size() + 2);
    return code_.size() - 2;
}

// JUMPDEST here is where the label leads; seldom a place beside it.
void Program::set_label(std::size_t at) {
    const auto to = code_.size() + (choices_.one_in(60) ? 1 : 0);
    code_[at] = static_cast<std::uint8_t>(to >> 8);
    code_[at + 1] = static_cast<std::uint8_t>(to);
    op(0x5b);
}

void Program::jump_group() {
    const bool conditional = choices_.one_in(2);
    if (conditional) value();
    const auto label = push_label();
    if (conditional) --height_;
    op(conditional ? 0x57 : 0x56);
    const int height = height_;
    if (conditional && choices_.one_in(3)) {
        end_group();
    } else if (conditional) {
        group();
        while (height_ > height) {
            op(0x50);
            --height_;
        }
    } else { // never run; 0x5b in a push is no JUMPDEST
        op(0x60 + static_cast<unsigned>(choices_.below(4)));
        for (int i = 0; i < 4; ++i) op(0x5b);
    }
    height_ = height;
    set_label(label);
}

void Program::loop_group() {
    if (nesting_ > 3) return value();
    const auto start = code_.size();
    op(0x5b);
    const int height = height_;
    ++nesting_;
    group();
    if (choices_.one_in(2)) group();
    --nesting_;
    while (height_ > height) {
        op(0x50);
        --height_;
    }
    // while (++memory[kCounter] < n)
    push(kCounter);
    op(0x51);
    push(1);
    op(0x01);
    op(0x80);
    push(kCounter);
    op(0x52);
    push(choices_.below(12));
    op(0x11);
    push(start);
    op(0x57);
    height_ = height;
}

void Program::end_group() {
    switch (choices_.below(8)) {
    case 0:
        return op(0x00);
    case 1:
        return op(0xfe);
    case 2:
        address();
        --height_;
        return op(0xff);
    default:
        size();
        offset();
        height_ -= 2;
        op(choices_.one_in(3) ? 0xfd : 0xf3);
    }
}

} // namespace viz::test::reference
