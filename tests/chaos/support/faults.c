// A disk and a clock that fail: loaded before viz-api (LD_PRELOAD). CHAOS_FOLDER names the folder whose
// files it is about, CHAOS_CONTROL a mapped file of 64-bit numbers that a test writes (`struct control`).
//
// A power cut: what was written to a file since its last fsync may be on the disk or not, each sector
// for itself. So each write is kept with what was there before it, until an fsync forgets both. At the
// cut all of them are undone, and those sectors that chance picks are written again. Not covered: names
// of files (creation, deletion), and what is written through a mapping (SQLite's -shm, which is made
// anew after a crash).
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

enum { kSector = 512, kFiles = 64, kMostKept = 256 << 20 };

// Written by the test, but for the last four.
struct control {
    int64_t cut_after;     // the write or fsync after so many is the last; -1: none
    int64_t seed;          // for what survives a cut
    int64_t keep_percent;  // of the sectors that were not flushed
    int64_t space;         // bytes by which files may still grow; -1: no limit
    int64_t eio;           // 1: reads, 2: writes, 4: fsyncs fail
    int64_t fsync_ms;      // how long an fsync takes
    int64_t clock_s;       // added to the wall clock
    int64_t forget;        // 1: fsync answers at once and flushes nothing
    int64_t writes, fsyncs, failed, undone;
};

struct write_kept {
    struct write_kept* before;
    off_t at, size_before;
    size_t size, size_old; // of the bytes written; of those that were there
    unsigned char bytes[];  // written ones, then old ones
};
struct file {
    dev_t device;
    ino_t inode;
    int used, ours;
    char path[512];
    struct write_kept* newest;
    size_t kept;
};

static struct control* control;
static const char* folder;
static struct file files[kFiles];
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

#define REAL(name, type) \
    static type real; \
    if (!real) real = (type)dlsym(RTLD_NEXT, name)

typedef ssize_t (*pwrite_t)(int, const void*, size_t, off_t);
typedef ssize_t (*pread_t)(int, void*, size_t, off_t);
typedef int (*fd_t)(int);

static ssize_t real_pwrite(int fd, const void* data, size_t size, off_t at) {
    REAL("pwrite64", pwrite_t);
    return real(fd, data, size, at);
}
static ssize_t real_pread(int fd, void* data, size_t size, off_t at) {
    REAL("pread64", pread_t);
    return real(fd, data, size, at);
}
static int real_truncate(int fd, off_t size) {
    typedef int (*truncate_t)(int, off_t);
    REAL("ftruncate64", truncate_t);
    return real(fd, size);
}

__attribute__((constructor)) static void begin(void) {
    const char* name = getenv("CHAOS_CONTROL");
    folder = getenv("CHAOS_FOLDER");
    if (!name || !folder) return;
    const int fd = open(name, O_RDWR | O_CLOEXEC);
    if (fd < 0) return;
    void* mapped = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (mapped != MAP_FAILED) control = mapped;
}

// The record's file behind a descriptor; NULL for any other. Under the mutex.
static struct file* file_of(int fd) {
    struct stat st;
    if (!control || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) return NULL;
    struct file* free_one = NULL;
    for (int i = 0; i < kFiles; ++i) {
        struct file* f = &files[i];
        if (f->used && f->device == st.st_dev && f->inode == st.st_ino) return f->ours ? f : NULL;
        if (!f->used && !free_one) free_one = f;
    }
    char link[64], path[512];
    strcpy(link, "/proc/self/fd/");
    char* end = link + strlen(link);
    char digits[16];
    int n = 0;
    for (int v = fd; n == 0 || v; v /= 10) digits[n++] = (char)('0' + v % 10);
    while (n) *end++ = digits[--n];
    *end = 0;
    const ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0 || !free_one) return NULL;
    path[length] = 0;
    const char* name = strstr(path, "/viz-api.db");
    *free_one = (struct file){.device = st.st_dev, .inode = st.st_ino, .used = 1};
    strcpy(free_one->path, path);
    free_one->ours = strncmp(path, folder, strlen(folder)) == 0 && name && !strstr(name, "-shm");
    return free_one->ours ? free_one : NULL;
}

static void forget(struct file* f) {
    while (f->newest) {
        struct write_kept* w = f->newest;
        f->newest = w->before;
        free(w);
    }
    f->kept = 0;
}

static uint64_t chance(void) { // xorshift: the same for the same seed
    static uint64_t state;
    if (!state) state = (uint64_t)control->seed * 2654435761u + 88172645463325252u;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state >> 11;
}

static void write_again(int fd, const struct write_kept* w) {
    for (size_t at = 0; at < w->size;) {
        const size_t rest = kSector - (size_t)(w->at + (off_t)at) % kSector;
        const size_t size = rest < w->size - at ? rest : w->size - at;
        if (chance() % 100 < (uint64_t)control->keep_percent) real_pwrite(fd, w->bytes + at, size, w->at + (off_t)at);
        at += size;
    }
}

static void cut(void) {
    for (int i = 0; i < kFiles; ++i) {
        struct file* f = &files[i];
        const int fd = f->newest ? open(f->path, O_RDWR) : -1;
        if (fd < 0) continue;
        struct write_kept* oldest = NULL;
        while (f->newest) {
            struct write_kept* w = f->newest;
            f->newest = w->before;
            if (w->size_old) real_pwrite(fd, w->bytes + w->size, w->size_old, w->at);
            real_truncate(fd, w->size_before);
            control->undone += 1;
            w->before = oldest;
            oldest = w;
        }
        for (; oldest; oldest = oldest->before) write_again(fd, oldest);
    }
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

static void count(int64_t* counter) {
    *counter += 1;
    if (control->cut_after == 0) cut();
    if (control->cut_after > 0) control->cut_after -= 1;
}

static int refuse(int error) {
    control->failed += 1;
    errno = error;
    return -1;
}

static void keep(struct file* f, int fd, const void* data, size_t size, off_t at, off_t size_before) {
    const off_t there = at < size_before ? size_before - at : 0;
    // A truncation (no data) keeps all that it takes away.
    size_t old = data ? (there < (off_t)size ? (size_t)there : size) : (size_t)there;
    if (f->kept + size + old > kMostKept) forget(f); // the kernel writes back some day
    struct write_kept* w = malloc(sizeof *w + size + old);
    if (!w) return;
    *w = (struct write_kept){.before = f->newest, .at = at, .size_before = size_before, .size = size, .size_old = old};
    if (size) memcpy(w->bytes, data, size);
    if (old && real_pread(fd, w->bytes + size, old, at) != (ssize_t)old) w->size_old = 0;
    f->newest = w;
    f->kept += size + old;
}

static ssize_t write_at(int fd, const void* data, size_t size, off_t at) {
    pthread_mutex_lock(&mutex);
    struct file* f = file_of(fd);
    ssize_t done = 0;
    if (f) {
        struct stat st;
        fstat(fd, &st);
        const int64_t growth = at + (off_t)size - st.st_size;
        if (control->eio & 2) {
            done = refuse(EIO);
        } else if (control->space >= 0 && growth > control->space) {
            done = refuse(ENOSPC);
        } else {
            if (control->space >= 0 && growth > 0) control->space -= growth;
            keep(f, fd, data, size, at, st.st_size);
            count(&control->writes);
        }
    }
    if (done == 0) done = real_pwrite(fd, data, size, at);
    pthread_mutex_unlock(&mutex);
    return done;
}

static int flush(int fd, const char* name) {
    if (control && control->fsync_ms > 0) usleep((useconds_t)control->fsync_ms * 1000);
    pthread_mutex_lock(&mutex);
    struct file* f = file_of(fd);
    int done = 0;
    if (f && control->eio & 4) done = refuse(EIO);
    if (f && done == 0) {
        count(&control->fsyncs);
        if (!control->forget) forget(f);
    }
    pthread_mutex_unlock(&mutex);
    // The disk of the machine is not under test: what survives is decided above.
    return f ? done : ((fd_t)dlsym(RTLD_NEXT, name))(fd);
}

ssize_t pwrite(int fd, const void* data, size_t size, off_t at) { return write_at(fd, data, size, at); }
ssize_t pwrite64(int fd, const void* data, size_t size, off64_t at) { return write_at(fd, data, size, at); }
int fsync(int fd) { return flush(fd, "fsync"); }
int fdatasync(int fd) { return flush(fd, "fdatasync"); }

ssize_t write(int fd, const void* data, size_t size) {
    typedef ssize_t (*write_t)(int, const void*, size_t);
    REAL("write", write_t);
    if (!control) return real(fd, data, size);
    pthread_mutex_lock(&mutex);
    const int ours = file_of(fd) != NULL;
    pthread_mutex_unlock(&mutex);
    const off_t at = ours ? lseek(fd, 0, (fcntl(fd, F_GETFL) & O_APPEND) ? SEEK_END : SEEK_CUR) : -1;
    if (at < 0) return real(fd, data, size);
    const ssize_t done = write_at(fd, data, size, at);
    if (done > 0) lseek(fd, at + done, SEEK_SET);
    return done;
}

static ssize_t read_at(int fd, void* data, size_t size, off_t at) {
    if (control && control->eio & 1) {
        pthread_mutex_lock(&mutex);
        const int ours = file_of(fd) != NULL;
        pthread_mutex_unlock(&mutex);
        if (ours) return refuse(EIO);
    }
    return real_pread(fd, data, size, at);
}
ssize_t pread(int fd, void* data, size_t size, off_t at) { return read_at(fd, data, size, at); }
ssize_t pread64(int fd, void* data, size_t size, off64_t at) { return read_at(fd, data, size, at); }

static int truncate_to(int fd, off_t size) {
    pthread_mutex_lock(&mutex);
    struct file* f = file_of(fd);
    int done = 0;
    if (f) {
        struct stat st;
        fstat(fd, &st);
        if (control->eio & 2) done = refuse(EIO);
        if (done == 0) keep(f, fd, NULL, 0, size < st.st_size ? size : st.st_size, st.st_size);
        if (done == 0) count(&control->writes);
    }
    if (done == 0) done = real_truncate(fd, size);
    pthread_mutex_unlock(&mutex);
    return done;
}
int ftruncate(int fd, off_t size) { return truncate_to(fd, size); }
int ftruncate64(int fd, off64_t size) { return truncate_to(fd, size); }

int unlink(const char* path) {
    typedef int (*unlink_t)(const char*);
    REAL("unlink", unlink_t);
    pthread_mutex_lock(&mutex);
    for (int i = 0; i < kFiles; ++i)
        if (files[i].used && strcmp(files[i].path, path) == 0) {
            forget(&files[i]);
            files[i].used = 0;
        }
    pthread_mutex_unlock(&mutex);
    return real(path);
}

int clock_gettime(clockid_t clock, struct timespec* now) {
    typedef int (*clock_t_)(clockid_t, struct timespec*);
    REAL("clock_gettime", clock_t_);
    const int done = real(clock, now);
    if (control && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += control->clock_s;
    return done;
}
int gettimeofday(struct timeval* restrict now, void* restrict zone) {
    struct timespec exact;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &exact);
    now->tv_sec = exact.tv_sec;
    now->tv_usec = exact.tv_nsec / 1000;
    return 0;
}
time_t time(time_t* out) {
    struct timespec exact;
    clock_gettime(CLOCK_REALTIME, &exact);
    if (out) *out = exact.tv_sec;
    return exact.tv_sec;
}
