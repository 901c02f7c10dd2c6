#include <filesystem>
#include <fstream>

#include "runtime/version.hpp"
#include "tools/viz_replay/commands.hpp"

namespace viz::replay {

namespace {

int write_to(const Options& options, std::ostream& out, std::ostream& notes) {
    switch (options.command) {
    case Command::frames:
        return write_frames(options, out);
    case Command::verify:
        return verify(options, out);
    case Command::export_rows:
        return export_rows(options, out);
    case Command::export_opportunity:
        return export_opportunity(options, out, notes);
    case Command::run_opportunity:
        return run_opportunity(options, out, notes);
    default:
        return kUsage;
    }
}

// Writes atomically: an interrupted export leaves FILE.part.
int write_to_file(const Options& options, std::ostream& notes) {
    if (options.command == Command::export_opportunity && !options.force &&
        std::filesystem::exists(options.output))
        throw Failed(options.output + "  exists already; --force replaces it");
    const auto part = options.output + ".part";
    std::ofstream file(part, std::ios::binary | std::ios::trunc);
    if (!file) throw Failed("cannot write " + part);
    const auto status = write_to(options, file, notes);
    file.close();
    if (!file) throw Failed("cannot write " + part + ": is the disk full?");
    std::error_code problem;
    std::filesystem::rename(part, options.output, problem);
    if (problem) throw Failed("cannot write " + options.output + ": " + problem.message());
    return status;
}

} // namespace

int run(const std::vector<std::string>& arguments, std::ostream& out, std::ostream& error) {
    try {
        const auto options = parse_options(arguments);
        if (options.command == Command::help) {
            out << help_text();
            return kOk;
        }
        if (options.command == Command::version) {
            out << "viz-replay " << runtime::kVersion << " (" << runtime::kRevision << ", "
                << runtime::kCompiler << ")\n";
            return kOk;
        }
        if (!options.store.empty() && !std::filesystem::exists(options.store))
            throw Failed(options.store + ": no such file");
        if (!options.output.empty()) return write_to_file(options, error);
        const auto status = write_to(options, out, error);
        out.flush();
        if (!out) throw Failed("cannot write to standard output");
        return status;
    } catch (const UsageError& bad) {
        error << "viz-replay: " << bad.what() << std::endl;
        return kUsage;
    } catch (const std::exception& failure) {
        error << "viz-replay: " << failure.what() << std::endl;
        return kFailed;
    }
}

} // namespace viz::replay
