# Short names for presets and scripts; no logic here. `make help` lists them.

.PHONY: all check lint format asan tsan fuzz cuda demo install help

all: ## build what users run (preset release)
	cmake --preset release
	cmake --build --preset release

check: ## every test that needs no GPU
	tools/test.sh

lint: ## layers, format, style, static analysis
	tools/lint.sh

format: ## let clang-format rewrite the sources
	tools/format.sh

asan: ## tests under the address and undefined-behaviour sanitizers
	tools/preset_test.sh asan

tsan: ## threaded tests under the thread sanitizer
	tools/preset_test.sh tsan

fuzz: ## build the fuzz targets and run each for a while
	tools/fuzz.sh

cuda: ## build with CUDA and run the tests that need a GPU
	tools/preset_test.sh cuda

demo: ## the main job on the shipped demo subject
	tools/demo.sh

install: all ## to PREFIX (default /usr/local), honours DESTDIR
	cmake --install build/release --prefix $(or $(PREFIX),/usr/local)

help: ## this list
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:.*## /\t/'
