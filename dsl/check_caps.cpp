// SPDX-License-Identifier: MIT
//
// Messages of one campaign that follow each other faster than a cap per candidate lets them: the campaign takes longer
// than it reads (N0313).
#include "dsl/compiler.hpp"
#include "dsl/following.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace nurture::dsl {
namespace {

using std::chrono::minutes;

/// Ways through a campaign that are looked at: a dozen branches in a row have more, and the first ones tell enough.
constexpr int k_ways = 2'000;
/// Branches on one way; each is a call within a call.
constexpr int k_branches = 200;

struct Sent {
    StepIx line = 0;
    minutes at{};
};

class Sequence {
public:
    Sequence(Compiler& compiler, const Campaign& campaign, const Cap& cap)
        : c_(compiler),
          campaign_(campaign),
          cap_(cap) {}

    void check() { walk(0, minutes{0}, {}, 0); }

private:
    bool counts(const op::Message& message) const {
        switch (cap_.of) {
        case CapOf::messages: return true;
        case CapOf::email: return message.channel == Channel::email;
        case CapOf::sms: return message.channel == Channel::sms;
        case CapOf::kind: break;
        }
        const auto ix = c_.rules.find_template(message.channel, message.templates.front());
        return ix && c_.rules.templates[*ix].kind == cap_.kind;
    }

    /// The shortest that a length can be, in the calendar's favour.
    static minutes least(const Length& length) {
        using namespace std::chrono;
        switch (length.unit) {
        case Unit::minutes: return minutes{length.count};
        case Unit::hours: return hours{length.count};
        case Unit::days:
        case Unit::business_days: return days{length.count};
        case Unit::weeks: return days{7L * length.count};
        case Unit::months: return days{28L * length.count};
        case Unit::years: return days{365L * length.count};
        }
        return minutes{0};
    }

    /// False when a wait may take any time, so that nothing is known about what comes after it.
    static bool pass(const Op& op, minutes& at) {
        if (const auto* wait = std::get_if<op::WaitFor>(&op)) {
            at += least(wait->length);
        } else if (const auto* up_to = std::get_if<op::WaitUpTo>(&op)) {
            at += least(up_to->length);
        }
        return !std::holds_alternative<op::WaitUntilTime>(op) && !std::holds_alternative<op::WaitUntilDate>(op);
    }

    void walk(StepIx line, minutes at, std::vector<Sent> sent, int depth) {
        const auto& lines = campaign_.steps->lines;
        for (;;) {
            if (done_ || ++visited_ > k_ways * 16 || depth > k_branches) {
                return;
            }
            const auto* message = std::get_if<op::Message>(&lines[line].op);
            if (message != nullptr && !message->templates.empty() && counts(*message)) {
                sent.push_back({line, at});
                look(sent);
            }
            if (!pass(lines[line].op, at)) {
                sent.clear();
            }
            const std::vector<StepIx> next = following(*campaign_.steps, line);
            if (next.empty()) {
                return;
            }
            for (std::size_t i = 1; i < next.size(); ++i) {
                walk(next[i], at, sent, depth + 1);
            }
            line = next.front();
        }
    }

    void look(const std::vector<Sent>& sent) {
        const auto allowed = static_cast<std::size_t>(cap_.count);
        if (sent.size() <= allowed) {
            return;
        }
        const Sent& last = sent.back();
        const Sent& first = sent[sent.size() - 1 - allowed];
        if (done_ || last.at - first.at >= cap_.in) {
            return;
        }
        done_ = true;
        const auto& lines = campaign_.steps->lines;
        Diagnostic& problem = c_.report("N0313", lines[last.line].span,
                                        fmt::format("a cap makes this message wait longer than the campaign says: {} "
                                                    "after `{}` instead of {}",
                                                    words(cap_.in), lines[first.line].name, words(last.at - first.at)),
                                        "comes too soon for the cap");
        problem.labels.push_back({lines[first.line].span, "counted from here"});
        problem.labels.push_back({cap_.span, "the cap"});
        problem.notes.push_back("Make the waits longer, so that the campaign reads as it will run.");
    }

    static std::string words(minutes length) {
        using namespace std::chrono;
        if (length == minutes{0}) {
            return "at once";
        }
        if (length % days{1} == minutes{0}) {
            return plural(duration_cast<days>(length).count(), "day");
        }
        const auto left = length % days{1};
        const auto rest = left % hours{1} == minutes{0} ? plural(duration_cast<hours>(left).count(), "hour")
                                                        : plural(left.count(), "minute");
        return length < days{1} ? rest : words(length - left) + " and " + rest;
    }

    Compiler& c_;
    const Campaign& campaign_;
    const Cap& cap_;
    bool done_ = false;
    int visited_ = 0;
};

}  // namespace

void check_caps(Compiler& c) {
    for (const Campaign& campaign : c.rules.campaigns) {
        if (campaign.steps == nullptr || campaign.steps->lines.empty()) {
            continue;
        }
        for (const Cap& cap : c.rules.policy_of(campaign).caps) {
            if (cap.per == CapPer::candidate && cap.count > 0) {
                Sequence(c, campaign, cap).check();
            }
        }
    }
}

}  // namespace nurture::dsl
