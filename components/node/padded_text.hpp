#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace viz::node {

// Text with room behind it: simdjson reads up to kJsonPadding bytes past the end.
inline constexpr std::size_t kJsonPadding = 64;
struct PaddedText {
    std::string_view text;
    std::size_t readable{}; // bytes from text.data() on, at least text.size() + kJsonPadding

    // `part` must lie within text.
    PaddedText sub(std::string_view part) const {
        return {part, readable - static_cast<std::size_t>(part.data() - text.data())};
    }
};
// Makes room behind a string's text; valid until the string changes.
PaddedText padded(std::string& text);

} // namespace viz::node
