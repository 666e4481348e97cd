// SPDX-License-Identifier: MIT
//
// The seam between the outbox and the outside. submit() takes a job and returns at once; the transfer runs on the
// connector's own thread (or at once, for files). At the last moment at which nothing has been sent yet the connector
// asks `Gate::ready(id)` — after SMTP's 354, before an HTTP request's first byte — and waits until the outbox, having
// committed T2 on its own thread, calls release(id, go or not). Afterwards exactly one Done arrives per job. A done()
// may also follow ready() before release() (the wait was too long, close() or stop()): nothing was sent then, and
// release() is void. Threads: submit, release, close, stop are called by the loop thread; Gate is called by the
// connector's thread and must only queue and wake. Nothing throws across this border: remote trouble is an Outcome.
#pragma once

#include "connectors/message.hpp"
#include "connectors/outcome.hpp"

#include <cstdint>
#include <string>

namespace nurture::connectors {

using JobId = std::uint64_t;  // the attempt, unique within one process

struct Job {
    JobId id = 0;
    Channel channel = Channel::email;
    EmailMessage email;     // channel == email
    SmsMessage sms;         // channel == sms
    std::string file_stem;  // a name for file connectors, stable and without personal data
};

/// Implemented by the outbox. Called from connector threads (or inside submit() for file connectors).
class Gate {
public:
    virtual ~Gate() = default;
    virtual void ready(JobId id) = 0;                  // "nothing sent so far; may I?"
    virtual void done(JobId id, Outcome outcome) = 0;  // exactly once per job, after which id is forgotten
};

class Connector {
public:
    virtual ~Connector() = default;
    /// How many jobs may be under way at once; the outbox never submits more.
    virtual int capacity() const = 0;
    virtual void submit(Job job) = 0;
    /// The outbox's answer to ready(): true after T2 is committed. False: abort, then done(refused).
    virtual void release(JobId id, bool go) = 0;
    /// No job comes any more: finish what is released, abort what is not. Returns at once, as a relay may take minutes
    /// for its last answer; done() follows for every job. The destructor waits for nothing once they are all done.
    virtual void close() { stop(); }
    /// As close(), and waits until it is over. No Gate call afterwards.
    virtual void stop() = 0;
    /// "smtp://relay:25", "file:outbox" — for logs; no credentials.
    virtual std::string name() const = 0;
    /// Of the relay that this job has gone to, from ready() until its done().
    virtual std::string name_of(JobId) const { return name(); }
};

}  // namespace nurture::connectors
