import Linux

/// Whether a pod's established connections are in use: two looks at connection tracking, compared. Pure.
struct ConnectionActivity: Sendable {
    private var packets: [ConnectionFlow.Tuple: UInt64] = [:]
    private var isFirst = true

    /// True: some connection moved since the last look (a first look cannot tell, and says so of any).
    ///
    /// A connection that began before packets were counted has no count; its timeout tells then, in whole seconds: each packet
    /// sets it back.
    mutating func isInUse(_ flows: [ConnectionFlow]) -> Bool {
        var now: [ConnectionFlow.Tuple: UInt64] = [:]
        for flow in flows where flow.tcpState == ConnectionFlow.established {
            now[flow.original] = flow.packets ?? UInt64(flow.timeout)
        }
        defer {
            packets = now
            isFirst = false
        }
        if now.isEmpty { return false }
        return isFirst || now.contains { packets[$0.key] != $0.value }
    }
}
