// SPDX-License-Identifier: MIT
#include "desk.hpp"

#include <stdexcept>

namespace nurture::forecast::test {
namespace {

store::Birth birth() { return {"0123456789abcdef0123456789abcdef", std::string(32, '\7')}; }

store::Value value(store::ColumnType type, const std::string& text) {
    switch (type) {
    case store::ColumnType::text: return text;
    case store::ColumnType::number: return std::stod(text);
    case store::ColumnType::date: return support::day(text);
    default: throw std::invalid_argument("no such values in these tests");
    }
}

}  // namespace

std::string house_rules(std::string_view policy) {
    return R"(edition 2026

fields
  profession         text
  years              number
  last_conversation  date
  stage              text, say unknown
end

policy "Lone Star Staffing"
  postal address "500 Main St, Dallas, TX 75201"
  time zone candidate, otherwise "America/Chicago"
  quiet hours 20:00 to 08:00
  quiet days sunday
  email requires consent "job news"
  sms requires consent "text messages"
  at most 1 message per candidate in 24 hours
  never contact list "Do not contact"
)" + std::string(policy) +
           "end\n\n";
}

std::string nurses(std::string_view quota, std::string_view condition) {
    return R"(segment "Nurses"
  profession is "Registered Nurse"
  years is at least 2
  last_conversation is more than 90 days ago, or is unknown
)" + std::string(condition) +
           R"(  none of
    stage is any of "Placed", "Retired", if known
  end
end

campaign "Hello nurses"
  owner "dana.wu"
  audience "Nurses"
  from owner
  check every weekday at 07:00
  enroll at most )" +
           std::string(quota) + R"( per day
  re-enter after 365 days
  priority 60
  send monday to thursday between 10:00 and 18:00

  stop when candidate has replied
  stop when candidate leaves the audience

  step review: approval by owner within 2 business days, otherwise stop
  step hello: email "hello"
  wait 4 business days
  step guide: email "guide" in the thread of hello
end

template "hello" for email
  subject "Still nursing near {{city or you}}, {{first_name or there}}?"
  | Hi {{first_name or there}}, a line?
  |
  | {{owner_name}}, {{postal_address}}
  | Stop these emails: {{unsubscribe_link}}
end

template "guide" for email
  subject "What nurses earn"
  | Hi {{first_name or there}}, the guide.
  |
  | {{owner_name}}, {{postal_address}}
  | Stop these emails: {{unsubscribe_link}}
end
)";
}

std::string quarterly(std::string_view extra) {
    return R"(segment "Everybody"
  email is known
end

campaign "Quarterly note"
  owner "lee.ortiz"
  audience "Everybody"
  from owner
  check every monday at 08:00
  enroll at most 100 per day
  re-enter after 80 days
  keep candidates who leave the audience
)" + std::string(extra) +
           R"(  step note: email "note"
end

template "note" for email
  subject "This quarter, {{first_name or there}}"
  | {{owner_name}}, {{postal_address}}
  | Stop these emails: {{unsubscribe_link}}
end
)";
}

std::shared_ptr<const dsl::Rules> compiled(const std::string& text) {
    dsl::SourceSet sources{{{"desk.nurture", text}}};
    auto result = dsl::compile(sources);
    std::string said;
    for (const auto& diagnostic : result.diagnostics)
        said += dsl::render_short(diagnostic, sources) + "\n";
    INFO(said);
    REQUIRE(result.rules);
    return result.rules;
}

Desk::Desk(const std::string& text, const std::filesystem::path& path)
    : store(path.empty() ? store::Database::in_memory(birth()) : store::Database::open(path, birth())),
      rules(compiled(text)) {
    store::ensure_columns(store, render::store_columns(rules->schema));
}

store::CandidateId Desk::person(const std::string& ref, Fields fields) {
    fields.try_emplace("email", ref + "@mail.example");
    fields.try_emplace("phone", "+12145550" + std::to_string(100 + store::candidate_count(store)));
    store::CandidateRecord record{ref, {}, {}, {}};
    std::vector<store::ColumnDef> columns;
    for (const auto& column : store::columns(store)) {
        const auto field = fields.find(column.name);
        if (field == fields.end() || field->second.empty())
            continue;
        columns.push_back(column);
        record.values.push_back(value(column.type, field->second));
    }
    if (const auto email = connectors::EmailAddress::parse(fields["email"]))
        record.email_key = connectors::address_key(store::pepper(store), *email);
    if (const auto phone = connectors::PhoneNumber::parse(fields["phone"]))
        record.phone_key = connectors::address_key(store::pepper(store), *phone);
    store::Transaction transaction(store);
    store::CandidateWriter writer(store, columns, {false, "test", nullptr});
    const auto put = writer.put(record, at("2026-01-05T09:00"));
    transaction.commit();
    consent(put.id, "job news", true);
    return put.id;
}

void Desk::consent(store::CandidateId who, const std::string& name, bool given) {
    store::Transaction transaction(store);
    store::add_consent(store, {who, name, at(given ? "2026-01-05T09:00" : "2026-02-01T09:00"), given, "test"});
    transaction.commit();
}

void Desk::list(store::CandidateId who, const std::string& name) {
    store::Transaction transaction(store);
    store::add_list_member(store, {who, name, at("2026-01-05T09:00"), std::nullopt});
    transaction.commit();
}

void Desk::apply(const dsl::Rules& live, std::map<std::string, std::int64_t> bounds) {
    store::RuleSet set;
    set.hash = live.hash;
    for (const auto& file : live.sources.files)
        set.files.push_back({file.path, file.text});
    set.bounds = std::move(bounds);
    set.applied_at = at("2026-02-02T09:00");
    set.applied_by = "dana";
    set.live = true;
    std::vector<store::StepListRef> lists;
    for (const auto& campaign : live.campaigns)
        lists.push_back({campaign.steps->hash, campaign.name});
    store::Transaction transaction(store);
    store::apply_rule_set(store, set, lists);
    transaction.commit();
}

void Desk::enrol(store::CandidateId who, const dsl::Rules& live, const std::string& campaign, const std::string& step,
                 base::Minute entered) {
    const auto& steps = *live.campaigns[*live.campaign(campaign)].steps;
    store::Enrolment row;
    row.candidate = who;
    row.campaign = campaign;
    row.step_list = steps.hash;
    row.round = 1;
    row.entered_at = entered;
    row.position = *steps.find(step);
    row.step = step;
    row.phase = store::Phase::asked;
    row.anchor = entered;
    row.due = entered + std::chrono::days(60);
    store::Transaction transaction(store);
    store::insert_enrolment(store, row);
    transaction.commit();
}

Inputs Desk::inputs(std::string_view now) const {
    render::House house;
    house.organisation = "Lone Star Staffing";
    house.public_url = "https://talent.example";
    house.people = {{"dana.wu", {"Dana Wu", "dana.wu@lonestar.example", "+12145550001"}},
                    {"lee.ortiz", {"Lee Ortiz", "lee.ortiz@lonestar.example", "+12145550002"}}};
    Guard guard;
    guard.canary_percent = 0;
    Ways ways;
    ways.relay = "smtp://mail.lonestar.example:587";
    return {store,   rules, house, {}, guard, [](std::string_view address) { return address.starts_with("ana"); },
            at(now), {},    ways};
}

void hire(Desk& desk) {
    const auto nurse = [&](const char* ref, const char* first, const char* last, Desk::Fields more) {
        more.insert({{"first_name", first}, {"last_name", last}, {"profession", "Registered Nurse"}});
        more.try_emplace("years", "5");
        more.try_emplace("stage", "Open");
        more.try_emplace("city", "Plano");
        return desk.person(ref, more);
    };
    nurse("ana.ruiz", "Ana", "Ruiz", {{"last_conversation", "2025-06-01"}});
    nurse("bo.king", "Bo", "King", {{"time_zone", "America/New_York"}});
    nurse("cy.lam", "Cy", "Lam", {{"years", "1"}});
    nurse("di.noor", "Di", "Noor", {{"years", ""}});
    nurse("ed.hale", "Ed", "Hale", {{"last_conversation", "2026-02-20"}});
    nurse("fay.ito", "Fay", "Ito", {{"stage", "Placed"}});
    nurse("gus.pike", "Gus", "Pike", {{"stage", ""}, {"time_zone", "America/Los_Angeles"}});
    desk.consent(nurse("hal.moss", "Hal", "Moss", {}), "job news", false);
    desk.list(nurse("ivy.rand", "Ivy", "Rand", {}), "Do not contact");
    nurse("jo.west", "Jo", "West", {{"email", ""}});
    desk.person("kim.lee", {{"first_name", "Kim"}, {"last_name", "Lee"}, {"profession", "Physician"}});
    desk.person("lou.orr", {{"first_name", "Lou"}, {"last_name", "Orr"}});
}

}  // namespace nurture::forecast::test
