import Foundation

/// The Deployment of the README, with what tests vary.
func webDeployment(
    version: String = "1.16", name: String = "web-deploy", replicas: Int = 3, extra: String = "", container: String = ""
) -> String {
    """
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: \(name)
    spec:
      replicas: \(replicas)
    \(extra)
      selector:
        matchLabels: {app: \(name)}
      template:
        metadata:
          labels: {app: \(name)}
        spec:
          terminationGracePeriodSeconds: 2
          containers:
          - name: nginx
            image: nginx:\(version)
            ports: [{containerPort: 80}]
    \(container)
    """
}

/// A pod that runs a shell command in the test image.
func shellPod(
    _ name: String, _ script: String, restart: String = "Never", container: String = "", spec: String = "",
    grace: Int = 1
)
    -> String
{
    """
    apiVersion: v1
    kind: Pod
    metadata:
      name: \(name)
      labels: {app: \(name)}
    spec:
      restartPolicy: \(restart)
      terminationGracePeriodSeconds: \(grace)
    \(spec)
      containers:
      - name: main
        image: nginx:1.16
        command: ["/bin/sh", "-c", \(quoted(script))]
    \(container)
    """
}

private func quoted(_ text: String) -> String {
    "\""
        + text.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"")
        .replacingOccurrences(of: "\n", with: "\\n") + "\""
}
