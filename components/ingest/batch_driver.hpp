// Drives a BatchQueue against a node: sends due batches, matches answers by id, reports each item
// as answered or abandoned. Without a node (detached) items wait.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "components/ingest/batch_queue.hpp"
#include "components/ingest/node_link.hpp"
#include "components/ingest/rpc_message.hpp"

namespace viz::ingest {

template <class Item> class BatchDriver {
  public:
    struct Handlers {
        // The request for an item, with this id.
        std::function<std::string(std::uint64_t id, const Item&)> request;
        // The node's result for it (raw JSON, "null" included).
        std::function<Answer(const Item&, PaddedText result)> answered;
        std::function<void(const Item&, Answer last)> abandoned;
        std::function<void(std::string_view kind)> fault;
    };

    BatchDriver(boost::asio::io_context& io, BatchLimits limits, Random random, Now now,
                Handlers handlers)
        : queue_(limits, std::move(random)), now_(std::move(now)), handlers_(std::move(handlers)),
          timer_(io) {}

    // False: the queue is full and the item is not accepted.
    bool push(Item item) {
        if (!queue_.push(std::move(item), now_().since_boot())) return false;
        if (!pumping_) pump();
        return true;
    }

    void attach(HttpClient& http) {
        http_ = &http;
        pump();
    }
    // Call when the client ends: its callbacks no longer arrive.
    void detach() {
        http_ = nullptr;
        timer_.cancel();
        armed_ = false;
        for (auto& item : queue_.requeue_in_flight(now_().since_boot()))
            handlers_.abandoned(item.item, item.last);
    }

    std::size_t unfinished() const { return queue_.unfinished(); }

  private:
    // Pause after a 429 or 503 without Retry-After.
    static constexpr Millis kOverloadPause{500};

    void pump() {
        if (http_ == nullptr) return;
        pumping_ = true;
        while (http_ != nullptr) {
            auto batch = queue_.take(now_().since_boot());
            if (!batch) break;
            post(std::move(*batch));
        }
        pumping_ = false;
        arm();
    }

    void arm() {
        if (http_ == nullptr) return;
        const auto due = queue_.next_due();
        if (!due) return;
        // A timer already set to fire no later is enough.
        if (armed_ && armed_for_ <= *due) return;
        armed_ = true;
        armed_for_ = *due;
        const auto wait =
            std::max(Mono{0}, *due == Mono::min() ? Mono{0} : *due - now_().since_boot());
        timer_.expires_after(wait);
        timer_.async_wait([this](const boost::system::error_code& error) {
            if (error) return;
            armed_ = false;
            pump();
        });
    }

    void post(typename BatchQueue<Item>::Batch batch) {
        const auto first_id = next_id_;
        next_id_ += batch.items.size();
        std::string body = "[";
        for (std::size_t i = 0; i < batch.items.size(); ++i) {
            if (i != 0) body += ',';
            body += handlers_.request(first_id + i, batch.items[i]);
        }
        body += ']';
        http_->post(std::move(body), [this, first_id, sent = std::move(batch)](
                                         std::variant<std::string, HttpFailure> outcome) {
            std::vector<Answer> answers(sent.items.size(), Answer::failed);
            if (auto* text = std::get_if<std::string>(&outcome))
                read(padded(*text), first_id, sent.items, answers);
            else
                failed(std::get<HttpFailure>(outcome));
            for (auto& item : queue_.finish(sent.id, answers, now_().since_boot()))
                handlers_.abandoned(item.item, item.last);
            pump();
        });
    }

    void read(PaddedText text, std::uint64_t first_id, const std::vector<Item>& items,
              std::vector<Answer>& answers) {
        std::vector<bool> answered(items.size(), false);
        const auto index_of = [&](std::uint64_t id) {
            const auto index = id - first_id; // wraps for smaller ids: then out of range
            return index < items.size() && !answered[index] ? std::optional(index) : std::nullopt;
        };
        reader_.read_batch(text, items.size(), [&](const RpcMessage& message) {
            if (const auto* reply = std::get_if<Reply>(&message)) {
                const auto index = index_of(reply->id);
                if (!index) return handlers_.fault("wrong_id");
                answered[*index] = true;
                answers[*index] = handlers_.answered(items[*index], text.sub(reply->result));
            } else if (const auto* error = std::get_if<ErrorReply>(&message)) {
                handlers_.fault("rpc_error");
                if (const auto index = error->id ? index_of(*error->id) : std::nullopt)
                    answered[*index] = true;
            } else if (const auto* malformed = std::get_if<Malformed>(&message)) {
                handlers_.fault(to_string(*malformed));
            } else {
                handlers_.fault("not_rpc");
            }
        });
    }

    void failed(const HttpFailure& failure) {
        handlers_.fault(failure.reason());
        if (failure.kind != HttpFailure::Kind::status) return;
        if (failure.retry_after)
            queue_.pause_until(now_().since_boot() + *failure.retry_after);
        else if (failure.status == 429 || failure.status == 503)
            queue_.pause_until(now_().since_boot() + kOverloadPause);
    }

    BatchQueue<Item> queue_;
    Now now_;
    Handlers handlers_;
    boost::asio::steady_timer timer_;
    RpcReader reader_;
    HttpClient* http_{};
    std::uint64_t next_id_{1};
    Mono armed_for_{};
    bool armed_{};
    bool pumping_{};
};

} // namespace viz::ingest
