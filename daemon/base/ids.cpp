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
    std::array<char, sizeof(Digest) + sizeof count_> seen{};  // fixed lengths, and less than the digest goes out
    std::memcpy(std::copy(key_.begin(), key_.end(), seen.begin()), &count_, sizeof count_);
    ++count_;
    const Digest digest = sha256({seen.data(), seen.size()});
    UniqueId id;
    std::copy_n(digest.begin(), id.bytes.size(), id.bytes.begin());
    return id;
}

}  // namespace nurture::base
