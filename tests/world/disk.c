/* A disk under test, loaded before a process: every fsync takes DISK_FSYNC_MS; what is written to files under DISK_UNDER, cut off or made
 * durable is written down in DISK_LOG, in order, so that a loss of power at any moment can be played afterwards (disk.py).
 *
 * A record: op (W write, T truncate, S sync, U unlink), length of the name, offset, length of the data, name, data. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int log_fd = -2;

static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off64_t);
static int (*real_truncate)(int, off64_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_unlink)(const char *);

static void begin(void) {
    if (log_fd != -2) return;
    real_write = dlsym(RTLD_NEXT, "write");
    real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
    real_truncate = dlsym(RTLD_NEXT, "ftruncate64");
    real_fsync = dlsym(RTLD_NEXT, "fsync");
    real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
    real_unlink = dlsym(RTLD_NEXT, "unlink");
    const char *path = getenv("DISK_LOG");
    log_fd = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
}

/* The name of an open file below DISK_UNDER, relative to it; 0 for any other. */
static size_t name_of(int fd, char *name, size_t size) {
    const char *under = getenv("DISK_UNDER");
    char link[64];
    char path[4096];
    if (log_fd < 0 || !under) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    size_t prefix = strlen(under);
    if (length <= (ssize_t)prefix || strncmp(path, under, prefix) || path[prefix] != '/') return 0;
    path[length] = 0;
    char *gone = strstr(path, " (deleted)");
    if (gone) *gone = 0;
    if (strstr(path, "-shm")) return 0;
    return (size_t)snprintf(name, size, "%s", path + prefix + 1);
}

static void note(char op, int fd, uint64_t offset, const void *data, uint32_t length) {
    char name[1024];
    uint16_t named = (uint16_t)name_of(fd, name, sizeof name);
    if (!named) return;
    uint32_t held = data ? length : 0;
    size_t size = 1 + 2 + 8 + 4 + named + held;
    char *record = malloc(size), *at = record;
    *at++ = op;
    memcpy(at, &named, 2), at += 2;
    memcpy(at, &offset, 8), at += 8;
    memcpy(at, &held, 4), at += 4;
    memcpy(at, name, named), at += named;
    if (held) memcpy(at, data, held);
    real_write(log_fd, record, size);
    free(record);
}

int unlink(const char *path) {
    begin();
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    pthread_mutex_lock(&lock);
    int done = real_unlink(path);
    if (!done && fd >= 0) note('U', fd, 0, NULL, 0);
    pthread_mutex_unlock(&lock);
    if (fd >= 0) close(fd);
    return done;
}

static void wait_for_the_disk(void) {
    const char *ms = getenv("DISK_FSYNC_MS");
    if (ms) usleep((useconds_t)atoi(ms) * 1000);
}

ssize_t write(int fd, const void *data, size_t length) {
    pthread_mutex_lock(&lock);
    begin();
    ssize_t done = real_write(fd, data, length);
    if (done > 0 && log_fd >= 0) {
        off64_t end = lseek64(fd, 0, SEEK_CUR);
        if (end >= done) note('W', fd, (uint64_t)(end - done), data, (uint32_t)done);
    }
    pthread_mutex_unlock(&lock);
    return done;
}

ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset) {
    pthread_mutex_lock(&lock);
    begin();
    ssize_t done = real_pwrite(fd, data, length, offset);
    if (done > 0) note('W', fd, (uint64_t)offset, data, (uint32_t)done);
    pthread_mutex_unlock(&lock);
    return done;
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) { return pwrite64(fd, data, length, offset); }

int ftruncate64(int fd, off64_t length) {
    pthread_mutex_lock(&lock);
    begin();
    int done = real_truncate(fd, length);
    if (!done) note('T', fd, (uint64_t)length, NULL, 0);
    pthread_mutex_unlock(&lock);
    return done;
}

int ftruncate(int fd, off_t length) { return ftruncate64(fd, length); }

static int synced(int fd, int (**real)(int)) {
    begin();
    wait_for_the_disk();
    pthread_mutex_lock(&lock);
    int done = (*real)(fd);
    if (!done) note('S', fd, 0, NULL, 0);
    pthread_mutex_unlock(&lock);
    return done;
}

int fsync(int fd) { return synced(fd, &real_fsync); }

int fdatasync(int fd) { return synced(fd, &real_fdatasync); }
