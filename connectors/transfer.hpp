// SPDX-License-Identifier: MIT
//
// A Connector made of threads that carry one job each, for everything that talks over a network. One thread per
// connection and no multi handle: libcurl 7.88 waits for the reply to SMTP's final dot inside curl_multi_perform, so
// one slow relay would hold up every other connection and the kill switch (lib/smtp.c, smtp_done,
// smtp_block_statemach). Threads: run() and rest() are called by the transfer's own thread; Permit belongs to it. A job
// that was not released when stop() came, or within the Permit's time, ends as `refused`: nothing of it was sent.
#pragma once

#include "connectors/connector.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace nurture::connectors {

/// The question "may I?", put to the outbox at the last moment at which nothing has been sent.
class Permit {
public:
    virtual ~Permit() = default;
    /// Waits for the answer; false: send nothing. Asked at most once per job.
    virtual bool ask(std::chrono::seconds limit) = 0;
    /// stop() has been called: whoever was not released gives up.
    virtual bool stopping() const = 0;
};

class Transfer {
public:
    virtual ~Transfer() = default;
    virtual Outcome run(const Job& job, Permit& permit) = 0;
    /// Nothing to do for a while, or for ever: close connections politely.
    virtual void rest() {}
};

std::unique_ptr<Connector> make_threaded(std::string name, std::vector<std::unique_ptr<Transfer>> transfers,
                                         Gate& gate);

}  // namespace nurture::connectors
