#!/usr/bin/env bash
# debian.sh BASH-ARGUMENTS: bash with the programs of a bare Debian 12 only. Programs of version
# managers, /usr/local and the caller's environment are excluded, so that a build that passes here passes
# on the machine described in the README. make runs every recipe with it.
tools=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
path=/usr/sbin:/usr/bin:/sbin:/bin
# When /usr/bin/node is not Debian's version, setup.sh installs Debian's version here.
[ ! -x "$tools/node18/node_modules/.bin/node" ] || path=$tools/node18/node_modules/.bin:$path

unset "${!PYTHON@}" "${!PYENV_@}" "${!CONDA_@}" VIRTUAL_ENV
unset "${!NODE_PATH@}" "${!NODE_OPTIONS@}" "${!NVM_@}" "${!RUSTUP_@}"
unset CC CXX CPP CFLAGS CXXFLAGS CPPFLAGS LDFLAGS CPATH C_INCLUDE_PATH CPLUS_INCLUDE_PATH
unset LIBRARY_PATH LD_LIBRARY_PATH LD_PRELOAD "${!PKG_CONFIG_@}"
unset CMAKE_PREFIX_PATH CMAKE_GENERATOR CMAKE_TOOLCHAIN_FILE CMAKE_CXX_COMPILER_LAUNCHER
PATH=$path exec bash "$@"
