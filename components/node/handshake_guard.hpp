// Bounds the answer to a WebSocket upgrade: Beast reads it with a parser that has no limits that
// could be set, into a buffer without a limit, and reserves the length that the answer claims.
#pragma once

#include <algorithm>
#include <string>
#include <utility>

#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

namespace viz::node {

// Counts the bytes of the answer: its header and, when the node declines, its body.
class HandshakeGuard {
  public:
    static constexpr std::size_t kMostHeaderBytes = 16u << 10;
    // For the reason that a declining node gives, its chunk headers included.
    static constexpr std::uint64_t kMostBodyBytes = 64u << 10;

    // An error once header or body exceeds its limit, or the header claims a longer body.
    boost::beast::error_code note(const char* data, std::size_t size) {
        namespace http = boost::beast::http;
        if (accepted_) return {};
        if (declined_) return note_body(size);
        const auto before = head_.size();
        head_.append(data, std::min(size, kMostHeaderBytes + 1 - before));
        const auto end = head_.find("\r\n\r\n");
        if (end == std::string::npos)
            return head_.size() > kMostHeaderBytes
                       ? http::make_error_code(http::error::header_limit)
                       : boost::beast::error_code{};
        http::response_parser<http::empty_body> parser;
        boost::beast::error_code error;
        parser.put(boost::asio::buffer(head_.data(), end + 4), error);
        head_ = {};
        accepted_ =
            parser.is_header_done() && parser.get().result() == http::status::switching_protocols;
        declined_ = !accepted_;
        if (accepted_) return {};
        const auto length = parser.is_header_done() ? parser.content_length() : boost::none;
        if (length && *length > kMostBodyBytes)
            return http::make_error_code(http::error::body_limit);
        return note_body(before + size - (end + 4));
    }

  private:
    boost::beast::error_code note_body(std::size_t size) {
        namespace http = boost::beast::http;
        body_bytes_ += size;
        return body_bytes_ > kMostBodyBytes ? http::make_error_code(http::error::body_limit)
                                            : boost::beast::error_code{};
    }

    std::string head_;
    std::uint64_t body_bytes_{};
    bool accepted_{}; // WebSocket frames follow
    bool declined_{};
};

// A stream whose reads pass a HandshakeGuard.
template <class Stream> struct GuardedStream : Stream {
    using Stream::Stream;

    template <class Buffers, class Handler>
    void async_read_some(const Buffers& buffers, Handler&& handler) {
        Stream::async_read_some(
            buffers, Reading<Buffers, std::decay_t<Handler>>{std::forward<Handler>(handler), guard_,
                                                             buffers, this->get_executor()});
    }

  private:
    // The stream is alive as long as an operation on it is under way: so is the guard.
    template <class Buffers, class Handler> struct Reading {
        Handler handler;
        HandshakeGuard& guard;
        Buffers buffers;
        typename Stream::executor_type io;

        void operator()(boost::beast::error_code error, std::size_t size) {
            auto left = size;
            for (auto at = boost::asio::buffer_sequence_begin(buffers);
                 left != 0 && !error && at != boost::asio::buffer_sequence_end(buffers); ++at) {
                const boost::asio::const_buffer buffer(*at);
                const auto here = std::min(left, buffer.size());
                error = guard.note(static_cast<const char*>(buffer.data()), here);
                left -= here;
            }
            handler(error, error ? 0 : size);
        }

        using executor_type =
            boost::asio::associated_executor_t<Handler, typename Stream::executor_type>;
        executor_type get_executor() const noexcept {
            return boost::asio::get_associated_executor(handler, io);
        }
        using allocator_type = boost::asio::associated_allocator_t<Handler>;
        allocator_type get_allocator() const noexcept {
            return boost::asio::get_associated_allocator(handler);
        }
    };

    HandshakeGuard guard_;
};

} // namespace viz::node
