#include "components/evm/token_view.hpp"

#include <algorithm>

#include "components/eth/u256_math.hpp"

namespace viz::evm {

namespace {

eth::Bytes selector_bytes(std::uint32_t selector) {
    return {static_cast<std::uint8_t>(selector >> 24), static_cast<std::uint8_t>(selector >> 16),
            static_cast<std::uint8_t>(selector >> 8), static_cast<std::uint8_t>(selector)};
}

eth::Bytes balance_of(const eth::Address& holder) {
    auto data = selector_bytes(0x70a08231);
    data.resize(4 + 12);
    data.insert(data.end(), holder.bytes.begin(), holder.bytes.end());
    return data;
}

} // namespace

std::optional<eth::Bytes> view_call(Machine& machine, const eth::Address& to, eth::BytesView input,
                                    std::int64_t gas) {
    if (machine.interrupted()) return std::nullopt;
    auto& state = machine.state;
    const auto before = state.checkpoint();
    const auto flags = machine.flags;
    state.begin_transaction();
    std::optional<eth::Bytes> answer;
    if (state.code(state.load(to)).size() != 0) {
        machine.transaction = {};
        auto outcome =
            machine.execute({.caller = {}, .to = to, .value = {}, .input = input, .gas = gas});
        if (outcome.status == Status::success) answer = std::move(outcome.output);
    }
    state.rollback({.journal = before.journal, .logs = 0, .refund = 0});
    machine.flags = flags;
    return answer;
}

std::optional<U256> view_word(Machine& machine, const eth::Address& to, std::uint32_t selector) {
    const auto answer = view_call(machine, to, selector_bytes(selector));
    if (!answer || answer->size() < 32) return std::nullopt;
    return eth::load_be(answer->data());
}

std::optional<eth::Address> view_address(Machine& machine, const eth::Address& to,
                                         std::uint32_t selector) {
    const auto word = view_word(machine, to, selector);
    if (!word || !eth::is_zero(*word >> 160)) return std::nullopt;
    const auto bytes = eth::to_be(*word);
    eth::Address address;
    std::copy(bytes.begin() + 12, bytes.end(), address.bytes.begin());
    return address;
}

std::optional<U256> token_balance(Machine& machine, const eth::Address& token,
                                  const eth::Address& holder) {
    const auto answer = view_call(machine, token, balance_of(holder));
    if (!answer || answer->size() < 32) return std::nullopt;
    return eth::load_be(answer->data());
}

std::optional<BalanceSlot> find_balance_slot(Machine& machine, const eth::Address& token,
                                             const eth::Address& holder) {
    auto& state = machine.state;
    const auto at_first = token_balance(machine, token, holder);
    if (!at_first) return std::nullopt;
    // A value that is no flag, timestamp or supply, and fits packed balances.
    const U256 probe(0x5a17'c0de'5a17'c0de);
    const auto slots = state.touched_slots();
    for (auto id = slots.rbegin(); id != slots.rend(); ++id) {
        const auto& slot = state.slot(*id);
        if (slot.now != *at_first) continue;
        const BalanceSlot found{state.account(slot.account).address, slot.key};
        const auto before = state.checkpoint();
        state.set_slot(*id, probe);
        const auto said = token_balance(machine, token, holder);
        state.rollback({.journal = before.journal, .logs = 0, .refund = 0});
        if (said == probe) return found;
    }
    return std::nullopt;
}

bool give_token(Machine& machine, const eth::Address& token, const eth::Address& holder,
                const U256& amount) {
    const auto at = find_balance_slot(machine, token, holder);
    if (!at) return false;
    auto& state = machine.state;
    state.set_slot(state.slot(state.load(at->account), at->key), amount);
    return token_balance(machine, token, holder) == amount;
}

} // namespace viz::evm
