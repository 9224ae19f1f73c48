# SPDX-License-Identifier: GPL-3.0-or-later
# Three precompiled headers of the library and Qt, shared by all targets: most of a file's compile
# time is spent in them (6 s for QtTest alone). Each source still includes what it uses:
# TIDEWIRE_PRECOMPILED=OFF proves it.

option(TIDEWIRE_PRECOMPILED "Use precompiled headers" ON)

set(standard <algorithm> <array> <chrono> <functional> <map> <memory> <optional> <span> <string>
    <string_view> <utility> <variant> <vector>)

# tidewire_precompiled(<name> LINKS <targets> HEADERS <headers>)
function(tidewire_precompiled name)
    cmake_parse_arguments(arg "" "" "LINKS;HEADERS" ${ARGN})
    if(NOT EXISTS ${PROJECT_BINARY_DIR}/precompiled/${name}.cpp)
        file(WRITE ${PROJECT_BINARY_DIR}/precompiled/${name}.cpp "")
    endif()
    add_library(${name} OBJECT ${PROJECT_BINARY_DIR}/precompiled/${name}.cpp)
    target_link_libraries(${name} PRIVATE ${arg_LINKS} tidewire_flags)
    target_precompile_headers(${name} PRIVATE ${standard} ${arg_HEADERS})
endfunction()

# Qt tells each test program where it lies; that would make each one's precompiled header differ.
set(TIDEWIRE_TEST_OPTIONS -UQT_TESTCASE_BUILDDIR -UQT_TESTCASE_SOURCEDIR)

if(TIDEWIRE_PRECOMPILED)
    tidewire_precompiled(tidewire_precompiled_core HEADERS)
    if(TIDEWIRE_DESKTOP)
        tidewire_precompiled(tidewire_precompiled_ui LINKS Qt6::Core Qt6::Gui Qt6::Widgets
            HEADERS <QtCore> <QtGui> <QtWidgets>)
    endif()
    if(BUILD_TESTING)
        tidewire_precompiled(tidewire_precompiled_test LINKS Qt6::Core Qt6::Network Qt6::Test
            HEADERS <QtCore> <QtTest>)
        target_compile_options(tidewire_precompiled_test PRIVATE ${TIDEWIRE_TEST_OPTIONS})
        if(TIDEWIRE_DESKTOP)
            tidewire_precompiled(tidewire_precompiled_ui_test
                LINKS Qt6::Core Qt6::Network Qt6::Gui Qt6::Widgets Qt6::Test
                HEADERS <QtCore> <QtWidgets> <QtTest>)
            target_compile_options(tidewire_precompiled_ui_test PRIVATE ${TIDEWIRE_TEST_OPTIONS})
        endif()
    endif()
endif()

# tidewire_reuse(<target> <precompiled>): the two must agree in flags and in Qt modules.
function(tidewire_reuse target precompiled)
    if(TIDEWIRE_PRECOMPILED)
        target_precompile_headers(${target} REUSE_FROM ${precompiled})
    endif()
endfunction()
