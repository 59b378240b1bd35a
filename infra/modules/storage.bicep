// Blobs: published versions, the runs' working files, the function app's packages. Identities only; there are no shared keys.
param name string
param location string
param tags object
param principalId string
param workFileDays int
param endpointSubnetId string = ''
param dnsZoneId string = ''

var isPrivate = !empty(endpointSubnetId)
var artifacts = 'model-artifacts'
var work = 'retrain-work'
var deployments = 'deployments'
// Owner, because the Functions host takes leases and sets what contributors may not on its own container.
var storageBlobDataOwner = 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'

resource account 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: 'Standard_ZRS' }
  properties: {
    allowSharedKeyAccess: false
    allowBlobPublicAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
    networkAcls: {
      defaultAction: isPrivate ? 'Deny' : 'Allow'
      bypass: 'None'
    }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2023-05-01' = {
  parent: account
  name: 'default'
  properties: {
    deleteRetentionPolicy: {
      enabled: true
      days: 7
    }
  }
}

resource containers 'Microsoft.Storage/storageAccounts/blobServices/containers@2023-05-01' = [
  for container in [artifacts, work, deployments]: {
    parent: blobs
    name: container
    properties: { publicAccess: 'None' }
  }
]

// Only working files grow old. Versions are removed by the program, which knows the one that is live and the one to go back to.
resource lifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2023-05-01' = {
  parent: account
  name: 'default'
  properties: {
    policy: {
      rules: [
        {
          name: 'remove-working-files'
          type: 'Lifecycle'
          definition: {
            filters: {
              blobTypes: ['blockBlob']
              prefixMatch: ['${work}/runs/']
            }
            actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: workFileDays } } }
          }
        }
      ]
    }
  }
  dependsOn: [blobs]
}

resource owner 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, principalId, storageBlobDataOwner)
  scope: account
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageBlobDataOwner)
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}

module endpoint 'privateEndpoint.bicep' = if (isPrivate) {
  name: 'storage-endpoint'
  params: {
    name: 'pe-${name}'
    location: location
    tags: tags
    subnetId: endpointSubnetId
    dnsZoneId: dnsZoneId
    resourceId: account.id
    groupId: 'blob'
  }
}

output blobUrl string = account.properties.primaryEndpoints.blob
output artifactContainer string = artifacts
output workContainer string = work
output deploymentContainer string = deployments
