import Glibc
import KubernetesAPI

/// Reads one container's log, across rotations, as far as it goes or on and on.
actor LogSource {
    private let files: LogFiles
    private var open: [LogFiles.Handle]
    private var offset: Int64
    private var renderer: LogRenderer
    /// Nil: ends at the end of the file.
    private var changes: AsyncStream<Void>.Iterator?
    private let isRunning: @Sendable () -> Bool
    private var ended = false

    /// - Parameters:
    ///   - changes: what wakes a follower; nil reads what is there now.
    ///   - isRunning: whether the container may still write.
    init(
        _ files: LogFiles, renderer: LogRenderer, tailLines: Int?, changes: AsyncStream<Void>?,
        isRunning: @escaping @Sendable () -> Bool
    ) throws {
        self.files = files
        self.renderer = renderer
        self.isRunning = isRunning
        self.changes = changes?.makeAsyncIterator()
        let all = try files.handles()
        (open, offset) = if let tailLines { try LogFiles.tail(all, lines: tailLines) } else { (all, 0) }
    }

    /// The next bytes to send; nil at the end.
    func next() async throws -> [UInt8]? {
        while !renderer.isFull {
            try Task.checkCancellation()
            // Read before the file is looked at: a container that ends after this has written all it will write.
            let running = isRunning()
            if let output = try readAvailable() { return output }
            if ended || changes == nil || !running { return nil }
            if await waitForChange() == nil { return nil }
        }
        return nil
    }

    private func waitForChange() async -> Void? {
        guard var iterator = changes else { return nil }
        let result: Void? = await iterator.next(isolation: self)
        changes = iterator
        return result
    }

    private func readAvailable() throws -> [UInt8]? {
        while true {
            if open.isEmpty {
                open = try files.handles()
                offset = 0
                if open.isEmpty { return nil }
            }
            let bytes = try open[0].read(at: offset)
            if !bytes.isEmpty {
                offset += Int64(bytes.count)
                let output = renderer.render(bytes)
                if !output.isEmpty { return output }
                if renderer.isFull { return nil }
                continue
            }
            guard open.count > 1 else {
                // At the end of what was the current file. Was it rotated away?
                let all = try files.handles()
                guard let position = all.firstIndex(where: { $0.inode == open[0].inode }) else {
                    // Rotated so often that it is deleted: everything that is left is newer.
                    if all.isEmpty { return nil }
                    open = all
                    offset = 0
                    continue
                }
                if position + 1 == all.count { return nil }
                // Lines may have been written between the read above and the rotation.
                let rest = try open[0].read(at: offset)
                if !rest.isEmpty { continue }
                open = Array(all[(position + 1)...])
                offset = 0
                continue
            }
            open.removeFirst()
            offset = 0
        }
    }
}
