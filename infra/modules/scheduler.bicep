// Durable Task Scheduler: one hub for each kind of process, since every process on a hub may be handed any of its work.
param name string
param location string
param tags object
param principalId string
param administratorId string
param administratorType string
param retentionDays int
param endpointSubnetId string = ''
param dnsZoneId string = ''

var isPrivate = !empty(endpointSubnetId)
var durableTaskDataContributor = '0ad04412-c4d5-4796-b79c-f76d14c8d402'
var durableTaskDataReader = 'd6a5505f-6ebb-45a4-896e-ac8274cfc0ac'

resource scheduler 'Microsoft.DurableTask/schedulers@2026-02-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
    ipAllowlist: ['0.0.0.0/0'] // an empty list lets nobody in; who comes still has to sign in
    sku: { name: 'Consumption' }
  }
}

resource functionHub 'Microsoft.DurableTask/schedulers/taskHubs@2026-02-01' = {
  parent: scheduler
  name: 'functions'
  properties: {}
}

resource workerHub 'Microsoft.DurableTask/schedulers/taskHubs@2026-02-01' = {
  parent: scheduler
  name: 'retraining'
  properties: {}
}

resource retention 'Microsoft.DurableTask/schedulers/retentionPolicies@2026-02-01' = {
  parent: scheduler
  name: 'default'
  properties: {
    retentionPolicies: [{ retentionPeriodInDays: retentionDays }]
  }
}

resource contributor 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(scheduler.id, principalId, durableTaskDataContributor)
  scope: scheduler
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', durableTaskDataContributor)
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}

// The scheduler's own dashboard shows nothing to who has no role on its data. Runs are steered through the service.
resource dashboard 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(scheduler.id, administratorId, durableTaskDataReader)
  scope: scheduler
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', durableTaskDataReader)
    principalId: administratorId
    principalType: administratorType
  }
}

module privateAccess 'privateEndpoint.bicep' = if (isPrivate) {
  name: 'scheduler-endpoint'
  params: {
    name: 'pe-${name}'
    location: location
    tags: tags
    subnetId: endpointSubnetId
    dnsZoneId: dnsZoneId
    resourceId: scheduler.id
    groupId: 'scheduler'
  }
}

output endpoint string = scheduler.properties.endpoint
output functionHub string = functionHub.name
output workerHub string = workerHub.name
