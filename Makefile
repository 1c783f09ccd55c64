# Thin names for the scripts in tools/ and the presets of CMake; CONTRIBUTING.md says what each does.
.PHONY: help quickstart build test package package-test setup dev-setup format tidy docs clean

help:
	@sed -n 's/^# help: //p' Makefile

# help: make quickstart   from a clone to a word count on a real cluster
# help: make build        build/release/tusker
# help: make test         every test
# help: make package      one Debian package with all of it, for machines without a network
# help: make package-test that package on bare Debian 12 and 13 (as root)
# help: make setup        install what building and running need (as root)
# help: make dev-setup    install what changing it needs as well (as root)
# help: make format       clang-format over all sources
# help: make tidy         clang-tidy over the files that differ from the main branch
# help: make docs         write docs/cli.md anew from the program
# help: make clean        remove build/

quickstart:
	@tools/quickstart/run

build:
	@tools/setup/compile release tusker

test:
	@tools/test

package: build
	@tools/package/build

package-test:
	@tests/package/run

setup:
	@tools/setup/install build run

dev-setup:
	@tools/setup/install build run dev

format:
	@tools/setup/format

tidy:
	@tools/setup/tidy

docs: build
	@build/release/tusker __document > docs/cli.md

clean:
	rm -rf build
