// Replaces systemd where none runs: `like_systemd PROGRAM ARGUMENTS` keeps a listening socket
// on a free loopback port and a notification socket, and starts the program with both, and again
// whenever it ends. With JOURNAL_SOCKET set it reads that socket as journald does its own, and
// makes the program's standard error the journal's. With SYSTEM_CALLS set it allows only
// the system calls that the file names. SIGHUP restarts it (SIGTERM to it), SIGTERM ends both. Says
// on standard output what happens: "started PID", "ended STATUS", "notify TEXT", "journal FIELDS"
// with | for each new line.
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>

#include <poll.h>

#include <arpa/inet.h>

#include <seccomp.h>

namespace {

constexpr int kFirstSocket = 3; // as sd_listen_fds(3) has it

[[noreturn]] void fail(const char* what) {
    perror(what);
    std::exit(99);
}

int listen_on_loopback() {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(fd, 1024) != 0)
        fail("listen");
    return fd;
}

// A name that begins with @ is in the abstract namespace: nothing is left behind.
int datagram_socket(const std::string& name) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (name.size() >= sizeof address.sun_path) fail("socket name");
    name.copy(address.sun_path, name.size());
    if (name.starts_with('@')) address.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(sizeof(sa_family_t) + name.size());
    const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || ::bind(fd, reinterpret_cast<const sockaddr*>(&address), size) != 0)
        fail("datagram socket");
    return fd;
}

void name_standard_error_as_the_journals() {
    struct stat status {};
    if (::fstat(STDERR_FILENO, &status) != 0) fail("fstat");
    const auto name = std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino);
    ::setenv("JOURNAL_STREAM", name.c_str(), 1);
}

// From here on every other system call is refused, as SystemCallFilter= does it.
void allow_only(const char* file) {
    std::ifstream names(file);
    const scmp_filter_ctx filter = ::seccomp_init(SCMP_ACT_ERRNO(EPERM));
    std::string name;
    while (names >> name) {
        const int number = ::seccomp_syscall_resolve_name(name.c_str());
        // Those of other machines' are not there.
        if (number >= 0 && ::seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 0) != 0)
            fail("seccomp rule");
    }
    if (!names.eof() || ::seccomp_load(filter) != 0) fail("system call filter");
    ::seccomp_release(filter);
}

pid_t start(char** command, int listener, const std::string& notify) {
    const pid_t pid = ::fork();
    if (pid < 0) fail("fork");
    if (pid > 0) {
        std::cout << "started " << pid << std::endl;
        return pid;
    }
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
    ::setenv("LISTEN_FDS", "1", 1);
    ::setenv("NOTIFY_SOCKET", notify.c_str(), 1);
    if (std::getenv("JOURNAL_SOCKET") != nullptr) name_standard_error_as_the_journals();
    // A duplicate on its own number would keep the flag that closes it.
    const int apart = ::fcntl(listener, F_DUPFD, kFirstSocket + 1);
    if (::dup2(apart, kFirstSocket) < 0) fail("dup2");
    ::close(apart);
    if (const char* file = std::getenv("SYSTEM_CALLS"); file != nullptr) allow_only(file);
    ::execvp(command[0], command);
    fail(command[0]);
}

void show_datagram(const char* kind, int socket) {
    std::array<char, 16384> text{};
    const auto size = ::recv(socket, text.data(), text.size(), 0);
    if (size <= 0) return;
    std::string shown(text.data(), static_cast<std::size_t>(size));
    std::replace(shown.begin(), shown.end(), '\n', '|');
    std::cout << kind << ' ' << shown << std::endl;
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 2) return 2;
    sigset_t ours;
    sigemptyset(&ours);
    for (const int signal : {SIGTERM, SIGHUP, SIGCHLD}) sigaddset(&ours, signal);
    ::sigprocmask(SIG_BLOCK, &ours, nullptr);
    const int signals = ::signalfd(-1, &ours, SFD_CLOEXEC);
    const auto notify_name = "@viz-like-systemd-" + std::to_string(::getpid());
    const int notify = datagram_socket(notify_name);
    const char* journal_name = std::getenv("JOURNAL_SOCKET");
    const int journal = journal_name == nullptr ? -1 : datagram_socket(journal_name);
    const int listener = listen_on_loopback();
    pid_t child = start(argv + 1, listener, notify_name);
    bool ending = false;
    for (;;) {
        std::array<pollfd, 3> watched{
            {{signals, POLLIN, 0}, {notify, POLLIN, 0}, {journal, POLLIN, 0}}};
        if (::poll(watched.data(), watched.size(), -1) < 0) continue;
        if (watched[1].revents != 0) show_datagram("notify", notify);
        if (watched[2].revents != 0) show_datagram("journal", journal);
        if (watched[0].revents == 0) continue;
        signalfd_siginfo info{};
        if (::read(signals, &info, sizeof info) != sizeof info) continue;
        ending = ending || info.ssi_signo == SIGTERM;
        if (info.ssi_signo != SIGCHLD) {
            ::kill(child, SIGTERM);
            continue;
        }
        int status = 0;
        if (::waitpid(child, &status, WNOHANG) != child) continue;
        const int shown = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        std::cout << "ended " << shown << std::endl;
        if (ending) return shown;
        child = start(argv + 1, listener, notify_name);
    }
}
