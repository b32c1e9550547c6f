import KubernetesAPI

/// How one container is being ended: preStop, stop signal, grace period, SIGKILL. Pure: the worker does what `due` says.
struct ContainerStop: Sendable, Equatable {
    enum Step: Sendable, Equatable {
        /// The preStop hook runs, if there is one.
        case preStop
        /// The stop signal has been sent.
        case signalled
        /// SIGKILL has been sent; only the kernel is awaited.
        case killed
    }

    enum Action: Sendable, Equatable { case signal, kill }

    private(set) var step = Step.preStop
    private(set) var deadline: MicroTime
    private let hasHook: Bool
    private var hookDone = false

    /// What a container gets after its stop signal even when preStop has used the grace period up, as in Kubernetes.
    static let minimumAfterHook = Duration.seconds(2)
    static let minimum = Duration.seconds(1)

    /// - Parameter grace: from now until SIGKILL.
    init(hasHook: Bool, grace: Duration, at now: MicroTime) {
        // A grace of 0 still sends the stop signal, and leaves it a second, as the kubelet does.
        deadline = now + max(grace, Self.minimum)
        self.hasHook = hasHook && grace > .zero
    }

    mutating func hookFinished() { hookDone = true }

    /// A second, shorter deletion wins; a longer one does not.
    mutating func shorten(to moment: MicroTime) { deadline = min(deadline, moment) }

    /// What to do now, which is then taken as done.
    mutating func due(at now: MicroTime) -> Action? {
        switch step {
        case .preStop:
            guard !hasHook || hookDone || now >= deadline else { return nil }
            step = .signalled
            if hasHook { deadline = max(deadline, now + Self.minimumAfterHook) }
            return .signal
        case .signalled:
            guard now >= deadline else { return nil }
            step = .killed
            return .kill
        case .killed:
            return nil
        }
    }

    /// When `due` is to be asked again.
    var wake: MicroTime? { step == .killed ? nil : deadline }
}
