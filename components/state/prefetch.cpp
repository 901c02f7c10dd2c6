#include "components/state/prefetch.hpp"

#include <unordered_set>

namespace viz::state {

using evm::Missing;

std::string_view to_string(PrefetchResult result) {
    constexpr std::array<std::string_view, kPrefetchResults> kTexts{
        "listed", "method_unknown", "refused", "malformed", "unanswered"};
    return kTexts[static_cast<std::size_t>(result)];
}

std::vector<Missing> with_touched(const std::vector<Missing>& missing,
                                  const std::vector<Missing>& touched, const HeadState& state,
                                  std::size_t most) {
    auto all = missing;
    if (touched.empty()) return all;
    std::unordered_set<eth::Address> accounts;
    std::unordered_set<SlotKey, SlotKeyHash> slots;
    // False for what is there already.
    const auto add = [&](const Missing& what) {
        if (what.kind == Missing::Kind::account) return accounts.insert(what.address).second;
        return what.kind == Missing::Kind::storage &&
               slots.insert({what.address, what.slot}).second;
    };
    for (const auto& what : missing) add(what);
    for (const auto& what : touched) {
        if (all.size() >= most) break;
        if (!add(what)) continue;
        std::optional<evm::AccountState> account;
        eth::U256 value;
        const auto known = what.kind == Missing::Kind::account
                               ? state.account(what.address, account)
                               : state.storage(what.address, what.slot, value);
        if (known == evm::Answer::not_here) all.push_back(what);
    }
    return all;
}

} // namespace viz::state
