// SPDX-License-Identifier: MIT
// `why`, `suppress`, `lift`, `erase`: one person.
#include "daemon/cli/commands.hpp"
#include "daemon/cli/installation.hpp"
#include "daemon/cli/people.hpp"
#include "daemon/forecast/why.hpp"
#include "daemon/store/journal.hpp"
#include "daemon/store/suppressions.hpp"

#include <fmt/format.h>

#include <istream>
#include <optional>
#include <ostream>

namespace nurture::cli {
namespace {

using forecast::counted;

void need_reason(const SuppressOptions& options) {
    if (options.because.find_first_not_of(" \t") == std::string::npos)
        throw Usage("say why, for the record: --because \"asked us on the phone\"");
}

/// A person's addresses, or the one address that was given: it need not belong to anybody.
struct Whom {
    std::vector<Keyed> keys;
    std::string shown;
};
Whom whom(Session& session, const store::Database& database, const std::string& given) {
    const auto text = or_from_input(session, given);
    if (!store::find_by_ref(database, text)) {
        if (const auto place = address(database, text))
            return {{{place->channel, place->key}}, "this address"};
    }
    const auto found = need_person(database, text);
    auto keys = addresses_of(database, found.id);
    if (keys.empty())
        throw Failure(found.shown() + " has neither an email address nor a phone number: there is nothing to write to");
    return {std::move(keys), found.shown()};
}

void note(store::Database& database, Session& session, std::string_view kind, const Keyed& key,
          const std::string& because) {
    store::append(database, {.at = session.now(),
                             .kind = std::string(kind),
                             .body = store::JournalBody()
                                         .add("key", key.key)
                                         .add("channel", store::to_text(key.channel))
                                         .add("by", session.user)
                                         .add("because", because)
                                         .text()});
}

std::string channels(const std::vector<Keyed>& keys) {
    std::string text;
    for (const auto& key : keys)
        text += fmt::format("{}{}", text.empty() ? "" : " and ", store::to_text(key.channel));
    return text;
}

}  // namespace

int why(Session& session, const WhyOptions& options) {
    const auto config = load_config(session);
    auto database = read_store(session, config);
    const store::Transaction picture(database, store::Transaction::For::read);
    auto live = live_rules(session, database);
    if (!live)
        session.err << "No rules are live yet; this is about those in the rules directory.\n";
    const auto rules = live ? live->rules : check_rules(session, config).rules;
    const auto now = as_of(session, database, options.as_of, *rules);
    const auto found = need_person(database, or_from_input(session, options.person));
    const auto campaign =
        options.campaign.empty() ? std::nullopt : std::optional(need_campaign(*rules, options.campaign));
    const bool rehearsed = store::purpose(database) == store::Purpose::rehearsal;
    auto about = inputs(database, config, rules, now, !config.live && !rehearsed);
    std::optional<Progress> progress(std::in_place, session, "looking ahead");
    watch(*progress, about);
    const auto report = forecast::why(about, found.id, campaign);
    progress.reset();
    session.out << (options.json ? forecast::to_json(report) + "\n" : forecast::to_text(report, session.page()));
    return 0;
}

int suppress(Session& session, const SuppressOptions& options) {
    need_reason(options);
    const auto config = load_config(session);
    auto database = write_store(session, config);
    const auto target = whom(session, database, options.person);
    store::Transaction transaction(database);
    bool anything = false;
    for (const auto& key : target.keys)
        if (store::suppress(database, key.key, key.channel, "by-hand", session.now())) {
            note(database, session, "by-hand", key, options.because);
            anything = true;
        }
    transaction.commit();
    poke(config);
    session.out << fmt::format("{}: {} by {}. `nurture lift` takes it back, with a reason.\n", target.shown,
                               anything ? "no message any more" : "no message any more, as before",
                               channels(target.keys));
    return 0;
}

int lift(Session& session, const SuppressOptions& options) {
    need_reason(options);
    const auto config = load_config(session);
    auto database = write_store(session, config);
    const auto target = whom(session, database, options.person);
    store::Transaction transaction(database);
    std::vector<Keyed> lifted;
    for (const auto& key : target.keys)
        if (store::lift_suppression(database, key.key, key.channel, session.now(), session.user, options.because))
            lifted.push_back(key);
    transaction.commit();
    if (lifted.empty()) {
        session.out << fmt::format("{}: nothing to lift, this was not suppressed.\n", target.shown);
        return 0;
    }
    poke(config);
    session.out << fmt::format("{}: may be written to again by {}, if the rules and the consent say so.\n",
                               target.shown, channels(lifted));
    return 0;
}

int erase(Session& session, const EraseOptions& options) {
    const auto config = load_config(session);
    auto database = write_store(session, config);
    const auto found = need_person(database, or_from_input(session, options.person));
    if (found.erased) {
        session.out << found.ref << " was erased before.\n";
        return 0;
    }
    if (session.asks && !options.yes) {
        session.out << fmt::format("Every field, event and note of {} will be gone for good. Type the ref to go on: ",
                                   found.shown())
                    << std::flush;
        std::string typed;
        std::getline(session.in, typed);
        if (typed != found.ref)
            throw Failure("that is not the ref: nothing was erased");
    }
    store::Transaction transaction(database);
    store::erase_candidate(database, found.id, session.now(), session.user);
    transaction.commit();
    poke(config);
    session.out
        << "Erased. The addresses stay suppressed by a key from which they cannot be read back, so that a later "
           "import stays silent. That messages were sent stays on record, by number.\n";
    return 0;
}

}  // namespace nurture::cli
