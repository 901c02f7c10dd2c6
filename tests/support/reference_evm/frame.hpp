// One execution of code in the reference interpreter, and what frames of a transaction share.
#pragma once

#include "tests/support/reference_evm/reference_evm.hpp"

namespace viz::test::reference {

// An exceptional halt (Yellow Paper 9.4.2): why does not matter, all gas is gone.
struct Halt {};
struct StepLimit {};

// How a message ended.
struct Outcome {
    Ending ending{};
    std::int64_t gas{};
    eth::Bytes output;
};

struct Context {
    WorldState& world;
    const Setting& setting;
    eth::Address origin;
    Word gas_price;
    const std::vector<eth::Hash>& blob_hashes;
    std::map<eth::Address, Account> original; // at the start of the transaction, EIP-2200

    bool is_precompile(const eth::Address& address) const;
    // EIP-2929, EIP-3651's precompiled contracts included: true when it was cold.
    bool warm_up(const eth::Address& address);
    // The account whose code runs in place of a designator's (EIP-7702).
    std::optional<eth::Address> delegate_of(const eth::Address& address) const;
};

struct Call {
    eth::Address caller;
    eth::Address self;         // whose storage
    eth::Address code_address; // before delegation
    Word value;                // as CALLVALUE shows it
    bool moves_value{};        // from caller to self
    eth::Bytes input;
    std::int64_t gas{};
    bool is_static{};
    std::uint32_t depth{};
};

struct Creation {
    eth::Address caller;
    eth::Address address;
    Word value;
    eth::Bytes initcode;
    std::int64_t gas{};
    std::uint32_t depth{};
};

Outcome run_call(Context& context, const Call& call);
Outcome run_creation(Context& context, const Creation& creation);
// Of an account created by CREATE or by a transaction.
eth::Address created_address(const eth::Address& sender, std::uint64_t nonce);
// EIP-684, EIP-7610.
bool collides(const WorldState& world, const eth::Address& address);

// EIP-4844 get_base_fee_per_blob_gas, with the fractions of EIP-4844 and EIP-7691.
Word blob_base_fee(std::uint64_t excess, evm::Fork fork);

class Frame {
  public:
    Frame(Context& context, eth::Bytes code, const Call& call);
    Outcome run();

  private:
    bool execute(std::uint8_t opcode); // false at the frame's end
    void environment(std::uint8_t opcode);
    void memory_and_flow(std::uint8_t opcode);
    void call(std::uint8_t opcode);
    void create(bool salted);
    void sstore();
    void self_destruct();
    void log(unsigned topics);
    void jump(const Word& to);
    void copy_to_memory(const eth::Bytes& source);
    void return_data_copy();
    Word block_hash(const Word& number) const;

    Word pop();
    void push(const Word& word) { stack_.push_back(word); }
    void charge(const Big& cost);
    void charge_access(const eth::Address& address);
    void charge_words(const Word& size, unsigned gas_per_word);
    void expand(const Word& offset, const Word& size);
    eth::Bytes read(const Word& offset, const Word& size) const;
    void write(const Word& offset, eth::BytesView bytes);
    void forbid_static() const {
        if (call_.is_static) throw Halt{};
    }

    Context& context_;
    eth::Bytes code_;
    Call call_;
    std::set<std::size_t> destinations_;
    std::vector<Word> stack_;
    eth::Bytes memory_;
    eth::Bytes return_data_;
    eth::Bytes output_;
    bool reverted_{};
    std::int64_t gas_{};
    std::size_t pc_{};
};

} // namespace viz::test::reference
