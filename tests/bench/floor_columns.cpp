// SPDX-License-Identifier: MIT
// The floor's columns, read from the store with statements of their own.
#include "tests/bench/floor.hpp"
#include "tests/bench/vocabulary.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <bit>
#include <limits>

namespace nurture::bench {
namespace {

constexpr auto k_never = static_cast<std::uint32_t>(std::numeric_limits<std::int32_t>::min());
constexpr auto k_nan = std::bit_cast<std::uint32_t>(std::numeric_limits<float>::quiet_NaN());
const std::vector<std::string> k_texts = {"profession", "license_state", "stage", "source"};
const std::vector<std::string> k_numbers = {"years", "pay_rate"};
const std::vector<std::string> k_dates = {"last_conversation", "license_expires", "certification_expires"};

std::uint32_t day_number(const std::string& text) {
    const auto day = base::parse_day(text);
    return day ? static_cast<std::uint32_t>(day->time_since_epoch().count()) : k_never;
}

}  // namespace

std::size_t FloorColumns::add_bytes(const std::string& name) {
    by_name_[name] = columns_.size();
    columns_.push_back({std::vector<std::uint8_t>(padded_, 0), {}});
    return columns_.size() - 1;
}

std::size_t FloorColumns::add_wide(const std::string& name, std::uint32_t unknown) {
    by_name_[name] = columns_.size();
    columns_.push_back({{}, std::vector<std::uint32_t>(padded_, unknown)});
    return columns_.size() - 1;
}

std::uint8_t FloorColumns::code(const std::string& field, const std::string& value) const {
    const auto codes = codes_.find(field);
    const auto found = codes != codes_.end() ? codes->second.find(value) : decltype(codes->second.end()){};
    // No row has 255: a value that nobody has matches nobody, and the unknown is no value.
    return codes == codes_.end() || found == codes->second.end() ? 255 : found->second;
}

std::uint32_t FloorColumns::mask(const std::string& field, const std::vector<std::string>& values) const {
    std::uint32_t mask = 0;
    for (const auto& value : values)
        if (const auto bit = code(field, value); bit != 255)
            mask |= 1u << (bit - 1);
    return mask;
}

void FloorColumns::read_people(const std::filesystem::path& store) {
    SQLite::Database db(store.string());
    SQLite::Statement row(db, "SELECT id,profession,license_state,stage,source,years,pay_rate,last_conversation,"
                              "license_expires,certification_expires,home,travels FROM candidate");
    std::vector<std::size_t> to;
    for (const auto& field : k_texts)
        to.push_back(add_bytes(field));
    for (const auto& field : k_numbers)
        to.push_back(add_wide(field, k_nan));
    for (const auto& field : k_dates)
        to.push_back(add_wide(field, k_never));
    const std::size_t lat = add_wide("lat", k_nan), lon = add_wide("lon", k_nan), travels = add_bytes("travels");
    while (row.executeStep()) {
        const auto at = static_cast<std::size_t>(row.getColumn(0).getInt64() - 1);
        int from = 1;
        for (std::size_t i = 0; i < to.size(); ++i, ++from) {
            const auto value = row.getColumn(from);
            if (value.isNull())
                continue;
            if (i < k_texts.size()) {
                auto& codes = codes_[k_texts[i]];
                columns_[to[i]].bytes[at] =
                    codes.emplace(value.getString(), static_cast<std::uint8_t>(codes.size() + 1)).first->second;
            } else if (i < k_texts.size() + k_numbers.size()) {
                columns_[to[i]].wide[at] = std::bit_cast<std::uint32_t>(static_cast<float>(value.getDouble()));
            } else {
                columns_[to[i]].wide[at] = day_number(value.getString());
            }
        }
        if (const auto home = row.getColumn(from); !home.isNull()) {
            const std::string text = home.getString();
            columns_[lat].wide[at] = std::bit_cast<std::uint32_t>(std::stof(text));
            columns_[lon].wide[at] = std::bit_cast<std::uint32_t>(std::stof(text.substr(text.find(',') + 1)));
        }
        if (const auto yes = row.getColumn(from + 1); !yes.isNull())
            columns_[travels].bytes[at] = yes.getInt() != 0 ? 2 : 1;
    }
}

void FloorColumns::read_histories(const std::filesystem::path& store, const Moment& moment) {
    SQLite::Database db(store.string());
    for (const std::string field : {"tags", "certifications"}) {
        const std::size_t to = add_wide(field, 0);
        SQLite::Statement row(db, "SELECT candidate,value FROM candidate_item WHERE field=?");
        row.bind(1, field);
        while (row.executeStep()) {
            auto& codes = codes_[field];
            const auto code =
                codes.emplace(row.getColumn(1).getString(), static_cast<std::uint8_t>(codes.size() + 1)).first->second;
            columns_[to].wide[static_cast<std::size_t>(row.getColumn(0).getInt64() - 1)] |= 1u << (code - 1);
        }
    }
    for (const auto& happening : k_happenings) {
        add_wide(std::string(happening.kind), k_never);
        add_wide(std::string(happening.kind) + " before", k_never);
    }
    // What lies ahead has not happened. In order of time: the last two stay.
    SQLite::Statement event(db, "SELECT candidate,kind,at/60 FROM event WHERE at/60<=? ORDER BY candidate,kind,at");
    event.bind(1, static_cast<std::int64_t>(moment.now.time_since_epoch().count()));
    while (event.executeStep()) {
        const auto at = static_cast<std::size_t>(event.getColumn(0).getInt64() - 1);
        const std::size_t last = by_name_.at(event.getColumn(1).getString());
        columns_[last + 1].wide[at] = columns_[last].wide[at];
        columns_[last].wide[at] = static_cast<std::uint32_t>(event.getColumn(2).getInt());
    }
    for (const auto consent : {k_consent_email, k_consent_sms}) {
        const std::size_t to = add_bytes(std::string(consent));
        SQLite::Statement row(db,
                              "SELECT candidate,status='given' FROM consent WHERE name=? ORDER BY candidate,at,status");
        row.bind(1, std::string(consent));
        while (row.executeStep())
            columns_[to].bytes[static_cast<std::size_t>(row.getColumn(0).getInt64() - 1)] =
                static_cast<std::uint8_t>(row.getColumn(1).getInt());
    }
    for (const auto list : {k_list_never, k_list_later}) {
        const std::size_t to = add_bytes(std::string(list));
        SQLite::Statement row(db, "SELECT candidate FROM list_member WHERE list=?");
        row.bind(1, std::string(list));
        while (row.executeStep())
            columns_[to].bytes[static_cast<std::size_t>(row.getColumn(0).getInt64() - 1)] = 1;
    }
}

FloorColumns::FloorColumns(const std::filesystem::path& store, const Moment& moment) {
    SQLite::Database db(store.string());
    rows_ = static_cast<std::size_t>(db.execAndGet("SELECT max(id) FROM candidate").getInt64());
    padded_ = (rows_ + Floor::k_block - 1) / Floor::k_block * Floor::k_block;
    read_people(store);
    read_histories(store, moment);
}

}  // namespace nurture::bench
