// SPDX-License-Identifier: MIT
// What messages say, where that is needed; and what of it a report keeps.
#include "daemon/forecast/page.hpp"
#include "daemon/forecast/world.hpp"
#include "daemon/store/candidates.hpp"

#include <algorithm>

namespace nurture::forecast {
namespace {

constexpr int k_early_specimens = 2;     // of each text
constexpr std::size_t k_long_name = 20;  // columns; most names are shorter
/// Whether a value is blank is known once the text is made: so many of each text are. Names are known before.
constexpr int k_looked_at = 200;

// Names, in a byte: how wide they are in columns, but for these.
constexpr std::uint8_t k_no_name = 0, k_right_to_left = 255;

/// Hebrew, Arabic and their extensions (U+0590 to U+08FF): UTF-8 that begins with 0xD6 to 0xDF or 0xE0 0xA0 to 0xA3.
bool reads_right_to_left(std::string_view name) {
    for (std::size_t i = 0; i < name.size(); ++i) {
        const auto byte = static_cast<unsigned char>(name[i]);
        const auto next = i + 1 < name.size() ? static_cast<unsigned char>(name[i + 1]) : 0u;
        if ((byte == 0xD6 && next >= 0x90) || (byte >= 0xD7 && byte <= 0xDF) ||
            (byte == 0xE0 && next >= 0xA0 && next <= 0xA3))
            return true;
    }
    return false;
}

std::uint8_t oddity(std::string_view name) {
    if (reads_right_to_left(name))
        return k_right_to_left;
    return static_cast<std::uint8_t>(std::min<std::size_t>(width(name), k_right_to_left - 1));
}

}  // namespace

/// Where a report asks for it, and where it decides: an approved text has to be the same, a text message is priced by
/// its segments, some texts cannot be made for everybody, and in test mode each address is looked at.
bool World::needs_text(const Key& key, const Outgoing& out) {
    const auto& subject = out.subject;
    return state_.settings.test_mode || keep_.texts || out.shown || subject.candidate == keep_.texts_to ||
           subject.channel == dsl::Channel::sms || (keep_.specimens && wants_specimen(out)) ||
           !shown_.contains({out.campaign, subject.message_template}) ||
           (!subject.thread_template.empty() && begins_thread(key)) || !has_mailbox(subject.candidate) ||
           !renderer_.works_for_everybody(subject);
}

bool World::has_mailbox(base::CandidateId who) const {
    const auto row = state_.columns->find(who);
    return row && state_.columns->flags(*row).has_email && !state_.columns->flags(*row).erased;
}

/// The last message of the course, and what it says. An answer in a thread has the first subject as it went out,
/// whatever that would be by then.
void World::keep(const Key& key, const Outgoing& out, const render::Letter& letter) {
    auto& message = course_.messages.back();
    const auto& text = letter.text;
    const bool sms = message.channel == dsl::Channel::sms;
    message.text_hash = text.hash;
    message.sms_segments = sms ? text.sms_size.segments : 0;
    if (shown_.emplace(out.campaign, message.message_template).second || message.who == keep_.texts_to)
        message.text = sms ? text.sms : text.subject;
    if (keep_.specimens)
        keep_specimen(letter);
    if (!text.subject.empty() && begins_thread(key))
        subjects_[key] = text.subject;
}

/// The mailboxes' domains, and what is odd about names, in one pass.
void World::read_people() {
    domain_of_.resize(state_.columns->size());
    name_of_.resize(keep_.specimens ? state_.columns->size() : 0);
    std::map<std::string, std::uint32_t, std::less<>> known;
    std::vector<std::string> fields{"email"};
    if (keep_.specimens)
        fields.insert(fields.end(), {"first_name", "last_name"});
    store::CandidateScan scan(inputs_.store, fields);
    const auto word = [&](std::size_t field) {
        return scan.known(field) ? std::string(scan.text(field)) : std::string();
    };
    while (scan.next()) {
        const auto row = state_.columns->find(scan.id());
        if (!row)
            continue;
        if (keep_.specimens)
            name_of_[*row] = oddity(render::full_name(word(1), word(2)));
        if (!scan.known(0) || scan.text(0).empty())
            continue;
        const std::string_view address = scan.text(0);
        const auto name = address.substr(std::min(address.rfind('@'), address.size() - 1) + 1);
        auto found = known.find(name);
        if (found == known.end()) {
            found = known.emplace(name, static_cast<std::uint32_t>(domains_.size())).first;
            domains_.emplace_back(name);
        }
        domain_of_[*row] = found->second;
    }
}

std::uint32_t World::domain(base::CandidateId who) {
    if (domain_of_.empty())
        read_people();
    if (course_.domains.empty())
        course_.domains = domains_;
    return domain_of_[*state_.columns->find(who)];
}

/// Whether keep_specimen() may have a use for it.
bool World::wants_specimen(const Outgoing& out) {
    const auto row = state_.columns->find(out.subject.candidate);
    if (!row)
        return false;
    if (name_of_.empty())
        read_people();
    const auto& kept = kept_[{out.campaign, out.subject.channel, out.subject.message_template}];
    const std::uint8_t name = name_of_[*row];
    return (name == k_no_name && !kept.no_name) || (name == k_right_to_left && !kept.right_to_left) ||
           (name != k_right_to_left && name > std::max(kept.longest, k_long_name)) ||
           (kept.looked_at < k_looked_at && (!kept.blank || kept.early < k_early_specimens));
}

/// Of the message that was added last: as whatever is oddest about it.
void World::keep_specimen(const render::Letter& letter) {
    const auto index = course_.messages.size() - 1;
    const auto& message = course_.messages.back();
    auto& kept = kept_[{message.campaign, message.channel, message.message_template}];
    ++kept.looked_at;
    const auto keep = [&](Specimen::Chosen chosen) {
        course_.specimens.push_back({chosen, index, letter});
        return course_.specimens.size() - 1;
    };
    const auto length = width(letter.to_name);
    if (letter.to_name.empty() && !kept.no_name) {
        kept.no_name = keep(Specimen::Chosen::no_name);
    } else if (reads_right_to_left(letter.to_name) && !kept.right_to_left) {
        kept.right_to_left = keep(Specimen::Chosen::right_to_left);
    } else if (length > std::max(kept.longest, k_long_name)) {
        kept.longest = length;
        if (kept.long_name)
            course_.specimens[*kept.long_name] = {Specimen::Chosen::long_name, index, letter};
        else
            kept.long_name = keep(Specimen::Chosen::long_name);
    } else if (letter.text.said_instead && !letter.to_name.empty() && !kept.blank) {
        kept.blank = keep(Specimen::Chosen::blank);
    } else if (!letter.text.said_instead && kept.early < k_early_specimens) {
        ++kept.early;
        keep(Specimen::Chosen::early);
    }
}

/// Whether a later message of the enrolment answers this one.
bool World::begins_thread(const Key& key) const {
    const auto* e = state_.book.find(key.first);
    return e != nullptr && std::any_of(e->steps->lines.begin(), e->steps->lines.end(), [&](const dsl::StepLine& line) {
               const auto* message = std::get_if<dsl::op::Message>(&line.op);
               return message != nullptr && message->thread_of &&
                      e->steps->lines[*message->thread_of].name == key.second;
           });
}

/// With the subject that the first message of the thread had, whose text has not been made so far.
render::Subject World::with_thread(render::Subject subject, std::optional<Minute> thread_at) {
    if (!thread_at)
        return subject;
    render::Subject first = subject;
    first.message_template = subject.thread_template;
    first.channel = dsl::Channel::email;
    first.thread_template.clear();
    first.slot = *thread_at;
    const auto made = renderer_.render(first);
    if (const auto* letter = std::get_if<render::Letter>(&made))
        subject.thread_subject = letter->text.subject;
    return subject;
}

}  // namespace nurture::forecast
