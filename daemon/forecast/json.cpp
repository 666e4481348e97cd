// SPDX-License-Identifier: MIT
//
// Every report as JSON, in one file because nlohmann/json is slow to compile. docs/preview-json.md describes it.
#include "daemon/forecast/apply.hpp"
#include "daemon/forecast/why.hpp"

#include <nlohmann/json.hpp>

namespace nurture::forecast {
namespace {

using Json = nlohmann::ordered_json;

std::string_view word(dsl::Channel channel) { return channel == dsl::Channel::sms ? "sms" : "email"; }

/// Bytes that are no UTF-8 are replaced.
std::string text_of(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace); }

template<class Value, class Make>
Json list_of(const std::vector<Value>& values, Make make) {
    Json list = Json::array();
    for (const auto& value : values)
        list.push_back(make(value));
    return list;
}

template<class Value, class Make>
Json maybe(const std::optional<Value>& value, Make make) {
    return value ? Json(make(*value)) : Json(nullptr);
}

Json instant(Minute minute) { return base::format_instant(minute); }

Json json_of(const Counts& counts) {
    return {{"entered", counts.entered},          {"emails", counts.emails}, {"sms", counts.sms},
            {"approvals", counts.approvals},      {"notes", counts.notes},   {"tasks", counts.tasks},
            {"sms_segments", counts.sms_segments}};
}

Json json_of(const Held& held) {
    return {{"name", held.name},
            {"resume", held.by_reload ? Json(nullptr) : Json(held.name)},
            {"campaign", held.campaign.empty() ? Json(nullptr) : Json(held.campaign)},
            {"step", held.step.empty() ? Json(nullptr) : Json(held.step)},
            {"why", held.why}};
}

Json json_of(const Days& days) {
    Json list = Json::array();
    for (const auto& [day, counts] : days) {
        Json one{{"day", base::format_day(day)}};
        one.update(json_of(counts));
        list.push_back(std::move(one));
    }
    return list;
}

Json json_of(const Reasons& reasons) {
    return list_of(reasons, [](const ReasonCount& reason) {
        Json one{{"reason", engine::code(reason.reason)},
                 {"sentence", engine::sentence(reason.reason)},
                 {"people", reason.people}};
        if (!reason.who.empty())
            one["who"] = reason.who;
        return one;
    });
}

Json json_of(const Hour& hour) {
    if (hour.messages == 0)
        return nullptr;
    return {{"begins", instant(hour.begins)}, {"messages", hour.messages}};
}

Json json_of(const Assumptions& assumptions) {
    return {{"approvals", to_text(assumptions.approvals)},
            {"replies_percent", assumptions.replies / 100.0},
            {"sentence", sentence(assumptions)}};
}

Json json_of(const Place& place) { return {{"file", place.file}, {"line", place.line}}; }

Json json_of(const Sample& sample) {
    return {{"candidate", sample.ref},
            {"name", sample.name},
            {"slot", instant(sample.slot)},
            {"local", base::format_instant(sample.slot, sample.zone)},
            {"channel", word(sample.channel)},
            {"template", sample.message_template},
            {"text", sample.text}};
}

// --- preview -------------------------------------------------------------------------------------------------------

Json json_of(const CampaignPreview& c) {
    return {{"name", c.name},
            {"draft", c.draft},
            {"audience", c.audience},
            {"inside", c.inside},
            {"total", json_of(c.total)},
            {"days", json_of(c.days)},
            {"held_back", json_of(c.waits)},
            {"skipped", json_of(c.skipped)},
            {"ended", json_of(c.ends)},
            {"never_reached", {{"people", c.never_reached}, {"reasons", json_of(c.never)}}}};
}

Json json_of(const PlannedMessage& m) {
    Json json{{"candidate", m.ref},
              {"campaign", m.campaign},
              {"step", m.step},
              {"slot", instant(m.slot)},
              {"local", base::format_instant(m.slot, m.zone)},
              {"channel", word(m.channel)},
              {"template", m.message_template}};
    if (m.problem.empty())
        json["text_hash"] = m.text_hash;
    else
        json["problem"] = m.problem;
    if (m.segments != 0)
        json["segments"] = m.segments;
    if (!m.name.empty())
        json["name"] = m.name;
    return json;
}

Json json_of(const OwnerWork& owner) {
    return {{"owner", owner.owner}, {"total", json_of(owner.total)}, {"days", json_of(owner.days)}};
}

Json json_of(const Loss& loss) {
    return {{"campaign", loss.campaign},
            {"ahead", loss.ahead.empty() ? Json(nullptr) : Json(loss.ahead)},
            {"cap", loss.cap},
            {"at", json_of(loss.place)},
            {"people", loss.people}};
}

Json json_of(const Load& load) {
    return {{"name", load.name}, {"messages", load.messages}, {"busiest_hour", json_of(load.busiest)}};
}

Json json_of(const WayLoad& way) {
    Json json{{"channel", word(way.channel)}};
    json.update(json_of(way.load));
    json.update({{"busiest_minute", way.busiest_minute}, {"per_minute", way.per_minute}});
    if (!way.shares.empty())
        json["shares"] = list_of(way.shares, [](const Load& load) { return json_of(load); });
    return json;
}

Json json_of(const Timeline& person) {
    return {{"candidate", person.ref},
            {"name", person.name},
            {"zone", base::zone_name(person.zone)},
            {"timeline", list_of(person.lines, [&](const Timeline::Line& line) {
                 return Json{{"at", instant(line.at)},
                             {"local", base::format_instant(line.at, person.zone)},
                             {"campaign", line.campaign},
                             {"what", line.what}};
             })}};
}

/// What stands at the head of every preview.
Json head_of(const Preview& p) {
    return {{"format", "nurture-preview-1"},
            {"as_of", instant(p.as_of)},
            {"from", instant(p.from)},
            {"until", instant(p.until)},
            {"zone", base::zone_name(p.zone)},
            {"rules", dsl::hex(p.rules)},
            {"with", p.replaced},
            {"assumptions", json_of(p.assumptions)},
            {"test_mode", p.test_mode},
            {"stopped", p.stopped},
            {"held", list_of(p.held, [](const Held& h) { return json_of(h); })},
            {"people", p.store_people}};
}

Json bill_of(const Preview& p) {
    const auto price = cost(p.ways, p.total.sms_segments);
    return {{"segments", p.total.sms_segments}, {"cost", price.empty() ? Json(nullptr) : Json(price)}};
}

// --- plan ----------------------------------------------------------------------------------------------------------

Json json_of(const PlanSegment& s) {
    return {{"name", s.name},
            {"at", json_of(s.place)},
            {"people", s.people},
            {"members", s.members},
            {"lines", list_of(s.lines, [](const PlanLine& line) {
                 return Json{{"line", line.line},
                             {"text", line.text},
                             {"before", line.before},
                             {"after", line.after},
                             {"unknown_left_out", line.unknown_left_out},
                             {"unknown_kept", line.unknown_kept}};
             })}};
}

Json json_of(const Reach& r) {
    return {{"reachable", r.reachable},        {"consent", r.consent},
            {"withdrawn", r.withdrawn},        {"unknown", r.unknown},
            {"no_address", r.no_address},      {"suppressed", r.suppressed},
            {"never_contact", r.never_contact}};
}

std::string_view word(PlanCampaign::Against against) {
    switch (against) {
    case PlanCampaign::Against::nothing_live: return "nothing-live";
    case PlanCampaign::Against::added: return "new";
    case PlanCampaign::Against::changed: return "changed";
    case PlanCampaign::Against::unchanged: return "unchanged";
    }
    return {};
}

std::string_view word(PlanCampaign::Starts starts) {
    switch (starts) {
    case PlanCampaign::Starts::at_checks: return "check";
    case PlanCampaign::Starts::on_change: return "change";
    case PlanCampaign::Starts::on_date: return "date";
    }
    return {};
}

Json json_of(const PlanCampaign& c) {
    const auto reach = [](const Reach& r) { return json_of(r); };
    const auto number = [](std::int64_t n) { return Json(n); };
    return {
        {"name", c.name},
        {"at", json_of(c.place)},
        {"draft", c.draft},
        {"retired", c.closing},
        {"starts", word(c.starts)},
        {"against_live", word(c.against)},
        {"changes", c.changes},
        {"audience",
         {{"segment", c.audience_name},
          {"people", c.audience},
          {"live", maybe(c.live_audience, number)},
          {"outgrown", maybe(c.outgrown, number)}}},
        {"email", maybe(c.email, reach)},
        {"sms", maybe(c.sms, reach)},
        {"may_enter", {{"live", c.may_enter}, {"test", c.may_enter_test}, {"later", c.left_to_enter}}},
        {"quota", {{"per_day", c.quota}, {"line", c.quota_line}}},
        {"next_24_hours",
         {{"entering", c.entering_next_day},
          {"messages", c.messages_next_day},
          {"messages_live_rules", maybe(c.live_next_day, number)}}},
        {"canary", c.canary},
        {"days", json_of(c.days)},
        {"inside", c.inside},
        {"on_older_steps", Json(c.on_older_steps)},
        {"changed_texts",
         list_of(c.changed_texts,
                 [](const ChangedText& t) {
                     return Json{{"channel", word(t.channel)}, {"template", t.message_template}, {"people", t.people}};
                 })},
        {"leaving", c.leaving},
        {"edited_steps",
         list_of(c.edited_steps,
                 [](const EditedStep& e) {
                     return Json{{"step", e.step}, {"fate", e.fate}, {"line", e.line}, {"people", e.people}};
                 })},
        {"may_not_enter", json_of(c.blocked)},
        {"held_back", json_of(c.waits)},
        {"sample", maybe(c.sample, [](const Sample& s) { return json_of(s); })}};
}

// --- why -----------------------------------------------------------------------------------------------------------

Json json_of(const WhyMessage& m) {
    return {{"id", m.id},
            {"step", m.step},
            {"channel", word(m.channel)},
            {"template", m.message_template},
            {"state", m.state},
            {"reason", m.reason},
            {"slot", instant(m.slot)},
            {"accepted", maybe(m.accepted, instant)},
            {"line", m.line},
            {"rules", m.rule_set},
            {"waited", m.waited},
            {"consent", m.consent},
            {"approved_by", maybe(m.approved_by, [](const std::string& by) { return by; })}};
}

Json json_of(const WhyEnrolment& e) {
    return {{"entered", instant(e.entered_at)},
            {"step", e.step},
            {"where", e.where},
            {"due", maybe(e.due, instant)},
            {"ended", maybe(e.ended_at, instant)},
            {"end", e.end},
            {"messages", list_of(e.messages, [](const WhyMessage& m) { return json_of(m); })},
            {"deeds", list_of(e.deeds, [](const WhyDeed& d) {
                 return Json{{"at", instant(d.at)},
                             {"step", d.step},
                             {"line", d.line},
                             {"reason", d.reason},
                             {"sentence", d.sentence}};
             })}};
}

Json json_of(const WhyCampaign& c) {
    return {{"name", c.name},
            {"at", json_of(c.place)},
            {"audience", c.audience_name},
            {"in_audience", c.in_audience},
            {"lines", list_of(c.lines,
                              [](const WhyLine& line) {
                                  return Json{{"line", line.line},
                                              {"text", line.text},
                                              {"holds", line.holds},
                                              {"unknown", line.unknown},
                                              {"values", line.values}};
                              })},
            {"entry", c.entry},
            {"enrolments", list_of(c.enrolments, [](const WhyEnrolment& e) { return json_of(e); })},
            {"planned", list_of(c.planned, [](const Sample& s) { return json_of(s); })},
            {"planned_work", list_of(c.planned_work,
                                     [](const WhyWork& work) {
                                         return Json{{"at", instant(work.at)}, {"text", work.text}};
                                     })},
            {"stops", list_of(c.stops, [](const WhyStop& stop) {
                 return Json{{"at", stop.place ? json_of(*stop.place) : Json(nullptr)}, {"text", stop.text}};
             })}};
}

}  // namespace

WhyDeed deed_of(std::string_view journal_body) {
    const auto body = Json::parse(journal_body, nullptr, false);
    const auto text = [&](const char* key) {
        return body.is_object() && body.contains(key) && body[key].is_string() ? body[key].get<std::string>()
                                                                               : std::string();
    };
    WhyDeed deed{{}, text("step"), text("line"), text("reason"), {}};
    const auto code = engine::find_reason(deed.reason);
    deed.sentence = code ? std::string(engine::sentence(*code)) : deed.reason;
    return deed;
}

std::string to_json(const Preview& p) {
    auto json = head_of(p);
    if (p.person) {
        json["person"] = json_of(*p.person);
        return text_of(json);
    }
    json.update({{"total", json_of(p.total)},
                 {"days", json_of(p.days)},
                 {"busiest_hour", json_of(p.busiest_hour)},
                 {"replies", p.replies},
                 {"sms", bill_of(p)},
                 {"owners", list_of(p.owners, [](const OwnerWork& o) { return json_of(o); })},
                 {"caps", list_of(p.losses, [](const Loss& l) { return json_of(l); })},
                 {"relays", list_of(p.loads.ways, [](const WayLoad& w) { return json_of(w); })},
                 {"domains", list_of(p.loads.domains, [](const Load& l) { return json_of(l); })},
                 {"other_domains", {{"domains", p.loads.other_domains}, {"messages", p.loads.other_messages}}},
                 {"campaigns", list_of(p.campaigns, [](const CampaignPreview& c) { return json_of(c); })},
                 {"messages", list_of(p.messages, [](const PlannedMessage& m) { return json_of(m); })}});
    return text_of(json);
}

std::string to_json(const Plan& p, bool names) {
    return text_of(
        {{"format", "nurture-plan-1"},
         {"hash", p.hash},
         {"rules", dsl::hex(p.rules)},
         {"live_rules", maybe(p.live_rules, [](const dsl::Hash& hash) { return dsl::hex(hash); })},
         {"changed_files", p.changed_files},
         {"as_of", instant(p.as_of)},
         {"zone", base::zone_name(p.zone)},
         {"assumptions", json_of(p.assumptions)},
         {"test_mode", p.test_mode},
         {"stopped", p.stopped},
         {"held", list_of(p.held, [](const Held& h) { return json_of(h); })},
         {"people", p.people},
         {"errors",
          list_of(
              p.obstacles,
              [](const Obstacle& o) {
                  return Json{{"code", o.code}, {"sentence", o.sentence}, {"at", json_of(o.place)}, {"write", o.write}};
              })},
         {"warnings", p.warnings},
         {"next_24_hours",
          {{"entering", p.entering_next_day},
           {"messages", p.messages_next_day},
           {"busiest_hour", json_of(p.busiest_hour)}}},
         {"days", json_of(p.days)},
         {"segments", list_of(p.segments, [](const PlanSegment& s) { return json_of(s); })},
         {"campaigns", list_of(p.campaigns, [](const PlanCampaign& c) { return json_of(c); })},
         {"removed", list_of(p.removed,
                             [](const RemovedCampaign& r) {
                                 return Json{{"name", r.name}, {"inside", r.inside}, {"fate", r.fate}};
                             })},
         {"floors", list_of(p.floors, [&](const PlanFloor& f) {
              Json floor{{"at", json_of(f.place)}, {"line", f.text}, {"reachable", f.reachable}, {"below", f.below}};
              if (names)
                  floor["people"] = f.refs;
              return floor;
          })}});
}

std::string to_json(const Why& w) {
    return text_of({{"format", "nurture-why-1"},
                    {"candidate", w.ref},
                    {"name", w.name},
                    {"as_of", instant(w.as_of)},
                    {"zone", base::zone_name(w.zone)},
                    {"erased", w.erased},
                    {"test_mode", w.test_mode},
                    {"assumptions", json_of(w.assumptions)},
                    {"facts", w.facts},
                    {"campaigns", list_of(w.campaigns, [](const WhyCampaign& c) { return json_of(c); })}});
}

// --- the record of a plan ------------------------------------------------------------------------------------------

std::string to_json(const Record& record) {
    Json campaigns = Json::object();
    for (const auto& [name, figures] : record.campaigns)
        campaigns[name] = {{"audience", figures.audience}, {"messages_in_24_hours", figures.messages_next_day}};
    return text_of({{"format", "nurture-plan-record-1"},
                    {"plan", record.hash},
                    {"rules", record.rules},
                    {"as_of", instant(record.as_of)},
                    {"campaigns", campaigns}});
}

std::optional<Record> read_record(std::string_view text) {
    const auto json = Json::parse(text, nullptr, false);
    if (!json.is_object() || json.value("format", "") != "nurture-plan-record-1")
        return std::nullopt;
    try {
        const auto as_of = base::parse_instant(json.at("as_of").get<std::string>(), base::ZoneId::utc);
        if (!as_of)
            return std::nullopt;
        Record record{json.at("plan"), json.at("rules"), base::floor_minute(*as_of), {}};
        for (const auto& [name, figures] : json.at("campaigns").items())
            record.campaigns[name] = {figures.at("audience"), figures.at("messages_in_24_hours")};
        return record;
    } catch (const Json::exception&) {  // a key is missing or of another type
        return std::nullopt;
    }
}

}  // namespace nurture::forecast
