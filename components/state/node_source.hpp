// A node as the source of state. Blocking: whoever asks waits, bounded in time, on its own thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "components/node/blocking_http.hpp"
#include "components/state/rounds.hpp"
#include "components/state/state_fetch.hpp"

namespace viz::state {

struct NodeLimits {
    std::chrono::milliseconds connect_timeout{3'000};
    std::chrono::milliseconds request_timeout{5'000};
    std::size_t max_reply_bytes{32u << 20};
    bool prefetch{true}; // asks what a transaction will touch, where the node can be asked that
};

// What fetches cost, and how they ended. Never reset.
struct NodeFigures {
    std::uint64_t requests{}; // of JSON-RPC, within batches
    std::uint64_t batches{};
    std::uint64_t failed{};  // batches without any use
    std::uint64_t refused{}; // answers within batches that were of no use
    PrefetchCounts prefetch{};

    NodeFigures& operator+=(const NodeFigures& more);
    NodeFigures operator-(const NodeFigures& earlier) const;
};

// One at a time: not thread-safe. Finds out by itself whether the node knows eth_getProof, and how
// it can be asked what a transaction will touch.
class NodeSource final : public StateSource {
  public:
    // `ca_file` (PEM) beside the system's authorities, for https. Throws where that is unreadable.
    NodeSource(const node::Url& url, const std::string& ca_file, const NodeLimits& limits);
    ~NodeSource() override;
    NodeSource(const NodeSource&) = delete;
    NodeSource& operator=(const NodeSource&) = delete;

    bool fetch(std::span<const evm::Missing> missing, HeadState& into) override;
    bool fetch_ahead(std::span<const evm::Missing> missing, Prefetch& ahead,
                     HeadState& into) override;

    void serve(evm::RunGuard* guard) override { guard_ = guard; }

    // One POST; nothing where there is no answer, for the reason in last_error().
    std::optional<std::string> post(const std::string& body);

    const NodeFigures& figures() const { return figures_; }
    const std::string& last_error() const { return last_error_; } // empty: none since the last

  private:
    std::optional<FetchReport> fetch_batch(std::span<const evm::Missing> missing,
                                           std::span<const TouchedQuestion> questions,
                                           HeadState& into);
    std::optional<FetchReport> fetch_part(std::span<const evm::Missing> missing, HeadState& into);
    std::vector<TouchedQuestion> questions_of(const Plan& plan, const eth::Hash& block) const;
    void forget_style(PrefetchStyle unknown);
    std::optional<FetchReport> fetch_asking(std::span<const evm::Missing> missing, Prefetch& ahead,
                                            HeadState& into);

    node::BlockingHttp http_;
    evm::RunGuard* guard_{}; // of the run that asks; null: none
    FetchStyle style_{FetchStyle::proof};
    // How it can be asked about calls, and about blocks; nothing: it cannot.
    std::optional<PrefetchStyle> call_style_{PrefetchStyle::prestate};
    std::optional<PrefetchStyle> block_style_{PrefetchStyle::block_prestate};
    std::size_t rest_{}; // fetches that are to go without a prefetch
    NodeFigures figures_;
    std::string last_error_;
    bool refused_{}; // the last failure was an answer: an HTTP status
};

} // namespace viz::state
