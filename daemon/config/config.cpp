// SPDX-License-Identifier: MIT
#include "daemon/config/config.hpp"

#include "daemon/config/keys.hpp"
#include "daemon/config/values.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace nurture::config {
namespace {

/// A password or a configuration of more than this is the wrong file.
constexpr std::uintmax_t k_most_bytes = 1 << 20;

std::string read_file(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in)
        throw std::system_error(errno, std::generic_category(), "cannot read " + path.string());
    if (std::filesystem::is_regular_file(path) && std::filesystem::file_size(path) > k_most_bytes)
        throw std::runtime_error(path.string() + " is larger than 1 MiB: is it the right file?");
    return {std::istreambuf_iterator<char>(in), {}};
}

/// One run over one file: keeps the places, collects the diagnostics.
class Reader {
public:
    Reader(Loaded& loaded, Config& config) : loaded_(loaded), config_(config) { index_lines(); }

    void read(const toml::table& root) {
        for (const auto& [section, node] : root) {
            if (section.str() == "people")
                read_people(node);
            else
                read_section(section, node);
        }
        for (const auto& key : keys())
            if (key.mandatory && section_wanted(key, root) && !root[key.section][key.name])
                missing(key, root);
        if (!dsl::has_errors(loaded_.diagnostics))
            for (const auto& problem : cross_check(config_))
                cross(problem, root);
    }

    void syntax_error(const toml::parse_error& error) {
        const auto begin = offset(error.source().begin);
        add("C0001", "this line is not TOML: " + std::string(error.description()), {0, begin, begin + 1}, {});
    }

private:
    void index_lines() {
        const auto& text = loaded_.source.files[0].text;
        lines_.push_back(0);
        for (std::uint32_t i = 0; i < text.size(); ++i)
            if (text[i] == '\n')
                lines_.push_back(i + 1);
    }

    std::uint32_t offset(toml::source_position position) const {
        const auto& text = loaded_.source.files[0].text;
        const auto line = std::clamp<std::size_t>(position.line, 1, lines_.size()) - 1;
        auto at = static_cast<std::size_t>(lines_[line]);
        for (auto column = position.column; column > 1 && at < text.size(); --column)
            do
                ++at;
            while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U);
        return static_cast<std::uint32_t>(std::min(at, text.size()));
    }

    dsl::Span span(const toml::source_region& region) const {
        const auto begin = offset(region.begin);
        return {0, begin, std::max(begin + 1, offset(region.end))};
    }

    void add(std::string code, std::string title, dsl::Span place, std::string label,
             std::vector<std::string> notes = {}, std::optional<dsl::Fix> fix = std::nullopt) {
        loaded_.diagnostics.push_back({dsl::Severity::error,
                                       std::move(code),
                                       std::move(title),
                                       {{place, std::move(label)}},
                                       std::move(notes),
                                       std::move(fix)});
    }

    void unknown(const char* what, const toml::key& key, const std::vector<std::string>& known, std::string list) {
        const auto name = std::string(key.str());
        const auto near = dsl::nearest(name, known);
        add("C0002", "there is no " + std::string(what) + " called `" + name + "`", span(key.source()),
            near ? "did you mean `" + *near + "`?" : "", {std::move(list)},
            near ? std::optional(dsl::Fix{span(key.source()), *near}) : std::nullopt);
    }

    void read_section(const toml::key& section, const toml::node& node) {
        std::vector<std::string> names{"people"};
        for (const auto& known : sections())
            names.emplace_back(known.name);
        if (std::find(names.begin(), names.end(), section.str()) == names.end())
            return unknown("section", section, names, "All sections: " + join(names));
        if (section.str() == "relay")
            return read_relays(section, node);
        const auto* table = node.as_table();
        if (table == nullptr)
            return add("C0003", "`" + std::string(section.str()) + "` is a section", span(section.source()),
                       "write `[" + std::string(section.str()) + "]`");
        for (const auto& [key, value] : *table)
            read_key(section.str(), key, value);
    }

    void read_relays(const toml::key& section, const toml::node& node) {
        const auto* array = node.as_array();
        if (array == nullptr || !array->is_homogeneous(toml::node_type::table))
            return add("C0003", "there may be several relays, each in a section of its own", span(section.source()),
                       "write `[[relay]]`");
        for (const auto& one : *array) {
            config_.more_relays.emplace_back();
            for (const auto& [key, value] : *one.as_table())
                read_key("relay", key, value);
            if (!one.as_table()->contains("url"))
                add("C0006", "`url` is missing in [[relay]]", span(one.source()), "",
                    {"Write:   url = \"smtp://mx2.lonestar.example:587\""});
        }
    }

    void read_key(std::string_view section, const toml::key& key, const toml::node& value) {
        std::vector<std::string> names;
        for (const auto& known : keys()) {
            if (section != known.section)
                continue;
            if (key.str() == known.name)
                return read_value(known, value);
            names.emplace_back(known.name);
        }
        unknown("key", key, names, "All keys of [" + std::string(section) + "]: " + join(names));
    }

    void read_value(const Key& key, const toml::node& node) {
        const auto value = convert(key.type, node);
        const auto problem = value ? key.set(config_, *value) : wanted(key.type);
        if (!problem.empty())
            add("C0004", "`" + std::string(key.name) + "` " + problem, span(node.source()), "", {std::string(key.doc)});
    }

    static std::string wanted(KeyType type) {
        switch (type) {
        case KeyType::text: return "is a text in \"double quotes\"";
        case KeyType::whole_number: return "is a whole number";
        case KeyType::share: return "is a share such as \"1%\"";
        case KeyType::text_list: return "is a list such as [\"a\", \"b\"]";
        case KeyType::secret:
            return "says where the password lies: { credential = \"smtp-password\" } or { file = \"…\" }";
        }
        return {};
    }

    static std::optional<KeyValue> convert(KeyType type, const toml::node& node) {
        if (type == KeyType::whole_number)
            return node.is_integer() ? std::optional<KeyValue>(**node.as_integer()) : std::nullopt;
        if (type == KeyType::share && node.is_integer())
            return std::to_string(**node.as_integer());
        if (type == KeyType::text || type == KeyType::share)
            return node.is_string() ? std::optional<KeyValue>(**node.as_string()) : std::nullopt;
        return type == KeyType::text_list ? convert_list(node) : convert_secret(node);
    }

    static std::optional<KeyValue> convert_list(const toml::node& node) {
        const auto* array = node.as_array();
        if (array == nullptr)
            return std::nullopt;
        std::vector<std::string> list;
        for (const auto& item : *array) {
            if (!item.is_string())
                return std::nullopt;
            list.push_back(**item.as_string());
        }
        return list;
    }

    static std::optional<KeyValue> convert_secret(const toml::node& node) {
        const auto* table = node.as_table();
        if (table == nullptr || table->size() != 1)
            return std::nullopt;
        const auto credential = (*table)["credential"].value<std::string>();
        const auto file = (*table)["file"].value<std::string>();
        if (!credential && !file)
            return std::nullopt;
        return Secret{credential.value_or(""), file.value_or("")};
    }

    void read_people(const toml::node& node) {
        const auto* table = node.as_table();
        if (table == nullptr)
            return add("C0003", "`people` is a section", span(node.source()), "write `[people]`");
        for (const auto& [id, entry] : *table)
            read_person(id, entry);
    }

    void read_person(const toml::key& id, const toml::node& entry) {
        const auto* table = entry.as_table();
        if (table == nullptr)
            return add("C0004", "`" + std::string(id.str()) + "` is a person", span(entry.source()), "",
                       {"Write:   \"" + std::string(id.str()) +
                        "\" = { name = \"Dana Wu\", email = \"dana.wu@lonestar.example\" }"});
        Person person{std::string(id.str()), {}, {}, {}, {}};
        const std::vector<std::pair<std::string, std::string*>> fields = {
            {"name", &person.name}, {"email", &person.email}, {"phone", &person.phone}, {"stand_in", &person.stand_in}};
        std::vector<std::string> names;
        for (const auto& field : fields)
            names.push_back(field.first);
        for (const auto& [key, value] : *table) {
            const auto found =
                std::find_if(fields.begin(), fields.end(), [&](const auto& field) { return field.first == key.str(); });
            if (found == fields.end())
                unknown("key", key, names, "A person has: " + join(names));
            else if (!value.is_string())
                add("C0004", "`" + found->first + "` " + wanted(KeyType::text), span(value.source()), "");
            else
                *found->second = **value.as_string();
        }
        std::string address;
        if (person.name.empty() || !set_address(address, person.email).empty())
            add("C0005", "the person `" + person.id + "` needs a name and an email address", span(id.source()), "",
                {"Write:   \"" + person.id + "\" = { name = \"Dana Wu\", email = \"dana.wu@lonestar.example\" }"});
        config_.people.push_back(std::move(person));
    }

    /// [sms] as a whole may be left out: then no text messages are sent. Each [[relay]] looks for its own.
    static bool section_wanted(const Key& key, const toml::table& root) {
        return std::string_view(key.section) != "relay" &&
               (std::string_view(key.section) != "sms" || root.contains("sms"));
    }

    void missing(const Key& key, const toml::table& root) {
        const auto* table = root[key.section].as_table();
        const dsl::Span place = table != nullptr ? span(table->source()) : dsl::Span{0, 0, 0};
        add("C0006", "`" + std::string(key.name) + "` is missing in [" + std::string(key.section) + "]", place, "",
            {"Write:   " + std::string(key.name) + " = " + key.sample, key.doc});
    }

    void cross(const CrossProblem& problem, const toml::table& root) {
        const auto* section = root[problem.section].node();
        const auto* node = problem.section == "relay" ? section : root[problem.section][problem.key].node();
        add("C0007", "`" + problem.key + "` " + problem.sentence, node != nullptr ? span(node->source()) : dsl::Span{},
            "");
    }

    static std::string join(const std::vector<std::string>& names) {
        std::string text;
        for (const auto& name : names)
            text += (text.empty() ? "" : ", ") + name;
        return text;
    }

    Loaded& loaded_;
    Config& config_;
    std::vector<std::uint32_t> lines_;
};

std::string lower_ascii(std::string_view text) {
    std::string out(text);
    for (auto& c : out)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c + 32);
    return out;
}

}  // namespace

std::vector<Relay> Config::relays() const {
    std::vector<Relay> all{{relay, relay_weight, starttls, relay_ca, email_user, email_password, connections}};
    all.insert(all.end(), more_relays.begin(), more_relays.end());
    return all;
}

std::vector<std::string> Config::all_sms_senders() const {
    std::vector<std::string> all{sms_sender};
    all.insert(all.end(), sms_senders.begin(), sms_senders.end());
    return all;
}

std::string Config::relay_names() const {
    auto names = relay;
    for (const auto& more : more_relays)
        names += ", " + more.url;
    return names;
}

const Person* Config::person(std::string_view id) const {
    const auto found = std::find_if(people.begin(), people.end(), [&](const Person& p) { return p.id == id; });
    return found == people.end() ? nullptr : &*found;
}

bool Config::allowed(std::string_view address) const {
    const auto wanted = lower_ascii(address);
    const auto at = wanted.rfind('@');
    return std::any_of(allow.begin(), allow.end(), [&](const std::string& entry) {
        return entry == wanted ||
               (entry.starts_with("*@") && at != std::string::npos && entry.substr(1) == wanted.substr(at));
    });
}

Loaded load(const std::filesystem::path& path) { return parse(read_file(path), path); }

Loaded parse(std::string text, const std::filesystem::path& path) {
    Loaded loaded;
    Config config;
    config.path = std::filesystem::absolute(path).lexically_normal();
    loaded.source.files.push_back({path.string(), std::move(text)});
    Reader reader(loaded, config);
    try {
        reader.read(toml::parse(std::string_view(loaded.source.files[0].text), std::string_view(path.native())));
    } catch (const toml::parse_error& error) {
        reader.syntax_error(error);
    }
    dsl::tidy(loaded.diagnostics);
    std::sort(config.people.begin(), config.people.end(), [](const Person& a, const Person& b) { return a.id < b.id; });
    if (!dsl::has_errors(loaded.diagnostics))
        loaded.config = std::move(config);
    return loaded;
}

std::filesystem::path find_file(const std::string& given) {
    if (!given.empty())
        return given;
    if (const char* variable = std::getenv("NURTURE_CONFIG"); variable != nullptr && *variable != '\0')
        return variable;
    std::error_code ignored;
    return std::filesystem::exists("nurtured.toml", ignored) ? "nurtured.toml" : "/etc/nurtured/nurtured.toml";
}

std::string read_secret(const Secret& secret) {
    auto path = secret.file;
    if (!secret.credential.empty()) {
        const char* directory = std::getenv("CREDENTIALS_DIRECTORY");
        if (directory == nullptr)
            throw std::runtime_error("the credential " + secret.credential +
                                     " is not there: systemd gives no credentials to this process");
        path = std::filesystem::path(directory) / secret.credential;
    }
    auto text = read_file(path);
    while (text.ends_with('\n') || text.ends_with('\r'))
        text.pop_back();
    return text;
}

}  // namespace nurture::config
