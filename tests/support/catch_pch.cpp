// SPDX-License-Identifier: MIT
// Nothing here: a target needs a source file to own the precompiled catch.hpp that all tests reuse.
