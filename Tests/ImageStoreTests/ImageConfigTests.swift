import Testing

@testable import ImageStore

@Suite struct ImageConfigTests {
    @Test(arguments: [
        ("", 15), ("TERM", 15), ("SIGTERM", 15), ("sigquit", 3), ("9", 9), ("SIGRTMIN+3", 37), ("RTMAX-1", 63),
        ("SIGRTMIN", 34), ("WINCH", 28),
    ])
    func signals(_ text: String, _ number: Int32) throws {
        let config = ImageConfig(stopSignal: text)
        try config.validate()
        #expect(config.stopSignalNumber == number)
    }

    @Test(arguments: [
        ImageConfig(stopSignal: "SIGNOTHING"), ImageConfig(stopSignal: "0"), ImageConfig(stopSignal: "65"),
        ImageConfig(stopSignal: "RTMIN+31"), ImageConfig(env: ["A"]), ImageConfig(env: ["=b"]),
        ImageConfig(workdir: "srv"), ImageConfig(cmd: ["a\u{0}b"]), ImageConfig(entrypoint: [""]),
    ])
    func refuses(_ config: ImageConfig) {
        #expect(throws: ImageError.self) { try config.validate() }
    }
}
