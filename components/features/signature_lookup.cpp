#include <algorithm>

#include "components/features/signature_list.hpp"
#include "components/features/signature_table.hpp"

namespace viz::features {

std::string_view listed_signature(const eth::Selector& selector) {
    std::uint32_t wanted = 0;
    for (const std::uint8_t byte : selector.bytes) wanted = (wanted << 8) | byte;
    const auto& table = kSignatureTable;
    const auto at = std::lower_bound(table.selectors.begin(), table.selectors.end(), wanted);
    if (at == table.selectors.end() || *at != wanted) return {};
    return table.signatures[static_cast<std::size_t>(at - table.selectors.begin())];
}

std::size_t listed_signature_count() {
    return kSignatureTable.selectors.size();
}

} // namespace viz::features
