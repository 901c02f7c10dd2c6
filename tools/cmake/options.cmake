# Compiler settings of every project target.

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
endif()
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1 -DNDEBUG")
set(CMAKE_CXX_FLAGS_SANITIZE "-O1 -g1 -fno-omit-frame-pointer")
option(VIZ_PCH "Precompile the heavy system headers" ON)

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # ccache caches precompiled headers only with this sloppiness; paths below the sources are made
  # relative, so that one clone can use another's cached objects.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros
    "CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}" CCACHE_NOHASHDIR=1 ${CCACHE})
endif()

add_library(viz_options INTERFACE)
# Linking takes a third of a sanitizer build with GNU ld: mold is used if installed.
find_program(MOLD ld.mold)
if(MOLD)
  target_link_options(viz_options INTERFACE -fuse-ld=mold)
endif()
target_include_directories(viz_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(viz_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -march=x86-64-v2
  $<$<NOT:$<BOOL:$<TARGET_PROPERTY:VIZ_WARNINGS_ONLY>>>:-Werror>
  # Designated initialisers deliberately omit members with default values.
  -Wno-missing-field-initializers)
# Debian's Boost 1.74 would pick its pre-standard coroutine header under clang.
target_compile_definitions(viz_options INTERFACE BOOST_ASIO_DISABLE_CO_AWAIT BOOST_ASIO_NO_DEPRECATED)

# For code that is large to compile and short to run. Measured with clang under ASan and UBSan: a test of
# http takes 12 s instead of 28, ws_client.cpp 40 s instead of 112. g++ gains little.
set(VIZ_FAST_COMPILE "")
if(VIZ_SANITIZE)
  set(VIZ_FAST_COMPILE $<$<CXX_COMPILER_ID:Clang>:-O0>)
  target_compile_options(viz_options INTERFACE
    -fsanitize=${VIZ_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(viz_options INTERFACE -fsanitize=${VIZ_SANITIZE})
  # With instrumentation g++ cannot reliably detect uninitialized variables (as its manual says); the
  # plain builds warn.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(viz_options INTERFACE -Wno-maybe-uninitialized)
  endif()
  # g++ warns that TSan does not support Boost.Asio's fences; TSan does support its locks.
  if(VIZ_SANITIZE STREQUAL "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(viz_options INTERFACE -Wno-tsan)
  endif()
endif()
if(VIZ_FUZZ)
  # Relative to the build folder, where the compiler runs, so that the compiler cache serves every clone.
  file(RELATIVE_PATH VIZ_IGNORELIST ${PROJECT_BINARY_DIR} ${PROJECT_SOURCE_DIR}/tools/cmake/coverage_ignorelist.txt)
  target_compile_options(viz_options INTERFACE -fsanitize=fuzzer-no-link
    -fsanitize-coverage-ignorelist=${VIZ_IGNORELIST})
endif()

# The revision is an input of one file only, so that a commit does not rebuild everything. A package's
# version counts commits, so that apt upgrades from each build to the next.
set(git git -C ${PROJECT_SOURCE_DIR})
execute_process(COMMAND ${git} rev-parse --short=12 HEAD
  OUTPUT_VARIABLE VIZ_REVISION OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
execute_process(COMMAND ${git} rev-list --count HEAD
  OUTPUT_VARIABLE VIZ_COMMITS OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
execute_process(COMMAND ${git} log -1 --date=rfc --format=%cd
  OUTPUT_VARIABLE VIZ_COMMIT_DATE OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
execute_process(COMMAND ${git} rev-parse --path-format=absolute --git-path logs/HEAD
  OUTPUT_VARIABLE head_log OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
set(VIZ_PACKAGE_VERSION ${PROJECT_VERSION})
if(VIZ_REVISION)
  string(APPEND VIZ_PACKAGE_VERSION "+git${VIZ_COMMITS}.${VIZ_REVISION}")
else()
  set(VIZ_REVISION unknown)
endif()
if(EXISTS "${head_log}")
  set_property(DIRECTORY ${PROJECT_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${head_log})
endif()
