import Testing

/// Several nodes, each a daemon in a network namespace of its own. One test at a time, beside those of one node: what a cluster
/// leaves behind carries the names of its own directories.
@Suite(.serialized, .enabled(if: Binaries.isRoot, "needs root"), .timeLimit(.minutes(5)))
struct ClusterTests {}
