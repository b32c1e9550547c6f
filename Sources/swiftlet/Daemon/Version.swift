/// What the program calls itself, and which Kubernetes it speaks.
enum Version {
    static let swiftlet = "0.1.0"
    static let kubernetes = "v1.33"
}
