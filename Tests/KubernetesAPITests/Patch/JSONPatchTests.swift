import KubernetesAPI
import Testing

@Suite struct JSONPatchTests {
    @Test(arguments: [
        (#"{"a":1}"#, #"[{"op":"add","path":"/b","value":{"c":[1]}}]"#, #"{"a":1,"b":{"c":[1]}}"#),
        (#"{"a":[1,2]}"#, #"[{"op":"add","path":"/a/1","value":9}]"#, #"{"a":[1,9,2]}"#),
        (
            #"{"a":[1]}"#, #"[{"op":"add","path":"/a/-","value":2},{"op":"add","path":"/a/0","value":0}]"#,
            #"{"a":[0,1,2]}"#
        ),
        (#"{"a":{"b":1}}"#, #"[{"op":"replace","path":"/a/b","value":null}]"#, #"{"a":{"b":null}}"#),
        (#"{"a":[1,2,3]}"#, #"[{"op":"remove","path":"/a/1"}]"#, #"{"a":[1,3]}"#),
        (#"{"a~b/c":1}"#, #"[{"op":"remove","path":"/a~0b~1c"}]"#, #"{}"#),
        (#"{"a":1,"b":{}}"#, #"[{"op":"move","from":"/a","path":"/b/c"}]"#, #"{"b":{"c":1}}"#),
        (#"{"a":{"x":[1]}}"#, #"[{"op":"copy","from":"/a","path":"/b"}]"#, #"{"a":{"x":[1]},"b":{"x":[1]}}"#),
        (#"{"a":1}"#, #"[{"op":"test","path":"/a","value":1.0},{"op":"test","path":"/z","value":null}]"#, #"{"a":1}"#),
        (#"{"a":{"x":1,"y":2}}"#, #"[{"op":"test","path":"/a","value":{"y":2,"x":1}}]"#, #"{"a":{"x":1,"y":2}}"#),
        (#"{"a":1}"#, #"[{"op":"replace","path":"","value":{"b":2}}]"#, #"{"b":2}"#),
    ])
    func applies(target: String, patch: String, result: String) throws {
        #expect(text(try JSONPatch.apply(json(patch), to: json(target))) == result)
    }

    @Test(arguments: [
        (#"{}"#, 400), (#"[1]"#, 400), (#"[{"op":"jump","path":"/a"}]"#, 400),
        (#"[{"op":"add","path":"a","value":1}]"#, 400),
        (#"[{"op":"add","path":"/a"}]"#, 400), (#"[{"op":"add","value":1}]"#, 400),
        (#"[{"op":"add","path":"/~2","value":1}]"#, 400),
        (#"[{"op":"remove","path":"/z"}]"#, 422), (#"[{"op":"replace","path":"/z","value":1}]"#, 422),
        (#"[{"op":"add","path":"/z/y","value":1}]"#, 422), (#"[{"op":"add","path":"/l/3","value":1}]"#, 422),
        (#"[{"op":"add","path":"/l/01","value":1}]"#, 422), (#"[{"op":"remove","path":"/l/-"}]"#, 422),
        (#"[{"op":"test","path":"/a","value":2}]"#, 422), (#"[{"op":"move","from":"/o","path":"/o/x"}]"#, 422),
        (#"[{"op":"copy","from":"/z","path":"/a"}]"#, 422), (#"[{"op":"add","path":"/a/b","value":1}]"#, 422),
    ])
    func refuses(patch: String, code: Int) throws {
        let error = #expect(throws: PatchError.self) {
            try JSONPatch.apply(json(patch), to: json(#"{"a":1,"l":[1,2],"o":{}}"#))
        }
        #expect(error?.code == code, "\(error?.description ?? "")")
    }

    @Test func hostilePatchesAreBounded() throws {
        let doubling = String(repeating: #"{"op":"copy","from":"/a","path":"/a/-"},"#, count: 40).dropLast()
        #expect(throws: PatchError.self) {
            try JSONPatch.apply(json("[\(doubling)]"), to: json(#"{"a":["0123456789"]}"#))
        }
        let many = String(repeating: #"{"op":"test","path":"/a","value":1},"#, count: 10_001).dropLast()
        #expect(throws: PatchError.self) { try JSONPatch.apply(json("[\(many)]"), to: json(#"{"a":1}"#)) }
        let nest = String(repeating: "[", count: 990) + String(repeating: "]", count: 990)
        let deeper = (0..<3).map { level in
            #"{"op":"add","path":""# + String(repeating: "/0", count: level * 990) + #"/-","value":"# + nest + "}"
        }
        #expect(throws: PatchError.self) {
            try JSONPatch.apply(json("[\(deeper.joined(separator: ","))]"), to: json("[]"))
        }
    }

    /// Random operations never crash, and what applies leaves a document that can be read again.
    @Test func randomOperations() throws {
        var random = SplitMix(seed: 5)
        var applied = 0
        for _ in 0..<5000 {
            let target = random.value(depth: 3)
            let operations = (0..<(1 + random.next(upTo: 3))).map { _ -> JSONValue in
                func path(_ random: inout SplitMix) -> JSONValue {
                    .string(
                        (0..<random.next(upTo: 4)).map { _ in
                            "/" + ["k0", "k1", "k2", "0", "1", "-"][random.next(upTo: 6)]
                        }.joined())
                }
                let op = ["add", "remove", "replace", "test", "copy", "move"][random.next(upTo: 6)]
                return [
                    "op": .string(op), "path": path(&random), "from": path(&random), "value": random.value(depth: 2),
                ]
            }
            if let result = try? JSONPatch.apply(.array(operations), to: target) {
                applied += 1
                #expect(try JSONParser.parse(result.bytes).value == result)
            }
        }
        #expect(applied > 200)
    }
}
