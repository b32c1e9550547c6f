import ContainerRuntime

/// The runtime's word; the API has one of the same name. In a file that imports the runtime alone, because a module that
/// holds a type of its own name cannot be named in front of its members.
typealias RuntimeContainerState = ContainerState
