// SPDX-License-Identifier: MIT
// N0504 with a store: for how many of the people who would get a text its merge field is blank.
#include "daemon/forecast/compare.hpp"
#include "daemon/forecast/lint_parts.hpp"
#include "daemon/forecast/page.hpp"
#include "daemon/store/candidates.hpp"
#include "daemon/store/histories.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace nurture::forecast {
namespace {

/// One merge field in a text, and who gets that text by which channel (none: it is a task).
struct Use {
    dsl::FieldIx field = 0;
    engine::Bitmap people;
};

class Blanks {
public:
    explicit Blanks(const Inputs& inputs) : inputs_(inputs), rules_(*inputs.rules), state_(load_state(inputs)) {}

    /// Nothing: not a field of a person, or nobody would get the text.
    std::optional<Lint> count(dsl::Diagnostic& diagnostic) {
        const auto use = find(diagnostic.labels.front().span);
        if (!use || use->people.count() == 0)
            return std::nullopt;
        std::vector<base::CandidateId> blank;
        use->people.for_each([&](std::size_t row) {
            const auto who = state_.columns->id(static_cast<roster::Row>(row));
            if (!known(use->field).contains(who))
                blank.push_back(who);
        });
        const auto all = static_cast<std::int64_t>(use->people.count());
        const auto& name = rules_.schema.fields[use->field].name;
        diagnostic.title =
            blank.empty()
                ? fmt::format("`{}` may be blank, though today it is for none of the {} who would get this", name,
                              counted(all, "person", "people"))
                : fmt::format("`{}` is blank for {} of the {} who would get this", name,
                              thousands(static_cast<std::int64_t>(blank.size())), counted(all, "person", "people"));
        return Lint{diagnostic, std::move(blank)};
    }

private:
    static const dsl::Piece* piece_at(const dsl::Pieces& pieces, dsl::Span span) {
        const auto found = std::find_if(pieces.begin(), pieces.end(), [&](const auto& p) { return p.span == span; });
        return found == pieces.end() ? nullptr : &*found;
    }

    std::optional<Use> find(dsl::Span span) const {
        for (const auto& text : rules_.templates)
            for (const auto* pieces : {&text.subject, &text.body})
                if (const auto* piece = piece_at(*pieces, span))
                    return use(*piece, readers(text));
        for (const auto& campaign : rules_.campaigns)
            for (const auto& line : campaign.steps->lines)
                if (const auto* task = std::get_if<dsl::op::Task>(&line.op))
                    if (const auto* piece = piece_at(task->text, span))
                        return use(*piece, state_.member.of(campaign.audience));
        return std::nullopt;
    }
    static std::optional<Use> use(const dsl::Piece& piece, engine::Bitmap people) {
        if (piece.kind != dsl::MergeKind::field && piece.kind != dsl::MergeKind::years_since)
            return std::nullopt;
        return Use{piece.field, std::move(people)};
    }

    /// Everybody in an audience that gets this text and may be written to on its channel.
    engine::Bitmap readers(const dsl::Template& text) const {
        const bool sms = text.channel == dsl::Channel::sms;
        const auto& consent = sms ? rules_.policy.sms_consent : rules_.policy.email_consent;
        engine::Bitmap people(state_.columns->size());
        for (const auto& campaign : rules_.campaigns) {
            if (!templates_of(*campaign.steps).contains({text.channel, text.name}))
                continue;
            state_.member.of(campaign.audience).for_each([&](std::size_t at) {
                const auto row = static_cast<roster::Row>(at);
                const auto flags = state_.columns->flags(row);
                const bool reachable =
                    (sms ? flags.has_phone && !flags.sms_suppressed : flags.has_email && !flags.email_suppressed) &&
                    (!consent || state_.columns->consent(*consent, row) == dsl::cond::ConsentIs::given);
                if (reachable)
                    people.set(at, true);
            });
        }
        return people;
    }

    /// Everybody for whom the store has a value. The roster keeps only what conditions look at.
    const std::set<base::CandidateId>& known(dsl::FieldIx ix) {
        auto [found, is_new] = known_.try_emplace(ix);
        if (!is_new)
            return found->second;
        const auto& field = rules_.schema.fields[ix];
        if (field.kind == dsl::FieldKind::list) {
            store::ItemScan scan(inputs_.store);
            for (store::ItemRow item; scan.next(item);)
                if (item.field == field.name)
                    found->second.insert(item.candidate);
            return found->second;
        }
        const auto columns = store::columns(inputs_.store);
        if (std::none_of(columns.begin(), columns.end(), [&](const auto& c) { return c.name == field.name; }))
            return found->second;
        const std::vector<std::string> fields{field.name};
        store::CandidateScan scan(inputs_.store, fields);
        while (scan.next())
            if (scan.known(0))
                found->second.insert(scan.id());
        return found->second;
    }

    const Inputs& inputs_;
    const dsl::Rules& rules_;
    engine::State state_;
    std::map<dsl::FieldIx, std::set<base::CandidateId>> known_;
};

}  // namespace

std::vector<Lint> count_blanks(const Inputs& inputs, dsl::Diagnostics& diagnostics) {
    std::vector<Lint> found;
    if (!store::has_candidates(inputs.store))
        return found;
    Blanks blanks(inputs);
    for (auto& diagnostic : diagnostics)
        if (diagnostic.code == "N0504")
            if (auto lint = blanks.count(diagnostic))
                found.push_back(std::move(*lint));
    return found;
}

}  // namespace nurture::forecast
