/// Every kind that the server serves. A new kind is its own file and a line here.
public enum Kinds {
    public static let all: [any APIObject.Type] = []
}
