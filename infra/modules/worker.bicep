// Durable Task workers in Container Apps: they carry the runs, for as long as a training takes. None runs while there is no work.
@minLength(5)
param token string
param location string
param tags object
param identityId string
param identityClientId string
param principalId string
param workspaceName string
param schedulerEndpoint string
param runHub string
param vaultUrl string
param hasWebhook bool
param subnetId string = ''

@description('Consumption, or the type of a dedicated workload profile: D8, E16, NC24-A100, ….')
param profile string
param cores int

@description('It was provisioned before.')
param exists bool

@description('What every process that carries runs is told.')
param runSettings object

var acrPull = '7f951dda-4ed3-4680-a7ca-43fe172d538d'
var name = 'ca-${token}'
var emptyImage = 'mcr.microsoft.com/k8se/quickstart:latest'
// A worker answers nobody, so it gets no access key.
var secrets = hasWebhook ? [{ name: 'webhook-url', keyVaultUrl: '${vaultUrl}secrets/webhook-url', identity: identityId }] : []
var secretSettings = hasWebhook ? [{ name: 'RETRAIN_WEBHOOK_URL', secretRef: 'webhook-url' }] : []
var consumption = { name: 'Consumption', workloadProfileType: 'Consumption' }
var dedicated = { name: profile, workloadProfileType: profile, minimumCount: 0, maximumCount: maxWorkers }
var maxWorkers = 2
var plainSettings = union(runSettings, {
  DURABLE_TASK_SCHEDULER_CONNECTION_STRING: 'Endpoint=${schedulerEndpoint};TaskHub=${runHub};Authentication=ManagedIdentity;ClientID=${identityClientId}'
})

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = {
  name: workspaceName
}

resource registry 'Microsoft.ContainerRegistry/registries@2023-07-01' = {
  name: 'cr${token}'
  location: location
  tags: tags
  sku: { name: 'Basic' }
  properties: { adminUserEnabled: false }
}

resource pull 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(registry.id, principalId, acrPull)
  scope: registry
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', acrPull)
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}

resource apps 'Microsoft.App/managedEnvironments@2025-01-01' = {
  name: 'cae-${token}'
  location: location
  tags: tags
  properties: {
    appLogsConfiguration: { destination: 'azure-monitor' }
    workloadProfiles: profile == 'Consumption' ? [consumption] : [consumption, dedicated]
    vnetConfiguration: empty(subnetId) ? null : { infrastructureSubnetId: subnetId, internal: true }
  }
}

// The other way of sending logs, to the workspace itself, would take its key.
resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'logs'
  scope: apps
  properties: {
    workspaceId: workspace.id
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
  }
}

module running 'workerImage.bicep' = if (exists) {
  name: 'worker-image'
  params: {
    name: name
  }
}

resource app 'Microsoft.App/containerApps@2025-01-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'worker' })
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    managedEnvironmentId: apps.id
    workloadProfileName: profile
    configuration: {
      activeRevisionsMode: 'Single'
      registries: [{ server: registry.properties.loginServer, identity: identityId }]
      secrets: secrets
    }
    template: {
      terminationGracePeriodSeconds: 600
      containers: [
        {
          name: 'worker'
          image: exists ? running!.outputs.image : emptyImage
          args: ['worker']
          resources: {
            cpu: cores
            memory: '${cores * 2}Gi'
          }
          env: concat(map(items(plainSettings), setting => { name: setting.key, value: setting.value }), secretSettings)
        }
      ]
      scale: {
        minReplicas: 0
        maxReplicas: maxWorkers
        rules: [
          {
            name: 'orchestrations'
            custom: {
              type: 'azure-durabletask-scheduler'
              identity: identityId
              metadata: {
                endpoint: schedulerEndpoint
                taskhubName: runHub
                workItemType: 'Orchestration'
                maxConcurrentWorkItemsCount: '1'
              }
            }
          }
          {
            name: 'activities'
            custom: {
              type: 'azure-durabletask-scheduler'
              identity: identityId
              metadata: {
                endpoint: schedulerEndpoint
                taskhubName: runHub
                workItemType: 'Activity'
                maxConcurrentWorkItemsCount: '4'
              }
            }
          }
        ]
      }
    }
  }
  dependsOn: [pull]
}

output registryHost string = registry.properties.loginServer
