import Client
import KubernetesAPI
import Logging

/// What every pod worker works with.
struct NodeServices: Sendable {
    var configuration: NodeConfiguration
    var runtime: any PodRuntime
    var images: any PodImages
    var objects: any ObjectReader
    var pods: any PodAPI
    var events: any PodEvents
    var prober: any Prober
    var mounts: any Mounts
    var attachments: any VolumeAttaching
    var draining: any PodDraining
    var references: any ReferenceWatching
    var containers: ContainerDirectory
    var contact: ServerContact
    var admission: Admission
    var allocatable: [String: Quantity]
    var nodeResolver: ResolverConfig
    var clock: any WallClock
    var logger: Logger
}
