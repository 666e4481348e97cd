# SPDX-License-Identifier: MIT
# How our own code is compiled: the language, sanitizers, the linker and the compiler cache.
# Everything hangs on one INTERFACE target, so that nothing of it reaches third-party code.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
# A static library need not wait for those it names; only programs do.
set(CMAKE_OPTIMIZE_DEPENDENCIES ON)
set(CMAKE_COLOR_DIAGNOSTICS ON)

# The build tree mirrors the installed layout: bin/nurture finds ../share/nurtured in both.
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")

set(NURTURED_SANITIZE "" CACHE STRING "Value for -fsanitize=, for example address,undefined or thread")

# Build type CI: for sanitizers, asserts on. Not optimised: under UBSan the compiler takes many times as long for -O1 as the
# tests gain.
set(CMAKE_CXX_FLAGS_CI "" CACHE STRING "Flags of the build type CI")
set(CMAKE_C_FLAGS_CI "" CACHE STRING "Flags of the build type CI")
# -O2 and not -O3: no measurable gain but in two sources, which say so, and the builds are quicker.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG" CACHE STRING "Flags of the build type Release" FORCE)
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g" CACHE STRING "Flags of the build type Debug" FORCE)
if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "Debug, Release or CI" FORCE)
endif()

add_library(nurtured_settings INTERFACE)
target_include_directories(nurtured_settings INTERFACE "${PROJECT_SOURCE_DIR}")
# A product and a sum in one step round once, and only some processors have that step: what we reckon is to be the same on
# all. (Of a sine, libm promises no last bit: that is a millionth of a millimetre on the rim of a circle.)
target_compile_options(nurtured_settings INTERFACE -ffp-contract=off)
if(CMAKE_BUILD_TYPE STREQUAL "Release")
    # What Debian builds daemons with. FORTIFY needs optimisation, so it is not in the other types.
    target_compile_options(nurtured_settings INTERFACE -fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
    target_link_options(nurtured_settings INTERFACE -Wl,-z,relro -Wl,-z,now)
else()
    target_compile_definitions(nurtured_settings INTERFACE _GLIBCXX_ASSERTIONS)
endif()
if(NURTURED_SANITIZE)
    # UBSan watches the product. Tests, which ask for it with the property NURTURED_TEST, compile in two thirds of the time
    # without.
    string(REPLACE ",undefined" "" of_tests "${NURTURED_SANITIZE}")
    string(REPLACE "," "$<COMMA>" of_product "${NURTURED_SANITIZE}")
    target_compile_options(nurtured_settings INTERFACE
        -fsanitize=$<IF:$<BOOL:$<TARGET_PROPERTY:NURTURED_TEST>>,${of_tests},${of_product}>
        -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(nurtured_settings INTERFACE -fsanitize=${NURTURED_SANITIZE})
endif()

find_program(NURTURED_MOLD mold)
if(NURTURED_MOLD)
    target_link_options(nurtured_settings INTERFACE -fuse-ld=mold)
endif()

find_program(NURTURED_CCACHE ccache)
if(NURTURED_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    # The sloppiness is what ccache's manual asks for with precompiled headers; by the dependency files a first build need
    # not read every header twice.
    set(launcher ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros CCACHE_DEPEND=1 ${NURTURED_CCACHE})
    set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
    set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        target_compile_options(nurtured_settings INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-fpch-preprocess>)
    endif()
endif()
