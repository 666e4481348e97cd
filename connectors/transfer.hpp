// SPDX-License-Identifier: MIT
//
// A Connector made of threads that carry one job each, for HTTP gateways: libcurl's last moment before a request's
// first byte (CURLOPT_PREREQFUNCTION) is a callback that has to wait where it is. Threads: run() is called by the
// transfer's own thread; Permit belongs to it. A job that was not released when stop() came, or within the Permit's
// time, ends as `refused`: nothing of it was sent.
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
};

std::unique_ptr<Connector> make_threaded(std::string name, std::vector<std::unique_ptr<Transfer>> transfers,
                                         Gate& gate);

}  // namespace nurture::connectors
