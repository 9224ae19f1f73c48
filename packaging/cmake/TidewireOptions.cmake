# SPDX-License-Identifier: GPL-3.0-or-later
# Compiler settings and packages that every target of the project shares.

include(CTest)

option(TIDEWIRE_DESKTOP "Build the desktop workbench (needs Qt Widgets and QScintilla)" ON)
option(TIDEWIRE_KEYCHAIN "Use the keychain of the desktop (needs qtkeychain-qt6-dev)" ON)
option(TIDEWIRE_FUZZ "Build the libFuzzer targets (needs clang)" OFF)
option(TIDEWIRE_COVERAGE "Instrument for coverage" OFF)
if(BUILD_TESTING AND NOT CMAKE_BUILD_TYPE MATCHES "^Rel")
    set(fault_points ON)
else()
    set(fault_points OFF)
endif()
option(TIDEWIRE_FAULT_POINTS "Places at which a test can kill the runner" ${fault_points})
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/generated/FaultPointsOption.h
    CONTENT "#cmakedefine TIDEWIRE_FAULT_POINTS\n")
set(TIDEWIRE_SANITIZE "" CACHE STRING "Sanitizers for every target, e.g. address,undefined")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_AUTOMOC OFF)
# moc of Qt 6.4 stumbles over libstdc++'s <concepts>; it needs nothing from it.
set(CMAKE_AUTOMOC_MOC_OPTIONS -D_GLIBCXX_CONCEPTS)

find_program(TIDEWIRE_CCACHE ccache)
if(TIDEWIRE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    # What ccache must be told to work with precompiled headers.
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
        CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
        ${TIDEWIRE_CCACHE})
endif()

add_library(tidewire_flags INTERFACE)
target_compile_options(tidewire_flags INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Werror
    -fstack-protector-strong)
# One kind of code everywhere, so that libraries and programs can share precompiled headers.
target_compile_options(tidewire_flags INTERFACE -fPIC -pthread)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(tidewire_flags INTERFACE -fpch-preprocess)
endif()
# g++ 12 reports impossible overlaps and uninitialised reads inside its own library at -O2.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(tidewire_flags INTERFACE
        -Wno-maybe-uninitialized -Wno-restrict -Wno-stringop-overflow -Wno-array-bounds
        -Wno-dangling-reference)
    if(CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
        target_compile_options(tidewire_flags INTERFACE -Wno-error=dangling-pointer)
    endif()
endif()
target_compile_definitions(tidewire_flags INTERFACE
    QT_NO_CAST_FROM_ASCII QT_NO_CAST_TO_ASCII QT_NO_KEYWORDS QT_NO_FOREACH
    QT_DISABLE_DEPRECATED_BEFORE=0x060400)
# The sanitizers do not see fortified calls.
if(CMAKE_BUILD_TYPE MATCHES "^Rel" AND NOT TIDEWIRE_SANITIZE)
    target_compile_definitions(tidewire_flags INTERFACE _FORTIFY_SOURCE=2)
endif()
if(TIDEWIRE_SANITIZE)
    target_compile_options(tidewire_flags INTERFACE
        -fsanitize=${TIDEWIRE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=undefined)
    target_link_options(tidewire_flags INTERFACE -fsanitize=${TIDEWIRE_SANITIZE})
endif()
if(TIDEWIRE_FUZZ)
    target_compile_options(tidewire_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(TIDEWIRE_COVERAGE)
    target_compile_options(tidewire_flags INTERFACE --coverage)
    target_link_options(tidewire_flags INTERFACE --coverage)
endif()

find_package(Qt6 6.4 REQUIRED COMPONENTS Core Network)
if(TIDEWIRE_DESKTOP)
    find_package(Qt6 6.4 REQUIRED COMPONENTS Gui Widgets Svg)
endif()
if(BUILD_TESTING)
    find_package(Qt6 6.4 REQUIRED COMPONENTS Test)
endif()
find_package(OpenSSL 3.0 REQUIRED)
find_package(PkgConfig REQUIRED)
