/// `/livez`, `/readyz` and `/healthz`: `ok`, or with `?verbose` or a failure a line for each check.
///
/// Why a check failed goes to the log alone: everybody may ask.
/// Source: k8s.io/apiserver pkg/server/healthz.
struct HealthReport {
    /// The first path segment: `readyz`.
    var name: String
    /// Nil where the check is well.
    var results: [(check: String, failure: String?)]

    func answer(verbose: Bool) -> HTTPAnswer {
        let failed = results.contains { $0.failure != nil }
        guard verbose || failed else { return .text("ok") }
        var text = ""
        for (check, failure) in results {
            text += failure == nil ? "[+]\(check) ok\n" : "[-]\(check) failed: reason withheld\n"
        }
        text += failed ? "\(name) check failed\n" : "\(name) check passed\n"
        return .text(text, code: failed ? 500 : 200)
    }
}
