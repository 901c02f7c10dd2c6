#include "components/evm/machine.hpp"

#include <algorithm>

#include "components/evm/call_target.hpp"
#include "components/evm/machine_run.hpp"
#include "components/evm/precompile.hpp"

namespace viz::evm {

namespace {

// Maximum memory that a frame keeps for reuse.
constexpr std::size_t kKeptMemory = 1U << 20;

} // namespace

Machine::Machine(Overlay& state_in, const Rules& rules_in, const BlockEnvironment& block_in)
    : state(state_in), rules(rules_in), block(block_in),
      blob_fee(blob_base_fee(block_in.excess_blob_gas, rules_in)) {}

bool Machine::access_account(AccountId id) {
    if (!state.access(id)) return false;
    return find_precompile(state.account(id).address, rules) == nullptr;
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
    // A frame that reverts after a failed call passes on the call's failure; a frame that halts is
    // itself the origin.
    const bool passes_on = frame.status == Status::revert && frame.last_call_failed;
    if (passes_on && first_failure_) return;
    first_failure_ = Failure{frame.status, frame.code_address, depth_ - 1, {}};
    if (frame.status == Status::revert) first_failure_->reason = decode_revert(frame.output);
}

Step Machine::finish(Frame& frame, Status status, std::int64_t gas_left, eth::BytesView output) {
    frame.status = status;
    frame.gas = gas_left;
    frame.output = output;
    return Step::finished;
}

// An abort ends all frames with the top frame's status; the first is left to leave_frame.
void Machine::unwind(Status abort) {
    for (; depth_ > 1; --depth_)
        if (observer != nullptr) observer->leave(abort, 0, {});
    frames_.front()->status = abort;
}

// Pops the top frame and applies its outcome to state, gas and the caller.
void Machine::leave_frame() {
    Frame& frame = *frames_[depth_ - 1];
    const bool creates = frame.kind >= CallKind::create;
    if (creates && frame.status == Status::success) frame.status = deposit_code(frame);
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
    // EIP-211: a successful creation returns the address and no data to the caller.
    if (creates && frame.status == Status::success) frame.output = {};
    parent.return_data.assign(frame.output.begin(), frame.output.end());
    U256 result;
    if (frame.status == Status::success) result = creates ? address_word(frame.self) : U256(1);
    *parent.sp++ = result;
    const auto copied = std::min<std::size_t>(frame.output_size, frame.output.size());
    if (!creates && copied != 0)
        std::copy_n(frame.output.begin(), copied,
                    parent.memory.begin() + static_cast<std::ptrdiff_t>(frame.output_offset));
}

// Sets up the first frame, or `direct_` when none is needed.
bool Machine::start(const Message& message) {
    depth_ = 0;
    first_failure_.reset();
    direct_ = {};
    // A frame that represents the sender, so that its call takes the same path as all others.
    Frame root;
    root.self = message.caller;
    root.self_id = state.load(message.caller);
    if (message.kind == CallKind::create) {
        const auto id = state.load(message.to);
        state.access(id);
        const auto& made = state.account(id);
        if (made.now.nonce != 0 || made.now.code_hash != kEmptyCodeHash || state.has_storage(id)) {
            direct_.status = Status::create_collision;
            first_failure_ = Failure{Status::create_collision, message.to, 0, {}};
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
