// SPDX-License-Identifier: MIT
#include "daemon/trial/stage.hpp"

#include "daemon/base/error.hpp"
#include "daemon/base/files.hpp"
#include "daemon/persist/load.hpp"
#include "daemon/render/render.hpp"
#include "daemon/store/candidates.hpp"
#include "daemon/store/inbox.hpp"
#include "dsl/codes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace nurture::trial {
namespace {

/// The same for every test, so that two runs agree byte for byte.
store::Birth birth() {
    base::IdSource ids("a test of the rules");
    return store::make_birth(ids);
}

config::Config on_stage(config::Config config, const std::filesystem::path& directory) {
    config.live = true;
    config.relay = "file:" + (directory / "messages").string();
    config.gateway = config::Gateway::file;
    config.sms_directory = directory / "messages";
    config.state_directory = directory;  // no STOP file of the installation
    return config;
}

void apply(store::Database& database, const dsl::Rules& rules, base::Minute now) {
    store::ensure_columns(database, render::store_columns(rules.schema));
    store::RuleSet set;
    set.applied_at = now;
    set.applied_by = "test";
    store::Transaction transaction(database);
    persist::make_live(database, rules, std::move(set));
    transaction.commit();
}

}  // namespace

TemporaryDirectory::TemporaryDirectory() {
    auto name = (std::filesystem::temp_directory_path() / "nurture-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr)
        throw base::FileError("cannot make a directory under " + std::filesystem::temp_directory_path().string());
    path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
    std::error_code left_behind;
    std::filesystem::remove_all(path_, left_behind);
}

Stage::Stage(const Setting& setting, base::Minute now)
    : setting_(setting),
      places_(setting.rules->sources, said_before_),
      database_(store::Database::in_memory(birth())),
      now_(now) {
    apply(database_, rules(), now_);
}

void Stage::import(const std::string& csv, importer::What what, bool live, dsl::Span place, const std::string& list) {
    const auto file = directory_.path() / "people.csv";
    base::write_file(file, csv);
    importer::Options options;
    options.what = what;
    options.list = list;
    options.live = live;
    options.now = now_;
    options.zone = base::find_zone(rules().policy.zone).value_or(base::ZoneId::utc);
    options.by = "test";
    const auto refuse = [&](std::string why) { throw Problem{dsl::diagnose("N0804", std::move(why), place)}; };
    try {
        const auto summary = importer::import_file(database_, rules().schema, places_, file, options);
        if (summary.rejected > 0) {
            const auto& first = summary.reasons.front();
            refuse(fmt::format("this cannot be taken into the store: {}{}{}", first.column,
                               first.column.empty() ? "" : ": ", first.reason));
        }
        if (summary.unchanged > 0)
            refuse("this changes nothing: it is so already");
    } catch (const importer::ImportError& error) {
        refuse(error.what());
    }
}

void Stage::cast(const std::string& ref, dsl::Span place) {
    const auto id = store::find_by_ref(database_, ref);
    if (!id)
        throw Problem{dsl::diagnose("N0804", fmt::format("there is nobody called \"{}\"", ref), place)};
    people_[ref] = *id;
}

void Stage::begin(service::Stepped::Decided decided, bool run_drafts) {
    {
        store::Transaction transaction(database_);
        store::set_inbox_cursor(database_, store::inbox_end(database_));
        transaction.commit();
    }
    service::RunnerOptions options;
    options.durable = false;
    options.run_drafts = run_drafts;
    stepped_.emplace(database_, on_stage(setting_.config, directory_.path()), base::IdSource("a test of the rules"),
                     now_, options, std::move(decided));
    if (!stepped_->runner().trouble().empty())
        throw base::StoreError("the rules cannot be played: " + stepped_->runner().trouble());
}

void Stage::settle() {
    do {
        stepped_->settle(now_);
    } while (stepped_->runner().news());
}

void Stage::run_until(base::Minute until) {
    for (auto next = stepped_->next(now_); next <= until; next = stepped_->next(now_)) {
        now_ = next;
        settle();
    }
    now_ = std::max(now_, until);
}

base::CandidateId Stage::person(const std::optional<dsl::ast::Quoted>& name) const {
    return name ? people_.at(name->text) : people_.begin()->second;
}

std::string Stage::name(base::CandidateId who) const {
    const auto found = std::find_if(people_.begin(), people_.end(), [&](const auto& p) { return p.second == who; });
    return found == people_.end() ? std::string() : found->first;
}

base::ZoneId Stage::zone(base::CandidateId who) const {
    const auto row = state().columns->find(who);
    return row ? state().columns->zone(*row) : state().times->zone();
}

}  // namespace nurture::trial
