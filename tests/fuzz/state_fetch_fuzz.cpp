// What a node answers to a batch for state: nothing in it may do more than be refused.
#include "components/state/state_fetch.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace viz;
    using evm::Missing;
    const eth::Address account{{{0x0b}}};
    const std::vector<Missing> missing{
        {Missing::Kind::account, account, {}},
        {Missing::Kind::storage, account, eth::U256(8)},
        {Missing::Kind::storage, account, eth::U256(9)},
        {Missing::Kind::code, account, {}},
        {Missing::Kind::block_hash, {}, eth::U256(99)},
    };
    const state::BlockRef head{{}, 100};
    const std::string_view reply(reinterpret_cast<const char*>(data), size);
    eth::Transaction tx;
    tx.data = {1, 2, 3, 4};
    const state::PlannedCall call{&tx, account};
    const std::vector<state::TouchedQuestion> questions{
        state::questions_about({&call, 1}, state::PrefetchStyle::prestate, head.hash).front(),
        state::questions_about({&call, 1}, state::PrefetchStyle::access_list, head.hash).front(),
        state::question_about(head.hash),
    };
    for (const auto style : {state::FetchStyle::proof, state::FetchStyle::plain}) {
        state::HeadState state(head);
        const state::StateFetch fetch(head, missing, style, questions);
        const auto report = fetch.store(reply, state);
        // At most one account, two slots, a code and a block hash.
        if (report.stored > 5 || state.slots() > 2 || state.accounts() > 1) __builtin_trap();
        // One answer about each call, one about a block.
        if (report.touched.size() > 2 * (256 + 1'024) + 4'096 + 16'384) __builtin_trap();
        const auto all = state::with_touched(missing, report.touched, state, 20'000);
        if (all.size() < missing.size() || all.size() > 20'000) __builtin_trap();
        if (report.refused > fetch.requests() || report.reason.size() > 160) __builtin_trap();
    }
    return 0;
}
