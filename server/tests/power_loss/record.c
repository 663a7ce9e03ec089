/* Records, in their order, all changes that a process makes to files below a directory: loaded into it before libc.
 *
 * RECORD_ROOT names the directory, RECORD_LOG the file to record in. A record is a letter (C created, W written,
 * T truncated, S synced, R removed, M moved), the name below the directory, an offset, and bytes; numbers are 64 bits
 * in the order of the machine. Each change is made and recorded under one lock, so that the order is the real one. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int recording = -1;
static char root[PATH_MAX];
static size_t root_length;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void begin(void) {
    const char *directory = getenv("RECORD_ROOT"), *file = getenv("RECORD_LOG");
    if (directory == NULL || file == NULL || realpath(directory, root) == NULL) return;
    root_length = strlen(root);
    recording = REAL(open)(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static void put(const void *bytes, size_t length) {
    const char *at = bytes;
    while (length > 0) {
        ssize_t done = REAL(write)(recording, at, length);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) abort();
        at += done;
        length -= (size_t)done;
    }
}

static void record(char kind, const char *name, uint64_t offset, const void *bytes, uint64_t length) {
    uint64_t name_length = strlen(name);
    int kept = errno;
    put(&kind, 1);
    put(&name_length, 8);
    put(name, name_length);
    put(&offset, 8);
    put(&length, 8);
    put(bytes, length);
    errno = kept;
}

/* The name of a path below the root: empty for the root itself, NULL for anything else. */
static const char *below(const char *path) {
    if (recording < 0 || strncmp(path, root, root_length) != 0) return NULL;
    if (path[root_length] == 0) return path + root_length;
    return path[root_length] == '/' ? path + root_length + 1 : NULL;
}

static const char *name_of(int file, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    if (recording < 0 || file == recording) return NULL;
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length < 0) return NULL;
    path[length] = 0;
    return below(path);
}

static ssize_t written(int file, const void *bytes, size_t length, off_t offset, int at) {
    char path[PATH_MAX];
    const char *name = name_of(file, path);
    if (name == NULL) {
        return at ? REAL(pwrite)(file, bytes, length, offset) : REAL(write)(file, bytes, length);
    }
    pthread_mutex_lock(&mutex);
    ssize_t done;
    if (at) {
        done = REAL(pwrite)(file, bytes, length, offset);
    } else {
        done = REAL(write)(file, bytes, length);
        offset = lseek(file, 0, SEEK_CUR) - (done > 0 ? done : 0);
    }
    if (done > 0) record('W', name, (uint64_t)offset, bytes, (uint64_t)done);
    pthread_mutex_unlock(&mutex);
    return done;
}

ssize_t write(int file, const void *bytes, size_t length) { return written(file, bytes, length, 0, 0); }
ssize_t pwrite(int file, const void *bytes, size_t length, off_t offset) {
    return written(file, bytes, length, offset, 1);
}
ssize_t pwrite64(int file, const void *bytes, size_t length, off64_t offset) {
    return written(file, bytes, length, (off_t)offset, 1);
}

static int truncated(int file, off_t length) {
    char path[PATH_MAX];
    const char *name = name_of(file, path);
    pthread_mutex_lock(&mutex);
    int done = REAL(ftruncate)(file, length);
    if (done == 0 && name != NULL) record('T', name, (uint64_t)length, "", 0);
    pthread_mutex_unlock(&mutex);
    return done;
}

int ftruncate(int file, off_t length) { return truncated(file, length); }
int ftruncate64(int file, off64_t length) { return truncated(file, (off_t)length); }

static int synced(int file, int (*sync)(int)) {
    char path[PATH_MAX];
    const char *name = name_of(file, path);
    pthread_mutex_lock(&mutex);
    int done = sync(file);
    if (done == 0 && name != NULL) record('S', name, 0, "", 0);
    pthread_mutex_unlock(&mutex);
    return done;
}

int fsync(int file) { return synced(file, REAL(fsync)); }
int fdatasync(int file) { return synced(file, REAL(fdatasync)); }

static int opened(int directory, const char *path, int flags, mode_t mode) {
    const char *name = (flags & (O_CREAT | O_TRUNC)) ? below(path) : NULL;
    if (name == NULL) return REAL(openat)(directory, path, flags, mode);
    pthread_mutex_lock(&mutex);
    struct stat status;
    int there = stat(path, &status) == 0;
    int file = REAL(openat)(directory, path, flags, mode);
    if (file >= 0 && !there) record('C', name, 0, "", 0);
    if (file >= 0 && there && (flags & O_TRUNC)) record('T', name, 0, "", 0);
    pthread_mutex_unlock(&mutex);
    return file;
}

#define MODE(flags)                                                                                                    \
    mode_t mode = 0;                                                                                                   \
    if (flags & O_CREAT) {                                                                                             \
        va_list more;                                                                                                  \
        va_start(more, flags);                                                                                         \
        mode = va_arg(more, mode_t);                                                                                   \
        va_end(more);                                                                                                  \
    }

int open(const char *path, int flags, ...) {
    MODE(flags)
    return opened(AT_FDCWD, path, flags, mode);
}
int open64(const char *path, int flags, ...) {
    MODE(flags)
    return opened(AT_FDCWD, path, flags, mode);
}
int openat(int directory, const char *path, int flags, ...) {
    MODE(flags)
    return opened(directory, path, flags, mode);
}
int openat64(int directory, const char *path, int flags, ...) {
    MODE(flags)
    return opened(directory, path, flags, mode);
}

int unlink(const char *path) {
    const char *name = below(path);
    pthread_mutex_lock(&mutex);
    int done = REAL(unlink)(path);
    if (done == 0 && name != NULL) record('R', name, 0, "", 0);
    pthread_mutex_unlock(&mutex);
    return done;
}

int rename(const char *from, const char *to) {
    const char *name = below(from), *new_name = below(to);
    pthread_mutex_lock(&mutex);
    int done = REAL(rename)(from, to);
    if (done == 0 && name != NULL && new_name != NULL) record('M', name, 0, new_name, strlen(new_name));
    pthread_mutex_unlock(&mutex);
    return done;
}
