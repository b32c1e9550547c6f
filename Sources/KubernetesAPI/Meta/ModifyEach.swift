extension Array {
    /// Changes every element in place.
    mutating func modifyEach(_ change: (inout Element) -> Void) {
        for index in indices { change(&self[index]) }
    }
}
