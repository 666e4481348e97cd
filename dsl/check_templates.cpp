// SPDX-License-Identifier: MIT
//
// What a message must have, and what may be blank in it.
#include "dsl/compiler.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace nurture::dsl {
namespace {

bool has(const Pieces& pieces, MergeKind kind) {
    return std::any_of(pieces.begin(), pieces.end(), [&](const Piece& piece) { return piece.kind == kind; });
}

/// A merge field as the author writes it, without its fallback.
std::string written(const Compiler& c, const Piece& piece) {
    switch (piece.kind) {
    case MergeKind::field: return c.rules.schema.fields[piece.field].name;
    case MergeKind::years_since: return "years_since " + c.rules.schema.fields[piece.field].name;
    case MergeKind::owner_phone: return "owner_phone";
    case MergeKind::event_value: return "event_value";
    case MergeKind::event_date: return "event_date";
    default: return "";
    }
}

std::string_view words_for(std::string_view field) {
    if (field == "first_name") {
        return "there";
    }
    return field == "city" || field == "state" ? "your area" : "…";
}

/// What the start of a campaign hands on.
bool start_has_value(const Schema& schema, const Campaign& campaign) {
    const auto* start = std::get_if<StartOnChange>(&campaign.entry);
    if (start == nullptr) {
        return false;
    }
    if (const auto* event = std::get_if<change::Event>(&start->when)) {
        return schema.events[event->event].with_name;
    }
    return std::holds_alternative<change::Becomes>(start->when) || std::holds_alternative<change::Gains>(start->when);
}

bool audience_proves(const Compiler& c, const Campaign& campaign, FieldIx field) {
    // Without an audience, which is reported already, nothing can be said.
    return !c.has_audience[static_cast<std::size_t>(&campaign - c.rules.campaigns.data())] ||
           (campaign.stop_leavers &&
            proves_known(c.rules.conditions, c.rules.segments[campaign.audience].whole, field));
}

/// Whether the piece may be blank in a text that goes out by `channel` (none: a task).
bool may_be_blank(const Compiler& c, const Piece& piece, std::optional<Channel> channel, const Campaign* campaign) {
    switch (piece.kind) {
    case MergeKind::field:
        if (piece.field == static_cast<FieldIx>(BuiltIn::created) ||
            (channel == Channel::email && piece.field == static_cast<FieldIx>(BuiltIn::email)) ||
            (channel == Channel::sms && piece.field == static_cast<FieldIx>(BuiltIn::phone))) {
            return false;  // nobody gets the message without it
        }
        [[fallthrough]];
    case MergeKind::years_since: return campaign == nullptr || !audience_proves(c, *campaign, piece.field);
    case MergeKind::event_value: return campaign == nullptr || !start_has_value(c.rules.schema, *campaign);
    case MergeKind::event_date: return campaign == nullptr || std::holds_alternative<Check>(campaign->entry);
    case MergeKind::owner_phone: return true;
    default: return false;
    }
}

/// Nobody writes a paragraph for this text, or not in every step that sends it.
bool lacks_note(const Piece& piece, const std::vector<TextUse>& uses) {
    return piece.kind == MergeKind::personal_note &&
           !std::all_of(uses.begin(), uses.end(), [](const TextUse& use) { return use.with_note; });
}

void report_note(Compiler& c, const Piece& piece, const std::vector<TextUse>& uses) {
    Diagnostic& problem = c.report("N0504", piece.span, "`personal_note` may be blank", "nobody is asked to write it");
    const auto use = std::find_if(uses.begin(), uses.end(), [](const TextUse& one) { return !one.with_note; });
    problem.labels.push_back({use->span, "sends it"});
    problem.notes.emplace_back(
        "Write in the step:   … with a personal note by owner within 2 business days, otherwise skip step");
}

/// The words around a blank, as a reader would see them.
std::string around(const Pieces& pieces, std::size_t at) {
    constexpr std::size_t k_words = 14;  // bytes of text on either side; cut at blanks, so never inside a character
    std::string before = at > 0 && pieces[at - 1].kind == MergeKind::literal ? pieces[at - 1].text : "";
    std::string after = at + 1 < pieces.size() && pieces[at + 1].kind == MergeKind::literal ? pieces[at + 1].text : "";
    before = before.substr(before.find_last_of('\n') == std::string::npos ? 0 : before.find_last_of('\n') + 1);
    after = after.substr(0, after.find('\n'));
    if (before.size() > k_words) {
        const auto blank = before.find(' ', before.size() - k_words);
        before = "…" + (blank == std::string::npos ? " " : before.substr(blank + 1));
    }
    if (after.size() > k_words) {
        after = after.substr(
                    0, after.find_last_of(' ', k_words) == std::string::npos ? 0 : after.find_last_of(' ', k_words)) +
                "…";
    }
    return fmt::format("\"{}{}\"", before, after);
}

void report_blank(Compiler& c, const Pieces& pieces, std::size_t at, const Campaign* campaign) {
    const Piece& piece = pieces[at];
    const std::string name = written(c, piece);
    Diagnostic& problem = c.report("N0504", piece.span, fmt::format("`{}` may be blank", name), around(pieces, at));
    problem.notes.push_back(fmt::format("Add what to say instead:   {{{{{} or {}}}}}", name, words_for(name)));
    const bool provable = piece.kind == MergeKind::field || piece.kind == MergeKind::years_since;
    if (provable && campaign != nullptr) {
        problem.notes.push_back(fmt::format(
            "Or prove it: a line   {} is known   in \"{}\", and   stop when candidate leaves the audience   in \"{}\".",
            c.rules.schema.fields[piece.field].name, c.rules.segments[campaign->audience].name, campaign->name));
    }
}

void check_blanks(Compiler& c, const Pieces& pieces, std::optional<Channel> channel, const std::vector<TextUse>& uses) {
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        if (pieces[i].has_fallback) {
            continue;
        }
        if (lacks_note(pieces[i], uses)) {
            report_note(c, pieces[i], uses);
            continue;
        }
        if (uses.empty()) {
            if (may_be_blank(c, pieces[i], channel, nullptr)) {
                report_blank(c, pieces, i, nullptr);
            }
            continue;
        }
        const auto blank = std::find_if(uses.begin(), uses.end(), [&](const TextUse& use) {
            return may_be_blank(c, pieces[i], channel, &c.rules.campaigns[use.campaign]);
        });
        if (blank != uses.end()) {
            report_blank(c, pieces, i, &c.rules.campaigns[blank->campaign]);
        }
    }
}

/// "hello", or "hello" in "es".
std::string called(const Template& text) {
    return text.language.empty() ? fmt::format("\"{}\"", text.name)
                                 : fmt::format("\"{}\" in \"{}\"", text.name, text.language);
}

void check_email(Compiler& c, const Template& email) {
    if (email.body.empty()) {
        return;  // reported already
    }
    if (!has(email.body, MergeKind::unsubscribe_link)) {
        c.report("N0501", email.span, fmt::format("the email {} has no unsubscribe link", called(email)), "")
            .notes.push_back("Write a line:   | Stop these emails: {{unsubscribe_link}}");
    }
    if (!has(email.body, MergeKind::postal_address)) {
        c.report("N0501", email.span, fmt::format("the email {} has no postal address", called(email)), "")
            .notes.push_back("Write a line:   | {{owner_name}}, {{postal_address}}");
    }
}

/// A paragraph that nobody would read.
void check_slot(Compiler& c, const Template& item, const std::vector<TextUse>& uses) {
    const auto use = std::find_if(uses.begin(), uses.end(), [](const TextUse& one) { return one.with_note; });
    if (use == uses.end() || has(item.body, MergeKind::personal_note) || has(item.subject, MergeKind::personal_note) ||
        item.body.empty()) {
        return;
    }
    c.report("N0410", use->span, fmt::format("the text {} has no place for a personal note", called(item)), "")
        .notes.push_back("Write a line in the template:   | {{personal_note}}");
}

bool is_link(const Piece& piece) {
    return piece.kind == MergeKind::unsubscribe_link || piece.kind == MergeKind::preferences_link ||
           piece.kind == MergeKind::renew_consent_link;
}

/// About how long a text becomes: what stands for a merge field, or its fallback if that is longer.
std::string estimate(const Template& sms) {
    constexpr std::size_t k_typical = 10;  // characters of a name or a city
    constexpr std::size_t k_link = 75;     // of a host, a path and a token
    std::string text;
    for (const Piece& piece : sms.body) {
        const bool literal = piece.kind == MergeKind::literal;
        text += literal || piece.text.size() > k_typical ? piece.text
                                                         : std::string(is_link(piece) ? k_link : k_typical, 'x');
    }
    return text;
}

/// Shorter than this it is for nobody: a value that is said has at least one character.
std::string shortest(const Template& sms) {
    constexpr std::size_t k_link = 45;  // "http://a/u/", a number, a dash, 32 digits of proof
    std::string text;
    for (const Piece& piece : sms.body) {
        if (piece.kind == MergeKind::literal) {
            text += piece.text;
        } else if (!piece.has_fallback || !piece.text.empty()) {
            text += std::string(is_link(piece) ? k_link : 1, 'x');
        }
    }
    return text;
}

/// STOP as a word of its own: it is an order to the reader's telephone, so it stands in capitals.
bool says_stop(const Pieces& pieces) {
    const auto letter = [](char ch) { return (ch >= 'A' && ch <= 'Z') || (ch >= 'a' && ch <= 'z'); };
    return std::any_of(pieces.begin(), pieces.end(), [&](const Piece& piece) {
        for (auto at = piece.text.find("STOP"); piece.kind == MergeKind::literal && at != std::string::npos;
             at = piece.text.find("STOP", at + 1)) {
            const bool begins = at == 0 || !letter(piece.text[at - 1]);
            const bool ends = at + 4 == piece.text.size() || !letter(piece.text[at + 4]);
            if (begins && ends) {
                return true;
            }
        }
        return false;
    });
}

std::string_view why_so_many(const SmsSize& size) {
    return size.ucs2 ? "A character outside the SMS alphabet (a curly quote, an emoji) cuts a segment from 160 to 70 "
                       "characters."
                     : "A segment holds 160 characters, or 153 when there are several.";
}

/// Of the campaigns that send it, the one with the lowest limit; none has one: null.
const Campaign* strictest(const Compiler& c, const std::vector<TextUse>& uses) {
    const Campaign* found = nullptr;
    for (const TextUse& use : uses) {
        const Campaign& campaign = c.rules.campaigns[use.campaign];
        if (campaign.sms_limit && (found == nullptr || campaign.sms_limit->segments < found->sms_limit->segments)) {
            found = &campaign;
        }
    }
    return found;
}

void check_length(Compiler& c, const Template& sms, const std::vector<TextUse>& uses) {
    constexpr std::int32_t k_many = 2;  // where nothing is said
    const SmsSize about = sms_size(estimate(sms));
    const SmsSize least = sms_size(shortest(sms));
    const Campaign* campaign = strictest(c, uses);
    if (about.segments <= (campaign != nullptr ? campaign->sms_limit->segments : k_many)) {
        return;
    }
    if (campaign == nullptr) {
        Diagnostic& problem =
            c.report("N0502", sms.span, fmt::format("the sms {} takes about {} segments", called(sms), about.segments),
                     "each is paid for");
        problem.severity = Severity::warning;
        problem.notes.emplace_back(why_so_many(about));
        return;
    }
    const bool for_all = least.segments > campaign->sms_limit->segments;
    Diagnostic& problem =
        c.report("N0502", sms.span,
                 fmt::format("the sms {} takes {} {} segments, and \"{}\" allows {}", called(sms),
                             for_all ? "at least" : "about", for_all ? least.segments : about.segments, campaign->name,
                             campaign->sms_limit->segments),
                 for_all ? "so nobody gets it" : "whoever's text is too long does not get it");
    problem.severity = for_all ? Severity::error : Severity::warning;
    problem.labels.push_back({campaign->sms_limit->span, "the limit"});
    problem.notes.emplace_back(why_so_many(for_all ? least : about));
}

void check_sms(Compiler& c, const Template& sms, const std::vector<TextUse>& uses) {
    if (sms.body.empty()) {
        return;
    }
    if (!says_stop(sms.body)) {
        c.report("N0502", sms.span, fmt::format("the sms {} does not say how to opt out", called(sms)), "")
            .notes.push_back("Write a line:   | Reply STOP to opt out");
    }
    check_length(c, sms, uses);
}

void check_address(Compiler& c) {
    const auto& templates = c.rules.templates;
    const auto email =
        std::find_if(templates.begin(), templates.end(), [](const Template& t) { return t.channel == Channel::email; });
    const bool said = std::any_of(c.files.begin(), c.files.end(), [](const ast::File& file) {
        return std::any_of(file.policies.begin(), file.policies.end(), [](const ast::Policy& policy) {
            return std::any_of(policy.lines.begin(), policy.lines.end(),
                               [](const auto& line) { return std::holds_alternative<ast::PostalAddress>(line); });
        });
    });
    if (email == templates.end() || said || c.policy_incomplete || c.incomplete) {
        return;
    }
    const auto policy =
        std::find_if(c.files.begin(), c.files.end(), [](const ast::File& file) { return !file.policies.empty(); });
    c.report("N0501", policy != c.files.end() ? policy->policies.front().span : email->span,
             "the policy has no postal address, and every email must show one", "")
        .notes.push_back("Write in the policy:   postal address \"500 Main St, Suite 210, Dallas, TX 75201\"");
}

}  // namespace

void check_templates(Compiler& c) {
    check_address(c);
    for (std::size_t i = 0; i < c.rules.templates.size(); ++i) {
        const Template& item = c.rules.templates[i];
        if (c.unread_templates.contains({item.channel, item.name})) {
            continue;
        }
        const std::vector<TextUse>& uses = c.template_uses[*c.rules.find_template(item.channel, item.name)];
        item.channel == Channel::email ? check_email(c, item) : check_sms(c, item, uses);
        check_blanks(c, item.subject, item.channel, uses);
        check_blanks(c, item.body, item.channel, uses);
        check_slot(c, item, uses);
    }
    for (std::size_t i = 0; i < c.rules.campaigns.size(); ++i) {
        const std::shared_ptr<const StepList>& steps = c.rules.campaigns[i].steps;
        for (const StepLine& line : steps->lines) {
            if (const auto* task = std::get_if<op::Task>(&line.op)) {
                check_blanks(c, task->text, std::nullopt, {{static_cast<CampaignIx>(i), line.span}});
            }
        }
    }
}

}  // namespace nurture::dsl
