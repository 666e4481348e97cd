// SPDX-License-Identifier: MIT
//
// Where places are: coordinates ("40.1,-75.2"), US cities ("Dallas, TX", built in), and whatever `places.csv` in the
// rules directory adds (header `place,latitude,longitude`; ZIP codes come only from there). Used by rules and importer
// alike. Immutable once built: any thread. Degrees, WGS 84.
#pragma once

#include "dsl/diagnostic.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nurture::dsl {

struct Coordinates {
    double lat = 0, lon = 0;
    friend bool operator==(const Coordinates&, const Coordinates&) = default;
};
struct NamedPlace {
    std::string_view name;
    Coordinates at;
};

/// The built-in table.
std::span<const NamedPlace> known_places();

class Places {
public:
    /// `places.csv` of `sources`, if there is one; a line that cannot be read is an error with its place.
    Places(const SourceSet& sources, Diagnostics& diagnostics);

    /// Coordinates, a city, a ZIP code, or an address that ends with one: "12 Elm St, Plano, TX 75023".
    std::optional<Coordinates> find(std::string_view text) const;

    /// What the author may have meant.
    std::optional<std::string> nearest_name(std::string_view text) const;

    static constexpr std::string_view k_file = "places.csv";

private:
    struct Entry {
        std::string folded, name;
        Coordinates at;
    };
    std::optional<Coordinates> by_name(std::string_view text) const;
    void read(const SourceFile& file, std::uint32_t index, Diagnostics& diagnostics);

    std::vector<Entry> entries_;  // sorted by folded name
};

}  // namespace nurture::dsl
