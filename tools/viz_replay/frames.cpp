#include "bus/pending_set.hpp"
#include "components/eth/hex.hpp"
#include "tools/viz_replay/beginning.hpp"
#include "tools/viz_replay/commands.hpp"
#include "tools/viz_replay/progress.hpp"

namespace viz::replay {

namespace {

void write_frame(std::ostream& out, const Options& options, const bus::PendingStep& at,
                 const bus::PendingSet& set) {
    const auto hashes = set.sorted_hashes();
    const auto name = eth::to_hex(bus::checkpoint_hash(hashes).view());
    if (options.format == Format::csv) {
        out << at.seq_id << ',' << at.timestamp.value << ',' << set.count() << ',' << name << '\n';
        return;
    }
    out << "{\"seq_id\":" << at.seq_id << ",\"timestamp_unix_ms\":" << at.timestamp.value
        << ",\"pending_count\":" << set.count() << ",\"checkpoint_hash\":\"" << name << '"';
    if (options.hashes) {
        out << ",\"pending\":[";
        for (std::size_t i = 0; i < hashes.size(); ++i)
            out << (i == 0 ? "\"" : ",\"") << eth::to_hex(hashes[i].view()) << '"';
        out << ']';
    }
    out << "}\n";
}

std::optional<Beginning> beginning_of(const Options& options, std::uint64_t oldest) {
    const auto path = storage::CheckpointFile::path_of(options.store);
    const auto file = storage::CheckpointFile::open(path, storage::CheckpointFile::Mode::read);
    return replay::beginning_of(file ? file->get() : nullptr, oldest,
                                [&](auto chain) { return options.wants_chain(chain); });
}

} // namespace

// From the log alone if it is complete: verify compares with this output.
int write_frames(const Options& options, std::ostream& out) {
    storage::Reader log(options.store);
    const auto last = std::min(options.to, must(log.latest_seq_id(), options.store));
    Progress progress("events", last);
    if (options.format == Format::csv)
        out << "seq_id,timestamp_unix_ms,pending_count,checkpoint_hash\n";
    const auto oldest = must(log.oldest_seq_id(), options.store);
    auto known = beginning_of(options, oldest);
    if (!known)
        throw Failed("the log begins at event " + std::to_string(oldest) +
                     ", and no stored checkpoint has the pending set there");
    auto& set = known->set;
    must(log.walk(known->seq_id, last,
                  [&](const bus::PendingStep& step) {
                      progress.at(step.seq_id);
                      if (options.wants_chain(step.chain_id.value)) set.apply(step);
                      const bool due = step.seq_id % options.every == 0 || step.seq_id == last;
                      if (due && step.seq_id >= options.from &&
                          options.in_window(step.timestamp.value))
                          write_frame(out, options, step, set);
                  }),
         options.store);
    return kOk;
}

} // namespace viz::replay
