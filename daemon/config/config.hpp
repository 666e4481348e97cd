// SPDX-License-Identifier: MIT
//
// nurtured.toml, the sysadmin's file: read, checked, complete with defaults. A mistake is a Diagnostic on its line, all
// of them in one run; there is a Config only when there is none. Which keys exist, what they mean and how a sample
// looks stands in one table (keys.cpp), from which parser, sample file and manual page are made. Plain values: any
// thread. Throws std::system_error only when the file cannot be read.
#pragma once

#include "dsl/diagnostic.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace nurture::config {

/// Where a password lies; it is never in the file itself. Read by read_secret() when a connection needs it.
struct Secret {
    std::string credential;      // a systemd credential: $CREDENTIALS_DIRECTORY/NAME
    std::filesystem::path file;  // or a file that only the service can read
    bool given() const { return !credential.empty() || !file.empty(); }
};

struct Person {
    std::string id;    // "dana.wu", as rules name the owner
    std::string name;  // "Dana Wu"
    std::string email;
    std::string phone;     // E.164 or empty
    std::string stand_in;  // another id, or empty
};

enum class Starttls : std::uint8_t { required, never };
/// One of several that mail is dealt out to.
struct Relay {
    std::string url;  // smtp://HOST:PORT or smtps://…
    std::int32_t weight = 1;
    Starttls starttls = Starttls::required;
    std::filesystem::path ca_file;  // empty: the system's
    std::string user;
    Secret password;
    std::int32_t connections = 8;
};

enum class Gateway : std::uint8_t { none, kannel, twilio, file };

struct Config {
    std::filesystem::path path;  // of the file itself, absolute
    std::filesystem::path store_path;
    std::filesystem::path state_directory;  // where the store lies: plans/, STOP, high-water mark
    std::filesystem::path rules_directory;

    std::string organisation_name;
    std::string public_url;  // without a trailing slash

    std::string relay;  // smtp://HOST:PORT, smtps://…, or file:DIR with DIR absolute
    Starttls starttls = Starttls::required;
    std::filesystem::path relay_ca;  // empty: the system's
    std::string email_user;
    Secret email_password;
    std::int32_t relay_weight = 1;
    std::vector<Relay> more_relays;         // [[relay]], beside the one above
    std::vector<std::string> from_domains;  // lower case
    std::int32_t connections = 8;
    std::int32_t email_per_minute = 600;
    std::int32_t domain_per_minute = 300;
    std::string unsubscribe_mailbox;  // for the mailto: form; may be empty
    std::string bounce_mailbox;       // bounces go to LOCAL+TOKEN@DOMAIN; empty: to the sender

    Gateway gateway = Gateway::none;
    std::string sms_url;
    std::filesystem::path sms_directory;  // gateway = "file"
    std::string sms_sender;
    std::vector<std::string> sms_senders;  // that campaigns may name beside it
    std::string sms_user;
    Secret sms_password;
    std::int32_t sms_per_minute = 60;
    std::int64_t sms_price = 0;  // per segment, in millionths of the currency; 0: not known
    std::string sms_currency = "USD";

    bool live = false;               // [delivery] mode
    std::vector<std::string> allow;  // addresses, *@domain, or phone numbers; lower case

    std::int32_t growth_percent = 20;
    std::int32_t growth_people = 50;
    double canary_percent = 1;  // 0 switches it off
    std::chrono::minutes canary_wait{30};

    std::string listen_host = "127.0.0.1";
    std::uint16_t listen_port = 8466;

    std::vector<Person> people;  // sorted by id

    /// All of them, `relay` first.
    std::vector<Relay> relays() const;
    /// `sms_sender` and those that campaigns may name.
    std::vector<std::string> all_sms_senders() const;
    std::string relay_names() const;  // "smtp://mx1…, smtp://mx2…", for people
    const Person* person(std::string_view id) const;
    /// May this address be reached in test mode? Case does not matter.
    bool allowed(std::string_view address) const;
};

struct Loaded {
    std::optional<Config> config;  // none when there are errors
    dsl::SourceSet source;         // to render the diagnostics with
    dsl::Diagnostics diagnostics;
};

/// The file at `path`; relative paths in it count from its directory.
Loaded load(const std::filesystem::path& path);
/// The same for a text that is already here; `path` places it.
Loaded parse(std::string text, const std::filesystem::path& path);

/// Where the file is: `given`, else $NURTURE_CONFIG, else ./nurtured.toml if it is there, else the packaged place.
std::filesystem::path find_file(const std::string& given);

/// Throws std::runtime_error, naming the credential or file and never its content, when it cannot be read.
std::string read_secret(const Secret& secret);

/// A complete commented file, as `nurture init` writes it: test mode, mail dropped as files.
std::string sample_text();

/// The key reference for nurtured.toml(5), in scdoc.
std::string reference_text();

}  // namespace nurture::config
