// SPDX-License-Identifier: MIT
#include "daemon/persist/edits.hpp"

#include "daemon/engine/reasons.hpp"
#include "daemon/store/enrolments.hpp"
#include "daemon/store/journal.hpp"
#include "daemon/store/messages.hpp"
#include "dsl/codes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace nurture::persist {
namespace {

using engine::ReasonCode;

std::vector<dsl::StepIx> positions(const store::StepListRow& row) {
    std::vector<dsl::StepIx> all;
    for (const auto& [position, people] : row.positions)
        all.push_back(static_cast<dsl::StepIx>(position));
    return all;
}

std::string people_have(std::int64_t people, const char* one, const char* many) {
    return fmt::format("{} {}", people, people == 1 ? one : many);
}

/// What people are on and today's rules do not have; before campaigns that are to finish are added to them.
std::vector<store::StepListRow> older_lists(const store::Database& database, const dsl::Rules& rules) {
    return store::older_step_lists(database, [&](std::string_view campaign, const store::Hash& hash) {
        const auto ix = rules.campaign(rules.campaign_today(campaign));
        return ix && rules.campaigns[*ix].steps->hash == hash;
    });
}

/// As it was in the newest rule set that had it; `where` people stand.
void add_closing(const store::Database& database, const std::string& name, const std::vector<dsl::StepIx>& where,
                 dsl::Rules& rules, dsl::Diagnostics& problems) {
    const std::string as(rules.campaign_today(name));
    const std::size_t known = problems.size();
    for (const auto& earlier : store::rule_set_history(database)) {
        const auto then = store::rule_set(database, earlier.id);
        if (!then || !dsl::add_closing_campaign(sources_of(*then), name, as, where, rules, problems))
            continue;
        if (where.empty() && problems.size() > known) {  // nobody is in it any more, so nothing of it is needed
            problems.resize(known);
            rules.campaigns.pop_back();
            rules.sources.files.pop_back();
        }
        return;
    }
    if (!where.empty())
        throw base::StoreError(fmt::format("no stored rule set has the campaign \"{}\" that people are in", name));
}

/// Also those that everybody has left: the rules do not change because the last one has finished.
void add_closing_campaigns(const store::Database& database, const std::vector<store::StepListRow>& used,
                           dsl::Rules& rules, dsl::Diagnostics& problems) {
    std::set<std::string> names;
    for (const auto& line : rules.retired_campaigns)
        names.insert(line.name);
    for (const auto& line : rules.renamed_campaigns)
        names.insert(line.from);
    for (const auto& name : names) {
        const std::string today(rules.campaign_today(name));
        const auto* retired = rules.campaign(today) ? nullptr : rules.retirement(today);
        if (retired == nullptr || retired->stop_now || !store::knows_campaign(database, name))
            continue;
        std::vector<dsl::StepIx> where;
        for (const auto& row : used)
            if (row.campaign == name)
                for (const dsl::StepIx position : positions(row))
                    where.push_back(position);
        add_closing(database, name, where, rules, problems);
    }
}

// --- what the author has to say
// ---------------------------------------------------------------------------------------

/// A step of today that was not there before: what the missing one may be called now.
std::string new_step(const dsl::StepList& then, const dsl::StepList& today) {
    std::string found = "NEW_NAME";
    int count = 0;
    for (const auto& line : today.lines)
        if (!line.name.empty() && !then.find(line.name) && ++count == 1)
            found = line.name;
    return count == 1 ? found : "NEW_NAME";
}

/// The first named line after it that is still there.
std::string next_step(const dsl::StepList& then, dsl::StepIx from, const dsl::Campaign& today) {
    for (std::size_t i = from + 1u; i < then.lines.size(); ++i)
        if (const auto name = today.step_today(then.lines[i].name); !name.empty() && today.steps->find(name))
            return std::string(name);
    return {};
}

struct Missing {
    std::int64_t people = 0;
    const dsl::StepList* list = nullptr;
    dsl::StepIx line = 0;
};

void missing_steps(const std::vector<store::StepListRow>& used, const StepLists& lists, const dsl::Rules& rules,
                   dsl::Diagnostics& problems) {
    std::map<std::pair<std::string, std::string>, Missing> missing;  // by campaign, step
    for (const auto& row : used) {
        const std::string name(rules.campaign_today(row.campaign));
        const auto ix = rules.campaign(name);
        const auto found = lists.find({name, row.hash});
        if (!ix || found == lists.end())
            continue;
        const dsl::Campaign& campaign = rules.campaigns[*ix];
        const dsl::StepList& list = *found->second;
        for (const auto& [position, people] : row.positions) {
            const auto lines = dsl::ahead(list, static_cast<dsl::StepIx>(position));
            for (std::size_t i = 0; i < lines.size(); ++i) {
                const auto& step = list.lines[i].name;
                if (!lines[i] || step.empty() || campaign.steps->find(campaign.step_today(step)) ||
                    campaign.retirement(campaign.step_today(step)) != nullptr)
                    continue;
                auto& one = missing[{name, step}];
                one.people += people;
                one.list = &list;
                one.line = static_cast<dsl::StepIx>(i);
            }
        }
    }
    for (const auto& [key, one] : missing) {
        const auto& [name, step] = key;
        const dsl::Campaign& campaign = rules.campaigns[*rules.campaign(name)];
        auto problem = dsl::diagnose("N0701",
                                     fmt::format("the step `{}` of \"{}\" is gone, and {} it ahead", step, name,
                                                 people_have(one.people, "person still has", "people still have")),
                                     campaign.span, "say in this campaign what becomes of them");
        const auto next = next_step(*one.list, one.line, campaign);
        const bool leads_on = !next.empty();
        if (leads_on)
            problem.notes.push_back(fmt::format("Write:   retired {}, continue at {}", step, next));
        problem.notes.push_back(fmt::format("{}   retired {}, stop", leads_on ? "or:   " : "Write:", step));
        problem.notes.push_back(fmt::format("or:      renamed {} to {}", step, new_step(*one.list, *campaign.steps)));
        problems.push_back(std::move(problem));
    }
}

/// Where nothing of today's files can be pointed at.
dsl::Span first_line(const dsl::Rules& rules) {
    for (std::uint32_t i = 0; i < rules.sources.files.size(); ++i)
        if (dsl::is_rule_file(rules.sources.files[i].path))
            return {i, 0, 0};
    return {};
}

/// The file that a campaign was in when it was live, if that is still there.
dsl::Span where_it_stood(const store::Database& database, const dsl::Rules& rules, const std::string& campaign) {
    for (const auto& earlier : store::rule_set_history(database)) {
        const auto set = store::rule_set(database, earlier.id);
        if (!set)
            continue;
        for (const auto& then : sources_of(*set).files) {
            if (then.text.find("campaign \"" + campaign + '"') == std::string::npos)
                continue;
            for (std::uint32_t i = 0; i < rules.sources.files.size(); ++i)
                if (rules.sources.files[i].path == then.path)
                    return {i, 0, 0};
            return first_line(rules);
        }
    }
    return first_line(rules);
}

/// The only campaign of the rules that the store has never heard of.
std::string new_campaign(const store::Database& database, const dsl::Rules& rules) {
    std::string found;
    for (const auto& campaign : rules.campaigns)
        if (!campaign.closing && !store::knows_campaign(database, campaign.name)) {
            if (!found.empty())
                return "New name";
            found = campaign.name;
        }
    return found.empty() ? "New name" : found;
}

void missing_campaigns(const store::Database& database, const dsl::Rules& rules, dsl::Diagnostics& problems) {
    for (const auto& [name, people] : store::people_in_campaigns(database)) {
        const std::string today(rules.campaign_today(name));
        const bool goes_on = rules.campaign(today) || rules.retirement(today) != nullptr;
        const auto inside = people_have(people, "person is", "people are");
        if (goes_on && today != name && store::knows_campaign(database, today)) {
            const auto line = std::find_if(rules.renamed_campaigns.begin(), rules.renamed_campaigns.end(),
                                           [&, of = name](const auto& r) { return r.from == of; });
            auto problem = dsl::diagnose(
                "N0702",
                fmt::format("\"{}\" cannot go on as \"{}\", which has had people of its own; {} in \"{}\"", name, today,
                            inside, name),
                line->span, "a campaign can only be renamed to a name that was not used before");
            problem.notes = {fmt::format("Write:   retired campaign \"{}\": finish", name),
                             fmt::format("or:      retired campaign \"{}\": stop now", name)};
            problems.push_back(std::move(problem));
        } else if (!goes_on) {
            auto problem =
                dsl::diagnose("N0702", fmt::format("the campaign \"{}\" is gone, and {} in it", name, inside),
                              where_it_stood(database, rules, name),
                              "say in any rule file, outside of its blocks, what becomes of them");
            problem.notes = {
                fmt::format("Write:   retired campaign \"{}\": finish", name),
                fmt::format("or:      retired campaign \"{}\": stop now", name),
                fmt::format("or:      renamed campaign \"{}\" to \"{}\"", name, new_campaign(database, rules))};
            problems.push_back(std::move(problem));
        }
    }
}

// --- carrying it out
// --------------------------------------------------------------------------------------------------

void end_enrolment(store::Database& database, store::Enrolment& row, ReasonCode reason, base::Minute now) {
    const std::string why(code(reason));
    for (const store::Message& message : store::messages_of_enrolment(database, row.id))
        store::withdraw(database, message.id, store::MessageState::cancelled, why);
    for (const store::HumanStep& step : store::human_steps_of(database, row.id))
        if (!step.decided_at && store::waits(step.kind))
            store::decide_human_step(database, step.id, "cancelled", now, "nurtured", why);
    row.phase = store::Phase::ended;
    row.due = std::nullopt;
    row.ended_at = now;
    row.end_reason = why;
    store::put_enrolment(database, row);
    store::append(
        database,
        {now, "end", 0, row.id,
         store::JournalBody().add("candidate", row.candidate).add("campaign", row.campaign).add("reason", why).text()});
}

void rename_campaigns(store::Database& database, const dsl::Rules& rules, base::Minute now) {
    for (const auto& line : rules.renamed_campaigns) {
        const std::string to(rules.campaign_today(line.to));
        if (!rules.campaign(to) || !store::knows_campaign(database, line.from) || store::knows_campaign(database, to))
            continue;
        store::rename_campaign(database, line.from, to);
        store::append(database,
                      {now, "rename", 0, 0, store::JournalBody().add("from", line.from).add("to", to).text()});
    }
}

}  // namespace

dsl::SourceSet sources_of(const store::RuleSet& set) {
    dsl::SourceSet sources;
    for (const store::StoredFile& file : set.files)
        sources.files.push_back({file.path, file.text});
    return sources;
}

StepLists step_lists(const store::Database& database, dsl::Rules& rules, dsl::Diagnostics& problems) {
    const auto used = older_lists(database, rules);
    add_closing_campaigns(database, used, rules, problems);
    StepLists lists;
    for (const dsl::Campaign& campaign : rules.campaigns)
        lists.emplace(std::pair(campaign.name, campaign.steps->hash), campaign.steps);
    for (const store::StepListRow& row : used) {
        const std::string name(rules.campaign_today(row.campaign));
        if (lists.contains({name, row.hash}) || !rules.campaign(name))
            continue;
        const auto then = store::rule_set(database, row.rule_set);
        auto steps = then ? dsl::compile_step_list(sources_of(*then), {row.hash, name, positions(row)}, rules, problems)
                          : nullptr;
        if (steps != nullptr)
            lists.emplace(std::pair(name, row.hash), std::move(steps));
    }
    return lists;
}

dsl::Diagnostics edit_problems(const store::Database& database, const dsl::Rules& rules) {
    dsl::Diagnostics problems;
    dsl::Rules with_older(rules);
    const auto lists = step_lists(database, with_older, problems);
    missing_steps(older_lists(database, rules), lists, with_older, problems);
    missing_campaigns(database, with_older, problems);
    return problems;
}

int carry_over(store::Database& database, const dsl::Rules& rules, base::Minute now) {
    store::Transaction transaction(database);
    rename_campaigns(database, rules, now);
    int ended = 0;
    for (const auto& [campaign, people] : store::people_in_campaigns(database)) {
        const auto* retired = rules.retirement(rules.campaign_today(campaign));
        if (rules.campaign(campaign) || (retired != nullptr && !retired->stop_now))
            continue;
        for (store::Enrolment& row : store::live_enrolments_in(database, campaign)) {
            end_enrolment(database, row, retired != nullptr ? ReasonCode::campaign_retired : ReasonCode::campaign_gone,
                          now);
            ++ended;
        }
    }
    // load() finds nobody for them, so that the engine would never hear of it.
    for (store::Enrolment& row : store::live_enrolments_of_erased(database)) {
        end_enrolment(database, row, ReasonCode::erased, now);
        ++ended;
    }
    transaction.commit();
    return ended;
}

}  // namespace nurture::persist
