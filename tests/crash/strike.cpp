// SPDX-License-Identifier: MIT
//
// strike N REPORT PROGRAM ARGUMENT…: runs a program and kills it, all its threads at once, when it is about to make its
// Nth system call; that call is not made any more. N counts over all threads, in the order in which the calls come.
// strike N=ERRNO …: nobody is killed, but from the Nth call on that changes a database file every one of them fails
// with that error; only such calls are counted. N = 0: they are only counted. +N: the count begins at a SIGUSR1 instead
// of at the start. SIGTERM, SIGHUP and SIGINT are passed on. At the end one line in the file REPORT: the calls that
// were counted, the number of the first one that was struck (-1: none was), and the exit code (negative: the signal).
//
// Why not strace: its `when=` counts for each thread, and it stops twice per call. A seccomp filter stops once.
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <initializer_list>

namespace {

volatile pid_t child = 0;
volatile sig_atomic_t counting = 0;

void pass_on(int signal) { ::kill(child, signal); }
void begin_count(int) { counting = 1; }

/// In the child: every system call from here on stops and waits for the parent's word.
[[noreturn]] void become(char** command) {
    sock_filter every_call[] = {BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE)};
    const sock_fprog program{1, every_call};
    ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    ::raise(SIGSTOP);
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
    ::execvp(command[0], command);
    std::perror(command[0]);
    ::_exit(127);
}

struct Plan {
    long wanted;
    int error;  // 0: kill
    long calls = 0, struck = -1;
};

/// What SQLite writes with, and nothing else of ours: logs and sockets use other calls.
bool changes_database(long call) {
    return call == SYS_pwrite64 || call == SYS_fdatasync || call == SYS_fsync || call == SYS_ftruncate ||
           call == SYS_fallocate;
}

void before_call(pid_t thread, Plan& plan) {
    user_regs_struct registers{};
    ::ptrace(PTRACE_GETREGS, thread, nullptr, &registers);
    const auto call = static_cast<long>(registers.orig_rax);
    if (counting == 0 || (plan.error != 0 && !changes_database(call)))
        return;
    if (++plan.calls < plan.wanted || plan.wanted == 0)
        return;
    if (plan.struck < 0)
        plan.struck = call;
    if (plan.error == 0) {
        ::kill(child, SIGKILL);
        return;
    }
    registers.orig_rax = static_cast<unsigned long long>(-1);  // the kernel makes no call then, and keeps our result
    registers.rax = static_cast<unsigned long long>(-plan.error);
    ::ptrace(PTRACE_SETREGS, thread, nullptr, &registers);
}

/// One stop of one thread. Returns the signal that it goes on with.
int stopped(pid_t thread, int status, Plan& plan) {
    if (status >> 8 == (SIGTRAP | PTRACE_EVENT_SECCOMP << 8)) {
        before_call(thread, plan);
        return 0;
    }
    const int signal = WSTOPSIG(status);
    return status >> 16 != 0 || signal == SIGSTOP ? 0 : signal;  // another event, or the first stop of a new thread
}

int exit_code(int status) { return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status); }

/// Tracer and program take turns thousands of times, and on a busy machine each turn would wait for its slice. Shorter
/// slices, for both, come sooner and are no larger share. Kernels that know no slices refuse; nothing is lost.
void take_short_turns() {
    struct {
        std::uint32_t size, policy;
        std::uint64_t flags;
        std::int32_t nice;
        std::uint32_t priority;
        std::uint64_t runtime, deadline, period;
    } attributes{};
    attributes.size = sizeof attributes;
    attributes.nice = ::getpriority(PRIO_PROCESS, 0);
    attributes.runtime = 100'000;  // ns
    ::syscall(SYS_sched_setattr, 0, &attributes, 0);
}

void listen_for(int signal, void (*handler)(int)) {
    struct sigaction action {};
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    ::sigaction(signal, &action, nullptr);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) {
        std::fputs("Usage: strike N[=ERRNO] REPORT PROGRAM ARGUMENT...\n", stderr);
        return 2;
    }
    const char* error = std::strchr(argv[1], '=');
    Plan plan{std::atol(argv[1]), error != nullptr ? std::atoi(error + 1) : 0};
    counting = argv[1][0] != '+';
    take_short_turns();
    child = ::fork();
    if (child == 0)
        become(argv + 3);
    int status = 0;
    ::waitpid(child, &status, 0);
    ::ptrace(PTRACE_SETOPTIONS, child, nullptr,
             PTRACE_O_TRACESECCOMP | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
                 PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL);
    listen_for(SIGUSR1, begin_count);
    for (const int signal : {SIGTERM, SIGHUP, SIGINT})
        listen_for(signal, pass_on);
    ::ptrace(PTRACE_CONT, child, nullptr, 0);
    int end = 0;
    for (pid_t thread = 0; (thread = ::waitpid(-1, &status, __WALL)) > 0;) {
        if (WIFSTOPPED(status))
            ::ptrace(PTRACE_CONT, thread, nullptr, stopped(thread, status, plan));
        else if (thread == child)
            end = exit_code(status);
    }
    std::FILE* report = std::fopen(argv[2], "w");
    if (report == nullptr)
        return 1;
    std::fprintf(report, "%ld %ld %d\n", plan.calls, plan.struck, end);
    return std::fclose(report) == 0 ? 0 : 1;
}
