#include "components/sim/case.hpp"

#include <algorithm>
#include <unordered_map>

#include "components/sim/case_text.hpp"

namespace viz::sim {

namespace {

// Slots and accounts are in order of first touch: slots are assigned to their accounts.
CaseState read_by(const evm::Overlay& overlay, std::vector<evm::CodePointer>& codes) {
    CaseState state;
    state.accounts.resize(overlay.accounts());
    for (evm::AccountId id = 0; id < overlay.accounts(); ++id) {
        const auto& account = overlay.account(id);
        auto& out = state.accounts[id];
        out.address = account.address;
        const auto& first = account.first;
        if (first.exists)
            out.state = {first.balance, first.nonce, first.code_hash, account.storage_below};
        const auto& code = account.code;
        if (first.exists && code && code->hash() == first.code_hash &&
            first.code_hash != evm::kEmptyCodeHash)
            codes.push_back(code);
    }
    for (evm::SlotId id = 0; id < overlay.slots(); ++id) {
        const auto& slot = overlay.slot(id);
        if (slot.asked) state.accounts[slot.account].slots.push_back({slot.key, slot.first});
    }
    state.block_hashes = overlay.block_hashes();
    const auto before = [](const auto& one, const auto& other) {
        return one->hash() < other->hash();
    };
    const auto same = [](const auto& one, const auto& other) {
        return one->hash() == other->hash();
    };
    std::sort(codes.begin(), codes.end(), before);
    codes.erase(std::unique(codes.begin(), codes.end(), same), codes.end());
    for (const auto& code : codes) state.code_hashes.push_back(code->hash());
    return state;
}

// What a case holds is here, anything else is not.
class CaseReader : public evm::StateReader {
  public:
    explicit CaseReader(const CompleteCase& given) {
        for (const auto& account : given.what.state.accounts) {
            accounts_[account.address] = account.state;
            for (const auto& slot : account.slots) slots_[{account.address, slot.key}] = slot.value;
        }
        for (const auto& read : given.what.state.block_hashes)
            block_hashes_[read.number] = read.hash;
        for (const auto& code : given.codes) codes_[code->hash()] = code;
    }

    evm::Answer account(const eth::Address& address,
                        std::optional<evm::AccountState>& out) const override {
        return look_up(accounts_, address, out);
    }
    evm::Answer storage(const eth::Address& address, const U256& slot, U256& out) const override {
        return look_up(slots_, state::SlotKey{address, slot}, out);
    }
    evm::Answer code(const eth::Address&, const eth::Hash& hash, eth::Bytes& out) const override {
        evm::CodePointer code;
        if (look_up(codes_, hash, code) == evm::Answer::not_here) return evm::Answer::not_here;
        out.assign(code->bytes().begin(), code->bytes().end());
        return evm::Answer::here;
    }
    evm::Answer block_hash(std::uint64_t number, eth::Hash& out) const override {
        return look_up(block_hashes_, number, out);
    }

  private:
    template <class Map>
    static evm::Answer look_up(const Map& map, const typename Map::key_type& key,
                               typename Map::mapped_type& out) {
        const auto found = map.find(key);
        if (found == map.end()) return evm::Answer::not_here;
        out = found->second;
        return evm::Answer::here;
    }

    std::unordered_map<eth::Address, std::optional<evm::AccountState>> accounts_;
    std::unordered_map<state::SlotKey, U256, state::SlotKeyHash> slots_;
    std::unordered_map<std::uint64_t, eth::Hash> block_hashes_;
    std::unordered_map<eth::Hash, evm::CodePointer> codes_;
};

} // namespace

CaseRules name_of(const evm::Rules& rules) {
    return {std::string(to_string(rules.fork)), rules.blob};
}

std::optional<CompleteCase> make_case(const CaseId& id, const state::BlockRef& block,
                                      const evm::Overlay& ran_on, const evm::Rules& rules,
                                      const evm::BlockEnvironment& environment,
                                      const SimRequest& request, const SimSettings& settings,
                                      const SimResult& result) {
    if (!ran_on.missing().empty()) return std::nullopt;
    CompleteCase made;
    made.what = {.id = id,
                 .block = block,
                 .rules = name_of(rules),
                 .environment = environment,
                 .settings = settings,
                 .request = request,
                 .state = read_by(ran_on, made.codes),
                 .result = result_text(result)};
    return made;
}

const evm::Rules* rules_of(const Case& of) {
    const auto& rules = evm::rules_at(of.environment.chain_id, of.environment.timestamp);
    return name_of(rules) == of.rules ? &rules : nullptr;
}

Rerun run_again(const CompleteCase& given, const evm::Rules& rules) {
    const CaseReader reader(given);
    evm::CodeCache codes;
    evm::Overlay overlay(reader, codes);
    const auto& what = given.what;
    const auto result = simulate(overlay, rules, what.environment, what.request, what.settings);
    return {result_text(result), overlay.missing()};
}

} // namespace viz::sim
