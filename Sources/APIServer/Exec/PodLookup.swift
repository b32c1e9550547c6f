import Client
import KubernetesAPI

/// Finds the pod that a log or exec request names, the container in it, and who serves the pod's streams.
struct PodLookup: Sendable {
    /// Where a pod's logs and processes are.
    enum Place: Sendable {
        case here(any PodStreams)
        case elsewhere(RemoteNode)
    }

    private let find: @Sendable (ObjectName) throws(APIError) -> Pod
    private let place: @Sendable (Pod) -> Place?

    init(registry: Registry, place: @escaping @Sendable (Pod) -> Place?) {
        find = { (name) throws(APIError) in try Self.stored(name, registry) }
        self.place = place
    }

    /// For a node, which has asked for the pod already.
    init(_ pod: Pod, streams: any PodStreams) {
        find = { (_) throws(APIError) in pod }
        place = { _ in .here(streams) }
    }

    /// The pod as it is stored.
    /// - Throws: the registry's own refusal, 404 above all.
    func pod(_ name: ObjectName) throws(APIError) -> Pod { try find(name) }

    private static func stored(_ name: ObjectName, _ registry: Registry) throws(APIError) -> Pod {
        let response = registry.read(ResourceRequest(.get, Pod.resource, namespace: name.namespace, name: name.name))
        do {
            guard response.code == 200 else {
                let status = try JSON.decode(Status.self, from: response.body)
                throw APIError(
                    code: response.code, reason: status.reason ?? "", message: status.message ?? "",
                    details: status.details)
            }
            return try JSON.decode(Pod.self, from: response.body)
        } catch let error as APIError {
            throw error
        } catch {
            throw APIError(code: 500, reason: "InternalError", message: "the stored pod \(name) is not readable")
        }
    }

    /// - Throws: 500 when no node serves the pod's streams.
    func place(of pod: Pod) throws(APIError) -> Place {
        if let place = place(pod) { return place }
        throw APIError(
            code: 500, reason: "InternalError",
            message: "the node of pod \"\(pod.metadata.name ?? "")\" is not reachable")
    }

    /// The container that is meant: the named one, or the only one there is.
    /// Source: kubernetes pkg/registry/core/pod strategy.go.
    static func container(_ wanted: String?, of pod: Pod) throws(APIError) -> String {
        let names = pod.spec.containers.map(\.name)
        let initNames = (pod.spec.initContainers ?? []).map(\.name)
        let podName = pod.metadata.name ?? ""
        if let wanted, !wanted.isEmpty {
            guard names.contains(wanted) || initNames.contains(wanted) else {
                throw .badRequest("container \(wanted) is not valid for pod \(podName)")
            }
            return wanted
        }
        if names.count == 1 { return names[0] }
        var message =
            "a container name must be specified for pod \(podName), choose one of: [\(names.joined(separator: " "))]"
        if !initNames.isEmpty {
            message += " or one of the init containers: [\(initNames.joined(separator: " "))]"
        }
        throw .badRequest(message)
    }
}
