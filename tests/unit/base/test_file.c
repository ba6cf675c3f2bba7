#include "support/check.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

static void check_content(const char *path, const char *want)
{
    unsigned char *bytes = NULL;
    size_t n = 0;

    CHECK_OK(ora_file_read_all(&bytes, &n, path, 1 << 20));
    CHECK_I64(n, strlen(want));
    CHECK_TEXT((char *)bytes, want);
    free(bytes);
}

static size_t count_entries(const char *folder)
{
    char **names = NULL;
    size_t n = 0;

    CHECK_OK(ora_folder_list(&names, &n, folder));
    ora_names_free(names, n);
    return n;
}

/* An empty folder of its own for the running case. */
static const char *fresh_folder(const char *name)
{
    const char *path = test_path(name);

    CHECK_OK(ora_folder_make(path));
    CHECK_I64(count_entries(path), 0);
    return path;
}

static char *inside(const char *folder, const char *name)
{
    static char paths[8][4096];
    static int next;
    char *out = paths[next++ % 8];

    (void)snprintf(out, sizeof paths[0], "%s/%s", folder, name);
    return out;
}

TEST(file, reads_what_was_written_and_puts_a_zero_behind_it)
{
    const char *path = test_path("a.txt");

    CHECK_OK(ora_file_write_all(path, "hello", 5));
    check_content(path, "hello");
    CHECK_OK(ora_file_write_all(path, "", 0));
    check_content(path, "");
}

TEST(file, what_is_no_readable_file_is_refused_by_name)
{
    unsigned char *bytes = NULL;
    size_t n = 0;
    const char *pipe_path = test_path("pipe");

    CHECK_STATUS(ora_file_read_all(&bytes, &n, test_path("missing"), 10), ORATOR_E_IO);
    CHECK_ERROR_HAS("missing': No such file");
    CHECK_STATUS(ora_file_read_all(&bytes, &n, test_folder(), 10), ORATOR_E_IO);
    CHECK_ERROR_HAS("not a regular file");
    CHECK(mkfifo(pipe_path, 0600) == 0);
    CHECK_STATUS(ora_file_read_all(&bytes, &n, pipe_path, 10), ORATOR_E_IO); /* must not wait */
    CHECK_STATUS(ora_file_read_all(&bytes, &n, "/dev/zero", 10), ORATOR_E_IO);
    test_write(test_path("long"), "0123456789", 10);
    CHECK_STATUS(ora_file_read_all(&bytes, &n, test_path("long"), 9), ORATOR_E_FORMAT);
    CHECK_ERROR_HAS("10 bytes, want at most 9");
    CHECK(bytes == NULL && n == 0);
}

TEST(file, the_final_name_appears_at_commit_and_not_before)
{
    const char *folder = fresh_folder("commit");
    const char *path = inside(folder, "x.bin");
    ora_file_writer *w = NULL;

    CHECK_OK(ora_file_writer_open(&w, path));
    CHECK_OK(ora_file_writer_put(w, "....world", 9));
    CHECK_OK(ora_file_writer_patch(w, 0, "the ", 4));
    CHECK_OK(ora_file_writer_put(w, "!", 1));
    CHECK(!ora_file_exists(path));
    CHECK_OK(ora_file_writer_commit(&w));
    CHECK(w == NULL);
    check_content(path, "the world!");
    CHECK_I64(count_entries(folder), 1);
    ora_file_writer_close(&w);

    CHECK_OK(ora_file_writer_open(&w, path));
    CHECK_OK(ora_file_writer_put(w, "other", 5));
    ora_file_writer_close(&w);
    check_content(path, "the world!");
    CHECK_I64(count_entries(folder), 1);
}

TEST(file, a_writer_killed_in_the_middle_leaves_no_final_file)
{
    const char *folder = fresh_folder("killed");
    const char *fresh = inside(folder, "new.bin");
    const char *old = inside(folder, "old.bin");
    int status = 0;
    pid_t pid;

    test_write(old, "before", 6);
    pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        static char block[1 << 20];
        ora_file_writer *a = NULL;
        ora_file_writer *b = NULL;

        if (ora_file_writer_open(&a, fresh) == ORATOR_OK &&
            ora_file_writer_open(&b, old) == ORATOR_OK &&
            ora_file_writer_put(a, block, sizeof block) == ORATOR_OK &&
            ora_file_writer_put(b, block, sizeof block) == ORATOR_OK)
            (void)raise(SIGKILL);
        _exit(1);
    }
    CHECK(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status));
    CHECK(!ora_file_exists(fresh));
    check_content(old, "before");
    CHECK_I64(count_entries(folder), 3); /* the old file and two temporary ones */
    CHECK_OK(ora_folder_sweep(folder));
    CHECK_I64(count_entries(folder), 1);
    check_content(old, "before");
}

static void make_old(const char *path)
{
    const struct timespec times[2] = {{1000000000, 0}, {1000000000, 0}};

    test_write(path, "x", 1);
    CHECK(utimensat(AT_FDCWD, path, times, 0) == 0);
}

TEST(file, sweep_removes_abandoned_temporary_files_only)
{
    const char *folder = fresh_folder("sweep");
    const char *const kept[] = {".notes.tmp-old", "a.tmp-00000000-1-1.bin", ".tmp-",
                                ".a.tmp-0-0-0",   ".a.tmp-00000000-1-1x",   "movie.mp4"};
    ora_file_writer *live = NULL;

    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        make_old(inside(folder, kept[i]));
    test_write(inside(folder, ".a.tmp-00000000-999999-1.bin"), "x", 1); /* fresh, another host */
    CHECK_OK(ora_file_writer_open(&live, inside(folder, "live.bin")));
    make_old(inside(folder, ".b.tmp-00000000-999999-1.bin"));
    make_old(inside(folder, ".c.tmp-d.tmp-00000000-1-7"));
    CHECK_I64(count_entries(folder), 10);
    CHECK_OK(ora_folder_sweep(folder));
    CHECK_I64(count_entries(folder), 8);
    CHECK_OK(ora_file_writer_commit(&live));
    CHECK_STATUS(ora_folder_sweep(test_path("no_folder")), ORATOR_E_IO);
}

TEST(file, temporary_names_left_by_a_namesake_process_are_stepped_over)
{
    const char *folder = fresh_folder("namesake");
    const char *path = inside(folder, "x.bin");
    char *name = ora_file_temp_name(path);
    char *mark = name ? strrchr(name, '-') : NULL;
    unsigned long count;

    CHECK(mark != NULL);
    count = strtoul(mark + 1, NULL, 10);
    for (unsigned long i = 1; i <= 20; i++) {
        char *taken = ora_text_format("%.*s-%lu.bin", (int)(mark - name), name, count + i);
        FILE *f = fopen(taken, "wb");

        CHECK(f && fclose(f) == 0);
        free(taken);
    }
    CHECK_OK(ora_file_write_all(path, "new", 3));
    check_content(path, "new");
    free(name);
}

TEST(file, temporary_names_keep_folder_and_extension_and_fit)
{
    char long_name[256];
    char *name = ora_file_temp_name("out/clip.final.mov");

    CHECK(strncmp(name, "out/.clip.final.tmp-", 20) == 0);
    CHECK_TEXT(ora_path_extension(name), ".mov");
    free(name);
    memset(long_name, 'n', 255);
    long_name[255] = 0;
    CHECK_OK(ora_file_write_all(test_path(long_name), "x", 1));
    memcpy(long_name + 10, ".", 1);
    CHECK_OK(ora_file_write_all(test_path(long_name), "x", 1));
}

TEST(file, places_that_cannot_be_written_are_named)
{
    const char *folder = fresh_folder("closed");
    const char *path = inside(folder, "x");

    CHECK_STATUS(ora_file_write_all(test_path("none/x.bin"), "x", 1), ORATOR_E_WRITE);
    CHECK_ERROR_HAS("none/x.bin': No such file");
    CHECK_STATUS(ora_file_write_all("/proc/orator.bin", "x", 1), ORATOR_E_WRITE);
    CHECK_STATUS(ora_file_write_all("/dev/null", "x", 1), ORATOR_E_WRITE);
    CHECK_ERROR_HAS("not a regular file");
    CHECK_STATUS(ora_file_write_all(folder, "x", 1), ORATOR_E_WRITE);
    CHECK_STATUS(ora_file_write_all("", "x", 1), ORATOR_E_WRITE);
    if (geteuid() == 0)
        return; /* root may write everywhere */
    CHECK(chmod(folder, 0555) == 0);
    CHECK_STATUS(ora_file_write_all(path, "x", 1), ORATOR_E_WRITE);
    CHECK_ERROR_HAS("Permission denied");
    CHECK(chmod(folder, 0755) == 0);
}

/* Writes 256 KiB where that does not fit: an error, no final file, no temporary file. */
static void check_does_not_fit(const char *folder, const char *cause)
{
    static char block[1 << 16];
    const char *path = inside(folder, "big.bin");
    ora_file_writer *w = NULL;
    orator_status st;

    CHECK_OK(ora_file_writer_open(&w, path));
    st = ora_file_writer_put(w, block, sizeof block);
    for (int i = 0; i < 3 && st == ORATOR_OK; i++)
        st = ora_file_writer_put(w, block, sizeof block);
    if (st == ORATOR_OK)
        st = ora_file_writer_commit(&w);
    CHECK_STATUS(st, ORATOR_E_WRITE);
    CHECK_ERROR_HAS("big.bin");
    CHECK_ERROR_HAS(cause);
    ora_file_writer_close(&w);
    CHECK(!ora_file_exists(path));
    CHECK_I64(count_entries(folder), 0);
    /* small enough for the buffer, so that only the flush of commit can notice */
    CHECK_OK(ora_file_writer_open(&w, path));
    CHECK_OK(ora_file_writer_put(w, block, 100));
    ora_file_writer_close(&w);
    CHECK_I64(count_entries(folder), 0);
}

TEST(file, a_full_disk_leaves_nothing_behind)
{
    const char *folder = fresh_folder("full");

    if (mount("tmpfs", folder, "tmpfs", 0, "size=128k") != 0)
        SKIP("cannot mount a tmpfs: %s", strerror(errno));
    check_does_not_fit(folder, "No space left");
    CHECK(umount(folder) == 0);
}

TEST(file, a_size_limit_leaves_nothing_behind)
{
    const char *folder = fresh_folder("limit");
    struct rlimit before;
    struct rlimit limit;

    CHECK(getrlimit(RLIMIT_FSIZE, &before) == 0);
    limit = before;
    limit.rlim_cur = 128 << 10;
    (void)signal(SIGXFSZ, SIG_IGN);
    CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    check_does_not_fit(folder, "File too large");
    CHECK(setrlimit(RLIMIT_FSIZE, &before) == 0);
    (void)signal(SIGXFSZ, SIG_DFL);
}

TEST(file, publish_renames_or_removes)
{
    const char *folder = fresh_folder("publish");
    const char *temp = inside(folder, "t");

    test_write(temp, "x", 1);
    CHECK_OK(ora_file_publish(temp, inside(folder, "final")));
    check_content(inside(folder, "final"), "x");
    test_write(temp, "y", 1);
    CHECK_STATUS(ora_file_publish(temp, inside(folder, "none/final")), ORATOR_E_WRITE);
    CHECK(!ora_file_exists(temp));
    CHECK_STATUS(ora_file_publish(temp, inside(folder, "final")), ORATOR_E_WRITE);
    test_write(temp, "z", 1);
    CHECK_STATUS(ora_file_publish(temp, "/dev/null"), ORATOR_E_WRITE);
    CHECK_I64(count_entries(folder), 1);
}

TEST(folder, is_made_with_its_parents)
{
    CHECK_OK(ora_folder_make(test_path("p/q//r/")));
    CHECK(ora_file_is_folder(test_path("p/q/r")));
    CHECK_OK(ora_folder_make(test_path("p/q/r")));
    CHECK_OK(ora_folder_make("/"));
    CHECK_STATUS(ora_folder_make(""), ORATOR_E_WRITE);
    test_write(test_path("p/file"), "x", 1);
    CHECK_STATUS(ora_folder_make(test_path("p/file/below")), ORATOR_E_WRITE);
    CHECK_ERROR_HAS("p/file'");
}

TEST(folder, is_listed_by_byte_value)
{
    const char *folder = fresh_folder("list");
    const char *const want[] = {".h", "10", "9", "B", "a", "\xc3\xa9"};
    char **names = NULL;
    size_t n = 0;

    for (int i = 5; i >= 0; i--)
        test_write(inside(folder, want[i]), "", 0);
    CHECK_OK(ora_folder_list(&names, &n, folder));
    CHECK_I64(n, 6);
    for (size_t i = 0; i < n; i++)
        CHECK_TEXT(names[i], want[i]);
    ora_names_free(names, n);
    CHECK_STATUS(ora_folder_list(&names, &n, inside(folder, "a")), ORATOR_E_IO);
    CHECK(names == NULL && n == 0);
}

TEST(folder, removal_takes_everything_inside_and_nothing_behind_links)
{
    const char *folder = fresh_folder("tree");
    const char *outside = fresh_folder("outside");

    test_write(inside(outside, "kept"), "x", 1);
    CHECK_OK(ora_folder_make(inside(folder, "a/b/c")));
    test_write(inside(folder, "a/b/f"), "x", 1);
    CHECK(symlink(outside, inside(folder, "a/link")) == 0);
    CHECK(symlink(folder, inside(outside, "to_tree")) == 0);
    CHECK_STATUS(ora_folder_remove(inside(outside, "to_tree")), ORATOR_E_WRITE);
    CHECK(ora_file_exists(inside(folder, "a/b/f")));
    CHECK_OK(ora_folder_remove(folder));
    CHECK(!ora_file_exists(folder));
    CHECK(ora_file_exists(inside(outside, "kept")));
    CHECK_STATUS(ora_folder_remove(folder), ORATOR_E_WRITE);
}

static void check_owned(char *got, const char *want)
{
    CHECK_TEXT(got, want);
    free(got);
}

TEST(path, parts_of_a_path)
{
    CHECK_TEXT(ora_path_name("a/b.c"), "b.c");
    CHECK_TEXT(ora_path_name("a/"), "");
    CHECK_TEXT(ora_path_extension("a.b/c"), "");
    CHECK_TEXT(ora_path_extension("a/.hidden"), "");
    CHECK_TEXT(ora_path_extension("a/b.tar.gz"), ".gz");
    check_owned(ora_path_folder("a/b"), "a");
    check_owned(ora_path_folder("b"), ".");
    check_owned(ora_path_folder("/b"), "/");
    check_owned(ora_path_join("a", "b"), "a/b");
    check_owned(ora_path_join("a/", "b"), "a/b");
    check_owned(ora_path_join("", "b"), "b");
}

TEST(file, temporary_names_are_told_from_others)
{
    char *name = ora_file_temp_name("out/clip.mp4");

    CHECK(ora_file_name_is_temp(ora_path_name(name)));
    CHECK(!ora_file_name_is_temp("clip.mp4"));
    CHECK(!ora_file_name_is_temp(".notes.tmp-old"));
    CHECK(!ora_file_name_is_temp(".a.tmp-0-0-0"));
    free(name);
}
