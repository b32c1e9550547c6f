extension Probe {
    func validate(
        _ context: ContainerContext, at path: FieldPath, isReadiness: Bool = false, _ errors: inout [FieldError]
    ) {
        Handler(exec: exec, httpGet: httpGet, tcpSocket: tcpSocket).validate(context, at: path, &errors)
        errors.nonNegative(path.initialDelaySeconds, initialDelaySeconds)
        errors.nonNegative(path.timeoutSeconds, timeoutSeconds)
        errors.nonNegative(path.periodSeconds, periodSeconds)
        errors.nonNegative(path.successThreshold, successThreshold)
        errors.nonNegative(path.failureThreshold, failureThreshold)
        if let seconds = terminationGracePeriodSeconds {
            if seconds <= 0 { errors.invalid(path.terminationGracePeriodSeconds, seconds, "must be greater than 0") }
            if isReadiness {
                errors.invalid(
                    path.terminationGracePeriodSeconds, seconds, "must not be set for readinessProbes")
            }
        }
        if !isReadiness, let successThreshold, successThreshold != 1 {
            errors.invalid(path.successThreshold, successThreshold, "must be 1")
        }
    }
}

extension Lifecycle {
    func validate(_ context: ContainerContext, at path: FieldPath, _ errors: inout [FieldError]) {
        for (path, handler) in [(path.postStart, postStart), (path.preStop, preStop)] {
            guard let handler else { continue }
            Handler(exec: handler.exec, httpGet: handler.httpGet, sleep: handler.sleep)
                .validate(context, at: path, &errors)
        }
    }
}

/// What a probe and a lifecycle hook have in common: one of several things to do.
private struct Handler {
    var exec: ExecAction?
    var httpGet: HTTPGetAction?
    var tcpSocket: TCPSocketAction?
    var sleep: SleepAction?

    func validate(_ context: ContainerContext, at path: FieldPath, _ errors: inout [FieldError]) {
        var found = false
        /// Whether this is the first of them.
        func first(_ path: FieldPath, _ errors: inout [FieldError]) -> Bool {
            if found { errors.forbidden(path, "may not specify more than 1 handler type") }
            defer { found = true }
            return !found
        }
        if let exec, first(path.exec, &errors), exec.command?.isEmpty ?? true {
            errors.required(path.exec.command)
        }
        if let httpGet, first(path.httpGet, &errors) { httpGet.validate(at: path.httpGet, &errors) }
        if let tcpSocket, first(path.tcpSocket, &errors) {
            errors.port(path.tcpSocket.port, tcpSocket.port)
        }
        if let sleep, first(path.sleep, &errors), let grace = context.gracePeriod,
            !(0...max(grace, 0)).contains(sleep.seconds)
        {
            errors.invalid(
                path.sleep, sleep.seconds,
                "must be non-negative and less than terminationGracePeriodSeconds (\(grace))")
        }
        if !found { errors.required(path, "must specify a handler type") }
    }
}

extension HTTPGetAction {
    fileprivate func validate(at path: FieldPath, _ errors: inout [FieldError]) {
        errors.port(path.port, port)
        errors.choice(path.scheme, scheme, ["HTTP", "HTTPS"])
        for header in httpHeaders ?? [] {
            errors.invalid(path.httpHeaders, header.name, ValueRules.httpHeaderName(header.name))
        }
    }
}

extension [FieldError] {
    /// A port by number or name.
    fileprivate mutating func port(_ path: FieldPath, _ port: IntOrString) {
        switch port {
        case .int(let number):
            for problem in ValueRules.portNumber(Int(number)) { invalid(path, number, problem) }
        case .string(let name): invalid(path, name, ValueRules.portName(name))
        }
    }
}
