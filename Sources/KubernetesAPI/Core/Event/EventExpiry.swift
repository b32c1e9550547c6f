extension Event: Expiring {
    /// As the API server of Kubernetes keeps them (`--event-ttl`).
    public static var timeToLive: Int64 { 3600 }

    public var lastNews: Time? {
        series?.lastObservedTime?.time ?? lastTimestamp ?? eventTime?.time ?? metadata.creationTimestamp
    }
}
