import KubernetesAPI

extension MicroTime {
    static func + (moment: MicroTime, duration: Duration) -> MicroTime {
        MicroTime(microseconds: moment.microseconds + duration.microseconds)
    }

    static func - (later: MicroTime, earlier: MicroTime) -> Duration {
        .microseconds(later.microseconds - earlier.microseconds)
    }
}

extension Duration {
    var microseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    }
}
