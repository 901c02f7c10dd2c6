#include <algorithm>

#include "tests/support/reference_evm/frame.hpp"

namespace viz::test::reference {

namespace {

using evm::Fork;

std::uint64_t non_zeros(const eth::Bytes& data) {
    return static_cast<std::uint64_t>(
        std::count_if(data.begin(), data.end(), [](auto byte) { return byte != 0; }));
}

// Yellow Paper 6.2 with EIP-2028, EIP-2930, EIP-3860.
std::uint64_t intrinsic_gas(const eth::Transaction& tx, Fork fork) {
    const auto full = non_zeros(tx.data);
    std::uint64_t gas = 21000 + 16 * full + 4 * (tx.data.size() - full);
    if (!tx.to) gas += 32000;
    if (!tx.to && fork >= Fork::shanghai) gas += 2 * ((tx.data.size() + 31) / 32);
    for (const auto& entry : tx.access_list) gas += 2400 + 1900 * entry.storage_keys.size();
    return gas;
}

// EIP-7623.
std::uint64_t floor_gas(const eth::Transaction& tx, Fork fork) {
    if (fork < Fork::prague) return 0;
    const auto full = non_zeros(tx.data);
    return 21000 + 10 * (4 * full + (tx.data.size() - full));
}

// What is of one transaction only, and what it has touched before it begins (EIP-2929, EIP-2930,
// EIP-3651).
void begin(WorldState& world, const Setting& setting, const eth::Transaction& tx,
           const eth::Address& sender, const eth::Address& to) {
    world.warm_accounts = {sender, to};
    world.warm_slots.clear();
    world.transient.clear();
    world.created.clear();
    world.destructed.clear();
    world.logs.clear();
    world.refund = 0;
    if (setting.fork >= Fork::shanghai) world.warm_accounts.insert(setting.block.coinbase);
    for (const auto& entry : tx.access_list) {
        world.warm_accounts.insert(entry.address);
        for (const auto& key : entry.storage_keys)
            world.warm_slots.emplace(entry.address, word_of(key));
    }
}

Outcome run_message(Context& context, const eth::Transaction& tx, const eth::Address& sender,
                    const eth::Address& to, std::int64_t gas) {
    if (!tx.to) {
        if (collides(context.world, to)) return {Ending::halt, 0, {}};
        return run_creation(context, {sender, to, word_of(tx.value), tx.data, gas, 1});
    }
    if (const auto delegate = context.delegate_of(to)) context.warm_up(*delegate); // EIP-7702
    return run_call(context, {.caller = sender,
                              .self = to,
                              .code_address = to,
                              .value = word_of(tx.value),
                              .moves_value = true,
                              .input = tx.data,
                              .gas = gas,
                              .is_static = false,
                              .depth = 1});
}

} // namespace

Result run_transaction(WorldState& world, const Setting& setting, const eth::Transaction& tx,
                       const eth::Address& sender) {
    const Word base_fee = word_of(setting.block.base_fee);
    const Word price = std::min<Word>(word_of(tx.max_fee_per_gas), // EIP-1559
                                      base_fee + word_of(tx.max_priority_fee_per_gas));
    const auto nonce = world.account(sender).nonce;
    const auto to = tx.to ? *tx.to : created_address(sender, nonce);
    begin(world, setting, tx, sender, to);
    Context context{world, setting, sender, price, tx.blob_versioned_hashes, world.accounts};
    const Word blob_gas = 131072 * tx.blob_versioned_hashes.size(); // EIP-4844
    world.accounts[sender].balance -=
        price * tx.gas_limit.value +
        blob_gas * blob_base_fee(setting.block.excess_blob_gas, setting.fork);
    world.accounts[sender].nonce = nonce + 1;

    const auto gas = tx.gas_limit.value - intrinsic_gas(tx, setting.fork);
    Result result;
    try {
        auto outcome = run_message(context, tx, sender, to, static_cast<std::int64_t>(gas));
        result.ending = outcome.ending;
        result.output = std::move(outcome.output);
        result.gas_used = tx.gas_limit.value - static_cast<std::uint64_t>(outcome.gas);
    } catch (const StepLimit&) {
        result.ending = Ending::step_limit;
        return result;
    }
    // EIP-3529, EIP-7623.
    result.gas_refunded = std::min(static_cast<std::uint64_t>(world.refund), result.gas_used / 5);
    result.gas_used = std::max(result.gas_used - result.gas_refunded, floor_gas(tx, setting.fork));
    world.accounts[sender].balance += price * (tx.gas_limit.value - result.gas_used);
    world.accounts[setting.block.coinbase].balance += (price - base_fee) * result.gas_used;
    for (const auto& address : world.destructed) world.accounts.erase(address);
    result.logs = world.logs;
    return result;
}

} // namespace viz::test::reference
