import Client
import ContainerRuntime
import KubernetesAPI

/// A container's image that comes from another node.
struct ImagePull: Sendable, Equatable {
    /// The run that it is for.
    var run: String
    var isDone = false
}

/// Getting the image of a container's next run. The worker goes on meanwhile: a pod that is deleted does not wait.
extension PodWorker {
    /// Whether the container may start from what is here: no pull is under way for it, and with the policy Always nobody in
    /// the cluster has another image under that name, or it was just asked for.
    func isImageCurrent(_ i: Int, _ spec: Container) throws -> Bool {
        // While a pull is under way its image may be here already: the store tells of it before the pull comes back, and
        // only that knows what is to be told.
        if let pull = pulls[spec.name], pull.run == records[i].nextID { return pull.isDone }
        return try spec.imagePullPolicy != "Always" || !services.images.isPullNeeded(spec.image, always: true)
    }

    func pull(_ i: Int, _ spec: Container) {
        let run = records[i].nextID
        guard pulls[spec.name]?.run != run else {
            // Under way; or it has come and gone again.
            if pulls[spec.name]?.isDone == true {
                pulls[spec.name] = nil
                imageMissing(i, spec, "image \"\(spec.image)\" was removed again before it was used")
            }
            return
        }
        pulls[spec.name] = ImagePull(run: run)
        if told.isNew("pulling " + run) {
            tell(.normal, "Pulling", "Pulling image \"\(spec.image)\"", container: spec.name)
        }
        let (inbox, images) = (inbox, services.images)
        tasks.add(run) {
            let result: Result<PulledImage, PullFailure>
            do { result = .success(try await images.pull(spec.image)) } catch let error as PullFailure {
                result = .failure(error)
            } catch {
                result = .failure(PullFailure(description: "\(error)"))
            }
            inbox.put { $0.pulls.append(.init(container: spec.name, run: run, result: result)) }
        }
    }

    func pullCameBack(_ report: PodInbox.PullReport) {
        guard pulls[report.container]?.run == report.run, let i = index(report.container),
            let spec = spec(report.container)
        else { return }
        switch report.result {
        case .success(let image):
            pulls[report.container]?.isDone = true
            // Source: the kubelet's image manager.
            tell(
                .normal, "Pulled",
                "Successfully pulled image \"\(spec.image)\" in \(GoDuration.text(image.took)) "
                    + "(\(GoDuration.text(image.tookWithWait)) including waiting). Image size: \(image.size) bytes.",
                container: spec.name)
        case .failure(let failure):
            pulls[report.container] = nil
            imageMissing(i, spec, failure.description)
        }
    }

    /// The policy is Never, and it is not here.
    func imageNeverPulled(_ i: Int, _ spec: Container) {
        backOff(i)
        let message =
            "Container image \"\(spec.image)\" is not present with pull policy of Never; "
            + "import it: swiftlet image import \(spec.image) FILE"
        records[i].waiting = .init(reason: "ErrImageNeverPull", message: message)
        if told.isNew(spec.name + message) {
            tell(.warning, "ErrImageNeverPull", message, container: spec.name)
            tell(.warning, "Failed", "Error: ErrImageNeverPull", container: spec.name)
        }
    }

    private func imageMissing(_ i: Int, _ spec: Container, _ why: String) {
        let repeated = records[i].imageBackoff.delay > 0
        backOff(i)
        if repeated {
            let message = "Back-off pulling image \"\(spec.image)\": ErrImagePull: \(why)"
            records[i].waiting = .init(reason: "ImagePullBackOff", message: message)
            if told.isNew(spec.name + message) {
                tell(.normal, "BackOff", "Back-off pulling image \"\(spec.image)\"", container: spec.name)
                tell(.warning, "Failed", "Error: ImagePullBackOff", container: spec.name)
            }
        } else {
            records[i].waiting = .init(reason: "ErrImagePull", message: why)
            if told.isNew(spec.name + why) {
                tell(.warning, "Failed", "Failed to pull image \"\(spec.image)\": \(why)", container: spec.name)
                tell(.warning, "Failed", "Error: ErrImagePull", container: spec.name)
            }
        }
    }

    private func backOff(_ i: Int) {
        records[i].imageBackoff.failed(at: services.clock.now())
        wakeAt(records[i].imageBackoff.next)
    }
}
