// Parses registry.json, or an overlay of it, into a registry. Strict, so that a typing error fails
// at start instead of leaving a contract unrecognised. Stops at the first error.
#pragma once

#include <initializer_list>
#include <set>
#include <string>
#include <utility>

#include "components/features/protocol_registry.hpp"

namespace simdjson::dom {
class element;
}

namespace viz::features {

class RegistryParser {
  public:
    // The file's entries are added to `base` or replace its entries.
    explicit RegistryParser(ProtocolRegistry base) : registry_(std::move(base)) {}

    Result<ProtocolRegistry, RegistryError> run(std::string_view text);

  private:
    using Json = simdjson::dom::element;
    using Key = std::pair<std::uint64_t, eth::Address>;
    bool fail(RegistryFault fault, std::string where, std::string detail = {});
    bool allowed(const Json& item, const std::string& where,
                 std::initializer_list<std::string_view> keys);
    bool text(const Json& item, const char* field, const std::string& where, std::string& out);
    bool whole(const Json& item, const char* field, const std::string& where, std::uint64_t most,
               std::uint64_t& out);
    bool category(const Json& item, const std::string& where, Category& out);
    template <class Handle>
    bool each(const Json& parent, const char* field, const std::string& where, Handle handle);
    template <class Handle>
    bool each_address(const Json& item, const std::string& where, Handle handle);

    bool chains(const Json& root);
    bool protocol(const Json& item, const std::string& where);
    bool contract(const Json& item, const std::string& where, Contract fact);
    bool factory(const Json& item, const std::string& where, Factory fact);
    bool method(const Json& item, const std::string& where, Method fact);
    bool token(const Json& item, const std::string& where);
    void keep(Method fact);

    ProtocolRegistry registry_;
    RegistryError error_;
    // Entries of this file, to detect duplicates.
    std::set<std::string> protocols_;
    std::set<Key> contracts_, tokens_;
    std::set<std::pair<std::string, eth::Selector>> methods_;
};

} // namespace viz::features
