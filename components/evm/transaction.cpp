#include "components/evm/transaction.hpp"

#include <algorithm>
#include <array>

#include "components/eth/keccak.hpp"
#include "components/eth/u256_math.hpp"
#include "components/evm/transaction_run.hpp"

namespace viz::evm {

namespace {

constexpr eth::Address kSystemAddress{
    {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
      0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe}}};
constexpr std::int64_t kSystemCallGas = 30'000'000;

Invalid from_validity(eth::ValidityError error) {
    switch (error) {
    case eth::ValidityError::type_not_active:
    case eth::ValidityError::replay_protection_not_active:
        return Invalid::type_not_active;
    case eth::ValidityError::nonce_max:
        return Invalid::nonce_max;
    case eth::ValidityError::gas_below_intrinsic:
        return Invalid::gas_below_intrinsic;
    case eth::ValidityError::tip_above_max_fee:
        return Invalid::tip_above_max_fee;
    case eth::ValidityError::fee_overflow:
        return Invalid::fee_overflow;
    case eth::ValidityError::initcode_too_large:
        return Invalid::initcode_too_large;
    case eth::ValidityError::no_blobs:
        return Invalid::no_blobs;
    case eth::ValidityError::blob_version_unknown:
        return Invalid::blob_version_unknown;
    case eth::ValidityError::no_authorizations:
        return Invalid::no_authorizations;
    case eth::ValidityError::gas_above_cap:
        break;
    }
    return Invalid::gas_above_cap;
}

// The maximum cost to the sender; nullopt when it exceeds 256 bits.
std::optional<eth::Wei> highest_cost(const eth::Transaction& tx) {
    auto cost = eth::checked_mul(tx.max_fee_per_gas, U256(tx.gas_limit.value));
    if (cost) cost = eth::checked_add(*cost, tx.value);
    const auto blob_gas = U256(kGasPerBlob * tx.blob_versioned_hashes.size());
    const auto blobs = eth::checked_mul(tx.max_fee_per_blob_gas, blob_gas);
    return cost && blobs ? eth::checked_add(*cost, *blobs) : std::nullopt;
}

} // namespace

std::string_view to_string(Invalid reason) {
    constexpr std::array<std::string_view, 20> kTexts{
        "type_not_active",
        "wrong_chain",
        "nonce_max",
        "nonce_too_low",
        "nonce_too_high",
        "gas_below_intrinsic",
        "gas_above_cap",
        "gas_above_block",
        "tip_above_max_fee",
        "max_fee_below_base_fee",
        "max_blob_fee_below_blob_base_fee",
        "fee_overflow",
        "insufficient_funds",
        "sender_not_eoa",
        "initcode_too_large",
        "no_blobs",
        "too_many_blobs",
        "blob_version_unknown",
        "no_authorizations",
        "create_not_allowed",
    };
    static_assert(kTexts.size() == static_cast<std::size_t>(Invalid::create_not_allowed) + 1);
    return kTexts[static_cast<std::size_t>(reason)];
}

TransactionExecutor::TransactionExecutor(Overlay& state, const Rules& rules,
                                         const BlockEnvironment& block)
    : block_gas_left(block.gas_limit), state_(state), rules_(rules), block_(block),
      machine_(state, rules, block) {}

std::optional<Invalid> TransactionExecutor::check_blobs(const eth::Transaction& tx,
                                                        const TransactionChecks& checks) const {
    if (tx.type != eth::TxType::blob) return std::nullopt;
    if (!tx.to) return Invalid::create_not_allowed;
    if (tx.blob_versioned_hashes.size() > rules_.blob.max_per_transaction)
        return Invalid::too_many_blobs;
    if (checks.fees && tx.max_fee_per_blob_gas < machine_.blob_fee)
        return Invalid::max_blob_fee_below_blob_base_fee;
    return std::nullopt;
}

std::optional<Invalid> TransactionExecutor::check(const eth::Transaction& tx, const Account& sender,
                                                  const TransactionChecks& checks) const {
    if (tx.chain_id && *tx.chain_id != block_.chain_id) return Invalid::wrong_chain;
    if (const auto error = eth::check_validity(tx, rules_.validity)) return from_validity(*error);
    if (const auto error = check_blobs(tx, checks)) return error;
    if (tx.type == eth::TxType::set_code && !tx.to) return Invalid::create_not_allowed;
    if (tx.gas_limit.value > std::min<std::uint64_t>(block_gas_left, INT64_MAX))
        return Invalid::gas_above_block;
    if (checks.fees && tx.max_fee_per_gas < block_.base_fee) return Invalid::max_fee_below_base_fee;
    if (checks.nonce && tx.nonce != sender.now.nonce)
        return tx.nonce < sender.now.nonce ? Invalid::nonce_too_low : Invalid::nonce_too_high;
    if (checks.funds) {
        const auto cost = highest_cost(tx);
        if (!cost || *cost > sender.now.balance) return Invalid::insufficient_funds;
    }
    return std::nullopt;
}

void TransactionExecutor::warm_up(const eth::Transaction& tx, AccountId sender) {
    state_.access(sender);
    if (tx.to) state_.access(state_.load(*tx.to));
    if (rules_.warm_coinbase) state_.access(state_.load(block_.coinbase));
    for (const auto& entry : tx.access_list) {
        const auto id = state_.load(entry.address);
        state_.access(id);
        for (const auto& key : entry.storage_keys)
            state_.access_slot(state_.slot(id, eth::load_be(key.bytes.data())));
    }
}

void TransactionExecutor::apply_authorization(const eth::Authorization& authorization) {
    if (!eth::is_zero(authorization.chain_id) &&
        authorization.chain_id != U256(block_.chain_id.value))
        return;
    if (authorization.nonce == ~eth::Nonce{0}) return;
    const auto authority = recoverer_.authority(authorization);
    if (!authority) return;
    const auto id = state_.load(*authority);
    state_.access(id);
    const auto& code = state_.code(id);
    if (code.size() != 0 && !code.delegate()) return;
    const auto& account = state_.account(id);
    if (account.now.nonce != authorization.nonce) return;
    if (account.now.exists) state_.refund += rules_.gas.authorization_refund;
    if (authorization.address.is_zero()) {
        if (code.size() != 0) state_.set_code(id, empty_code());
    } else {
        const auto designator = delegation_designator(authorization.address);
        state_.set_code(id, std::make_shared<const Code>(designator, eth::keccak256(designator)));
    }
    state_.set_nonce(id, authorization.nonce + 1);
}

void TransactionExecutor::apply_authorizations(const eth::Transaction& tx) {
    for (const auto& authorization : tx.authorization_list) apply_authorization(authorization);
}

Message TransactionExecutor::message_of(const eth::Transaction& tx, const eth::Address& sender,
                                        std::int64_t gas) const {
    return {.kind = tx.to ? CallKind::call : CallKind::create,
            .caller = sender,
            .to = tx.to ? *tx.to : create_address(sender, tx.nonce),
            .value = tx.value,
            .input = tx.data,
            .gas = gas};
}

// Applies refund and floor, and pays the sender's refund and the coinbase.
void TransactionExecutor::settle(const eth::Transaction& tx, const Fees& fees,
                                 Machine::Outcome& outcome, TransactionResult& result) {
    const auto used = tx.gas_limit.value - static_cast<std::uint64_t>(outcome.gas_left);
    const auto quotient = static_cast<std::uint64_t>(rules_.gas.refund_quotient);
    result.gas_refunded = std::min(static_cast<std::uint64_t>(state_.refund), used / quotient);
    result.gas_used =
        std::max(used - result.gas_refunded, eth::calldata_floor_gas(tx, rules_.validity).value);
    state_.add_balance(fees.sender, fees.price * U256(tx.gas_limit.value - result.gas_used));
    state_.add_balance(state_.load(block_.coinbase), fees.tip * U256(result.gas_used));
    block_gas_left -= std::min(block_gas_left, result.gas_used);
}

void TransactionExecutor::collect(TransactionResult& result) const {
    for (const auto id : state_.touched_accounts()) {
        const auto& account = state_.account(id);
        if (account.now.balance != account.at_start.balance)
            result.balances.push_back(
                {account.address, account.at_start.balance, account.now.balance});
    }
    for (const auto id : state_.touched_slots()) {
        const auto& slot = state_.slot(id);
        result.slots.push_back(
            {state_.account(slot.account).address, slot.key, slot.at_start, slot.now});
    }
}

TransactionResult TransactionExecutor::execute(const eth::Transaction& tx,
                                               const eth::Address& sender,
                                               const TransactionChecks& checks) {
    NoTracer none;
    return execute(tx, sender, checks, none);
}

std::optional<Machine::Outcome> TransactionExecutor::system_call(const eth::Address& to,
                                                                 eth::BytesView input) {
    state_.begin_transaction();
    if (state_.code(state_.load(to)).size() == 0) return std::nullopt;
    machine_.transaction = {.origin = kSystemAddress, .gas_price = {}, .blob_hashes = {}};
    auto outcome = machine_.execute(
        {.caller = kSystemAddress, .to = to, .value = {}, .input = input, .gas = kSystemCallGas});
    state_.end_transaction();
    return outcome;
}

} // namespace viz::evm
