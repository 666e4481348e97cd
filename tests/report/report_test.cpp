// SPDX-License-Identifier: MIT
//
// What the page holds and what it never holds. How it looks and works is tried in a browser
// (tests/functional/report_in_chromium.py).
#include "daemon/base/hash.hpp"
#include "daemon/report/report.hpp"
#include "tests/forecast/desk.hpp"

using namespace nurture;
using namespace nurture::forecast;
using namespace nurture::forecast::test;

namespace {

struct Wanted {
    bool anonymous = false;
    const dsl::SourceSet* live = nullptr;
};

std::string page(Desk& desk, const Wanted& wanted = {}) {
    const auto inputs = desk.inputs();
    PreviewOptions options;
    options.days = 10;
    options.specimens = true;
    const auto report = preview(inputs, options);
    const auto about = plan(inputs);
    return report::to_html(
        {about, report, *desk.rules, "Lone Star Staffing", wanted.live, wanted.anonymous, {"dana.wu", "lee.ortiz"}});
}

bool has(const std::string& html, std::string_view what) { return html.find(what) != std::string::npos; }

std::size_t times(const std::string& html, std::string_view what) {
    std::size_t count = 0;
    for (auto at = html.find(what); at != html.npos; at = html.find(what, at + what.size()))
        ++count;
    return count;
}

}  // namespace

TEST_CASE("a name that is markup stays a name, outside and inside the mail") {
    Desk desk(house_rules() + quarterly());
    desk.person("evil", {{"first_name", "<script>alert(1)</script>"}, {"last_name", "\"><img src=x>"}});
    const auto html = page(desk);
    CHECK(times(html, "<script>") == 1);  // the report's own
    CHECK_FALSE(has(html, "<img"));
    CHECK(has(html, "&lt;script&gt;alert(1)&lt;/script&gt;"));
    CHECK(has(html, "&amp;lt;script&amp;gt;alert(1)"));  // in the mail, which is HTML in an attribute
}

TEST_CASE("the page allows its own script and nothing from anywhere") {
    Desk desk(house_rules() + quarterly());
    const auto html = page(desk);
    const auto begin = html.find("<script>") + 8, end = html.find("</script>");
    const auto own = base::base64(base::sha256(std::string_view(html).substr(begin, end - begin)));
    CHECK(has(html, "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-" + own + "'"));
}

TEST_CASE("an anonymous report names neither people nor colleagues nor their domains") {
    Desk desk(house_rules() + nurses() + quarterly());
    hire(desk);
    const auto html = page(desk, {.anonymous = true});
    for (const auto* word :
         {"Ana", "Ruiz", "ana.ruiz", "mail.example", "+1214555", "dana.wu", "Dana Wu", "@lonestar.example"})
        CHECK_FALSE(has(html, word));
    CHECK(has(html, "[first_name]"));
    CHECK(has(html, "colleague 1"));
    CHECK(has(html, "mailbox domain 1"));
    CHECK(has(page(desk), "Ana Ruiz"));
}

TEST_CASE("the lines that differ from the live rules are shown with some around them, the others counted") {
    Desk desk(house_rules() + nurses() + quarterly());
    hire(desk);
    desk.apply(*desk.rules);
    const auto live = desk.rules->sources;
    CHECK(has(page(desk, {.live = &live}), "These rules are the live ones."));
    auto text = live.files.front().text;
    text.replace(text.find("wait 4 business days"), 20, "wait 5 business days");
    text.replace(text.find("What nurses earn"), 16, "What nurses make");
    desk.use(text);
    const auto html = page(desk, {.live = &live});
    CHECK(times(html, "<div class=\"minus\">") == 2);
    CHECK(times(html, "<div class=\"plus\">") == 2);
    CHECK(times(html, "<div class=\"same\">") == 8);
    CHECK(times(html, "<div class=\"gap\">") == 2);
    CHECK(has(html, "<a href=\"#campaign-hello-nurses-"));
}

TEST_CASE("a report without live rules says so") {
    Desk desk(house_rules() + quarterly());
    CHECK(has(page(desk), "No rules are live yet"));
}

TEST_CASE("a page does not grow with the people in it") {
    Desk few(house_rules() + quarterly("  priority 10\n")), many(house_rules() + quarterly("  priority 10\n"));
    for (int i = 0; i < 300; ++i) {
        const auto ref = "p" + std::to_string(i);
        const Desk::Fields fields{{"first_name", "Robin"}, {"email", ref + "@d" + std::to_string(i) + ".example"}};
        many.person(ref, fields);
        if (i < 30)
            few.person(ref, fields);
    }
    CHECK(page(many).size() < page(few).size() + 1500);
}
