import Testing

/// Everything here drives a real daemon with real kubectl, as root. One at a time: each counts what it left on the machine.
@Suite(.serialized, .enabled(if: Binaries.isRoot, "needs root"), .timeLimit(.minutes(5)))
struct IntegrationTests {}
