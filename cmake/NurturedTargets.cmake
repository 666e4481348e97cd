# SPDX-License-Identifier: MIT
# nurtured_library, nurtured_program, nurtured_tests, nurtured_share: every target of the project is made here.
#
# In LINKS, a bare word is one of our own folders (`base`), anything with `::` is a library of ThirdParty.cmake.

set(NURTURED_FOLDERS
    dsl connectors base store importer roster engine persist compose render outbox inbound forecast report config service trial cli
    support)

# Where a run spends its time. The product compiles these with -O2 and the others with -O1, which costs a fifth less to build.
set(NURTURED_HOT_FOLDERS connectors base store importer roster engine persist compose)

# Own libraries are passed on to whoever links the target, third-party ones stay private to it.
function(nurtured_link target)
    get_target_property(type ${target} TYPE)
    foreach(item IN LISTS ARGN)
        if(item IN_LIST NURTURED_FOLDERS)
            set(scope PUBLIC)
            set(library nurtured_${item})
        elseif(item MATCHES "::")
            set(scope PRIVATE)
            set(library ${item})
        else()
            message(FATAL_ERROR "${target}: `${item}` is neither a folder of ours nor a library of ThirdParty.cmake")
        endif()
        if(type STREQUAL "INTERFACE_LIBRARY")
            set(scope INTERFACE)
        elseif(type STREQUAL "EXECUTABLE")
            set(scope PRIVATE)
        endif()
        target_link_libraries(${target} ${scope} ${library})
    endforeach()
endfunction()

# nurtured_library(NAME SOURCES a.cpp … LINKS base fmt::fmt … ALONE b.cpp …)
# A static library nurtured_NAME. Without sources it carries only its links.
# All presets but dev and asan compile several sources as one (CMAKE_UNITY_BUILD): the standard headers cost more than our
# own code, and a demo from a bare clone is to take minutes. ALONE names the sources whose private names stand in others of the folder
# too. A "redefinition" or "ambiguous" error that only these builds have: rename, or add the file there.
function(nurtured_library name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINKS;ALONE")
    if(arg_SOURCES)
        add_library(nurtured_${name} STATIC ${arg_SOURCES})
        target_link_libraries(nurtured_${name} PUBLIC nurtured_settings PRIVATE nurtured_warnings)
        set_source_files_properties(${arg_ALONE} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
        if(CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT name IN_LIST NURTURED_HOT_FOLDERS)
            target_compile_options(nurtured_${name} PRIVATE -O1)
        endif()
    else()
        add_library(nurtured_${name} INTERFACE)
        target_link_libraries(nurtured_${name} INTERFACE nurtured_settings)
    endif()
    add_library(nurtured::${name} ALIAS nurtured_${name})
    nurtured_link(nurtured_${name} ${arg_LINKS})
endfunction()

# nurtured_program(NAME SOURCES main.cpp LINKS …): a program in bin/, installed.
function(nurtured_program name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINKS")
    foreach(source IN LISTS arg_SOURCES)
        if(NOT EXISTS "${CMAKE_CURRENT_SOURCE_DIR}/${source}")
            message(STATUS "${name} is not built: ${source} does not exist yet")
            return()
        endif()
    endforeach()
    add_executable(${name} ${arg_SOURCES})
    target_link_libraries(${name} PRIVATE nurtured_settings nurtured_warnings)
    target_compile_definitions(${name} PRIVATE NURTURED_VERSION="${PROJECT_VERSION}")
    nurtured_link(${name} ${arg_LINKS})
    install(TARGETS ${name} RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
endfunction()

# nurtured_tests(NAME SOURCES a_test.cpp … LINKS …)
# A Catch2 program NAME_tests; every test case is a ctest entry named by its sentence.
# The precompiled catch.hpp of tests/support is shared by all of them.
function(nurtured_tests name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINKS")
    if(NOT arg_SOURCES)
        return()
    endif()
    add_executable(${name}_tests ${arg_SOURCES})
    set_target_properties(${name}_tests PROPERTIES
        RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/tests" UNITY_BUILD OFF NURTURED_TEST ON)
    target_link_libraries(${name}_tests PRIVATE nurtured_test_settings)
    target_precompile_headers(${name}_tests REUSE_FROM nurtured_test_pch)
    nurtured_link(${name}_tests ${arg_LINKS})
    # --warn NoTests: a name that Catch2 does not find again must fail, not pass with zero assertions.
    catch_discover_tests(${name}_tests
        TEST_PREFIX "${name}: "
        EXTRA_ARGS --warn NoTests
        PROPERTIES TIMEOUT 300 LABELS unit)
endfunction()

# nurtured_share(DESTINATION dir FILES a … | DIRECTORY d …)
# Data that the programs read: copied to <build>/share/nurtured/DESTINATION and installed beside the programs.
function(nurtured_share)
    cmake_parse_arguments(PARSE_ARGV 0 arg "" "DESTINATION" "FILES;DIRECTORY")
    set(copies)
    foreach(directory IN LISTS arg_DIRECTORY)
        file(GLOB_RECURSE found RELATIVE "${CMAKE_CURRENT_SOURCE_DIR}/${directory}" CONFIGURE_DEPENDS
            "${CMAKE_CURRENT_SOURCE_DIR}/${directory}/*")
        foreach(file IN LISTS found)
            nurtured_share_file("${directory}/${file}" "${arg_DESTINATION}/${file}" copies)
        endforeach()
    endforeach()
    foreach(file IN LISTS arg_FILES)
        cmake_path(GET file FILENAME filename)
        nurtured_share_file("${file}" "${arg_DESTINATION}/${filename}" copies)
    endforeach()
    string(MAKE_C_IDENTIFIER "share_${CMAKE_CURRENT_SOURCE_DIR}_${arg_DESTINATION}" target)
    add_custom_target(${target} ALL DEPENDS ${copies})
endfunction()

function(nurtured_share_file from to list_name)
    cmake_path(ABSOLUTE_PATH from BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}")
    cmake_path(SET target NORMALIZE "${CMAKE_BINARY_DIR}/share/nurtured/${to}")
    add_custom_command(OUTPUT "${target}"
        COMMAND ${CMAKE_COMMAND} -E copy "${from}" "${target}"
        DEPENDS "${from}"
        COMMENT "Sharing ${to}")
    cmake_path(SET place NORMALIZE "${CMAKE_INSTALL_DATADIR}/nurtured/${to}")
    cmake_path(GET place PARENT_PATH place)
    install(FILES "${from}" DESTINATION "${place}")
    set(${list_name} ${${list_name}} "${target}" PARENT_SCOPE)
endfunction()
