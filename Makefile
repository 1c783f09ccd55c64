# Thin names for the scripts in tools/ and the presets of CMake; CONTRIBUTING.md says what each does.
.PHONY: help quickstart build test setup dev-setup format tidy docs clean

help:
	@sed -n 's/^# help: //p' Makefile

# help: make quickstart   from a clone to a word count on a real cluster
# help: make build        build/release/tusker
# help: make test         every test
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
