#include <optional>

#include "components/eth/hex.hpp"
#include "components/storage/checkpoint_file.hpp"
#include "components/storage/sqlite.hpp"
#include "tools/viz_replay/beginning.hpp"
#include "tools/viz_replay/commands.hpp"
#include "tools/viz_replay/progress.hpp"

namespace viz::replay {

namespace {

constexpr std::size_t kMaxToldOf = 20;

class Findings {
  public:
    explicit Findings(std::ostream& out) : out_(out) {}
    void add(const std::string& line) {
        if (++count_ <= kMaxToldOf) out_ << "wrong: " << line << '\n';
        if (count_ == kMaxToldOf) out_ << "wrong: … further ones are counted only\n";
    }
    std::uint64_t count() const { return count_; }

  private:
    std::ostream& out_;
    std::uint64_t count_{};
};

void check_database(const std::string& path, bool quick, Findings& findings) {
    try {
        storage::Connection connection(path, storage::Access::read_only, std::chrono::seconds(2));
        const auto said =
            connection.text(quick ? "SELECT 'ok' FROM events LIMIT 1" : "PRAGMA integrity_check");
        if (!said.empty() && said != "ok") findings.add("the database: " + said);
    } catch (const storage::StoreFailure& failure) {
        if (failure.reason != storage::StoreError::corrupt) throw Failed(failure.message(path));
        findings.add("the database: " + failure.detail);
    }
}

// Walks beside the log and compares what is stored for each point it comes to.
class CheckpointCheck {
  public:
    // Those behind event `after`.
    CheckpointCheck(storage::CheckpointFile& file, storage::Reader& log, std::uint64_t after,
                    Findings& findings)
        : file_(file), log_(log), findings_(findings), newest_(after) {
        next();
    }

    void at(const bus::PendingStep& step, const bus::PendingSet& set) {
        if (due_ && step.seq_id % storage::kPointEvery == 0) compare_point(step, set);
        if (!due_ || due_->seq_id != step.seq_id) return;
        compare(step, set);
        ++checked_;
        next();
    }
    std::uint64_t checked() const { return checked_; }
    // Nullopt when all were come by.
    std::optional<std::uint64_t> left() const {
        return due_ ? std::optional(due_->seq_id) : std::nullopt;
    }

  private:
    void next() {
        due_.reset();
        auto rows = file_.rows(newest_, 1);
        if (!rows) return findings_.add("checkpoints: " + rows.error().detail);
        if (rows->empty()) return;
        due_ = std::move(rows->front());
        newest_ = due_->seq_id;
    }

    void compare_point(const bus::PendingStep& step, const bus::PendingSet& set) {
        for (const auto& point : due_->points)
            if (point.seq_hi == step.seq_id &&
                point != bus::PendingPoint{step.seq_id, step.timestamp, set.count()})
                findings_.add("count at " + std::to_string(step.seq_id) + " in checkpoint " +
                              std::to_string(due_->seq_id));
    }

    void compare(const bus::PendingStep& step, const bus::PendingSet& set) {
        const auto name = "checkpoint " + std::to_string(step.seq_id);
        if (due_->set_hash != bus::checkpoint_hash(set.sorted_hashes()) ||
            due_->pending_count != set.count() || due_->timestamp != step.timestamp)
            findings_.add(name + " is not what the log gives");
        const auto tip = log_.payload_hash(step.seq_id);
        if (!tip || *tip != due_->tip) findings_.add(name + " is of another log");
        std::vector<std::string> skipped;
        const auto state = file_.load(step.seq_id, skipped);
        if (!state || !*state || (*state)->seq_id != step.seq_id)
            return findings_.add(name + " cannot be read back");
        if ((*state)->members != set.members() || (*state)->gone != set.gone())
            findings_.add(name + " holds another set");
    }

    storage::CheckpointFile& file_;
    storage::Reader& log_;
    Findings& findings_;
    std::optional<storage::CheckpointRow> due_;
    std::uint64_t newest_;
    std::uint64_t checked_{};
};

} // namespace

int verify(const Options& options, std::ostream& out) {
    Findings findings(out);
    storage::Reader log(options.store);
    // What cannot be opened at all is no finding.
    const auto latest = must(log.latest_seq_id(), options.store);
    const auto oldest = must(log.oldest_seq_id(), options.store);
    check_database(options.store, options.quick, findings);

    const auto path = storage::CheckpointFile::path_of(options.store);
    auto file = storage::CheckpointFile::open(path, storage::CheckpointFile::Mode::read);
    auto known = beginning_of(file ? file->get() : nullptr, oldest, [](auto) { return true; });
    std::optional<CheckpointCheck> checkpoints;
    if (file && known) checkpoints.emplace(**file, log, known->seq_id, findings);

    Progress progress("events", latest);
    auto expected = oldest;
    const auto walked = log.walk(
        0, latest,
        [&](const bus::PendingStep& step) {
            if (step.seq_id != expected)
                findings.add("events " + std::to_string(expected) + " to " +
                             std::to_string(step.seq_id - 1) + " are missing");
            expected = step.seq_id + 1;
            if (known && step.seq_id > known->seq_id) {
                known->set.apply(step);
                if (checkpoints) checkpoints->at(step, known->set);
            }
            progress.at(step.seq_id);
        },
        storage::WalkDepth::every_event);
    if (!walked)
        findings.add("behind event " + std::to_string(expected - 1) + ": " +
                     walked.error().message(options.store));
    else if (checkpoints && checkpoints->left() && *checkpoints->left() <= latest)
        findings.add("checkpoint " + std::to_string(*checkpoints->left()) + " was not come by");

    out << (findings.count() == 0 ? "ok" : "wrong") << ": events " << oldest << " to " << latest
        << ", checkpoints compared " << (checkpoints ? checkpoints->checked() : 0)
        << ", pending at the end ";
    if (known)
        out << known->set.count() << ", checkpoint hash "
            << eth::to_hex(bus::checkpoint_hash(known->set.sorted_hashes()).view());
    else
        out << "unknown (the log has been cut, and no checkpoint tells what was pending there)";
    out << ", findings " << findings.count() << '\n';
    return findings.count() == 0 ? kOk : kWrong;
}

} // namespace viz::replay
