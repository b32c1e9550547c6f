import Testing

@testable import APIServer

@Suite struct MetricsTests {
    @Test func countsRequestsAndDurations() {
        let metrics = ServerMetrics()
        let labels = RequestLabels(verb: "LIST", version: "v1", resource: "pods", scope: "cluster")
        metrics.finished(labels, code: 200, seconds: 0.01, longRunning: false)
        metrics.finished(labels, code: 200, seconds: 70, longRunning: false)
        var text = PrometheusText()
        metrics.write(into: &text)
        let common = #"group="",resource="pods",scope="cluster",subresource="",verb="LIST",version="v1""#
        #expect(text.text.contains("apiserver_request_total{\(common),code=\"200\"} 2\n"))
        #expect(text.text.contains("apiserver_request_duration_seconds_bucket{\(common),le=\"0.005\"} 0\n"))
        #expect(text.text.contains("apiserver_request_duration_seconds_bucket{\(common),le=\"0.025\"} 1\n"))
        #expect(text.text.contains("apiserver_request_duration_seconds_bucket{\(common),le=\"60\"} 1\n"))
        #expect(text.text.contains("apiserver_request_duration_seconds_bucket{\(common),le=\"+Inf\"} 2\n"))
        #expect(text.text.contains("apiserver_request_duration_seconds_sum{\(common)} 70.01\n"))
    }

    @Test func countsOpenWatches() {
        let metrics = ServerMetrics()
        metrics.streaming(RequestLabels(verb: "WATCH", resource: "pods"), 1)
        metrics.streaming(RequestLabels(verb: "WATCH", resource: "nodes"), 1)
        metrics.streaming(RequestLabels(verb: "CONNECT", resource: "pods"), 1)
        metrics.streaming(RequestLabels(verb: "WATCH", resource: "nodes"), -1)
        #expect(metrics.watches == 1)
    }

    @Test func groupsFamiliesAndEscapes() {
        var text = PrometheusText()
        text.append([
            Metric("a", help: "line\nend", labels: ["l": "x\"y\\z\n"], value: 1),
            Metric("b", help: "", kind: .counter, value: 0.5), Metric("a", help: "", value: 2),
        ])
        #expect(
            text.text == """
                # HELP a line\\nend
                # TYPE a gauge
                a{l="x\\"y\\\\z\\n"} 1
                a 2
                # HELP b 
                # TYPE b counter
                b 0.5

                """)
    }

    @Test func readsTheProcess() {
        let names = ProcessMetrics.current().map(\.name)
        #expect(names.contains("process_resident_memory_bytes"))
        #expect(names.contains("process_open_fds"))
        #expect(ProcessMetrics.current().first { $0.name == "process_resident_memory_bytes" }!.value > 1_000_000)
    }
}
