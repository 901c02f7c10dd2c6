// CALL, CALLCODE, DELEGATECALL and STATICCALL (Yellow Paper appendix H; EIP-7, 150, 161, 214, 2929,
// 7702).
#include <algorithm>

#include "components/evm/call_target.hpp"
#include "components/evm/instructions.hpp"
#include "components/evm/precompile.hpp"

namespace viz::evm {

bool Machine::run_precompile(const Target& target, Outcome& outcome) {
    const auto* contract = target.delegated ? nullptr : find_precompile(target.code_address, rules);
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
    const auto run = [&] {
        return guard != nullptr && contract->run_guarded != nullptr
                   ? contract->run_guarded(target.input, rules.fork, outcome.output, *guard)
                   : contract->run(target.input, rules.fork, outcome.output);
    };
    if (cost > static_cast<std::uint64_t>(target.gas)) {
        outcome.status = Status::out_of_gas;
    } else if (run()) {
        outcome.status = Status::success;
        outcome.gas_left = target.gas - static_cast<std::int64_t>(cost);
    } else {
        outcome.output.clear();
        if (contract->run_guarded != nullptr && interrupted()) outcome.status = Status::step_budget;
    }
    return true;
}

Step Machine::skip_call(Frame& frame) {
    frame.return_data.clear();
    frame.last_call_failed = true;
    first_failure_.reset(); // nothing ran: a following failure originates in this frame
    *frame.sp++ = U256();
    return Step::resumed;
}

// Charges access, memory, value and the 63/64 rule; returns the caller's remaining gas and stores
// the callee's gas in the target.
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

// Completes a call that needed no frame: a precompiled contract, or no code at all.
Step Machine::resume_after(Frame& frame, const Target& target, Outcome direct,
                           const Overlay::Checkpoint& checkpoint) {
    if (observer != nullptr) observer->leave(direct.status, direct.gas_left, direct.output);
    if (is_abort(direct.status)) return finish(frame, direct.status, 0);
    if (direct.status != Status::success) {
        state.rollback(checkpoint);
        first_failure_ = Failure{direct.status, target.code_address, depth_, {}};
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
    if (run_precompile(target, direct))
        return resume_after(frame, target, std::move(direct), checkpoint);
    // A delegation to a precompiled contract runs empty code (EIP-7702).
    CodePointer code =
        target.delegated && find_precompile(state.account(target.code_id).address, rules) != nullptr
            ? empty_code()
            : state.code_pointer(target.code_id);
    if (state.must_stop())
        return resume_after(frame, target, {.status = Status::missing_state}, checkpoint);
    if (code->size() == 0) return resume_after(frame, target, {.gas_left = target.gas}, checkpoint);
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

} // namespace viz::evm
