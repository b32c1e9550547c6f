/// Kernel parameters under /proc/sys.
public enum Sysctl {
    /// `net.ipv4.ip_forward`. A slash inside a component (an interface `eth0.1`) is written as a slash in the name, as
    /// sysctl(8) does: dots and slashes change places.
    static func path(_ name: String) -> String {
        "/proc/sys/" + String(name.map { $0 == "." ? "/" : $0 == "/" ? "." : $0 })
    }

    public static func read(_ name: String, _ kernel: some Kernel = SystemKernel()) throws(SystemError) -> String {
        let text = try kernel.read(path(name))
        return text.last == "\n" ? String(text.dropLast()) : text
    }

    public static func write(
        _ value: String, to name: String, _ kernel: some Kernel = SystemKernel()
    ) throws(SystemError) { try kernel.write(value, to: path(name)) }
}
