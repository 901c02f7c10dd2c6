// Loaded before viz-api (LD_PRELOAD): what is sent to journald's socket goes to the socket
// JOURNAL_SOCKET instead, so that a test can read it.
#include <dlfcn.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>

namespace {

constexpr const char* kJournal = "/run/systemd/journal/socket";

bool is_for_the_journal(const msghdr* message) {
    const auto* name = static_cast<const sockaddr_un*>(message->msg_name);
    return name != nullptr && message->msg_namelen > offsetof(sockaddr_un, sun_path) &&
           name->sun_family == AF_UNIX && std::strcmp(name->sun_path, kJournal) == 0;
}

} // namespace

extern "C" ssize_t sendmsg(int socket, const msghdr* message, int flags) {
    using Sendmsg = ssize_t (*)(int, const msghdr*, int);
    const auto real = reinterpret_cast<Sendmsg>(dlsym(RTLD_NEXT, "sendmsg"));
    const char* other = std::getenv("JOURNAL_SOCKET");
    if (other == nullptr || !is_for_the_journal(message)) return real(socket, message, flags);
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    std::strncpy(name.sun_path, other, sizeof name.sun_path - 1);
    auto redirected = *message;
    redirected.msg_name = &name;
    redirected.msg_namelen = sizeof name;
    return real(socket, &redirected, flags);
}
