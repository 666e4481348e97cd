// SPDX-License-Identifier: MIT
// Prints the keys of nurtured.toml for the manual page, from the table that the parser reads.
#include "daemon/config/config.hpp"

#include <iostream>

int main() { std::cout << nurture::config::reference_text(); }
