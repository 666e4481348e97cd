// SPDX-License-Identifier: MIT
#include "daemon/cli/people.hpp"

#include "connectors/address.hpp"
#include "daemon/cli/session.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace nurture::cli {
namespace {

constexpr int k_suggested = 5;       // refs that begin alike, shown when one does not exist
constexpr std::size_t k_prefix = 4;  // … and how much of it must be right

const std::vector<store::ColumnDef> k_names = {{"first_name", store::ColumnType::text},
                                               {"last_name", store::ColumnType::text}};

std::string refs_of(const store::Database& database, const std::vector<store::CandidateId>& several) {
    std::string text;
    for (const auto id : several)
        if (const auto one = person(database, id))
            text += fmt::format("{}{}", text.empty() ? "" : ", ", one->ref);
    return text;
}

[[noreturn]] void nobody(const store::Database& database, const std::string& text, bool is_address) {
    if (is_address)
        throw Failure("nobody in the store has this address: give the ref of the person, or look with "
                      "`nurture find 'email is \"…\"'`");
    const auto alike = store::refs_like(database, text.substr(0, k_prefix), k_suggested);
    throw Failure(fmt::format("there is nobody with the ref {}{}", text,
                              alike.empty()
                                  ? "; a ref, an email address or a phone number with + is what names a person"
                                  : fmt::format("; refs that begin like it: {}", fmt::join(alike, ", "))));
}

}  // namespace

std::optional<Person> person(const store::Database& database, store::CandidateId id) {
    const auto row = store::read_candidate(database, id, k_names);
    if (!row)
        return std::nullopt;
    Person found{id, row->ref, store::to_text(row->values[0]), row->erased_at.has_value()};
    const auto last = store::to_text(row->values[1]);
    if (!found.name.empty() && !last.empty())
        found.name += ' ';
    found.name += last;
    return found;
}

std::optional<Address> address(const store::Database& database, const std::string& text) {
    if (const auto email = connectors::EmailAddress::parse(text))
        return Address{store::Channel::email, email->canonical(),
                       connectors::address_key(store::pepper(database), *email)};
    if (const auto phone = connectors::PhoneNumber::parse(text))
        return Address{store::Channel::sms, phone->canonical(),
                       connectors::address_key(store::pepper(database), *phone)};
    return std::nullopt;
}

Person need_person(const store::Database& database, const std::string& text) {
    if (const auto id = store::find_by_ref(database, text))
        return *person(database, *id);
    const auto place = address(database, text);
    const auto found =
        place ? store::find_by_key(database, place->channel, place->key) : std::vector<store::CandidateId>();
    if (found.empty())
        nobody(database, text, place.has_value());
    if (found.size() > 1)
        throw Failure(fmt::format("{} people share this address; name one of them by ref: {}", found.size(),
                                  refs_of(database, found)));
    return *person(database, found.front());
}

std::vector<Keyed> addresses_of(const store::Database& database, store::CandidateId id) {
    std::vector<Keyed> keys;
    if (const auto row = store::read_candidate(database, id, {})) {
        if (row->email_key)
            keys.push_back({store::Channel::email, *row->email_key});
        if (row->phone_key)
            keys.push_back({store::Channel::sms, *row->phone_key});
    }
    return keys;
}

}  // namespace nurture::cli
