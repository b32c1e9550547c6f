import Glibc
import Synchronization

/// Wakes whoever follows a log when something in its directory changes: one inotify descriptor and one thread for all.
final class DirectoryWatch: Sendable {
    private struct State {
        var descriptor: Int32 = -1
        var watches: [String: Int32] = [:]
        var listeners: [Int32: [UInt64: AsyncStream<Void>.Continuation]] = [:]
        var nextID: UInt64 = 0
    }

    private let state = Mutex(State())

    init() {}

    /// A stream with one element for any number of changes since the last one was taken, and one at once, so that what
    /// happened before the watch began is looked at too.
    func changes(in directory: String) throws(FileError) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let added: Result<(Int32, UInt64), FileError> = state.withLock { state in
            if state.descriptor < 0 {
                let descriptor = inotify_init1(Int32(IN_CLOEXEC))
                guard descriptor >= 0 else { return .failure(FileError("inotify_init", directory)) }
                state.descriptor = descriptor
                startReading(descriptor)
            }
            let events = UInt32(IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_DELETE_SELF)
            let watch = inotify_add_watch(state.descriptor, directory, events)
            guard watch >= 0 else { return .failure(FileError("watch", directory)) }
            state.nextID += 1
            state.watches[directory] = watch
            state.listeners[watch, default: [:]][state.nextID] = continuation
            return .success((watch, state.nextID))
        }
        let (watch, id) = try added.get()
        continuation.onTermination = { [weak self] _ in self?.remove(watch, id, directory) }
        continuation.yield()
        return stream
    }

    /// Wakes the followers of a directory for a reason that is not a file: its container ended.
    func poke(_ directory: String) {
        let listeners = state.withLock { state in
            state.watches[directory].flatMap { state.listeners[$0] }.map { Array($0.values) } ?? []
        }
        for listener in listeners { listener.yield() }
    }

    private func remove(_ watch: Int32, _ id: UInt64, _ directory: String) {
        state.withLock { state in
            state.listeners[watch]?[id] = nil
            guard state.listeners[watch]?.isEmpty == true else { return }
            state.listeners[watch] = nil
            if state.watches[directory] == watch { state.watches[directory] = nil }
            // Fails only for a directory that is gone, whose watch the kernel has removed.
            _ = inotify_rm_watch(state.descriptor, watch)
        }
    }

    /// A thread, not a task: it sleeps in read(2), which must not hold one of the few threads that tasks share.
    private func startReading(_ descriptor: Int32) {
        let argument = Unmanaged.passRetained(ReaderArgument(watch: self, descriptor: descriptor))
        var thread = pthread_t()
        let result = pthread_create(
            &thread, nil,
            { raw in
                let argument = Unmanaged<ReaderArgument>.fromOpaque(raw!).takeRetainedValue()
                argument.watch.read(argument.descriptor)
                return nil
            }, argument.toOpaque())
        if result == 0 { pthread_detach(thread) } else { argument.release() }
    }

    private final class ReaderArgument: Sendable {
        let watch: DirectoryWatch
        let descriptor: Int32
        init(watch: DirectoryWatch, descriptor: Int32) {
            self.watch = watch
            self.descriptor = descriptor
        }
    }

    private func read(_ descriptor: Int32) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: 16 * 1024, alignment: MemoryLayout<inotify_event>.alignment)
        defer { buffer.deallocate() }
        while true {
            let count = Glibc.read(descriptor, buffer.baseAddress!, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            var watches: Set<Int32> = []
            var at = 0
            while at + MemoryLayout<inotify_event>.size <= count {
                let event = buffer.loadUnaligned(fromByteOffset: at, as: inotify_event.self)
                watches.insert(event.wd)
                at += MemoryLayout<inotify_event>.size + Int(event.len)
            }
            // A full queue lost events of any watch (wd -1): everybody looks again.
            let listeners = state.withLock { state in
                watches.contains(-1)
                    ? state.listeners.values.flatMap(\.values)
                    : watches.flatMap { state.listeners[$0].map { Array($0.values) } ?? [] }
            }
            for listener in listeners { listener.yield() }
        }
    }
}
