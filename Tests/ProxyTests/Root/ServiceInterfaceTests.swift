import Glibc
import Linux
import Logging
import Testing

@testable import Proxy

@Suite(.enabled(if: getuid() == 0)) struct ServiceInterfaceTests {
    @Test("The host's own connections to Services come from the node's address, from the DNS address while it has none")
    func source() throws {
        let namespace = try NetworkNamespace.make()
        let socket = try inside(namespace) { try RouteSocket.open() }
        let configuration = TestNode.configuration
        let interface = ServiceInterface(configuration: configuration, socket: socket)
        var logger = Logger(label: "test")
        logger.logLevel = .error
        func way() throws -> IPv4Address? {
            try socket.routes().first { $0.destination == configuration.serviceCIDR && $0.table == 254 }?.source
        }
        #expect(try !interface.isWhole(), "it is not there")
        try interface.setUp(logger)
        #expect(try way() == configuration.dnsAddress)
        #expect(try interface.isWhole(), "the machine has no better address")

        try socket.perform(
            .setUp(linkIndex: 1, name: "lo"), .addAddress(configuration.nodeIP, prefix: 32, linkIndex: 1))
        #expect(try !interface.isWhole(), "now it has")
        try interface.setUp(logger)
        #expect(try way() == configuration.nodeIP)
        #expect(try interface.isWhole())

        try interface.tearDown()
        #expect(try !interface.isWhole())
        #expect(try way() == nil)
    }
}
