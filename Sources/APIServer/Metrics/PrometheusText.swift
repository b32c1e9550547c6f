/// Prometheus' text format. Source: prometheus.io/docs/instrumenting/exposition_formats, version 0.0.4.
struct PrometheusText {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    enum Kind: String { case counter, gauge, histogram }

    private(set) var text = ""

    mutating func family(_ name: String, _ kind: Kind, _ help: String) {
        text += "# HELP \(name) \(Self.escape(help, quotes: false))\n# TYPE \(name) \(kind.rawValue)\n"
    }

    mutating func sample(_ name: String, _ labels: [(String, String)], _ value: Double) {
        text += name
        if !labels.isEmpty {
            text += "{" + labels.map { "\($0)=\"\(Self.escape($1, quotes: true))\"" }.joined(separator: ",") + "}"
        }
        text += " \(Self.number(value))\n"
    }

    /// Metrics of one name need not stand together in `metrics`; here they must.
    mutating func append(_ metrics: [Metric]) {
        var names: [String] = []
        var byName: [String: [Metric]] = [:]
        for metric in metrics {
            if byName[metric.name] == nil { names.append(metric.name) }
            byName[metric.name, default: []].append(metric)
        }
        for name in names {
            guard let samples = byName[name], let first = samples.first else { continue }
            family(name, first.kind == .counter ? .counter : .gauge, first.help)
            for metric in samples {
                sample(name, metric.labels.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }, metric.value)
            }
        }
    }

    /// Whole numbers without a fraction.
    static func number(_ value: Double) -> String { Int64(exactly: value).map { String($0) } ?? "\(value)" }

    private static func escape(_ text: String, quotes: Bool) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
