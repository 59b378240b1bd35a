// The function app on Flex Consumption: the weekly timer, the HTTP API and the status page; the runs too, when no worker carries them.
param token string
param location string
param tags object
param identityId string
param identityClientId string

@description('The identity of the Functions host itself, for its packages and leases.')
param hostIdentityId string
param hostIdentityClientId string
param insightsConnectionString string
param blobUrl string
param deploymentContainer string
param schedulerEndpoint string
param functionHub string

@description('Hub that the worker listens on; empty when the function app carries the runs itself.')
param runHub string
param vaultUrl string
param hasWebhook bool
param subnetId string = ''

@description('What every process that carries runs is told.')
param runSettings object

var scheduler = 'Endpoint=${schedulerEndpoint};Authentication=ManagedIdentity;ClientID=${identityClientId}'

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: 'plan-${token}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    tier: 'FlexConsumption'
    name: 'FC1'
  }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2024-04-01' = {
  name: 'func-${token}'
  location: location
  tags: union(tags, { 'azd-service-name': 'functions' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {}, '${hostIdentityId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    keyVaultReferenceIdentity: identityId
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    siteConfig: {
      minTlsVersion: '1.2'
      http20Enabled: true
    }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${blobUrl}${deploymentContainer}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: hostIdentityId
          }
        }
      }
      runtime: {
        name: 'dotnet-isolated'
        version: '10.0'
      }
      scaleAndConcurrency: {
        instanceMemoryMB: 4096
        maximumInstanceCount: 40
      }
    }
  }

  resource settings 'config' = {
    name: 'appsettings'
    properties: union(
      runSettings,
      {
        AzureWebJobsStorage__blobServiceUri: blobUrl
        AzureWebJobsStorage__credential: 'managedidentity'
        AzureWebJobsStorage__clientId: hostIdentityClientId
        AzureWebJobsDisableHomepage: 'true'
        APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnectionString
        APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
        DURABLE_TASK_SCHEDULER_CONNECTION_STRING: '${scheduler};TaskHub=${functionHub}'
        TASKHUB_NAME: functionHub
        RETRAINING_TICK: '0 */15 * * * *'
        RETRAINING_RUNS_CONNECTION_STRING: empty(runHub) ? '' : '${scheduler};TaskHub=${runHub}'
        RETRAIN_START_KEY: '@Microsoft.KeyVault(SecretUri=${vaultUrl}secrets/start-key)'
        RETRAIN_READ_KEY: '@Microsoft.KeyVault(SecretUri=${vaultUrl}secrets/read-key)'
        TwoTower__Hosting__PublicUrl: 'https://${app.properties.defaultHostName}'
      },
      // A function ends after half an hour (host.json), a training goes on in the next one.
      empty(runHub) ? { TwoTower__Training__SliceMinutes: '15' } : {},
      hasWebhook ? { RETRAIN_WEBHOOK_URL: '@Microsoft.KeyVault(SecretUri=${vaultUrl}secrets/webhook-url)' } : {}
    )
  }
}

// Nobody signs in to the app's file transfer or its build site with a password.
resource fileTransfer 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = {
  parent: app
  name: 'ftp'
  properties: { allow: false }
}

resource buildSite 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = {
  parent: app
  name: 'scm'
  properties: { allow: false }
}

output url string = 'https://${app.properties.defaultHostName}'
