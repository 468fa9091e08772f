/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
# define WITH_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
# if __has_feature(address_sanitizer)
#  define WITH_ADDRESS_SANITIZER 1
# endif
#endif

/* ---- files: Landlock ---- */

/* Fonts, their configuration and caches, the CMaps of poppler-data, magic; nothing else. */
static const char *const readable[] = {
	"/usr/share/fonts",
	"/usr/local/share/fonts",
	"/usr/share/poppler",
	"/usr/share/fontconfig",
	"/etc/fonts",
	"/var/cache/fontconfig",
	"/usr/share/ghostscript/fonts",
	"/usr/share/misc/magic.mgc",
	"/usr/lib/file",
	"/usr/share/file",
};

/* Rights by the Landlock ABI that brought them. The header of Debian 12 ends with ABI 2, so the
 * numbers of the later ones stand here (kernel documentation, userspace-api/landlock.rst). */
enum {
	ABI_FIRST_RIGHTS = 13,       /* ABI 1: the bits 0 to 12 */
	ABI_REFER_BIT = 13,          /* ABI 2 */
	ABI_TRUNCATE_BIT = 14,       /* ABI 3 */
	ABI_IOCTL_BIT = 15,          /* ABI 5 */
	ABI_TCP_RIGHTS = 3,          /* ABI 4: bind, connect */
	ABI_SCOPES = 3               /* ABI 6: abstract sockets, signals */
};

struct ruleset {
	uint64_t files;
	uint64_t network;
	uint64_t scoped;
};

static size_t ruleset_for(struct ruleset *rules, int abi)
{
	*rules = (struct ruleset){ .files = (UINT64_C(1) << ABI_FIRST_RIGHTS) - 1 };
	if (abi >= 2)
		rules->files |= UINT64_C(1) << ABI_REFER_BIT;
	if (abi >= 3)
		rules->files |= UINT64_C(1) << ABI_TRUNCATE_BIT;
	if (abi >= 5)
		rules->files |= UINT64_C(1) << ABI_IOCTL_BIT;
	if (abi >= 4)
		rules->network = ABI_TCP_RIGHTS;
	if (abi >= 6)
		rules->scoped = ABI_SCOPES;
	return abi >= 6 ? sizeof(*rules) : abi >= 4 ? offsetof(struct ruleset, scoped) :
						      offsetof(struct ruleset, network);
}

static bool allow_reading(int ruleset, const char *path)
{
	struct landlock_path_beneath_attr rule = { .allowed_access = LANDLOCK_ACCESS_FS_READ_FILE };
	struct stat info;
	bool done;

	rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
	if (rule.parent_fd < 0)
		return true; /* not on this system */
	if (fstat(rule.parent_fd, &info) == 0 && S_ISDIR(info.st_mode))
		rule.allowed_access |= LANDLOCK_ACCESS_FS_READ_DIR;
	done = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
	close(rule.parent_fd);
	return done;
}

static bool restrict_files(int abi)
{
	struct ruleset rules;
	size_t size = ruleset_for(&rules, abi);
	long ruleset = syscall(SYS_landlock_create_ruleset, &rules, size, 0);
	bool done = ruleset >= 0;

	for (size_t i = 0; done && i < sizeof(readable) / sizeof(*readable); i++)
		done = allow_reading((int)ruleset, readable[i]);
	done = done && syscall(SYS_landlock_restrict_self, (int)ruleset, 0) == 0;
	if (ruleset >= 0)
		close((int)ruleset);
	return done;
}

int sandbox_files(bool landlock)
{
	long abi;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return -1;
	abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	if (abi < 1 || !landlock)
		return 0;
	return restrict_files((int)abi) ? (int)abi : -1;
}

/* ---- system calls: an allow-list; everything else answers EPERM ---- */

static const int allowed[] = {
	SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(pread64), SCMP_SYS(write), SCMP_SYS(writev),
	SCMP_SYS(close), SCMP_SYS(lseek), SCMP_SYS(fstat), SCMP_SYS(stat), SCMP_SYS(lstat),
	SCMP_SYS(newfstatat), SCMP_SYS(statx), SCMP_SYS(statfs), SCMP_SYS(fstatfs),
	SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(readlink),
	SCMP_SYS(readlinkat), SCMP_SYS(getdents64), SCMP_SYS(fcntl), SCMP_SYS(fadvise64),
	SCMP_SYS(getcwd), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(brk),
	SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),
	SCMP_SYS(sigaltstack), SCMP_SYS(restart_syscall), SCMP_SYS(futex),
	SCMP_SYS(set_robust_list), SCMP_SYS(rseq), SCMP_SYS(clock_gettime),
	SCMP_SYS(clock_getres), SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(getrandom),
	SCMP_SYS(getpid), SCMP_SYS(getppid), SCMP_SYS(gettid), SCMP_SYS(getuid),
	SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getegid), SCMP_SYS(getrusage),
	SCMP_SYS(getrlimit), SCMP_SYS(uname), SCMP_SYS(sysinfo), SCMP_SYS(sched_yield),
	SCMP_SYS(sched_getaffinity), SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(exit),
	SCMP_SYS(exit_group),
};

/* A call that the architecture lacks needs no rule. */
static bool rule_done(int result)
{
	return result == 0 || result == -EDOM || result == -EINVAL;
}

/* Reading is allowed where Landlock says which files; without Landlock no file is opened. */
static bool allow_open(scmp_filter_ctx filter)
{
	const scmp_datum_t writing = O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND;

	return rule_done(seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(open), 1,
					  SCMP_A1(SCMP_CMP_MASKED_EQ, writing, 0))) &&
	       rule_done(seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1,
					  SCMP_A2(SCMP_CMP_MASKED_EQ, writing, 0)));
}

/* No new code, no limits of others, no signals but to ourselves (abort). */
static bool allow_partly(scmp_filter_ctx filter)
{
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
				SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0 &&
	       seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
				SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0 &&
	       seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 2,
				SCMP_A0(SCMP_CMP_EQ, 0), SCMP_A2(SCMP_CMP_EQ, 0)) == 0 &&
	       seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
				SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid())) == 0;
}

static bool filter_calls(bool may_open)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	bool done = filter != NULL;

	for (size_t i = 0; done && i < sizeof(allowed) / sizeof(*allowed); i++)
		done = rule_done(seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0));
	done = done && allow_partly(filter) && (!may_open || allow_open(filter)) &&
	       seccomp_load(filter) == 0;
	if (filter)
		seccomp_release(filter);
	return done;
}

/* ---- resources ---- */

static bool limit(__rlimit_resource_t what, rlim_t most)
{
	struct rlimit both = { most, most };

	return setrlimit(what, &both) == 0;
}

static bool limit_resources(uint32_t milliseconds, uint32_t megabytes)
{
	bool done = limit(RLIMIT_CPU, milliseconds / 1000 + 2) && limit(RLIMIT_FSIZE, 0) &&
		    limit(RLIMIT_NOFILE, 32) && limit(RLIMIT_CORE, 0);

#ifdef WITH_ADDRESS_SANITIZER
	(void)megabytes; /* its shadow alone takes terabytes of address space */
	return done;
#else
	return done && limit(RLIMIT_AS, (rlim_t)megabytes << 20);
#endif
}

bool sandbox_enter(int landlock, uint32_t milliseconds, uint32_t megabytes)
{
	return limit_resources(milliseconds, megabytes) && filter_calls(landlock > 0);
}
