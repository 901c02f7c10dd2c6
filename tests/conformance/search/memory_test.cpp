// Pending calls that touch far more code than is to be kept, block after block: all that is kept
// stays within the budget. VIZ_TEST_CALLS, VIZ_TEST_HEADS and VIZ_TEST_MIB make the run longer.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iostream>

#include <unistd.h>

#include "components/eth/hex.hpp"
#include "components/search/chain_search.hpp"
#include "tests/conformance/search/market.hpp"
#include "tests/support/memory_source.hpp"
#include "tests/support/values.hpp"

namespace viz::search {
namespace {

std::size_t setting(const char* name, std::size_t usual) {
    const auto* text = std::getenv(name);
    return text != nullptr ? std::stoul(text) : usual;
}

std::size_t resident_bytes() {
    std::ifstream statm("/proc/self/statm");
    std::size_t total = 0;
    std::size_t resident = 0;
    statm >> total >> resident;
    return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

// The market's state; and contracts of 24 KiB each at all addresses that begin with 0xc0de.
class ManyCodes : public test::MemorySource {
  public:
    using MemorySource::MemorySource;
    bool fetch(std::span<const evm::Missing> missing, state::HeadState& into) override {
        std::vector<evm::Missing> others;
        for (const auto& what : missing) {
            if (what.address.bytes[0] != 0xc0 || what.address.bytes[1] != 0xde) {
                others.push_back(what);
                continue;
            }
            eth::Bytes code(24'576);
            std::ranges::copy(what.address.bytes, code.begin());
            const auto hash = eth::keccak256(code);
            into.put_account(what.address, evm::AccountState{{}, 1, hash, false});
            into.put_code(hash, code);
            fetched += code.size();
        }
        return others.empty() || MemorySource::fetch(others, into);
    }
    std::size_t fetched{};
};

TEST(SearchMemory, StaysWithinItsBudgetWhateverCodePendingCallsTouch) {
    const auto calls = setting("VIZ_TEST_CALLS", 12);
    const auto heads = setting("VIZ_TEST_HEADS", 5);
    const auto budget = setting("VIZ_TEST_MIB", 64) << 20;
    test::Market market;
    auto& state = market.chain.state();
    // EXTCODESIZE of ever another account, from the calldata on: some 370 within a million of gas.
    const auto code = eth::bytes_from_hex("0x6000355b803b50600101600356").value();
    const eth::Address at{{{0xb0, 0x3b}}};
    state.set_nonce(state.load(at), 1);
    state.set_code(state.load(at), std::make_shared<const evm::Code>(code, eth::keccak256(code)));
    state::ChainView view(budget);
    ChainSearch hunt({.market = {{{market.chain.token0, 1, 1, test::ether(1)}}, {}},
                      .limits = {},
                      .rounds = {},
                      .max_bytes = view.search_bytes()});
    for (std::size_t i = 0; i < calls; ++i) {
        const eth::Address sender{
            {{0xb1, static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i)}}};
        state.set_balance(state.load(sender), test::ether(100));
        eth::Bytes from(32);
        from[12] = 0xc0;
        from[13] = 0xde;
        from[28] = static_cast<std::uint8_t>(i >> 8);
        from[29] = static_cast<std::uint8_t>(i);
        auto bomb = market.pending(sender, at, from);
        bomb.hash = eth::keccak256(sender.view());
        bomb.tx.gas_limit = eth::Gas(1'000'000);
        hunt.add({bomb, 1, true});
    }
    const auto whole = market.chain.snapshot();
    ManyCodes source(whole);
    const auto before = resident_bytes();
    std::size_t most = 0;
    std::size_t most_resident = 0;
    for (std::size_t n = 0; n < heads; ++n) {
        state::NodeBlock block;
        block.ref = {test::hash_of(n + 1), market.block.number - 1 + n};
        block.parent_hash = test::hash_of(n);
        block.environment = market.block;
        block.environment.number = block.ref.number;
        view.take(
            block.ref.hash, [&] { return block; }, source, 0);
        const auto head = view.head();
        ASSERT_TRUE(head);
        hunt.on_head({*head, view.codes(), source});
        const auto memory = view.memory();
        const auto kept =
            memory.state_bytes + memory.code_bytes + memory.block_bytes + hunt.bytes().all();
        EXPECT_LE(memory.state_bytes, budget / 2);
        EXPECT_LE(memory.code_bytes, budget / 4);
        EXPECT_LE(hunt.bytes().all(), view.search_bytes());
        most = std::max(most, kept);
        most_resident = std::max(most_resident, resident_bytes());
    }
    EXPECT_GT(source.fetched, budget) << "more than is to be kept was touched";
    EXPECT_LE(most, budget);
    std::cout << "fetched " << (source.fetched >> 20) << " MiB of code, kept at most "
              << (most >> 20) << " MiB of " << (budget >> 20) << ", resident from "
              << (before >> 20) << " to " << (most_resident >> 20) << " MiB\n";
}

} // namespace
} // namespace viz::search
