import { RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { type CfnStage, HttpApi, HttpMethod, type HttpRoute, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

import { acknowledge } from './acknowledge.ts';
import type { Config } from './config.ts';
import type { Functions } from './functions.ts';

/** The path that Intuit is given, the same for all companies. */
export const QBO_PATH = '/qbo';

/** The addresses that webhooks go to: of Housecall Pro one for each company, of QuickBooks one for all. */
export function webhookApi(
  scope: Construct,
  config: Config,
  { webhook, qboWebhook }: Pick<Functions, 'webhook' | 'qboWebhook'>,
): HttpApi {
  const api = new HttpApi(scope, 'Api', {
    apiName: config.stackName,
    description: 'Takes webhooks of Housecall Pro and QuickBooks',
    createDefaultStage: false,
  });
  const routes: HttpRoute[] = [];
  for (const [path, integration, who] of [
    ['/hcp/{company}/{token}', new HttpLambdaIntegration('Webhook', webhook), 'Housecall Pro'],
    [QBO_PATH, new HttpLambdaIntegration('QboWebhook', qboWebhook), 'Intuit'],
  ] as const) {
    for (const route of api.addRoutes({ path, methods: [HttpMethod.POST], integration })) {
      acknowledge(route, {
        APIG4: { reason: `${who} can only sign its requests; the function checks that signature first.` },
      });
      routes.push(route);
    }
  }
  const throttle = { ThrottlingRateLimit: config.throttle.rate, ThrottlingBurstLimit: config.throttle.burst };
  const stage = new HttpStage(scope, 'Stage', {
    httpApi: api,
    stageName: '$default',
    autoDeploy: true,
    throttle: { rateLimit: config.throttle.rate, burstLimit: config.throttle.burst },
    accessLogSettings: {
      destination: new LogGroupLogDestination(
        new LogGroup(scope, 'ApiLog', {
          retention: config.logRetentionDays,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
      ),
      // Neither the path, which holds a secret token, nor anything of the body.
      format: AccessLogFormat.custom(
        JSON.stringify({
          requestId: '$context.requestId',
          time: '$context.requestTime',
          route: '$context.routeKey',
          status: '$context.status',
          bytes: '$context.responseLength',
          ms: '$context.responseLatency',
          integrationError: '$context.integrationErrorMessage',
        }),
      ),
    },
  });
  // Counted by itself, so that a flood at this address does not close the other one.
  (stage.node.defaultChild as CfnStage).routeSettings = { [`POST ${QBO_PATH}`]: throttle };
  for (const route of routes) stage.node.addDependency(route);
  return api;
}
