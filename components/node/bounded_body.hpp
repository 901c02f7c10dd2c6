// An HTTP body as text that enforces its own limit. Beast 1.74 loses its `body_limit` error when
// header and body arrive in one read, and its string_body then reserves as many bytes as
// Content-Length claims.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/message.hpp>

namespace viz::node {

struct BoundedBody {
    struct value_type {
        std::string text;
        std::uint64_t limit{}; // bytes; set before the body is read
    };

    class reader {
      public:
        template <bool isRequest, class Fields>
        explicit reader(boost::beast::http::header<isRequest, Fields>&, value_type& body)
            : body_(body) {}

        void init(const boost::optional<std::uint64_t>& length, boost::beast::error_code& error) {
            error = {};
            if (!length) return;
            if (*length > body_.limit) return refuse(error);
            // The claim costs the peer nothing: what is sent decides about the rest.
            body_.text.reserve(static_cast<std::size_t>(std::min(*length, kMostReserved)));
        }

        template <class Buffers>
        std::size_t put(const Buffers& buffers, boost::beast::error_code& error) {
            const auto size = boost::beast::buffer_bytes(buffers);
            if (size > body_.limit - body_.text.size()) {
                refuse(error);
                return 0;
            }
            for (const auto part : boost::beast::buffers_range_ref(buffers))
                body_.text.append(static_cast<const char*>(part.data()), part.size());
            error = {};
            return size;
        }

        void finish(boost::beast::error_code& error) { error = {}; }

      private:
        static constexpr std::uint64_t kMostReserved = 1u << 20;
        static void refuse(boost::beast::error_code& error) {
            error = boost::beast::http::make_error_code(boost::beast::http::error::body_limit);
        }

        value_type& body_;
    };
};

} // namespace viz::node
