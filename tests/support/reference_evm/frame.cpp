#include "tests/support/reference_evm/frame.hpp"

#include <algorithm>

#include "components/eth/keccak.hpp"
#include "tests/support/reference_evm/arithmetic.hpp"
#include "tests/support/reference_evm/schedule.hpp"

namespace viz::test::reference {

namespace {

using evm::Fork;

constexpr std::size_t kStackLimit = 1024;
constexpr unsigned kCopyWordGas = 3;
constexpr unsigned kKeccakWordGas = 6;
constexpr unsigned kExpByteGas = 50; // EIP-160
constexpr unsigned kLogByteGas = 8;

// Yellow Paper 9.4.3: a 0x5b that is no part of a push's operand.
std::set<std::size_t> jump_destinations(const eth::Bytes& code) {
    std::set<std::size_t> found;
    for (std::size_t i = 0; i < code.size(); ++i) {
        if (code[i] == 0x5b) found.insert(i);
        if (code[i] >= 0x60 && code[i] <= 0x7f) i += code[i] - 0x5fU;
    }
    return found;
}

} // namespace

Word blob_base_fee(std::uint64_t excess, Fork fork) {
    const Big fraction = fork >= Fork::prague ? 5007716 : 3338477;
    Big sum = 0;
    Big term = fraction;
    for (unsigned i = 1; term > 0; ++i) {
        sum += term;
        term = term * excess / (fraction * i);
    }
    return Word(sum / fraction);
}

Frame::Frame(Context& context, eth::Bytes code, const Call& call)
    : context_(context), code_(std::move(code)), call_(call),
      destinations_(jump_destinations(code_)), gas_(call.gas) {}

Outcome Frame::run() {
    const auto fork = context_.setting.fork;
    try {
        while (true) {
            const std::uint8_t opcode = pc_ < code_.size() ? code_[pc_] : 0;
            if (!context_.setting.step({pc_, opcode, gas_, call_.depth, stack_, memory_}))
                throw StepLimit{};
            const auto shape = shape_of(opcode, fork);
            if (!shape || stack_.size() < shape->takes) throw Halt{};
            if (stack_.size() - shape->takes + shape->leaves > kStackLimit) throw Halt{};
            charge(shape->gas);
            if (!execute(opcode)) break;
            ++pc_;
        }
    } catch (const Halt&) {
        return {Ending::halt, 0, {}};
    }
    return {reverted_ ? Ending::revert : Ending::success, gas_, std::move(output_)};
}

bool Frame::execute(std::uint8_t opcode) {
    switch (opcode) {
    case 0x00: // STOP
        return false;
    case 0x20: { // KECCAK256
        const Word offset = pop();
        const Word size = pop();
        expand(offset, size);
        charge_words(size, kKeccakWordGas);
        push(word_of(eth::keccak256(read(offset, size))));
        return true;
    }
    case 0xf0: // CREATE
    case 0xf5: // CREATE2
        create(opcode == 0xf5);
        return true;
    case 0xf1:
    case 0xf2:
    case 0xf4:
    case 0xfa:
        call(opcode);
        return true;
    case 0xf3:   // RETURN
    case 0xfd: { // REVERT
        const Word offset = pop();
        const Word size = pop();
        expand(offset, size);
        output_ = read(offset, size);
        reverted_ = opcode == 0xfd;
        return false;
    }
    case 0xff: // SELFDESTRUCT
        self_destruct();
        return false;
    default:
        break;
    }
    if (opcode <= 0x1e) {
        Word words[3];
        const auto takes = shape_of(opcode, Fork::osaka)->takes;
        for (unsigned i = 0; i < takes; ++i) words[i] = pop();
        if (opcode == 0x0a) {
            unsigned bytes = 0;
            for (Word rest = words[1]; rest != 0; rest >>= 8) ++bytes;
            charge(kExpByteGas * bytes);
        }
        push(calculate(opcode, words[0], words[1], words[2]));
    } else if (opcode <= 0x4a) {
        environment(opcode);
    } else if (opcode <= 0x5f) {
        memory_and_flow(opcode);
    } else if (opcode <= 0x7f) { // PUSH1 to PUSH32: zeros past the end
        Word word = 0;
        for (unsigned i = 0; i < opcode - 0x5fU; ++i) {
            ++pc_;
            word = (word << 8) | (pc_ < code_.size() ? code_[pc_] : 0U);
        }
        push(word);
    } else if (opcode <= 0x8f) { // DUP
        push(Word(stack_[stack_.size() - 1 - (opcode - 0x80U)]));
    } else if (opcode <= 0x9f) { // SWAP
        std::swap(stack_.back(), stack_[stack_.size() - 2 - (opcode - 0x90U)]);
    } else {
        log(opcode - 0xa0U);
    }
    return true;
}

void Frame::environment(std::uint8_t opcode) {
    auto& world = context_.world;
    const auto& block = context_.setting.block;
    switch (opcode) {
    case 0x30:
        return push(word_of(call_.self));
    case 0x31: { // BALANCE
        const auto address = address_of(pop());
        charge_access(address);
        return push(world.account(address).balance);
    }
    case 0x32:
        return push(word_of(context_.origin));
    case 0x33:
        return push(word_of(call_.caller));
    case 0x34:
        return push(call_.value);
    case 0x35: { // CALLDATALOAD
        const Word offset = pop();
        Word word = 0;
        for (unsigned i = 0; i < 32; ++i) {
            const Big at = Big(offset) + i;
            const auto byte =
                at < call_.input.size() ? call_.input[static_cast<std::size_t>(at)] : 0U;
            word = (word << 8) | byte;
        }
        return push(word);
    }
    case 0x36:
        return push(call_.input.size());
    case 0x37: // CALLDATACOPY
        return copy_to_memory(call_.input);
    case 0x38:
        return push(code_.size());
    case 0x39: // CODECOPY
        return copy_to_memory(code_);
    case 0x3a:
        return push(context_.gas_price);
    case 0x3b: { // EXTCODESIZE; a designator's own code, EIP-7702
        const auto address = address_of(pop());
        charge_access(address);
        return push(world.account(address).code.size());
    }
    case 0x3c: { // EXTCODECOPY
        const auto address = address_of(pop());
        charge_access(address);
        return copy_to_memory(world.account(address).code);
    }
    case 0x3d:
        return push(return_data_.size());
    case 0x3e: // RETURNDATACOPY
        return return_data_copy();
    case 0x3f: { // EXTCODEHASH, EIP-1052: zero for what is empty
        const auto address = address_of(pop());
        charge_access(address);
        const auto& account = world.account(address);
        return push(account.empty() ? Word(0) : word_of(eth::keccak256(account.code)));
    }
    case 0x40:
        return push(block_hash(pop()));
    case 0x41:
        return push(word_of(block.coinbase));
    case 0x42:
        return push(block.timestamp);
    case 0x43:
        return push(block.number);
    case 0x44: // PREVRANDAO, EIP-4399
        return push(word_of(block.prev_randao));
    case 0x45:
        return push(block.gas_limit);
    case 0x46: // CHAINID, EIP-1344
        return push(block.chain_id.value);
    case 0x47: // SELFBALANCE, EIP-1884
        return push(world.account(call_.self).balance);
    case 0x48: // BASEFEE, EIP-3198
        return push(word_of(block.base_fee));
    case 0x49: { // BLOBHASH, EIP-4844
        const Word index = pop();
        const auto& hashes = context_.blob_hashes;
        return push(index < hashes.size() ? word_of(hashes[static_cast<std::size_t>(index)])
                                          : Word(0));
    }
    default: // BLOBBASEFEE, EIP-7516
        return push(blob_base_fee(block.excess_blob_gas, context_.setting.fork));
    }
}

void Frame::memory_and_flow(std::uint8_t opcode) {
    auto& world = context_.world;
    switch (opcode) {
    case 0x50: // POP
        pop();
        return;
    case 0x51: { // MLOAD
        const Word offset = pop();
        expand(offset, 32);
        return push(word_of(read(offset, 32)));
    }
    case 0x52:   // MSTORE
    case 0x53: { // MSTORE8
        const Word offset = pop();
        const auto bytes = bytes_of(pop());
        const eth::BytesView part = eth::BytesView(bytes).subspan(opcode == 0x52 ? 0 : 31);
        expand(offset, part.size());
        return write(offset, part);
    }
    case 0x54: { // SLOAD, EIP-2929
        const Word key = pop();
        charge(world.warm_slots.emplace(call_.self, key).second ? 2100 : 100);
        return push(world.storage(call_.self, key));
    }
    case 0x55:
        return sstore();
    case 0x56: // JUMP
        return jump(pop());
    case 0x57: { // JUMPI
        const Word to = pop();
        if (pop() != 0) jump(to);
        return;
    }
    case 0x58:
        return push(pc_);
    case 0x59:
        return push(memory_.size());
    case 0x5a:
        return push(gas_);
    case 0x5b: // JUMPDEST
        return;
    case 0x5c: { // TLOAD, EIP-1153
        const auto found = world.transient.find({call_.self, pop()});
        return push(found == world.transient.end() ? Word(0) : found->second);
    }
    case 0x5d: { // TSTORE, EIP-1153
        forbid_static();
        const Word key = pop();
        world.transient[{call_.self, key}] = pop();
        return;
    }
    case 0x5e: { // MCOPY, EIP-5656
        const Word to = pop();
        const Word from = pop();
        const Word size = pop();
        expand(std::max(to, from), size);
        charge_words(size, kCopyWordGas);
        return write(to, read(from, size));
    }
    default: // PUSH0, EIP-3855
        return push(0);
    }
}

// EIP-2200 with the prices of EIP-2929 and the refunds of EIP-3529.
void Frame::sstore() {
    forbid_static();
    if (gas_ <= 2300) throw Halt{};
    auto& world = context_.world;
    const Word key = pop();
    const Word value = pop();
    const Word current = world.storage(call_.self, key);
    Word original = 0;
    if (const auto account = context_.original.find(call_.self);
        account != context_.original.end() && !world.created.contains(call_.self)) {
        const auto slot = account->second.storage.find(key);
        if (slot != account->second.storage.end()) original = slot->second;
    }
    std::int64_t cost = world.warm_slots.emplace(call_.self, key).second ? 2100 : 0;
    if (current == value || original != current)
        cost += 100;
    else
        cost += original == 0 ? 20000 : 5000 - 2100;
    charge(cost);

    const std::int64_t clears = 4800;
    if (current != value) {
        if (original != 0 && current == original && value == 0) world.refund += clears;
        if (original != 0 && current != original) {
            if (current == 0) world.refund -= clears;
            if (value == 0) world.refund += clears;
        }
        if (current != original && value == original)
            world.refund += original == 0 ? 20000 - 100 : 5000 - 2100 - 100;
    }
    world.set_storage(call_.self, key, value);
}

void Frame::log(unsigned topics) {
    forbid_static();
    const Word offset = pop();
    const Word size = pop();
    expand(offset, size);
    charge(Big(size) * kLogByteGas);
    evm::Log entry{.address = call_.self, .topics = {}, .data = read(offset, size)};
    for (unsigned i = 0; i < topics; ++i) {
        const auto bytes = bytes_of(pop());
        std::copy(bytes.begin(), bytes.end(), entry.topics.emplace_back().bytes.begin());
    }
    context_.world.logs.push_back(std::move(entry));
}

void Frame::jump(const Word& to) {
    if (to >= code_.size() || !destinations_.contains(static_cast<std::size_t>(to))) throw Halt{};
    pc_ = static_cast<std::size_t>(to) - 1; // the loop goes one on
}

Word Frame::block_hash(const Word& number) const {
    const auto now = context_.setting.block.number;
    if (number >= now || Big(number) + 256 < now) return 0;
    return word_of(context_.setting.block_hash(static_cast<std::uint64_t>(number)));
}

} // namespace viz::test::reference
