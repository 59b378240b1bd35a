// The weekly retraining on Azure: timer and HTTP in Functions, runs on a Durable Task hub, artifacts in blobs, vectors in PostgreSQL.
targetScope = 'subscription'

@minLength(1)
@maxLength(40)
@description('Name of the azd environment; every name below is made from it.')
param environmentName string

@description('Region. It has to offer Flex Consumption, Durable Task Scheduler and Container Apps.')
param location string

@description('Object id of who administers the database.')
param administratorId string

@description('User principal name (or application name) of the same.')
param administratorName string

@allowed(['User', 'Group', 'ServicePrincipal'])
param administratorType string = 'User'

@description('Address from which the administrator reaches the database; empty for none. Without effect on private networking.')
param administratorIp string = ''

@secure()
@minLength(16)
@description('Key that may start and steer runs (RETRAIN_START_KEY).')
param startKey string

@secure()
@minLength(16)
@description('Key that may only read (RETRAIN_READ_KEY); different from startKey.')
param readKey string

@secure()
@description('Where a run\'s end is told (RETRAIN_WEBHOOK_URL); empty for nowhere.')
param webhookUrl string = ''

@allowed(['worker', 'functions'])
@description('worker: runs are carried by the container app, for as long as a training takes. functions: by the function app, whose time limit is half an hour an activity.')
param runsOn string = 'worker'

@description('Storage, vault, database and, where workers carry the runs, the scheduler answer only inside a virtual network.')
param privateNetworking bool = false

@description('NCRONTAB of the weekly run, {second} {minute} {hour} {day} {month} {day-of-week}, read in scheduleTimeZone.')
param scheduleExpression string = '0 0 19 * * 6'

@description('IANA name of a time zone.')
param scheduleTimeZone string = 'UTC'

@description('The worker was provisioned before; azd knows.')
param workerExists bool = false

@description('Where workers run: Consumption, or the type of a dedicated workload profile for bigger machines, such as D16, E8 or NC24-A100.')
param workerProfile string = 'Consumption'

@minValue(1)
@description('Cores of one worker; its memory is twice as many GiB. The Consumption profile gives 4 at most.')
param workerCores int = 4

@minValue(1)
@maxValue(30)
@description('Days after which the records of ended runs go. The scheduler\'s Consumption plan keeps none for longer.')
param retentionDays int = 30

@description('Days after which the working files of runs go. Published versions stay.')
param workFileDays int = 60

@description('Size of the database server.')
param databaseSku string = 'Standard_D2ds_v5'

@allowed(['Burstable', 'GeneralPurpose', 'MemoryOptimized'])
param databaseTier string = 'GeneralPurpose'

var token = toLower(uniqueString(subscription().id, environmentName, location))
var tags = { 'azd-env-name': environmentName }

resource group 'Microsoft.Resources/resourceGroups@2021-04-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

module identity 'modules/identity.bicep' = {
  name: 'identity'
  scope: group
  params: {
    name: 'id-${token}'
    location: location
    tags: tags
  }
}

// The function app has a second one for its host's storage, where the host needs more than the services may.
module hostIdentity 'modules/identity.bicep' = {
  name: 'host-identity'
  scope: group
  params: {
    name: 'id-host-${token}'
    location: location
    tags: tags
  }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    principalId: identity.outputs.principalId
  }
}

module network 'modules/network.bicep' = if (privateNetworking) {
  name: 'network'
  scope: group
  params: {
    token: token
    location: location
    tags: tags
  }
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  scope: group
  params: {
    name: 'st${token}'
    location: location
    tags: tags
    principalId: identity.outputs.principalId
    hostPrincipalId: hostIdentity.outputs.principalId
    workFileDays: workFileDays
    endpointSubnetId: privateNetworking ? network!.outputs.endpointSubnetId : ''
    dnsZoneId: privateNetworking ? network!.outputs.blobZoneId : ''
  }
}

module vault 'modules/vault.bicep' = {
  name: 'vault'
  scope: group
  params: {
    name: 'kv-${token}'
    location: location
    tags: tags
    principalId: identity.outputs.principalId
    startKey: startKey
    readKey: readKey
    webhookUrl: webhookUrl
    endpointSubnetId: privateNetworking ? network!.outputs.endpointSubnetId : ''
    dnsZoneId: privateNetworking ? network!.outputs.vaultZoneId : ''
  }
}

module scheduler 'modules/scheduler.bicep' = {
  name: 'scheduler'
  scope: group
  params: {
    name: 'dts-${token}'
    location: location
    tags: tags
    principalId: identity.outputs.principalId
    administratorId: administratorId
    administratorType: administratorType
    retentionDays: retentionDays
    // Where the function app carries runs, the platform scales it by a look at the scheduler from outside.
    endpointSubnetId: privateNetworking && runsOn == 'worker' ? network!.outputs.endpointSubnetId : ''
    dnsZoneId: privateNetworking && runsOn == 'worker' ? network!.outputs.schedulerZoneId : ''
  }
}

module database 'modules/database.bicep' = {
  name: 'database'
  scope: group
  params: {
    name: 'psql-${token}'
    location: location
    tags: tags
    skuName: databaseSku
    skuTier: databaseTier
    administratorId: administratorId
    administratorName: administratorName
    administratorType: administratorType
    administratorIp: administratorIp
    subnetId: privateNetworking ? network!.outputs.databaseSubnetId : ''
    dnsZoneId: privateNetworking ? network!.outputs.databaseZoneId : ''
  }
}

// What every process that carries runs is told, wherever it lives.
var runSettings = {
  AZURE_CLIENT_ID: identity.outputs.clientId
  AZURE_STORAGE_BLOB_URL: storage.outputs.blobUrl
  DATABASE_URL: 'postgresql://${identity.outputs.name}@${database.outputs.host}:5432/${database.outputs.databaseName}?sslmode=require'
  TwoTower__Source__Kind: 'postgres'
  TwoTower__Publish__Kind: 'azure-blob'
  TwoTower__Publish__Container: storage.outputs.artifactContainer
  TwoTower__Serving__Kind: 'pgvector'
  TwoTower__Schedule__Expression: scheduleExpression
  TwoTower__Schedule__TimeZone: scheduleTimeZone
  TwoTower__Engine__Store: 'azure-blob'
  TwoTower__Engine__Container: storage.outputs.workContainer
}

module functions 'modules/functions.bicep' = {
  name: 'functions'
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    hostIdentityId: hostIdentity.outputs.id
    hostIdentityClientId: hostIdentity.outputs.clientId
    insightsConnectionString: monitoring.outputs.connectionString
    blobUrl: storage.outputs.blobUrl
    deploymentContainer: storage.outputs.deploymentContainer
    schedulerEndpoint: scheduler.outputs.endpoint
    functionHub: scheduler.outputs.functionHub
    runHub: runsOn == 'worker' ? scheduler.outputs.workerHub : ''
    vaultUrl: vault.outputs.url
    hasWebhook: !empty(webhookUrl)
    subnetId: privateNetworking ? network!.outputs.functionSubnetId : ''
    runSettings: runSettings
  }
}

module worker 'modules/worker.bicep' = {
  name: 'worker'
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    principalId: identity.outputs.principalId
    workspaceName: monitoring.outputs.workspaceName
    schedulerEndpoint: scheduler.outputs.endpoint
    runHub: scheduler.outputs.workerHub
    vaultUrl: vault.outputs.url
    hasWebhook: !empty(webhookUrl)
    subnetId: privateNetworking ? network!.outputs.workerSubnetId : ''
    profile: workerProfile
    cores: workerProfile == 'Consumption' && workerCores > 4
      ? fail('workerCores: ${workerCores}, expected 1 to 4 on the Consumption profile; set workerProfile for more')
      : workerCores
    exists: workerExists
    runSettings: runSettings
  }
}

output AZURE_LOCATION string = location
output AZURE_RESOURCE_GROUP string = group.name
output AZURE_CONTAINER_REGISTRY_ENDPOINT string = worker.outputs.registryHost
output RETRAINING_URL string = functions.outputs.url
output RETRAINING_DATABASE_HOST string = database.outputs.host
output RETRAINING_DATABASE_NAME string = database.outputs.databaseName
output RETRAINING_DATABASE_ADMINISTRATOR string = administratorName
output RETRAINING_IDENTITY_NAME string = identity.outputs.name
output RETRAINING_IDENTITY_OBJECT_ID string = identity.outputs.principalId
output RETRAINING_BLOB_URL string = storage.outputs.blobUrl
output RETRAINING_SCHEDULER_ENDPOINT string = scheduler.outputs.endpoint
