// SPDX-License-Identifier: MIT
//
// What the world tells the engine, as values: inbox rows and what became of messages, in the order in which they were
// written. The columns are up to date for everything a fact speaks of *before* the engine sees it: facts say what
// moved, never what is. A message is named by its enrolment and step. Plain values: any thread.
#pragma once

#include "daemon/base/ids.hpp"
#include "daemon/base/time.hpp"
#include "daemon/engine/reasons.hpp"
#include "dsl/schema.hpp"
#include "dsl/template.hpp"

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace nurture::engine {

struct State;

namespace fact {

/// Rows that are new or were changed, consents, lists, suppressions and erasure included.
struct Changed {
    base::CandidateId first = 0, last = 0;
};

/// A field became something, gained or lost an entry. `value` as written. Starts campaigns only when live.
struct FieldMoved {
    enum class How : std::uint8_t { became, gained, lost };
    base::CandidateId who = 0;
    dsl::FieldIx field = 0;
    How how{};
    std::string value;
    base::Minute at{};
    bool live = false;
};

/// Something happened: built-in (replied, clicked, …) or declared. For a message event `name` is the template, and the
/// rest says which message it was, if that is known.
struct Happened {
    base::CandidateId who = 0;
    dsl::EventIx event = 0;
    std::string name;
    base::Minute at{};
    bool live = false;
    base::EnrolmentId enrolment = 0;  // 0: not known
    std::string step;
    std::optional<dsl::Channel> channel = {};
};

struct JoinedList {
    base::CandidateId who = 0;
    dsl::ListIx list = 0;
    base::Minute at{};
    bool live = false;
};

/// What became of a message. `held` is "not now": the row waits for a new slot, or for another approval. `key_used`:
/// there is no row, because another record of the same address has had this very step.
struct Outcome {
    enum class Now : std::uint8_t {
        sent,
        in_doubt,
        rejected,
        suppressed,
        expired,
        failed_render,
        cancelled,
        held,
        key_used
    };
    base::CandidateId who = 0;
    base::EnrolmentId enrolment = 0;
    std::string step;
    Now now{};
    bool approval_lapsed = false;  // held: the same person is asked again
    base::Minute counted_at{};     // sent, in doubt
    std::string campaign;          // of the message, as are these
    dsl::Channel channel{};
    std::string message_template;
    bool too_long = false;  // failed_render: more segments than the rules allow
};

/// A person answered what was asked at `asked_at`.
struct Decided {
    base::CandidateId who = 0;
    base::EnrolmentId enrolment = 0;
    std::string step;
    base::Minute asked_at{};
    bool yes = false;
    base::Minute at{};
};

/// Test mode: whether a person's addresses are on the allow-list.
struct Allowed {
    base::CandidateId who = 0;
    bool yes = false;
};

/// The kill switch.
struct Stopped {};
struct Resumed {};

/// A breaker of a campaign, or a hold of one of its steps or of everything on a channel, was opened (messages are held
/// back) or closed; `way`: the channel has no gateway, or its relay refuses us.
struct Gate {
    enum class Kind : std::uint8_t { campaign, channel, step, way };
    Kind kind{};
    std::string campaign;
    dsl::Channel channel{};
    bool open = false;
    std::string step = {};
};

/// Another rule set is live: the picture of the same store through it, as load() makes it. Comes alone.
struct Applied {
    std::shared_ptr<State> state;
};

}  // namespace fact

using Fact = std::variant<fact::Changed, fact::FieldMoved, fact::Happened, fact::JoinedList, fact::Outcome,
                          fact::Decided, fact::Allowed, fact::Stopped, fact::Resumed, fact::Gate, fact::Applied>;

struct Facts {
    std::vector<Fact> list;
    base::InboxSeq cursor = 0;  // the last inbox row in the list; 0: it moves nothing
    bool read_again = false;    // the people were: more may be different about them than the facts say
};

}  // namespace nurture::engine
