import Client
import KubernetesAPI

/// A pod's priority follows from its class; without one from the default class, or is 0. One class at most is the default,
/// and the system's stay.
/// Source: kubernetes plugin/pkg/admission/priority, pkg/registry/scheduling/priorityclass/storage.
struct Priority: AdmissionPlugin {
    func admitCreate<T: APIObject>(_ object: inout T, _ storage: ObjectStore) throws(APIError) {
        try with(Pod.self, &object) { (pod) throws(APIError) in try resolve(&pod, storage) }
        try with(PriorityClass.self, &object) { (made) throws(APIError) in try checkDefault(made, storage) }
    }

    func admitUpdate<T: APIObject>(_ object: inout T, from old: T, _ storage: ObjectStore) throws(APIError) {
        try with(PriorityClass.self, &object) { (made) throws(APIError) in try checkDefault(made, storage) }
        // Who replaces a pod by its manifest does not take away what was decided when it was made.
        guard let before = old as? Pod else { return }
        try with(Pod.self, &object) { pod in
            if pod.spec.priority == nil { pod.spec.priority = before.spec.priority }
            if pod.spec.preemptionPolicy == nil { pod.spec.preemptionPolicy = before.spec.preemptionPolicy }
        }
    }

    func admitDelete<T: APIObject>(_ object: T) throws(APIError) {
        guard let made = object as? PriorityClass, made.isSystem else { return }
        throw .forbidden(
            T.resource, made.metadata.name ?? "", "this is a system priority class and cannot be deleted")
    }

    private func resolve(_ pod: inout Pod, _ storage: ObjectStore) throws(APIError) {
        let priority = try priorityClass(of: pod, storage)
        let (value, policy) = (priority?.value ?? 0, priority?.preemptionPolicy ?? "PreemptLowerPriority")
        if let given = pod.spec.priority, given != value {
            throw forbidden(
                pod,
                "the integer value of priority (\(given)) must not be provided in pod spec; priority admission "
                    + "controller computed \(value) from the given PriorityClass name")
        }
        if let given = pod.spec.preemptionPolicy, given != policy {
            throw forbidden(
                pod,
                "the string value of PreemptionPolicy (\(given)) must not be provided in pod spec; priority admission "
                    + "controller computed \(policy) from the given PriorityClass name")
        }
        if let name = priority?.metadata.name { pod.spec.priorityClassName = name }
        pod.spec.priority = value
        pod.spec.preemptionPolicy = policy
    }

    private func priorityClass(of pod: Pod, _ storage: ObjectStore) throws(APIError) -> PriorityClass? {
        let classes = ObjectService(PriorityClass.self, storage)
        guard let name = pod.spec.priorityClassName, !name.isEmpty else {
            return Self.theDefault(try classes.list(.init()).items)
        }
        do throws(APIError) {
            return try classes.get(ObjectName(name))
        } catch {
            guard error.isNotFound else { throw error }
            throw forbidden(pod, "no PriorityClass with name \(name) was found")
        }
    }

    /// Of several, which only those have that wrote at the same moment, the one that asks for least.
    private static func theDefault(_ classes: [PriorityClass]) -> PriorityClass? {
        classes.filter { $0.globalDefault == true }.min { $0.value < $1.value }
    }

    private func checkDefault(_ made: PriorityClass, _ storage: ObjectStore) throws(APIError) {
        guard made.globalDefault == true else { return }
        let all = try ObjectService(PriorityClass.self, storage).list(.init()).items
        guard let other = Self.theDefault(all), other.metadata.name != made.metadata.name else { return }
        throw .forbidden(
            PriorityClass.resource, made.metadata.name ?? "",
            "PriorityClass \(other.metadata.name ?? "") is already marked as default. Only one default can exist")
    }

    private func forbidden(_ pod: Pod, _ why: String) -> APIError {
        .forbidden(Pod.resource, pod.metadata.name ?? "", why)
    }
}
