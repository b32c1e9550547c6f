import KubernetesAPI
import Testing

@Suite("Human durations")
struct HumanDurationTests {
    @Test(
        "have two or three digits",
        arguments: [
            (-2, "<invalid>"), (-1, "0s"), (0, "0s"), (119, "119s"), (120, "2m"), (125, "2m5s"), (599, "9m59s"),
            (600, "10m"), (10_799, "179m"), (10_800, "3h"), (11_100, "3h5m"), (28_800, "8h"), (172_799, "47h"),
            (172_800, "2d"), (176_400, "2d1h"), (691_200, "8d"), (694_800, "8d"), (63_071_999, "729d"),
            (63_072_000, "2y"),
            (64_800_000, "2y20d"), (252_288_000, "8y"), (252_374_400, "8y"),
        ] as [(Int64, String)])
    func text(seconds: Int64, expected: String) { #expect(HumanDuration(seconds: seconds).description == expected) }
}
