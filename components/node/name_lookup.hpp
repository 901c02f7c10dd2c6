// Resolves host names. The system's lookup blocks as long as its name servers take and cannot be
// cancelled, so it runs on a detached thread. Asio's resolver joins its thread when the loop ends,
// which would delay a stop.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace viz::node {

struct HostAddresses {
    boost::system::error_code error;
    std::vector<boost::asio::ip::address> addresses;
};
// Blocks. It may be called from several threads, and may still run when the loop has ended.
using HostLookup = std::function<HostAddresses(const std::string& host)>;
HostAddresses system_lookup(const std::string& host);

// The lookups in flight on one loop: one per host; further requests for the host share its answer.
// Everything but the lookup itself runs on the loop's thread.
class NameLookups final : public boost::asio::execution_context::service {
  public:
    using key_type = NameLookups;
    static boost::asio::execution_context::id id;
    // Each is a thread; lookups of further hosts are refused.
    static constexpr std::size_t kMostHosts = 64;

    using Endpoints = std::vector<boost::asio::ip::tcp::endpoint>;
    using Handler = std::function<void(const boost::system::error_code&, const Endpoints&)>;
    struct Waiter;

    explicit NameLookups(boost::asio::execution_context& loop);
    ~NameLookups() override;
    // For tests.
    void use(HostLookup lookup) { lookup_ = std::move(lookup); }

    std::shared_ptr<Waiter> start(const std::string& host, std::uint16_t port, Handler handler);
    static void cancel(Waiter& waiter);

  private:
    struct Running;
    void shutdown() override;
    void begin(const std::string& host, const std::shared_ptr<Running>& running);
    void complete(const std::string& host, const HostAddresses& found);

    boost::asio::io_context& loop_;
    HostLookup lookup_{system_lookup};
    std::map<std::string, std::shared_ptr<Running>> running_;
};

// One lookup at a time, ended with the object. A cancelled lookup's handler is not called.
class NameResolver {
  public:
    explicit NameResolver(boost::asio::io_context& loop);
    ~NameResolver() { cancel(); }
    NameResolver(const NameResolver&) = delete;
    NameResolver& operator=(const NameResolver&) = delete;

    // The handler is called from the loop, never from within this call.
    void async_resolve(const std::string& host, std::uint16_t port, NameLookups::Handler handler);
    void cancel();

  private:
    NameLookups& lookups_;
    std::weak_ptr<NameLookups::Waiter> waiter_;
};

} // namespace viz::node
