// Fetches the blocks that the head tracker needs and publishes its events. One request at a time.
#pragma once

#include <deque>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "components/ingest/block_reader.hpp"
#include "components/ingest/chain_sink.hpp"
#include "components/ingest/head_tracker.hpp"
#include "components/ingest/node_link.hpp"
#include "components/ingest/rpc_message.hpp"
#include "components/ingest/time_source.hpp"

namespace viz::ingest {

class HeadFollower {
  public:
    HeadFollower(boost::asio::io_context& io, std::string chain_key, eth::ChainId chain_id,
                 HeadTracker tracker, RecoverAuthority recover, Now now, Random random,
                 ChainSink& sink);

    // Subscribed at a node: requests its newest block, then the missed blocks below it.
    void attach(HttpClient& http);
    // The client ends: its callbacks no longer arrive.
    void detach();
    void announced(const HeadNotice& head);

    std::optional<HeadSeed> tip() const { return tracker_.tip(); }
    // Our clock minus the timestamp of the newest announced block at its arrival. Includes
    // the time to build and propagate the block; a jump means that a clock changed.
    std::int64_t clock_skew_ms() const { return clock_skew_ms_; }

  private:
    struct Newest {};
    struct Announced {
        eth::Hash hash;
    };
    using Job = std::variant<Newest, Announced, HeadTracker::NeedBlock, HeadTracker::NeedRange>;

    void next();
    void ask();
    void answered(std::variant<std::string, HttpFailure> outcome);
    void range_answered(PaddedText text, HeadTracker::NeedRange range);
    void block_answered(PaddedText text);
    void again(std::string_view fault);
    void publish(HeadTracker::Step step);

    boost::asio::steady_timer timer_;
    std::string chain_key_;
    eth::ChainId chain_id_;
    HeadTracker tracker_;
    BlockReader blocks_;
    RpcReader reader_;
    Now now_;
    Random random_;
    ChainSink& sink_;

    HttpClient* http_{};
    std::optional<Job> job_;
    std::uint32_t attempts_{};
    std::uint64_t last_id_{};
    std::vector<bus::Head> range_blocks_; // of a NeedRange under way
    std::uint64_t range_next_{};
    std::deque<eth::Hash> announced_;
    std::int64_t clock_skew_ms_{};
};

} // namespace viz::ingest
