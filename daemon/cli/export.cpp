// SPDX-License-Identifier: MIT
// `export`: everything that the store holds about one person, to be handed to that person.
#include "daemon/cli/commands.hpp"
#include "daemon/cli/installation.hpp"
#include "daemon/cli/people.hpp"
#include "daemon/store/enrolments.hpp"
#include "daemon/store/histories.hpp"
#include "daemon/store/messages.hpp"
#include "daemon/store/suppressions.hpp"

#include <nlohmann/json.hpp>

#include <ostream>

namespace nurture::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string when(store::Instant instant) { return base::format_instant(instant); }
Json when(const std::optional<store::Instant>& instant) { return instant ? Json(when(*instant)) : Json(nullptr); }

struct ValueJson {
    Json operator()(std::monostate) const { return nullptr; }
    Json operator()(double number) const {
        const auto whole = static_cast<std::int64_t>(number);
        return static_cast<double>(whole) == number ? Json(whole) : Json(number);
    }
    Json operator()(bool yes) const { return yes; }
    Json operator()(const std::vector<std::string>& list) const { return list; }
    template<class Other>
    Json operator()(const Other& other) const {
        return store::to_text(store::Value(other));
    }
};

Json fields_of(const store::Database& database, store::CandidateId id) {
    const auto columns = store::columns(database);
    const auto row = store::read_candidate(database, id, columns);
    Json fields = Json::object();
    for (std::size_t i = 0; row && i < columns.size(); ++i)
        fields[columns[i].name] = std::visit(ValueJson{}, row->values[i]);
    return fields;
}

Json histories_of(const store::Database& database, store::CandidateId id) {
    const store::IdRange only{id, id};
    Json events = Json::array(), consents = events, lists = events;
    store::EventRow event;
    for (store::EventScan scan(database, only); scan.next(event);)
        events.push_back({{"event", event.kind}, {"at", when(event.at)}, {"detail", event.detail}});
    store::ConsentRow consent;
    for (store::ConsentScan scan(database, only); scan.next(consent);)
        consents.push_back({{"consent", consent.name},
                            {"status", consent.given ? "given" : "withdrawn"},
                            {"at", when(consent.at)},
                            {"source", consent.source},
                            {"text", consent.text}});
    store::ListMemberRow member;
    for (store::ListScan scan(database, only); scan.next(member);)
        lists.push_back({{"list", member.list}, {"since", when(member.since)}, {"until", when(member.until)}});
    return {{"events", events}, {"consents", consents}, {"lists", lists}};
}

Json campaigns_of(const store::Database& database, store::CandidateId id) {
    Json all = Json::array();
    for (const auto& enrolment : store::enrolments_of(database, id)) {
        Json asked = Json::array();
        for (const auto& step : store::human_steps_of(database, enrolment.id))
            asked.push_back({{"kind", store::to_text(step.kind)},
                             {"step", step.step},
                             {"owner", step.owner},
                             {"text", step.text},
                             {"note", step.note},
                             {"asked_at", when(step.asked_at)},
                             {"decided_at", when(step.decided_at)},
                             {"decision", step.decision}});
        all.push_back({{"campaign", enrolment.campaign},
                       {"entered_at", when(enrolment.entered_at)},
                       {"phase", store::to_text(enrolment.phase)},
                       {"event_value", enrolment.event_value},
                       {"ended_at", when(enrolment.ended_at)},
                       {"end_reason", enrolment.end_reason},
                       {"asked", asked}});
    }
    return all;
}

Json messages_of(const store::Database& database, store::CandidateId id) {
    Json all = Json::array();
    for (const auto& message : store::messages_of_candidate(database, id)) {
        if (message.purpose != store::MessagePurpose::campaign)
            continue;  // a test went to somebody else
        Json feedback = Json::array();
        for (const auto& heard : store::feedback_of(database, message.id))
            feedback.push_back({{"kind", heard.kind}, {"at", when(heard.at)}});
        all.push_back({{"campaign", message.campaign},
                       {"step", message.step},
                       {"channel", store::to_text(message.channel)},
                       {"template", message.message_template},
                       {"slot", when(message.slot)},
                       {"state", store::to_text(message.state)},
                       {"reason", message.reason},
                       {"accepted_at", when(message.accepted_at)},
                       {"feedback", feedback}});
    }
    return all;
}

Json suppressions_of(const store::Database& database, store::CandidateId id) {
    Json all = Json::array();
    for (const auto& key : addresses_of(database, id))
        for (const auto& entry : store::suppression_history(database, key.key))
            if (entry.channel == key.channel)
                all.push_back({{"channel", store::to_text(entry.channel)},
                               {"reason", entry.reason},
                               {"at", when(entry.at)},
                               {"until", when(entry.until)},
                               {"lifted_at", when(entry.lifted_at)}});
    return all;
}

}  // namespace

int export_person(Session& session, const ExportOptions& options) {
    const auto config = load_config(session);
    auto database = read_store(session, config);
    const store::Transaction picture(database, store::Transaction::For::read);
    const auto found = need_person(database, or_from_input(session, options.person));
    Json document;
    document["ref"] = found.ref;
    document["organisation"] = config.organisation_name;
    document["as_of"] = when(session.now());
    document["fields"] = fields_of(database, found.id);
    document.update(histories_of(database, found.id));
    document["campaigns"] = campaigns_of(database, found.id);
    document["messages"] = messages_of(database, found.id);
    document["suppressions"] = suppressions_of(database, found.id);
    session.out << document.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
    return 0;
}

}  // namespace nurture::cli
