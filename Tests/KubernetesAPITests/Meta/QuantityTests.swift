import KubernetesAPI
import Testing

@Suite("Quantity")
struct QuantityTests {
    @Test(
        "is printed in the canonical form",
        arguments: [
            ("0", "0"), ("0Mi", "0"), ("100m", "100m"), ("0.1", "100m"), ("1000m", "1"), ("1500m", "1500m"),
            ("0.5", "500m"),
            ("1", "1"), ("1000", "1k"), ("1500", "1500"), ("1e3", "1e3"), ("1E3", "1e3"), ("12e6", "12e6"),
            ("1e-3", "1e-3"),
            ("1Ki", "1Ki"), ("1024Mi", "1Gi"), ("1024", "1024"), ("0.5Mi", "512Ki"), ("0.5Ki", "512"),
            ("1.5Gi", "1536Mi"),
            ("64Mi", "64Mi"), ("128974848", "128974848"), ("129M", "129M"), ("129e6", "129e6"), ("123Mi", "123Mi"),
            ("+5", "5"), ("-5", "-5"), ("-0.5Gi", "-512Mi"), (".5", "500m"), ("5.", "5"), ("1n", "1n"), ("0.1n", "1n"),
            ("1E", "1E"), ("9223372036854775807", "9223372036854775807"), ("100E", "9223372036854775807"),
            ("1.1Ki", "1126400m"), ("1e100", "9223372036854775807"), ("1e-100", "1e-9"),
            ("0.0000000000000000000000001", "1n"), ("99999999999999999999999999999999999999999", "9223372036854775807"),
        ])
    func canonical(text: String, expected: String) throws {
        #expect(try Quantity(parsing: text).description == expected)
    }

    @Test(
        "refuses other texts with Kubernetes' reason",
        arguments: [
            ("", Quantity.ParseError.format), ("abc", .format), ("1 ", .format), ("1x", .format), ("--1", .format),
            ("1.2.3", .number), (".", .number), ("1mm", .suffix), ("1Kie", .suffix), ("1e", .suffix), ("1mi", .suffix),
            ("1Mi5", .suffix), ("é", .format),
        ])
    func refused(text: String, expected: Quantity.ParseError) {
        #expect(throws: expected) { try Quantity(parsing: text) }
    }

    @Test("counts in units and thousandths, fractions up")
    func values() {
        #expect(Quantity("1500m").value == 2)
        #expect(Quantity("1500m").milliValue == 1500)
        #expect(Quantity("64Mi").value == 67_108_864)
        #expect(Quantity("1n").milliValue == 1)
        #expect(Quantity("-1500m").value == -2)
        #expect(Quantity("9E").milliValue == Int64.max)
        #expect(Quantity(milli: 250).description == "250m")
        #expect(Quantity(67_108_864, format: .binarySI).description == "64Mi")
        #expect(Quantity(1000, format: .binarySI).description == "1k")
    }

    @Test("compares amounts, not texts")
    func comparing() {
        #expect(Quantity("1Gi") == Quantity("1073741824"))
        #expect(Quantity("1Gi").hashValue == Quantity("1073741824").hashValue)
        #expect(Quantity("999m") < Quantity("1"))
        #expect(Quantity("1G") < Quantity("1Gi"))
    }

    @Test("adds up in the first one's format")
    func adding() {
        #expect((Quantity("64Mi") + Quantity("64Mi")).description == "128Mi")
        #expect((Quantity("0") + Quantity("64Mi")).description == "64Mi")
        #expect((Quantity("1") - Quantity("100m")).description == "900m")
    }
}
