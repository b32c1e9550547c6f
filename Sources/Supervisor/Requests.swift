import CLinux

/// What the daemon asks for, and how each is carried out.
extension Supervisor {
    func handle(_ frame: Frame, from connection: Connection) {
        let pending = PendingReply(connection: connection.number, request: frame.request)
        do {
            try carryOut(frame, for: connection, pending)
        } catch {
            closeAll(frame.descriptors)
            fail(pending, error: 22)
        }
    }

    func fail(_ pending: PendingReply?, error: Int32) {
        let failure = FailureReply(
            stage: FailureReply.Stage.supervisor, operation: 0, error: error,
            detail: UInt32(CONTAINER_DETAIL_NONE.rawValue))
        reply(pending, ReplyType.failed, failure.encoded)
    }

    private func carryOut(_ frame: Frame, for connection: Connection, _ pending: PendingReply) throws(WireError) {
        if let failure = sandbox.failure {
            closeAll(frame.descriptors)
            return reply(pending, ReplyType.failed, failure.encoded)
        }
        if frame.type == RequestType.start {
            return start(try StartRequest.decode(frame.body), frame.descriptors, pending)
        }
        // No other request brings descriptors.
        closeAll(frame.descriptors)
        switch frame.type {
        case RequestType.hello:
            connection.greeted = true
            welcome(try HelloRequest.decode(frame.body), pending)
        case RequestType.signal:
            let request = try ContainerRequest.decode(frame.body)
            guard let container = container(request.id) else { return fail(pending, error: 2) }
            let result = container.signal(request.signal)
            // ESRCH: it ended a moment ago; the news is on its way.
            if result < 0 && result != -3 { return fail(pending, error: -result) }
            reply(pending, ReplyType.done, [])
        case RequestType.forget:
            let request = try ContainerRequest.decode(frame.body)
            if let container = container(request.id) {
                if container.isRunning { return fail(pending, error: 16) }
                remove(container)
            }
            reply(pending, ReplyType.done, [])
        case RequestType.exec: exec(try ExecRequest.decode(frame.body), connection, pending)
        case RequestType.signalExec:
            let request = try ExecMessage.decode(frame.body)
            if let exec = execs.first(where: { $0.number == request.exec && $0.connection == connection.number }) {
                _ = clinux_pidfd_send_signal(exec.pidfd, request.value)
            }
            reply(pending, ReplyType.done, [])
        case RequestType.end:
            reply(pending, ReplyType.done, [])
            killAll()
        default: fail(pending, error: 38)
        }
    }

    private func container(_ id: [UInt8]) -> Container? { containers.first { $0.record.id == id } }

    private func welcome(_ request: HelloRequest, _ pending: PendingReply) {
        // One that is still being started is not a container yet.
        let known = containers.filter { $0.waiting == nil }
        let welcome = WelcomeReply(
            version: SupervisorProtocol.version, pid: supervisor_process_id(), podUID: podUID,
            containers: known.map { $0.record })
        let network = request.wantsNetwork ? sandbox.network() : []
        reply(pending, ReplyType.welcome, welcome.encoded, descriptors: network)
    }

    // MARK: Starting

    private func start(_ request: StartRequest, _ descriptors: [Int32], _ pending: PendingReply) {
        if descriptors.count != 2 || stopping || container(request.id) != nil {
            closeAll(descriptors)
            return fail(pending, error: descriptors.count != 2 ? 22 : stopping ? 108 : 17)
        }
        var logName: [UInt8] = []
        appendDecimal(Int64(request.attempt), to: &logName)
        logName.append(contentsOf: [0x2e, 0x6c, 0x6f, 0x67])
        let opening = LogFile.open(
            SystemLogDirectory(fd: descriptors[1]), name: logName, limit: request.logLimit,
            files: Int(request.logFiles))
        guard case .opened(var log) = opening else {
            closeAll(descriptors)
            guard case .failed(let error) = opening else { return }
            let failure = FailureReply(stage: FailureReply.Stage.log, operation: 0, error: error, detail: 0)
            return reply(pending, ReplyType.failed, failure.encoded)
        }
        let memory = sandbox.sharedMemory()
        // A terminal brings its own three streams.
        let pipes =
            request.tty
            ? Pipes(child: [-1, -1, -1], input: -1, output: -1, error: -1)
            : Pipes.make(stdin: request.stdin)
        guard memory >= 0, let pipes else {
            if memory >= 0 { _ = clinux_close(memory) }
            log.close()
            closeAll(descriptors)
            return fail(pending, error: memory < 0 ? -memory : 24)
        }
        var spawned = container_spawned()
        let result = spawn(
            request.program, pipes.child, cgroup: descriptors[0], sharedMemory: memory, join: -1, &spawned)
        pipes.closeChild()
        _ = clinux_close(memory)
        if result < 0 {
            log.close()
            closeAll(descriptors)
            closeAll([pipes.input, pipes.output, pipes.error])
            return fail(pending, error: -result)
        }
        add(
            Container(
                number: nextNumber(), request: request, spawned: spawned, cgroup: descriptors[0],
                outputs: request.tty ? [] : [pipes.output, pipes.error], input: pipes.input, log: log,
                logDirectory: descriptors[1], waiting: pending))
    }

    private func exec(_ request: ExecRequest, _ connection: Connection, _ pending: PendingReply) {
        guard let container = container(request.container), container.isRunning, container.waiting == nil else {
            return fail(pending, error: 3)
        }
        let pipes =
            request.tty
            ? Pipes(child: [-1, -1, -1], input: -1, output: -1, error: -1)
            : Pipes.make(stdin: request.stdin)
        guard let pipes else { return fail(pending, error: 24) }
        var spawned = container_spawned()
        let result = spawn(
            request.program, pipes.child, cgroup: container.cgroup, sharedMemory: -1, join: container.pidfd, &spawned)
        pipes.closeChild()
        let ends = request.tty ? [] : [pipes.input, pipes.output, pipes.error].filter { $0 >= 0 }
        if result < 0 {
            closeAll(ends)
            return fail(pending, error: -result)
        }
        add(
            ExecProcess(
                number: nextNumber(), connection: connection.number, spawned: spawned, tty: request.tty, ends: ends,
                waiting: pending))
    }

    private func spawn(
        _ program: [UInt8], _ streams: [Int32], cgroup: Int32, sharedMemory: Int32, join: Int32,
        _ spawned: inout container_spawned
    ) -> Int32 {
        program.withUnsafeBufferPointer { bytes in
            var what = container_spawn()
            what.program = bytes.baseAddress
            what.size = bytes.count
            what.standard = (streams[0], streams[1], streams[2])
            what.cgroup = cgroup
            what.shared_memory = sharedMemory
            what.join = join
            what.own_pid_namespace = sandbox.ownPIDNamespace
            return container_spawn(&what, &spawned)
        }
    }

    // MARK: Between clone and exec

    func readReport(of container: Container) {
        while container.report >= 0 {
            var report = container_report()
            var terminal: Int32 = -1
            let got = container_report_receive(container.report, &report, &terminal)
            if got == -11 { return }
            if got == 1 && report.kind == CONTAINER_REPORT_TERMINAL.rawValue && terminal >= 0 {
                container.takeTerminal(terminal, poller: poller)
                continue
            }
            if terminal >= 0 { _ = clinux_close(terminal) }
            guard got == 1 else { return finishStart(of: container) }
            reply(container.waiting, ReplyType.failed, failure(report).encoded)
            container.waiting = nil
            // It ends by itself; its process is reaped without anybody remembering it.
            container.release(poller: poller)
            remove(container)
        }
    }

    /// The end of the report: executed.
    func finishStart(of container: Container) {
        container.closeReport(poller: poller)
        guard let waiting = container.waiting else { return }
        container.waiting = nil
        reply(waiting, ReplyType.started, container.record.encoded)
    }

    func readReport(of exec: ExecProcess) {
        while exec.report >= 0 {
            var report = container_report()
            var terminal: Int32 = -1
            let got = container_report_receive(exec.report, &report, &terminal)
            if got == -11 { return }
            if got == 1 && report.kind == CONTAINER_REPORT_TERMINAL.rawValue && terminal >= 0 {
                exec.takeTerminal(terminal)
                continue
            }
            if terminal >= 0 { _ = clinux_close(terminal) }
            guard got == 1 else { return finishStart(of: exec) }
            reply(exec.waiting, ReplyType.failed, failure(report).encoded)
            exec.waiting = nil
            exec.release(poller: poller)
            remove(exec)
        }
    }

    func finishStart(of exec: ExecProcess) {
        exec.closeReport(poller: poller)
        guard let waiting = exec.waiting else { return }
        exec.waiting = nil
        let message = ExecMessage(exec: exec.number, value: exec.pid)
        reply(waiting, ReplyType.execStarted, message.encoded, descriptors: exec.takeEnds())
    }

    private func failure(_ report: container_report) -> FailureReply {
        FailureReply(
            stage: FailureReply.Stage.program, operation: report.operation, error: report.error, detail: report.detail)
    }
}
