// The image that a worker runs already, so that provisioning again does not put the first one back.
param name string

resource app 'Microsoft.App/containerApps@2025-01-01' existing = {
  name: name
}

output image string = app.properties.template.containers[0].image
