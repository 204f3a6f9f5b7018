import { Annotations, CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

import { alarms } from './alarms.ts';
import type { Config } from './config.ts';
import { dashboard } from './dashboard.ts';
import { functions } from './functions.ts';
import { linksTable } from './links-table.ts';
import { bareOfficeApi, officeAddress, officeApi } from './office-api.ts';
import { schedules } from './schedules.ts';
import { LOOPBACK, signIn } from './sign-in.ts';
import { QBO_PATH, bareWebhookApi, webhookApi } from './webhook-api.ts';
import { workQueue } from './work-queue.ts';

/**
 * The whole deployment: webhooks of both systems → queue → consumer, with the table beside it, the sweeps and the
 * pull that find what no webhook told, the office of the people with their sign-in, the alarms and a dashboard.
 */
export class SyncStack extends Stack {
  constructor(scope: Construct, config: Config) {
    super(scope, config.stackName, {
      description: 'Housecall Pro to QuickBooks Online',
      terminationProtection: config.deletionProtection,
    });
    const table = linksTable(this, config);
    const queue = workQueue(this, config);
    const api = bareWebhookApi(this, config);
    const apiUrl = `https://${api.apiId}.execute-api.${this.region}.${this.urlSuffix}`;
    const office = bareOfficeApi(this, config);
    const officeUrl = officeAddress(config, office);
    const people = signIn(this, config, officeUrl);
    const made = functions(this, config, table, queue, people, { office: officeUrl, webhooks: apiUrl });
    webhookApi(this, config, api, made);
    officeApi(this, config, office, made, people);
    schedules(this, config, made);
    dashboard(this, config, queue, made);
    const topic = alarms(this, config, queue, made, { api, office });

    if (made.notify === undefined) {
      Annotations.of(this).addInfoV2('hcp-qbo-sync:mailFrom', 'Without the context value mailFrom nobody is told of alerts by mail or in Slack.');
    }
    const outputs = {
      ApiUrl: apiUrl,
      QboWebhookUrl: `${apiUrl}${QBO_PATH}`,
      OfficeUrl: officeUrl,
      QboRedirectUri: `${officeUrl}/connect/quickbooks/answer`,
      UserPoolId: people.pool.userPoolId,
      SignInUrl: people.domain.baseUrl(),
      SignInClient: people.client.userPoolClientId,
      SignInScope: people.scope,
      SignInAnswersTo: LOOPBACK,
      TableName: table.tableName,
      QueueUrl: queue.work.queueUrl,
      DeadLetterQueueUrl: queue.deadLetters.queueUrl,
      SecretPrefix: config.secretPrefix,
      HcpBaseUrl: config.hcpBaseUrl,
      QboBaseUrl: config.qboBaseUrl,
      QboTokenUrl: config.qboTokenUrl,
      WebhookFunction: made.webhook.functionName,
      ConsumerFunction: made.consumer.functionName,
      SweepFunction: made.sweep.functionName,
      QboWebhookFunction: made.qboWebhook.functionName,
      PullFunction: made.pull.functionName,
      OfficeFunction: made.office.functionName,
      PushFunction: made.push.functionName,
      ConnectFunction: made.connect.functionName,
      ...(made.notify === undefined ? {} : { NotifyFunction: made.notify.functionName }),
      AlarmTopicArn: topic.topicArn,
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }
}
