import KubernetesAPI

/// What a pod can read of itself. Source: Kubernetes' documentation, "Downward API".
struct DownwardAPI: Sendable {
    var pod: Pod
    var podIP: String?
    var hostIP: String
    /// What limits default to where a container has none.
    var allocatable: [String: Quantity]

    struct UnknownField: Error, Sendable, CustomStringConvertible {
        var description: String
    }

    func field(_ path: String) throws -> String {
        switch path {
        case "metadata.name": return pod.metadata.name ?? ""
        case "metadata.namespace": return pod.metadata.namespace ?? ""
        case "metadata.uid": return pod.metadata.uid ?? ""
        case "metadata.labels": return Self.lines(pod.metadata.labels ?? [:])
        case "metadata.annotations": return Self.lines(pod.metadata.annotations ?? [:])
        case "spec.nodeName": return pod.spec.nodeName ?? ""
        case "spec.serviceAccountName": return pod.spec.serviceAccountName ?? ""
        case "status.podIP", "status.podIPs": return podIP ?? ""
        case "status.hostIP", "status.hostIPs": return hostIP
        default: break
        }
        if let key = Self.subscripted(path, "metadata.labels") { return pod.metadata.labels?[key] ?? "" }
        if let key = Self.subscripted(path, "metadata.annotations") { return pod.metadata.annotations?[key] ?? "" }
        throw UnknownField(description: "unsupported fieldPath: \(path)")
    }

    /// A container's request or limit in units of the divisor, rounded up.
    func resource(_ selector: ResourceFieldSelector, of container: Container?) throws -> String {
        var chosen = container
        if let name = selector.containerName, !name.isEmpty {
            chosen = (pod.spec.containers + (pod.spec.initContainers ?? [])).first { $0.name == name }
        }
        guard let chosen else {
            throw UnknownField(description: "container \(selector.containerName ?? "") not found")
        }
        guard let dot = selector.resource.firstIndex(of: ".") else {
            throw UnknownField(description: "unsupported container resource: \(selector.resource)")
        }
        let name = String(selector.resource[selector.resource.index(after: dot)...])
        let amount: Quantity
        switch selector.resource[..<dot] {
        case "limits": amount = chosen.resources.limits?[name] ?? allocatable[name] ?? Quantity(0)
        case "requests": amount = chosen.resources.requests?[name] ?? Quantity(0)
        default: throw UnknownField(description: "unsupported container resource: \(selector.resource)")
        }
        let divisor = selector.divisor.flatMap { $0.isZero ? nil : $0 } ?? Quantity(1)
        // A divisor of cpu may be 1m, one of memory never less than a byte.
        let (above, below) =
            name == "cpu" ? (amount.milliValue, divisor.milliValue) : (amount.value, divisor.value)
        return String(above / below + (above % below > 0 ? 1 : 0))
    }

    /// `metadata.labels['key']`.
    private static func subscripted(_ path: String, _ map: String) -> String? {
        guard path.hasPrefix(map + "['"), path.hasSuffix("']") else { return nil }
        return String(path.dropFirst(map.count + 2).dropLast(2))
    }

    /// A line a key, in order, the value quoted.
    private static func lines(_ map: [String: String]) -> String {
        map.sorted { $0.key < $1.key }.map { "\($0.key)=\(quoted($0.value))" }.joined(separator: "\n")
    }

    /// As Go's %q writes it, which is what readers of these files undo.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{7}": result += "\\a"
            case "\u{8}": result += "\\b"
            case "\u{b}": result += "\\v"
            case "\u{c}": result += "\\f"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f:
                let hex = String(scalar.value, radix: 16)
                result += "\\x" + (hex.count < 2 ? "0" : "") + hex
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
