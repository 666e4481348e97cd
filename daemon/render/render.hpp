// SPDX-License-Identifier: MIT
//
// Who writes to whom, with which values: a candidate's record, the live rule set and the installation's people become
// what daemon/compose needs. The outbox and the previews both come through here, which is why they show the same text.
// Reads the store, never writes. One thread. Throws base::StoreError. Holds personal data: nothing here is logged.
#pragma once

#include "daemon/base/calendar.hpp"
#include "daemon/compose/compose.hpp"
#include "daemon/store/candidates.hpp"
#include "daemon/store/enrolments.hpp"
#include "daemon/store/messages.hpp"
#include "dsl/rules.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>
#include <vector>

namespace nurture::render {

struct Person {
    std::string name, email, phone;
};

/// What the installation adds to every message.
struct House {
    std::string organisation;
    std::string public_url;                // unsubscribe links start with it
    std::string unsubscribe_mailbox;       // may be empty
    std::string sms_sender;                // of text messages whose campaign names no other
    std::map<std::string, Person> people;  // by id
    std::string bounce_mailbox = {};       // may be empty
    bool delivery_reports = false;         // does the SMS gateway call us back?
};

/// Stands for a personal note that is not written yet: in previews, and where somebody is asked about the message.
inline constexpr std::string_view k_note_to_come = "[here stands the personal note]";

/// What a message is about, whether it is a row already or only planned.
struct Subject {
    store::CandidateId candidate = 0;
    dsl::Channel channel{};
    std::string message_template;
    std::string owner;     // an id of [people]; empty: whom the campaign names
    std::string campaign;  // whose `from` line it follows; empty: from the owner
    std::string event_value;
    std::optional<base::Second> event_at;
    std::string note;             // {{personal_note}}
    std::string thread_subject;   // of the message it answers, as it went out; empty: not yet, or none
    std::string thread_template;  // of that message, for what is only foretold
    base::Minute slot;            // "today" is the recipient's date of it
};

/// Why there is no text, or none that may go.
struct Problem {
    enum Kind : std::uint8_t { no_candidate, no_template, no_owner, no_address, blank_value, not_a_link, too_long };
    Kind kind;
    std::int32_t segments = 0, at_most = 0;  // too_long

    Problem(Kind is, std::int32_t has = 0, std::int32_t may_have = 0) : kind(is), segments(has), at_most(may_have) {}
};
/// Of an SMS over the limit: "the text is 3 segments, at most 2 are allowed".
std::string to_text(const Problem& problem);

struct Letter {
    compose::Composed text;
    connectors::Mailbox from;         // of an SMS the address alone: the number or name that it comes from
    std::string to_name, to_address;  // the candidate's name and mailbox or phone
    base::ZoneId zone{};              // the recipient's
};
using Result = std::variant<Letter, Problem>;

/// As letters are addressed; either may be unknown.
std::string full_name(const std::string& first, const std::string& last);

class Renderer {
public:
    Renderer(const store::Database& database, std::shared_ptr<const dsl::Rules> rules, House house);

    /// Links that are empty show their fixed stand-in.
    Result render(const Subject& subject, const compose::Links& links = {});

    /// Whether this message can be made for whoever has an address, whatever else the record says.
    bool works_for_everybody(const Subject& subject);

    /// A task's text, or any other line with merge fields, for that person.
    std::string line(const dsl::Pieces& pieces, const Subject& subject);

    const House& house() const { return house_; }
    const dsl::Rules& rules() const { return *rules_; }

private:
    const compose::Prepared& prepared(dsl::TemplateIx text);
    const store::CandidateRow* candidate(store::CandidateId id);
    std::optional<compose::Values> values(const Subject& subject);
    void add_house(compose::Values& values, const std::string& owner) const;
    std::string owner(const Subject& subject, const store::CandidateRow& row) const;
    std::optional<connectors::Mailbox> sender(const Subject& subject, const std::string& owner) const;
    std::string sms_sender(const Subject& subject) const;
    std::optional<Problem> too_long(const Subject& subject, const dsl::SmsSize& size) const;
    std::string field_text(const store::CandidateRow& row, dsl::BuiltIn field) const;
    base::ZoneId zone(const store::CandidateRow& row) const;

    const store::Database* database_;  // not null; a pointer so that renderers can be replaced
    std::shared_ptr<const dsl::Rules> rules_;
    std::vector<std::optional<compose::Prepared>> prepared_;  // parallel to rules_->templates; when first needed
    House house_;
    std::vector<store::ColumnDef> columns_;  // parallel to rules_->schema.fields
    base::ZoneId policy_zone_;
    /// By channel, template, campaign, owner.
    std::map<std::tuple<dsl::Channel, std::string, std::string, std::string>, bool> works_;
    std::optional<store::CandidateRow> last_;  // within one rendering; between two anybody may have changed it
};

/// The columns of a schema's fields, in FieldIx order.
std::vector<store::ColumnDef> store_columns(const dsl::Schema& schema);

/// The subject of a stored message: its enrolment's event and note, the message it answers.
Subject subject_of(const store::Database& database, const store::Message& message);
/// Of the message that an approval or a note is for, as it would look now.
Subject subject_of(const store::Database& database, const store::HumanStep& question, base::Minute now);

}  // namespace nurture::render
