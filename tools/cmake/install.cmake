# make install: binaries, unit, configuration examples, documents.
install(TARGETS viz-api viz-tap viz-replay RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES systemd/viz-api.service systemd/viz-api@.service systemd/viz-api.socket
  DESTINATION lib/systemd/system)
install(FILES systemd/viz-api.sysusers DESTINATION lib/sysusers.d RENAME viz-api.conf)
install(FILES systemd/viz-api.tmpfiles DESTINATION lib/tmpfiles.d RENAME viz-api.conf)
install(FILES systemd/viz-api.env systemd/chains.json DESTINATION share/viz-api)
install(FILES systemd/prometheus/viz-api.rules.yml systemd/prometheus/prometheus.yml DESTINATION share/viz-api/prometheus)
install(FILES systemd/grafana/viz-api.json DESTINATION share/viz-api/grafana)
install(DIRECTORY systemd/incidents DESTINATION share/doc/viz-api)
install(FILES README.md systemd/RUNBOOK.md DESTINATION share/doc/viz-api)
