# make install: binaries, unit, example configuration, documents.
install(TARGETS viz-api viz-tap viz-replay RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES systemd/viz-api.service systemd/viz-api@.service systemd/viz-api.socket
  DESTINATION lib/systemd/system)
install(FILES systemd/viz-api.sysusers DESTINATION lib/sysusers.d RENAME viz-api.conf)
install(FILES systemd/viz-api.tmpfiles DESTINATION lib/tmpfiles.d RENAME viz-api.conf)
install(FILES systemd/viz-api.env systemd/chains.json systemd/viz-api.releases.conf DESTINATION share/viz-api)
install(FILES systemd/prometheus/viz-api.rules.yml systemd/prometheus/prometheus.yml DESTINATION share/viz-api/prometheus)
install(FILES systemd/grafana/viz-api.json DESTINATION share/viz-api/grafana)
install(DIRECTORY systemd/incidents DESTINATION share/doc/viz-api)
install(FILES README.md systemd/RUNBOOK.md DESTINATION share/doc/viz-api)
install(DIRECTORY tools/operate DESTINATION share/viz-api/tools FILES_MATCHING PATTERN "*.py")
install(PROGRAMS tools/release.sh tools/canary_check.sh tools/handover.sh DESTINATION share/viz-api/tools)

# Manual pages are made from --help (help2man), completion from the table of settings. Installing builds
# nothing: the target must be built before.
find_program(VIZ_GZIP gzip REQUIRED)
find_program(HELP2MAN help2man)
set(documents ${PROJECT_BINARY_DIR}/documents)
file(MAKE_DIRECTORY ${documents})
add_custom_command(OUTPUT ${documents}/viz-api.bash ${documents}/_viz-api
  COMMAND ${CMAKE_COMMAND} -DFILE=${documents}/viz-api.bash -P ${PROJECT_SOURCE_DIR}/tools/cmake/capture.cmake
          $<TARGET_FILE:viz-api> --print-completion-bash
  COMMAND ${CMAKE_COMMAND} -DFILE=${documents}/_viz-api -P ${PROJECT_SOURCE_DIR}/tools/cmake/capture.cmake
          $<TARGET_FILE:viz-api> --print-completion-zsh
  DEPENDS viz-api VERBATIM)
set(pages)
if(HELP2MAN)
  foreach(page "viz-api:mempool reactor for EVM chains" "viz-tap:watch the streams of a running viz-api"
               "viz-replay:read, verify and export a record of viz-api")
    string(REGEX MATCH "^[^:]*" program ${page})
    string(REGEX REPLACE "^[^:]*:" "" summary ${page})
    add_custom_command(OUTPUT ${documents}/${program}.1.gz
      COMMAND ${HELP2MAN} --no-info --locale=C.UTF-8 --name=${summary} --output=${documents}/${program}.1
              $<TARGET_FILE:${program}>
      COMMAND ${VIZ_GZIP} -9nf ${documents}/${program}.1
      DEPENDS ${program} VERBATIM)
    list(APPEND pages ${documents}/${program}.1.gz)
  endforeach()
endif()
add_custom_target(documents ALL DEPENDS ${pages} ${documents}/viz-api.bash ${documents}/_viz-api)
install(FILES ${pages} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${documents}/viz-api.bash DESTINATION share/bash-completion/completions RENAME viz-api)
install(FILES ${documents}/_viz-api DESTINATION share/zsh/vendor-completions)

# make deb: the package also does what `make install` leaves to the administrator.
set(VIZ_MAINTAINER "viz-api maintainers <maintainers@viz-api.example>")
file(READ systemd/debian/changelog changelog)
if(VIZ_COMMIT_DATE)
  string(PREPEND changelog "viz-api (${VIZ_PACKAGE_VERSION}) unstable; urgency=medium

  * Build of revision ${VIZ_REVISION}.

 -- ${VIZ_MAINTAINER}  ${VIZ_COMMIT_DATE}

")
endif()
file(WRITE ${PROJECT_BINARY_DIR}/debian/changelog "${changelog}")
execute_process(COMMAND ${VIZ_GZIP} -9nkf ${PROJECT_BINARY_DIR}/debian/changelog COMMAND_ERROR_IS_FATAL ANY)
install(FILES ${PROJECT_BINARY_DIR}/debian/changelog.gz systemd/debian/copyright
  DESTINATION /usr/share/doc/viz-api COMPONENT debian EXCLUDE_FROM_ALL)
install(FILES systemd/viz-api.env systemd/chains.json DESTINATION /etc/viz-api
  PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ COMPONENT debian EXCLUDE_FROM_ALL)
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME viz-api)
set(CPACK_PACKAGE_CONTACT "${VIZ_MAINTAINER}")
set(CPACK_PACKAGE_VERSION ${VIZ_PACKAGE_VERSION})
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "mempool reactor for EVM chains")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"watches pending transactions, records and serves what becomes of them
Transactions are verified, followed through their life, labelled, written to
one ordered event log and served over HTTP and Server-Sent Events.")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "systemd | systemd-standalone-sysusers")
# For the operators' commands, the runbook and the incident pages.
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "python3 (>= 3.11), sqlite3, jq, curl")
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION TRUE)
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_CMAKE_PROJECTS
  "${PROJECT_BINARY_DIR};viz-api;ALL;/" "${PROJECT_BINARY_DIR};viz-api;debian;/")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
  ${PROJECT_SOURCE_DIR}/systemd/debian/conffiles
  ${PROJECT_SOURCE_DIR}/systemd/debian/postinst
  ${PROJECT_SOURCE_DIR}/systemd/debian/prerm
  ${PROJECT_SOURCE_DIR}/systemd/debian/postrm)
include(CPack)
