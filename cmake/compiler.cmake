# Warnings, sanitizers and the flags that every C file of the project is compiled with.

add_library(orator_flags INTERFACE)
target_compile_definitions(orator_flags INTERFACE _GNU_SOURCE _FILE_OFFSET_BITS=64)
target_compile_options(orator_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes
  -Wmissing-prototypes -Wundef -Wvla -Wcast-qual -Wcast-align -Wpointer-arith -Wwrite-strings
  -Wformat=2 -Wdouble-promotion -Wswitch-enum -Wnull-dereference
  -ffp-contract=off)
# no one reads errno after mathematics or traps on it, and loops over src/numerics become vectors;
# values stay the same to the last bit
target_compile_options(orator_flags INTERFACE -fno-math-errno -fno-trapping-math)
# __FILE__ does not tell where the build took place: same sources, same bits
target_compile_options(orator_flags INTERFACE -fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=)
# rows of option tables end where the fields they leave at zero begin
target_compile_options(orator_flags INTERFACE -Wno-missing-field-initializers)
# messages are cut at their buffer's end on purpose
if(CMAKE_C_COMPILER_ID STREQUAL GNU)
  target_compile_options(orator_flags INTERFACE -Wno-format-truncation)
endif()
if(ORATOR_WERROR)
  target_compile_options(orator_flags INTERFACE -Werror)
endif()
# gcc's flow warnings misfire under the sanitizers' instrumentation
if(ORATOR_SANITIZE)
  target_compile_options(orator_flags INTERFACE -fsanitize=${ORATOR_SANITIZE}
    -fno-sanitize-recover=all -fno-omit-frame-pointer -Wno-null-dereference
    $<$<C_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  target_link_options(orator_flags INTERFACE -fsanitize=${ORATOR_SANITIZE})
endif()
if(ORATOR_FUZZ)
  target_compile_options(orator_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
target_include_directories(orator_flags INTERFACE
  ${PROJECT_SOURCE_DIR}/src/host ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/include)
target_link_options(orator_flags INTERFACE LINKER:--as-needed)

# Files named after an instruction set get its options; kernels are optimised in every kind of build.
#     set_source_files_properties(f_avx2.c ... PROPERTIES COMPILE_OPTIONS "${orator_options_avx2}")
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$")
  set(orator_is_x86_64 TRUE)
else()
  set(orator_is_x86_64 FALSE)
endif()
# neither errno nor traps are looked at, so that square roots and selections become vector code
set(orator_options_kernel -O3 -fno-math-errno -fno-trapping-math)
set(orator_options_avx2 ${orator_options_kernel} -mavx2 -mfma)
set(orator_options_avx512 ${orator_options_avx2} -mavx512f -mavx512bw -mavx512dq -mavx512vl
  -mprefer-vector-width=512)
set(orator_options_avx512bf16 ${orator_options_avx512} -mavx512bf16)
