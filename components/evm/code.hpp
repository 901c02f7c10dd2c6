// Contract code prepared for execution: padded so that no instruction reads past its end, with its
// jump destinations. Analysed once per code hash and shared between threads.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "components/eth/types.hpp"

namespace viz::evm {

class Code {
  public:
    // PUSH32 as the last byte reads 32 more bytes; the machine then finds a STOP.
    static constexpr std::size_t kPadding = 33;

    Code(eth::BytesView code, const eth::Hash& hash);

    eth::BytesView bytes() const { return {padded_.data(), size_}; }
    const std::uint8_t* data() const { return padded_.data(); }
    std::size_t size() const { return size_; }
    const eth::Hash& hash() const { return hash_; }
    bool is_jump_destination(std::uint64_t position) const {
        return position < size_ && (destinations_[position / 64] >> (position % 64) & 1) != 0;
    }
    // EIP-7702: the account whose code runs when this code is a delegation designator.
    const std::optional<eth::Address>& delegate() const { return delegate_; }
    // Memory used, for bounded caches.
    std::size_t footprint() const {
        return sizeof(Code) + padded_.size() + 8 * destinations_.size();
    }

  private:
    eth::Bytes padded_;
    std::vector<std::uint64_t> destinations_; // one bit per byte of code
    std::size_t size_;
    eth::Hash hash_;
    std::optional<eth::Address> delegate_;
};

using CodePointer = std::shared_ptr<const Code>;

// keccak256 of the empty string: the code hash of an account without code.
extern const eth::Hash kEmptyCodeHash;
// Shared by all accounts without code.
const CodePointer& empty_code();

// 0xef0100 followed by the address (EIP-7702).
eth::Bytes delegation_designator(const eth::Address& target);

} // namespace viz::evm
