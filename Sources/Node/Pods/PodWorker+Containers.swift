import Client
import ContainerRuntime
import KubernetesAPI
import Logging

/// Starting containers, and what follows from their ends.
extension PodWorker {
    func runContainers() async {
        let now = services.clock.now()
        // A container that a probe or a failed hook gave up is on its own way out while the others go on.
        giveUpFailed(now)
        await driveStops(now)

        let plan = PodPlan(records: records, policy: policy, now: now)
        if plan.isFinished {
            stop = .completed
            return
        }
        for name in plan.backOff { showBackOff(name) }
        wakeAt(plan.wake)
        for name in plan.start {
            await start(name)
        }
    }

    private func showBackOff(_ name: String) {
        guard let i = index(name), records[i].run?.ended != nil else { return }
        let delay = GoDuration.text(seconds: records[i].backoff.delay)
        let waiting = ContainerRecord.Waiting(
            reason: "CrashLoopBackOff",
            message: "back-off \(delay) restarting failed container=\(name) pod=\(shown)")
        guard records[i].waiting?.reason != waiting.reason else { return }
        records[i].waiting = waiting
        tell(
            .warning, "BackOff", "Back-off restarting failed container \(name) in pod \(shown)", container: name)
    }

    private func start(_ name: String) async {
        guard let i = index(name), let spec = spec(name) else { return }
        let former = records[i].last
        records[i].prepareNextRun()
        // Of ended runs the newest stays, for its exit code and log; the one before it goes.
        if let former, former.id != records[i].last?.id { await forget(former.id) }
        let id = records[i].nextID
        do {
            guard try isImageCurrent(i, spec) else { return pull(i, spec) }
            let early = ready.runs.removeValue(forKey: name).flatMap { $0.config.id == id ? $0 : nil }
            let made = if let early { early } else { try await nextRun(spec, records[i], address: sandbox?.address) }
            guard let run = made else {
                return spec.imagePullPolicy == "Never" ? imageNeverPulled(i, spec) : pull(i, spec)
            }
            // Kubernetes' finding of an image that is there already, told once a run.
            if pulls.removeValue(forKey: name) == nil {
                tell(
                    .normal, "Pulled", "Container image \"\(spec.image)\" already present on machine", container: name)
            }
            records[i].imageID = run.image.id
            records[i].imageBackoff = ImageBackoff()
            records[i].waiting = nil
            stopSignals[id] = run.image.stopSignal
            let state = try await services.runtime.startContainer(uid, run.config)
            started(i, spec, state)
        } catch let error as RuntimeError where error.reason == "RunContainerError" {
            startFailed(i, id, error)
        } catch let error as RuntimeError {
            notStarted(i, error.reason, error.message)
        } catch is CancellationError {
            // The daemon is being stopped; the next one starts it.
        } catch {
            notStarted(i, "CreateContainerConfigError", "\(error)")
        }
    }

    private func started(_ i: Int, _ spec: Container, _ state: RuntimeContainerState) {
        let hook = spec.lifecycle?.postStart
        records[i].run = .init(
            id: state.id, startedAt: MicroTime(microseconds: state.startedAt), isStarting: hook != nil)
        records[i].probes = .init()
        tell(.normal, "Created", "Created container: \(spec.name)", container: spec.name)
        tell(.normal, "Started", "Started container \(spec.name)", container: spec.name)
        if case .exited(let exit) = state.phase {
            // So quick that it ended before the runtime could answer.
            return endRun(i, .init(state, exit, message: nil))
        }
        if let hook { runHook(hook, .postStart, spec, state.id, limit: nil) } else { startProbes(i, spec) }
    }

    /// The container was made and its program could not be run: it counts as a run that ended with 128.
    private func startFailed(_ i: Int, _ id: String, _ error: RuntimeError) {
        let now = services.clock.now()
        let name = records[i].name
        tell(.warning, "Failed", "Error: \(error.message)", container: name)
        records[i].run = .init(id: id, startedAt: now)
        records[i].end(
            .init(
                id: id, exitCode: 128, reason: "StartError", message: error.message, startedAt: nil, finishedAt: now))
        if records[i].restarts(policy) {
            records[i].waiting = .init(reason: "RunContainerError", message: error.message)
        }
    }

    private func notStarted(_ i: Int, _ reason: String, _ message: String) {
        let now = services.clock.now()
        records[i].waiting = .init(reason: reason, message: message)
        records[i].imageBackoff.failed(at: now)
        wakeAt(records[i].imageBackoff.next)
        if told.isNew(records[i].name + message) {
            tell(.warning, "Failed", "Error: \(message)", container: records[i].name)
        }
        release(records[i].nextID)
    }

    // MARK: Ends

    func ended(_ state: RuntimeContainerState) {
        guard let i = index(state.name), records[i].run?.id == state.id, case .exited(let exit) = state.phase else {
            return
        }
        endRun(i, .init(state, exit, message: nil))
    }

    private func endRun(_ i: Int, _ ended: ContainerRecord.Ended) {
        var ended = ended
        tasks.cancel(ended.id)
        if let spec = spec(records[i].name) {
            let reader = TerminationMessage(
                path: directory.terminationMessage(ended.id),
                log: LogFiles(directory: "\(logDirectory)/\(spec.name)", attempt: records[i].attempt))
            ended.message =
                reader.read(
                    fallBackToLogs: spec.terminationMessagePolicy == "FallbackToLogsOnError" && ended.exitCode != 0)
                ?? ended.message
        }
        records[i].end(ended)
    }

    // MARK: What ended runs leave

    private func forget(_ id: String) async {
        do { try await services.runtime.removeContainer(uid, container: id) } catch {
            services.logger.warning("cannot remove container \(id) of pod \(shown): \(error)")
        }
        release(id)
    }

    func holder(_ id: String) -> String { "\(uid)_\(id)" }

    func release(_ id: String) {
        do { try services.images.release(holder: holder(id)) } catch {
            services.logger.warning("cannot release the image of container \(id) of pod \(shown): \(error)")
        }
    }
}
