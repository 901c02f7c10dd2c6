// Recursive Length Prefix, Yellow Paper appendix B: a strict reader that accepts only canonical
// encodings and allocates nothing, and a writer.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "components/eth/result.hpp"
#include "components/eth/types.hpp"

namespace viz::eth {

enum class RlpError : std::uint8_t {
    truncated,     // the length extends past the end
    non_canonical, // a shorter encoding of the same value exists
    not_a_string,
    not_a_list,
    bad_length, // wrong size of a fixed-size field, or too many bytes for an integer
    trailing,   // bytes after the end of the item
};
std::string_view to_string(RlpError error);

struct RlpItem {
    bool is_list{};
    BytesView payload; // content of the string, or the encoded items of the list
    BytesView encoded; // the whole item with its prefix
};

// Reads items in sequence. After an error the position is unchanged.
class RlpReader {
  public:
    explicit RlpReader(BytesView bytes) : rest_(bytes) {}

    bool at_end() const { return rest_.empty(); }
    BytesView rest() const { return rest_; }

    Result<RlpItem, RlpError> next();
    Result<BytesView, RlpError> next_string();
    Result<RlpReader, RlpError> next_list(); // a reader over the list's items
    // Big-endian integer without leading zeros, at most `max_bytes` long.
    Result<U256, RlpError> next_u256(std::size_t max_bytes = 32);
    Result<std::uint64_t, RlpError> next_u64();
    // Reads a string of exactly out.size() bytes; returns nullopt on success.
    std::optional<RlpError> next_fixed(std::span<std::uint8_t> out);

  private:
    BytesView rest_;
};

// Checks that `bytes` is exactly one item, down to the deepest level (at most `max_depth` nested
// lists).
std::optional<RlpError> check_rlp(BytesView bytes, unsigned max_depth = 1024);

// Appends to its buffer. Lists must be closed in reverse order of opening.
class RlpWriter {
  public:
    void string(BytesView bytes);
    void integer(const U256& value);
    void raw(BytesView encoded);                             // an item that is already encoded
    void byte(std::uint8_t value) { out_.push_back(value); } // an unencoded byte: the EIP-2718 type
    void reserve(std::size_t bytes) { out_.reserve(bytes); }

    // `const auto mark = open_list(); … close_list(mark);`
    std::size_t open_list() const { return out_.size(); }
    void close_list(std::size_t mark);

    const Bytes& bytes() const { return out_; }
    Bytes take() { return std::move(out_); }
    void clear() { out_.clear(); }

  private:
    Bytes out_;
};

} // namespace viz::eth
