// SPDX-License-Identifier: MIT
//
// What a plan and a preview look like.
#include "desk.hpp"
#include "tests/support/golden.hpp"

using namespace nurture;
using namespace nurture::forecast;
using namespace nurture::forecast::test;

namespace {

void check_golden(const std::string& name, const std::string& text) {
    CHECK(text == support::golden("forecast/" + name, text));
    std::size_t widest = 0;
    for (std::string_view rest = text; !rest.empty(); rest.remove_prefix(std::min(rest.size(), rest.find('\n') + 1)))
        widest = std::max(widest, width(rest.substr(0, rest.find('\n'))));
    CHECK(widest <= 80);
}

}  // namespace

TEST_CASE("a plan reads as the golden text does") {
    Desk desk(house_rules() + nurses("2"));
    hire(desk);
    desk.apply(*desk.rules);
    desk.enrol(*store::find_by_ref(desk.store, "ana.ruiz"), *desk.rules, "Hello nurses", "review",
               at("2026-02-27T07:00"));
    auto text = house_rules() + nurses("2") + quarterly();
    text.replace(text.find("the guide."), 10, "the new guide.");
    desk.use(text);
    auto inputs = desk.inputs();
    inputs.settings.test_mode = true;
    inputs.guard.canary_percent = 1;
    auto report = plan(inputs, 1);
    report.hash.replace(0, 6, "7f3a91");  // covers the rules' text: it is not what this test is about
    check_golden("plan.txt", to_text(report));
}

TEST_CASE("a preview reads as the golden text does") {
    Desk desk(house_rules() + nurses("2") + quarterly());
    hire(desk);
    auto report = preview(desk.inputs(), {14, {}, false});
    report.rules.fill(0x7f);
    check_golden("preview.txt", to_text(report));
}

TEST_CASE("one person's why reads as the golden text does") {
    Desk desk(house_rules() + nurses("2") + quarterly());
    hire(desk);
    check_golden("why.txt", to_text(why(desk.inputs(), *store::find_by_ref(desk.store, "gus.pike"))));
}
