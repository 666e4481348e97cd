// SPDX-License-Identifier: MIT
#include "daemon/base/ids.hpp"

#include "daemon/base/error.hpp"
#include "daemon/base/hash.hpp"

#include <sys/random.h>

#include <algorithm>
#include <cstring>

namespace nurture::base {

std::string hex(const UniqueId& id) { return hex(std::span<const std::uint8_t>(id.bytes)); }

IdSource IdSource::random() {
    std::array<char, 32> entropy{};
    if (::getentropy(entropy.data(), entropy.size()) != 0)
        throw FileError("the system gives no random numbers (getentropy failed)");
    return IdSource(std::string_view(entropy.data(), entropy.size()));
}

IdSource::IdSource(std::string_view seed) : key_(sha256(seed)) {}

UniqueId IdSource::next() {
    std::array<char, sizeof count_> count{};
    std::memcpy(count.data(), &count_, sizeof count_);
    ++count_;
    const std::string_view key(reinterpret_cast<const char*>(key_.data()), key_.size());
    const Digest digest = hmac_sha256(key, std::string_view(count.data(), count.size()));
    UniqueId id;
    std::copy_n(digest.begin(), id.bytes.size(), id.bytes.begin());
    return id;
}

}  // namespace nurture::base
