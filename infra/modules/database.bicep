// PostgreSQL that allows pgvector. Sign-in by Entra identities only; grant-database makes the database and the services' role in it.
param name string
param location string
param tags object
param skuName string
param skuTier string
param administratorId string
param administratorName string
param administratorType string
param administratorIp string = ''
param subnetId string = ''
param dnsZoneId string = ''

var isPrivate = !empty(subnetId)

resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2024-08-01' = {
  name: name
  location: location
  tags: tags
  sku: {
    name: skuName
    tier: skuTier
  }
  properties: {
    version: '17'
    authConfig: {
      activeDirectoryAuth: 'Enabled'
      passwordAuth: 'Disabled'
      tenantId: tenant().tenantId
    }
    storage: {
      storageSizeGB: 128
      autoGrow: 'Enabled'
    }
    backup: {
      backupRetentionDays: 14
      geoRedundantBackup: 'Disabled'
    }
    highAvailability: { mode: 'Disabled' }
    network: isPrivate
      ? {
          delegatedSubnetResourceId: subnetId
          privateDnsZoneArmResourceId: dnsZoneId
        }
      : { publicNetworkAccess: 'Enabled' }
  }
}

// 0.0.0.0 stands for addresses inside Azure; who comes from there still has to sign in.
resource fromAzure 'Microsoft.DBforPostgreSQL/flexibleServers/firewallRules@2024-08-01' = if (!isPrivate) {
  parent: server
  name: 'azure'
  properties: {
    startIpAddress: '0.0.0.0'
    endIpAddress: '0.0.0.0'
  }
}

resource fromAdministrator 'Microsoft.DBforPostgreSQL/flexibleServers/firewallRules@2024-08-01' = if (!isPrivate && !empty(administratorIp)) {
  parent: server
  name: 'administrator'
  properties: {
    startIpAddress: administratorIp
    endIpAddress: administratorIp
  }
  dependsOn: [fromAzure]
}

// The server takes one change at a time, so these wait for each other.
resource extensions 'Microsoft.DBforPostgreSQL/flexibleServers/configurations@2024-08-01' = {
  parent: server
  name: 'azure.extensions'
  properties: {
    value: 'vector'
    source: 'user-override'
  }
  dependsOn: [fromAzure, fromAdministrator]
}

resource administrator 'Microsoft.DBforPostgreSQL/flexibleServers/administrators@2024-08-01' = {
  parent: server
  name: administratorId
  properties: {
    principalName: administratorName
    principalType: administratorType
    tenantId: tenant().tenantId
  }
  dependsOn: [extensions]
}

output host string = server.properties.fullyQualifiedDomainName
output databaseName string = 'service'
