import Client
import KubernetesAPI
import Logging

/// `GET .../pods/NAME/log`.
struct LogEndpoint: Sendable {
    let pods: PodLookup
    let logger: Logger

    /// - Parameter query: the request's own, for the pod's node when that is another.
    func respond(_ target: RequestTarget, _ name: ObjectName, query: String) throws(APIError) -> HTTPOutcome {
        let pod = try pods.pod(name)
        let options = try LogOptions(query: target, pod: pod)
        // A pod that no node runs has no log yet.
        guard pod.spec.nodeName?.isEmpty == false else { return .answer(.text("")) }
        let place = try pods.place(of: pod)
        return .later { [logger] in
            do {
                let chunks =
                    switch place {
                    case .here(let streams): try await streams.logs(pod, options)
                    case .elsewhere(let node): try await node.logs(name, query: query)
                    }
                return .stream(contentType: "text/plain; charset=utf-8") { writer in
                    do {
                        for try await bytes in chunks { try await writer.write(bytes) }
                    } catch {
                        // The head is out already, so the client only sees the end.
                        logger.info("a log ended early", metadata: ["pod": "\(name)", "error": "\(error)"])
                    }
                }
            } catch let error as APIError {
                return .answer(HTTPAnswer(error))
            } catch {
                logger.error("log failed", metadata: ["pod": "\(name)", "error": "\(error)"])
                return .answer(
                    HTTPAnswer(
                        APIError(
                            code: 500, reason: "InternalError",
                            message: "the log of pod \"\(name.name)\" cannot be read; the server's log says why")))
            }
        }
    }
}

extension LogOptions {
    /// Source: core/v1 PodLogOptions and its validation.
    init(query: RequestTarget, pod: Pod) throws(APIError) {
        self.init(container: try PodLookup.container(query.value("container"), of: pod))
        var errors: [FieldError] = []
        func number(_ name: String, least: Int64) throws(APIError) -> Int64? {
            guard let text = query.value(name), !text.isEmpty else { return nil }
            guard let number = Int64(text) else { throw .badRequest("\(name): \"\(text)\" is not a number") }
            if number < least {
                let bound = least == 0 ? "must be greater than or equal to 0" : "must be greater than 0"
                errors.append(FieldError(.invalid, name, value: text, bound))
            }
            return number
        }
        follow = try query.flag("follow")
        previous = try query.flag("previous")
        timestamps = try query.flag("timestamps")
        tailLines = try number("tailLines", least: 0).map { Int($0) }
        limitBytes = try number("limitBytes", least: 1).map { Int($0) }
        sinceSeconds = try number("sinceSeconds", least: 1)
        if let text = query.value("sinceTime"), !text.isEmpty {
            guard let time = MicroTime(text) else {
                throw .badRequest("sinceTime: \"\(text)\" is not an RFC 3339 time")
            }
            sinceTime = time
            if sinceSeconds != nil {
                errors.append(
                    FieldError(
                        .forbidden, "sinceSeconds", "at most one of `sinceTime` or `sinceSeconds` may be specified"))
            }
        }
        guard errors.isEmpty else {
            let text = errors.count == 1 ? "\(errors[0])" : "[\(errors.map(\.description).joined(separator: ", "))]"
            var details = Status.Details()
            details.kind = "PodLogOptions"
            details.causes = errors.map { Status.Cause(reason: $0.kind.rawValue, message: $0.message, field: $0.path) }
            throw APIError(
                code: 422, reason: "Invalid", message: "PodLogOptions \"\" is invalid: \(text)", details: details)
        }
    }
}

extension RequestTarget {
    /// A yes or no of the query; without a value it is a yes.
    func flag(_ name: String) throws(APIError) -> Bool {
        guard let value = value(name) else { return false }
        switch value.lowercased() {
        case "", "1", "t", "true": return true
        case "0", "f", "false": return false
        default: throw .badRequest("\(name): \"\(value)\" is neither true nor false")
        }
    }
}
