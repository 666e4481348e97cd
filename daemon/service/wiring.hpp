// SPDX-License-Identifier: MIT
//
// The one place where nurtured.toml becomes parts: the house (names, links, people), the ways out, what T2 asks. Throws
// base::ConfigError with a sentence for the sysadmin.
#pragma once

#include "connectors/connector.hpp"
#include "connectors/sms/gateway.hpp"
#include "daemon/config/config.hpp"
#include "daemon/outbox/outbox.hpp"
#include "daemon/render/render.hpp"
#include "dsl/compile.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

namespace nurture::service {

render::House house(const config::Config& config);

/// Who may call us back about an SMS, and how to tell that it is him; none where the gateway is a directory.
struct SmsGateway {
    const connectors::GatewayKind* kind;
    connectors::GatewayConfig config;
};
std::optional<SmsGateway> sms_gateway(const config::Config& config);

/// What the checker may know of the installation.
dsl::World checker_world(const config::Config& config, base::Second now);

/// The connectors for each channel, attached; a channel without one, detached. `durable` false for rehearsals, which
/// can be run again.
void attach_connectors(outbox::Outbox& outbox, const config::Config& config, bool durable = true);

/// What T2 compares with, from the live rules: never-contact lists, and the caps per person that roll.
store::T2Policy t2_policy(const dsl::Rules& rules, bool stop_file);

/// Every file of a rules directory that decides what is sent: rules, calendars, places. Sorted by path; sub-directories
/// included, so that the checker can say that they are not supported. Throws base::FileError.
dsl::SourceSet read_rules(const std::filesystem::path& directory);

/// STOP in the state directory, or in the runtime directory (which a crash of the disk does not touch).
bool stop_file_present(const config::Config& config);
std::filesystem::path stop_file(const config::Config& config);

}  // namespace nurture::service
