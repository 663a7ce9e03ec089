/* What both native peers share: they do one thing to one document, as often as they are told on standard input, and
 * answer on standard output. Commands, one a line:
 *
 *   run N         does it N times; answers with the nanoseconds of CPU that took
 *   peak          does it once; answers with the bytes by which the resident size rose above what it was before
 *   allocations   does it once; answers with the number of allocations and the bytes allocated
 *   text          answers with the length of what was written last, a line feed, and the text itself
 *
 * A peer fills in `peer_prepare`, `peer_run` and `peer_text`, and ends with `fail` where something goes wrong. */
#ifndef OXWS_PEERS_DRIVER_H
#define OXWS_PEERS_DRIVER_H

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Gets ready for what NAME says, to the document of that kind with this text; NUL follows the text. */
static void peer_prepare(const char *name, const char *document, const char *text, size_t length);
/* Does it once and frees what it made. */
static void peer_run(void);
/* What was written last, or NULL. */
static const char *peer_text(size_t *length);

static void fail(const char *what) {
    fprintf(stderr, "error: %s\n", what);
    exit(2);
}

/* Counting allocations costs time, so it has a program of its own. */
#ifdef COUNT_ALLOCATIONS
static unsigned long long allocations, allocated;

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);

void *malloc(size_t size) {
    allocations++;
    allocated += size;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    allocations++;
    allocated += count * size;
    return __libc_calloc(count, size);
}

/* A block that grows counts with what it grows by, as in the allocator that counts for the peers in Rust. */
extern size_t malloc_usable_size(void *);
void *realloc(void *block, size_t size) {
    size_t before = block ? malloc_usable_size(block) : 0;
    allocations++;
    allocated += size > before ? size - before : 0;
    return __libc_realloc(block, size);
}
#else
static const unsigned long long allocations = 0, allocated = 0;
#endif

/* The most that has been resident, in kilobytes. */
static long peak_resident(void) {
    char line[256];
    long kilobytes = 0;
    FILE *status = fopen("/proc/self/status", "r");
    if (!status)
        return 0;
    while (fgets(line, sizeof line, status))
        if (sscanf(line, "VmHWM: %ld", &kilobytes) == 1)
            break;
    fclose(status);
    return kilobytes;
}

/* Makes what is resident now the most that has been. */
static void forget_peak(void) {
    FILE *file = fopen("/proc/self/clear_refs", "w");
    if (file) {
        fputs("5", file);
        fclose(file);
    }
}

static char *contents(const char *path, size_t *length) {
    FILE *file = fopen(path, "rb");
    long end;
    char *text;
    if (!file || fseek(file, 0, SEEK_END) || (end = ftell(file)) < 0 || fseek(file, 0, SEEK_SET))
        fail("cannot read the document");
    *length = (size_t)end;
    text = malloc(*length + 1);
    if (!text || fread(text, 1, *length, file) != *length)
        fail("cannot read the document");
    text[*length] = 0;
    fclose(file);
    return text;
}

static long long cpu_nanoseconds(void) {
    struct timespec now;
    if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now))
        fail("there is no clock of CPU time");
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

int main(int count, char **arguments) {
    char line[64], *document;
    size_t length;
    if (count != 4)
        fail("usage: PROGRAM CASE DOCUMENT FILE");
    document = contents(arguments[3], &length);
    peer_prepare(arguments[1], arguments[2], document, length);
    while (fgets(line, sizeof line, stdin)) {
        unsigned long times;
        if (sscanf(line, "run %lu", &times) == 1) {
            long long begin = cpu_nanoseconds();
            while (times--)
                peer_run();
            printf("%lld\n", cpu_nanoseconds() - begin);
        } else if (!strncmp(line, "peak", 4)) {
            long resident;
            forget_peak();
            resident = peak_resident();
            peer_run();
            printf("%ld\n", (peak_resident() - resident) * 1024);
        } else if (!strncmp(line, "allocations", 11)) {
            unsigned long long many = allocations, bytes = allocated;
            peer_run();
            printf("%llu %llu\n", allocations - many, allocated - bytes);
        } else if (!strncmp(line, "text", 4)) {
            size_t size = 0;
            const char *text = peer_text(&size);
            printf("%zu\n", text ? size : 0);
            if (text)
                fwrite(text, 1, size, stdout);
        } else {
            fail("no such command");
        }
        fflush(stdout);
    }
    return 0;
}

#endif
