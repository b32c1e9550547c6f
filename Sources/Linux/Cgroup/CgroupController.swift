/// The controllers of cgroup v2 that pods use.
public enum CgroupController: String, Sendable, CaseIterable, Codable {
    case cpu, memory, pids

    /// From the text of cgroup.controllers or cgroup.subtree_control; others (io, hugetlb) are left as they are.
    static func parse(_ text: String) -> Set<CgroupController> {
        Set(text.split { $0 == " " || $0 == "\n" }.compactMap { CgroupController(rawValue: String($0)) })
    }
}
