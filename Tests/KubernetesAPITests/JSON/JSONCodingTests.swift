import Foundation
import KubernetesAPI
import Testing

@Suite struct JSONCodingTests {
    @Test func typedRoundTripKeepsDeclaredOrderAndSortsMaps() throws {
        let document =
            #"{"kind":"Widget","spec":{"replicas":3,"paused":true,"labels":{"a":"1","b":"2","c":"é\"\n"},"#
            + #""containers":[{"name":"x","image":"i","size":-9223372036854775808},{"name":"y","env":[{"name":"z"}]}],"#
            + #""port":"http","strategy":{"rolling":{"a":1,"b":2,"c":3,"d":4}}}}"#
        let widget = try JSON.decode(Widget.self, from: Array(document.utf8))
        #expect(widget.spec.labels == ["a": "1", "b": "2", "c": "é\"\n"])
        #expect(widget.spec.containers[0].size == .min)
        #expect(widget.spec.port == .string("http"))
        #expect(String(decoding: try JSON.encode(widget), as: UTF8.self) == document)
        #expect(try JSONDecoder().decode(Widget.self, from: Data(try JSON.encode(widget))) == widget)
    }

    @Test func everyPrimitiveAndContainerTravels() throws {
        struct All: Codable, Equatable {
            var i8: Int8 = -8, i16: Int16 = -16, u8: UInt8 = 8, u16: UInt16 = 16, u32: UInt32 = 32, u64 = UInt64.max
            var d = 1.25, f: Float = 0.5, whole = 3.0, none: Int?, some: Int? = 7
            var nested = [[1, 2], [], [3]], optionals: [Int?] = [1, nil], keyed = [1: "one"], empty = Empty()
            struct Empty: Codable, Equatable {}
        }
        let bytes = try JSON.encode(All())
        #expect(try JSON.decode(All.self, from: bytes) == All())
        #expect(try JSONDecoder().decode(All.self, from: Data(bytes)) == All())
        #expect(throws: EncodingError.self) { try JSON.encode([Double.infinity]) }
    }

    @Test func nestedContainersCloseByThemselves() throws {
        struct Hand: Encodable {
            enum Keys: String, CodingKey { case a, b, c, d }
            func encode(to encoder: any Encoder) throws {
                var top = encoder.container(keyedBy: Keys.self)
                var a = top.nestedContainer(keyedBy: Keys.self, forKey: .a)
                try a.encode(1, forKey: .b)
                var list = a.nestedUnkeyedContainer(forKey: .c)
                try list.encode(1)
                try list.encodeNil()
                var again = encoder.container(keyedBy: Keys.self)
                try again.encode([String: String](), forKey: .d)
            }
        }
        #expect(String(decoding: try JSON.encode(Hand()), as: UTF8.self) == #"{"a":{"b":1,"c":[1,null]},"d":{}}"#)
    }

    @Test(arguments: [
        (
            #"{"spec":{"containers":[{"name":"a"},{"name":7}]}}"#,
            "spec.containers[1].name: expected string, found number"
        ),
        (#"{"spec":{"containers":[],"replicas":2147483648}}"#, "spec.replicas: number 2147483648 is no Int32"),
        (#"{"spec":{"containers":[],"labels":{"a":{}}}}"#, "spec.labels.a: expected string, found object"),
        (#"{"spec":{}}"#, "spec.containers: missing"), (#"[]"#, "expected object, found array"),
    ])
    func errorsNameThePath(document: String, words: String) {
        let error = #expect(throws: JSONDecodingError.self) { try json(document).decode(Widget.self) }
        #expect(error?.description == words)
    }
}
