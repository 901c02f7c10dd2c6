// Which simulated candidates the next block of a chain would hold: greedy by net profit, kept up to
// date with every candidate and every head. No sockets and no clock here.
//
// Of the same candidates on the same head the choice is the same in whatever order they came, as
// long as no more than `AssemblyLimits::kept` of them stand on it.
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
    std::size_t included{64}; // candidates in a block
    // Candidates on a head, included or waiting for one that excludes them to leave; more than
    // `included`.
    std::size_t kept{512};
    std::size_t early{256}; // candidates of heads that have not come yet
    bool plain_only{true};  // none with an honesty flag
};

// The head that the block is built on.
struct BuildHead {
    bus::BlockNumber number;
    bus::Hash hash;
    bus::Gas gas_limit;
    std::int64_t timestamp_s{};
    std::optional<std::int64_t> slot_s; // between this head and its parent, where both were seen
};

struct TemplateTransaction {
    bus::Hash candidate_id;
    std::optional<bus::Hash> member; // a pending transaction; nothing: one of the searcher's own
    friend bool operator==(const TemplateTransaction&, const TemplateTransaction&) = default;
};

// The candidates' transactions as the block would have them, most profitable candidate first.
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

    // Each answers with what changed: who left the block first, who came into it last. A candidate
    // that comes again, simulated anew, takes its own place. One on a head that has not come yet
    // waits for it and is decided on then.
    Decisions add(const bus::Simulated& simulated);
    Decisions new_head(const bus::Head& head);
    Decisions reorg(const bus::Reorg& reorg);

    const std::optional<BuildHead>& head() const { return head_; }
    // Empty without a head.
    BlockTemplate block() const;
    // One that stands on the head, included or not; valid until the next change.
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
