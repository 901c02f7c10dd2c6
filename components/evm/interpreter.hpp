// The interpreter loop. One indirect jump per instruction (labels as values) through a table per
// fork, so that opcodes a fork lacks cost no check; stack and gas checks are generated from the
// opcode table. Each tracer type other than NoTracer instantiates a separate loop.
#pragma once

#include "components/evm/instructions.hpp"
#include "components/evm/machine.hpp"

// Both compilers support the labels-as-values extension.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"

namespace viz::evm {

// The macros' arguments are names, expressions assigned as a whole, and numbers.
// NOLINTBEGIN(bugprone-macro-parentheses)

// The checks that an opcode needs before its body; checks that cannot fail are omitted.
#define VIZ_EVM_BEGIN(NAME)                                                                        \
    op_##NAME : {                                                                                  \
        constexpr const OpcodeInfo& op = info(Opcode::NAME);                                       \
        if constexpr (op.pops > 0)                                                                 \
            if (sp - bottom < op.pops) [[unlikely]]                                                \
                goto stack_underflow;                                                              \
        if constexpr (op.pushes > op.pops)                                                         \
            if (sp == top) [[unlikely]]                                                            \
                goto stack_overflow;                                                               \
        if constexpr (op.gas > 0)                                                                  \
            if ((gas -= op.gas) < 0) [[unlikely]]                                                  \
                goto out_of_gas;
#define VIZ_EVM_END                                                                                \
    ++pc;                                                                                          \
    goto* table[trace_step()];                                                                     \
    }
#define VIZ_EVM_BINARY(NAME, EXPRESSION)                                                           \
    VIZ_EVM_BEGIN(NAME) {                                                                          \
        const U256& a = sp[-1];                                                                    \
        const U256& b = sp[-2];                                                                    \
        sp[-2] = EXPRESSION;                                                                       \
        --sp;                                                                                      \
    }                                                                                              \
    VIZ_EVM_END
#define VIZ_EVM_PUSH_VALUE(NAME, EXPRESSION)                                                       \
    VIZ_EVM_BEGIN(NAME) {                                                                          \
        *sp = EXPRESSION;                                                                          \
        ++sp;                                                                                      \
    }                                                                                              \
    VIZ_EVM_END
// An out-of-line body, with the opcode's stack pops and pushes.
#define VIZ_EVM_OUTLINE(NAME, CALL)                                                                \
    VIZ_EVM_BEGIN(NAME) {                                                                          \
        if ((gas = CALL) < 0) [[unlikely]]                                                         \
            goto failed;                                                                           \
        sp += op.pushes - op.pops;                                                                 \
    }                                                                                              \
    VIZ_EVM_END
#define VIZ_EVM_CALL(NAME, RUN)                                                                    \
    VIZ_EVM_BEGIN(NAME) {                                                                          \
        frame.pc = pc + 1;                                                                         \
        frame.sp = sp;                                                                             \
        frame.gas = gas;                                                                           \
        return machine.RUN;                                                                        \
    }                                                                                              \
    }

// Reads up to 32 bytes after the opcode; the code's padding makes them always readable.
template <std::size_t N> inline U256 push_value(const std::uint8_t* pc) {
    if constexpr (N <= 8) {
        std::uint64_t word = 0;
        for (std::size_t i = 0; i < N; ++i) word = word << 8 | pc[1 + i];
        return U256(word);
    } else {
        std::uint8_t bytes[32]{};
        std::memcpy(bytes + 32 - N, pc + 1, N);
        return eth::load_be(bytes);
    }
}

inline eth::BytesView output_view(const Frame& frame, const U256* sp) {
    if (eth::is_zero(sp[-2])) return {};
    return {frame.memory.data() + sp[-1].low_u64(), static_cast<std::size_t>(sp[-2].low_u64())};
}

template <class Tracer> Step interpret(Machine& machine, Frame& frame, Tracer& tracer) {
#define X(number, name, gas, pops, pushes, since)                                                  \
    Fork::since <= kFork ? &&op_##name : &&undefined_opcode,
#define U(number) &&undefined_opcode,
    static const void* const tables[5][256] = {
#define kFork Fork::paris
        {VIZ_EVM_OPCODES(X, U)},
#undef kFork
#define kFork Fork::shanghai
        {VIZ_EVM_OPCODES(X, U)},
#undef kFork
#define kFork Fork::cancun
        {VIZ_EVM_OPCODES(X, U)},
#undef kFork
#define kFork Fork::prague
        {VIZ_EVM_OPCODES(X, U)},
#undef kFork
#define kFork Fork::osaka
        {VIZ_EVM_OPCODES(X, U)},
#undef kFork
    };
#undef X
#undef U
    const void* const* const table = tables[static_cast<std::size_t>(machine.rules.fork)];
    const std::uint8_t* pc = frame.pc;
    U256* sp = frame.sp;
    U256* const bottom = frame.stack.get();
    U256* const top = bottom + Machine::kStackLimit;
    std::int64_t gas = frame.gas;

    // Fetches the next opcode, or INVALID when the tracer stopped the run.
    bool stopped = false;
    const auto trace_step = [&]() -> std::uint8_t {
        if constexpr (Tracer::enabled)
            if (!tracer.step(frame, pc, sp, gas, machine.depth())) {
                stopped = true;
                return static_cast<std::uint8_t>(Opcode::INVALID);
            }
        return *pc;
    };
    (void)tracer;
    goto* table[trace_step()];

    VIZ_EVM_BEGIN(STOP) return machine.finish(frame, Status::success, gas);
}
VIZ_EVM_BINARY(ADD, a + b)
VIZ_EVM_BINARY(MUL, a* b)
VIZ_EVM_BINARY(SUB, a - b)
VIZ_EVM_BINARY(DIV, a / b)
VIZ_EVM_BINARY(SDIV, eth::signed_div(a, b))
VIZ_EVM_BINARY(MOD, a % b)
VIZ_EVM_BINARY(SMOD, eth::signed_mod(a, b))
VIZ_EVM_BINARY(SIGNEXTEND, eth::sign_extend(a, b))
VIZ_EVM_BINARY(LT, U256(a < b ? 1 : 0))
VIZ_EVM_BINARY(GT, U256(b < a ? 1 : 0))
VIZ_EVM_BINARY(SLT, U256(eth::signed_less(a, b) ? 1 : 0))
VIZ_EVM_BINARY(SGT, U256(eth::signed_less(b, a) ? 1 : 0))
VIZ_EVM_BINARY(EQ, U256(a == b ? 1 : 0))
VIZ_EVM_BINARY(AND, a& b)
VIZ_EVM_BINARY(OR, a | b)
VIZ_EVM_BINARY(XOR, a ^ b)
VIZ_EVM_BINARY(BYTE, eth::byte_at(a, b))
VIZ_EVM_BINARY(SHL, eth::shift_left(b, a))
VIZ_EVM_BINARY(SHR, eth::shift_right(b, a))
VIZ_EVM_BINARY(SAR, eth::shift_right_signed(b, a))
VIZ_EVM_BEGIN(ADDMOD)
sp[-3] = eth::add_mod(sp[-1], sp[-2], sp[-3]);
sp -= 2;
VIZ_EVM_END
VIZ_EVM_BEGIN(MULMOD)
sp[-3] = eth::mul_mod(sp[-1], sp[-2], sp[-3]);
sp -= 2;
VIZ_EVM_END
VIZ_EVM_BEGIN(ISZERO)
sp[-1] = U256(eth::is_zero(sp[-1]) ? 1 : 0);
VIZ_EVM_END
VIZ_EVM_BEGIN(NOT)
sp[-1] = ~sp[-1];
VIZ_EVM_END
VIZ_EVM_BEGIN(CLZ)
sp[-1] = U256(eth::count_leading_zeros(sp[-1]));
VIZ_EVM_END
VIZ_EVM_OUTLINE(EXP, do_exp(machine, frame, sp, gas))
VIZ_EVM_OUTLINE(KECCAK256, do_keccak256(machine, frame, sp, gas))
VIZ_EVM_OUTLINE(BALANCE, do_balance(machine, frame, sp, gas))
VIZ_EVM_OUTLINE(CALLDATACOPY, do_calldatacopy(machine, frame, sp, gas))
VIZ_EVM_OUTLINE(CODECOPY, do_codecopy(machine, frame, sp, gas))
VIZ_EVM_OUTLINE(EXTCODESIZE, do_extcodesize(machine, frame, sp, gas))
VIZ_EVM_OUTLINE(EXTCODECOPY, do_extcodecopy(machine, frame, sp, gas))
VIZ_EVM_OUTLINE(RETURNDATACOPY, do_returndatacopy(machine, frame, sp, gas))
VIZ_EVM_OUTLINE(EXTCODEHASH, do_extcodehash(machine, frame, sp, gas))
VIZ_EVM_OUTLINE(BLOCKHASH, do_blockhash(machine, frame, sp, gas))
VIZ_EVM_OUTLINE(SLOAD, do_sload(machine, frame, sp, gas))
VIZ_EVM_OUTLINE(SSTORE, do_sstore(machine, frame, sp, gas))
VIZ_EVM_OUTLINE(MCOPY, do_mcopy(machine, frame, sp, gas))
VIZ_EVM_OUTLINE(TLOAD, do_tload(machine, frame, sp, gas))
VIZ_EVM_OUTLINE(TSTORE, do_tstore(machine, frame, sp, gas))
VIZ_EVM_OUTLINE(LOG0, do_log(machine, frame, sp, gas, 0))
VIZ_EVM_OUTLINE(LOG1, do_log(machine, frame, sp, gas, 1))
VIZ_EVM_OUTLINE(LOG2, do_log(machine, frame, sp, gas, 2))
VIZ_EVM_OUTLINE(LOG3, do_log(machine, frame, sp, gas, 3))
VIZ_EVM_OUTLINE(LOG4, do_log(machine, frame, sp, gas, 4))
VIZ_EVM_PUSH_VALUE(ADDRESS, (address_word(frame.self)))
VIZ_EVM_PUSH_VALUE(ORIGIN, (address_word(machine.transaction.origin)))
VIZ_EVM_PUSH_VALUE(CALLER, (address_word(frame.caller)))
VIZ_EVM_PUSH_VALUE(CALLVALUE, (frame.value))
VIZ_EVM_PUSH_VALUE(CALLDATASIZE, (U256(frame.input.size())))
VIZ_EVM_PUSH_VALUE(CODESIZE, (U256(frame.code->size())))
VIZ_EVM_PUSH_VALUE(GASPRICE, (machine.transaction.gas_price))
VIZ_EVM_PUSH_VALUE(RETURNDATASIZE, (U256(frame.return_data.size())))
VIZ_EVM_PUSH_VALUE(COINBASE, (machine.flags.coinbase = true, address_word(machine.block.coinbase)))
VIZ_EVM_PUSH_VALUE(TIMESTAMP, (machine.flags.timestamp = true, U256(machine.block.timestamp)))
VIZ_EVM_PUSH_VALUE(NUMBER, (machine.flags.number = true, U256(machine.block.number)))
VIZ_EVM_PUSH_VALUE(PREVRANDAO, (machine.flags.prev_randao = true,
                                eth::load_be(machine.block.prev_randao.bytes.data())))
VIZ_EVM_PUSH_VALUE(GASLIMIT, (U256(machine.block.gas_limit)))
VIZ_EVM_PUSH_VALUE(CHAINID, (U256(machine.block.chain_id.value)))
VIZ_EVM_PUSH_VALUE(SELFBALANCE, (machine.state.mark(frame.self_id).balance_read = true,
                                 machine.state.account(frame.self_id).now.balance))
VIZ_EVM_PUSH_VALUE(BASEFEE, (machine.block.base_fee))
VIZ_EVM_PUSH_VALUE(BLOBBASEFEE, (machine.flags.blob_base_fee = true, machine.blob_fee))
VIZ_EVM_PUSH_VALUE(PC, (U256(static_cast<std::uint64_t>(pc - frame.code->data()))))
VIZ_EVM_PUSH_VALUE(MSIZE, (U256(frame.memory.size())))
VIZ_EVM_PUSH_VALUE(GAS, (U256(static_cast<std::uint64_t>(gas))))
VIZ_EVM_PUSH_VALUE(PUSH0, (U256()))
VIZ_EVM_BEGIN(CALLDATALOAD)
sp[-1] = call_data_word(frame, sp[-1]);
VIZ_EVM_END
VIZ_EVM_BEGIN(BLOBHASH)
const auto& hashes = machine.transaction.blob_hashes;
const U256 index = sp[-1];
sp[-1] = index < U256(hashes.size())
             ? eth::load_be(hashes[static_cast<std::size_t>(index.low_u64())].bytes.data())
             : U256();
VIZ_EVM_END
VIZ_EVM_BEGIN(POP)
--sp;
VIZ_EVM_END
VIZ_EVM_BEGIN(MLOAD)
if ((gas = touch_memory(machine, frame, sp[-1], 32, gas)) < 0) [[unlikely]]
    goto failed;
sp[-1] = eth::load_be(frame.memory.data() + sp[-1].low_u64());
VIZ_EVM_END
VIZ_EVM_BEGIN(MSTORE)
if ((gas = touch_memory(machine, frame, sp[-1], 32, gas)) < 0) [[unlikely]]
    goto failed;
eth::store_be(frame.memory.data() + sp[-1].low_u64(), sp[-2]);
sp -= 2;
VIZ_EVM_END
VIZ_EVM_BEGIN(MSTORE8)
if ((gas = touch_memory(machine, frame, sp[-1], 1, gas)) < 0) [[unlikely]]
    goto failed;
frame.memory[static_cast<std::size_t>(sp[-1].low_u64())] =
    static_cast<std::uint8_t>(sp[-2].low_u64());
sp -= 2;
VIZ_EVM_END
VIZ_EVM_BEGIN(JUMP)
const U256& to = *--sp;
if (!to.fits_u64() || !frame.code->is_jump_destination(to.low_u64())) [[unlikely]]
    goto bad_jump;
pc = frame.code->data() + to.low_u64();
goto* table[trace_step()];
}
VIZ_EVM_BEGIN(JUMPI)
sp -= 2;
const U256& to = sp[1];
if (!eth::is_zero(sp[0])) {
    if (!to.fits_u64() || !frame.code->is_jump_destination(to.low_u64())) [[unlikely]]
        goto bad_jump;
    pc = frame.code->data() + to.low_u64();
} else {
    ++pc;
}
goto* table[trace_step()];
}
VIZ_EVM_BEGIN(JUMPDEST)
VIZ_EVM_END

#define VIZ_EVM_PUSH(N)                                                                            \
    VIZ_EVM_BEGIN(PUSH##N)                                                                         \
    *sp++ = push_value<N>(pc);                                                                     \
    pc += N;                                                                                       \
    VIZ_EVM_END
#define VIZ_EVM_DUP(N)                                                                             \
    VIZ_EVM_BEGIN(DUP##N)                                                                          \
    *sp = *(sp - N);                                                                               \
    ++sp;                                                                                          \
    VIZ_EVM_END
#define VIZ_EVM_SWAP(N)                                                                            \
    VIZ_EVM_BEGIN(SWAP##N)                                                                         \
    const U256 below = *(sp - 1 - N);                                                              \
    *(sp - 1 - N) = sp[-1];                                                                        \
    sp[-1] = below;                                                                                \
    VIZ_EVM_END
// clang-format off
    VIZ_EVM_PUSH(1) VIZ_EVM_PUSH(2) VIZ_EVM_PUSH(3) VIZ_EVM_PUSH(4) VIZ_EVM_PUSH(5)
    VIZ_EVM_PUSH(6) VIZ_EVM_PUSH(7) VIZ_EVM_PUSH(8) VIZ_EVM_PUSH(9) VIZ_EVM_PUSH(10)
    VIZ_EVM_PUSH(11) VIZ_EVM_PUSH(12) VIZ_EVM_PUSH(13) VIZ_EVM_PUSH(14) VIZ_EVM_PUSH(15)
    VIZ_EVM_PUSH(16) VIZ_EVM_PUSH(17) VIZ_EVM_PUSH(18) VIZ_EVM_PUSH(19) VIZ_EVM_PUSH(20)
    VIZ_EVM_PUSH(21) VIZ_EVM_PUSH(22) VIZ_EVM_PUSH(23) VIZ_EVM_PUSH(24) VIZ_EVM_PUSH(25)
    VIZ_EVM_PUSH(26) VIZ_EVM_PUSH(27) VIZ_EVM_PUSH(28) VIZ_EVM_PUSH(29) VIZ_EVM_PUSH(30)
    VIZ_EVM_PUSH(31) VIZ_EVM_PUSH(32)
    VIZ_EVM_DUP(1) VIZ_EVM_DUP(2) VIZ_EVM_DUP(3) VIZ_EVM_DUP(4) VIZ_EVM_DUP(5) VIZ_EVM_DUP(6)
    VIZ_EVM_DUP(7) VIZ_EVM_DUP(8) VIZ_EVM_DUP(9) VIZ_EVM_DUP(10) VIZ_EVM_DUP(11) VIZ_EVM_DUP(12)
    VIZ_EVM_DUP(13) VIZ_EVM_DUP(14) VIZ_EVM_DUP(15) VIZ_EVM_DUP(16)
    VIZ_EVM_SWAP(1) VIZ_EVM_SWAP(2) VIZ_EVM_SWAP(3) VIZ_EVM_SWAP(4) VIZ_EVM_SWAP(5)
    VIZ_EVM_SWAP(6) VIZ_EVM_SWAP(7) VIZ_EVM_SWAP(8) VIZ_EVM_SWAP(9) VIZ_EVM_SWAP(10)
    VIZ_EVM_SWAP(11) VIZ_EVM_SWAP(12) VIZ_EVM_SWAP(13) VIZ_EVM_SWAP(14) VIZ_EVM_SWAP(15)
    VIZ_EVM_SWAP(16)
    // clang-format on

    VIZ_EVM_CALL(CALL, call(frame, CallKind::call)) VIZ_EVM_CALL(CALLCODE,
                                                                 call(frame, CallKind::call_code))
        VIZ_EVM_CALL(DELEGATECALL, call(frame, CallKind::delegate_call))
            VIZ_EVM_CALL(STATICCALL, call(frame, CallKind::static_call))
                VIZ_EVM_CALL(CREATE, create(frame, CallKind::create))
                    VIZ_EVM_CALL(CREATE2, create(frame, CallKind::create2))
                        VIZ_EVM_BEGIN(RETURN) if ((gas = touch_range(machine, frame, sp[-1], sp[-2],
                                                                     gas)) < 0) goto failed;
return machine.finish(frame, Status::success, gas, output_view(frame, sp));
}
VIZ_EVM_BEGIN(REVERT)
if ((gas = touch_range(machine, frame, sp[-1], sp[-2], gas)) < 0) goto failed;
return machine.finish(frame, Status::revert, gas, output_view(frame, sp));
}
VIZ_EVM_BEGIN(SELFDESTRUCT)
if ((gas = do_selfdestruct(machine, frame, sp, gas)) < 0) goto failed;
return machine.finish(frame, Status::success, gas);
}
VIZ_EVM_BEGIN(INVALID)
return machine.finish(frame, stopped ? Status::step_budget : Status::invalid_opcode, 0);
}

undefined_opcode : return machine.finish(frame, Status::undefined_opcode, 0);
stack_underflow : return machine.finish(frame, Status::stack_underflow, 0);
stack_overflow : return machine.finish(frame, Status::stack_overflow, 0);
bad_jump : return machine.finish(frame, Status::bad_jump_destination, 0);
out_of_gas : return machine.finish(frame, Status::out_of_gas, 0);
failed : return machine.finish(frame, machine.failure, 0);
}

#undef VIZ_EVM_BEGIN
#undef VIZ_EVM_END
#undef VIZ_EVM_BINARY
#undef VIZ_EVM_PUSH_VALUE
#undef VIZ_EVM_OUTLINE
#undef VIZ_EVM_CALL
#undef VIZ_EVM_PUSH
#undef VIZ_EVM_DUP
#undef VIZ_EVM_SWAP

// NOLINTEND(bugprone-macro-parentheses)

} // namespace viz::evm

#pragma GCC diagnostic pop
