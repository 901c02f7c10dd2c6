// Executes messages. Frames live on the machine's own stack, not on the host's, so depth 1024 costs
// only memory. One machine runs one message at a time and reuses its frames, stacks and memories.
#pragma once

#include <memory>
#include <vector>

#include "components/evm/opcodes.hpp"
#include "components/evm/overlay.hpp"
#include "components/evm/revert.hpp"
#include "components/evm/rules.hpp"
#include "components/evm/run_guard.hpp"
#include "components/evm/status.hpp"

namespace viz::evm {

using eth::U256;

// The block's values that opcodes read (Yellow Paper 4.4, EIP-1559, 4399, 4844).
struct BlockEnvironment {
    eth::ChainId chain_id;
    std::uint64_t number{};
    std::uint64_t timestamp{};
    eth::Address coinbase;
    std::uint64_t gas_limit{};
    eth::Wei base_fee;
    eth::Hash prev_randao;
    std::uint64_t excess_blob_gas{};
};

struct TransactionEnvironment {
    eth::Address origin;
    eth::Wei gas_price;
    std::vector<eth::Hash> blob_hashes;
};

enum class CallKind : std::uint8_t { call, call_code, delegate_call, static_call, create, create2 };

struct Message {
    CallKind kind{CallKind::call}; // a top-level call or create
    eth::Address caller;
    eth::Address to; // for a create, the new account
    eth::Wei value;
    eth::BytesView input; // or initcode; must outlive the run
    std::int64_t gas{};
};

// Reads that make a result depend on the block's builder.
struct ReadFlags {
    bool coinbase{};
    bool prev_randao{};
    bool blob_base_fee{};
    bool timestamp{};
    bool number{};
    friend bool operator==(const ReadFlags&, const ReadFlags&) = default;
};

struct Failure {
    Status status{};
    eth::Address address; // account whose code failed
    std::uint32_t depth{};
    Revert reason; // for REVERT
};

struct Frame {
    const std::uint8_t* pc{};
    U256* sp{}; // one past the top
    std::int64_t gas{};
    std::unique_ptr<U256[]> stack;
    eth::Bytes memory;
    eth::Bytes return_data; // from the frame's last call
    const Code* code{};
    CodePointer code_owner;
    eth::BytesView input;
    eth::BytesView output;
    Status status{};
    CallKind kind{};
    bool is_static{};
    bool last_call_failed{};
    eth::Address self;
    eth::Address caller;
    eth::Address code_address;
    AccountId self_id{};
    U256 value;
    std::uint64_t output_offset{}; // the caller's output range
    std::uint64_t output_size{};
    Overlay::Checkpoint checkpoint;
};

// Observes every call and create, including precompiled contracts.
class CallObserver {
  public:
    CallObserver() = default;
    CallObserver(const CallObserver&) = default;
    CallObserver& operator=(const CallObserver&) = default;
    virtual ~CallObserver() = default;
    virtual void enter(const Message& message, std::uint32_t depth) = 0;
    virtual void leave(Status status, std::int64_t gas_left, eth::BytesView output) = 0;
};

// The null tracer. A tracer has `enabled` and bool step(const Frame&, const std::uint8_t* pc, const
// U256* sp, std::int64_t gas, depth), called before each instruction; returning false ends the
// transaction with step_budget.
struct NoTracer {
    static constexpr bool enabled = false;
};

enum class Step : std::uint8_t { entered, resumed, finished };

class Machine {
  public:
    static constexpr std::size_t kStackLimit = 1024;
    static constexpr std::uint32_t kDepthLimit = 1024;

    // All three arguments must outlive the machine.
    Machine(Overlay& state_in, const Rules& rules_in, const BlockEnvironment& block_in);

    struct Outcome {
        Status status{};
        std::int64_t gas_left{};
        eth::Bytes output;
        std::optional<Failure> first_failure; // origin of the failure, if the message failed
    };
    // Transfers the value and sets the nonce of a created account. The caller handles everything
    // above a message: fees, the sender's nonce, warm lists.
    Outcome execute(const Message& message); // without tracer
    template <class Tracer> Outcome execute(const Message& message, Tracer& tracer);

    Overlay& state;
    const Rules& rules;
    const BlockEnvironment& block;
    U256 blob_fee;
    TransactionEnvironment transaction;
    ReadFlags flags;
    CallObserver* observer{};
    // Interrupts long precompiled contracts, and view calls before they begin; instructions are
    // interrupted by a tracer. May be null.
    RunGuard* guard{};
    bool interrupted() const { return guard != nullptr && guard->check() != Interrupt::none; }
    // Contracts of Rules::chain_precompiles that were called: only their chain knows what they do.
    std::vector<eth::Address> unsupported;

    // Used by the interpreter.
    Status failure{Status::out_of_gas}; // reason for a negative gas result
    std::int64_t fail(Status status) {
        failure = status;
        return -1;
    }
    std::uint32_t depth() const { return depth_; }
    // EIP-2929; precompiled contracts are always warm.
    bool access_account(AccountId id);
    Step call(Frame& frame, CallKind kind);
    Step create(Frame& frame, CallKind kind);
    Step finish(Frame& frame, Status status, std::int64_t gas_left, eth::BytesView output = {});

  private:
    struct Target;
    bool start(const Message& message);
    Frame& push_frame();
    void leave_frame();
    void unwind(Status abort);
    Status deposit_code(Frame& frame);
    void note_failure(Frame& frame);
    bool run_precompile(const Target& target, Outcome& outcome);
    Step call_target(Frame& frame, const Target& target);
    Step resume_after(Frame& frame, const Target& target, Outcome direct,
                      const Overlay::Checkpoint& checkpoint);
    std::int64_t charge_call(Frame& frame, CallKind kind, Target& target);
    Step skip_call(Frame& frame);
    void enter_create(Frame& parent, CallKind kind, const eth::Address& address, const U256& value,
                      eth::BytesView initcode, std::int64_t gas);

    std::vector<std::unique_ptr<Frame>> frames_;
    std::uint32_t depth_{};
    std::optional<Failure> first_failure_;
    Outcome direct_; // result of a message that needed no frame
};

// The address of a created account: keccak256(rlp([sender, nonce])), and EIP-1014 for CREATE2.
eth::Address create_address(const eth::Address& sender, eth::Nonce nonce);
eth::Address create2_address(const eth::Address& sender, const U256& salt,
                             const eth::Hash& initcode_hash);

} // namespace viz::evm
