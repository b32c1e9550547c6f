import ContainerRuntime

typealias ContainerExit = ContainerState.Exit
