// Calls, creations and self-destruction.
#include <algorithm>

#include "components/eth/keccak.hpp"
#include "components/eth/rlp.hpp"
#include "components/evm/precompile.hpp"
#include "tests/support/reference_evm/frame.hpp"

namespace viz::test::reference {

namespace {

using evm::Fork;

constexpr std::uint32_t kDepthLimit = 1024;
constexpr std::size_t kMaxCode = 24576;     // EIP-170
constexpr std::size_t kMaxInitcode = 49152; // EIP-3860

eth::Address last_20(const eth::Hash& hash) {
    eth::Address address;
    std::copy(hash.bytes.begin() + 12, hash.bytes.end(), address.bytes.begin());
    return address;
}

// EIP-1014.
eth::Address address_by_salt(const eth::Address& sender, const Word& salt,
                             const eth::Bytes& initcode) {
    eth::Bytes bytes{0xff};
    bytes.insert(bytes.end(), sender.bytes.begin(), sender.bytes.end());
    const auto salt_bytes = bytes_of(salt);
    bytes.insert(bytes.end(), salt_bytes.begin(), salt_bytes.end());
    const auto hash = eth::keccak256(initcode);
    bytes.insert(bytes.end(), hash.bytes.begin(), hash.bytes.end());
    return last_20(eth::keccak256(bytes));
}

Outcome run_precompile(const evm::Precompile& contract, const Call& call, Fork fork) {
    const auto cost = contract.gas(call.input, fork);
    eth::Bytes output;
    if (cost > static_cast<std::uint64_t>(call.gas) || !contract.run(call.input, fork, output))
        return {Ending::halt, 0, {}};
    return {Ending::success, call.gas - static_cast<std::int64_t>(cost), std::move(output)};
}

} // namespace

eth::Address created_address(const eth::Address& sender, std::uint64_t nonce) {
    eth::RlpWriter out;
    const auto mark = out.open_list();
    out.string(sender.view());
    out.integer(eth::U256(nonce));
    out.close_list(mark);
    return last_20(eth::keccak256(out.bytes()));
}

bool Context::is_precompile(const eth::Address& address) const {
    const Word number = word_of(address);
    const auto fork = setting.fork;
    if (number >= 1 && number <= 9) return true;
    if (number == 0x0a) return fork >= Fork::cancun;                   // EIP-4844
    if (number >= 0x0b && number <= 0x11) return fork >= Fork::prague; // EIP-2537
    return number == 0x100 && fork >= Fork::osaka;                     // EIP-7951
}

bool Context::warm_up(const eth::Address& address) {
    return !is_precompile(address) && world.warm_accounts.insert(address).second;
}

std::optional<eth::Address> Context::delegate_of(const eth::Address& address) const {
    const auto& code = world.account(address).code;
    if (setting.fork < Fork::prague || code.size() != 23) return std::nullopt;
    if (code[0] != 0xef || code[1] != 0x01 || code[2] != 0x00) return std::nullopt;
    eth::Address target;
    std::copy(code.begin() + 3, code.end(), target.bytes.begin());
    return target;
}

bool collides(const WorldState& world, const eth::Address& address) {
    const auto& account = world.account(address);
    return account.nonce != 0 || !account.code.empty() || !account.storage.empty();
}

Outcome run_call(Context& context, const Call& call) {
    const WorldState before = context.world;
    if (call.moves_value) context.world.move(call.caller, call.self, call.value);
    Outcome outcome;
    const auto delegate = context.delegate_of(call.code_address);
    if (!delegate && context.is_precompile(call.code_address)) {
        const auto fork = context.setting.fork;
        outcome = run_precompile(*evm::find_precompile(call.code_address, fork), call, fork);
    } else {
        // One step of delegation only; a precompiled contract as its target is empty code
        // (EIP-7702). Where there is no code, no instruction runs.
        const auto& code = context.world.account(delegate.value_or(call.code_address)).code;
        outcome = code.empty() ? Outcome{Ending::success, call.gas, {}}
                               : Frame(context, code, call).run();
    }
    if (outcome.ending != Ending::success) context.world = before;
    return outcome;
}

Outcome run_creation(Context& context, const Creation& creation) {
    auto& world = context.world;
    const WorldState before = world;
    world.created.insert(creation.address);
    world.accounts[creation.address].nonce = 1; // EIP-161
    world.move(creation.caller, creation.address, creation.value);
    const Call call{.caller = creation.caller,
                    .self = creation.address,
                    .code_address = creation.address,
                    .value = creation.value,
                    .moves_value = false,
                    .input = {},
                    .gas = creation.gas,
                    .is_static = false,
                    .depth = creation.depth};
    auto outcome = Frame(context, creation.initcode, call).run();
    if (outcome.ending == Ending::success) {
        const auto deposit = static_cast<std::int64_t>(200 * outcome.output.size());
        const bool refused = outcome.output.size() > kMaxCode ||
                             (!outcome.output.empty() && outcome.output[0] == 0xef); // EIP-3541
        if (refused || deposit > outcome.gas) {
            outcome = {Ending::halt, 0, {}};
        } else {
            outcome.gas -= deposit;
            world.accounts[creation.address].code = outcome.output;
        }
    }
    if (outcome.ending != Ending::success) world = before;
    return outcome;
}

void Frame::call(std::uint8_t opcode) {
    auto& world = context_.world;
    const bool names_value = opcode == 0xf1 || opcode == 0xf2;
    const Word wanted = pop();
    const auto to = address_of(pop());
    const Word value = names_value ? pop() : Word(0);
    const Word in_offset = pop();
    const Word in_size = pop();
    const Word out_offset = pop();
    const Word out_size = pop();
    if (opcode == 0xf1 && value != 0) forbid_static(); // EIP-214

    expand(in_offset, in_size);
    expand(out_offset, out_size);
    charge_access(to);
    if (value != 0) charge(9000);
    if (value != 0 && opcode == 0xf1 && world.account(to).empty()) charge(25000); // EIP-161
    if (const auto delegate = context_.delegate_of(to)) charge_access(*delegate); // EIP-7702
    const std::int64_t available = gas_ - gas_ / 64;                              // EIP-150
    std::int64_t given = wanted < available ? static_cast<std::int64_t>(wanted) : available;
    charge(given);
    if (value != 0) given += 2300;

    return_data_.clear();
    if (call_.depth > kDepthLimit || (names_value && world.account(call_.self).balance < value)) {
        gas_ += given;
        return push(0);
    }
    const bool keeps_self = opcode == 0xf2 || opcode == 0xf4;
    const bool delegates = opcode == 0xf4;
    const auto outcome = run_call(context_, {.caller = delegates ? call_.caller : call_.self,
                                             .self = keeps_self ? call_.self : to,
                                             .code_address = to,
                                             .value = delegates ? call_.value : value,
                                             .moves_value = opcode == 0xf1,
                                             .input = read(in_offset, in_size),
                                             .gas = given,
                                             .is_static = call_.is_static || opcode == 0xfa,
                                             .depth = call_.depth + 1});
    gas_ += outcome.gas;
    return_data_ = outcome.output;
    const auto copied = std::min(Word(outcome.output.size()), out_size);
    write(out_offset, eth::BytesView(outcome.output).first(static_cast<std::size_t>(copied)));
    push(outcome.ending == Ending::success ? 1 : 0);
}

void Frame::create(bool salted) {
    auto& world = context_.world;
    forbid_static();
    const Word value = pop();
    const Word offset = pop();
    const Word size = pop();
    const Word salt = salted ? pop() : Word(0);
    expand(offset, size);
    if (context_.setting.fork >= Fork::shanghai) { // EIP-3860
        if (size > kMaxInitcode) throw Halt{};
        charge_words(size, 2);
    }
    if (salted) charge_words(size, 6);

    return_data_.clear();
    const auto nonce = world.account(call_.self).nonce;
    if (call_.depth > kDepthLimit || world.account(call_.self).balance < value ||
        nonce == ~std::uint64_t{0}) // EIP-2681
        return push(0);
    const auto initcode = read(offset, size);
    const auto address =
        salted ? address_by_salt(call_.self, salt, initcode) : created_address(call_.self, nonce);
    const std::int64_t given = gas_ - gas_ / 64; // EIP-150
    gas_ -= given;
    world.accounts[call_.self].nonce = nonce + 1;
    context_.warm_up(address); // EIP-2929, also where it fails
    if (collides(world, address)) return push(0);
    const auto outcome =
        run_creation(context_, {call_.self, address, value, initcode, given, call_.depth + 1});
    gas_ += outcome.gas;
    const bool made = outcome.ending == Ending::success;
    if (!made) return_data_ = outcome.output; // EIP-211
    push(made ? word_of(address) : Word(0));
}

void Frame::self_destruct() {
    auto& world = context_.world;
    forbid_static();
    const auto heir = address_of(pop());
    if (context_.warm_up(heir)) charge(2600); // EIP-2929: nothing when warm
    const Word balance = world.account(call_.self).balance;
    if (balance != 0 && world.account(heir).empty()) charge(25000);
    world.move(call_.self, heir, balance);
    // EIP-6780: from Cancun only what was created in this transaction goes.
    if (context_.setting.fork >= Fork::cancun && !world.created.contains(call_.self)) return;
    world.accounts[call_.self].balance = 0; // burnt, where it is its own heir
    world.destructed.insert(call_.self);
}

} // namespace viz::test::reference
