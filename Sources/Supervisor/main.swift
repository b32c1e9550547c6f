print("swiftlet-supervisor")
