#!/bin/sh
# The scheduler's decisions alone: processor time for 500 pods on 100 nodes, with optimisation. Builds the tests for release
# once, which takes several minutes.
set -eu
cd "$(dirname "$0")/.."
swift test -c release -Xswiftc -enable-testing --filter SchedulerTests.ScaleTests | grep 'processor time'
