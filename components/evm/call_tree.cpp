#include "components/evm/call_tree.hpp"

#include <algorithm>

namespace viz::evm {

namespace {

eth::Bytes head_of(eth::BytesView bytes, std::size_t limit) {
    const auto kept = bytes.subspan(0, std::min(bytes.size(), limit));
    return {kept.begin(), kept.end()};
}

} // namespace

void CallTree::enter(const Message& message, std::uint32_t depth) {
    if (calls_.size() >= limits_.calls) {
        truncated_ = true;
        open_.push_back(TracedCall::kNone);
        return;
    }
    const bool borrows =
        message.kind == CallKind::delegate_call || message.kind == CallKind::call_code;
    TracedCall call{.parent = open_.empty() ? TracedCall::kNone : open_.back(),
                    .depth = depth,
                    .kind = message.kind,
                    .from = message.caller,
                    .to = message.to,
                    .storage = message.to,
                    .value = message.value,
                    .input = head_of(message.input, limits_.bytes),
                    .output = {},
                    .gas = message.gas};
    // A DELEGATECALL keeps its caller's caller; use the address of the parent call instead.
    if (call.parent != TracedCall::kNone) call.from = calls_[call.parent].storage;
    if (borrows) call.storage = call.from;
    open_.push_back(static_cast<std::uint32_t>(calls_.size()));
    calls_.push_back(std::move(call));
}

void CallTree::leave(Status status, std::int64_t gas_left, eth::BytesView output) {
    const auto index = open_.back();
    open_.pop_back();
    if (index == TracedCall::kNone) return;
    auto& call = calls_[index];
    call.status = status;
    call.gas_used = call.gas - gas_left;
    call.output = head_of(output, limits_.bytes);
}

void CallTree::clear() {
    calls_.clear();
    open_.clear();
    truncated_ = false;
}

} // namespace viz::evm
