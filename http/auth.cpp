#include "http/auth.hpp"

#include "components/eth/keccak.hpp"

namespace viz::http {

KeyRing::KeyRing(const std::vector<std::string>& keys) {
    for (const auto& key : keys)
        if (!key.empty()) digests_.push_back(digest(key));
}

KeyRing::Digest KeyRing::digest(std::string_view key) {
    return eth::keccak256_of(key).bytes;
}

std::optional<std::size_t> KeyRing::find(std::string_view presented) const {
    const auto wanted = digest(presented);
    std::size_t found = digests_.size();
    for (std::size_t i = 0; i < digests_.size(); ++i) {
        unsigned difference = 0;
        for (std::size_t b = 0; b < wanted.size(); ++b)
            difference |= static_cast<unsigned>(wanted[b] ^ digests_[i][b]);
        // Branch-free: all ones when equal.
        const auto equal =
            static_cast<std::size_t>(0) - static_cast<std::size_t>(((difference - 1U) >> 31) & 1U);
        found = (found & ~equal) | (i & equal);
    }
    if (found == digests_.size()) return std::nullopt;
    return found;
}

} // namespace viz::http
