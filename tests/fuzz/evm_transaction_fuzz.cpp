// Hostile code, calldata and gas as a transaction, without a reference and without a limit of
// steps but gas: no crash, gas used within the limit, no wei made, the same result twice, and after
// a rollback the overlay is as before.
#include <algorithm>
#include <cstdlib>
#include <tuple>

#include "components/eth/u256_math.hpp"
#include "components/evm/transaction.hpp"
#include "tests/support/memory_state.hpp"
#include "tests/support/reference_evm/scenario.hpp"

namespace {

using namespace viz;

// A transaction's price in time is bounded by its gas.
constexpr std::uint64_t kGasLimit = 400'000;

void require(bool condition) {
    if (!condition) std::abort();
}

test::MemoryState state_of(const test::reference::Scenario& scenario) {
    using test::reference::u256_of;
    test::MemoryState state;
    state.block_hashes = test::reference::block_hash_of;
    for (const auto& [address, account] : scenario.accounts) {
        auto& to = state.accounts[address];
        to.balance = u256_of(account.balance);
        to.nonce = account.nonce;
        to.code_hash = state.add_code(account.code);
        for (const auto& [key, value] : account.storage) to.storage[u256_of(key)] = u256_of(value);
    }
    return state;
}

// All of the overlay that a later transaction could see.
struct View {
    std::vector<std::tuple<eth::Address, evm::AccountValue, bool>> accounts;
    std::vector<std::tuple<evm::AccountId, eth::U256, eth::U256>> slots;

    explicit View(const evm::Overlay& overlay) {
        for (evm::AccountId id = 0; id < overlay.accounts(); ++id) {
            const auto& account = overlay.account(id);
            accounts.emplace_back(account.address, account.now, account.wiped);
        }
        for (evm::SlotId id = 0; id < overlay.slots(); ++id) {
            const auto& slot = overlay.slot(id);
            slots.emplace_back(slot.account, slot.key, slot.now);
        }
    }
    eth::Wei wei() const {
        eth::Wei sum;
        for (const auto& [address, value, wiped] : accounts) sum = sum + value.balance;
        return sum;
    }
};

// What was there holds what it held; what was loaded since, holds what the reader says.
void require_restored(const View& before, const evm::Overlay& overlay) {
    const View after(overlay);
    require(std::equal(before.accounts.begin(), before.accounts.end(), after.accounts.begin()));
    require(std::equal(before.slots.begin(), before.slots.end(), after.slots.begin()));
    for (evm::AccountId id = 0; id < overlay.accounts(); ++id)
        if (id >= before.accounts.size())
            require(overlay.account(id).now == overlay.account(id).first);
    for (evm::SlotId id = 0; id < overlay.slots(); ++id)
        if (id >= before.slots.size()) require(overlay.slot(id).now == overlay.slot(id).first);
}

void require_equal(const evm::TransactionResult& a, const evm::TransactionResult& b) {
    require(a.invalid == b.invalid && a.status == b.status && a.gas_used == b.gas_used);
    require(a.gas_refunded == b.gas_refunded && a.output == b.output && a.logs == b.logs);
    require(a.created == b.created && a.coinbase_payment == b.coinbase_payment);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const eth::BytesView rest(data + 1, size - 1);
    const auto scenario = data[0] % 2 == 0 ? test::reference::raw_scenario_of(rest)
                                           : test::reference::scenario_of(rest);
    const auto state = state_of(scenario);
    const auto& rules = evm::rules_of(scenario.fork);
    evm::CodeCache codes;
    evm::Overlay overlay(state, codes);
    evm::TransactionExecutor executor(overlay, rules, scenario.block);
    for (const auto& [address, account] : scenario.accounts) overlay.load(address);
    overlay.load(scenario.block.coinbase);

    eth::Nonce nonce = 0;
    for (auto tx : scenario.transactions) {
        tx.nonce = nonce++;
        tx.gas_limit = std::min(tx.gas_limit, eth::Gas(kGasLimit));
        const View before(overlay);
        const auto start = overlay.checkpoint();
        const auto first = executor.execute(tx, scenario.sender);
        if (first.invalid) {
            require_restored(before, overlay);
            return 0;
        }
        require(first.gas_used <= tx.gas_limit.value);
        require(first.gas_refunded <= tx.gas_limit.value / 5);
        const View after(overlay);
        require(after.wei() < before.wei()); // the base fee is burnt, nothing is made
        overlay.rollback(start);
        require_restored(before, overlay);
        require_equal(first, executor.execute(tx, scenario.sender));
        const View again(overlay);
        require(again.accounts == after.accounts && again.slots == after.slots);
    }
    return 0;
}
