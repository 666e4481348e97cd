// SPDX-License-Identifier: MIT
#include "dsl/diagnostic.hpp"

#include <nlohmann/json.hpp>

namespace nurture::dsl {
namespace {

using Json = nlohmann::ordered_json;

// Lines and columns as messages show them; byte offsets for programs that edit.
Json place(const Span& span, const SourceSet& sources) {
    Json json;
    if (span.file >= sources.files.size())
        return json;
    const SourceFile& file = sources.files[span.file];
    const LineColumn begin = line_column(file, span.begin);
    const LineColumn end = line_column(file, span.end);
    json["file"] = file.path;
    json["line"] = begin.line;
    json["column"] = begin.column;
    json["end_line"] = end.line;
    json["end_column"] = end.column;
    json["begin"] = span.begin;
    json["end"] = span.end;
    return json;
}

Json one(const Diagnostic& diagnostic, const SourceSet& sources) {
    Json json;
    json["severity"] = diagnostic.severity == Severity::error ? "error" : "warning";
    json["code"] = diagnostic.code;
    json["title"] = diagnostic.title;
    json["labels"] = Json::array();
    for (const Label& label : diagnostic.labels) {
        Json entry = place(label.span, sources);
        entry["text"] = label.text;
        json["labels"].push_back(std::move(entry));
    }
    json["notes"] = diagnostic.notes;
    if (diagnostic.fix) {
        json["fix"] = place(diagnostic.fix->span, sources);
        json["fix"]["replacement"] = diagnostic.fix->replacement;
    }
    return json;
}

}  // namespace

std::string render_json(const Diagnostics& diagnostics, const SourceSet& sources) {
    Json array = Json::array();
    for (const Diagnostic& diagnostic : diagnostics)
        array.push_back(one(diagnostic, sources));
    // A message may quote what was not UTF-8.
    return array.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace nurture::dsl
