// Selects the simulated candidates for a chain's next block: greedy by net profit, updated with
// every candidate and every head. No sockets and no clock.
//
// The same candidates on the same head give the same selection in any order of arrival, as long as
// at most `AssemblyLimits::kept` of them are on that head.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "bus/messages.hpp"
#include "components/builder/footprint.hpp"

namespace viz::builder {

struct AssemblyLimits {
    std::size_t included{64}; // maximum candidates in a block
    // Maximum candidates per head, included or waiting for a conflicting one to leave; must exceed
    // `included`.
    std::size_t kept{512};
    std::size_t early{256}; // maximum candidates for heads not yet received
    bool plain_only{true};  // accept only candidates without a flag
};

// The head on which the block is built.
struct BuildHead {
    bus::BlockNumber number;
    bus::Hash hash;
    bus::Gas gas_limit;
    std::int64_t timestamp_s{};
    std::optional<std::int64_t>
        slot_s; // seconds between this head and its parent, when both were received
};

struct TemplateTransaction {
    bus::Hash candidate_id;
    std::optional<bus::Hash>
        member; // hash of a pending transaction; empty for a searcher transaction
    friend bool operator==(const TemplateTransaction&, const TemplateTransaction&) = default;
};

// The transactions of the included candidates in block order, most profitable candidate first.
struct BlockTemplate {
    bus::BlockNumber target_block;
    bus::Hash parent_hash;
    bus::Gas gas_limit;
    bus::Gas gas_used;
    bus::Wei total_net; // wei
    std::vector<bus::Hash> candidates;
    std::vector<TemplateTransaction> transactions;
};

class Assembly {
  public:
    using Decisions = std::vector<bus::AssemblyDecisionApplied>;

    explicit Assembly(AssemblyLimits limits = {});
    ~Assembly();
    Assembly(Assembly&&) noexcept;
    Assembly& operator=(Assembly&&) noexcept;

    // Each method returns the changes: removed candidates first, added candidates last. A new
    // simulation of a known candidate replaces the old one. A candidate for a head not yet received
    // is kept and decided when that head arrives.
    Decisions add(const bus::Simulated& simulated);
    Decisions new_head(const bus::Head& head);
    Decisions reorg(const bus::Reorg& reorg);

    const std::optional<BuildHead>& head() const { return head_; }
    // Empty when there is no head.
    BlockTemplate block() const;
    // Finds a candidate on the current head, included or not; valid until the next change.
    const bus::Simulated* find(const bus::Hash& candidate_id) const;
    std::size_t size() const { return ranked_.size(); }

  private:
    struct Entry;

    static bool before(const Entry& a, const Entry& b);
    std::string_view why_not(const bus::Simulated& simulated) const;
    bus::AssemblyDecisionApplied decide(const bus::Simulated& simulated, std::string_view decision,
                                        std::string_view reason) const;
    bool take_out(const bus::Hash& candidate_id);
    void insert(const bus::Simulated& simulated);
    Decisions settle(const bus::Hash& added);
    void drop_surplus();
    Decisions clear(std::string_view reason);

    AssemblyLimits limits_;
    std::optional<BuildHead> head_;
    std::vector<std::unique_ptr<Entry>> ranked_; // best first
    std::deque<bus::Simulated> early_;
};

} // namespace viz::builder
