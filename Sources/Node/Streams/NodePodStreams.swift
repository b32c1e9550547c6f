import Client
import ContainerRuntime
import KubernetesAPI

/// Logs and exec for the API server, with the kubelet's error texts.
struct NodePodStreams: PodStreams {
    let configuration: NodeConfiguration
    let runtime: any PodRuntime
    let containers: ContainerDirectory
    let watch: DirectoryWatch
    let clock: any WallClock

    func logs(_ pod: Pod, _ options: LogOptions) async throws -> AsyncThrowingStream<[UInt8], any Error> {
        let uid = pod.metadata.uid ?? ""
        let name = options.container
        let all = pod.spec.containers + (pod.spec.initContainers ?? [])
        guard all.contains(where: { $0.name == name }) else {
            throw APIError.badRequest("container \(name) is not valid for pod \(pod.metadata.name ?? "")")
        }
        let entry = containers.entry(uid)
        // A pod whose worker is done is known by its status alone.
        let record =
            entry?.records.first { $0.name == name } ?? PodPast(pod, adopted: [], now: clock.now()).records
            .first { $0.name == name } ?? ContainerRecord(name: name)
        let attempt = try Self.attempt(record, pod, previous: options.previous, entry?.defaultWaiting)
        let files = LogFiles(
            directory: PodWorker.logDirectory(pod, in: configuration.podLogDirectory) + "/" + name, attempt: attempt)

        var since = options.sinceTime
        if let seconds = options.sinceSeconds { since = clock.now() + .seconds(-seconds) }
        let renderer = LogRenderer(timestamps: options.timestamps, since: since, limit: options.limitBytes)
        let follows = options.follow && !options.previous
        let containers = containers
        let source: LogSource
        do {
            // A container may run before it has written a line; its directory must be there to be watched.
            if follows { try Files.makeDirectory(files.directory) }
            source = try LogSource(
                files, renderer: renderer, tailLines: options.tailLines,
                changes: follows ? try watch.changes(in: files.directory) : nil,
                isRunning: {
                    guard let record = containers.record(uid, name) else { return false }
                    return record.attempt == attempt && record.isAlive
                })
        } catch {
            throw APIError(code: 500, reason: "InternalError", message: "cannot read the log: \(error)")
        }
        return AsyncThrowingStream { try await source.next() }
    }

    /// Which run's log is meant.
    static func attempt(_ record: ContainerRecord, _ pod: Pod, previous: Bool, _ defaultWaiting: String?) throws -> Int
    {
        let shown = "container \"\(record.name)\" in pod \"\(pod.metadata.name ?? "")\""
        if previous {
            if record.run != nil, record.last == nil, record.run?.ended == nil || record.waiting == nil {
                throw APIError.badRequest("previous terminated \(shown) not found")
            }
            // While it waits for its next start, the run that ended is the previous one.
            if let ended = record.run?.ended, record.waiting != nil {
                return Self.attempt(of: ended.id) ?? record.attempt
            }
            guard let last = record.last else { throw APIError.badRequest("previous terminated \(shown) not found") }
            return Self.attempt(of: last.id) ?? max(0, record.attempt - 1)
        }
        if let run = record.run { return Self.attempt(of: run.id) ?? record.attempt }
        // Between two runs the last log is the one to show.
        if let last = record.last, let attempt = Self.attempt(of: last.id) { return attempt }
        let reason = record.waiting?.reason ?? defaultWaiting ?? "ContainerCreating"
        switch reason {
        case "ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull":
            throw APIError.badRequest(
                "\(shown) is waiting to start: trying and failing to pull image")
        default: throw APIError.badRequest("\(shown) is waiting to start: \(reason)")
        }
    }

    private static func attempt(of id: String) -> Int? {
        id.lastIndex(of: "-").flatMap { Int(id[id.index(after: $0)...]) }
    }

    func exec(_ pod: Pod, _ options: ExecOptions) async throws -> any ExecProcess {
        let uid = pod.metadata.uid ?? ""
        guard let record = containers.record(uid, options.container) else {
            throw APIError(
                code: 404, reason: "NotFound",
                message: "container not found (\"\(options.container)\") in pod \(pod.objectName)")
        }
        guard let run = record.run, run.ended == nil else {
            throw APIError(
                code: 500, reason: "InternalError",
                message: "unable to upgrade connection: container not running (\"\(options.container)\")")
        }
        do {
            return try await runtime.exec(uid, container: run.id, options)
        } catch let error as RuntimeError {
            throw APIError(code: 500, reason: "InternalError", message: error.message)
        }
    }
}
