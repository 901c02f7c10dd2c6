// API keys: who may ask. The comparison takes the same time whatever the key.
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

    // Which of the keys this is. Every key is compared in full, so that the time tells neither
    // how much of a guess was right nor which key it was near to.
    std::optional<std::size_t> find(std::string_view presented) const;
    std::size_t size() const { return digests_.size(); }

  private:
    using Digest = std::array<std::uint8_t, 32>;
    static Digest digest(std::string_view key);

    std::vector<Digest> digests_; // of one length, so that lengths do not show either
};

} // namespace viz::http
