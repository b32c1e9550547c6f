import Client
import KubernetesAPI
import Testing

@testable import APIServer

@Suite struct ContainerChoiceTests {
    private func pod(_ names: [String], initNames: [String] = []) throws -> Pod {
        func list(_ names: [String]) -> String {
            names.map { #"{"name":"\#($0)","image":"i","resources":{}}"# }.joined(separator: ",")
        }
        let text = """
            {"metadata":{"name":"web"},"spec":{"containers":[\(list(names))],"initContainers":[\(list(initNames))]},"status":{}}
            """
        return try JSON.decode(Pod.self, from: Array(text.utf8))
    }

    private func choice(_ wanted: String?, _ pod: Pod) -> Result<String, APIError> {
        Result { () throws(APIError) in try PodLookup.container(wanted, of: pod) }
    }

    private func message(_ wanted: String?, _ pod: Pod) -> String? {
        if case .failure(let error) = choice(wanted, pod) { error.description } else { nil }
    }

    @Test func takesTheOnlyOneOrTheNamedOne() throws {
        #expect(try choice(nil, pod(["a"])).get() == "a")
        #expect(try choice("", pod(["a"], initNames: ["i"])).get() == "a")
        #expect(try choice("b", pod(["a", "b"])).get() == "b")
        #expect(try choice("i", pod(["a"], initNames: ["i"])).get() == "i")
    }

    @Test func asksWhichInKubernetesWords() throws {
        #expect(
            message(nil, try pod(["a", "b"]))
                == "a container name must be specified for pod web, choose one of: [a b]")
        #expect(
            message(nil, try pod(["a", "b"], initNames: ["i"]))
                == "a container name must be specified for pod web, choose one of: [a b] or one of the init containers: [i]"
        )
        #expect(message("z", try pod(["a"])) == "container z is not valid for pod web")
    }

    @Test func readsLogOptions() throws {
        let query = "/x?follow=true&previous=false&timestamps=1&tailLines=0&limitBytes=5&sinceTime=2026-11-22T17:30:00Z"
        let options = try LogOptions(query: RequestTarget(query), pod: pod(["a"]))
        #expect(options.container == "a")
        #expect(options.follow)
        #expect(!options.previous)
        #expect(options.timestamps)
        #expect(options.tailLines == 0)
        #expect(options.limitBytes == 5)
        #expect(options.sinceTime == MicroTime("2026-11-22T17:30:00Z"))
    }

    @Test(arguments: [
        ("tailLines=-1", 422), ("limitBytes=0", 422), ("sinceSeconds=0", 422), ("tailLines=x", 400),
        ("follow=maybe", 400),
        ("sinceTime=now", 400), ("sinceSeconds=1&sinceTime=2026-11-22T17:30:00Z", 422),
    ]) func refusesLogOptions(_ query: String, _ code: Int) throws {
        let pod = try pod(["a"])
        let target = try RequestTarget("/x?" + query)
        do throws(APIError) {
            _ = try LogOptions(query: target, pod: pod)
            Issue.record("\(query) was taken")
        } catch {
            #expect(error.code == code)
        }
    }
}
