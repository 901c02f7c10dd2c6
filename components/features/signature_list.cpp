#include "components/features/signature_list.hpp"

#include <algorithm>

#include "components/eth/abi_type.hpp"

namespace viz::features {
namespace {

std::uint32_t number_of(const eth::Selector& selector) {
    std::uint32_t n = 0;
    for (const std::uint8_t byte : selector.bytes) n = (n << 8) | byte;
    return n;
}

} // namespace

Result<std::vector<ListedSignature>, SignatureListError> read_signatures(std::string_view text) {
    std::vector<ListedSignature> all;
    for (std::size_t line = 1; !text.empty(); ++line) {
        const auto entry = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), entry.size() + 1));
        if (entry.empty() || entry.front() == '#') continue;
        const auto parsed = eth::parse_abi_signature(entry);
        if (!parsed) return Failure{SignatureListError{line, std::string(entry)}};
        all.push_back({number_of(parsed->selector), std::string(entry)});
    }
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
        return a.selector != b.selector ? a.selector < b.selector : a.text < b.text;
    });
    std::vector<ListedSignature> kept;
    for (std::size_t i = 0; i < all.size();) {
        std::size_t next = i + 1;
        bool contested = false;
        for (; next < all.size() && all[next].selector == all[i].selector; ++next)
            contested = contested || all[next].text != all[i].text;
        if (!contested) kept.push_back(all[i]);
        i = next;
    }
    return kept;
}

} // namespace viz::features
