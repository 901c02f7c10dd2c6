#include <array>
#include <cerrno>
#include <cstring>
#include <ostream>
#include <stdexcept>

#include <fcntl.h>
#include <unistd.h>
#include <zmq.h>

#include "tools/viz_tap/commands.hpp"

namespace viz::tap {

int keygen(const Options& options, const CommandContext& context) {
    constexpr std::size_t kZ85Key = 41; // 40 characters and a zero
    std::array<char, kZ85Key> public_key{};
    std::array<char, kZ85Key> secret_key{};
    if (zmq_curve_keypair(public_key.data(), secret_key.data()) != 0)
        throw std::runtime_error(std::string("cannot make a key: ") + zmq_strerror(zmq_errno()));
    const auto text =
        std::string("public ") + public_key.data() + "\nsecret " + secret_key.data() + "\n";
    // Written under another name and then renamed, so that the file is never incomplete.
    const auto draft = options.file + ".new";
    unlink(draft.c_str());
    const auto fail = [&](const std::string& path) {
        const auto why = std::string(std::strerror(errno));
        unlink(draft.c_str());
        throw std::runtime_error(path + ": " + why);
    };
    const int fd = open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) fail(draft);
    const bool written =
        write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && fsync(fd) == 0;
    if (close(fd) != 0 || !written) fail(draft);
    if (options.force) {
        if (rename(draft.c_str(), options.file.c_str()) != 0) fail(options.file);
    } else if (link(draft.c_str(), options.file.c_str()) != 0) {
        if (errno == EEXIST) {
            unlink(draft.c_str());
            throw std::runtime_error(options.file + ": exists; --force replaces it");
        }
        fail(options.file);
    } else {
        unlink(draft.c_str());
    }
    context.notes << "viz-tap: wrote " << options.file
                  << "; give it to every process of the service (curve-key-path)\n";
    return kExitOk;
}

} // namespace viz::tap
