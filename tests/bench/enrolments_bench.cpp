// SPDX-License-Identifier: MIT
//
// A campaign of everybody: what an enrolment takes in memory, a tick in which all of their messages are ready at once,
// a minute of the days after, when a few of them are due. Each at three sizes, the next twice the one before: linear
// cost doubles, and a minute costs what is due in it. Usage: enrolments_bench [PEOPLE], the first size.
#include "daemon/engine/engine.hpp"
#include "tests/bench/crowd.hpp"
#include "tests/bench/frame.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>

using namespace nurture;

namespace {

constexpr std::int32_t k_per_minute = 600;
constexpr std::size_t k_owners = 500, k_samples = 21;

/// Everybody is let in at a check, and their messages are planned over the days after.
class Crowd {
public:
    Crowd(const char* cap, std::size_t people)
        : people_(people),
          state_(state(bench::crowd_rules(cap, people), people)) {
        look_around(state_, bench::k_check);
        const std::size_t before = bench::allocated();
        entering_ = settle(bench::k_check);
        bytes_ = bench::allocated() - before;
        bench::demand(state_.book.size() == people_, "everybody came in");
        settle(bench::k_check + std::chrono::hours{2});
        bench::demand(released_ == k_per_minute, "as many go in the first minute as the channel takes");
    }

    double entering() const { return entering_; }
    std::size_t bytes() const { return bytes_; }

    /// One of the minutes after so many others, in each of which as many go as the channel takes.
    double minute(std::size_t others) {
        std::vector<double> taken;
        for (std::size_t i = 0; i < others + k_samples; ++i) {
            const std::size_t before = released_;
            taken.push_back(settle(engine::next_wake(state_)));
            bench::demand(released_ - before == k_per_minute, "as many go in a minute as the channel takes");
        }
        taken.erase(taken.begin(), taken.end() - k_samples);
        return bench::median(std::move(taken));
    }

private:
    static engine::State state(const std::shared_ptr<const dsl::Rules>& rules, std::size_t people) {
        auto columns = std::make_shared<roster::Columns>(*rules);
        const auto stage = *rules->schema.field("stage"), owner = *rules->schema.field("owner");
        for (std::size_t i = 1; i <= people; ++i) {
            const auto row = columns->add(static_cast<base::CandidateId>(i));
            columns->set_mailbox(row, i);
            columns->set_text(stage, row, "Open");
            columns->set_text(owner, row, fmt::format("recruiter.{}", i % k_owners));
            columns->set_consent(0, row, dsl::cond::ConsentIs::given, base::Second{});
        }
        columns->shrink();
        engine::Settings settings;
        settings.per_minute = {k_per_minute, 60};
        return {rules, columns, settings};
    }

    /// Until nothing is left to decide at that minute, as the daemon does, but for what it keeps and sends.
    double settle(base::Minute now) {
        return bench::cpu_of([&] {
            for (bool more = true; more;) {
                engine::absorb(state_, {}, now);
                const auto decisions = engine::tick(state_);
                engine::apply(state_, decisions);
                for (const auto& decision : decisions)
                    released_ += std::holds_alternative<engine::decision::Release>(decision) ? 1 : 0;
                more = !decisions.empty();
            }
        });
    }

    std::size_t people_, bytes_ = 0, released_ = 0;
    engine::State state_;
    double entering_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
    const std::size_t first = argc > 1 ? static_cast<std::size_t>(std::atoll(argv[1])) : 250'000;
    bench::Edge entering{
        "people who enter a campaign at one check: enrolling them, and planning 600 messages a minute"};
    bench::Edge minute{"a minute of the day after, in which 600 of them are due, and one in four has been written to"};
    bench::Edge capped{"the same minute, where each of 500 senders has a cap per day"};
    bench::keep_memory();
    Crowd("", 4 * first);  // what the system takes to hand out new memory is not to be measured
    for (const std::size_t people : {first, 2 * first, 4 * first}) {
        const std::size_t quarter = people / 4 / k_per_minute;  // in so many minutes
        std::vector<double> taken;
        for (int run = 0; run < 2; ++run)
            taken.push_back(Crowd("", people).entering());
        Crowd crowd("", people);
        taken.push_back(crowd.entering());
        entering.add(people, bench::median(std::move(taken)), crowd.bytes());
        minute.add(people, crowd.minute(quarter));
        capped.add(people, Crowd("  at most 100000 messages per sender per day\n", people).minute(quarter));
    }
    for (const auto* edge : {&entering, &minute, &capped})
        bench::print(*edge);
    return 0;
}
