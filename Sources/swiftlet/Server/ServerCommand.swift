import ArgumentParser
import Logging
import ServiceLifecycle

struct ServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "server", abstract: "Runs the control plane and this node, until told to stop.",
        discussion: "Pods go on while it is stopped, and are found again on start.")

    @OptionGroup var options: ServerOptions

    func run() async throws {
        // Where the log goes is the service manager's business; an error must be there when the process is gone.
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        let configuration = try ServerConfiguration(options)
        try await Server(configuration).run()
    }
}
