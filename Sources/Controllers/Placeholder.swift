// This layer's first file arrives with the layer.
