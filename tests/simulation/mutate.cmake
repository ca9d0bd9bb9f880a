# cmake -D NAME= -D ROOT= -D OUT= -P mutate.cmake: the source of one mutant (mutants.cmake).

# Texts are taken by their number: what C writes would be split as a list.
function(mutant name file)
    if(NOT name STREQUAL NAME)
        return()
    endif()
    file(READ "${ROOT}/${file}" text)
    math(EXPR last "${ARGC} - 1")
    foreach(at RANGE 2 ${last} 2)
        math(EXPR behind "${at} + 1")
        string(FIND "${text}" "${ARGV${at}}" first)
        string(FIND "${text}" "${ARGV${at}}" final REVERSE)
        if(first EQUAL -1 OR NOT first EQUAL final)
            message(FATAL_ERROR "mutant ${name}: not exactly once in ${file}:\n${ARGV${at}}")
        endif()
        string(REPLACE "${ARGV${at}}" "${ARGV${behind}}" text "${text}")
    endforeach()
    file(WRITE "${OUT}" "${text}")
endfunction()

include("${CMAKE_CURRENT_LIST_DIR}/mutants.cmake")
