// Authentication by API key, with constant-time comparison.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace viz::http {

class KeyRing {
  public:
    explicit KeyRing(const std::vector<std::string>& keys);

    // The index of the key. Every key is compared in full, so that timing reveals neither how much
    // of a guess was right nor which key it resembles.
    std::optional<std::size_t> find(std::string_view presented) const;
    std::size_t size() const { return digests_.size(); }

  private:
    using Digest = std::array<std::uint8_t, 32>;
    static Digest digest(std::string_view key);

    std::vector<Digest> digests_; // of equal length, so that lengths are not revealed either
};

} // namespace viz::http
