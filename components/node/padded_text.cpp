#include "components/node/padded_text.hpp"

namespace viz::node {

PaddedText padded(std::string& text) {
    text.reserve(text.size() + kJsonPadding);
    return {text, text.capacity()};
}

} // namespace viz::node
