#include "http/sse.hpp"

#include <pthread.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <exception>
#include <utility>

#include "bus/event_json.hpp"
#include "http/json.hpp"

namespace viz::http {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kTick{100};
constexpr std::size_t kHistoryBatch = 128; // about kChunk bytes
// How often one client is refilled before the others get a turn.
constexpr int kRefills = 4;
// How many clients read from the record before live clients get another turn.
constexpr int kFromRecord = 4;

void append_number(std::string& out, std::uint64_t n) {
    char digits[24];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, n).ptr);
}

void append_message(std::string& out, std::uint64_t seq_id, std::string_view json) {
    out += "id: ";
    append_number(out, seq_id);
    out += "\ndata: ";
    out += json;
    out += "\n\n";
}

} // namespace

struct StreamHub::Client {
    UniqueFd fd;
    EventFilter filter;
    bool chunked{};
    std::uint64_t after{}; // everything up to here has been sent or filtered out
    std::uint64_t latest_at_start{};
    bool live{};            // has caught up once, or started at the end
    bool ending{};          // nothing more is added
    bool gone{};            // to be removed
    bool blocked{};         // its socket is full; the poller reports when it is writable
    bool asked{};           // writability was requested
    bool behind{};          // needs the record
    bool queued{};          // is in behind_
    int granted{};          // batches that may be read from the record now
    std::size_t reserved{}; // from UnsentBytes
    std::string out;        // unsent from `at`
    std::size_t at{};
    Clock::time_point last_sent;  // the socket accepted a byte
    Clock::time_point last_added; // a message was added
    Clock::time_point deadline;   // of an ending client

    std::size_t unsent() const { return out.size() - at; }
};

StreamHub::StreamHub(const ReadModel& model, History& history, bus::Metrics& metrics,
                     SlowWriter& writer, StreamLimits limits)
    : model_(model), history_(history), writer_(writer), limits_(limits),
      clients_gauge_(metrics.gauge("http_stream_clients", "Connected clients of /stream")),
      lagged_total_(metrics.counter("http_stream_lagged_total",
                                    "Stream clients disconnected because they could not keep up")),
      messages_total_(metrics.counter("http_stream_messages_total", "Events sent on streams")),
      history_failures_(
          metrics.counter("http_stream_history_failures_total",
                          "Stream clients disconnected because the record could not be read")),
      thread_([this](std::stop_token stop) { run(stop); }) {}

StreamHub::~StreamHub() {
    thread_.request_stop();
    poller_.wake();
}

bool StreamHub::claim_place() {
    if (count_.fetch_add(1) < limits_.clients) return true;
    --count_;
    return false;
}

void StreamHub::adopt(UniqueFd fd, std::string head, StreamRequest request, bool chunked) {
    const auto latest = model_.latest_seq_id();
    ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDBUF, &limits_.socket_buffer,
                 sizeof limits_.socket_buffer);
    auto client = std::make_unique<Client>();
    client->fd = std::move(fd);
    client->filter = std::move(request.filter);
    client->chunked = chunked;
    // A position beyond the log's end (of another log?) would wait for events that already exist.
    client->after = std::min(request.after.value_or(latest), latest);
    client->latest_at_start = latest;
    client->live = client->after == latest; // events committed before its first turn count as lag
    client->out = std::move(head);
    client->last_sent = client->last_added = Clock::now();
    {
        const std::lock_guard lock(mutex_);
        arrivals_.push_back(std::move(client));
    }
    poller_.wake();
}

void StreamHub::append_framed(Client& client, std::string_view text) {
    if (!client.chunked) {
        client.out += text;
        return;
    }
    char size[20];
    const auto end = std::to_chars(size, size + sizeof size, text.size(), 16).ptr;
    client.out.append(size, end);
    client.out += "\r\n";
    client.out += text;
    client.out += "\r\n";
}

void StreamHub::greet(Client& client) {
    std::string text = "event: hello\ndata: ";
    JsonOut json(text);
    json.begin_object();
    json.field("event", "hello");
    json.field("message", "viz-api event stream");
    // Not the latest number by now: a client without `after` receives the events after this one.
    json.field("latest_seq_id", client.latest_at_start);
    json.field("replay_points", model_.replay().size());
    json.field("propagation_edges", model_.propagation().edge_count());
    json.end_object();
    text += "\n\n";
    append_framed(client, text);
}

void StreamHub::cut(Client& client) {
    lagged_total_.Increment();
    std::string text = "event: lagged\ndata: ";
    JsonOut json(text);
    json.begin_object();
    json.field("event", "lagged");
    json.field("last_seq_id", client.after);
    json.field("latest_seq_id", model_.latest_seq_id());
    json.end_object();
    text += "\n\n";
    append_framed(client, text);
    if (client.chunked) client.out += "0\r\n\r\n";
    client.ending = true;
    client.deadline = Clock::now() + limits_.final_event_timeout;
}

// True while the socket accepts everything.
bool StreamHub::flush(Client& client) {
    while (client.unsent() > 0) {
        const auto sent = ::send(client.fd.get(), client.out.data() + client.at, client.unsent(),
                                 MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent >= 0) {
            client.at += static_cast<std::size_t>(sent);
            client.last_sent = Clock::now();
            continue;
        }
        if (errno == EINTR) continue;
        if (errno != EAGAIN && errno != EWOULDBLOCK) client.gone = true;
        return false;
    }
    client.out.clear();
    client.at = 0;
    return true;
}

void StreamHub::read_window(const EventRing::View& window, Client& client, std::string& messages) {
    std::uint64_t sent = 0;
    client.after = window.scan(client.after, client.filter, [&](const auto& entry) {
        if (messages.size() >= kChunk) return false;
        append_message(messages, entry.seq_id, entry.json);
        ++sent;
        return true;
    });
    messages_total_.Increment(static_cast<double>(sent));
}

// Reports that events up to `last` are not available, and continues after them.
void StreamHub::skip_to(Client& client, std::uint64_t last, std::string& messages) {
    messages += "event: gap\ndata: ";
    JsonOut json(messages);
    json.begin_object();
    json.field("event", "gap");
    json.field("from_seq_id", client.after + 1);
    json.field("to_seq_id", last);
    json.end_object();
    messages += "\n\n";
    client.after = last;
}

void StreamHub::read_history(Client& client, std::string& messages) {
    // Later commits are in the window or found at the next check.
    const auto committed = history_.latest_seq_id();
    if (const auto oldest = history_.oldest_seq_id(); oldest > client.after + 1)
        skip_to(client, oldest - 1, messages);
    const auto before = client.after;
    const auto events = history_.events({.after = client.after,
                                         .types = client.filter.types,
                                         .chain_id = client.filter.chain_id,
                                         .limit = kHistoryBatch});
    for (const auto& event : events) {
        append_message(messages, event.seq_id, bus::to_json(event));
        client.after = std::max(client.after, event.seq_id);
    }
    messages_total_.Increment(static_cast<double>(events.size()));
    if (events.size() < kHistoryBatch) client.after = std::max(client.after, committed);
    if (client.after != before) return;
    // The record ends before the window begins.
    const auto oldest = model_.events().oldest();
    if (oldest > client.after + 1) skip_to(client, oldest - 1, messages);
}

// False when there is nothing to add.
bool StreamHub::refill(Client& client) {
    const auto latest = model_.latest_seq_id();
    if (client.after >= latest) {
        client.live = true;
        return false;
    }
    if (client.live && latest - client.after > limits_.lag_events) {
        cut(client);
        return true;
    }
    std::string messages;
    const auto before = client.after;
    if (const auto window = model_.events(); window.covers(client.after))
        read_window(window, client, messages);
    else if (client.granted > 0) {
        --client.granted;
        read_history(client, messages);
    } else {
        client.behind = true;
    }
    if (!messages.empty()) {
        append_framed(client, messages);
        client.last_added = Clock::now();
    }
    return client.after != before;
}

void StreamHub::turn(std::uint64_t id, Client& client) {
    bool more = flush(client);
    for (int i = 0; more && !client.ending && i < kRefills; ++i) {
        if (!refill(client)) break;
        more = flush(client);
        if (i + 1 == kRefills && more) poller_.wake(); // other clients first
    }
    if (client.ending && client.unsent() == 0) client.gone = true;
    client.blocked = client.unsent() > 0;
    account(client);
    if (std::exchange(client.behind, false) && !client.blocked &&
        !std::exchange(client.queued, true))
        behind_.push_back(id);
    if (client.gone || client.blocked == client.asked) return;
    client.asked = client.blocked;
    poller_.want_writes(client.fd.get(), id, client.blocked);
}

// Unsent data counts, including the socket's queue. When the limit is reached, clients of answers
// without progress have been disconnected already: this client is slow.
void StreamHub::account(Client& client) {
    const auto holds =
        client.blocked && !client.gone ? client.out.capacity() + queued_in(client.fd.get()) : 0;
    if (holds == client.reserved) return;
    if (holds < client.reserved)
        writer_.unsent().release(client.reserved - holds);
    else if (!writer_.reserve(holds - client.reserved)) {
        writer_.unsent().count_over_limit();
        lagged_total_.Increment();
        abort_connection(client.fd.get());
        client.gone = true;
        return;
    }
    client.reserved = holds;
}

void StreamHub::turn_safely(std::uint64_t id, Client& client) {
    try {
        turn(id, client);
    } catch (const std::exception&) { // the record failed: the client reconnects
        history_failures_.Increment();
        client.gone = true;
    }
}

// Reading the record takes milliseconds: a few clients at a time, in turn, so that live clients are
// not delayed.
void StreamHub::catch_up() {
    for (int n = 0; n < kFromRecord && !behind_.empty(); ++n) {
        const auto id = behind_.front();
        behind_.pop_front();
        const auto found = clients_.find(id);
        if (found == clients_.end()) continue;
        auto& client = *found->second;
        client.queued = false;
        if (client.gone || client.blocked) continue;
        client.granted = kRefills;
        turn_safely(id, client);
    }
    if (!behind_.empty()) poller_.wake();
}

void StreamHub::look_at_clock(Client& client) {
    const auto now = Clock::now();
    if (client.ending) {
        if (now >= client.deadline) client.gone = true;
    } else if (client.unsent() > 0) {
        if (now - std::max(client.last_sent, client.last_added) >= limits_.stalled ||
            (client.live && model_.latest_seq_id() - client.after > limits_.lag_events))
            cut(client);
    } else if (now - client.last_added >= limits_.keep_alive) {
        append_framed(client, ": keep-alive\n\n");
        client.last_added = now;
    }
}

void StreamHub::drop(std::uint64_t id) {
    const auto found = clients_.find(id);
    // Sends the data in the kernel, then signals the end to the client and to the library that
    // reads here.
    ::shutdown(found->second->fd.get(), SHUT_RDWR);
    poller_.remove(found->second->fd.get());
    writer_.unsent().release(found->second->reserved);
    clients_.erase(found);
    --count_;
}

void StreamHub::admit_new() {
    std::vector<std::unique_ptr<Client>> arrivals;
    {
        const std::lock_guard lock(mutex_);
        arrivals.swap(arrivals_);
    }
    for (auto& client : arrivals) {
        const auto id = next_id_++;
        client->gone = !poller_.add(client->fd.get(), id, false);
        greet(*client);
        clients_.emplace(id, std::move(client));
    }
}

void StreamHub::run(std::stop_token stop) {
    ::pthread_setname_np(::pthread_self(), "viz-sse");
    auto next_tick = Clock::now();
    while (!stop.stop_requested()) {
        for (const auto& event : poller_.wait(kTick)) {
            const auto found = clients_.find(event.id);
            if (found == clients_.end()) continue;
            if (event.gone) found->second->gone = true;
            if (event.writable) found->second->blocked = false;
        }
        admit_new();
        const bool tick = Clock::now() >= next_tick;
        if (tick) next_tick = Clock::now() + kTick;
        std::vector<std::uint64_t> gone;
        for (auto& [id, client] : clients_) {
            if (!client->gone && tick) look_at_clock(*client);
            if (!client->gone && !client->blocked && !client->queued) turn_safely(id, *client);
        }
        catch_up();
        for (const auto& [id, client] : clients_)
            if (client->gone) gone.push_back(id);
        for (const auto id : gone) drop(id);
        clients_gauge_.Set(static_cast<double>(clients_.size()));
    }
    for (const auto& [id, client] : clients_) {
        ::shutdown(client->fd.get(), SHUT_RDWR);
        writer_.unsent().release(client->reserved);
    }
    clients_.clear();
    const std::lock_guard lock(mutex_);
    for (const auto& client : arrivals_) ::shutdown(client->fd.get(), SHUT_RDWR);
    arrivals_.clear();
    count_ = 0;
}

} // namespace viz::http
