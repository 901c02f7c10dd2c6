#include "components/builder/footprint.hpp"

#include <algorithm>

namespace viz::builder {

namespace {

template <class T> std::vector<T> sorted(std::vector<T> values) {
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    return values;
}

template <class T> bool share(const std::vector<T>& a, const std::vector<T>& b) {
    auto x = a.begin();
    auto y = b.begin();
    while (x != a.end() && y != b.end()) {
        if (*x == *y) return true;
        *x < *y ? ++x : ++y;
    }
    return false;
}

} // namespace

Footprint footprint_of(const bus::Candidate& candidate) {
    Footprint out;
    for (const auto& member : candidate.members) {
        out.members.push_back(member.hash);
        out.senders.push_back(member.sender);
    }
    out.members = sorted(std::move(out.members));
    out.senders = sorted(std::move(out.senders));
    out.reads = sorted(candidate.reads);
    out.writes = sorted(candidate.writes);
    return out;
}

bool conflict(const Footprint& a, const Footprint& b) {
    return share(a.members, b.members) || share(a.senders, b.senders) || share(a.writes, b.reads) ||
           share(b.writes, a.reads) || share(a.writes, b.writes);
}

} // namespace viz::builder
