/// The name in the certificate of a node's own HTTPS endpoint, by which whoever dials its address knows it: an address in the
/// certificate would be a claim that nobody checks, and would have to follow every change.
public enum NodeServerName {
    public static func of(_ node: String) -> String { "\(node).node.swiftlet" }
}
