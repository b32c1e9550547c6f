/// What the supervisor tells about a container: in `welcome`, `started` and `exited`.
struct ContainerRecord {
    var id: [UInt8]
    var name: [UInt8]
    var attempt: UInt32
    var pid: Int32
    /// Microseconds since the epoch.
    var startedAt: Int64
    var exit: Exit?

    struct Exit {
        /// The exit code; 128 + signal when a signal ended it.
        var code: Int32
        var signal: Int32
        var oomKilled: Bool
        /// Microseconds since the epoch.
        var finishedAt: Int64
    }

    var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.string(id)
        writer.string(name)
        writer.u32(attempt)
        writer.i32(pid)
        writer.i64(startedAt)
        writer.u32((exit == nil ? 0 : 1) | (exit?.oomKilled == true ? 2 : 0))
        writer.i32(exit?.code ?? 0)
        writer.i32(exit?.signal ?? 0)
        writer.i64(exit?.finishedAt ?? 0)
        return writer.bytes
    }

    static func decode(_ body: [UInt8]) throws(WireError) -> ContainerRecord {
        var reader = ByteReader(body)
        var record = ContainerRecord(
            id: try reader.string(), name: try reader.string(), attempt: try reader.u32(), pid: try reader.i32(),
            startedAt: try reader.i64())
        let flags = try reader.u32()
        let exit = Exit(
            code: try reader.i32(), signal: try reader.i32(), oomKilled: flags & 2 != 0, finishedAt: try reader.i64())
        if flags & 1 != 0 { record.exit = exit }
        return record
    }
}

/// `welcome`: who this is, and every container that has not been forgotten.
struct WelcomeReply {
    var version: UInt32
    var pid: Int32
    var podUID: [UInt8]
    var containers: [ContainerRecord]

    var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.u32(version)
        writer.i32(pid)
        writer.string(podUID)
        writer.u32(UInt32(containers.count))
        // Each behind its length, so that a later version can add to it.
        for container in containers { writer.string(container.encoded) }
        return writer.bytes
    }

    static func decode(_ body: [UInt8]) throws(WireError) -> WelcomeReply {
        var reader = ByteReader(body)
        var welcome = WelcomeReply(
            version: try reader.u32(), pid: try reader.i32(), podUID: try reader.string(), containers: [])
        let count = try reader.u32()
        for _ in 0..<count { welcome.containers.append(try ContainerRecord.decode(try reader.string())) }
        return welcome
    }
}
