#include "components/evm/machine.hpp"

#include <algorithm>

#include "components/eth/keccak.hpp"
#include "components/eth/rlp.hpp"
#include "components/evm/instructions.hpp"
#include "components/evm/machine_run.hpp"
#include "components/evm/precompile.hpp"

namespace viz::evm {

namespace {

constexpr std::int64_t kInitcodeHashWordGas = 6; // CREATE2
// What a frame keeps of a large memory for its next use.
constexpr std::size_t kKeptMemory = 1U << 20;

std::int64_t all_but_64th(std::int64_t gas) {
    return gas - gas / 64; // EIP-150
}

eth::BytesView memory_view(const Frame& frame, const U256& offset, const U256& size) {
    if (eth::is_zero(size)) return {};
    return {frame.memory.data() + offset.low_u64(), static_cast<std::size_t>(size.low_u64())};
}

} // namespace

eth::Address create_address(const eth::Address& sender, eth::Nonce nonce) {
    eth::RlpWriter out;
    const auto mark = out.open_list();
    out.string(sender.view());
    out.integer(U256(nonce));
    out.close_list(mark);
    return word_address(eth::load_be(eth::keccak256(out.bytes()).bytes.data()));
}

eth::Address create2_address(const eth::Address& sender, const U256& salt,
                             const eth::Hash& initcode_hash) {
    eth::Bytes bytes{0xff};
    bytes.insert(bytes.end(), sender.bytes.begin(), sender.bytes.end());
    const auto salt_bytes = eth::to_be(salt);
    bytes.insert(bytes.end(), salt_bytes.begin(), salt_bytes.end());
    bytes.insert(bytes.end(), initcode_hash.bytes.begin(), initcode_hash.bytes.end());
    return word_address(eth::load_be(eth::keccak256(bytes).bytes.data()));
}

Machine::Machine(Overlay& state_in, const Rules& rules_in, const BlockEnvironment& block_in)
    : state(state_in), rules(rules_in), block(block_in),
      blob_fee(blob_base_fee(block_in.excess_blob_gas, rules_in)) {}

// What a call goes to, once it is paid for.
struct Machine::Target {
    CallKind kind{};
    eth::Address caller;
    eth::Address self; // whose storage
    eth::Address code_address;
    U256 value;         // as CALLVALUE shows it
    bool moves_value{}; // from caller to self
    eth::BytesView input;
    std::int64_t gas{};
    bool is_static{};
    AccountId code_id{}; // whose code runs, EIP-7702 resolved
    bool delegated{};
    std::uint64_t output_offset{};
    std::uint64_t output_size{};
};

bool Machine::access_account(AccountId id) {
    if (!state.access(id)) return false;
    return find_precompile(state.account(id).address, rules.fork) == nullptr;
}

Frame& Machine::push_frame() {
    if (frames_.size() == depth_) {
        frames_.push_back(std::make_unique<Frame>());
        frames_.back()->stack = std::make_unique_for_overwrite<U256[]>(kStackLimit);
    }
    Frame& frame = *frames_[depth_++];
    frame.sp = frame.stack.get();
    if (frame.memory.capacity() > kKeptMemory) frame.memory = {};
    frame.memory.clear();
    frame.return_data.clear();
    frame.output = {};
    frame.last_call_failed = false;
    frame.output_offset = frame.output_size = 0;
    return frame;
}

void Machine::note_failure(Frame& frame) {
    if (!frame.last_call_failed || !first_failure_)
        first_failure_ = Failure{frame.status, frame.self, depth_ - 1};
}

Step Machine::finish(Frame& frame, Status status, std::int64_t gas_left, eth::BytesView output) {
    frame.status = status;
    frame.gas = gas_left;
    frame.output = output;
    return Step::finished;
}

Status Machine::deposit_code(Frame& frame) {
    const auto code = frame.output;
    if (!code.empty() && code[0] == 0xef) return Status::code_begins_with_ef;
    if (code.size() > rules.max_code_size) return Status::code_too_large;
    frame.gas -= rules.gas.code_byte * static_cast<std::int64_t>(code.size());
    if (frame.gas < 0) return Status::out_of_gas;
    if (!code.empty())
        state.set_code(frame.self_id, std::make_shared<const Code>(code, eth::keccak256(code)));
    return Status::success;
}

// Takes the frame on top off, with what its end means for state, gas and the caller.
void Machine::leave_frame() {
    Frame& frame = *frames_[depth_ - 1];
    const bool creates = frame.kind >= CallKind::create;
    if (creates && frame.status == Status::success) {
        frame.status = deposit_code(frame);
        frame.output = {};
    }
    if (frame.status != Status::success) {
        note_failure(frame);
        if (!is_abort(frame.status)) state.rollback(frame.checkpoint);
        if (frame.status != Status::revert) {
            frame.gas = 0;
            frame.output = {};
        }
    }
    if (observer != nullptr) observer->leave(frame.status, frame.gas, frame.output);
    --depth_;
    if (depth_ == 0) return;

    Frame& parent = *frames_[depth_ - 1];
    parent.gas += frame.gas;
    parent.last_call_failed = frame.status != Status::success;
    parent.return_data.assign(frame.output.begin(), frame.output.end());
    U256 result;
    if (frame.status == Status::success) result = creates ? address_word(frame.self) : U256(1);
    *parent.sp++ = result;
    const auto copied = std::min<std::size_t>(frame.output_size, frame.output.size());
    if (!creates && copied != 0)
        std::copy_n(frame.output.begin(), copied,
                    parent.memory.begin() + static_cast<std::ptrdiff_t>(frame.output_offset));
}

bool Machine::run_precompile(const Target& target, Outcome& outcome) {
    const auto* contract =
        target.delegated ? nullptr : find_precompile(target.code_address, rules.fork);
    if (contract == nullptr) return false;
    outcome.status = Status::precompile_failure;
    outcome.gas_left = 0;
    outcome.output.clear();
    if (contract->run == nullptr) {
        unsupported.push_back(target.code_address);
        outcome.status = Status::unsupported_precompile;
        return true;
    }
    const auto cost = contract->gas(target.input, rules.fork);
    if (cost > static_cast<std::uint64_t>(target.gas)) {
        outcome.status = Status::out_of_gas;
    } else if (contract->run(target.input, rules.fork, outcome.output)) {
        outcome.status = Status::success;
        outcome.gas_left = target.gas - static_cast<std::int64_t>(cost);
    } else {
        outcome.output.clear();
    }
    return true;
}

Step Machine::skip_call(Frame& frame) {
    frame.return_data.clear();
    frame.last_call_failed = true;
    *frame.sp++ = U256();
    return Step::resumed;
}

// Access, memory, value and the 63/64 rule; the gas left to the caller, with that of the callee in
// the target.
std::int64_t Machine::charge_call(Frame& frame, CallKind kind, Target& target) {
    const bool has_value = kind == CallKind::call || kind == CallKind::call_code;
    const U256* sp = frame.sp;
    const U256 wanted = sp[-1];
    target.kind = kind;
    target.code_address = word_address(sp[-2]);
    sp -= 2;
    const U256 value = has_value ? *--sp : U256();
    const U256 in_offset = sp[-1];
    const U256 in_size = sp[-2];
    const U256 out_offset = sp[-3];
    const U256 out_size = sp[-4];
    frame.sp -= info(has_value ? Opcode::CALL : Opcode::DELEGATECALL).pops;

    if (kind == CallKind::call && frame.is_static && !eth::is_zero(value))
        return fail(Status::static_violation);
    auto gas = touch_range(*this, frame, in_offset, in_size, frame.gas);
    if (gas >= 0) gas = touch_range(*this, frame, out_offset, out_size, gas);
    if (gas < 0) return gas;
    target.code_id = state.load(target.code_address);
    gas -= access_account(target.code_id) ? rules.gas.cold_account : rules.gas.warm_access;
    if (!eth::is_zero(value)) {
        gas -= rules.gas.call_value;
        if (kind == CallKind::call && state.account(target.code_id).now.empty())
            gas -= rules.gas.new_account;
    }
    if (gas < 0) return fail(Status::out_of_gas);
    if (const auto& to = state.code(target.code_id).delegate(); to && rules.fork >= Fork::prague) {
        target.delegated = true;
        target.code_id = state.load(*to);
        gas -= access_account(target.code_id) ? rules.gas.cold_account : rules.gas.warm_access;
        if (gas < 0) return fail(Status::out_of_gas);
    }
    const auto most = all_but_64th(gas);
    target.gas = wanted.fits_u64() && wanted.low_u64() < static_cast<std::uint64_t>(most)
                     ? static_cast<std::int64_t>(wanted.low_u64())
                     : most;
    gas -= target.gas;
    if (!eth::is_zero(value)) target.gas += rules.gas.call_stipend;

    target.value = kind == CallKind::delegate_call ? frame.value : value;
    target.moves_value = kind == CallKind::call && !eth::is_zero(value);
    target.caller = kind == CallKind::delegate_call ? frame.caller : frame.self;
    const bool own_storage = kind == CallKind::call_code || kind == CallKind::delegate_call;
    target.self = own_storage ? frame.self : target.code_address;
    target.is_static = frame.is_static || kind == CallKind::static_call;
    target.input = memory_view(frame, in_offset, in_size);
    target.output_offset = eth::is_zero(out_size) ? 0 : out_offset.low_u64();
    target.output_size = eth::is_zero(out_size) ? 0 : out_size.low_u64();
    return gas;
}

Step Machine::call(Frame& frame, CallKind kind) {
    Target target;
    const auto gas = charge_call(frame, kind, target);
    if (gas < 0) return finish(frame, failure, 0);
    frame.gas = gas;
    if (state.must_stop()) return finish(frame, Status::missing_state, 0);
    const bool has_value = kind == CallKind::call || kind == CallKind::call_code;
    const bool affordable = !has_value || state.account(frame.self_id).now.balance >= target.value;
    if (has_value && !eth::is_zero(target.value)) state.mark(frame.self_id).balance_read = true;
    if (depth_ > kDepthLimit || !affordable) {
        frame.gas += target.gas;
        return skip_call(frame);
    }
    return call_target(frame, target);
}

Step Machine::call_target(Frame& frame, const Target& target) {
    const auto checkpoint = state.checkpoint();
    const auto self_id = target.self == frame.self ? frame.self_id : state.load(target.self);
    if (target.kind == CallKind::call || target.kind == CallKind::static_call) {
        if (target.moves_value) state.subtract_balance(frame.self_id, target.value);
        state.add_balance(self_id, target.moves_value ? target.value : U256());
    }
    if (observer != nullptr)
        observer->enter({target.kind, target.caller, target.code_address, target.value,
                         target.input, target.gas},
                        depth_);
    Outcome direct;
    if (run_precompile(target, direct)) {
        if (observer != nullptr) observer->leave(direct.status, direct.gas_left, direct.output);
        if (is_abort(direct.status)) return finish(frame, direct.status, 0);
        if (direct.status != Status::success) {
            state.rollback(checkpoint);
            first_failure_ = Failure{direct.status, target.code_address, depth_};
        }
        frame.gas += direct.gas_left;
        frame.last_call_failed = direct.status != Status::success;
        frame.return_data = std::move(direct.output);
        *frame.sp++ = U256(direct.status == Status::success ? 1 : 0);
        std::copy_n(frame.return_data.begin(),
                    std::min<std::size_t>(target.output_size, frame.return_data.size()),
                    frame.memory.begin() + static_cast<std::ptrdiff_t>(target.output_offset));
        return Step::resumed;
    }
    // Where delegation leads to a precompiled contract, empty code runs (EIP-7702).
    CodePointer code = target.delegated && find_precompile(state.account(target.code_id).address,
                                                           rules.fork) != nullptr
                           ? empty_code()
                           : state.code_pointer(target.code_id);
    if (state.must_stop()) return finish(frame, Status::missing_state, 0);
    Frame& child = push_frame();
    child.kind = target.kind;
    child.code_owner = std::move(code);
    child.code = child.code_owner.get();
    child.pc = child.code->data();
    child.gas = target.gas;
    child.input = target.input;
    child.is_static = target.is_static;
    child.self = target.self;
    child.self_id = self_id;
    child.caller = target.caller;
    child.code_address = target.code_address;
    child.value = target.value;
    child.output_offset = target.output_offset;
    child.output_size = target.output_size;
    child.checkpoint = checkpoint;
    return Step::entered;
}

Step Machine::create(Frame& frame, CallKind kind) {
    if (frame.is_static) return finish(frame, Status::static_violation, 0);
    const bool salted = kind == CallKind::create2;
    const U256 value = frame.sp[-1];
    const U256 offset = frame.sp[-2];
    const U256 size = frame.sp[-3];
    const U256 salt = salted ? frame.sp[-4] : U256();
    frame.sp -= salted ? 4 : 3;
    auto gas = touch_range(*this, frame, offset, size, frame.gas);
    if (gas < 0) return finish(frame, failure, 0);
    if (size.low_u64() > rules.max_initcode_size)
        return finish(frame, Status::initcode_too_large, 0);
    gas -= (rules.gas.initcode_word + (salted ? kInitcodeHashWordGas : 0)) * words(size.low_u64());
    if (gas < 0) return finish(frame, Status::out_of_gas, 0);
    frame.gas = gas;
    const auto& self = state.mark(frame.self_id);
    if (!eth::is_zero(value)) state.mark(frame.self_id).balance_read = true;
    if (depth_ > kDepthLimit || self.now.balance < value || self.now.nonce == ~eth::Nonce{0})
        return skip_call(frame);
    const auto initcode = memory_view(frame, offset, size);
    const auto address = salted ? create2_address(frame.self, salt, eth::keccak256(initcode))
                                : create_address(frame.self, self.now.nonce);
    const auto child_gas = all_but_64th(gas);
    frame.gas -= child_gas;
    state.set_nonce(frame.self_id, self.now.nonce + 1);
    const auto id = state.load(address);
    access_account(id);
    if (state.must_stop()) return finish(frame, Status::missing_state, 0);
    const auto& made = state.account(id);
    if (made.now.nonce != 0 || made.now.code_hash != kEmptyCodeHash || state.has_storage(id)) {
        first_failure_ = Failure{Status::create_collision, address, depth_};
        return skip_call(frame);
    }
    enter_create(frame, kind, address, value, initcode, child_gas);
    return Step::entered;
}

void Machine::enter_create(Frame& parent, CallKind kind, const eth::Address& address,
                           const U256& value, eth::BytesView initcode, std::int64_t gas) {
    if (observer != nullptr)
        observer->enter({kind, parent.self, address, value, initcode, gas}, depth_);
    parent.return_data.clear();
    const auto checkpoint = state.checkpoint();
    const auto caller = parent.self;
    const auto caller_id = parent.self_id;
    const auto id = state.load(address);
    state.create(id);
    state.subtract_balance(caller_id, value);
    state.add_balance(id, value);
    Frame& child = push_frame();
    child.kind = kind;
    child.code_owner = std::make_shared<const Code>(initcode, eth::Hash());
    child.code = child.code_owner.get();
    child.pc = child.code->data();
    child.gas = gas;
    child.input = {};
    child.is_static = false;
    child.self = child.code_address = address;
    child.self_id = id;
    child.caller = caller;
    child.value = value;
    child.checkpoint = checkpoint;
}

// The first frame, or `direct_` where none is needed.
bool Machine::start(const Message& message) {
    depth_ = 0;
    first_failure_.reset();
    direct_ = {};
    // A frame that stands for the sender: calls from it go the same ways as all others.
    Frame root;
    root.self = message.caller;
    root.self_id = state.load(message.caller);
    if (message.kind == CallKind::create) {
        const auto id = state.load(message.to);
        state.access(id);
        const auto& made = state.account(id);
        if (made.now.nonce != 0 || made.now.code_hash != kEmptyCodeHash || state.has_storage(id)) {
            direct_.status = Status::create_collision;
            first_failure_ = Failure{Status::create_collision, message.to, 0};
            return false;
        }
        enter_create(root, CallKind::create, message.to, message.value, message.input, message.gas);
        return true;
    }
    U256 result[1];
    root.sp = result;
    Target target{.kind = CallKind::call,
                  .caller = message.caller,
                  .self = message.to,
                  .code_address = message.to,
                  .value = message.value,
                  .moves_value = !eth::is_zero(message.value),
                  .input = message.input,
                  .gas = message.gas,
                  .code_id = state.load(message.to)};
    if (rules.fork >= Fork::prague)
        if (const auto& to = state.code(target.code_id).delegate()) {
            target.delegated = true;
            target.code_id = state.load(*to);
            state.access(target.code_id);
        }
    const auto step = call_target(root, target);
    if (step == Step::entered) return true;
    direct_.gas_left = root.gas;
    direct_.output = std::move(root.return_data);
    if (step == Step::finished)
        direct_.status = root.status;
    else if (eth::is_zero(result[0]))
        direct_.status = Status::precompile_failure;
    return false;
}

template Machine::Outcome Machine::execute(const Message&, NoTracer&);

Machine::Outcome Machine::execute(const Message& message) {
    NoTracer none;
    return execute(message, none);
}

} // namespace viz::evm
