#include "components/ingest/node_queries.hpp"

#include "components/eth/hex.hpp"

namespace viz::ingest {

namespace {

BatchLimits query_limits(const IngestConfig& config) {
    return {.batch_size = config.rpc_batch_size,
            .max_in_flight = 1, // of each kind: bodies come first
            .capacity = config.rpc_queue_capacity,
            .retry_attempts = config.rpc_retry_attempts,
            .retry_backoff = config.rpc_retry_backoff,
            .flush = Millis{5}}; // lifecycle has gathered them already
}

} // namespace

NodeQueries::NodeQueries(boost::asio::io_context& io, eth::ChainId chain_id,
                         const IngestConfig& config, const Random& random, const Now& now,
                         std::function<eth::BlockNumber()> tip, ChainSink& sink)
    : chain_id_(chain_id), tip_(std::move(tip)), sink_(sink),
      nonces_(io, query_limits(config), random, now,
              {.request =
                   [](std::uint64_t id, const NonceOf& item) {
                       return rpc_request(id, "eth_getTransactionCount",
                                          "[\"" + eth::to_hex(item.address.view()) +
                                              "\",\"latest\"]");
                   },
               .answered = [this](const NonceOf& item,
                                  PaddedText result) { return nonce_answered(item, result); },
               .abandoned =
                   [this](const NonceOf& item, Answer) {
                       addresses_.erase(item.address);
                       sink_.count(DropReason::query_failed);
                   },
               .fault = [this](std::string_view kind) { sink_.count_fault(kind); }}),
      presences_(io, query_limits(config), random, now,
                 {.request =
                      [](std::uint64_t id, const eth::Hash& hash) {
                          return rpc_request(id, "eth_getTransactionByHash",
                                             "[\"" + eth::to_hex(hash.view()) + "\"]");
                      },
                  .answered = [this](const eth::Hash& hash,
                                     PaddedText result) { return presence_answered(hash, result); },
                  .abandoned =
                      [this](const eth::Hash& hash, Answer) {
                          hashes_.erase(hash);
                          sink_.count(DropReason::query_failed);
                      },
                  .fault = [this](std::string_view kind) { sink_.count_fault(kind); }}) {}

void NodeQueries::ask(const bus::ChainQuery& query) {
    const auto tip = tip_();
    for (const auto& address : query.addresses) {
        if (!addresses_.insert(address).second) continue;
        if (nonces_.push({address, tip})) continue;
        addresses_.erase(address);
        sink_.count(DropReason::query_queue_full);
    }
    for (const auto& hash : query.hashes) {
        if (!hashes_.insert(hash).second) continue;
        if (presences_.push(hash)) continue;
        hashes_.erase(hash);
        sink_.count(DropReason::query_queue_full);
    }
}

void NodeQueries::attach(HttpClient& http) {
    nonces_.attach(http);
    presences_.attach(http);
}
void NodeQueries::detach() {
    nonces_.detach();
    presences_.detach();
}

Answer NodeQueries::nonce_answered(const NonceOf& item, PaddedText result) {
    if (result.text == "null") return Answer::null;
    const auto text = reader_.string_value(result);
    const auto nonce = text ? eth::u64_from_hex(*text) : std::nullopt;
    if (!nonce) return Answer::wrong;
    addresses_.erase(item.address);
    sink_.publish(bus::AccountNonce{.chain_id = chain_id_,
                                    .address = item.address,
                                    .nonce = *nonce,
                                    .at_block = item.known_tip});
    return Answer::done;
}

Answer NodeQueries::presence_answered(const eth::Hash& hash, PaddedText result) {
    bus::TxPresence presence{};
    presence.chain_id = chain_id_;
    presence.hash = hash;
    if (result.text != "null") {
        const auto place = reader_.transaction_place(result);
        if (!place || place->hash != hash) return Answer::wrong;
        presence.presence = place->block_number ? bus::Presence::mined : bus::Presence::pending;
        presence.block_number = place->block_number.value_or(eth::BlockNumber{});
        presence.block_hash = place->block_hash;
    }
    hashes_.erase(hash);
    sink_.publish(presence);
    return Answer::done;
}

} // namespace viz::ingest
