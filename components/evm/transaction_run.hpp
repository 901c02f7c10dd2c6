// Defines TransactionExecutor::execute for any tracer; include it to use a custom tracer.
#pragma once

#include "components/eth/u256_math.hpp"
#include "components/evm/machine_run.hpp"
#include "components/evm/transaction.hpp"

namespace viz::evm {

struct TransactionExecutor::Fees {
    AccountId sender{};
    eth::Wei price; // paid by the sender, per gas
    eth::Wei tip;   // paid to the coinbase, per gas
};

template <class Tracer>
TransactionResult TransactionExecutor::execute(const eth::Transaction& tx,
                                               const eth::Address& sender_address,
                                               const TransactionChecks& checks, Tracer& tracer) {
    TransactionResult result;
    const auto before = state_.checkpoint();
    state_.begin_transaction();
    const auto sender = state_.load(sender_address);
    result.invalid = check(tx, state_.account(sender), checks);
    if (!result.invalid && checks.eoa) {
        const auto& code = state_.code(sender);
        if (code.size() != 0 && !(code.delegate() && rules_.fork >= Fork::prague))
            result.invalid = Invalid::sender_not_eoa;
    }
    if (result.invalid) return result;

    Fees fees{.sender = sender,
              .price = std::min(tx.max_fee_per_gas, block_.base_fee + tx.max_priority_fee_per_gas),
              .tip = {}};
    if (fees.price > block_.base_fee) fees.tip = fees.price - block_.base_fee;
    const auto blob_gas = U256(kGasPerBlob * tx.blob_versioned_hashes.size());
    const auto upfront = fees.price * U256(tx.gas_limit.value) + machine_.blob_fee * blob_gas;
    if (!checks.funds && state_.account(sender).now.balance < upfront + tx.value)
        state_.set_balance(sender, upfront + tx.value);
    const auto coinbase_before = state_.account(state_.load(block_.coinbase)).now.balance;
    state_.subtract_balance(sender, upfront);
    if (tx.to || checks.nonce) state_.set_nonce(sender, tx.nonce + 1);
    warm_up(tx, sender);
    apply_authorizations(tx);

    machine_.transaction = {sender_address, fees.price, tx.blob_versioned_hashes};
    machine_.flags = {};
    machine_.unsupported.clear();
    const auto intrinsic = eth::intrinsic_gas(tx, rules_.validity).value;
    const auto message =
        message_of(tx, sender_address, static_cast<std::int64_t>(tx.gas_limit.value - intrinsic));
    const auto authorized_refund = state_.refund;
    auto outcome = machine_.execute(message, tracer);
    result.status = outcome.status;
    result.first_failure = outcome.first_failure;
    result.output = std::move(outcome.output);
    result.flags = machine_.flags;
    result.unsupported = machine_.unsupported;
    if (state_.must_stop()) result.status = Status::missing_state;
    if (is_abort(result.status)) {
        state_.rollback({.journal = before.journal, .logs = 0, .refund = 0});
        return result;
    }
    if (outcome.status != Status::success) state_.refund = authorized_refund;
    if (!tx.to && outcome.status == Status::success) result.created = message.to;
    settle(tx, fees, outcome, result);
    state_.end_transaction();
    const auto coinbase_after = state_.account(state_.load(block_.coinbase)).now.balance;
    if (coinbase_after > coinbase_before)
        result.coinbase_payment = coinbase_after - coinbase_before;
    if (collect_sets) collect(result);
    result.logs = std::move(state_.logs);
    state_.logs.clear();
    return result;
}

} // namespace viz::evm
