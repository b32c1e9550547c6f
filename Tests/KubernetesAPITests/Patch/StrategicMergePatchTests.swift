import KubernetesAPI
import Testing

@Suite struct StrategicMergePatchTests {
    private func apply(_ patch: String, _ target: String) throws -> String {
        text(try StrategicMergePatch.apply(json(patch), to: json(target), type: Widget.self))
    }

    private func spec(_ patch: String, _ target: String) throws -> String {
        let result = try apply(#"{"spec":\#(patch)}"#, #"{"spec":\#(target)}"#)
        return String(result.dropFirst(8).dropLast())
    }

    @Test(arguments: [
        // Maps and plain values.
        (
            #"{"replicas":2,"labels":{"b":"2"}}"#, #"{"replicas":1,"labels":{"a":"1"}}"#,
            #"{"replicas":2,"labels":{"a":"1","b":"2"}}"#
        ),
        (#"{"labels":{"a":null,"c":null}}"#, #"{"labels":{"a":"1","b":"2"}}"#, #"{"labels":{"b":"2"}}"#),
        (#"{"labels":{"a":"1","b":null}}"#, #"{}"#, #"{"labels":{"a":"1"}}"#),
        // Lists without a merge key are replaced.
        (#"{"args":["c"]}"#, #"{"args":["a","b"]}"#, #"{"args":["c"]}"#),
        // Lists with one are merged; new elements come where the patch puts them.
        (
            #"{"containers":[{"name":"a","image":"2"}]}"#,
            #"{"containers":[{"name":"a","image":"1","size":1},{"name":"b"}]}"#,
            #"{"containers":[{"name":"a","image":"2","size":1},{"name":"b"}]}"#
        ),
        (
            #"{"containers":[{"name":"c"}]}"#, #"{"containers":[{"name":"a"},{"name":"b"}]}"#,
            #"{"containers":[{"name":"c"},{"name":"a"},{"name":"b"}]}"#
        ),
        (
            #"{"containers":[{"name":"a","env":[{"name":"X","image":"v"}]}]}"#,
            #"{"containers":[{"name":"a","env":[{"name":"X"},{"name":"Y"}]}]}"#,
            #"{"containers":[{"name":"a","env":[{"name":"X","image":"v"},{"name":"Y"}]}]}"#
        ),
        // $patch on elements and on objects.
        (
            #"{"containers":[{"$patch":"delete","name":"a"}]}"#, #"{"containers":[{"name":"a"},{"name":"b"}]}"#,
            #"{"containers":[{"name":"b"}]}"#
        ),
        (
            #"{"containers":[{"name":"z"},{"$patch":"replace"}]}"#, #"{"containers":[{"name":"a"},{"name":"b"}]}"#,
            #"{"containers":[{"name":"z"}]}"#
        ),
        (
            #"{"containers":[{"$patch":"merge","name":"a","size":2}]}"#, #"{"containers":[{"name":"a","image":"1"}]}"#,
            #"{"containers":[{"name":"a","image":"1","size":2}]}"#
        ),
        (
            #"{"strategy":{"$patch":"replace","type":"Recreate"}}"#, #"{"strategy":{"type":"R","rolling":{"x":1}}}"#,
            #"{"strategy":{"type":"Recreate"}}"#
        ),
        (#"{"strategy":{"$patch":"delete"}}"#, #"{"strategy":{"type":"R"}}"#, #"{"strategy":{}}"#),
        // $retainKeys.
        (
            #"{"strategy":{"$retainKeys":["type"],"type":"Recreate"}}"#,
            #"{"strategy":{"type":"R","rolling":{"x":1}}}"#, #"{"strategy":{"type":"Recreate"}}"#
        ),
        // Sets of plain values.
        (#"{"finalizers":["b","c"]}"#, #"{"finalizers":["a","b"]}"#, #"{"finalizers":["a","b","c"]}"#),
        (#"{"$deleteFromPrimitiveList/finalizers":["a"]}"#, #"{"finalizers":["a","b"]}"#, #"{"finalizers":["b"]}"#),
        (
            #"{"$deleteFromPrimitiveList/finalizers":["a"],"$setElementOrder/finalizers":["c","b"],"finalizers":["c"]}"#,
            #"{"finalizers":["a","b"]}"#, #"{"finalizers":["c","b"]}"#
        ),
        // $setElementOrder: what kubectl apply sends.
        (
            #"{"$setElementOrder/containers":[{"name":"b"},{"name":"a"}],"containers":[{"name":"a","image":"2"}]}"#,
            #"{"containers":[{"name":"a","image":"1"},{"name":"b"}]}"#,
            #"{"containers":[{"name":"b"},{"name":"a","image":"2"}]}"#
        ),
        (
            #"{"$setElementOrder/containers":[{"name":"b"},{"name":"a"}]}"#,
            #"{"containers":[{"name":"a"},{"name":"server"},{"name":"b"}]}"#,
            #"{"containers":[{"name":"server"},{"name":"b"},{"name":"a"}]}"#
        ),
        (
            #"{"$setElementOrder/containers":[{"name":"a"},{"name":"n"}],"containers":[{"name":"n"},{"$patch":"delete","name":"b"}]}"#,
            #"{"containers":[{"name":"a"},{"name":"b"},{"name":"s"}]}"#,
            #"{"containers":[{"name":"a"},{"name":"n"},{"name":"s"}]}"#
        ),
        (
            #"{"$setElementOrder/containers":[{"name":"a"}],"containers":[{"name":"a"}]}"#, #"{}"#,
            #"{"containers":[{"name":"a"}]}"#
        ),
        // Directives never stay in the result.
        (
            #"{"containers":[{"name":"n","$setElementOrder/env":[{"name":"x"}],"env":[{"name":"x","$patch":"merge"}]}]}"#,
            #"{"containers":[]}"#,
            #"{"containers":[{"name":"n","env":[{"name":"x"}]}]}"#
        ),
    ])
    func applies(patch: String, target: String, result: String) throws {
        #expect(try spec(patch, target) == result)
    }

    @Test(arguments: [
        (#"[]"#, 400), (#"{"spec":{"$patch":"explode"}}"#, 400), (#"{"spec":{"$unknown":1}}"#, 400),
        (#"{"spec":{"containers":[{"image":"x"}]}}"#, 422), (#"{"spec":{"containers":["x"]}}"#, 422),
        (#"{"spec":{"strategy":{"$retainKeys":["type"],"rolling":{}}}}"#, 400),
        (#"{"spec":{"strategy":{"$retainKeys":7}}}"#, 400),
        (#"{"spec":{"$setElementOrder/containers":[{"name":"b"}],"containers":[{"name":"a","image":"2"}]}}"#, 400),
        (#"{"spec":{"$setElementOrder/containers":7}}"#, 400), (#"{"spec":{"containers":[{"$patch":"delete"}]}}"#, 422),
    ])
    func refuses(patch: String, code: Int) throws {
        let error = #expect(throws: PatchError.self) {
            try apply(patch, #"{"spec":{"containers":[{"name":"a"}],"strategy":{"type":"R"}}}"#)
        }
        #expect(error?.code == code, "\(error?.description ?? "")")
    }

    /// kubectl's three-way patch of random lists: whatever the server had, the elements of the patch come in its order.
    @Test func orderIsKeptForRandomLists() throws {
        var random = SplitMix(seed: 17)
        for _ in 0..<2000 {
            var names = ["a", "b", "c", "d", "e", "f"].shuffled(using: &random)
            let original = Array(names.prefix(random.next(upTo: 7)))
            names.shuffle(using: &random)
            let order = Array(names.prefix(random.next(upTo: 7)))
            func list(_ names: [String]) -> JSONValue { .array(names.map { ["name": .string($0)] }) }
            let patch: JSONValue = ["spec": ["$setElementOrder/containers": list(order), "containers": list(order)]]
            let result = try StrategicMergePatch.apply(
                patch, to: ["spec": ["containers": list(original)]], type: Widget.self)
            let found = result["spec"]?["containers"]?.array?.compactMap { $0["name"]?.string } ?? []
            #expect(found.filter(order.contains) == order)
            #expect(Set(found) == Set(original + order) && found.count == Set(found).count)
            #expect(found.filter { !order.contains($0) } == original.filter { !order.contains($0) })
        }
    }
}
