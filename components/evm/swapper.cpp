#include "components/evm/swapper.hpp"

#include <algorithm>
#include <map>
#include <string>

#include "components/eth/keccak.hpp"
#include "components/eth/u256_math.hpp"

namespace viz::evm {

namespace {

using eth::U256;

// The opcodes used, by their numbers (Yellow Paper appendix H.2).
enum Op : std::uint8_t {
    kStop = 0x00,
    kAdd = 0x01,
    kMul = 0x02,
    kSub = 0x03,
    kDiv = 0x04,
    kLt = 0x10,
    kSgt = 0x13,
    kEq = 0x14,
    kIsZero = 0x15,
    kAnd = 0x16,
    kNot = 0x19,
    kShr = 0x1c,
    kThis = 0x30,
    kCaller = 0x33,
    kCalldataLoad = 0x35,
    kCalldataSize = 0x36,
    kCalldataCopy = 0x37,
    kReturnSize = 0x3d,
    kReturnCopy = 0x3e,
    kMload = 0x51,
    kMstore = 0x52,
    kJump = 0x56,
    kJumpIf = 0x57,
    kGas = 0x5a,
    kJumpDest = 0x5b,
    kPush1 = 0x60,
    kDup1 = 0x80,
    kDup2 = 0x81,
    kCall = 0xf1,
    kStaticCall = 0xfa,
    kRevert = 0xfd,
};

// Memory offsets of the leg's fields and of computed values. Offsets below kLeg are scratch space
// for calls.
enum Place : std::uint16_t {
    kReserves = 0x100, // both, consecutive
    kLeg = 0x200,      // flags and pool
    kTokenIn = 0x220,
    kAmount = 0x260, // kTokenOut lies between and is only for readers of the calldata
    kReserveIn = 0x280,
    kInTimesN = 0x2a0,
    kOut = 0x2c0,
};

// Bits of a leg's first word above the pool's address.
constexpr unsigned kV3Bit = 160;
constexpr unsigned kDirectionBit = 161;
constexpr unsigned kNumeratorBit = 176;
constexpr unsigned kDenominatorBit = 192;
constexpr std::uint64_t kLegBytes = 128;
constexpr std::uint64_t kHeadBytes = 4; // a selector that matches no function

class Assembler {
  public:
    Assembler& op(Op o) {
        code_.push_back(o);
        return *this;
    }
    Assembler& push(const U256& value) {
        const auto size = std::max<std::size_t>(1, eth::byte_length(value));
        const auto bytes = eth::to_be(value);
        code_.push_back(static_cast<std::uint8_t>(kPush1 + size - 1));
        code_.insert(code_.end(), bytes.end() - static_cast<std::ptrdiff_t>(size), bytes.end());
        return *this;
    }
    Assembler& load(Place at) { return push(U256(at)).op(kMload); }
    Assembler& store(std::uint16_t at) { return push(U256(at)).op(kMstore); }
    Assembler& label(const std::string& name) {
        labels_[name] = code_.size();
        return op(kJumpDest);
    }
    Assembler& jump(const std::string& name, Op how = kJump) {
        code_.push_back(kPush1 + 1);
        uses_.emplace_back(code_.size(), name);
        code_.insert(code_.end(), {0, 0});
        return op(how);
    }
    eth::Bytes take() {
        for (const auto& [at, name] : uses_) {
            const auto to = labels_.at(name);
            code_[at] = static_cast<std::uint8_t>(to >> 8);
            code_[at + 1] = static_cast<std::uint8_t>(to);
        }
        return std::move(code_);
    }

    // Loads the leg's field at `bit`, masked.
    Assembler& field(unsigned bit, std::uint64_t mask) {
        return load(kLeg).push(U256(bit)).op(kShr).push(U256(mask)).op(kAnd);
    }
    Assembler& direction() { return field(kDirectionBit, 1); } // 1: zero for one
    Assembler& other_direction() { return direction().op(kIsZero); }
    Assembler& pool() { return load(kLeg).push((U256(1) << 160) - U256(1)).op(kAnd); }
    Assembler& selector(std::uint64_t s) { return push(U256(s) << 224).store(0); }
    // Expects the called address on the stack. Sends no value.
    Assembler& call(std::uint16_t input, std::uint16_t output = 0, std::uint16_t at = 0) {
        // address -> success
        store(kOut + 0x20); // saved while the arguments are pushed
        push(U256(output)).push(U256(at)).push(U256(input)).push(U256()).push(U256());
        push(U256(kOut + 0x20)).op(kMload).op(kGas).op(kCall);
        return op(kIsZero).jump("fail", kJumpIf);
    }
    Assembler& view(std::uint16_t input, std::uint16_t output, std::uint16_t at) {
        store(kOut + 0x20);
        push(U256(output)).push(U256(at)).push(U256(input)).push(U256());
        push(U256(kOut + 0x20)).op(kMload).op(kGas).op(kStaticCall);
        return op(kIsZero).jump("fail", kJumpIf);
    }

  private:
    eth::Bytes code_;
    std::map<std::string, std::size_t> labels_;
    std::vector<std::pair<std::size_t, std::string>> uses_;
};

// token.transfer(pool, amount); read reserves and balance; compute the output; pool.swap(...).
void v2_leg(Assembler& a) {
    a.selector(0xa9059cbb).pool().store(0x04).load(kAmount).store(0x24);
    a.load(kTokenIn).call(0x44);
    a.selector(0x0902f1ac).pool().view(0x04, 0x40, kReserves); // getReserves()
    a.direction().push(0x20).op(kMul).push(kReserves + 0x20).op(kSub).op(kMload).store(kReserveIn);
    a.selector(0x70a08231).pool().store(0x04); // balanceOf(pool)
    a.load(kTokenIn).view(0x24, 0x20, 0);
    a.field(kNumeratorBit, 0xffff).load(kReserveIn).push(0).op(kMload).op(kSub).op(kMul);
    a.store(kInTimesN);
    // in n reserveOut / (reserveIn d + in n)
    a.load(kInTimesN).field(kDenominatorBit, 0xffff).load(kReserveIn).op(kMul).op(kAdd);
    a.direction().push(0x20).op(kMul).push(kReserves).op(kAdd).op(kMload);
    a.load(kInTimesN).op(kMul).op(kDiv).store(kOut);
    a.selector(0x022c0d9f); // swap(uint256,uint256,address,bytes)
    a.other_direction().load(kOut).op(kMul).store(0x04);
    a.direction().load(kOut).op(kMul).store(0x24);
    a.op(kThis).store(0x44).push(0x80).store(0x64).push(0).store(0x84);
    a.pool().call(0xa4).jump("next");
}

// pool.swap(this, direction, amount, price limit, token); the callback pays.
void v3_leg(Assembler& a) {
    const U256 low(4295128739 + 1);
    // 1461446703485210103287273052203988822378723970342 - 1
    const auto high = (U256(0xfffd8963) << 128) + (U256(0xefd1fc6a50648849) << 64) +
                      U256(0x5d951d5263988d26) - U256(1);
    a.selector(0x128acb08).op(kThis).store(0x04).direction().store(0x24);
    a.load(kAmount).store(0x44);
    a.direction().push(low).op(kMul).other_direction().push(high).op(kMul).op(kAdd).store(0x64);
    a.push(0xa0).store(0x84).push(0x20).store(0xa4).load(kTokenIn).store(0xc4);
    a.pool().call(0xe4).jump("next");
}

eth::Bytes assemble() {
    Assembler a;
    a.push(0).op(kCalldataLoad).push(224).op(kShr);
    a.op(kDup1).push(0xfa461e33).op(kEq).jump("pay", kJumpIf); // uniswapV3SwapCallback
    a.push(0x23a69e75).op(kEq).jump("pay", kJumpIf);           // pancakeV3SwapCallback
    a.push(kHeadBytes);
    a.label("next"); // the stack holds the offset of the next leg
    a.op(kCalldataSize).op(kDup2).op(kLt).op(kIsZero).jump("end", kJumpIf);
    a.push(kLegBytes).op(kDup2).push(kLeg).op(kCalldataCopy).push(kLegBytes).op(kAdd);
    a.load(kAmount).op(kNot).jump("amount known", kJumpIf);
    a.selector(0x70a08231).op(kThis).store(0x04); // balanceOf(this)
    a.load(kTokenIn).view(0x24, 0x20, kAmount);
    a.label("amount known").field(kV3Bit, 1).jump("v3", kJumpIf);
    v2_leg(a);
    a.label("v3");
    v3_leg(a);
    // The callback: pays the caller the positive amount of the token (the first word of its data).
    a.label("pay").push(0x24).op(kCalldataLoad).store(kAmount);
    a.push(0).push(0x04).op(kCalldataLoad).op(kSgt).op(kIsZero).jump("amount1", kJumpIf);
    a.push(0x04).op(kCalldataLoad).store(kAmount);
    a.label("amount1").selector(0xa9059cbb).op(kCaller).store(0x04).load(kAmount).store(0x24);
    a.push(0x84).op(kCalldataLoad).call(0x44);
    a.label("end").op(kStop);
    a.label("fail").op(kReturnSize).push(0).push(0).op(kReturnCopy);
    a.op(kReturnSize).push(0).op(kRevert);
    return a.take();
}

void append(eth::Bytes& to, const U256& word) {
    const auto bytes = eth::to_be(word);
    to.insert(to.end(), bytes.begin(), bytes.end());
}

} // namespace

eth::BytesView swapper_code() {
    static const eth::Bytes code = assemble();
    return code;
}

void install_swapper(Overlay& state, const eth::Address& at) {
    static const CodePointer program =
        std::make_shared<const Code>(swapper_code(), eth::keccak256(swapper_code()));
    const auto id = state.load(at);
    state.set_nonce(id, 1);
    state.set_code(id, program);
}

eth::Bytes swapper_call(std::span<const SwapLeg> legs) {
    eth::Bytes data(kHeadBytes, 0);
    data.reserve(kHeadBytes + kLegBytes * legs.size());
    for (const auto& leg : legs) {
        auto head = eth::from_be(leg.pool.bytes);
        if (leg.kind == PoolKind::v3) head = head | (U256(1) << kV3Bit);
        if (leg.zero_for_one) head = head | (U256(1) << kDirectionBit);
        head = head | (U256(leg.fee_numerator) << kNumeratorBit) |
               (U256(leg.fee_denominator) << kDenominatorBit);
        append(data, head);
        append(data, eth::from_be(leg.token_in.bytes));
        append(data, eth::from_be(leg.token_out.bytes));
        append(data, leg.amount_in);
    }
    return data;
}

} // namespace viz::evm
