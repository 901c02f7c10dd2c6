// The newest status of every chain's endpoint connection, and the newest recorded block of each.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bus/messages.hpp"

namespace viz::http {

class ChainBoard {
  public:
    // At this many pairs of chain and source, new pairs are ignored.
    static constexpr std::size_t kMaxRows = 1024;

    void apply(const bus::EndpointStatus& status) {
        const std::pair key{status.chain_key, status.source_id};
        if (rows_.size() < kMaxRows || rows_.contains(key)) rows_[key] = status;
    }

    // A block that a reorg reverted stays the head until its replacement arrives, immediately
    // after.
    void apply(bus::ChainId chain, const bus::BlockRecord& block) {
        if (block.canonical && (heads_.size() < kMaxRows || heads_.contains(chain)))
            heads_[chain] = block;
    }

    // std::nullopt before the first block since start.
    std::optional<bus::BlockRecord> head(bus::ChainId chain) const {
        const auto found = heads_.find(chain);
        if (found == heads_.end()) return std::nullopt;
        return found->second;
    }

    // By chain key, then source.
    std::vector<bus::EndpointStatus> all() const {
        std::vector<bus::EndpointStatus> out;
        for (const auto& [key, status] : rows_) out.push_back(status);
        return out;
    }

    // A chain with several sources has the state of the best one: a live one, and of equals the one
    // updated last.
    std::optional<bus::EndpointStatus> best(std::string_view chain_key) const {
        const bus::EndpointStatus* best = nullptr;
        const auto rank = [](const bus::EndpointStatus& s) {
            return std::pair{s.state == bus::EndpointState::subscribed, s.updated_unix_ms};
        };
        for (const auto& [key, status] : rows_)
            if (key.first == chain_key && (best == nullptr || rank(status) > rank(*best)))
                best = &status;
        if (best == nullptr) return std::nullopt;
        return *best;
    }

  private:
    std::map<std::pair<std::string, std::string>, bus::EndpointStatus> rows_;
    std::map<bus::ChainId, bus::BlockRecord> heads_;
};

} // namespace viz::http
