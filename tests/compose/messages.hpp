// SPDX-License-Identifier: MIT
//
// Templates put together by hand, and Ana, who gets them.
#pragma once

#include "daemon/compose/compose.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace nurture::compose_tests {

using namespace std::chrono_literals;
using std::chrono::year_month_day;

inline constexpr dsl::FieldIx k_first_name = 0;
inline constexpr dsl::FieldIx k_specialty = 1;
inline constexpr dsl::FieldIx k_expires = 2;
inline constexpr dsl::FieldIx k_website = 3;

inline dsl::Piece words(std::string text) {
    return {.kind = dsl::MergeKind::literal, .text = std::move(text), .span = {}};
}
inline dsl::Piece value(dsl::MergeKind kind) { return {.kind = kind, .text = "", .span = {}}; }
inline dsl::Piece field(dsl::FieldIx index) {
    return {.kind = dsl::MergeKind::field, .text = "", .field = index, .span = {0, 10, 20}};
}
inline dsl::Piece field_or(dsl::FieldIx index, std::string fallback) {
    return {
        .kind = dsl::MergeKind::field, .text = std::move(fallback), .field = index, .has_fallback = true, .span = {}};
}

inline dsl::Template email(dsl::Pieces body, dsl::Pieces subject = {words("Hello")}) {
    return {.name = "t",
            .channel = dsl::Channel::email,
            .kind = "",
            .language = "",
            .subject = std::move(subject),
            .body = std::move(body),
            .span = {}};
}

inline compose::Values ana() {
    compose::Values values;
    values.fields = {std::string("Ana"), std::vector<std::string>{"ICU", "CVICU"}, year_month_day{2026y / 5 / 1}};
    values.owner_name = "Dana Wu";
    values.owner_phone = "+1 (214) 555-0142";
    values.postal_address = "500 Main St, Dallas, TX";
    values.sender = "Dana Wu <dana.wu@lonestar.example>";
    values.today = year_month_day{2026y / 3 / 2};
    return values;
}

inline compose::Values named(std::string name) {
    compose::Values values = ana();
    values.fields[k_first_name] = std::move(name);
    return values;
}

inline compose::Composed composed(const dsl::Template& text, const compose::Values& values = ana(),
                                  const compose::Links& links = {}) {
    auto rendering = compose::compose(text, values, links);
    REQUIRE(std::holds_alternative<compose::Composed>(rendering));
    return std::get<compose::Composed>(rendering);
}

inline std::string body_of(const compose::Composed& message) {
    std::size_t begin = message.html.find("overflow-wrap:anywhere\">\n") + 25;
    return message.html.substr(begin, message.html.rfind("</div>\n</body>") - begin);
}

}  // namespace nurture::compose_tests
