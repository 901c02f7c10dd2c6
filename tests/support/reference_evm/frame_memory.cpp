// Gas, memory and stack of a frame.
#include <algorithm>

#include "tests/support/reference_evm/frame.hpp"

namespace viz::test::reference {

namespace {

constexpr unsigned kCopyWordGas = 3;

// Appendix H.1, the cost of having this many words of memory.
Big memory_cost(const Big& words) {
    return 3 * words + words * words / 512;
}

Big words_of(const Big& bytes) {
    return (bytes + 31) / 32;
}

} // namespace

// Takes target, source offset and size; zeros beyond the source's end.
void Frame::copy_to_memory(const eth::Bytes& source) {
    const Word to = pop();
    const Word from = pop();
    const Word size = pop();
    expand(to, size);
    charge_words(size, kCopyWordGas);
    eth::Bytes bytes(static_cast<std::size_t>(size));
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const Big at = Big(from) + i;
        if (at < source.size()) bytes[i] = source[static_cast<std::size_t>(at)];
    }
    write(to, bytes);
}

// EIP-211: reading past the end halts, also for nothing.
void Frame::return_data_copy() {
    const Word from = stack_[stack_.size() - 2];
    const Word size = stack_[stack_.size() - 3];
    if (Big(from) + Big(size) > return_data_.size()) throw Halt{};
    copy_to_memory(return_data_);
}

Word Frame::pop() {
    Word word = stack_.back();
    stack_.pop_back();
    return word;
}

void Frame::charge(const Big& cost) {
    if (cost > gas_) throw Halt{};
    gas_ -= static_cast<std::int64_t>(cost);
}

// EIP-2929.
void Frame::charge_access(const eth::Address& address) {
    charge(context_.warm_up(address) ? 2600 : 100);
}

void Frame::charge_words(const Word& size, unsigned gas_per_word) {
    charge(words_of(Big(size)) * gas_per_word);
}

void Frame::expand(const Word& offset, const Word& size) {
    if (size == 0) return;
    const Big then = words_of(Big(offset) + Big(size));
    const Big now = memory_.size() / 32;
    if (then <= now) return;
    charge(memory_cost(then) - memory_cost(now));
    memory_.resize(static_cast<std::size_t>(then) * 32);
}

// Both after expand().
eth::Bytes Frame::read(const Word& offset, const Word& size) const {
    if (size == 0) return {};
    const auto from = memory_.begin() + static_cast<std::ptrdiff_t>(offset);
    return {from, from + static_cast<std::ptrdiff_t>(size)};
}

void Frame::write(const Word& offset, eth::BytesView bytes) {
    if (bytes.empty()) return;
    std::copy(bytes.begin(), bytes.end(), memory_.begin() + static_cast<std::ptrdiff_t>(offset));
}

} // namespace viz::test::reference
