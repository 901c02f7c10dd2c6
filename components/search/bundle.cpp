#include "components/search/bundle.hpp"

#include <algorithm>
#include <map>

namespace viz::search {

namespace {

// The inner candidate behind the transactions before it.
Candidate prefixed(Candidate inner, std::span<const Observed* const> before) {
    Candidate made = std::move(inner);
    for (auto& step : made.steps)
        if (auto* member = std::get_if<Member>(&step)) member->index += before.size();
    for (std::size_t i = before.size(); i-- > 0;) {
        made.steps.insert(made.steps.begin(), Member{i});
        made.members.insert(made.members.begin(), before[i]->pending);
    }
    made.reasons.push_back(Reason::contiguous_nonces);
    std::erase(made.reasons, Reason::execution_differs); // to be seen again
    return made;
}

} // namespace

std::vector<Candidate> BundleStrategy::behind(const SearchInput& input,
                                              std::span<const Observed* const> chain) const {
    const auto before = chain.first(chain.size() - 1);
    auto found = input.trial.without_trace([&] {
        std::vector<Candidate> inner;
        for (const auto* member : before)
            if (!input.trial.run(member->pending).succeeded()) return inner;
        const auto last = observe(input.trial, input.pools, chain.back()->pending);
        if (!last.succeeded || last.pools.empty()) return inner;
        const SearchInput behind{input.trial, input.pools, input.bases, {&last, 1}};
        for (const auto* strategy : inner_)
            for (auto& candidate : strategy->search(behind)) inner.push_back(std::move(candidate));
        return inner;
    });
    std::vector<Candidate> made;
    for (auto& candidate : found) {
        if (candidate.members.empty()) continue; // it does not need the chain
        auto whole = prefixed(std::move(candidate), before);
        whole.strategy = name();
        whole.version = version();
        const auto* base = find_base(input.bases, whole.base_token);
        if (execute_candidate(input.trial, *base, whole)) made.push_back(std::move(whole));
    }
    return made;
}

std::vector<Candidate> BundleStrategy::search(const SearchInput& input) const {
    std::map<eth::Address, std::vector<const Observed*>> senders;
    for (const auto& observed : input.observed)
        senders[observed.pending.sender].push_back(&observed);
    std::vector<Candidate> found;
    for (auto& [sender, all] : senders) {
        std::stable_sort(all.begin(), all.end(), [](const Observed* a, const Observed* b) {
            return a->pending.tx.nonce < b->pending.tx.nonce;
        });
        const auto first_new = std::find_if(
            all.begin(), all.end(), [&](const Observed* each) { return input.is_new(*each); });
        const auto known = static_cast<std::size_t>(first_new - all.begin());
        std::size_t length = 1;
        while (length < all.size() && length < kMostMembers &&
               all[length]->pending.tx.nonce == all[length - 1]->pending.tx.nonce + 1)
            ++length;
        for (auto n = std::max<std::size_t>(2, known + 1); n <= length; ++n)
            for (auto& candidate : behind(input, std::span(all).first(n)))
                found.push_back(std::move(candidate));
    }
    return found;
}

} // namespace viz::search
