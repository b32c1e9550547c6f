import Foundation

/// What a child process printed and how it ended.
struct Output: CustomStringConvertible {
    var code: Int32
    var out: String
    var err: String
    var description: String { "exit \(code)\n\(out)\(err)" }
}

/// Runs a program to its end. Both pipes are read while it runs, so that it never waits for us.
@discardableResult
func runProgram(_ program: String, _ arguments: [String], input: String? = nil, environment: [String: String] = [:])
    async throws -> Output
{
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let out = Pipe()
    let err = Pipe()
    process.standardOutput = out
    process.standardError = err
    let stdin = input.map { _ in Pipe() }
    process.standardInput = stdin ?? FileHandle.nullDevice
    try process.run()
    if let stdin, let input {
        let bytes = Data(input.utf8)
        Thread.detachNewThread {
            // A program that ends without reading its input is not our failure.
            try? stdin.fileHandleForWriting.write(contentsOf: bytes)
            try? stdin.fileHandleForWriting.close()
        }
    }
    async let outText = read(out)
    async let errText = read(err)
    let (outResult, errResult) = await (outText, errText)
    await waitForExit(process)
    return Output(code: process.terminationStatus, out: outResult, err: errResult)
}

private func read(_ pipe: Pipe) async -> String {
    await withCheckedContinuation { continuation in
        let handle = pipe.fileHandleForReading
        Thread.detachNewThread {
            continuation.resume(returning: String(decoding: handle.readDataToEndOfFile(), as: UTF8.self))
        }
    }
}

func waitForExit(_ process: Process) async {
    await withCheckedContinuation { continuation in
        Thread.detachNewThread {
            process.waitUntilExit()
            continuation.resume()
        }
    }
}

struct TimedOut: Error, CustomStringConvertible {
    var description: String
}

/// Polls until the condition holds; the bound is generous because a loaded machine is slow, and says what was waited for.
func eventually(
    _ what: String, within seconds: Double = 60, _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < end {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(50))
    }
    throw TimedOut(description: "\(what): not within \(seconds) s")
}
