import Synchronization

/// What the server counts about itself, in the words of kube-apiserver's metrics.
final class ServerMetrics: Sendable {
    /// Upper bounds in seconds.
    static let buckets: [Double] = [
        0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 30, 60,
    ]

    private struct RequestKey: Hashable {
        var labels: RequestLabels
        var code: Int
    }

    struct Histogram {
        var counts = [UInt64](repeating: 0, count: ServerMetrics.buckets.count + 1)
        var sum = 0.0
        var count: UInt64 = 0

        mutating func observe(_ value: Double) {
            counts[ServerMetrics.buckets.firstIndex { value <= $0 } ?? ServerMetrics.buckets.count] += 1
            sum += value
            count += 1
        }
    }

    private struct Figures {
        var requests: [RequestKey: UInt64] = [:]
        var durations: [RequestLabels: Histogram] = [:]
        var longRunning: [RequestLabels: Int] = [:]
    }

    private let figures = Mutex(Figures())

    /// The durations of answers without an end (`longRunning`) would only tell how long clients stayed: not counted.
    func finished(_ labels: RequestLabels, code: Int, seconds: Double, longRunning: Bool) {
        figures.withLock { figures in
            figures.requests[RequestKey(labels: labels, code: code), default: 0] += 1
            if !longRunning { figures.durations[labels, default: Histogram()].observe(seconds) }
        }
    }

    func streaming(_ labels: RequestLabels, _ change: Int) {
        figures.withLock { figures in figures.longRunning[labels, default: 0] += change }
    }

    /// Watches that are open now.
    var watches: Int {
        figures.withLock { figures in
            figures.longRunning.reduce(0) { $0 + ($1.key.verb == "WATCH" ? $1.value : 0) }
        }
    }

    func write(into text: inout PrometheusText) {
        let figures = figures.withLock { $0 }
        text.family("apiserver_request_total", .counter, "Requests by verb, resource and HTTP code.")
        for (key, count) in figures.requests {
            text.sample("apiserver_request_total", key.labels.pairs + [("code", String(key.code))], Double(count))
        }
        let duration = "apiserver_request_duration_seconds"
        text.family(
            duration, .histogram, "Time from a whole request to its answer; watches, logs and exec not counted.")
        for (labels, histogram) in figures.durations {
            var below: UInt64 = 0
            for (index, bound) in Self.buckets.enumerated() {
                below += histogram.counts[index]
                text.sample(duration + "_bucket", labels.pairs + [("le", PrometheusText.number(bound))], Double(below))
            }
            text.sample(duration + "_bucket", labels.pairs + [("le", "+Inf")], Double(histogram.count))
            text.sample(duration + "_sum", labels.pairs, histogram.sum)
            text.sample(duration + "_count", labels.pairs, Double(histogram.count))
        }
        text.family("apiserver_longrunning_requests", .gauge, "Watches, logs and exec connections that are open.")
        for (labels, count) in figures.longRunning {
            text.sample("apiserver_longrunning_requests", labels.pairs, Double(count))
        }
    }
}

extension RequestLabels {
    fileprivate var pairs: [(String, String)] {
        [
            ("group", group), ("resource", resource), ("scope", scope), ("subresource", subresource), ("verb", verb),
            ("version", version),
        ]
    }
}
