# SPDX-License-Identifier: MIT
# Strict for whoever writes code here, errors only in the preset `ci`, never for whoever packages it.
# Left out: -Wconversion and -Wsign-conversion (hundreds of hits in correct index arithmetic, no bug found)
# and -Wnull-dereference (false alarms from inlined standard library code at -O2); likewise -Wrestrict of GCC 12 (its bug
# 105651: `"text" + std::string`).

add_library(nurtured_warnings INTERFACE)
target_compile_options(nurtured_warnings INTERFACE
    -Wall
    -Wextra
    -Wpedantic
    -Wshadow
    -Wcast-align
    -Wformat=2
    -Wimplicit-fallthrough
    $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor>
    $<$<COMPILE_LANGUAGE:CXX>:-Wold-style-cast>
    $<$<COMPILE_LANGUAGE:CXX>:-Woverloaded-virtual>
    $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond>
    $<$<CXX_COMPILER_ID:GNU>:-Wlogical-op>
    $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
