# cmake --install: program, libraries, headers, pkg-config file, CMake package, documents. The tree
# may be moved after it was installed, and DESTDIR is honoured.

include(CMakePackageConfigHelpers)

set(cmake_package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/orator)

install(TARGETS orator_program RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS orator_shared EXPORT orator-targets
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
  INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES $<TARGET_FILE:orator_static> DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY include/orator DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
install(FILES README.md CHANGELOG.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

if(ORATOR_HAVE_CUDA)
  list(APPEND ORATOR_PC_LIBS -L${CUDAToolkit_LIBRARY_DIR} -lcudart_static -ldl -lrt -lstdc++)
endif()
list(JOIN ORATOR_PC_LIBS " " pc_libs)
# the prefix is found from the file's own place, so --prefix at install time is enough
file(RELATIVE_PATH pc_to_prefix /p/${CMAKE_INSTALL_LIBDIR}/pkgconfig /p)
string(REGEX REPLACE "/$" "" pc_to_prefix ${pc_to_prefix})
configure_file(cmake/orator.pc.in orator.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/orator.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

configure_package_config_file(cmake/orator-config.cmake.in orator-config.cmake
  INSTALL_DESTINATION ${cmake_package_folder} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(orator-config-version.cmake COMPATIBILITY SameMinorVersion)
install(EXPORT orator-targets NAMESPACE orator:: FILE orator-targets.cmake
  DESTINATION ${cmake_package_folder})
install(FILES ${PROJECT_BINARY_DIR}/orator-config.cmake
  ${PROJECT_BINARY_DIR}/orator-config-version.cmake
  DESTINATION ${cmake_package_folder})

# manual pages, completions, schemas; the first two are generated, see src/host/cli
install(DIRECTORY ${PROJECT_BINARY_DIR}/generated/man1 DESTINATION ${CMAKE_INSTALL_MANDIR})
install(FILES ${PROJECT_BINARY_DIR}/generated/bash/orator
  DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${PROJECT_BINARY_DIR}/generated/zsh/_orator
  DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
install(FILES ${PROJECT_BINARY_DIR}/generated/fish/orator.fish
  DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
install(DIRECTORY data/schemas DESTINATION ${CMAKE_INSTALL_DATADIR}/orator)
