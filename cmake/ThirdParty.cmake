# SPDX-License-Identifier: MIT
# Every library that is not ours, in one place; all of them are Debian 12 packages (debian-packages.txt).
# Imported targets are SYSTEM includes, so their headers never warn. Which folder may use which library
# is written in tests/lint/layers.txt.

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(Boost 1.81 REQUIRED)     # headers only: Spirit X3
find_package(SQLite3 REQUIRED)
find_package(SQLiteCpp REQUIRED)
find_package(CURL REQUIRED)
find_package(fmt REQUIRED)
find_package(date REQUIRED)
find_package(CLI11 REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(cmark REQUIRED)
find_package(ICU REQUIRED COMPONENTS i18n uc)
find_package(tomlplusplus REQUIRED)

# Names for what comes without a namespace or without a CMake package.
add_library(SQLiteCpp::SQLiteCpp INTERFACE IMPORTED)
target_link_libraries(SQLiteCpp::SQLiteCpp INTERFACE SQLiteCpp SQLite::SQLite3)

pkg_check_modules(systemd REQUIRED IMPORTED_TARGET libsystemd)
add_library(systemd::systemd ALIAS PkgConfig::systemd)
pkg_check_modules(httplib REQUIRED IMPORTED_TARGET cpp-httplib)
add_library(httplib::httplib ALIAS PkgConfig::httplib)
pkg_check_modules(ical REQUIRED IMPORTED_TARGET libical)
add_library(ical::ical ALIAS PkgConfig::ical)

find_library(CSV_LIBRARY csv REQUIRED)
find_path(CSV_INCLUDE_DIR csv.h REQUIRED)
add_library(csv::csv UNKNOWN IMPORTED)
set_target_properties(csv::csv PROPERTIES
    IMPORTED_LOCATION "${CSV_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${CSV_INCLUDE_DIR}")

if(BUILD_TESTING)
    find_package(Catch2 2.13 REQUIRED)
endif()
