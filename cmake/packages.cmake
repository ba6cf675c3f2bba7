# The libraries orator stands on, found through pkg-config.

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
pkg_check_modules(yaml REQUIRED IMPORTED_TARGET yaml-0.1)
pkg_check_modules(cjson REQUIRED IMPORTED_TARGET libcjson)
add_library(orator_packages INTERFACE)
target_link_libraries(orator_packages INTERFACE PkgConfig::yaml PkgConfig::cjson Threads::Threads m)
# What a program that uses liborator.a links besides. Plain names and no Requires.private, because
# pkg-config --static would also ask for everything that a static FFmpeg stands on.
set(ORATOR_PC_LIBS ${yaml_LDFLAGS} ${cjson_LDFLAGS} -pthread -lm)
if(ORATOR_MEDIA)
  pkg_check_modules(ffmpeg REQUIRED IMPORTED_TARGET
    libavformat>=59 libavcodec>=59 libavutil>=57 libswscale>=6 libswresample>=4)
  pkg_check_modules(sndfile REQUIRED IMPORTED_TARGET sndfile)
  pkg_check_modules(png REQUIRED IMPORTED_TARGET libpng)
  # only the C core is linked; the pkg-config file would also link the C++ libraries
  pkg_check_modules(openexr REQUIRED IMPORTED_TARGET OpenEXR>=3.1)
  find_library(openexr_core NAMES OpenEXRCore-3_1 OpenEXRCore REQUIRED HINTS ${openexr_LIBDIR})
  target_link_libraries(orator_packages INTERFACE
    PkgConfig::ffmpeg PkgConfig::sndfile PkgConfig::png ${openexr_core})
  target_include_directories(orator_packages SYSTEM INTERFACE ${openexr_INCLUDE_DIRS})
  get_filename_component(openexr_core_name ${openexr_core} NAME_WE)
  string(REGEX REPLACE "^lib" "-l" openexr_core_name ${openexr_core_name})
  list(PREPEND ORATOR_PC_LIBS
    ${ffmpeg_LDFLAGS} ${sndfile_LDFLAGS} ${png_LDFLAGS} ${openexr_core_name})
endif()
if(ORATOR_TESTS)
  pkg_check_modules(cmocka REQUIRED IMPORTED_TARGET cmocka)
endif()
