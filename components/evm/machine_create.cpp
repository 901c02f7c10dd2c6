// CREATE and CREATE2 (Yellow Paper 7; EIP-161, 170, 684, 1014, 3541, 3860, 7610).
#include "components/eth/keccak.hpp"
#include "components/eth/rlp.hpp"
#include "components/evm/call_target.hpp"
#include "components/evm/instructions.hpp"

namespace viz::evm {

namespace {

constexpr std::int64_t kInitcodeHashWordGas = 6; // CREATE2

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
        first_failure_ = Failure{Status::create_collision, address, depth_, {}};
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

} // namespace viz::evm
