# SPDX-License-Identifier: GPL-3.0-or-later
# tidewire_library(<folder target> SOURCES … USES …): one static library per folder.
# tidewire_test(<name> SOURCES … USES …): one Qt Test program, registered with CTest.
# tidewire_fuzz(<name> SOURCES … USES …): one libFuzzer program, only with TIDEWIRE_FUZZ.

function(tidewire_library name)
    cmake_parse_arguments(arg "" "" "SOURCES;MOC;USES;PRIVATE_USES" ${ARGN})
    add_library(${name} STATIC ${arg_SOURCES} ${arg_MOC})
    target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR})
    target_link_libraries(${name} PUBLIC ${arg_USES} PRIVATE tidewire_flags ${arg_PRIVATE_USES})
    if(arg_MOC)
        set_target_properties(${name} PROPERTIES AUTOMOC ON)
    endif()
endfunction()

# Declare tests as: tidewire_test(tst_Value SOURCES tst_Value.cpp USES tw_data [LABELS …])
function(tidewire_test name)
    cmake_parse_arguments(arg "" "" "SOURCES;USES;LABELS" ${ARGN})
    add_executable(${name} ${arg_SOURCES})
    set_target_properties(${name} PROPERTIES AUTOMOC ON)
    target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
    target_compile_definitions(${name} PRIVATE
        TIDEWIRE_SOURCE_DIR="${PROJECT_SOURCE_DIR}" TIDEWIRE_BINARY_DIR="${PROJECT_BINARY_DIR}")
    target_link_libraries(${name} PRIVATE ${arg_USES} Qt6::Test tidewire_flags)
    add_test(NAME ${name} COMMAND ${name})
    set(environment "QT_QPA_PLATFORM=offscreen" "QT_LOGGING_RULES=tw.*.debug=false")
    set(timeout 300)
    if(TIDEWIRE_SANITIZE)
        set(support ${PROJECT_SOURCE_DIR}/tests/support)
        list(APPEND environment
            "UBSAN_OPTIONS=print_stacktrace=1" "LSAN_OPTIONS=suppressions=${support}/lsan.supp"
            "TSAN_OPTIONS=suppressions=${support}/tsan.supp:second_deadlock_stack=1")
        set(timeout 900)
    endif()
    set_tests_properties(${name} PROPERTIES TIMEOUT ${timeout} ENVIRONMENT "${environment}")
    if(arg_LABELS)
        set_tests_properties(${name} PROPERTIES LABELS "${arg_LABELS}")
    endif()
endfunction()

# All of them are built by the target `fuzz`.
function(tidewire_fuzz name)
    if(NOT TIDEWIRE_FUZZ)
        return()
    endif()
    cmake_parse_arguments(arg "" "" "SOURCES;USES" ${ARGN})
    add_executable(${name} ${arg_SOURCES})
    target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
    target_link_libraries(${name} PRIVATE ${arg_USES} tidewire_flags)
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    if(NOT TARGET fuzz)
        add_custom_target(fuzz)
    endif()
    add_dependencies(fuzz ${name})
endfunction()
