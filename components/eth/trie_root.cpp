#include "components/eth/trie_root.hpp"

#include "components/eth/keccak.hpp"
#include "components/eth/rlp.hpp"

namespace viz::eth {

namespace {

struct Entry {
    Bytes nibbles;
    const Bytes* value;
};
using Entries = std::span<const Entry>;

Bytes to_nibbles(BytesView key) {
    Bytes nibbles;
    nibbles.reserve(2 * key.size());
    for (const auto byte : key) {
        nibbles.push_back(byte >> 4);
        nibbles.push_back(byte & 15);
    }
    return nibbles;
}

// Hex-prefix encoding, appendix C.
Bytes hex_prefix(BytesView nibbles, bool leaf) {
    const bool odd = nibbles.size() % 2 != 0;
    Bytes out;
    out.push_back(static_cast<std::uint8_t>((leaf ? 0x20 : 0) | (odd ? 0x10 | nibbles[0] : 0)));
    for (std::size_t i = odd ? 1 : 0; i < nibbles.size(); i += 2)
        out.push_back(static_cast<std::uint8_t>(nibbles[i] << 4 | nibbles[i + 1]));
    return out;
}

// Writes a node inside its parent: the node itself when its encoding is shorter than a hash, else
// its hash.
void write_reference(RlpWriter& out, const Bytes& encoded) {
    if (encoded.size() < 32)
        out.raw(encoded);
    else
        out.string(keccak256(encoded).view());
}

std::size_t common_prefix(Entries entries, std::size_t depth) {
    const auto& first = entries.front().nibbles;
    const auto& last = entries.back().nibbles; // sorted: first and last share the shortest prefix
    std::size_t length = 0;
    while (depth + length < first.size() && depth + length < last.size() &&
           first[depth + length] == last[depth + length])
        ++length;
    return length;
}

Bytes encode_node(Entries entries, std::size_t depth);

Bytes encode_branch(Entries entries, std::size_t depth) {
    RlpWriter out;
    const auto mark = out.open_list();
    const Bytes* own_value = nullptr;
    if (entries.front().nibbles.size() == depth) {
        own_value = entries.front().value;
        entries = entries.subspan(1);
    }
    for (std::uint8_t nibble = 0; nibble < 16; ++nibble) {
        std::size_t count = 0;
        while (count < entries.size() && entries[count].nibbles[depth] == nibble) ++count;
        if (count == 0)
            out.string({});
        else
            write_reference(out, encode_node(entries.first(count), depth + 1));
        entries = entries.subspan(count);
    }
    out.string(own_value != nullptr ? BytesView(*own_value) : BytesView());
    out.close_list(mark);
    return out.take();
}

Bytes encode_node(Entries entries, std::size_t depth) {
    RlpWriter out;
    const auto mark = out.open_list();
    if (entries.size() == 1) {
        const auto rest = BytesView(entries.front().nibbles).subspan(depth);
        out.string(hex_prefix(rest, true));
        out.string(*entries.front().value);
        out.close_list(mark);
        return out.take();
    }
    const auto shared = common_prefix(entries, depth);
    if (shared == 0) return encode_branch(entries, depth);
    out.string(hex_prefix(BytesView(entries.front().nibbles).subspan(depth, shared), false));
    write_reference(out, encode_branch(entries, depth + shared));
    out.close_list(mark);
    return out.take();
}

} // namespace

Hash empty_trie_root() {
    const Bytes empty_string{0x80};
    return keccak256(empty_string);
}

Hash trie_root(const std::map<Bytes, Bytes>& entries) {
    if (entries.empty()) return empty_trie_root();
    std::vector<Entry> all;
    all.reserve(entries.size());
    for (const auto& [key, value] : entries) all.push_back({to_nibbles(key), &value});
    return keccak256(encode_node(all, 0));
}

Hash ordered_trie_root(const std::vector<Bytes>& values) {
    std::map<Bytes, Bytes> entries;
    for (std::size_t i = 0; i < values.size(); ++i) {
        RlpWriter key;
        key.integer(U256(i));
        entries.emplace(key.take(), values[i]);
    }
    return trie_root(entries);
}

} // namespace viz::eth
