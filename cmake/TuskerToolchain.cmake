# Compiler, warnings, sanitizers, linker and the libraries that every part may find. Configuring never touches the network.

set(TUSKER_SANITIZE "" CACHE STRING "Value of -fsanitize=, empty for none")
option(TUSKER_FUZZ "Build the libFuzzer targets" OFF)

add_library(tusker_options INTERFACE)
target_compile_options(tusker_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Werror $<$<CONFIG:Debug>:-fno-omit-frame-pointer>)
# g++ 12 takes `"text" + string` for an overlapping copy (its bug 105651), wherever it inlines enough.
target_compile_options(tusker_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
# -O3 makes nothing here measurably faster and takes a third longer to compile.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
# Lines of functions are enough for a sanitizer's report; all of DWARF takes a fifth longer to compile.
set(CMAKE_CXX_FLAGS_DEBUG "-g1")

if(TUSKER_SANITIZE)
  # protobuf and Boost are built without sanitizers: container checks across that border would be false alarms.
  target_compile_options(tusker_options INTERFACE -fsanitize=${TUSKER_SANITIZE})
  target_link_options(tusker_options INTERFACE -fsanitize=${TUSKER_SANITIZE})
endif()

find_program(CCACHE ccache)
if(CCACHE)
  # Paths relative to the checkout, so that another checkout finds what this one compiled.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE})
endif()
find_program(MOLD mold)
if(MOLD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 12.1)
  target_link_options(tusker_options INTERFACE -fuse-ld=mold)
endif()

# tusker_link_archive(OpenSSL::SSL libssl.a): programs carry the library in themselves, where Debian has it as an archive, so that
# the one that is installed runs on releases of Debian whose shared libraries have other names. Not with sanitizers, whose builds stay here.
function(tusker_link_archive target file)
  find_library(TUSKER_ARCHIVE_${file} NAMES ${file})
  if(TUSKER_SANITIZE OR NOT TUSKER_ARCHIVE_${file})
    return()
  endif()
  get_target_property(configurations ${target} IMPORTED_CONFIGURATIONS)
  set_target_properties(${target} PROPERTIES IMPORTED_LOCATION ${TUSKER_ARCHIVE_${file}})
  foreach(configuration IN LISTS configurations)
    set_target_properties(${target} PROPERTIES IMPORTED_LOCATION_${configuration} ${TUSKER_ARCHIVE_${file}})
  endforeach()
endfunction()

set(Boost_USE_STATIC_LIBS ON)
set(Protobuf_USE_STATIC_LIBS ON)
set(OPENSSL_USE_STATIC_LIBS OFF)
find_package(Boost 1.81 EXACT REQUIRED COMPONENTS json)
find_package(OpenSSL 3 REQUIRED)
find_package(Protobuf 3.21 REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(fmt 9 REQUIRED)
find_package(CLI11 REQUIRED)
find_package(GTest REQUIRED)
find_package(Threads REQUIRED)
find_package(Python3 REQUIRED COMPONENTS Interpreter)  # runs the API code generator
tusker_link_archive(OpenSSL::SSL libssl.a)
tusker_link_archive(OpenSSL::Crypto libcrypto.a)
tusker_link_archive(SQLite::SQLite3 libsqlite3.a)
tusker_link_archive(yaml-cpp libyaml-cpp.a)
