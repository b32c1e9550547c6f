import ArgumentParser
import Logging

struct AgentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agent", abstract: "Makes this machine a further node of a server elsewhere, until told to stop.",
        discussion: """
            `swiftlet token create` on the server prints the whole command for the first start. Later starts need neither \
            --server nor --token. Pods go on while the agent is stopped, and while the server is away.
            """)

    @OptionGroup var options: AgentOptions

    func run() async throws {
        // As with the server: where the log goes is the service manager's business.
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        try await Agent(try AgentConfiguration(options)).run()
    }
}
