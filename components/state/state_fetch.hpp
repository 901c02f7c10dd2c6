// Requests missing state from a node as one JSON-RPC batch, and stores the answers. Every read
// names the block by its hash (EIP-1898), so that state of another block cannot be mixed in.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "components/state/touched.hpp"

namespace viz::state {

enum class FetchStyle : std::uint8_t {
    proof, // eth_getProof (EIP-1186): an account and all its slots by one request
    plain, // eth_getBalance and similar methods, for nodes without it
};

struct FetchReport {
    std::size_t stored{};  // accounts, slots, codes and block hashes
    std::size_t refused{}; // errors, answers of another type, and missing answers
    // The node lacks the method: the other style may work.
    bool method_unknown{};
    // The node does not know the block (any more): its state is unavailable.
    bool block_unknown{};
    bool is_batch{};    // the reply is a batch
    std::string reason; // of the first refusal; at most 160 characters
    // Prefetch requests, which count in none of the above.
    PrefetchCounts prefetch{};
    std::vector<evm::Missing> touched;
    friend bool operator==(const FetchReport&, const FetchReport&) = default;
};

// One batch for one node, optionally with a prefetch request. Answers may arrive in any order.
class StateFetch {
  public:
    StateFetch(const BlockRef& block, std::span<const evm::Missing> missing, FetchStyle style,
               std::span<const TouchedQuestion> questions = {});

    const std::string& request() const { return request_; }
    std::size_t requests() const { return asked_.size(); }
    // Reads the reply and stores its valid parts. `reply` is untrusted.
    FetchReport store(std::string_view reply, HeadState& into) const;

  private:
    enum class Kind : std::uint8_t {
        proof,
        balance,
        nonce,
        code,
        account_code,
        slot,
        block,
        touched
    };
    struct Asked {
        Kind kind{};
        eth::Address address;
        std::vector<eth::U256> slots;
        std::uint64_t number{};
        PrefetchStyle style{}; // of `touched`
    };
    struct Reader;

    void ask(Asked asked, const std::string& method, const std::string& parameters);
    void ask_account(const eth::Address& address, const std::vector<eth::U256>& slots,
                     bool whole_account);

    std::string block_; // as a parameter
    FetchStyle style_;
    std::vector<Asked> asked_; // by id
    std::string request_;
};

} // namespace viz::state
