# How everything in the project is compiled, and the few functions by which a folder declares itself:
#
#   abasto_library(abasto_base SOURCES error.c ... DEPENDS crypto ...)
#   abasto_tool(abasto-generator SOURCES ... DEPENDS ...)       a host tool, used by the build
#   abasto_service(deliveries SOURCES main.c ... DEPENDS ...)   -> services/deliveries/abasto-deliveries
#   abasto_cli(SOURCES ... DEPENDS ...)                         -> abasto
#   add_unit_test(name LABEL unit|simulation|runtime|story SOURCES ... DEPENDS ...)
#
# All of them also take DEFINITIONS (_DEFAULT_SOURCE, ...). DEPENDS names our targets or one of
# ABASTO_PACKAGES by its short name. Sources are listed; headers are found and each is compiled alone.

set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

option(ABASTO_SANITIZE "Address and undefined behaviour sanitizers" OFF)
option(ABASTO_WERROR "Warnings are errors" OFF)
option(ABASTO_HARDEN "Hardening flags of a release" OFF)
option(ABASTO_ANALYZE "gcc -fanalyzer" OFF)
option(ABASTO_FUZZ "The targets of tests/fuzz are fuzzers (clang)" OFF)

set(ABASTO_GENERATED_DIR "${PROJECT_BINARY_DIR}/generated")
file(MAKE_DIRECTORY "${ABASTO_GENERATED_DIR}")

# --- libraries: one that is missing stops the configuration ------------------------------------

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

set(ABASTO_PACKAGES
    rdkafka=rdkafka avro=avro-c pq=libpq check=check jansson=jansson smartcols=smartcols
    microhttpd=libmicrohttpd crypto=libcrypto zip=libzip expat=expat)
foreach(package IN LISTS ABASTO_PACKAGES)
    string(REGEX MATCH "^([^=]+)=(.+)$" package_match "${package}")
    set(package_name "${CMAKE_MATCH_1}")
    set(package_module "${CMAKE_MATCH_2}")
    pkg_check_modules(ABASTO_${package_name} REQUIRED QUIET IMPORTED_TARGET GLOBAL
        "${package_module}")
    add_library(abasto::${package_name} ALIAS PkgConfig::ABASTO_${package_name})
endforeach()

find_library(ABASTO_CSV_LIBRARY csv REQUIRED)
find_path(ABASTO_CSV_INCLUDE csv.h REQUIRED)
add_library(abasto_csv_imported INTERFACE)
target_link_libraries(abasto_csv_imported INTERFACE "${ABASTO_CSV_LIBRARY}")
target_include_directories(abasto_csv_imported SYSTEM INTERFACE "${ABASTO_CSV_INCLUDE}")
add_library(abasto::csv ALIAS abasto_csv_imported)
add_library(abasto::threads ALIAS Threads::Threads)
add_library(abasto_math_imported INTERFACE)
target_link_libraries(abasto_math_imported INTERFACE m)
add_library(abasto::math ALIAS abasto_math_imported)

# --- flags -------------------------------------------------------------------------------------

add_library(abasto_flags INTERFACE)
target_include_directories(abasto_flags INTERFACE
    "${PROJECT_SOURCE_DIR}" "${ABASTO_GENERATED_DIR}")
target_compile_definitions(abasto_flags INTERFACE _POSIX_C_SOURCE=200809L)
target_compile_options(abasto_flags INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes
    -Wformat=2 -Wundef -Wvla -Wcast-qual -Wwrite-strings -Wswitch-enum)
if(ABASTO_WERROR)
    target_compile_options(abasto_flags INTERFACE -Werror)
endif()
if(ABASTO_SANITIZE)
    target_compile_options(abasto_flags INTERFACE
        -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(abasto_flags INTERFACE -fsanitize=address,undefined)
endif()
if(ABASTO_HARDEN)
    target_compile_options(abasto_flags INTERFACE
        -O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-protector-strong
        -fstack-clash-protection -fPIE)
    if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64|i.86")
        target_compile_options(abasto_flags INTERFACE -fcf-protection=full)
    endif()
    target_link_options(abasto_flags INTERFACE -pie -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack)
endif()
if(ABASTO_ANALYZE)
    target_compile_options(abasto_flags INTERFACE -fanalyzer)
endif()
if(ABASTO_FUZZ)
    target_compile_options(abasto_flags INTERFACE -fsanitize=fuzzer-no-link)
    target_link_options(abasto_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

# --- declarations ------------------------------------------------------------------------------

# Links what DEPENDS names: our own targets, or a package by its short name.
function(abasto_link target scope)
    foreach(dependency IN LISTS ARGN)
        if(TARGET abasto::${dependency})
            target_link_libraries(${target} ${scope} abasto::${dependency})
        elseif(dependency MATCHES "^(abasto_|PkgConfig::|Threads::|abasto::)")
            target_link_libraries(${target} ${scope} ${dependency})
        else()
            message(FATAL_ERROR "${target}: ${dependency} is neither a target of the project nor one"
                " of its packages")
        endif()
    endforeach()
endfunction()

macro(abasto_arguments)
    cmake_parse_arguments(ARG "" "LABEL;TIMEOUT" "SOURCES;DEPENDS;DEFINITIONS;ENVIRONMENT" ${ARGN})
    if(ARG_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "not understood: ${ARG_UNPARSED_ARGUMENTS}")
    endif()
    if(NOT ARG_SOURCES)
        message(FATAL_ERROR "no SOURCES")
    endif()
endmacro()

# Compiles each header of the current folder alone, included twice.
function(abasto_check_headers target)
    file(GLOB headers CONFIGURE_DEPENDS RELATIVE "${PROJECT_SOURCE_DIR}"
        "${CMAKE_CURRENT_SOURCE_DIR}/*.h")
    set(units)
    foreach(header IN LISTS headers)
        string(MAKE_C_IDENTIFIER "${header}" identifier)
        set(unit "${CMAKE_CURRENT_BINARY_DIR}/headers/${identifier}.c")
        file(CONFIGURE OUTPUT "${unit}" CONTENT
            "#include \"${header}\"\n#include \"${header}\"\nextern int ${identifier}_alone;\n")
        list(APPEND units "${unit}")
    endforeach()
    if(NOT units)
        return()
    endif()
    add_library(${target}_headers OBJECT ${units})
    target_link_libraries(${target}_headers PRIVATE abasto_flags)
    abasto_link(${target}_headers PRIVATE ${ARGN})
    add_dependencies(${target}_headers ${target}) # what it generates must be there
endfunction()

function(abasto_library name)
    abasto_arguments(${ARGN})
    add_library(${name} STATIC ${ARG_SOURCES})
    target_link_libraries(${name} PUBLIC abasto_flags)
    target_compile_definitions(${name} PRIVATE ${ARG_DEFINITIONS})
    abasto_link(${name} PUBLIC ${ARG_DEPENDS})
    abasto_check_headers(${name} ${ARG_DEPENDS})
endfunction()

function(abasto_executable name)
    abasto_arguments(${ARGN})
    add_executable(${name} ${ARG_SOURCES})
    target_link_libraries(${name} PRIVATE abasto_flags)
    target_compile_definitions(${name} PRIVATE ${ARG_DEFINITIONS})
    abasto_link(${name} PRIVATE ${ARG_DEPENDS})
endfunction()

function(abasto_tool name)
    abasto_executable(${name} ${ARGN})
    set_target_properties(${name} PROPERTIES
        RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tools")
endfunction()

function(abasto_service name)
    abasto_arguments(${ARGN})
    abasto_executable(abasto-${name} ${ARGN})
    set_target_properties(abasto-${name} PROPERTIES
        RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/services/${name}")
    abasto_check_headers(abasto-${name} ${ARG_DEPENDS})
    set_property(GLOBAL APPEND PROPERTY ABASTO_SERVICES abasto-${name})
endfunction()

function(abasto_cli)
    abasto_arguments(${ARGN})
    abasto_executable(abasto-cli ${ARGN})
    set_target_properties(abasto-cli PROPERTIES
        OUTPUT_NAME abasto RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}")
    abasto_check_headers(abasto-cli ${ARG_DEPENDS})
endfunction()

# --- tests -------------------------------------------------------------------------------------

set(ABASTO_TEST_STACK_DIR "${PROJECT_BINARY_DIR}/test-stack")

# What every test finds in its environment.
set(ABASTO_TEST_ENVIRONMENT
    "ABASTO_SOURCE_DIR=${PROJECT_SOURCE_DIR}"
    "ABASTO_BUILD_DIR=${PROJECT_BINARY_DIR}"
    "LC_ALL=C.UTF-8"
    "ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1"
    "UBSAN_OPTIONS=print_stacktrace=1")

# The one broker and the two databases that the tests labelled runtime and story share.
function(abasto_test_stack)
    set(stack "${PROJECT_SOURCE_DIR}/deploy/stack/stack.sh")
    add_test(NAME test_stack_starts COMMAND "${CMAKE_COMMAND}" -E env ABASTO_STACK_DATABASES=2
        "${stack}" fresh "${ABASTO_TEST_STACK_DIR}")
    add_test(NAME test_stack_stops COMMAND "${stack}" destroy "${ABASTO_TEST_STACK_DIR}")
    set_tests_properties(test_stack_starts PROPERTIES
        FIXTURES_SETUP test_stack LABELS fixture TIMEOUT 300)
    set_tests_properties(test_stack_stops PROPERTIES
        FIXTURES_CLEANUP test_stack LABELS fixture TIMEOUT 120)
endfunction()

# Properties of a test by its label. `name` is known to CTest already.
function(abasto_test_properties name label timeout)
    if(NOT label MATCHES "^(unit|simulation|runtime|story)$")
        message(FATAL_ERROR "${name}: LABEL is unit, simulation, runtime or story")
    endif()
    set(environment ${ABASTO_TEST_ENVIRONMENT} ${ARGN})
    if(NOT label MATCHES "^(unit|simulation)$")
        list(APPEND environment "ABASTO_TEST_STACK=${ABASTO_TEST_STACK_DIR}/stack.env")
        # One at a time: two of them at once on a small machine only measure each other.
        set_tests_properties(${name} PROPERTIES
            FIXTURES_REQUIRED test_stack RESOURCE_LOCK test_stack)
    endif()
    if(NOT timeout)
        set(timeout_unit 120)
        set(timeout_simulation 600)
        set(timeout_runtime 300)
        set(timeout_story 600)
        set(timeout ${timeout_${label}})
    endif()
    if(label STREQUAL unit)
        list(APPEND environment "CK_DEFAULT_TIMEOUT=100")
    else()
        list(APPEND environment "CK_DEFAULT_TIMEOUT=${timeout}")
    endif()
    set_tests_properties(${name} PROPERTIES
        LABELS ${label} TIMEOUT ${timeout} ENVIRONMENT "${environment}")
endfunction()

# A Check executable of one module: add_unit_test(base_date LABEL unit SOURCES date_test.c DEPENDS abasto_base)
function(add_unit_test name)
    abasto_arguments(${ARGN})
    abasto_executable(test_${name} SOURCES ${ARG_SOURCES} DEFINITIONS ${ARG_DEFINITIONS}
        DEPENDS ${ARG_DEPENDS} check)
    set_target_properties(test_${name} PROPERTIES
        RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
    add_test(NAME ${name} COMMAND test_${name})
    abasto_test_properties(${name} "${ARG_LABEL}" "${ARG_TIMEOUT}" ${ARG_ENVIRONMENT})
endfunction()

# A test that is a script: add_script_test(name LABEL story COMMAND script argument...)
function(add_script_test name)
    cmake_parse_arguments(ARG "" "LABEL;TIMEOUT" "COMMAND;ENVIRONMENT" ${ARGN})
    add_test(NAME ${name} COMMAND ${ARG_COMMAND})
    abasto_test_properties(${name} "${ARG_LABEL}" "${ARG_TIMEOUT}" ${ARG_ENVIRONMENT})
endfunction()
