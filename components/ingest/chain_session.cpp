#include "components/ingest/chain_session.hpp"

#include <algorithm>

namespace viz::ingest {

namespace {

SeenSet recovered_seen(const IngestConfig& config, const ChainConfig& chain,
                       const ChainRecovery& recovery, std::uint64_t salt) {
    SeenSet seen(config.max_seen_hashes, salt);
    const auto slots = chain.mode == ChainMode::fanout ? chain.endpoints.size() : 1;
    for (const auto& known : recovery.seen) {
        std::uint64_t sources = 0;
        for (std::size_t i = 0; i < slots; ++i) {
            const auto& ids = known.source_ids;
            if (std::find(ids.begin(), ids.end(), source_id_of(chain, i)) != ids.end())
                sources |= std::uint64_t{1} << i;
        }
        seen.seed(known.hash, sources, known.first_seen_unix_ms);
    }
    return seen;
}

} // namespace

ChainSession::ChainSession(boost::asio::io_context& io,
                           std::shared_ptr<boost::asio::ssl::context> tls,
                           const IngestConfig& config, const ChainConfig& chain,
                           const ChainRecovery& recovery, const RecoverAuthority& recover,
                           const Now& now, const Random& random, ChainSink& sink)
    : chain_(chain), sink_(sink),
      intake_(chain.chain_id, recovered_seen(config, chain, recovery, random()), sink),
      heads_(io, chain.chain_key, chain.chain_id,
             HeadTracker(chain.chain_id,
                         {.window = config.head_window, .catch_up = config.catch_up_limit},
                         recovery.heads),
             recover, now, random, sink),
      desk_(
          io, chain.chain_id, config, random, now,
          [this] {
              const auto tip = heads_.tip();
              return tip ? tip->number : eth::BlockNumber{};
          },
          sink) {
    const SlotContext context{.io = io,
                              .tls = std::move(tls),
                              .config = config,
                              .chain = chain_,
                              .now = now,
                              .random = random,
                              .intake = intake_,
                              .sink = sink_};
    const EndpointSlot::Handlers handlers{
        .live = [this](EndpointSlot& slot) { went_live(slot); },
        .gone = [this](EndpointSlot& slot) { went_away(slot); },
        .head =
            [this](EndpointSlot& slot, const HeadNotice& head) {
                if (&slot == primary_) heads_.announced(head);
            },
        .changed = [this](EndpointSlot& slot) { publish_status(slot); }};

    const auto count = static_cast<std::uint32_t>(chain.endpoints.size());
    if (chain.mode == ChainMode::fanout) {
        for (std::uint32_t i = 0; i < count; ++i)
            slots_.push_back(std::make_unique<EndpointSlot>(
                context, SourceRef{.number = i, .id = source_id_of(chain, i)},
                std::vector<std::uint32_t>{i}, handlers));
        return;
    }
    std::vector<std::uint32_t> all;
    for (std::uint32_t i = 0; i < count; ++i) all.push_back(i);
    slots_.push_back(std::make_unique<EndpointSlot>(
        context, SourceRef{.number = 0, .id = chain.source_id}, std::move(all), handlers));
}

void ChainSession::start() {
    for (auto& slot : slots_) slot->start();
}

void ChainSession::tick() {
    for (auto& slot : slots_) slot->tick();
}

void ChainSession::publish_status() {
    for (const auto& slot : slots_) publish_status(*slot);
}

void ChainSession::publish_status(const EndpointSlot& slot) {
    auto status = slot.status();
    status.clock_skew_ms = heads_.clock_skew_ms();
    sink_.publish(status);
}

void ChainSession::take(const bus::BodyRefused& refused) {
    // A type this chain has and we do not know is nobody's fault, and the same from everybody.
    if (refused.reason == eth::DecodeError::unknown_type) return;
    const auto wanted = intake_.refused(refused.hash);
    for (const auto& slot : slots_)
        if (slot->source_id() == refused.source_id) slot->gave_refused_body();
    if (!wanted) return;
    // Its source is not asked again: what it announces or has in its pool later is looked at anew.
    const auto other = std::find_if(slots_.begin(), slots_.end(), [&](const auto& slot) {
        return slot->live() && slot->source_id() != refused.source_id;
    });
    if (other != slots_.end()) (*other)->fetch(*wanted);
}

void ChainSession::went_live(EndpointSlot& slot) {
    if (primary_ == nullptr) lead_with(&slot);
}

void ChainSession::went_away(EndpointSlot& slot) {
    if (&slot != primary_) return;
    const auto next =
        std::find_if(slots_.begin(), slots_.end(), [](const auto& other) { return other->live(); });
    lead_with(next == slots_.end() ? nullptr : next->get());
}

void ChainSession::lead_with(EndpointSlot* slot) {
    if (primary_ != nullptr) {
        heads_.detach();
        desk_.detach();
    }
    primary_ = slot;
    if (slot == nullptr) return;
    heads_.attach(slot->http());
    desk_.attach(slot->http());
}

} // namespace viz::ingest
