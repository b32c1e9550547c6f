/// Why a supervisor did not do what it was asked to.
enum SupervisorError: Error, CustomStringConvertible {
    /// The connection has ended: it died, or the runtime was stopped.
    case gone
    /// It did not answer in time.
    case silent
    /// It answered in a way that makes no sense.
    case malformed
    case refused(FailureReply)

    var description: String {
        switch self {
        case .gone: "the pod's supervisor has ended"
        case .silent: "the pod's supervisor does not answer"
        case .malformed: "the pod's supervisor answered what this version does not understand"
        case .refused(let failure): "the pod's supervisor refused: error \(failure.error)"
        }
    }
}
