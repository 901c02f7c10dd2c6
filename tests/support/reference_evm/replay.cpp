#include "tests/support/reference_evm/replay.hpp"

#include <algorithm>

#include "components/evm/transaction.hpp"

namespace viz::test::reference {

namespace {

using Results = std::vector<evm::TransactionResult>;
using Accounts = std::map<eth::Address, MemoryAccount>;

bool same(const evm::TransactionResult& a, const evm::TransactionResult& b) {
    return a.invalid == b.invalid && a.status == b.status && a.gas_used == b.gas_used &&
           a.gas_refunded == b.gas_refunded && a.output == b.output && a.logs == b.logs &&
           a.created == b.created && a.coinbase_payment == b.coinbase_payment;
}

eth::Wei sum_of(const Accounts& accounts) {
    eth::Wei sum;
    for (const auto& [address, account] : accounts) sum = sum + account.balance;
    return sum;
}

class Replay {
  public:
    Replay(Scenario scenario, std::uint64_t gas_cap)
        : scenario_(std::move(scenario)), below_(state_of(scenario_)) {
        eth::Nonce nonce = 0;
        for (auto& tx : scenario_.transactions) {
            tx.nonce = nonce++;
            tx.gas_limit = std::min(tx.gas_limit, eth::Gas(gas_cap));
        }
    }

    std::optional<std::string> run() {
        evm::Overlay overlay(below_, codes_);
        const auto start = overlay.checkpoint();
        first_ = execute(overlay, 0);
        if (auto wrong = impossible()) return wrong;
        end_ = after({&overlay});
        if (sum_of(end_) > sum_of(below_.accounts)) return "wei out of nothing";

        overlay.rollback(start);
        if (!as_below(overlay)) return "not as before after a rollback of all";
        if (!agrees(overlay, 0, {})) return "another result after a rollback of all";
        overlay.rollback(start);
        const auto rest = prefix(overlay);
        const auto middle = overlay.checkpoint();
        auto copy = overlay;
        if (!agrees(copy, rest, {})) return "another result on a copy";
        if (!agrees(overlay, rest, {})) return "another result after a prefix";
        overlay.rollback(middle);
        if (!agrees(overlay, rest, {})) return "another result after a rollback to a prefix";
        overlay.rollback(middle);
        const evm::OverlayReader reader(overlay);
        evm::Overlay layer(reader, codes_);
        if (!agrees(layer, rest, &overlay)) return "another result on a layer";
        return std::nullopt;
    }

  private:
    Results execute(evm::Overlay& overlay, std::size_t from) const {
        evm::TransactionExecutor executor(overlay, evm::rules_of(scenario_.fork), scenario_.block);
        Results results;
        for (std::size_t i = from; i < scenario_.transactions.size(); ++i)
            results.push_back(executor.execute(scenario_.transactions[i], scenario_.sender));
        return results;
    }

    // Executes the first and says where to go on.
    std::size_t prefix(evm::Overlay& overlay) const {
        evm::TransactionExecutor executor(overlay, evm::rules_of(scenario_.fork), scenario_.block);
        executor.execute(scenario_.transactions[0], scenario_.sender);
        return 1;
    }

    Accounts after(std::initializer_list<const evm::Overlay*> overlays) const {
        auto state = below_;
        for (const auto* overlay : overlays)
            if (overlay != nullptr) state.apply(*overlay);
        return state.accounts;
    }

    bool agrees(evm::Overlay& overlay, std::size_t from, const evm::Overlay* under) const {
        const auto results = execute(overlay, from);
        return std::equal(results.begin(), results.end(),
                          first_.begin() + static_cast<std::ptrdiff_t>(from), first_.end(), same) &&
               after({under, &overlay}) == end_;
    }

    std::optional<std::string> impossible() const {
        for (std::size_t i = 0; i < first_.size(); ++i) {
            const auto& result = first_[i];
            const auto limit = scenario_.transactions[i].gas_limit.value;
            if (result.invalid) continue;
            if (evm::is_abort(result.status)) return "aborted without a cause";
            if (result.gas_used > limit || result.gas_used < 21000) return "gas used";
            if (result.gas_refunded > limit / 5) return "gas refunded";
        }
        return std::nullopt;
    }

    // All the overlay has seen is what the reader says.
    bool as_below(const evm::Overlay& overlay) const {
        if (after({&overlay}) != below_.accounts) return false;
        for (evm::SlotId id = 0; id < overlay.slots(); ++id) {
            const auto& slot = overlay.slot(id);
            eth::U256 value;
            below_.storage(overlay.account(slot.account).address, slot.key, value);
            if (slot.now != value) return false;
        }
        return true;
    }

    Scenario scenario_;
    MemoryState below_;
    mutable evm::CodeCache codes_;
    Results first_;
    Accounts end_;
};

} // namespace

std::optional<std::string> replay(Scenario scenario, std::uint64_t gas_cap) {
    auto wrong = Replay(scenario, gas_cap).run();
    if (wrong) wrong->append("\n" + to_string(scenario));
    return wrong;
}

} // namespace viz::test::reference
