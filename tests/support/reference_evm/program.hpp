// Makes code from choices.
#pragma once

#include <vector>

#include "tests/support/reference_evm/world_state.hpp"

namespace viz::test::reference {

// A string of bytes taken from its front; zeros when it is used up.
class Choices {
  public:
    explicit Choices(eth::BytesView bytes) : bytes_(bytes) {}
    bool done() const { return bytes_.empty(); }
    std::uint8_t byte();
    std::uint64_t below(std::uint64_t bound); // bound from 1 to 65536
    bool one_in(std::uint64_t n) { return below(n) == 1 % n; }
    eth::BytesView rest() const { return bytes_; }

  private:
    eth::BytesView bytes_;
};

inline constexpr unsigned kActors = 8; // accounts of a scenario, by actor()
eth::Address actor(unsigned number);

class Program {
  public:
    Program(Choices& choices, evm::Fork fork, unsigned nesting = 0)
        : choices_(choices), fork_(fork), nesting_(nesting) {}
    // About this many groups of instructions.
    eth::Bytes make(unsigned groups);

  private:
    void group();
    void op(unsigned opcode) { code_.push_back(static_cast<std::uint8_t>(opcode)); }
    void push(const Word& value);
    void push_bytes(eth::BytesView bytes);
    // One word each.
    void value();
    void offset();
    void size();
    void slot();
    void address();
    void gas();
    void word_group();
    void environment_group();
    void memory_group();
    void state_group();
    void stack_group();
    void copy_group();
    void log_group();
    void call_group();
    void call(unsigned opcode, bool to_top);
    void create_group();
    void jump_group();
    void loop_group();
    void end_group();
    eth::Bytes initcode();
    void store(const eth::Bytes& bytes, unsigned at);
    std::size_t push_label();
    void set_label(std::size_t at);

    Choices& choices_;
    evm::Fork fork_;
    unsigned nesting_;
    eth::Bytes code_;
    int height_{}; // about how many words there are
};

} // namespace viz::test::reference
