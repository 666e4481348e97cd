// SPDX-License-Identifier: MIT
#include "daemon/config/import_map.hpp"

#include <toml++/toml.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>

namespace nurture::config {
namespace {

dsl::Span line_span(const std::string& text, toml::source_index line) {
    std::uint32_t begin = 0;
    for (; line > 1 && begin < text.size(); ++begin)
        if (text[begin] == '\n')
            --line;
    const auto end = text.find('\n', begin);
    return {0, begin, static_cast<std::uint32_t>(end == std::string::npos ? text.size() : end)};
}

class MapReader {
public:
    explicit MapReader(LoadedMap& loaded) : loaded_(loaded) {}

    void read(const toml::table& root) {
        for (const auto& [field, node] : root) {
            const auto* table = node.as_table();
            if (table == nullptr)
                add(node, "`" + std::string(field.str()) + "` is not a table",
                    "Write:   [" + std::string(field.str()) + "]");
            else
                fields_[std::string(field.str())] = read_field(field.str(), *table);
        }
        if (!dsl::has_errors(loaded_.diagnostics))
            loaded_.fields = std::move(fields_);
    }

    void add(toml::source_index line, std::string title, std::string note) {
        loaded_.diagnostics.push_back({dsl::Severity::error,
                                       "C0010",
                                       std::move(title),
                                       {{line_span(loaded_.source.files[0].text, line), ""}},
                                       {std::move(note)},
                                       {}});
    }

private:
    void add(const toml::node& node, std::string title, std::string note) {
        add(node.source().begin.line, std::move(title), std::move(note));
    }

    MappedField read_field(std::string_view name, const toml::table& table) {
        MappedField field{std::string(name), {}};
        for (const auto& [key, value] : table) {
            if (key.str() == "column" && value.is_string())
                field.column = **value.as_string();
            else if (key.str() == "values" && value.is_table())
                read_values(*value.as_table(), field);
            else
                add(value, "`" + std::string(key.str()) + "` is not understood here",
                    "Write:   column = \"Job Title\"   or   values = { RN = \"Registered Nurse\" }");
        }
        return field;
    }

    void read_values(const toml::table& table, MappedField& field) {
        for (const auto& [from, to] : table) {
            if (to.is_string())
                field.values[std::string(from.str())] = **to.as_string();
            else
                add(to, "the value for `" + std::string(from.str()) + "` is not a text",
                    "Write:   { RN = \"Registered Nurse\" }");
        }
    }

    LoadedMap& loaded_;
    std::map<std::string, MappedField> fields_;
};

}  // namespace

LoadedMap load_import_map(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in)
        throw std::system_error(errno, std::generic_category(), "cannot read " + path.string());
    return parse_import_map({std::istreambuf_iterator<char>(in), {}}, path.string());
}

LoadedMap parse_import_map(std::string text, const std::string& path) {
    LoadedMap loaded;
    loaded.source.files.push_back({path, std::move(text)});
    MapReader reader(loaded);
    try {
        reader.read(toml::parse(std::string_view(loaded.source.files[0].text), std::string_view(path)));
    } catch (const toml::parse_error& error) {
        reader.add(error.source().begin.line, "this line is not TOML: " + std::string(error.description()), "");
    }
    dsl::tidy(loaded.diagnostics);
    return loaded;
}

}  // namespace nurture::config
