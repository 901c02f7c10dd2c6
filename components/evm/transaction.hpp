// Executes one transaction on an overlay, from validity checks to the coinbase payment (Yellow
// Paper 6; EIP-1559, 2930, 3529, 3607, 3651, 4844, 7623, 7702, 7825).
#pragma once

#include "components/eth/signature.hpp"
#include "components/eth/transaction.hpp"
#include "components/evm/machine.hpp"

namespace viz::evm {

// Reasons why a transaction cannot be included in the block. The texts are stable.
enum class Invalid : std::uint8_t {
    type_not_active,
    wrong_chain,
    nonce_max, // EIP-2681
    nonce_too_low,
    nonce_too_high,
    gas_below_intrinsic, // including the floor of EIP-7623
    gas_above_cap,       // EIP-7825
    gas_above_block,
    tip_above_max_fee,
    max_fee_below_base_fee,
    max_blob_fee_below_blob_base_fee,
    fee_overflow,
    insufficient_funds,
    sender_not_eoa,     // EIP-3607, EIP-7702
    initcode_too_large, // EIP-3860
    no_blobs,
    too_many_blobs,
    blob_version_unknown,
    no_authorizations,
    create_not_allowed, // types 3 and 4 cannot create contracts
};
std::string_view to_string(Invalid reason);

// Checks that a simulation may skip; block execution skips none.
struct TransactionChecks {
    bool nonce{true};
    bool funds{
        true}; // balance covers value and gas; when skipped, the sender is credited the shortfall
    bool fees{true}; // fee caps cover the base fees
    bool eoa{true};
};

struct BalanceChange {
    eth::Address address;
    eth::Wei before;
    eth::Wei after;
};
struct SlotAccess {
    eth::Address address;
    U256 key;
    U256 before;
    U256 after; // equal to `before`: read only
};

struct TransactionResult {
    std::optional<Invalid>
        invalid; // when set, the fields below are empty and the state is unchanged
    Status status{};
    std::uint64_t gas_used{}; // after refund and floor
    std::uint64_t gas_refunded{};
    eth::Bytes output; // of RETURN or REVERT; for a creation the code, as eth_call returns it
    std::optional<eth::Address> created;
    std::optional<Failure> first_failure;
    eth::Wei coinbase_payment; // tips and value sent to the coinbase; zero on a net loss
    std::vector<BalanceChange> balances;
    std::vector<SlotAccess> slots; // all slots read or written
    std::vector<Log> logs;
    std::vector<eth::Address> unsupported; // called contracts of Rules::chain_precompiles
    ReadFlags flags;

    bool succeeded() const { return !invalid && status == Status::success; }
};

// Executes the transactions of one block in sequence. Not thread-safe; the overlay, rules and block
// must outlive it.
class TransactionExecutor {
  public:
    TransactionExecutor(Overlay& state, const Rules& rules, const BlockEnvironment& block);

    // Leaves the state ready for the next transaction. After an abort (is_abort(status)) the state
    // is as before the transaction.
    TransactionResult execute(const eth::Transaction& tx, const eth::Address& sender,
                              const TransactionChecks& checks = {});
    template <class Tracer>
    TransactionResult execute(const eth::Transaction& tx, const eth::Address& sender,
                              const TransactionChecks& checks, Tracer& tracer);

    // A system call by the protocol with 30,000,000 gas (EIP-4788, 2935, 7002, 7251): no fee, no
    // nonce. Returns nullopt when the target has no code.
    std::optional<Machine::Outcome> system_call(const eth::Address& to, eth::BytesView input);

    Machine& machine() { return machine_; }
    // Set to false to omit the sets from every TransactionResult, for callers that read the overlay
    // directly.
    bool collect_sets{true};
    // Gas left in the block; execute() subtracts the gas used.
    std::uint64_t block_gas_left;

  private:
    struct Fees;
    std::optional<Invalid> check(const eth::Transaction& tx, const Account& sender,
                                 const TransactionChecks& checks) const;
    std::optional<Invalid> check_blobs(const eth::Transaction& tx,
                                       const TransactionChecks& checks) const;
    void warm_up(const eth::Transaction& tx, AccountId sender);
    void apply_authorizations(const eth::Transaction& tx);
    void apply_authorization(const eth::Authorization& authorization);
    Message message_of(const eth::Transaction& tx, const eth::Address& sender,
                       std::int64_t gas) const;
    void settle(const eth::Transaction& tx, const Fees& fees, Machine::Outcome& outcome,
                TransactionResult& result);
    void collect(TransactionResult& result) const;

    Overlay& state_;
    const Rules& rules_;
    const BlockEnvironment& block_;
    Machine machine_;
    eth::SenderRecoverer recoverer_;
};

} // namespace viz::evm
