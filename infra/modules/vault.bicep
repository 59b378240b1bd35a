// The three values that are secrets. Everything else is an identity.
param name string
param location string
param tags object
param principalId string
param endpointSubnetId string = ''
param dnsZoneId string = ''

@secure()
param startKey string

@secure()
param readKey string

@secure()
param webhookUrl string

var isPrivate = !empty(endpointSubnetId)
var keyVaultSecretsUser = '4633458b-17de-408a-b874-0445c86b69e6'

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 7
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
  }
}

resource start 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = {
  parent: vault
  name: 'start-key'
  properties: { value: startKey }
}

resource read 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = {
  parent: vault
  name: 'read-key'
  properties: { value: readKey }
}

resource webhook 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = if (!empty(webhookUrl)) {
  parent: vault
  name: 'webhook-url'
  properties: { value: webhookUrl }
}

resource user 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, principalId, keyVaultSecretsUser)
  scope: vault
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', keyVaultSecretsUser)
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}

module endpoint 'privateEndpoint.bicep' = if (isPrivate) {
  name: 'vault-endpoint'
  params: {
    name: 'pe-${name}'
    location: location
    tags: tags
    subnetId: endpointSubnetId
    dnsZoneId: dnsZoneId
    resourceId: vault.id
    groupId: 'vault'
  }
}

output url string = vault.properties.vaultUri
