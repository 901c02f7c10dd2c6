// Calls that contain calls: Safe and its MultiSend, Multicall3, EIP-4337's entry points, and the
// execute methods of smart accounts (including ERC-7579), which delegated accounts also have.
#include <algorithm>

#include "components/features/swap_decoders.hpp"

namespace viz::features {
namespace {

using eth::AbiReader;

// Positions of one inner call's fields in a tuple, in words; without `value`, no value is sent.
struct Layout {
    std::optional<std::size_t> to, value;
    std::size_t data;
};

void one(const AbiReader& fields, const Layout& at, DecodeContext& context) {
    const auto to = at.to ? fields.address(*at.to) : context.call.to;
    const auto value = at.value ? fields.word(*at.value) : eth::U256{};
    const auto data = fields.bytes(at.data);
    if (!to || !value || !data) return;
    unfold({.chain_id = context.call.chain_id,
            .from = context.call.to.value_or(context.call.from),
            .to = to,
            .value = *value,
            .data = *data},
           context);
}

// An array of (…) tuples that contain bytes, in `slot`.
bool each(const AbiReader& args, std::size_t slot, const Layout& at, DecodeContext& context) {
    const auto calls = args.array(slot, 1, kMaxInnerCalls);
    if (!calls) return false;
    for (std::size_t i = 0; i < calls->length && !context.cut; ++i)
        if (const auto fields = calls->elements.tuple(i)) one(*fields, at, context);
    return true;
}

// (address[], uint256[], bytes[]), or without the values.
bool columns(const AbiReader& args, bool with_values, DecodeContext& context) {
    const auto to = args.array(0, 1, kMaxInnerCalls);
    const auto values = with_values ? args.array(1, 1, kMaxInnerCalls) : to;
    const auto data = args.array(with_values ? 2 : 1, 1, kMaxInnerCalls);
    if (!to || !values || !data || to->length != data->length) return false;
    // Some accounts accept an empty array of values as "no values".
    const bool has_values = with_values && values->length == to->length;
    for (std::size_t i = 0; i < to->length && !context.cut; ++i) {
        const auto target = to->elements.address(i);
        const auto bytes = data->elements.bytes(i);
        if (!target || !bytes) continue;
        unfold({.chain_id = context.call.chain_id,
                .from = context.call.to.value_or(context.call.from),
                .to = target,
                .value = has_values ? values->elements.word(i).value_or(eth::U256{}) : eth::U256{},
                .data = *bytes},
               context);
    }
    return true;
}

// Packed: operation (1), to (20), value (32), length (32), data; executed in the context of the
// Safe that delegates here.
bool multi_send(const AbiReader& args, DecodeContext& context) {
    constexpr std::size_t kHead = 1 + 20 + 32 + 32;
    auto rest = args.bytes(0);
    if (!rest) return false;
    while (rest->size() >= kHead && !context.cut) {
        eth::Address to;
        std::copy_n(rest->begin() + 1, 20, to.bytes.begin());
        const eth::U256 length = eth::from_be(rest->subspan(53, 32));
        if (length > eth::U256{rest->size() - kHead}) break;
        const std::size_t size = length.low_u64();
        unfold({.chain_id = context.call.chain_id,
                .from = context.call.from,
                .to = to,
                .value = eth::from_be(rest->subspan(21, 32)),
                .data = rest->subspan(kHead, size)},
               context);
        rest = rest->subspan(kHead + size);
    }
    return true;
}

// handleOps(ops, beneficiary): the operations of both versions begin with (sender, nonce, initCode,
// callData).
bool handle_ops(const AbiReader& args, DecodeContext& context) {
    const auto ops = args.array(0, 1, kMaxInnerCalls);
    if (!ops) return false;
    for (std::size_t i = 0; i < ops->length && !context.cut; ++i) {
        const auto op = ops->elements.tuple(i);
        const auto account = op ? op->address(0) : std::nullopt;
        const auto nonce = op ? op->word(1) : std::nullopt;
        const auto init_code = op ? op->bytes(2) : std::nullopt;
        const auto data = op ? op->bytes(3) : std::nullopt;
        if (!account || !nonce || !init_code || !data) continue;
        if (context.full()) {
            context.cut = true;
            break;
        }
        context.out.emplace_back(
            UserOp{.account = *account, .nonce = *nonce, .deploys = !init_code->empty()});
        unfold({.chain_id = context.call.chain_id,
                .from = *context.call.to,
                .to = account,
                .value = {},
                .data = *data},
               context);
    }
    return true;
}

// ERC-7579 execute(bytes32 mode, bytes): the mode's first byte distinguishes one packed call from
// an array.
bool execute_mode(const AbiReader& args, DecodeContext& context) {
    const auto mode = args.word(0);
    const auto calls = args.bytes(1);
    if (!mode || !calls) return false;
    const std::uint8_t kind = eth::to_be(*mode)[0];
    if (kind == 1) return each(AbiReader(*calls), 0, {.to = 0, .value = 1, .data = 2}, context);
    if (kind != 0 || calls->size() < 52) return false;
    eth::Address to;
    std::copy_n(calls->begin(), 20, to.bytes.begin());
    unfold({.chain_id = context.call.chain_id,
            .from = context.call.to.value_or(context.call.from),
            .to = to,
            .value = eth::from_be(calls->subspan(20, 32)),
            .data = calls->subspan(52)},
           context);
    return true;
}

bool create_proxy(const AbiReader& args, DecodeContext& context) {
    const auto implementation = args.address(0);
    const auto initializer = args.bytes(1);
    if (!implementation || !initializer) return false;
    context.out.emplace_back(Deploy{.init_code_size = initializer->size(),
                                    .factory = context.call.to,
                                    .implementation = *implementation});
    return true;
}

} // namespace

bool decode_unfolding(std::uint32_t selector, const AbiReader& args, DecodeContext& context) {
    switch (selector) {
    case 0x1688f0b9: // Safe's createProxyWithNonce(singleton, initializer, salt)
        return create_proxy(args, context);
    case 0x6a761202: // Safe execTransaction(to, value, data, operation, …)
        one(args, {.to = 0, .value = 1, .data = 2}, context);
        return true;
    case 0x8d80ff0a: // MultiSend multiSend(bytes)
        return multi_send(args, context);
    case 0x252dba42: // Multicall3 aggregate((address,bytes)[])
        return each(args, 0, {.to = 0, .value = std::nullopt, .data = 1}, context);
    case 0xbce38bd7: // tryAggregate(bool,(address,bytes)[])
        return each(args, 1, {.to = 0, .value = std::nullopt, .data = 1}, context);
    case 0x82ad56cb: // aggregate3((address,bool,bytes)[])
        return each(args, 0, {.to = 0, .value = std::nullopt, .data = 2}, context);
    case 0x174dea71: // aggregate3Value((address,bool,uint256,bytes)[])
        return each(args, 0, {.to = 0, .value = 2, .data = 3}, context);
    case 0x1fad948c: // EntryPoint 0.6 handleOps
    case 0x765e827f: // EntryPoint 0.7 handleOps
        return handle_ops(args, context);
    case 0xb61d27f6: // execute(address,uint256,bytes)
        one(args, {.to = 0, .value = 1, .data = 2}, context);
        return true;
    case 0x47e1da2a: // executeBatch(address[],uint256[],bytes[])
        return columns(args, true, context);
    case 0x18dfb3c7: // executeBatch(address[],bytes[])
        return columns(args, false, context);
    case 0x34fcd5be: // executeBatch((address,uint256,bytes)[])
        return each(args, 0, {.to = 0, .value = 1, .data = 2}, context);
    case 0xe9ae5c53:
        return execute_mode(args, context);
    default:
        return false;
    }
}

} // namespace viz::features
