import CLinux

/// Three streams for a process: what it gets, and our ends of them. All close-on-exec.
struct Pipes {
    /// Standard input, output and error of the child; closed after the clone.
    var child: [Int32]
    /// Ours; -1 where there is none.
    var input: Int32
    var output: Int32
    var error: Int32

    /// Nil when descriptors have run out. Without `stdin` the child reads /dev/null.
    static func make(stdin: Bool) -> Pipes? {
        var pipes = Pipes(child: [-1, -1, -1], input: -1, output: -1, error: -1)
        var ends: [Int32] = [-1, -1]
        if stdin {
            if clinux_pipe(&ends, 0) < 0 { return nil }
            pipes.child[0] = ends[0]
            pipes.input = ends[1]
        } else {
            pipes.child[0] = clinux_openat(-100, "/dev/null", 0, 0)
            if pipes.child[0] < 0 { return nil }
        }
        for stream in 1...2 {
            if clinux_pipe(&ends, 0) < 0 {
                pipes.closeChild()
                closeAll([pipes.input, pipes.output, pipes.error])
                return nil
            }
            pipes.child[stream] = ends[1]
            if stream == 1 { pipes.output = ends[0] } else { pipes.error = ends[0] }
        }
        return pipes
    }

    func closeChild() { closeAll(child) }
}
