// A node as the source of state. Blocking: calls wait on the caller's thread, bounded in time.
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
    bool prefetch{true}; // requests the state a transaction will touch, if the node supports it
};

// Cost and outcome of fetches. Never reset.
struct NodeFigures {
    std::uint64_t requests{}; // of JSON-RPC, within batches
    std::uint64_t batches{};
    std::uint64_t failed{};  // batches without a usable answer
    std::uint64_t refused{}; // unusable answers within batches
    PrefetchCounts prefetch{};

    NodeFigures& operator+=(const NodeFigures& more);
    NodeFigures operator-(const NodeFigures& earlier) const;
};

// Not thread-safe. Detects whether the node has eth_getProof and which tracing methods it supports.
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

    // One POST; nothing without an answer, with the reason in last_error().
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
    evm::RunGuard* guard_{}; // of the current run; may be null
    FetchStyle style_{FetchStyle::proof};
    // The tracing methods for calls and for blocks; nothing: unsupported.
    std::optional<PrefetchStyle> call_style_{PrefetchStyle::prestate};
    std::optional<PrefetchStyle> block_style_{PrefetchStyle::block_prestate};
    std::size_t rest_{}; // number of fetches to make without a prefetch
    NodeFigures figures_;
    std::string last_error_;
    bool refused_{}; // the last failure was an answer: an HTTP status
};

} // namespace viz::state
