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
    for (const auto style : {state::FetchStyle::proof, state::FetchStyle::plain}) {
        state::HeadState state(head);
        const state::StateFetch fetch(head, missing, style);
        const auto report = fetch.store(reply, state);
        // At most one account, two slots, a code and a block hash.
        if (report.stored > 5 || state.slots() > 2 || state.accounts() > 1) __builtin_trap();
        if (report.refused > fetch.requests() || report.reason.size() > 160) __builtin_trap();
    }
    return 0;
}
