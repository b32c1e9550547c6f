import FoundationEssentials
import KubernetesAPI

/// The `pod-template-hash` label, by which the pods of one template are told from those of another.
enum PodTemplateHash {
    static let label = "pod-template-hash"

    /// Equal but for the hash label, which the ReplicaSet's template has and the Deployment's has not.
    static func equal(_ a: PodTemplateSpec, _ b: PodTemplateSpec) -> Bool { bare(a) == bare(b) }

    private static func bare(_ template: PodTemplateSpec) -> PodTemplateSpec {
        var template = template
        template.metadata.labels?[label] = nil
        if template.metadata.labels?.isEmpty == true { template.metadata.labels = nil }
        return template
    }

    /// FNV-1a over the template as JSON with sorted keys: the same after a restart and whatever order the user wrote the
    /// fields in. `collisions` gives another value where the name is taken by a ReplicaSet with another template.
    ///
    /// The value names a new ReplicaSet and is never compared: an existing one is found by its template. So it need not be
    /// Kubernetes' value, nor survive a new version of swiftlet.
    static func compute(_ template: PodTemplateSpec, collisions: Int32?) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var hash: UInt32 = 2_166_136_261
        func add(_ byte: UInt8) { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        for byte in try encoder.encode(template) { add(byte) }
        if let collisions {
            for shift in stride(from: 0, to: 32, by: 8) { add(UInt8(truncatingIfNeeded: collisions >> Int32(shift))) }
        }
        return safe(String(hash))
    }

    /// Without vowels and the digits that look like them, so that no word comes out.
    /// Source: k8s.io/apimachinery util/rand, SafeEncodeString.
    private static func safe(_ text: String) -> String {
        let letters = Array("bcdfghjklmnpqrstvwxz2456789".utf8)
        return String(decoding: text.utf8.map { letters[Int($0) % letters.count] }, as: UTF8.self)
    }
}
