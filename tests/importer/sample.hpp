// SPDX-License-Identifier: MIT
//
// A store in memory, the rules' fields, and an import of a text.
#pragma once

#include "daemon/importer/import.hpp"
#include "daemon/store/candidates.hpp"
#include "daemon/store/histories.hpp"
#include "daemon/store/inbox.hpp"
#include "daemon/store/suppressions.hpp"
#include "tests/support/instants.hpp"
#include "tests/support/temp_directory.hpp"

#include <string>
#include <vector>

namespace nurture::importer::sample {

inline const store::Instant k_now = support::at("2026-03-03T16:00Z");

inline dsl::Schema schema() {
    auto schema = dsl::built_in_schema();
    schema.fields.push_back({"home", dsl::FieldKind::place, false, false});
    schema.fields.push_back({"license_expires", dsl::FieldKind::date, false, false});
    schema.fields.push_back({"profession", dsl::FieldKind::text, false, false});
    schema.fields.push_back({"specialty", dsl::FieldKind::list, false, false});
    schema.fields.push_back({"travels", dsl::FieldKind::yes_no, false, false});
    schema.fields.push_back({"years", dsl::FieldKind::number, false, false});
    schema.events.push_back({"applied", "applied to a job", false, false});
    schema.events.push_back({"attended", "attended an event", true, false});
    schema.consents = {"job news"};
    schema.lists = {"Do not contact"};
    return schema;
}

inline dsl::Places places() {
    dsl::Diagnostics none;
    return dsl::Places({}, none);
}

inline store::Birth birth() { return {std::string(32, '1'), std::string(32, 'p')}; }

struct Import {
    explicit Import(store::Database opened = store::Database::in_memory(birth())) : database(std::move(opened)) {
        options.now = k_now;
        options.by = "dana.wu";
    }

    Summary take(What what, std::string_view text) {
        options.what = what;
        return import_file(database, schema(), places(), folder.write("people.csv", text), options);
    }
    Summary candidates(std::string_view text) { return take(What::candidates, text); }

    store::CandidateId id(std::string_view ref) const { return store::find_by_ref(database, ref).value_or(0); }
    store::Value value(std::string_view ref, const std::string& field) const {
        for (const auto& column : store::columns(database)) {
            if (column.name == field) {
                return store::read_candidate(database, id(ref), {column}).value().values.at(0);
            }
        }
        return std::string("no such column");
    }
    std::string text(std::string_view ref, const std::string& field) const { return store::to_text(value(ref, field)); }

    support::TempDirectory folder;
    store::Database database;
    Options options;
};

}  // namespace nurture::importer::sample
