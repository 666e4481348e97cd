// SPDX-License-Identifier: MIT
//
// A template and one person's values become what the recipient reads: subject, plain text and HTML, or an SMS, and the
// hash of it all. Values are words, never markup: a name can bring in neither Markdown nor HTML nor a line of a header.
// Pure: the same input gives the same bytes, any thread. What can go wrong is a value that is blank where the template
// says nothing else (FAILED_RENDER).
#pragma once

#include "daemon/base/hash.hpp"
#include "dsl/template.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace nurture::compose {

/// Blank, text (also numbers, yes/no, places: already words), a date, or a list. Shown as "", as it is, "May 1, 2026"
/// (in the recipient's language), "ICU, CVICU".
using Value = std::variant<std::monostate, std::string, std::chrono::year_month_day, std::vector<std::string>>;

struct Values {
    std::vector<Value> fields;  // by dsl::FieldIx; a missing tail counts as blank
    std::string owner_name, owner_email, owner_phone;
    std::string organisation, postal_address;
    std::string event_value;
    std::optional<std::chrono::year_month_day> event_date;
    std::string language;               // the recipient's, two letters: dates are in it; empty: English
    std::string personal_note;          // may have several lines
    std::string sender;                 // "Dana Wu <dana.wu@…>", or the SMS sender: part of the hash only
    std::string thread_subject;         // first subject of the conversation; not empty: the subject is "Re: " + it
    std::chrono::year_month_day today;  // the candidate's date, for years_since
};

/// URLs, ASCII. An empty one shows a fixed stand-in, as previews and the hash do.
struct Links {
    std::string unsubscribe, preferences, renew_consent;
    /// As long as any of them can be: what each is taken for where an SMS is counted, so that a preview, which has no
    /// links, counts as many segments as the message that goes out. Empty: they count as they are.
    std::string longest = {};
};

using Hash = base::Digest;

struct Composed {
    std::string subject;  // one line; email only
    std::string plain;    // email only; '\n' line ends
    std::string html;     // email only; a whole document
    std::string sms;      // SMS only
    dsl::SmsSize sms_size;
    bool said_instead = false;  // a value was blank, and what stands behind `or` was said
    /// SHA-256 over sender, subject, both bodies or the SMS, with fixed stand-ins for the links: what an approval is
    /// for, and what preview and journal agree on.
    Hash hash{};
};

struct RenderError {
    enum class Reason { blank, not_a_link } reason = Reason::blank;
    dsl::MergeKind what = dsl::MergeKind::literal;
    dsl::FieldIx field = 0;  // what == field or years_since
    dsl::Span span;          // of the merge field in the template
};

using Rendering = std::variant<Composed, RenderError>;

class Markdown;

/// A template made ready once for many messages: its Markdown is parsed, and a message is only the filling of holes.
/// Whoever writes to many keeps it as long as the rule set (render::Renderer). Immutable, any thread.
class Prepared {
public:
    explicit Prepared(dsl::Template text);

    Rendering fill(const Values& values, const Links& links) const;

private:
    Rendering email(const Values& values, const Links& links) const;
    Rendering sms(const Values& values, const Links& links) const;

    dsl::Template text_;
    std::shared_ptr<const Markdown> body_;  // email only
};

/// One message of a template that is not needed again.
Rendering compose(const dsl::Template& text, const Values& values, const Links& links);

/// Whether compose() makes a text of it whatever a person's record says: nothing in it hangs on a value that may be
/// blank or that would have to be a link. Of `house` owner, organisation and postal address are looked at.
bool works_for_everybody(const dsl::Template& text, const Values& house);

/// Pieces as one line of words, for task texts and subjects.
std::variant<std::string, RenderError> compose_line(const dsl::Pieces& pieces, const Values& values);

}  // namespace nurture::compose
