import CNftables
import Glibc

/// nftables through libnftables: the words of nft(8), one transaction a call.
///
/// It acts in the calling thread's network namespace.
public enum Nftables {
    /// Runs the commands as one transaction: all of them or none.
    public static func run(_ commands: String) throws(NftablesError) { _ = try execute(commands, output: 0) }

    /// The answer to a `list` command, as libnftables-json(5).
    /// - elements: those of named sets and maps too. Without them the kernel is not asked for any, and the work does not grow
    ///   with the sets: 50,000 elements take 100 MB and the better part of a second.
    public static func listJSON(_ command: String, elements: Bool = true) throws(NftablesError) -> [UInt8] {
        // NFT_CTX_OUTPUT_JSON, NFT_CTX_OUTPUT_TERSE
        try execute(command, output: 1 << 4 | (elements ? 0 : 1 << 11))
    }

    private static func execute(_ commands: String, output: UInt32) throws(NftablesError) -> [UInt8] {
        // A context a call: one is not safe between threads, and it keeps a socket in the namespace it was made in.
        guard let context = nft_ctx_new(0) else { throw NftablesError(commands: commands, message: "no context") }
        defer { nft_ctx_free(context) }
        // Without buffers it writes to our standard output and error.
        guard nft_ctx_buffer_output(context) == 0, nft_ctx_buffer_error(context) == 0 else {
            throw NftablesError(commands: commands, message: SystemError.message(of: ENOMEM))
        }
        nft_ctx_output_set_flags(context, output)
        guard nft_run_cmd_from_buffer(context, commands) == 0 else {
            let message = nft_ctx_get_error_buffer(context).map { String(cString: $0) } ?? ""
            throw NftablesError(commands: commands, message: message)
        }
        guard let output = nft_ctx_get_output_buffer(context) else { return [] }
        return Array(UnsafeRawBufferPointer(start: output, count: strlen(output)))
    }
}

/// A transaction that the kernel or libnftables refused; nothing of it holds.
public struct NftablesError: Error, Sendable, Equatable, CustomStringConvertible {
    public var commands: String
    /// libnftables' own words, with the place marked.
    public var message: String

    public init(commands: String, message: String) {
        self.commands = commands
        self.message = message
    }

    public var description: String {
        let first = message.split(separator: "\n").first.map(String.init) ?? "unknown reason"
        return "nftables refused: \(first)"
    }
}
