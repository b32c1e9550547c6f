public import Linux

/// A sandbox that was just made.
public struct Sandbox: Sendable {
    public var podUID: String
    public var supervisorPID: Int32
    /// Nil with the host's network.
    public var network: SandboxNetwork?
}

/// The way into a pod's network namespace. Both descriptors close when the last copy goes.
public struct SandboxNetwork: Sendable {
    /// A NETLINK_ROUTE socket that lives in the pod's network namespace.
    public let netlink: OwnedFD
    /// The namespace itself, for IFLA_NET_NS_FD.
    public let namespace: OwnedFD

    /// Closes both now.
    public func close() {
        netlink.close()
        namespace.close()
    }
}
