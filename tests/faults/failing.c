/* Preloaded into a collector, fails those of its writes and fsyncs that the plan says. The plan is a file that the test maps
   too (failing.py), so that it can change while the collector runs. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct kind {
    int64_t calls;  /* so far */
    int64_t at;     /* the call that fails, once; 0: none */
    int64_t rate;   /* of a million others that fail too */
    int64_t failed; /* so far */
    int64_t error;  /* errno of a failure; 0: half is written, and that is said */
};
static struct { struct kind write, sync; } none, *plan = &none;

__attribute__((constructor)) static void map(void) {
    const char *name = getenv("FAILING_PLAN");
    int file = name ? open(name, O_RDWR | O_CLOEXEC) : -1;
    if (file < 0) return;
    void *mapped = mmap(0, sizeof *plan, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (mapped != MAP_FAILED) plan = mapped;
}

static int fails(struct kind *kind) {
    int64_t call = __atomic_add_fetch(&kind->calls, 1, __ATOMIC_SEQ_CST);
    if (call != kind->at && random() % 1000000 >= kind->rate) return 0;
    __atomic_add_fetch(&kind->failed, 1, __ATOMIC_SEQ_CST);
    errno = (int)kind->error;
    return 1;
}

#define WRITE(name, parameters, arguments, ours)                              \
    ssize_t name parameters {                                                 \
        static ssize_t(*real) parameters;                                     \
        if (!real) real = (ssize_t(*) parameters)dlsym(RTLD_NEXT, #name);     \
        if ((ours) && fails(&plan->write)) {                                  \
            if (plan->write.error || size < 2) return -1;                     \
            size /= 2;                                                        \
        }                                                                     \
        return real arguments;                                                \
    }

static int is_file(int file) { /* and no socket, no log */
    struct stat about;
    return file > 2 && fstat(file, &about) == 0 && S_ISREG(about.st_mode);
}

WRITE(pwrite, (int file, const void *bytes, size_t size, off_t place), (file, bytes, size, place), 1)
WRITE(pwrite64, (int file, const void *bytes, size_t size, off64_t place), (file, bytes, size, place), 1)
WRITE(write, (int file, const void *bytes, size_t size), (file, bytes, size), is_file(file))

#define SYNC(name)                                                            \
    int name(int file) {                                                      \
        static int (*real)(int);                                              \
        if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, #name);              \
        return fails(&plan->sync) ? -1 : real(file);                          \
    }

SYNC(fsync)
SYNC(fdatasync)
