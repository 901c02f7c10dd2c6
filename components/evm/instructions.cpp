#include "components/evm/instructions.hpp"

#include <algorithm>

#include "components/eth/keccak.hpp"

namespace viz::evm {

namespace {

constexpr std::int64_t kCopyWordGas = 3;
constexpr std::int64_t kKeccakWordGas = 6;
constexpr std::int64_t kExpByteGas = 50; // EIP-160
constexpr std::int64_t kLogByteGas = 8;
constexpr std::int64_t kSentryGas = 2300; // EIP-2200

std::int64_t memory_gas(std::uint64_t word_count) {
    return static_cast<std::int64_t>(3 * word_count + word_count * word_count / 512);
}

// Copies source[from..] to memory, with zeros beyond the source's end.
void copy_padded(Frame& frame, std::uint64_t to, eth::BytesView source, const U256& from,
                 std::uint64_t size) {
    std::uint64_t copied = 0;
    if (from.fits_u64() && from.low_u64() < source.size()) {
        const auto part = source.subspan(static_cast<std::size_t>(from.low_u64()));
        copied = std::min<std::uint64_t>(part.size(), size);
        std::copy_n(part.begin(), copied, frame.memory.begin() + static_cast<std::ptrdiff_t>(to));
    }
    std::fill_n(frame.memory.begin() + static_cast<std::ptrdiff_t>(to + copied), size - copied,
                std::uint8_t{0});
}

// Charges the gas of a copy of `size` bytes to memory; `size` is guaranteed to fit afterwards.
std::int64_t charge_copy(Machine& machine, Frame& frame, const U256& to, const U256& size,
                         std::int64_t gas) {
    if ((gas = touch_range(machine, frame, to, size, gas)) < 0) return gas;
    gas -= kCopyWordGas * words(size.low_u64());
    return gas < 0 ? machine.fail(Status::out_of_gas) : gas;
}

std::int64_t charge_account(Machine& machine, AccountId id, std::int64_t gas) {
    gas -=
        machine.access_account(id) ? machine.rules.gas.cold_account : machine.rules.gas.warm_access;
    if (gas < 0) return machine.fail(Status::out_of_gas);
    return machine.state.must_stop() ? machine.fail(Status::missing_state) : gas;
}

} // namespace

std::int64_t grow_memory(Machine& machine, Frame& frame, std::uint64_t end, std::int64_t gas) {
    const auto now = frame.memory.size() / 32;
    const auto then = (end + 31) / 32;
    gas -= memory_gas(then) - memory_gas(now);
    if (gas < 0) return machine.fail(Status::out_of_gas);
    frame.memory.resize(static_cast<std::size_t>(then * 32));
    return gas;
}

std::int64_t touch_range(Machine& machine, Frame& frame, const U256& offset, const U256& size,
                         std::int64_t gas) {
    if (eth::is_zero(size)) return gas;
    if (!size.fits_u64() || size.low_u64() > kMemoryBound) return machine.fail(Status::out_of_gas);
    return touch_memory(machine, frame, offset, size.low_u64(), gas);
}

U256 address_word(const eth::Address& address) {
    std::uint8_t bytes[32]{};
    std::copy(address.bytes.begin(), address.bytes.end(), bytes + 12);
    return eth::load_be(bytes);
}

eth::Address word_address(const U256& word) {
    std::uint8_t bytes[32];
    eth::store_be(bytes, word);
    eth::Address address;
    std::copy_n(bytes + 12, 20, address.bytes.begin());
    return address;
}

U256 call_data_word(const Frame& frame, const U256& offset) {
    const auto& input = frame.input;
    if (!offset.fits_u64() || offset.low_u64() >= input.size()) return {};
    const auto at = static_cast<std::size_t>(offset.low_u64());
    if (input.size() - at >= 32) return eth::load_be(input.data() + at);
    std::uint8_t word[32]{};
    std::copy(input.begin() + static_cast<std::ptrdiff_t>(at), input.end(), word);
    return eth::load_be(word);
}

std::int64_t do_keccak256(Machine& machine, Frame& frame, U256* sp, std::int64_t gas) {
    const U256& offset = sp[-1];
    U256& size = sp[-2];
    if ((gas = touch_range(machine, frame, offset, size, gas)) < 0) return gas;
    gas -= kKeccakWordGas * words(size.low_u64());
    if (gas < 0) return machine.fail(Status::out_of_gas);
    const auto count = static_cast<std::size_t>(size.low_u64());
    const auto* from = count == 0 ? nullptr : frame.memory.data() + offset.low_u64();
    size = eth::load_be(eth::keccak256({from, count}).bytes.data());
    return gas;
}

std::int64_t do_exp(Machine& machine, Frame&, U256* sp, std::int64_t gas) {
    gas -= kExpByteGas * static_cast<std::int64_t>(eth::byte_length(sp[-2]));
    if (gas < 0) return machine.fail(Status::out_of_gas);
    sp[-2] = eth::power(sp[-1], sp[-2]);
    return gas;
}

std::int64_t do_balance(Machine& machine, Frame&, U256* sp, std::int64_t gas) {
    const auto id = machine.state.load(word_address(sp[-1]));
    machine.state.mark(id).balance_read = true;
    sp[-1] = machine.state.account(id).now.balance;
    return charge_account(machine, id, gas);
}

std::int64_t do_calldatacopy(Machine& machine, Frame& frame, U256* sp, std::int64_t gas) {
    if ((gas = charge_copy(machine, frame, sp[-1], sp[-3], gas)) < 0) return gas;
    if (!eth::is_zero(sp[-3]))
        copy_padded(frame, sp[-1].low_u64(), frame.input, sp[-2], sp[-3].low_u64());
    return gas;
}

std::int64_t do_codecopy(Machine& machine, Frame& frame, U256* sp, std::int64_t gas) {
    if ((gas = charge_copy(machine, frame, sp[-1], sp[-3], gas)) < 0) return gas;
    if (!eth::is_zero(sp[-3]))
        copy_padded(frame, sp[-1].low_u64(), frame.code->bytes(), sp[-2], sp[-3].low_u64());
    return gas;
}

std::int64_t do_extcodesize(Machine& machine, Frame&, U256* sp, std::int64_t gas) {
    const auto id = machine.state.load(word_address(sp[-1]));
    if ((gas = charge_account(machine, id, gas)) < 0) return gas;
    sp[-1] = U256(machine.state.code(id).size());
    return machine.state.must_stop() ? machine.fail(Status::missing_state) : gas;
}

std::int64_t do_extcodecopy(Machine& machine, Frame& frame, U256* sp, std::int64_t gas) {
    const auto id = machine.state.load(word_address(sp[-1]));
    if ((gas = charge_account(machine, id, gas)) < 0) return gas;
    if ((gas = charge_copy(machine, frame, sp[-2], sp[-4], gas)) < 0) return gas;
    const auto& code = machine.state.code(id);
    if (!eth::is_zero(sp[-4]))
        copy_padded(frame, sp[-2].low_u64(), code.bytes(), sp[-3], sp[-4].low_u64());
    return machine.state.must_stop() ? machine.fail(Status::missing_state) : gas;
}

std::int64_t do_returndatacopy(Machine& machine, Frame& frame, U256* sp, std::int64_t gas) {
    const auto& from = sp[-2];
    const auto& size = sp[-3];
    // EIP-211: reading beyond the end fails instead of returning zeros.
    const auto held = frame.return_data.size();
    if (!from.fits_u64() || !size.fits_u64() || from.low_u64() > held ||
        size.low_u64() > held - from.low_u64())
        return machine.fail(Status::return_data_out_of_bounds);
    if ((gas = charge_copy(machine, frame, sp[-1], size, gas)) < 0) return gas;
    if (!eth::is_zero(size))
        copy_padded(frame, sp[-1].low_u64(), frame.return_data, from, size.low_u64());
    return gas;
}

std::int64_t do_extcodehash(Machine& machine, Frame&, U256* sp, std::int64_t gas) {
    const auto id = machine.state.load(word_address(sp[-1]));
    if ((gas = charge_account(machine, id, gas)) < 0) return gas;
    auto& account = machine.state.mark(id);
    account.code_read = true;
    // EIP-1052, EIP-161: zero for an account that does not exist.
    sp[-1] = account.now.empty() ? U256() : eth::load_be(account.now.code_hash.bytes.data());
    return gas;
}

std::int64_t do_blockhash(Machine& machine, Frame&, U256* sp, std::int64_t gas) {
    const auto wanted = sp[-1];
    const auto now = machine.block.number;
    sp[-1] = {};
    if (!wanted.fits_u64() || wanted.low_u64() >= now || now - wanted.low_u64() > 256) return gas;
    sp[-1] = eth::load_be(machine.state.block_hash(wanted.low_u64()).bytes.data());
    return machine.state.must_stop() ? machine.fail(Status::missing_state) : gas;
}

std::int64_t do_sload(Machine& machine, Frame& frame, U256* sp, std::int64_t gas) {
    const auto id = machine.state.slot(frame.self_id, sp[-1]);
    gas -=
        machine.state.access_slot(id) ? machine.rules.gas.cold_slot : machine.rules.gas.warm_access;
    if (gas < 0) return machine.fail(Status::out_of_gas);
    if (machine.state.must_stop()) return machine.fail(Status::missing_state);
    sp[-1] = machine.state.slot(id).now;
    return gas;
}

// EIP-2200 as amended by EIP-2929 and EIP-3529.
std::int64_t do_sstore(Machine& machine, Frame& frame, U256* sp, std::int64_t gas) {
    if (frame.is_static) return machine.fail(Status::static_violation);
    if (gas <= kSentryGas) return machine.fail(Status::out_of_gas);
    auto& state = machine.state;
    const auto& costs = machine.rules.gas;
    const auto id = state.slot(frame.self_id, sp[-1]);
    const U256& value = sp[-2];
    if (state.access_slot(id)) gas -= costs.cold_slot;
    const auto& slot = state.slot(id);
    const bool restores = slot.at_start == value;
    if (slot.now == value) {
        gas -= costs.warm_access;
    } else if (slot.now == slot.at_start) {
        gas -= eth::is_zero(slot.at_start) ? costs.slot_set : costs.slot_reset;
        if (eth::is_zero(value)) state.refund += costs.slot_clear_refund;
    } else {
        gas -= costs.warm_access;
        if (!eth::is_zero(slot.at_start)) {
            if (eth::is_zero(slot.now)) state.refund -= costs.slot_clear_refund;
            if (eth::is_zero(value)) state.refund += costs.slot_clear_refund;
        }
        if (restores)
            state.refund += (eth::is_zero(slot.at_start) ? costs.slot_set : costs.slot_reset) -
                            costs.warm_access;
    }
    if (gas < 0) return machine.fail(Status::out_of_gas);
    if (state.must_stop()) return machine.fail(Status::missing_state);
    if (slot.now != value) state.set_slot(id, value);
    return gas;
}

std::int64_t do_mcopy(Machine& machine, Frame& frame, U256* sp, std::int64_t gas) {
    const auto& to = sp[-1];
    const auto& from = sp[-2];
    const auto& size = sp[-3];
    const auto& farther = to > from ? to : from;
    if ((gas = charge_copy(machine, frame, farther, size, gas)) < 0) return gas;
    if (!eth::is_zero(size))
        std::memmove(frame.memory.data() + to.low_u64(), frame.memory.data() + from.low_u64(),
                     static_cast<std::size_t>(size.low_u64()));
    return gas;
}

std::int64_t do_tload(Machine& machine, Frame& frame, U256* sp, std::int64_t gas) {
    sp[-1] = machine.state.transient(frame.self_id, sp[-1]);
    return gas;
}

std::int64_t do_tstore(Machine& machine, Frame& frame, U256* sp, std::int64_t gas) {
    if (frame.is_static) return machine.fail(Status::static_violation);
    machine.state.set_transient(frame.self_id, sp[-1], sp[-2]);
    return gas;
}

std::int64_t do_log(Machine& machine, Frame& frame, U256* sp, std::int64_t gas, unsigned topics) {
    if (frame.is_static) return machine.fail(Status::static_violation);
    const auto& offset = sp[-1];
    const auto& size = sp[-2];
    if ((gas = touch_range(machine, frame, offset, size, gas)) < 0) return gas;
    gas -= kLogByteGas * static_cast<std::int64_t>(size.low_u64());
    if (gas < 0) return machine.fail(Status::out_of_gas);
    Log log{.address = frame.self, .topics = {}, .data = {}};
    log.topics.reserve(topics);
    for (unsigned i = 0; i < topics; ++i) {
        auto& topic = log.topics.emplace_back();
        eth::store_be(topic.bytes.data(), *(sp - 3 - i));
    }
    if (!eth::is_zero(size)) {
        const auto* from = frame.memory.data() + offset.low_u64();
        log.data.assign(from, from + size.low_u64());
    }
    machine.state.logs.push_back(std::move(log));
    return gas;
}

std::int64_t do_selfdestruct(Machine& machine, Frame& frame, U256* sp, std::int64_t gas) {
    if (frame.is_static) return machine.fail(Status::static_violation);
    auto& state = machine.state;
    const auto heir = state.load(word_address(sp[-1]));
    if (machine.access_account(heir)) gas -= machine.rules.gas.cold_account;
    const auto self = frame.self_id;
    const auto balance = state.account(self).now.balance;
    if (!eth::is_zero(balance) && state.account(heir).now.empty())
        gas -= machine.rules.gas.new_account;
    if (gas < 0) return machine.fail(Status::out_of_gas);
    if (state.must_stop()) return machine.fail(Status::missing_state);
    state.mark(self).balance_read = true;
    const bool dies = !machine.rules.selfdestruct_only_new || state.created_now(self);
    if (heir != self) {
        state.add_balance(heir, balance);
        state.subtract_balance(self, balance);
    } else if (dies) {
        state.subtract_balance(self, balance);
    }
    if (dies) state.destruct(self);
    return gas;
}

} // namespace viz::evm
