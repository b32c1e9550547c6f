import CLinux

/// What a descriptor in the poll belongs to.
enum Source {
    case listener
    case signals
    case graceTimer
    case connection(UInt32)
    /// What the child between clone and exec has to say.
    case report(UInt32)
    /// Standard output or a terminal (0), standard error (1) of a container.
    case output(UInt32, UInt32)

    /// As the 64 bits that epoll keeps for us.
    var token: UInt64 {
        switch self {
        case .listener: return 1 << 56
        case .signals: return 2 << 56
        case .graceTimer: return 3 << 56
        case .connection(let number): return 4 << 56 | UInt64(number)
        case .report(let number): return 5 << 56 | UInt64(number)
        case .output(let number, let stream): return 6 << 56 | UInt64(stream) << 32 | UInt64(number)
        }
    }

    init?(token: UInt64) {
        let number = UInt32(truncatingIfNeeded: token)
        switch token >> 56 {
        case 1: self = .listener
        case 2: self = .signals
        case 3: self = .graceTimer
        case 4: self = .connection(number)
        case 5: self = .report(number)
        case 6: self = .output(number, UInt32(truncatingIfNeeded: token >> 32) & 1)
        default: return nil
        }
    }
}

/// epoll(7).
struct Poller {
    static let readable: UInt32 = 0x1
    static let writable: UInt32 = 0x4

    private let fd: Int32
    private var events = [UInt32](repeating: 0, count: 16)
    private var tokens = [UInt64](repeating: 0, count: 16)

    init() { fd = clinux_epoll_create() }

    func add(_ descriptor: Int32, _ source: Source, _ events: UInt32 = Poller.readable) {
        _ = clinux_epoll_add(fd, descriptor, events, source.token)
    }

    func change(_ descriptor: Int32, _ source: Source, _ events: UInt32) {
        _ = clinux_epoll_modify(fd, descriptor, events, source.token)
    }

    /// Always before the close: a copy of the descriptor elsewhere would keep it in the poll (epoll(7)).
    func remove(_ descriptor: Int32) { _ = clinux_epoll_remove(fd, descriptor) }

    mutating func wait() -> [(UInt64, UInt32)] {
        let count = clinux_epoll_wait(fd, &events, &tokens, 16, -1)
        var ready: [(UInt64, UInt32)] = []
        var index = 0
        while index < Int(count) {
            ready.append((tokens[index], events[index]))
            index += 1
        }
        return ready
    }
}
