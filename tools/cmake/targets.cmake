# How tests, fuzz targets and benchmarks are declared.

set(VIZ_FUZZ_SECONDS 8 CACHE STRING "How long each fuzz test runs")
add_custom_target(unit_tests)
add_custom_target(tsan_tests)
add_custom_target(fuzz_targets)
add_custom_target(benches)

# viz_test(<name> LABELS <unit|integration|conformance|tsan> SOURCES … LIBS … [TIMEOUT s])
function(viz_test name)
  cmake_parse_arguments(T "" "TIMEOUT" "LABELS;SOURCES;LIBS" ${ARGN})
  if(VIZ_FUZZ)
    return()
  endif()
  if(NOT T_TIMEOUT)
    set(T_TIMEOUT 60)
  endif()
  add_executable(${name} ${T_SOURCES})
  target_link_libraries(${name} PRIVATE viz_options ${T_LIBS} GTest::gmock GTest::gtest GTest::gtest_main)
  # g++ 12 sees overflows in std::string that are not there (GCC bug 105651).
  target_compile_options(${name} PRIVATE
    $<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds;-Wno-restrict;-Wno-stringop-overflow>)
  target_compile_definitions(${name} PRIVATE
    VIZ_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
    VIZ_DEFAULT_CORPUS_DIR="${PROJECT_SOURCE_DIR}/../shared/corpus")
  if(VIZ_PCH)
    target_precompile_headers(${name} REUSE_FROM viz_test_pch)
  endif()
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
    PROPERTIES LABELS "${T_LABELS}" TIMEOUT ${T_TIMEOUT})
  foreach(label unit tsan)
    if(label IN_LIST T_LABELS)
      add_dependencies(${label}_tests ${name})
    endif()
  endforeach()
endfunction()

# viz_fuzz(<name> SOURCES … LIBS … CORPUS <dir of seeds>)
function(viz_fuzz name)
  cmake_parse_arguments(T "" "CORPUS" "SOURCES;LIBS" ${ARGN})
  if(NOT VIZ_FUZZ)
    return()
  endif()
  add_executable(${name} ${T_SOURCES})
  target_link_libraries(${name} PRIVATE viz_options ${T_LIBS})
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  set(seeds ${CMAKE_CURRENT_SOURCE_DIR}/${T_CORPUS})
  set(work ${CMAKE_CURRENT_BINARY_DIR}/corpus/${name})
  file(MAKE_DIRECTORY ${work})
  add_test(NAME fuzz.${name} COMMAND ${name} -max_total_time=${VIZ_FUZZ_SECONDS} -timeout=5 -rss_limit_mb=1024
    -print_final_stats=1 -artifact_prefix=${CMAKE_CURRENT_BINARY_DIR}/ ${work} ${seeds})
  math(EXPR timeout "${VIZ_FUZZ_SECONDS} + 60")
  set_tests_properties(fuzz.${name} PROPERTIES LABELS fuzz TIMEOUT ${timeout})
  add_dependencies(fuzz_targets ${name})
endfunction()

# viz_bench(<name> SOURCES … LIBS …)
function(viz_bench name)
  cmake_parse_arguments(T "" "" "SOURCES;LIBS" ${ARGN})
  if(NOT VIZ_BENCH OR VIZ_FUZZ)
    return()
  endif()
  add_executable(${name} EXCLUDE_FROM_ALL ${T_SOURCES})
  target_link_libraries(${name} PRIVATE viz_options ${T_LIBS} benchmark::benchmark)
  target_compile_definitions(${name} PRIVATE
    VIZ_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
    VIZ_DEFAULT_CORPUS_DIR="${PROJECT_SOURCE_DIR}/../shared/corpus")
  add_dependencies(benches ${name})
endfunction()
