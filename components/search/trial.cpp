#include "components/search/trial.hpp"

#include "components/evm/step_budget.hpp"

namespace viz::search {

namespace {
constexpr std::uint64_t kSwapGas = 3'000'000; // more than any honest path of a few pools
} // namespace

Trial::Trial(evm::Overlay& state, const evm::Rules& rules, const evm::BlockEnvironment& block,
             const Searcher& searcher, evm::RunGuard* guard)
    : state_(state), block_(block), searcher_(searcher), guard_(guard),
      executor_(state, rules, block) {
    machine().guard = guard;
}

bool Trial::fund(const eth::Address& token, const U256& amount) {
    evm::install_swapper(state_, searcher_.swapper);
    const auto at = own_slot(token);
    if (!at) return false;
    state_.set_slot(state_.slot(state_.load(at->account), at->key), amount);
    return true;
}

std::optional<evm::BalanceSlot> Trial::own_slot(const eth::Address& token) {
    const auto known = own_slots_.find(token);
    if (known != own_slots_.end()) return known->second;
    const auto found = evm::find_balance_slot(machine(), token, searcher_.swapper);
    if (state_.missing().empty() && !machine().interrupted()) own_slots_.emplace(token, found);
    return found;
}

evm::TransactionResult Trial::swap(std::span<const evm::SwapLeg> legs) {
    eth::Transaction tx;
    tx.type = eth::TxType::dynamic_fee;
    tx.chain_id = block_.chain_id;
    tx.nonce = state_.account(state_.load(searcher_.sender)).now.nonce;
    tx.max_fee_per_gas = block_.base_fee;
    tx.gas_limit = eth::Gas(std::min(kSwapGas, block_.gas_limit));
    tx.to = searcher_.swapper;
    tx.data = evm::swapper_call(legs);
    return execute(tx, searcher_.sender, {.funds = false});
}

evm::TransactionResult Trial::run(const Pending& pending) {
    return execute(pending.tx, pending.sender, {});
}

evm::TransactionResult Trial::execute(const eth::Transaction& tx, const eth::Address& sender,
                                      const evm::TransactionChecks& checks) {
    executor_.block_gas_left = block_.gas_limit;
    ++executions_;
    evm::StepBudget budget(most_steps, guard_);
    auto result = executor_.execute(tx, sender, checks, budget);
    too_long_ = too_long_ || result.status == evm::Status::step_budget;
    return result;
}

U256 Trial::balance(const eth::Address& token) {
    return evm::token_balance(machine(), token, searcher_.swapper).value_or(U256());
}

} // namespace viz::search
