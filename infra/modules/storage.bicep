// Blobs: published versions, the runs' working files, the function app's packages. Identities only; there are no shared keys.
param name string
param location string
param tags object

@description('The services, which read and write artifacts.')
param principalId string

@description('The Functions host.')
param hostPrincipalId string
param workFileDays int
param endpointSubnetId string = ''
param dnsZoneId string = ''

var isPrivate = !empty(endpointSubnetId)
var artifacts = 'model-artifacts'
var work = 'retrain-work'
var deployments = 'deployments'
var storageBlobDataContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
// What Functions documents for a host's own storage: it makes containers for its leases and keys, under names of its choosing.
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

// Versions and working files, the first two containers; not the packages that the function app runs.
resource contributors 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (container, index) in [artifacts, work]: {
    name: guid(account.id, container, principalId, storageBlobDataContributor)
    scope: containers[index]
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageBlobDataContributor)
      principalId: principalId
      principalType: 'ServicePrincipal'
    }
  }
]

resource hostOwner 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, hostPrincipalId, storageBlobDataOwner)
  scope: account
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageBlobDataOwner)
    principalId: hostPrincipalId
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
