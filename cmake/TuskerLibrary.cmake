# tusker_library(NAME store SRCS a.cc b.cc DEPS tusker::base SQLite::SQLite3 [TESTS a_test.cc] [TEST_DEPS ...])
#
# Declares the static library tusker::store of one folder, and tusker_store_test from the tests that stand beside its
# sources. A library links only what it names, so the build enforces the one direction in which folders depend on each other.
function(tusker_library)
  cmake_parse_arguments(ARG "" "NAME" "SRCS;DEPS;TESTS;TEST_DEPS" ${ARGN})
  set(target tusker_${ARG_NAME})
  add_library(${target} STATIC ${ARG_SRCS})
  add_library(tusker::${ARG_NAME} ALIAS ${target})
  target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(${target} PUBLIC ${ARG_DEPS} PRIVATE tusker_options)
  if(ARG_TESTS)
    tusker_test(NAME ${target}_test SRCS ${ARG_TESTS} DEPS tusker::${ARG_NAME} ${ARG_TEST_DEPS})
  endif()
endfunction()

# tusker_reads_source(a_test.cc) lets a test find files of the source tree: TUSKER_SOURCE_DIR. Only for those that need it,
# since a compiler's cache cannot share between checkouts what names one.
function(tusker_reads_source)
  set_source_files_properties(${ARGN} PROPERTIES COMPILE_DEFINITIONS TUSKER_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
endfunction()

# tusker_test(NAME name SRCS ... DEPS ... [LABELS unit]) declares one GoogleTest program; ctest runs each of its tests by name.
function(tusker_test)
  cmake_parse_arguments(ARG "" "NAME;LABELS;TIMEOUT" "SRCS;DEPS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  if(NOT ARG_LABELS)
    set(ARG_LABELS unit)
  endif()
  add_executable(${ARG_NAME} ${ARG_SRCS})
  target_link_libraries(${ARG_NAME} PRIVATE tusker_options ${ARG_DEPS} GTest::gtest GTest::gtest_main)
  include(GoogleTest)
  gtest_discover_tests(${ARG_NAME} DISCOVERY_TIMEOUT 60 PROPERTIES LABELS ${ARG_LABELS} TIMEOUT ${ARG_TIMEOUT})
endfunction()

# tusker_proto(NAME store_proto PROTO store.proto) generates C++ from proto/ into the build folder: tusker::store_proto.
function(tusker_proto)
  cmake_parse_arguments(ARG "" "NAME;PROTO" "" ${ARGN})
  set(target tusker_${ARG_NAME})
  set(out ${PROJECT_BINARY_DIR}/generated/proto)
  file(MAKE_DIRECTORY ${out})
  get_filename_component(stem ${ARG_PROTO} NAME_WE)
  add_custom_command(
    OUTPUT ${out}/${stem}.pb.cc ${out}/${stem}.pb.h
    COMMAND protobuf::protoc --cpp_out=${out} -I ${PROJECT_SOURCE_DIR}/proto ${PROJECT_SOURCE_DIR}/proto/${ARG_PROTO}
    DEPENDS ${PROJECT_SOURCE_DIR}/proto/${ARG_PROTO})
  add_custom_target(${target}_generated DEPENDS ${out}/${stem}.pb.h)
  add_dependencies(tusker_generated ${target}_generated)
  add_library(${target} STATIC ${out}/${stem}.pb.cc)
  add_library(tusker::${ARG_NAME} ALIAS ${target})
  target_include_directories(${target} SYSTEM PUBLIC ${PROJECT_BINARY_DIR}/generated)
  target_include_directories(${target} SYSTEM PRIVATE ${out})
  target_link_libraries(${target} PUBLIC protobuf::libprotobuf)
  if(TUSKER_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${TUSKER_SANITIZE})
  endif()
endfunction()
